"""How the difficulty of Many activities was chosen: by raw features and poses, as the stored rows say."""

import numpy as np
import pytest

from reproduce.base.store import read_facts, read_rows
from reproduce.collections.many_activities import BOTH, FEATURES, KINDS, POSES, title
from reproduce.many_activities_difficulty import (
    FACTORS,
    TABLE,
    TRIED,
    choice,
    means,
    results,
    rows_of,
    split_of,
)
from reproduce.tables.raw_order import CHECK, CHOOSE, LEAST, MOST, TAU, TRUE_TAU, taus
from synthetic.many_activities import ACTIVITIES, Settings


@pytest.fixture(scope="module")
def stored():
    return read_rows(TABLE.name)


def test_the_default_light_and_place_are_those_chosen(stored):
    settings = read_facts(TABLE.name)["settings"]
    usual = Settings()
    assert choice(stored) == {"light": usual.light, "place": usual.place}
    found = results(stored)
    assert {name: settings[name] for name in found} == found
    assert settings["tried"] == {factor: list(values) for factor, values in TRIED.items()}
    for name, value in settings["others"].items():
        assert getattr(usual, name) == value


@pytest.mark.parametrize("kind", FACTORS)
def test_raw_columns_are_where_they_should_be_at_every_seed(stored, kind):
    found = means(stored, kind)
    assert list(found) == [f"{value:g}" for value in TRIED[FACTORS[kind]]]
    at_default = found[f"{getattr(Settings(), FACTORS[kind]):g}"]
    assert list(at_default) == [*CHOOSE, *CHECK]
    assert all(LEAST <= tau <= MOST for tau in at_default.values())
    middles = [np.mean(list(mine.values())) for mine in found.values()]
    assert middles == sorted(middles, reverse=True)  # the larger, the more difficult


def test_rows_are_of_every_test_video_and_the_true_alignment_is_in_order(stored):
    usual = Settings()
    for kind in KINDS:
        lines = {row["value"] for row in stored if row["dataset"] == title(kind)}
        expected = f"{usual.light:g}, {usual.place:g}"
        assert lines == ({f"{value:g}" for value in TRIED[FACTORS[kind]]} if kind != BOTH else {expected})
    lines = 2 * 5 + 1
    assert len({(row["dataset"], row["value"], row["video"]) for row in stored}) == len(stored)
    assert len(stored) == lines * 10 * len(ACTIVITIES) * usual.test
    assert min(row[TRUE_TAU] for row in stored) > 0.99  # ties, as lengths differ, take some thousandths


def test_a_rerun_gives_the_stored_rows(stored):
    """Two activities of one data set; more activities leave them as they are."""
    usual = Settings(activities=2)
    split = split_of(0, usual)
    both = f"{usual.light:g}, {usual.place:g}"
    for kind, value in {FEATURES: f"{usual.light:g}", POSES: f"{usual.place:g}", BOTH: both}.items():
        rows = rows_of(split, kind, 0, "", value)
        assert len(rows) == 2 * usual.test
        for row in rows:
            same = ("dataset", "value", "activity", "video")
            (mine,) = [each for each in stored if all(each[name] == row[name] for name in same)]
            for measure in TABLE.measures:
                assert row[measure] == pytest.approx(mine[measure], abs=1e-6)


def test_neighbours_are_sought_within_an_activity():
    few = Settings(activities=2, test=3)
    split = split_of(1, few)
    found = rows_of(split, FEATURES, 1, "light", "usual")
    expected = [
        tau
        for first in (0, 3)
        for tau in taus([split.features[split.part(index)] for index in range(first, first + 3)])
    ]
    assert [row[TAU] for row in found] == expected
    assert [row["video"] for row in found] == [f"1/{a}/test{i:02d}" for a in "AB" for i in (1, 2, 3)]
