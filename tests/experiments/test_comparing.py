"""Comparisons of planted rows, and what is said of them."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dkva.datasets.sequences import LabelledSequence, Opened
from dkva.experiments.comparing import MEAN, MEASURES, advice, compare, task_of
from dkva.metrics.domains import domain_mean

pytestmark = pytest.mark.fast


def rows(scores, domains, seeds=1):
    """Rows of methods whose MoF, IoU and F1 on sequence i are s, s - .1 and s - .2."""
    return [
        {
            "method": method,
            "video": f"v{i}",
            "domain": domain,
            "mof": s + (seed - (seeds - 1) / 2) / 100,
            "iou": s - 0.1,
            "f1": s - 0.2,
        }
        for method, values in scores.items()
        for i, (s, domain) in enumerate(zip(values, domains, strict=True))
        for seed in range(seeds)
    ]


DOMAINS = ["a", "a", "a", "b"]
SCORES = {"low": [0.3, 0.4, 0.5, 0.3], "high": [0.5, 0.6, 0.9, 0.4], "near": [0.6, 0.5, 0.8, 0.4]}


def test_lines_in_order_with_domains_that_count_alike():
    found = compare(rows(SCORES, DOMAINS))
    assert [line.method for line in found.lines] == ["high", "near", "low"]
    assert (found.sequences, found.domains, found.best.method) == (4, ("a", "b"), "high")
    best = found.best
    assert best.scores["mof"].mean == pytest.approx((2 / 3 + 0.4) / 2)
    assert best.scores[MEAN].mean == pytest.approx((2 / 3 + 0.4) / 2 - 0.1)
    assert best.domains["a"] == pytest.approx(
        {"mof": 2 / 3, "iou": 2 / 3 - 0.1, "f1": 2 / 3 - 0.2, MEAN: 2 / 3 - 0.1}
    )
    assert all(best.lead[measure].mean == 0 for measure in (*MEASURES, MEAN))


def test_differences_are_paired_by_sequence():
    found = compare(rows(SCORES, DOMAINS))
    near = found.lines[1]
    expected = domain_mean(np.subtract(SCORES["high"], SCORES["near"]), DOMAINS)
    assert near.lead["mof"] == pytest.approx(expected)
    assert near.lead["mof"].low < 0 < near.lead["mof"].high
    assert found.lines[2].lead[MEAN].low > 0


def test_another_reference():
    found = compare(rows(SCORES, DOMAINS), "low")
    assert found.best.method == "high"
    assert found.best.lead["mof"].mean == pytest.approx(np.mean([-4 / 15, -0.1]))
    assert found.lines[2].lead[MEAN].mean == 0
    with pytest.raises(ValueError, match="'none' has no rows: choose one of 'high'"):
        compare(rows(SCORES, DOMAINS), "none")


def test_seeds_are_averaged_first():
    one, many = compare(rows(SCORES, DOMAINS)), compare(rows(SCORES, DOMAINS, seeds=4))
    for a, b in zip(one.lines, many.lines, strict=True):
        assert a.scores["mof"] == pytest.approx(b.scores["mof"])


def test_shares_of_being_the_highest():
    found = compare(rows(SCORES, DOMAINS))
    shares = {line.method: line.highest for line in found.lines}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["low"] == 0
    assert shares["high"] > shares["near"] > 0


def test_methods_must_have_the_same_sequences():
    with pytest.raises(ValueError, match="'near' has no row of 'v3'"):
        compare(rows(SCORES, DOMAINS)[:-1])
    with pytest.raises(ValueError, match="no rows"):
        compare([])


@pytest.mark.parametrize(
    ("scores", "domains", "parts"),
    [
        ({"one": [0.5, 0.6]}, ["a", "a"], ["F1: one (45.0 %), which alone was run."]),
        ({"one": [0.5], "two": [0.4]}, ["a"], ["F1: one (40.0 %), on one sequence."]),
        (
            {"one": [0.5, 0.6], "two": [0.4, 0.5]},
            ["a", "b"],
            ["Its lead over two (+10.0 points, no interval, p = 0.5) is not", "No domain has two sequences"],
        ),
        (
            SCORES | {"apart": [0.1, 0.1, 0.1, 0.7]},
            DOMAINS,
            [
                "F1: high (43.3 %), which is also first in",
                "near (+1.7 points [",
                "Another method is ahead on b (apart).",
                "1 of 2 domains has one sequence, which adds nothing",
                "With 4 sequences the intervals are narrower",
            ],
        ),
        (
            {"one": np.linspace(0.4, 0.6, 12), "two": np.linspace(0.3, 0.55, 12)},
            ["a"] * 12,
            ["first in 100 % of the resamples of the 12 sequences. Its lead over every other method is stat"],
        ),
    ],
)
def test_advice_says_how_sure_it_is(scores, domains, parts):
    said = advice(compare(rows(scores, domains)))
    for part in parts:
        assert part in said


def test_three_sequences_are_never_significant():
    """Whatever the lead: two of eight flips of signs are as far from 0."""
    found = compare(rows({"one": [0.9, 0.9, 0.9], "two": [0.1, 0.1, 0.1]}, ["a"] * 3))
    assert found.lines[1].lead[MEAN].low > 0
    assert found.lines[1].p == 0.25
    assert "lead over two (+80.0 points [+80.0, +80.0], p = 0.25) is not" in advice(found)


def test_methods_that_tie_share_the_first_place_whatever_their_order():
    scores = {"one": [0.5, 0.7, 0.6], "two": [0.5, 0.7, 0.6], "three": [0.1, 0.2, 0.1]}
    for names in (("one", "two", "three"), ("three", "two", "one")):
        found = compare(rows({name: scores[name] for name in names}, ["a"] * 3))
        shares = {line.method: line.highest for line in found.lines}
        assert shares == pytest.approx({"one": 0.5, "two": 0.5, "three": 0})
    assert "(+0.0 points [+0.0, +0.0], p = 1)" in advice(found).replace("-0.0", "+0.0")


def test_advice_is_of_the_best():
    with pytest.raises(ValueError, match="compare with the best, 'high'"):
        advice(compare(rows(SCORES, DOMAINS), "low"))


def load():
    return np.zeros((4, 2)), np.array([0, 0, 1, 2])


def test_sequences_as_tasks():
    sequence = LabelledSequence("a/v", "a", Path("v.npz"), partial(load))
    task = task_of(sequence, Opened(4, 2, 3, (2,), "sum"), (0, 1))
    assert (task.video, task.n_segments, task.seeds, task.checksum) == ("a/v", 3, (0, 1), "sum")
    assert (task.columns, task.scoring) == ({"domain": "a"}, {"ignore": [2]})
    truth = task.load()[1]
    assert task.measure(truth, truth, 3, **task.scoring)["n_frames"] == 3
    assert task_of(sequence, Opened(4, 2, 3, (), "sum"), (0,), 7).n_segments == 7
