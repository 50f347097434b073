"""Methods and settings on Moving5."""

import pytest

from reproduce.base.labels import LEARNED, MORE
from reproduce.base.store import best, read_facts, read_rows, summarise
from reproduce.tables.moving5 import (
    CHOICE,
    CHOICE_RANDOM_K,
    chosen_settings,
    random_k_methods,
    true_k_methods,
)

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("name", "choice"), [("table2_moving5", CHOICE), ("table3_moving5_random_k", CHOICE_RANDOM_K)]
)
def test_settings_come_from_the_validation_videos(name, choice):
    rows = read_rows(choice.name)
    assert {row["video"][:10] for row in rows} == {"validation"}
    assert len({row["video"] for row in rows}) == 50
    facts = read_facts(name)
    found = best(summarise(rows, choice.by, choice.measures), choice.choose)
    learned = [
        m["settings"]
        for label, m in facts["methods"].items()
        if label in ("learned, kernel", "learned, chosen weight decay")
    ]
    for column, value in found.items():
        assert value in {settings[column] for settings in learned}, column
    assert len(facts["seeds"]) >= 5
    assert facts["videos"] == 50


def test_methods_are_those_of_the_stored_tables():
    choice = chosen_settings()
    for name, made in (
        ("table2_moving5", list(true_k_methods(choice).values())),
        ("table3_moving5_random_k", random_k_methods()),
    ):
        stored = read_facts(name)["methods"]
        assert {m.label: (m.id, m.settings) for m in made} == {
            label: (each["id"], each["settings"]) for label, each in stored.items()
        }


def test_variants_differ_from_the_method_in_what_they_are_called_for():
    lines = true_k_methods(chosen_settings())
    assert lines["dkva"].label == LEARNED
    assert lines["dkva_more_epochs"].settings["epochs"] == MORE * lines["dkva"].settings["epochs"]
    for name, line in lines.items():
        assert line.id == name.split("_")[0] if name.startswith("dkva") else line.id == name
