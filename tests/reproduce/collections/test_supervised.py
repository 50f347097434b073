"""Splits of supervised segmentation: by subjects, of joined recordings, and of released data sets."""

from dataclasses import replace

import numpy as np
import pytest
import supervised_releases as releases

from dkva.datasets import SUPERVISED_SETS, DataError
from reproduce.collections import supervised
from reproduce.collections.supervised import (
    ACTIVITIES,
    LONGEST,
    SAMPLE_RATE,
    SMALL,
    SPLIT_SETS,
    SPLITS,
    collections_of,
    drawn,
    like_splits,
    needs,
    recordings,
    released_splits,
    settings_of,
)
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings, features_of

LABELS = from_grammar()
FEW = Settings(features=4)


def test_nobody_is_trained_on_and_tested_on():
    splits = like_splits((0, 1), 2, LABELS, FEW)
    assert [each.columns["split"] for each in splits] == list(range(1, SPLITS + 1))
    assert len({each.columns["dataset"] for each in splits}) == 1
    tested = set()
    for each in splits:
        people = [
            {video.name.split("/")[1].split("_")[0] for video in side} for side in (each.train, each.test)
        ]
        assert not people[0] & people[1]
        assert len(each.train) == (SPLITS - 1) * len(each.test) == (SPLITS - 1) * 2 * len(ACTIVITIES)
        assert {video.activity for video in each.test} == set(ACTIVITIES)
        assert not tested & set(each.test)
        tested |= set(each.test)
    assert len(tested) == sum(len(each.test) for each in splits)


def test_videos_are_short_and_of_actions_that_all_groups_have():
    groups = drawn(LABELS.videos, 5)
    assert drawn(LABELS.videos, 5) == groups
    actions = [{segment.action for video in group for segment in video.segments} for group in groups]
    fitting = [video for video in LABELS.videos if len(video) <= LONGEST and video.activity in ACTIVITIES]
    subjects = sorted({video.subject for video in LABELS.videos})
    for number, people in enumerate(np.array_split(subjects, SPLITS)):
        assert {video.subject for video in groups[number]} <= set(people.tolist())
        of_group = {s.action for v in fitting if v.subject in people for s in v.segments}
        assert set.union(*actions) <= of_group
    assert max(len(video) for group in groups for video in group) <= LONGEST


def test_frames_are_sampled_and_the_digest_is_of_all_that_decides_them():
    (first, *_) = like_splits((0,), 1, LABELS, FEW)
    member = first.test[0]
    video = next(video for video in LABELS.videos if video.name == member.name.split("/")[1])
    features, truth = member.labelled()
    np.testing.assert_array_equal(features, features_of(video, FEW)[::SAMPLE_RATE])
    np.testing.assert_array_equal(truth, video.labels[::SAMPLE_RATE])
    (other, *_) = like_splits((0,), 1, LABELS, replace(FEW, seed=1))
    assert other.test[0].checksum != member.checksum


def test_recordings_are_of_other_pieces():
    (split,) = recordings((0, 1, 2), 2)
    assert (len(split.train), len(split.test), split.seeds) == (2, 2, (0, 1, 2))
    features, truth = split.test[0].labelled()
    assert features.shape == (len(truth), 12)
    assert len(np.unique(truth)) == split.n_segments
    assert len({video.checksum for video in (*split.train, *split.test)}) == 4


def test_released_splits_are_those_of_the_bundles(tmp_path, monkeypatch):
    two = {"gtea": replace(SUPERVISED_SETS["gtea"], splits=2)}
    monkeypatch.setattr(supervised, "SUPERVISED_SETS", two)
    releases.released(tmp_path / "gtea")
    first, second = collections_of(SPLIT_SETS["gtea"], tmp_path, (0,))
    assert [video.name for video in first.train] == ["S1_Tea_C1", "S2_Tea_C1"]
    assert first.columns == {"dataset": "GTEA", "split": 1}
    known = {video.name: video for video in (*first.train, *first.test)}
    assert all(known[video.name] is video for video in (*second.train, *second.test))
    features, truth = first.train[0].labelled()
    np.testing.assert_array_equal(features, releases.features_of("S1_Tea_C1"))
    assert truth.tolist() == releases.labels_of("S1_Tea_C1").tolist()
    before = first.train[0].checksum
    releases.write_labels(tmp_path / "gtea", "S1_Tea_C1", releases.labels_of("S1_Tea_C1")[::-1])
    (again, _) = released_splits("gtea", tmp_path)
    assert again.train[0].checksum != before


def test_what_is_absent_is_said(tmp_path):
    for root in (None, tmp_path):
        with pytest.raises(DataError, match="gtea"):
            collections_of(SPLIT_SETS["gtea"], root, (0,))
    assert needs("breakfast").startswith("Breakfast: release of Farha & Gall")


def test_sets_have_settings_of_each_method():
    assert list(SPLIT_SETS) == ["breakfast_like", "basic_motions", *SUPERVISED_SETS]
    for given in SPLIT_SETS.values():
        for method in SMALL:
            found = settings_of(given, method)
            assert (found == SMALL[method]) == given.small or not found
