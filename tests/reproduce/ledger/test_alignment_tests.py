"""Claims about LRProp and MASA."""

import pytest

from dkva.experiments.experiment import Outcome
from reproduce.base import labels
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA
from reproduce.base.labels import ON_ACTIVITY, ON_ALL
from reproduce.base.store import publish
from reproduce.collections.representations import LRPROP_SETS, MASA_SETS
from reproduce.ledger.alignment_paper import ALIGNMENT_CLAIMS
from reproduce.ledger.alignment_tests import ALIGNMENT_TESTS
from reproduce.ledger.verdicts import ledger
from reproduce.tables.representations import MEASURES, clips_table, embedded_table

pytestmark = pytest.mark.fast

LRPROP_RESULTS = ("one_activity", "one_activity_repeats", "many_features")
MASA_RESULTS = ("many_features", "many_poses", "many_both", "one_activity", "one_activity_repeats")

#: Scores by method and what it is trained on, so that every claim holds.
LRPROP_SCORES = {
    (labels.RAW_FEATURES, ""): 0.5,
    (labels.TCN, ON_ACTIVITY): 0.6,
    (labels.TCC, ON_ACTIVITY): 0.65,
    (labels.CARL, ON_ACTIVITY): 0.7,
    (labels.LRPROP, ON_ACTIVITY): 0.8,
    **{(each, ON_ACTIVITY): 0.75 for each in labels.LRPROP_PARTS},
}
MASA_SCORES = {
    (labels.RAW_FEATURES, ""): 0.5,
    (labels.TCN, ON_ALL): 0.6,
    (labels.CARL, ON_ACTIVITY): 0.71,
    (labels.CARL, ON_ALL): 0.7,
    (labels.MASA, ON_ACTIVITY): 0.78,
    (labels.MASA, ON_ALL): 0.8,
    **{(each, ON_ALL): 0.77 for each in labels.MASA_PARTS},
    **{(each, ON_ACTIVITY): 0.75 for each in labels.MASA_PARTS},
}
CLIPS = {(labels.RAW_FEATURES, ""): 0.5, (labels.TCN, ON_ALL): 0.6, (labels.CARL, ON_ALL): 0.7}


def rows_of(scores, measures, dataset, videos=6, seeds=2):
    """Scores as rows, spread over videos and over the seeds of each."""
    return [
        {"dataset": dataset, "activity": "tea", "video": f"tea/{i}", "method": method, "training": training}
        | {"seed": seed, **dict.fromkeys(measures, score + 0.01 * i + 0.002 * seed)}
        for (method, training), score in scores.items()
        for i in range(videos)
        for seed in range(seeds)
    ]


def store_lrprop(folder, scores=LRPROP_SCORES, keys=LRPROP_RESULTS):
    for key in keys:
        table = embedded_table("table_lrprop", LRPROP_SETS[key], "c")
        publish(table, Outcome(rows_of(scores, MEASURES, LRPROP_SETS[key].title), {}, 0), {}, folder)


def store_masa(folder, scores=MASA_SCORES, clips=None):
    of_masa = clips or {"many_features": 0.8, "many_poses": 0.75, "many_both": 0.85}
    for key in MASA_RESULTS:
        given = MASA_SETS[key]
        table = embedded_table("table_masa", given, "c")
        mine = {
            (method, training): score
            for (method, training), score in scores.items()
            if (given.parts or method not in labels.MASA_PARTS) and (given.several or training != ON_ALL)
        }
        publish(table, Outcome(rows_of(mine, MEASURES, given.title), {}, 0), {}, folder)
        if given.several:
            table = clips_table("table_masa", given, "c")
            rows = rows_of(CLIPS | {(labels.MASA, ON_ALL): of_masa[key]}, table.measures, given.title)
            publish(table, Outcome(rows, {}, 0), {}, folder)


def claims(folder):
    return {record["id"]: record for record in ledger(folder) if record["id"] in ALIGNMENT_CLAIMS}


def test_every_claim_has_a_test_and_needs_its_rows(tmp_path):
    assert [test.claim for test in ALIGNMENT_TESTS] == list(ALIGNMENT_CLAIMS)
    found = claims(tmp_path)
    assert {record["verdict"] for record in found.values()} == {NEEDS_DATA}
    commands = {record["needs"] for record in found.values()}
    assert commands == {
        "python -m reproduce.table_lrprop --data-root DATA",
        "python -m reproduce.table_masa --data-root DATA",
    }


def test_all_hold_of_rows_that_say_so(tmp_path):
    store_lrprop(tmp_path)
    store_masa(tmp_path)
    found = claims(tmp_path)
    assert {name for name, record in found.items() if record["verdict"] != HOLDS} == set()
    effects = {name: round(record["effect"], 6) for name, record in found.items()}
    assert effects == pytest.approx(
        {
            "tcc-above-tcn": 5,
            "carl-above-tcn": 10,
            "lrprop-above-tcn": 20,
            "cross-video-terms-add": 10,
            "propagation-adds": 5,
            "soft-dtw-adds": 5,
            "half-the-labels-suffice": 10,
            "masa-above-tcn": 20,
            "masa-above-carl": 10,
            "masa-gains-from-all": 2,
            "carl-gains-nothing-from-all": 3,
            "activities-stay-apart": 5,
            "masa-recognises-clips": 25,
            "both-kinds-are-best": 5,
            "each-part-of-masa-helps": 3,
        }
    )
    parts = {name: len(record["parts"]) for name, record in found.items()}
    assert parts["lrprop-above-tcn"] == 3 * 2 * 3
    assert parts["cross-video-terms-add"] == 3 * 6
    assert parts["half-the-labels-suffice"] == 3 * 4
    assert parts["masa-above-tcn"] == 3 * 2 * 3
    assert parts["masa-gains-from-all"] == 2 * 4
    assert parts["each-part-of-masa-helps"] == 6 * 2
    assert parts["both-kinds-are-best"] == 2


@pytest.mark.parametrize(
    ("line", "score", "failing"),
    [
        ((labels.TCN, ON_ACTIVITY), 0.9, {"tcc-above-tcn", "carl-above-tcn", "lrprop-above-tcn"}),
        ((labels.CARL, ON_ACTIVITY), 0.85, {"cross-video-terms-add"}),
        ((labels.LRPROP_WITHOUT_PROPAGATION, ON_ACTIVITY), 0.82, {"propagation-adds"}),
        ((labels.LRPROP_WITHOUT_WARPING, ON_ACTIVITY), 0.82, {"soft-dtw-adds"}),
        ((labels.RAW_FEATURES, ""), 0.72, {"tcc-above-tcn", "carl-above-tcn"}),
    ],
)
def test_one_line_decides_claims_of_lrprop(tmp_path, line, score, failing):
    store_lrprop(tmp_path, LRPROP_SCORES | {line: score})
    found = claims(tmp_path)
    others = {"half-the-labels-suffice"}  # the same score whatever the share of the labels
    tested = {name for name, record in found.items() if record["verdict"] == DOES_NOT_HOLD} - others
    assert tested == failing


@pytest.mark.parametrize(
    ("line", "score", "failing"),
    [
        ((labels.TCN, ON_ALL), 0.9, {"masa-above-tcn"}),
        ((labels.CARL, ON_ALL), 0.82, {"masa-above-carl", "carl-gains-nothing-from-all"}),
        ((labels.MASA, ON_ACTIVITY), 0.82, {"masa-gains-from-all"}),
        ((labels.MASA_WITHOUT_TRIM, ON_ACTIVITY), 0.82, {"each-part-of-masa-helps"}),
        ((labels.MASA_WITHOUT_STOP, ON_ACTIVITY), 0.82, {"each-part-of-masa-helps"}),
    ],
)
def test_one_line_decides_claims_of_masa(tmp_path, line, score, failing):
    store_masa(tmp_path, MASA_SCORES | {line: score})
    found = claims(tmp_path)
    assert {name for name, record in found.items() if record["verdict"] == DOES_NOT_HOLD} == failing


def test_both_kinds_are_compared_with_either(tmp_path):
    store_masa(tmp_path, clips={"many_features": 0.8, "many_poses": 0.9, "many_both": 0.85})
    found = claims(tmp_path)["both-kinds-are-best"]
    assert (found["effect"], found["verdict"]) == (pytest.approx(-5), DOES_NOT_HOLD)
    assert {part["what"]: part["effect"] for part in found["parts"]} == {
        "both - features": pytest.approx(5),
        "both - poses": pytest.approx(-5),
    }


def test_half_of_the_labels_is_another_column_than_all(tmp_path):
    rows = rows_of(LRPROP_SCORES, MEASURES, "d")
    for row in rows:
        row["accuracy_50"] -= 0.2
    table = embedded_table("table_lrprop", LRPROP_SETS["one_activity"], "c")
    publish(table, Outcome(rows, {}, 0), {}, tmp_path)
    store_lrprop(tmp_path, keys=LRPROP_RESULTS[1:])
    found = claims(tmp_path)["half-the-labels-suffice"]
    assert (found["effect"], found["verdict"]) == (pytest.approx(-10), DOES_NOT_HOLD)


def test_the_real_data_come_first(tmp_path):
    store_lrprop(tmp_path)
    store_lrprop(tmp_path, LRPROP_SCORES | {(labels.LRPROP, ON_ACTIVITY): 0.9}, ("pouring", "penn_action"))
    found = claims(tmp_path)["cross-video-terms-add"]
    assert (found["data"], found["effect"]) == ("Pouring and PennAction", pytest.approx(20))
