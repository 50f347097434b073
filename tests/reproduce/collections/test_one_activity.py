"""One activity as collections."""

import numpy as np
import pytest

from reproduce.collections.one_activity import (
    IN_ORDER,
    REPEATS,
    VARIANTS,
    collections_of,
    dataset,
    on_circle,
    times_of,
    title,
    varied,
)
from synthetic.one_activity import Settings, generate

FEW = Settings(train=3, test=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("made")


def test_videos_are_those_of_the_splits_and_the_truth_is_the_phase(folder):
    (found,) = collections_of(REPEATS, range(2), FEW, folder)
    assert (found.n_segments, found.seeds) == (5, (0, 1))
    assert found.columns == {"dataset": title(REPEATS), "activity": "digits"}
    data = generate(varied(REPEATS, FEW))
    for name, videos in (("train", found.train), ("test", found.test)):
        split = data.splits[name]
        assert [video.name for video in videos] == [f"digits/{name}{i + 1:02d}" for i in range(len(split))]
        assert {video.activity for video in videos} == {"digits"}
        for index, video in enumerate(videos):
            features, truth = video.labelled()
            np.testing.assert_array_equal(features, split.features[split.part(index)])
            np.testing.assert_array_equal(truth, split.phases[split.part(index)])
    checksums = {video.checksum for video in found.train + found.test}
    assert len(checksums) == 5


def test_variants_are_told_apart_and_decide_pauses_and_repeats_alone(folder):
    found = [collections_of(variant, (0,), FEW, folder)[0] for variant in VARIANTS]
    assert len({each.name for each in found}) == len({each.columns["dataset"] for each in found}) == 2
    assert found[0].test[0].checksum != found[1].test[0].checksum
    assert varied(IN_ORDER, FEW) == FEW
    with pytest.raises(ValueError, match="variant"):
        collections_of("backwards", (0,), FEW, folder)


def test_times_of_a_split_say_which_frames_show_the_same(folder):
    place, _ = dataset(varied(REPEATS, FEW), folder)
    (found,) = collections_of(REPEATS, (0,), FEW, folder)
    times = times_of(place, "test")
    assert len(times) == len(found.test)
    for video, mine in zip(found.test, times, strict=True):
        np.testing.assert_array_equal(np.floor(mine), video.labelled()[1])
        assert (np.diff(mine) < 0).any()  # a repeat goes back


def test_times_on_a_circle_are_nearer_if_they_are_nearer():
    points = on_circle(np.array([0, 0.5, 2, 4.5]), 5)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    np.testing.assert_allclose(points[0], [1, 0])
    np.testing.assert_allclose(points[1], [np.cos(np.pi / 20), np.sin(np.pi / 20)])
    away = np.linalg.norm(points - points[0], axis=1)
    assert (np.diff(away) > 0).all()
