"""What stands where a model is to be written."""

from dataclasses import replace

import click
import numpy as np
import pytest

from dkva.cli.training.output import check_same, earlier, state_beside
from dkva.experiments.models import Checkpoint, write_model

pytestmark = pytest.mark.fast

FACTS = {
    "learner": "means",
    "settings": {"epochs": 3},
    "n_segments": 4,
    "seed": 0,
    "videos": 2,
    "names": ["a", "b"],
    "reading": {"transposed": False},
    "activity": "tea",
    "key": "k",
}
ARRAYS = {"means": np.eye(2)}
ANOTHER = "give another file with --out"


def test_a_model_that_is_there_is_known_by_its_facts(tmp_path):
    out = tmp_path / "new" / "model.npz"
    assert earlier(out) is None
    assert not list(out.parent.iterdir())
    write_model(out, ARRAYS, FACTS)
    assert FACTS.items() <= earlier(out).items()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("folder", f"is a folder; {ANOTHER}"),
        ("model.bin", "is no name of a model; give one that ends in .npz with --out"),
        ("features.npz", f"is there and is no model that this dkva reads; move it away, or {ANOTHER}"),
        ("cut.npz", f"is there and is no model that this dkva reads; move it away, or {ANOTHER}"),
        ("state.npz", f"is there and is no model that this dkva reads; move it away, or {ANOTHER}"),
    ],
)
def test_what_is_there_and_is_no_model_is_never_written_over(tmp_path, name, said):
    (tmp_path / "folder").mkdir()
    np.savez(tmp_path / "features.npz", x=np.eye(3))
    write_model(tmp_path / "cut.npz", ARRAYS, FACTS)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:300])
    Checkpoint(tmp_path / "state.npz", "k").save(ARRAYS)
    with pytest.raises(click.ClickException) as caught:
        earlier(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {said}"


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(click.ClickException, match=rf"file: cannot be written \(.*\); {ANOTHER}"):
        earlier(tmp_path / "file" / "model.npz")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seed": 1, "n_segments": 5}, "-k, the seed"),
        ({"names": ["a", "c"]}, "the videos"),
        ({"settings": {"epochs": 4}}, "its settings"),
        ({}, "the features or the code"),
    ],
)
def test_a_model_that_was_made_otherwise_is_told_by_what_differs(tmp_path, changed, said):
    check_same(tmp_path, FACTS, FACTS)
    with pytest.raises(click.ClickException) as caught:
        check_same(tmp_path / "m.npz", FACTS | changed, FACTS | {"key": "another"})
    k = changed.get("n_segments", 4)
    assert str(caught.value) == (
        f"{tmp_path / 'm.npz'}: is another model (means, trained on 2 videos of tea for -k {k}), which "
        f"differs in {said}; {ANOTHER}, or replace it with --force"
    )


def test_a_training_goes_on_from_its_own_state_alone(tmp_path, capsys):
    out, part = tmp_path / "m.npz", tmp_path / "m.part.npz"
    state = state_beside(out, "k", force=False)
    assert state.load() is None
    state.save(ARRAYS)
    assert capsys.readouterr().err == ""
    np.testing.assert_array_equal(state_beside(out, "k", force=False).load()["means"], ARRAYS["means"])
    assert capsys.readouterr().err == f"note: {part}: the training goes on where it was stopped\n"
    with pytest.raises(click.ClickException) as caught:
        state_beside(out, "other", force=False)
    assert str(caught.value) == (
        f"{part}: is the state of another training that was stopped; {ANOTHER}, or replace it with --force"
    )
    assert state_beside(out, "other", force=True).load() is None
    part.write_bytes(b"notes")
    with pytest.raises(click.ClickException, match="is no state of a training that this dkva reads; move"):
        state_beside(out, "k", force=True)


def test_who_waits_is_told_when_the_state_was_kept(tmp_path):
    states = []
    plain = state_beside(tmp_path / "m.npz", "k", force=False)
    state = replace(plain, tell=lambda: states.append(list(plain.load())))
    state.save(ARRAYS)
    state.save(ARRAYS | {"epoch": np.array(3)})
    assert states == [["means"], ["means", "epoch"]]
