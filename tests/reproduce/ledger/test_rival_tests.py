"""Claims about ASOT in the same program."""

import json

import pytest

from dkva.experiments.experiment import Outcome
from reproduce import table_rivals
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA, UNDECIDED
from reproduce.base.labels import ASOT, ASOT_ALONE, PAPERS_METHOD
from reproduce.base.store import publish
from reproduce.collections.rivals import SETS
from reproduce.ledger.verdicts import ledger
from reproduce.tables.rivals import KINDS, table_of

pytestmark = pytest.mark.fast

SCORES = {PAPERS_METHOD: 0.6, ASOT: 0.5, ASOT_ALONE: 0.55}


def store(folder, kind, scores, seeds=2, videos=6):
    """{method: MoF} as rows of a table of rivals: spread over videos, and over the seeds of each."""
    rows = [
        {"dataset": "Breakfast-like", "activity": "tea", "video": f"v{i}", "method": method}
        | {"training": "any", "seed": seed, "n_segments": 5}
        | dict.fromkeys(kind.measures, score + 0.01 * i + 0.002 * seed)
        for method, score in scores.items()
        for i in range(videos)
        for seed in range(seeds)
    ]
    publish(table_of(kind, SETS["breakfast_like"], "c"), Outcome(rows, {}, 0), {}, folder)


def claim(folder, name="above-asot-like-for-like"):
    return next(record for record in ledger(folder) if record["id"] == name)


def test_the_least_of_all_comparisons_counts(tmp_path):
    by_key = {kind.key: kind for kind in KINDS}
    store(tmp_path, by_key["tw_finch"], SCORES)
    assert claim(tmp_path)["verdict"] == NEEDS_DATA  # one protocol is not all
    store(tmp_path, by_key["asot_video"], SCORES | {ASOT: 0.58})
    found = claim(tmp_path)
    assert (found["effect"], found["videos"], found["verdict"]) == (pytest.approx(2), 6, HOLDS)
    assert {part["what"]: part["effect"] for part in found["parts"]} == {
        "the paper's method - ASOT, scored as TW-FINCH and the paper do": pytest.approx(10),
        "the paper's method - ASOT decoder, one video, scored as TW-FINCH and the paper do": pytest.approx(5),
        "the paper's method - ASOT, scored as ASOT does": pytest.approx(2),
        "the paper's method - ASOT decoder, one video, scored as ASOT does": pytest.approx(5),
    }
    store(tmp_path, by_key["asot_video"], SCORES | {ASOT: 0.63})
    found = claim(tmp_path)
    assert (found["effect"], found["verdict"]) == (pytest.approx(-3), DOES_NOT_HOLD)
    assert [part["verdict"] for part in found["parts"]] == [HOLDS, HOLDS, DOES_NOT_HOLD, HOLDS]


def test_methods_are_called_as_their_table_calls_them():
    names = {"dkva": PAPERS_METHOD, "asot": ASOT, "asot_single": ASOT_ALONE}
    assert {name: table_rivals.line(name).label for name in names} == names


def measured(folder, seconds):
    """{method: seconds of each video} as the benchmark stores them, at one size."""
    beside = [
        {"size": "Breakfast", "frames": 2000, "segments": 7, "video": f"Breakfast {i}"}
        | {"method": method, "seconds": each}
        for method, times in seconds.items()
        for i, each in enumerate(times)
    ]
    (folder / "benchmarks").mkdir(exist_ok=True)
    (folder / "benchmarks" / "decoding.json").write_text(json.dumps({"figures": {"beside": beside}}))
    return claim(folder, "mmd-faster-than-ot")


def test_time_saved_is_a_share_of_the_longer_time(tmp_path):
    assert claim(tmp_path, "mmd-faster-than-ot")["needs"] == "python -m benchmarks --only decoding"
    found = measured(tmp_path, {"dkva": [1, 1, 1], "asot_single": [2, 4, 4], "decode": [2, 2, 2]})
    assert [part["effect"] for part in found["parts"]] == pytest.approx([200 / 3, 50], abs=1e-3)
    assert (found["effect"], found["verdict"]) == (50, HOLDS)
    found = measured(tmp_path, {"dkva": [1, 1, 1], "asot_single": [2, 4, 4], "decode": [0.1, 0.1, 0.1]})
    assert (found["effect"], found["verdict"]) == (-90, DOES_NOT_HOLD)
    assert found["result"] == "benchmarks/decoding"
    found = measured(tmp_path, {"dkva": [1, 1, 4], "asot_single": [2, 2, 1], "decode": [9, 9, 9]})
    assert found["verdict"] == UNDECIDED
