"""Claims about RTK, on rows that say so and on rows that do not."""

import pytest

from dkva.experiments.experiment import Outcome
from reproduce.base import labels
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA
from reproduce.base.store import publish
from reproduce.collections.supervised import SPLIT_SETS
from reproduce.ledger.keypoint_paper import KEYPOINT_CLAIMS
from reproduce.ledger.keypoint_tests import KEYPOINT_TESTS
from reproduce.ledger.verdicts import ledger
from reproduce.tables.supervised import LINES, MEASURES, lengths_table, scores_table
from reproduce.tables.supervised_points import points_table

pytestmark = pytest.mark.fast

STAND_INS = ("breakfast_like", "basic_motions")

#: Scores by method, so that every claim holds.
SCORES = {
    labels.MS_TCN: 0.4,
    labels.ASFORMER: 0.5,
    labels.ASFORMER_ASSEMBLED: 0.55,
    labels.RTK: 0.8,
    labels.RTK_POINTS: 0.6,
    labels.RTK_POINTS_REFINED: 0.7,
    labels.RTK_POINTS_GRAPH: 0.7,
    labels.RTK_FRAMES: 0.4,
    labels.RTK_FRAMES_REFINED: 0.5,
    labels.RTK_FRAMES_GRAPH: 0.5,
    labels.RTK_FRAMES_MATCHED: 0.6,
    labels.RTK_ATTACHED: 0.7,
    labels.RTK_CANDIDATES[0.001]: 0.5,
    labels.RTK_CANDIDATES[0.01]: 0.6,
    labels.RTK_CANDIDATES[1.0]: 0.81,
}
POINTS = {labels.ASFORMER: 0.5, labels.RTK_BEFORE: 0.6, labels.RTK: 0.7}
LENGTHS = {labels.ASFORMER: 0.5, labels.RTK: 0.6}


def rows_of(scores, measures, dataset, videos=6, **further):
    """Scores as rows of two seeds, spread over videos; false segments fall as the scores rise."""
    return [
        {"dataset": dataset, "split": 1 + i % 2, "video": f"v{i}", "method": method, "seed": seed}
        | further
        | {
            measure: (1 - score if measure == "false_segments" else score) + 0.01 * i + 0.002 * seed
            for measure in measures
        }
        for method, score in scores.items()
        for i in range(videos)
        for seed in range(2)
    ]


def store(folder, keys=(*STAND_INS, "gtea"), scores=SCORES, points=POINTS, lengths=LENGTHS):
    for key in keys:
        given = SPLIT_SETS[key]

        def stored(table, rows):
            publish(table, Outcome(rows, {}, 0), {}, folder)

        stored(scores_table(given, "c"), rows_of(scores, MEASURES, given.title))
        table = points_table(given, "c")
        stored(table, rows_of(points, table.measures, given.title))
        table = lengths_table(given, "c")
        both = [rows_of(lengths, table.measures, given.title, longest=longest) for longest in (8, 16)]
        stored(table, [row for rows in both for row in rows])


def claims(folder):
    return {record["id"]: record for record in ledger(folder) if record["id"] in KEYPOINT_CLAIMS}


def test_every_claim_has_a_test_and_needs_its_rows(tmp_path):
    assert [test.claim for test in KEYPOINT_TESTS] == list(KEYPOINT_CLAIMS)
    assert set(SCORES) == set(LINES)
    found = claims(tmp_path)
    assert {record["verdict"] for record in found.values()} == {NEEDS_DATA}
    assert {record["needs"] for record in found.values()} == {
        "python -m reproduce.table_rtk --data-root DATA"
    }


def test_all_candidates_are_no_other_line_on_the_stand_ins(tmp_path):
    store(tmp_path, STAND_INS)
    found = claims(tmp_path)
    assert {name for name, record in found.items() if record["verdict"] == NEEDS_DATA} == {
        "a-tenth-is-enough"
    }


def test_all_hold_of_rows_that_say_so(tmp_path):
    store(tmp_path)
    found = claims(tmp_path)
    assert {name for name, record in found.items() if record["verdict"] != HOLDS} == set()
    effects = {name: round(record["effect"], 6) for name, record in found.items()}
    assert effects == pytest.approx(
        {
            "keypoints-over-segment-less": 30,
            "rtk-above-asformer": 30,
            "rtk-above-ms-tcn": 40,
            "keypoints-help": 20,
            "refinement-helps": 10,
            "graph-alone-adds-nothing": 2,
            "graph-matching-helps": 10,
            "detaching-is-better": 10,
            "few-candidates-cost": 20,
            "a-tenth-is-enough": 1,
            "keypoints-above-frame-wise-ones": 20,
            "refined-keypoints-are-right": 10,
            "better-at-all-lengths": 10,
        }
    )
    parts = {name: len(record["parts"]) for name, record in found.items()}
    assert parts["keypoints-over-segment-less"] == 2 * 2
    assert parts["rtk-above-ms-tcn"] == 2 * 3
    assert parts["keypoints-help"] == 4 * 2
    assert parts["keypoints-above-frame-wise-ones"] == 2 * 2
    assert parts["better-at-all-lengths"] == 2 * 2


@pytest.mark.parametrize(
    ("line", "score", "failing"),
    [
        (labels.ASFORMER, 0.9, {"keypoints-over-segment-less", "rtk-above-asformer"}),
        (labels.MS_TCN, 0.9, {"rtk-above-ms-tcn"}),
        (labels.RTK_FRAMES, 0.65, {"keypoints-help", "refinement-helps"}),
        (labels.RTK_POINTS, 0.75, {"refinement-helps"}),
        (labels.RTK_FRAMES_GRAPH, 0.55, {"graph-alone-adds-nothing"}),
        (labels.RTK_FRAMES_MATCHED, 0.45, {"graph-matching-helps"}),
        (labels.RTK_ATTACHED, 0.85, {"detaching-is-better"}),
        (labels.RTK_CANDIDATES[0.01], 0.82, {"few-candidates-cost"}),
        (labels.RTK_CANDIDATES[1.0], 0.85, {"a-tenth-is-enough"}),
    ],
)
def test_one_line_decides(tmp_path, line, score, failing):
    store(tmp_path, scores=SCORES | {line: score})
    found = claims(tmp_path)
    assert {name for name, record in found.items() if record["verdict"] == DOES_NOT_HOLD} == failing


def test_points_and_lengths_decide_their_claims(tmp_path):
    store(tmp_path, points=POINTS | {labels.RTK_BEFORE: 0.75}, lengths=LENGTHS | {labels.ASFORMER: 0.65})
    found = claims(tmp_path)
    assert {name for name, record in found.items() if record["verdict"] == DOES_NOT_HOLD} == {
        "refined-keypoints-are-right",
        "better-at-all-lengths",
    }
    named = {part["what"] for part in found["better-at-all-lengths"]["parts"]}
    assert f"up to 8 frames, {SPLIT_SETS['breakfast_like'].title}" in named


def test_the_real_data_come_first(tmp_path):
    store(tmp_path)
    store(tmp_path, ("50salads", "gtea", "breakfast"), SCORES | {labels.RTK: 0.85})
    found = claims(tmp_path)
    assert found["rtk-above-asformer"]["data"] == "50 Salads, GTEA and Breakfast"
    assert found["graph-matching-helps"]["data"] == "GTEA"
    assert found["rtk-above-asformer"]["effect"] == pytest.approx(35)
