"""Gains by hand: means of domain means, pairs of the same seeds."""

import math

import pytest

from reproduce.tables.kernel_mean_gains import OWN, gain_cells, variant_gains

pytestmark = pytest.mark.fast


def row(factor, value, video, seed, score):
    """A row whose three scores have this mean."""
    scores = {"mof": score + 0.1, "iou": score - 0.1, "f1": score}
    return {"domain": video[0], "factor": factor, "value": value, "video": video, "seed": seed} | scores


ROWS = [
    *(row(OWN, OWN, "a1", seed, score) for seed, score in enumerate([0.5, 0.7])),
    *(row(OWN, OWN, "a2", seed, 0.4) for seed in (0, 1)),
    *(row(OWN, OWN, "b1", seed, 0.8) for seed in (0, 1)),
    row("price", "0", "a1", 0, 0.6),
    row("price", "0", "a2", 0, 0.2),
    row("price", "0", "b1", 0, 0.9),
]


def test_a_domain_counts_once_and_seeds_are_paired():
    own, varied = variant_gains(ROWS)
    assert (own["factor"], own["mof"]) == (OWN, pytest.approx(((0.6 + 0.4) / 2 + 0.8) / 2 + 0.1))
    assert (own["least"], own["most"]) == (pytest.approx((0.45 + 0.8) / 2), pytest.approx((0.55 + 0.8) / 2))
    assert varied["iou"] == pytest.approx((0.4 + 0.9) / 2 - 0.1)
    # Against seed 0 alone: +.1 and -.2 in domain a, +.1 in b.
    assert varied["gain"] == pytest.approx((-0.05 + 0.1) / 2)
    # Of a's two sequences either may be drawn twice.
    assert (varied["low"], varied["high"]) == (pytest.approx((-0.2 + 0.1) / 2), pytest.approx(0.1))


def test_cells_are_percentage_points():
    columns, cells = gain_cells(variant_gains(ROWS))
    assert all(len(line) == len(columns) for line in cells)
    assert cells[0][-1] == "seeds: 62.5 to 67.5"
    assert cells[1] == ["price", "0", "75.0", "55.0", "65.0", "+2.5 [-5.0, +10.0]"]


def test_without_two_sequences_in_a_domain_there_is_no_interval():
    single = [each for each in ROWS if each["video"] != "a2"]
    _, varied = variant_gains(single)
    assert varied["low"] is None
    assert not math.isnan(varied["gain"])
    assert gain_cells(variant_gains(single))[1][1][-1] == "+10.0"
