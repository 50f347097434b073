"""One video embedded by a model, whose answer is checked."""

from types import SimpleNamespace

import click
import made_learner
import numpy as np
import pytest

from dkva.cli.aligning.ways import model_of
from dkva.cli.embedding.work import Embedded, embedded_videos, work
from dkva.cli.segmenting.model import open_model
from dkva.cli.segmenting.work import Planned
from dkva.datasets import VideoFile
from dkva.experiments.models import write_model

pytestmark = pytest.mark.fast

MEANS = np.eye(4)[:3]
FACTS = {
    "learner": "directions",
    "origin": "a-learner",
    "settings": {},
    "n_segments": None,
    "videos": 2,
    "features": 4,
}


@pytest.fixture
def way(tmp_path, package):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    write_model(tmp_path / "model.npz", {"means": MEANS}, FACTS)
    return open_model(tmp_path / "model.npz").with_code()


@pytest.fixture
def video(tmp_path):
    def made(name="v", n=5, width=4):
        np.save(tmp_path / f"{name}.npy", np.random.default_rng(0).normal(size=(n, width)))
        return VideoFile(name, tmp_path / f"{name}.npy")

    return made


def answer(way, monkeypatch, embed, video):
    monkeypatch.setattr(type(way), "restored", lambda self: SimpleNamespace(embed=embed))
    return work(Planned(video), way=way)


def test_a_video_is_embedded_unless_it_is_done(way, video):
    found = work(Planned(video()), way=way)
    features = np.load(video().path)
    by_hand = features[:, :3] / np.sqrt((features**2).sum(axis=1))[:, None]
    np.testing.assert_allclose(found.frames, by_hand, rtol=1e-6)
    assert (found.shape, found.frames.dtype) == ((5, 4), np.float32)
    again = work(Planned(video(), done=found.key), way=way)
    assert isinstance(again, Embedded)
    assert (again.frames, again.key) == (None, found.key)


def test_all_that_decides_is_in_the_key(way, video, tmp_path):
    key = work(Planned(video()), way=way).key
    assert work(Planned(video(n=6)), way=way).key != key
    assert work(Planned(VideoFile("w", video().path)), way=way).key != key
    write_model(tmp_path / "other.npz", {"means": 2 * MEANS}, FACTS)
    assert work(Planned(video()), way=open_model(tmp_path / "other.npz").with_code()).key != key


@pytest.mark.parametrize(
    "given",
    [np.ones((4, 2)), np.ones(5), np.ones((5, 0)), np.ones((5, 2), int), np.full((5, 2), np.nan)],
)
def test_an_answer_that_is_none_is_refused(way, monkeypatch, video, given):
    found = answer(way, monkeypatch, lambda features: given, video())
    said = f"directions gave embedded frames of shape {given.shape} ({given.dtype}): a-learner must give"
    assert found.problem == f"{video().path}: {said} finite numbers for each of 5 frames"


def test_features_of_another_width_are_refused(way, video):
    found = work(Planned(video(width=3)), way=way)
    assert "has 3 features, and the model was trained on 4; give features made" in found.problem


def test_what_fails_is_one_line_and_the_others_come(way, video):
    begun = []
    units = [
        Planned(video("a")),
        Planned(video("b", n=13)),
        Planned(video("c", width=2)),
        Planned(video("d")),
    ]
    found = list(embedded_videos(units, way, begun.append))
    assert begun == [0, 1, 2, 3]
    assert [one.name for one, _ in found] == ["a", "b", "c", "d"]
    assert [isinstance(came, Embedded) for _, came in found] == [True, False, False, True]
    assert found[1][1] == f"{units[1].video.path}: directions: RuntimeError: thirteen is unlucky"


def test_a_model_that_does_not_embed_is_refused(way, tmp_path):
    model_of(way, "embed")
    write_model(tmp_path / "model.npz", {"means": MEANS}, FACTS | {"learner": "means", "n_segments": 3})
    with pytest.raises(click.ClickException) as caught:
        model_of(open_model(tmp_path / "model.npz"), "embed")
    assert str(caught.value) == (
        f"{tmp_path / 'model.npz'}: is a model of means, which does not embed frames; train one that does, "
        "such as vaot"
    )
