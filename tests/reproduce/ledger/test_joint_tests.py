"""Claims about VAOT and VASOT."""

import json

import pytest

from benchmarks.joint_tasks import SUMS
from dkva.experiments.experiment import Outcome
from reproduce.base import labels
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA, UNDECIDED
from reproduce.base.store import publish
from reproduce.collections.joint import JOINT_SETS
from reproduce.ledger import joint_tests
from reproduce.ledger.verdicts import ledger
from reproduce.tables.alignment import MEASURES
from reproduce.tables.joint import alignment_table, segmentation_table
from reproduce.tables.rivals import KINDS

pytestmark = pytest.mark.fast


SCORES = {
    labels.VAOT: 0.8,
    labels.VAOT_WITHOUT_STRUCTURE: 0.79,
    labels.VAOT_WITHOUT_PRIOR: 0.6,
    labels.VAOT_UNBALANCED: 0.7,
    labels.VAOT_WITHOUT_VIRTUAL: 0.78,
    labels.JOINT: 0.8,
    labels.ALIGNMENT_ALONE: 0.8,
}


def rows_of(scores, measures, videos=6, seeds=2):
    """{method: score} as rows, spread over videos, and over the seeds of each."""
    return [
        {"dataset": "d", "activity": "tea", "video": f"v{i}", "method": method, "seed": seed}
        | dict.fromkeys(measures, score + 0.01 * i + 0.002 * seed)
        for method, score in scores.items()
        for i in range(videos)
        for seed in range(seeds)
    ]


def store_alignment(folder, scores):
    for key in ("one_activity", "one_activity_repeats"):
        table = alignment_table(JOINT_SETS[key], "c")
        publish(table, Outcome(rows_of(scores, MEASURES), {}, 0), {}, folder)


def claim(folder, name):
    return next(record for record in ledger(folder) if record["id"] == name)


@pytest.mark.parametrize(
    ("joint", "effect", "verdict"), [(0.81, 3, HOLDS), (0.79, 1, HOLDS), (0.76, -2, DOES_NOT_HOLD)]
)
def test_an_alignment_is_comparable_if_it_is_at_most_two_points_below(tmp_path, joint, effect, verdict):
    name = "joint-alignment-is-comparable"
    assert claim(tmp_path, name)["verdict"] == NEEDS_DATA
    store_alignment(tmp_path, SCORES | {labels.JOINT: joint})
    found = claim(tmp_path, name)
    assert (found["effect"], found["verdict"]) == (pytest.approx(effect), verdict)
    assert len(found["parts"]) == 6


def test_every_part_of_the_alignment_must_help(tmp_path):
    name = "each-part-of-alignment-helps"
    store_alignment(tmp_path, SCORES)
    found = claim(tmp_path, name)
    assert (found["effect"], found["verdict"], len(found["parts"])) == (pytest.approx(1), HOLDS, 16)
    store_alignment(tmp_path, SCORES | {labels.VAOT_UNBALANCED: 0.9})
    found = claim(tmp_path, name)
    assert (found["effect"], found["verdict"]) == (pytest.approx(-10), DOES_NOT_HOLD)


def test_segmentation_is_compared_with_the_same_program_without_alignment(tmp_path):
    kinds = {kind.key: kind for kind in KINDS}
    scores = {labels.JOINT: 0.6, labels.SEGMENTATION_ALONE: 0.58, labels.ASOT: 0.9}
    for given in JOINT_SETS.values():
        kind = kinds["asot_activity" if given.activities > 1 else "asot_video"]
        rows = [{**row, "activity": row["video"]} for row in rows_of(scores, kind.measures)]
        publish(segmentation_table(kind, given, "c"), Outcome(rows, {}, 0), {}, tmp_path)
        scores[labels.JOINT] += 0.1
    found = claim(tmp_path, "alignment-helps-segmentation")
    assert (found["effect"], found["verdict"], found["videos"]) == (pytest.approx(2), HOLDS, 6)
    assert {part["what"]: part["effect"] for part in found["parts"]} == {
        f"{measure}, {data}": pytest.approx(effect)
        for data, effect in (
            ("One activity in order", 2),
            ("One activity with pauses and repeats", 12),
            ("Breakfast-like", 22),
        )
        for measure in ("MoF", "mIoU", "F1")
    }


def costs(folder, both):
    """(seconds of both tasks) by run, beside 1 s for each task alone, as the benchmark stores them."""
    beside = [
        {"video": f"run {i}", "program": program, "seconds": seconds, "memory_mb": 10, "file_kb": 50}
        for i, each in enumerate(both)
        for program, seconds in (
            ("both", each),
            ("segmentation", 1),
            ("alignment", 1),
            ("asot", 2),
            ("vaot", 1),
        )
    ]
    (folder / "benchmarks").mkdir(exist_ok=True)
    (folder / "benchmarks" / "joint_tasks.json").write_text(json.dumps({"figures": {"beside": beside}}))
    return claim(folder, "joint-saves-time-and-memory")


def test_two_models_are_those_of_the_benchmark():
    assert joint_tests._SUMS == SUMS


def test_what_one_model_saves_is_a_share_of_the_sum_of_two(tmp_path):
    assert (
        claim(tmp_path, "joint-saves-time-and-memory")["needs"] == "python -m benchmarks --only joint_tasks"
    )
    found = costs(tmp_path, [1.5, 1.4, 1.6])
    assert {part["what"]: part["effect"] for part in found["parts"]} == {
        "time of the training, of the sum of the same program twice": pytest.approx(25),
        "time of the training, of the sum of ASOT and VAOT": pytest.approx(50),
        "memory of the training, of the sum of the same program twice": pytest.approx(50),
        "memory of the training, of the sum of ASOT and VAOT": pytest.approx(50),
        "model file, of the sum of the same program twice": pytest.approx(50),
        "model file, of the sum of ASOT and VAOT": pytest.approx(50),
    }
    assert (found["effect"], found["verdict"]) == (pytest.approx(25), HOLDS)
    assert costs(tmp_path, [2.2, 2.2, 2.2])["verdict"] == DOES_NOT_HOLD
    assert costs(tmp_path, [1.5, 2.5, 2.0])["verdict"] == UNDECIDED
