"""`dkva embed`, with a learner of a package as strangers have it, and with VAOT."""

import json
import os
import signal
import subprocess
import sys

import made_learner
import numpy as np
import pytest

from dkva.experiments.models import read_model, write_model
from dkva.transport.vaot import VaotModel

pytestmark = pytest.mark.fast

FACTS = {
    "learner": "directions",
    "origin": "a-learner",
    "settings": {},
    "n_segments": None,
    "seed": None,
    "videos": 3,
    "features": 4,
    "activity": None,
    "activities": ["coffee", "tea"],
    "reading": {"transposed": False},
    "key": "made by hand",
    "versions": {"a-learner": "1.0"},
}
MEANS = np.eye(4)[:3]
LENGTHS = {"coffee/a": 7, "coffee/b": 31, "tea/a": 5}


def frames(n, seed=0):
    return np.random.default_rng([seed, n]).normal(size=(n, 4))


@pytest.fixture
def folder(tmp_path, package):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    for name, n in LENGTHS.items():
        path = tmp_path / "features" / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, frames(n))
    return tmp_path / "features"


@pytest.fixture
def model(tmp_path):
    write_model(tmp_path / "model.npz", {"means": MEANS}, FACTS)
    return tmp_path / "model.npz"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out" / "new"


@pytest.fixture
def embed(dkva, folder, model, out):
    """Embed the folder; options come last and count."""

    def call(*options, model=model):
        return dkva("embed", folder, "--model", model, "--out", out, *options)

    return call


def error_of(found):
    code, _, errors = found
    (line,) = (line for line in errors.splitlines() if not line.startswith("note: "))
    assert (code, line[:7]) == (2, "error: ")
    return line[7:]


def test_every_video_is_embedded_as_array_and_document(embed, out, tmp_path):
    code, text, errors = embed()
    assert (code, text) == (0, f"embedded 3; results in {out}\n")
    assert errors == "note: model.npz: directions, trained on 3 videos of coffee, tea\n"
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))
    assert written == sorted(f"{name}.{ending}" for name in LENGTHS for ending in ("json", "npy"))
    for name, n in LENGTHS.items():
        array, features = np.load(out / f"{name}.npy"), frames(n)
        by_hand = features[:, :3] / np.sqrt((features**2).sum(axis=1))[:, None]
        np.testing.assert_allclose(array, by_hand, rtol=1e-6)
        assert array.dtype == np.float32
        doc = json.loads((out / f"{name}.json").read_text())
        assert (doc["video"], doc["frames"], doc["features"], doc["embedded"]["columns"]) == (name, n, 4, 3)
        assert (doc["method"], doc["model"]["activities"]) == ("directions", ["coffee", "tea"])
        assert doc["source"]["file"] == f"{name.split('/')[1]}.npy"
        assert doc["versions"]["a-learner"] == "1.0"
        assert str(tmp_path) not in json.dumps(doc)


def test_a_second_run_keeps_what_is_done_and_another_model_embeds_anew(embed, out, folder, tmp_path):
    embed()
    kept = "embedded 0; kept 3 done before with the same settings (--force embeds again)"
    assert embed()[1] == f"{kept}; results in {out}\n"
    assert embed("--force")[1].startswith("embedded 3;")
    np.save(folder / "tea/a.npy", frames(5, seed=1))
    (out / "coffee/a.npy").unlink()
    assert embed()[1].startswith("embedded 2; kept 1 done")
    write_model(tmp_path / "other.npz", {"means": 2 * MEANS}, FACTS)
    assert embed(model=tmp_path / "other.npz")[1].startswith("embedded 3;")


def test_a_killed_run_goes_on_where_it_stopped(embed, folder, model, out, tmp_path):
    fatal = tmp_path / "fatal"
    fatal.touch()
    command = [sys.executable, "-m", "dkva", "embed", folder, "--model", model, "--out", out]
    environment = os.environ | {"FATAL_VIDEO": str(fatal)}
    done = subprocess.run(command, check=False, capture_output=True, env=environment)
    assert done.returncode == -signal.SIGKILL
    assert (out / "coffee/a.npy").exists()
    assert not (out / "coffee/b.npy").exists()
    assert embed()[1].startswith("embedded 2; kept 1 done before")


def test_workers_share_the_work(embed, out):
    assert embed("--workers", 2)[:2] == (0, f"embedded 3; results in {out}\n")
    assert embed()[1].startswith("embedded 0; kept 3 done before")


def test_what_embed_writes_is_read_as_features(dkva, embed, out, tmp_path):
    embed()
    code, text, _ = dkva("segment", out, "-k", 2, "--method", "uniform", "--out", tmp_path / "cuts")
    assert code == 0
    assert "segmented 3;" in text


def test_the_files_of_others_are_not_written_over(embed, folder, model, out):
    assert error_of(embed("--out", folder)).startswith(
        f"{folder / 'coffee/a.npy'}: is there and is no result of dkva embed; move it away, or give another"
    )
    np.testing.assert_array_equal(np.load(folder / "coffee/a.npy"), frames(7))
    assert not (folder / "tea/a.json").exists()


def test_videos_that_cannot_be_embedded_are_one_line_each_and_the_others_are(embed, folder, out):
    np.save(folder / "coffee/a.npy", np.ones((3, 2)))
    (folder / "tea/a.npy").write_bytes(b"junk")
    code, text, errors = embed()
    assert (code, text) == (2, f"embedded 1; failed 2; results in {out}\n")
    first, second = (line for line in errors.splitlines() if line.startswith("error: "))
    assert first == (
        f"error: {folder / 'coffee/a.npy'}: has 2 features, and the model was trained on 4; give features "
        "made the same way"
    )
    assert second.startswith(f"error: {folder / 'tea/a.npy'}: is no .npy file; ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scheduler", "nowhere"), "scheduler"),
        (("--columns", "1", "--drop", "2"), "columns and drop are both given"),
        (("--model", "nothing.npz"), "nothing.npz: there is no such model; check the path"),
    ],
)
def test_bad_input_is_one_line(embed, out, options, said):
    assert said in error_of(embed(*options))
    assert not out.exists()


def test_nothing_found_is_one_line(dkva, model, folder):
    assert error_of(dkva("embed", "nowhere", "--model", model)) == "nowhere: not found; check the path"


def test_a_model_that_does_not_embed_is_one_line(embed, model):
    write_model(model, {"means": MEANS}, FACTS | {"learner": "means", "n_segments": 3})
    assert "is a model of means, which does not embed frames" in error_of(embed())


def test_a_full_disk_is_one_line(embed, out, monkeypatch):
    def full(path, write):
        raise OSError(28, "No space left on device", str(path))

    said = "cannot be written (No space left on device); free it and run again"
    with monkeypatch.context() as patch:
        patch.setattr("dkva.export.embedding.write_atomically", full)
        assert error_of(embed()) == f"{out / 'coffee/a.npy'}: {said}"
    assert embed()[1].startswith("embedded 3;")


def test_a_model_of_vaot_embeds_as_it_does_in_python(dkva, folder, out, tmp_path):
    model = tmp_path / "vaot.npz"
    trained = dkva("train", "--method", "vaot", folder, "--mixed", "--epochs", 0, "--out", model)
    assert trained[0] == 0
    assert dkva("embed", folder, "--model", model, "--out", out)[0] == 0
    network = VaotModel.restore(read_model(model)[0])
    np.testing.assert_array_equal(np.load(out / "tea/a.npy"), network.embed(frames(5)))
