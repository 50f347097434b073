"""Several videos in one set of actions; see ../test_segment.py for the command."""

import json

import click
import made_plugin
import numpy as np
import pytest

from dkva.cli.segmenting.together import Shared, shared, work_together
from dkva.cli.segmenting.way import Way
from dkva.cli.segmenting.work import Planned, work
from dkva.datasets import VideoFile
from dkva.datasets.reading import FeatureReading
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import find
from dkva.metrics.activities import evaluate_together
from dkva.metrics.segmentation import evaluate

pytestmark = pytest.mark.fast

ORDERS = {"v": [0, 1, 2], "w": [2, 0], "x": [1, 1]}


@pytest.fixture
def videos(tmp_path, package):
    package("a-tall-one", made_plugin.TOGETHER_ENTRY, tallest=made_plugin.TOGETHER)
    made = []
    for name, order in ORDERS.items():
        np.save(tmp_path / f"{name}.npy", np.eye(3)[order].repeat(4, axis=0))
        made.append(VideoFile(name, tmp_path / f"{name}.npy", reading=FeatureReading(cache=False)))
    return made


def way(n_segments=3, *, together=True, **given):
    method = find("largest")
    return Way.of(method, n_segments, 0, checked(method, given), together=together)


def run(videos, how=None, done=None):
    units = [Planned(video, (done or {}).get(video.name)) for video in videos]
    found = work_together(units, how or way())
    return {units[index].video.name: worked for index, worked in found}


def keys(found):
    return {name: worked.key for name, worked in found.items()}


def test_a_label_means_the_same_in_every_video(videos):
    found = run(videos[::-1])
    assert list(found) == ["v", "w", "x"]
    for name, order in ORDERS.items():
        np.testing.assert_array_equal(found[name].segmentation.labels, np.repeat(order, 4))
        assert found[name].segmentation.margins.shape == (4 * len(order),)
        assert found[name].segmentation.settings == {"n_segments": 3, "shift": 0, "seed": 0}
        json.dumps(found[name].together)
    assert {worked.together["videos"] for worked in found.values()} == {3}
    assert len({worked.together["digest"] for worked in found.values()}) == 1


def test_all_are_kept_or_all_are_cut_anew(videos, tmp_path):
    first = run(videos)
    assert keys(run(videos[::-1])) == keys(first)
    kept = run(videos, done=keys(first))
    assert [worked.segmentation for worked in kept.values()] == [None] * 3
    assert keys(kept) == keys(first)
    for changed in (run(videos[:2], done=keys(first)), run(videos, way(4), keys(first))):
        assert not {*keys(changed).values()} & {*keys(first).values()}
        assert all(worked.segmentation is not None for worked in changed.values())
        assert all(
            "cut anew with all others, as the set of videos" in worked.notes[0] for worked in changed.values()
        )
    np.save(tmp_path / "x.npy", np.eye(3)[[0, 1]].repeat(4, axis=0))
    assert not {*keys(run(videos)).values()} & {*keys(first).values()}


def test_a_video_that_cannot_be_read_is_left_out(videos, tmp_path):
    (tmp_path / "w.npy").write_bytes(b"junk")
    found = run(videos)
    assert "w.npy" in found["w"].problem
    assert found["v"].together["videos"] == 2
    assert found["v"].key == keys(run([videos[0], videos[2]]))["v"]


def test_a_single_video_is_cut_as_by_itself(videos):
    (alone,) = run(videos[1:2]).values()
    plain = work(Planned(videos[1]), way=way(together=False))
    np.testing.assert_array_equal(alone.segmentation.labels, plain.segmentation.labels)
    np.testing.assert_array_equal(alone.segmentation.labels, np.repeat([0, 1], 4))
    assert (alone.key, alone.together) == (plain.key, None)
    assert run(videos[1:2], done={"w": plain.key})["w"].segmentation is None


def test_videos_of_other_features_are_one_error_that_names_both(videos, tmp_path):
    np.save(tmp_path / "w.npy", np.ones((8, 5)))
    with pytest.raises(click.ClickException) as caught:
        run(videos)
    assert f"{tmp_path / 'v.npy'} has 3 features and {tmp_path / 'w.npy'} has 5" in str(caught.value)


@pytest.mark.parametrize(
    ("shift", "n_segments", "message"),
    [
        (13, 3, "--together: shift is 13: give another one"),
        (99, 3, "gave labels of 2 videos for 3: a-tall-one must give those of each"),
        (0, 2, "largest gave 3 labels for 2 segments: a-tall-one must give at most as many"),
    ],
)
def test_what_the_method_refuses_or_gives_wrongly(videos, shift, n_segments, message):
    with pytest.raises(click.ClickException, match=message):
        run(videos, way(n_segments, shift=shift))


def test_what_the_method_warns_of_is_said_once(videos):
    assert [worked.notes for worked in run(videos, way(shift=7)).values()] == [("seven is unlucky",), (), ()]


LABELS = {"v": np.repeat([0, 1], [6, 2]), "w": np.repeat([1, 0, 2], [1, 2, 1]), "x": np.repeat([2], 3)}
TRUTHS = {"v": np.repeat(["a", "b"], [6, 2]), "w": np.repeat(["a", "b", ""], [1, 2, 1])}


def test_labels_are_matched_once_for_all_videos():
    found = shared(LABELS, TRUTHS, 3)
    assert found.matching == {0: "a", 1: "b"}
    assert found.order == ("a", "b", 2)
    v, w = found.scores["v"], found.scores["w"]
    assert (v.mof, w.mof) == (1, 0)
    assert evaluate(TRUTHS["w"], LABELS["w"], ignore="").mof == 1  # by a matching of its own
    truths, labels = ([of[name] for name in TRUTHS] for of in (TRUTHS, LABELS))
    assert [v, w] == evaluate_together(truths, labels, n_clusters=3, ignore="")


def test_without_a_frame_to_score_nothing_is_matched():
    assert shared(LABELS, {}, 3) == shared(LABELS, TRUTHS, 3, ["a", "b"]) == Shared(order=(0, 1, 2))
    assert shared(LABELS, TRUTHS, 3, ["b"]).scores["w"].n_frames == 1
