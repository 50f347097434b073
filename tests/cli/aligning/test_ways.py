"""What frames are compared by: a model's embedded frames, or features."""

from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pytest

from dkva.cli.aligning.ways import Features, FeatureWay, check_widths, described_way, embedded, model_of
from dkva.cli.segmenting.model import ModelWay
from dkva.datasets import VideoFile
from dkva.experiments.registry import find

pytestmark = pytest.mark.fast

WAY = FeatureWay.of_features(standardise=True)
VIDEO = VideoFile("v", Path("v.npy"))


def test_features_are_standardised_over_their_video():
    features = np.random.default_rng(0).normal(5, 3, size=(50, 3)).astype(np.float32)
    features[:, 1] = 7
    found = Features(standardise=True).embed(features)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(found.std(0), [1, 0, 1], atol=1e-6)
    np.testing.assert_array_equal(Features(standardise=False).embed(features), features)


def test_small_differences_of_large_numbers_are_seen():
    x = 1e4 + np.arange(6, dtype=np.float32)[:, None]
    found = Features(standardise=False).align(x, x)
    np.testing.assert_array_equal(found.assignment, np.eye(6))


def test_the_way_says_what_decides_it():
    as_they_are = FeatureWay.of_features(standardise=False)
    assert described_way(WAY) == "features, each standardised over its video (mean 0, variance 1)"
    assert described_way(as_they_are) == "features as they are"
    assert WAY.decisive() != as_they_are.decisive()
    assert WAY.with_code().code
    assert WAY.model is None
    WAY.check_width(np.ones((3, 99)))


def test_videos_of_unequal_widths_cannot_be_compared():
    check_widths(VIDEO, np.ones((2, 3)), np.ones((5, 3)))
    with pytest.raises(
        ValueError, match=r"^has 4 features, and v.npy has 3; give features made the same way"
    ):
        check_widths(VIDEO, np.ones((2, 3)), np.ones((5, 4)))


def test_a_model_must_do_what_it_is_needed_for(monkeypatch):
    for does in ("align", "embed"):
        assert isinstance(model_of(WAY, does), Features)
    way = ModelWay(find("vaot"), None, 0, {}, path=Path("m.npz"))
    monkeypatch.setattr(ModelWay, "restored", lambda self: SimpleNamespace(align=print))
    assert model_of(way, "align").align is print
    with pytest.raises(click.ClickException) as caught:
        model_of(way, "embed")
    said = "m.npz: is a model of vaot, which does not embed frames; train one that does, such as vaot"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "answer", [np.ones((3, 2)), np.ones(4), np.ones((4, 2), int), np.full((4, 1), np.nan)]
)
def test_an_answer_that_is_no_embedded_frame_a_frame_is_refused(answer):
    with pytest.raises(ValueError, match="dkva must give finite numbers for each of 4 frames"):
        embedded(WAY, SimpleNamespace(embed=lambda features: answer), np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"^time_warping: KeyError"):
        embedded(WAY, SimpleNamespace(embed=lambda features: {}[0]), np.ones((4, 2)))
