"""Models as files: what is written comes back, and what is no model is refused."""

import json

import numpy as np
import pytest

from dkva.base.errors import ExperimentError
from dkva.experiments import models
from dkva.experiments.models import (
    STATE_OF,
    Checkpoint,
    ModelStore,
    is_model,
    read_facts,
    read_model,
    write_model,
)

pytestmark = pytest.mark.fast

ARRAYS = {"weights": np.arange(6.0).reshape(2, 3), "names": np.array(["pour", "stir"])}


def test_arrays_and_facts_come_back(tmp_path):
    path = tmp_path / "new" / "model.npz"
    write_model(path, ARRAYS, {"learner": "means", "seed": 3})
    arrays, facts = read_model(path)
    assert facts == {"format": models.FORMAT, "learner": "means", "seed": 3}
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


@pytest.mark.parametrize(
    "arrays", [{"a": np.array([object()])}, {"facts": np.zeros(2)}, {"file": np.zeros(2)}]
)
def test_what_needs_pickle_or_a_taken_name_is_refused_before_writing(arrays, tmp_path):
    with pytest.raises(ValueError, match="cannot be an array of a model"):
        write_model(tmp_path / "model.npz", arrays, {})
    assert not list(tmp_path.iterdir())


def test_a_model_of_a_later_format_is_refused_in_one_line(tmp_path):
    path = tmp_path / "model.npz"
    np.savez(path, facts=np.array(json.dumps({"format": models.FORMAT + 1})), weights=np.zeros(2))
    with pytest.raises(ExperimentError, match=r"model\.npz: is a model of format 2, .* install a newer dkva"):
        read_model(path)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "array", "object", "no facts"])
def test_a_file_that_is_no_model_is_named(damage, tmp_path):
    path = tmp_path / "model.npz"
    write_model(path, ARRAYS, {})
    whole = path.read_bytes()
    if damage == "object":
        np.savez(path, facts=np.array(json.dumps({"format": 1})), weights=np.array([{}], dtype=object))
    elif damage == "no facts":
        np.savez(path, **ARRAYS)
    elif damage == "array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "text": b"no model"}[damage])
    with pytest.raises(ExperimentError, match=r"model\.npz: is no model, or was cut short \(\w+\); give the"):
        read_model(path)


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(ExperimentError, match=r"model\.npz: there is no such model"):
        read_model(tmp_path / "model.npz")


def test_a_checkpoint_gives_what_was_saved_last_and_nothing_of_a_broken_file(tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.npz")
    assert checkpoint.load() is None
    for epoch in range(2):
        checkpoint.save({"epoch": np.array(epoch)})
        assert int(checkpoint.load()["epoch"]) == epoch
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:40])
    assert checkpoint.load() is None
    checkpoint.clear()
    checkpoint.clear()
    assert not checkpoint.path.exists()


def test_a_store_keeps_models_and_the_state_of_trainings_apart(tmp_path):
    store = ModelStore(tmp_path)
    assert not store.has("k")
    store.checkpoint("k").save({"epoch": np.array(1)})
    assert not store.has("k")
    write_model(store.path("k"), ARRAYS, {})
    assert store.has("k")
    assert store.checkpoint("k").path != store.path("k")


def test_the_state_of_something_else_is_not_loaded(tmp_path):
    path = tmp_path / "state.npz"
    Checkpoint(path, "k").save(ARRAYS)
    assert read_facts(path)[STATE_OF] == "k"
    assert Checkpoint(path, "other").load() is Checkpoint(path).load() is None
    assert list(Checkpoint(path, "k").load()) == list(ARRAYS)


def test_a_model_is_told_from_other_arrays(tmp_path):
    write_model(tmp_path / "model.npz", ARRAYS, {})
    np.savez(tmp_path / "features.npz", **ARRAYS)
    (tmp_path / "text.npz").write_text("no model")
    assert is_model(tmp_path / "model.npz")
    assert not any(is_model(tmp_path / f"{name}.npz") for name in ("features", "text", "absent"))


def test_a_model_of_a_training_that_diverged_is_neither_written_nor_read(tmp_path):
    good, bad = tmp_path / "good.npz", tmp_path / "bad.npz"
    write_model(good, ARRAYS | {"best": np.array(np.inf)}, {})  # of a state before its first epoch's end
    with pytest.raises(ValueError, match="'weights' of the model holds NaN: give a smaller learning rate"):
        write_model(good, ARRAYS | {"weights": np.array([1, np.nan], "f")}, {})
    assert read_model(good)[0]["best"] == np.inf
    np.savez(bad, facts=json.dumps({"format": models.FORMAT}), weights=np.array([1, np.nan]))
    with pytest.raises(ExperimentError, match=r"bad\.npz: 'weights' of the model holds NaN: train it again"):
        read_model(bad)
    assert Checkpoint(bad).load() is None
