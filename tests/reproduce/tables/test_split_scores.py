"""Scores over splits are those of the protocol, whatever the numbers of videos."""

import numpy as np
import pytest

from dkva.metrics.ms_tcn_protocol import ms_tcn_pooled, ms_tcn_rows
from reproduce.base.store import summarise
from reproduce.tables.split_scores import numbered, parts_over_splits, scored
from reproduce.tables.supervised import SCORES

pytestmark = pytest.mark.fast

RNG = np.random.default_rng(0)
SIZES = {1: 3, 2: 5}


def made_rows(method="m", seed=0):
    """Rows of two splits of unequal sizes, of random labels that are often right."""
    rows = []
    for split, videos in SIZES.items():
        truths = [np.repeat(RNG.choice(["a", "b", "c"], 6), RNG.integers(2, 9, 6)) for _ in range(videos)]
        found = [
            np.where(RNG.random(len(truth)) < 0.8, truth, RNG.choice(["a", "b", "c"])) for truth in truths
        ]
        about = {"dataset": "d", "split": split, "method": method, "seed": seed}
        for video, row in enumerate(ms_tcn_rows(truths, found)):
            rows.append({**about, "video": f"{split}/{video}", **row})
    return rows


def test_the_mean_over_rows_is_the_mean_over_splits_and_seeds():
    rows = [*made_rows(seed=0), *made_rows(seed=1), *made_rows("other")]
    table = scored(rows, SCORES, {"longest": 3})
    assert [row["longest"] for row in table] == [3] * len(rows)
    summary = {
        (record["method"], record["measure"]): record for record in summarise(table, ("method",), SCORES)
    }
    for method, seeds in (("m", (0, 1)), ("other", (0,))):
        pooled = [
            ms_tcn_pooled([row for row in rows if (row["method"], row["split"], row["seed"]) == key])
            for key in ((method, split, seed) for split in SIZES for seed in seeds)
        ]
        for measure, values in {name: [each[name] for each in pooled] for name in pooled[0]}.items():
            assert summary[method, measure]["mean"] == pytest.approx(np.mean(values), abs=1e-6), measure
    assert summary["m", "edit"]["videos"] == sum(SIZES.values())


def test_segments_are_counted_beside_the_true_ones():
    rows = made_rows()
    parts = parts_over_splits(rows, SCORES["segments_per_true"])
    false = parts_over_splits(rows, SCORES["false_segments"])
    expected, wrong = [], []
    for split in SIZES:
        mine = [row for row in rows if row["split"] == split]
        true = sum(row["tp_10"] + row["fn_10"] for row in mine)
        expected.append(sum(row["tp_10"] + row["fp_10"] for row in mine) / true)
        wrong.append(sum(row["fp_10"] for row in mine) / true)
    assert parts.mean() == pytest.approx(np.mean(expected))
    assert false.mean() == pytest.approx(np.mean(wrong))
    # A part moves as its video would move the mean: to first order, by a video that counts a little more.
    ratio, more = SCORES["segments_per_true"], 1e-5
    sums, sizes = np.transpose([ratio(row) for row in rows])
    first = np.array([row["split"] == 1 for row in rows])
    weights = first + more * (np.arange(len(rows)) == 0)
    moved = weights @ sums / (weights @ sizes) - sums[first].sum() / sizes[first].sum()
    assert (parts[0] - parts.mean()) / len(rows) == pytest.approx(
        moved / more / 2 + (parts[first].mean() - parts.mean()) / len(rows), abs=1e-4
    )


def test_a_split_without_a_score_is_left_out():
    rows = [
        {"split": split, "right": right, "all": number}
        for split, right, number in ((1, 1, 2), (1, 2, 2), (2, 0, 0), (3, 1, 1))
    ]
    parts = parts_over_splits(rows, numbered("right", "all"))
    assert np.isnan(parts).tolist() == [False, False, True, False]
    assert np.nanmean(parts) == pytest.approx((3 / 4 + 1) / 2)
    assert np.isnan(parts_over_splits(rows[2:3], numbered("right", "all"))).all()
