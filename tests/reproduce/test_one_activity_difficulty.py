"""How the difficulty of One activity was chosen: by raw features, and as the stored rows say."""

import numpy as np
import pytest

from reproduce.base.store import read_facts, read_rows
from reproduce.collections.one_activity import IN_ORDER, REPEATS, title, varied
from reproduce.one_activity_difficulty import (
    LIGHTS,
    TABLE,
    choice,
    means,
    results,
    rows_of,
)
from reproduce.tables.raw_order import CHECK, CHOOSE, LEAST, MOST, TRUE_TAU, taus
from synthetic.one_activity import Settings, generate


@pytest.fixture(scope="module")
def stored():
    return read_rows(TABLE.name)


def test_the_default_light_is_the_one_chosen(stored):
    settings = read_facts(TABLE.name)["settings"]
    assert choice(stored) == settings["chosen_light"] == Settings().light
    found = results(stored)
    assert {name: settings[name] for name in found} == found
    for name, value in settings["others"].items():
        assert getattr(Settings(), name) == value


def test_raw_features_are_where_they_should_be_at_every_seed(stored):
    found = means(stored, IN_ORDER)
    assert list(found) == list(LIGHTS)
    at_default = found[Settings().light]
    assert list(at_default) == [*CHOOSE, *CHECK]
    assert all(LEAST <= tau <= MOST for tau in at_default.values())
    middles = [np.mean(list(mine.values())) for mine in found.values()]
    assert middles == sorted(middles, reverse=True)  # the lighter, the more difficult


def test_the_true_alignment_is_in_order_without_repeats_alone(stored):
    in_order, repeated = (
        [tau for mine in means(stored, variant, TRUE_TAU).values() for tau in mine.values()]
        for variant in (IN_ORDER, REPEATS)
    )
    assert min(in_order) > 0.99  # ties, as lengths differ, take some thousandths
    assert max(repeated) < 0.9
    assert {row["light"] for row in stored if row["dataset"] == title(REPEATS)} == {Settings().light}


@pytest.mark.parametrize("variant", [IN_ORDER, REPEATS])
def test_a_rerun_gives_the_stored_rows(variant, stored):
    light = Settings().light
    for row in rows_of(variant, light, (0,)):
        (mine,) = [
            each
            for each in stored
            if (each["dataset"], each["light"], each["video"]) == (row["dataset"], light, row["video"])
        ]
        for measure in TABLE.measures:
            assert row[measure] == pytest.approx(mine[measure], abs=1e-6)


def test_rows_are_of_the_test_videos_of_the_whole_data_set():
    """They are made without the training videos, on which they do not depend."""
    settings = Settings(train=2, test=2, light=40)
    split = generate(varied(REPEATS, settings)).splits["test"]
    expected = taus([split.features[split.part(index)] for index in range(2)])
    assert [row["tau"] for row in rows_of(REPEATS, 40, (0,), settings)] == expected
