"""RTK: models that find planted actions, its phases, its ablations, and trainings that go on after a kill."""

import json
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from made_videos import made_videos
from stopped_training import Kept, StoppedError

from dkva.metrics.ms_tcn_protocol import ms_tcn_pooled, ms_tcn_rows
from dkva.nn import phases
from dkva.supervised.candidates import ACTION
from dkva.supervised.rtk import RtkModel, phases_of, train_rtk
from dkva.supervised.rtk_settings import RtkSettings

TINY = {
    "maps": 8,
    "layers": 1,
    "decoders": 1,
    "decoder_layers": 1,
    "channel_dropout": 0.0,
    "dropout": 0.1,
    "learning_rate": 0.02,
    "graph_width": 8,
    "graph_layers": 1,
    "refiner_width": 8,
    "refiner_layers": 1,
    "boundary_region": 9.0,
    "boundary_neighbourhood": 3.0,
    "action_weight": 10.0,  # of the published 100 small networks learn few classes in a short time
    "boundary_weight": 10.0,
    "matching_videos": 2,
    "candidates": 0.5,  # two of three keypoints of a short video would be left out
}
VIDEOS = made_videos(6)


def trained_for(*epochs, n_videos, **given):
    """A model after so many epochs of the phases, of which its settings and programs do not tell."""
    with mock.patch(
        "dkva.supervised.rtk.phases_of",
        lambda chosen: [
            replace(phase, epochs=each) for phase, each in zip(phases_of(chosen), epochs, strict=True)
        ],
    ):
        return train_rtk(VIDEOS[:n_videos], **TINY, **given)


@pytest.fixture(scope="module")
def trained():
    return trained_for(30, 6, 20, n_videos=4)


def scores(model, videos):
    truths = [each.labels for each in videos]
    return ms_tcn_pooled(ms_tcn_rows(truths, [model.segment(each.frames) for each in videos]))


def test_planted_actions_are_found_in_other_videos(trained):
    found = scores(trained, VIDEOS[4:])
    assert found["f1_50"] > 0.75
    assert found["edit"] > 0.75


def test_segments_are_those_of_the_keypoints(trained):
    video = VIDEOS[4]
    points, found = trained.keypoints(video.frames), trained.found(video.frames)
    np.testing.assert_array_equal(points.assembled.labels(), found.places)
    np.testing.assert_allclose(points.assembled.frame_confidences(), found.confidence)
    assert found.confidence.min() > 0
    assert found.confidence.max() <= 1
    assert set(points.refined.place) <= set(points.candidates.place)
    assert points.action.shape == points.boundary.shape == (90,)
    actions = points.refined.kind == ACTION
    assert (points.refined.action[actions] >= 0).all()
    assert (points.refined.action[~actions] == -1).all()
    np.testing.assert_array_equal(np.array(trained.classes)[found.places], trained.segment(video.frames))


def test_a_model_comes_back_from_its_arrays(trained):
    again = RtkModel.restore(trained.arrays())
    assert again.settings == trained.settings
    np.testing.assert_array_equal(again.segment(VIDEOS[5].frames), trained.segment(VIDEOS[5].frames))


def test_places_are_of_all_frames_if_they_are_sampled(trained):
    settings = json.loads(str(trained.arrays()["settings"])) | {"sample_rate": 3}
    model = RtkModel.restore({**trained.arrays(), "settings": np.array(json.dumps(settings))})
    frames = np.repeat(VIDEOS[4].frames, 3, axis=0)[:-1]
    points, once = model.keypoints(frames), trained.keypoints(VIDEOS[4].frames)
    np.testing.assert_array_equal(points.candidates.place, 3 * once.candidates.place)
    assert points.assembled.boundaries.tolist() == [
        min(3 * each, 269) for each in once.assembled.boundaries.tolist()
    ]
    np.testing.assert_array_equal(points.assembled.labels(), model.found(frames).places)


@pytest.mark.parametrize(
    "given",
    [
        {"refinement": False},
        {"keypoints": False},
        {"keypoints": False, "refinement": False, "decoders": 0},
        {"graph": False, "candidates": 0.01},
    ],
)
def test_parts_can_be_left_out(given):
    # The last phase computes what those before it do, and more.
    last = {"epochs": 0, "matching_epochs": 0, "joint_epochs": 1}
    model = train_rtk(VIDEOS[:2], **TINY | last | given)
    labels = model.segment(VIDEOS[4].frames)
    assert labels.shape == (90,)
    assert set(labels.tolist()) <= set(model.classes)
    points = model.keypoints(VIDEOS[4].frames)
    if "refinement" not in given:
        assert len(points.candidates.place) <= max(1, round(model.settings.candidates * 90))
    else:
        for left, found in zip(points.refined, points.candidates, strict=True):
            np.testing.assert_array_equal(left, found)
    if not (model.settings.keypoints or model.settings.refinement):
        np.testing.assert_array_equal(
            labels, np.array(model.classes)[model.probabilities(VIDEOS[4].frames).argmax(1)]
        )


@pytest.fixture(scope="module")
def straight():
    """The arrays of a training of an epoch a phase that nothing stopped."""
    return trained_for(1, 1, 1, n_videos=2).arrays()


@pytest.mark.parametrize("stop", [1, 4, 7])
def test_a_training_that_was_stopped_gives_the_same_model(monkeypatch, straight, stop):
    """After the first of two videos in each of the phases, whose epochs are three states."""
    monkeypatch.setattr(phases, "_KEEP_EVERY", 0.0)
    want, kept = straight, Kept(stop)
    with pytest.raises(StoppedError):
        trained_for(1, 1, 1, n_videos=2, checkpoint=kept)
    found = trained_for(1, 1, 1, n_videos=2, checkpoint=kept).arrays()
    assert found.keys() == want.keys()
    for name, array in found.items():
        np.testing.assert_array_equal(array, want[name], err_msg=name)


@pytest.mark.fast
def test_phases_are_those_of_the_paper():
    first, second, third = phases_of(RtkSettings())
    assert [each.epochs for each in (first, second, third)] == [80, 20, 20]
    assert [each.accumulate for each in (first, second, third)] == [1, 16, 1]
    backbone = {"encoder", "decoders", "head"}
    assert set(first.parts) == backbone
    assert set(second.parts) == backbone | {"graph", "affinity"}
    assert set(third.parts) == backbone | {"graph", "affinity", "refiner"}
    assert [(each.loss.matching, each.loss.refining) for each in (first, second, third)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.fast
@pytest.mark.parametrize(
    ("given", "accumulate", "parts"),
    [
        ({"matching": False}, 1, {"graph", "refiner"}),
        ({"graph": False}, 1, {"refiner"}),
        ({"refinement": False}, 1, set()),
    ],
)
def test_phases_without_a_part_train_the_rest(given, accumulate, parts):
    first, second, third = phases_of(RtkSettings(**given))
    assert second.accumulate == accumulate
    assert second.loss == first.loss
    assert set(third.parts) == {"encoder", "decoders", "head"} | parts


@pytest.mark.fast
def test_settings_are_checked_before_videos_are_read():
    with pytest.raises(ValueError, match="candidates is 2"):
        train_rtk([], candidates=2)
    with pytest.raises(ValueError, match="the training set is empty"):
        train_rtk([])
    with pytest.raises(TypeError, match="unknown"):
        train_rtk(VIDEOS, unknown=1)
