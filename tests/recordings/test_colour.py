"""Histograms of colours, against Python's own conversion of colours."""

import colorsys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dkva.recordings.colour import ColourHistograms, colour_bins

pytestmark = pytest.mark.fast

LEVELS = st.integers(0, 255)


def defined(colour):
    """The bin of a colour, in exact numbers."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(Fraction(level) for level in colour))
    return (int(hue * 16) * 4 + min(int(saturation * 4), 3)) * 4 + int(Fraction(value) / 256 * 4)


@given(st.tuples(LEVELS, LEVELS, LEVELS))
@example((0, 0, 0))
@example((255, 255, 255))
@example((255, 0, 0))
@example((255, 0, 1))
@example((60, 240, 201))  # a saturation of three quarters, which floating-point numbers miss
def test_bins_are_those_of_the_definition(colour):
    assert colour_bins(np.array([colour], np.uint8)).tolist() == [defined(colour)]


def test_features_are_square_roots_of_shares():
    """Of frames whose colours have 6 bits, which the table of bins holds as they are."""
    frames = np.random.default_rng(0).integers(0, 64, (3, 9, 16, 3), dtype=np.uint8) * np.uint8(4)
    features = ColourHistograms()(frames)
    shares = np.zeros((3, 256))
    for shown, frame in zip(shares, frames, strict=True):
        for colour in frame.reshape(-1, 3).tolist():
            shown[defined(colour)] += 1 / (9 * 16)
    assert features.dtype == np.float32
    # A share and its root are rounded once each, to 2^-24 of them.
    np.testing.assert_allclose(features, np.sqrt(shares), rtol=2**-22)


@given(st.tuples(LEVELS, LEVELS, LEVELS))
def test_colours_are_cut_to_six_bits(colour):
    features = ColourHistograms()(np.full((1, 2, 3, 3), colour, np.uint8))
    assert np.flatnonzero(features[0]).tolist() == [defined(level - level % 4 for level in colour)]


def test_where_a_colour_is_does_not_matter():
    rng = np.random.default_rng(1)
    frame = rng.integers(0, 256, (12, 10, 3), dtype=np.uint8)
    moved = rng.permutation(frame.reshape(-1, 3)).reshape(frame.shape)
    turned, other = np.rot90(frame)[None], rng.integers(0, 256, (1, 12, 10, 3), dtype=np.uint8)
    encoder = ColourHistograms()
    features = encoder(np.stack([frame, moved]))
    np.testing.assert_array_equal(features[0], features[1])
    np.testing.assert_array_equal(features[:1], encoder(np.ascontiguousarray(turned)))
    assert np.abs(features[:1] - encoder(other)).max() > 0
