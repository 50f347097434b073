"""The numbers of the README are the stored ones, and its pictures show what it says."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from reproduce.base.effects import effect, paired
from reproduce.base.show import with_interval
from reproduce.base.store import read_facts, read_rows
from reproduce.ledger.alignment_paper import ALIGNMENT_CLAIMS
from reproduce.ledger.joint_paper import JOINT_CLAIMS
from reproduce.ledger.keypoint_paper import KEYPOINT_CLAIMS
from reproduce.ledger.paper import CLAIMS

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
NAMES = ("table2_moving5", "table4_breakfast_sample", "table4_breakfast_like", "table4_basic_motions")
FLAT = " ".join(README.split())


def test_the_table_of_results():
    columns = []
    for name in NAMES:
        records = [record for record in read_facts(name)["table"] if record["measure"] == "mof"]
        columns.append({record["method"]: with_interval(record) for record in records})
    for method in columns[-1]:
        assert f"| {method} | {' | '.join(column.get(method, '–') for column in columns)} |" in README
    scores = [
        {
            record["method"]: record["mean"]
            for record in read_facts(name)["table"]
            if record["measure"] == "mof"
        }
        for name in NAMES
    ]
    for column in scores:
        assert column["TW-FINCH"] > column["learned, kernel"] > column["initial, kernel"]
    sides = {"method": "learned, kernel"}, {"method": "initial, kernel"}
    gains = [effect(paired(read_rows(name), *sides, "mof")) for name in NAMES]
    assert [gain.low > 0 for gain in gains] == [False, False, True, False]


def test_the_number_of_claims():
    records = json.loads((ROOT / "results" / "claims.json").read_text())["claims"]
    claims = [claim for claim in records if claim["id"] in CLAIMS]
    count = Counter(claim["verdict"] for claim in claims)
    said = (
        f"of the paper's {len(claims)} claims {count['holds']} hold here, "
        f"{count['does not hold']} do not hold, "
        f"{count['undecided']} are undecided, and {count['needs data']} need the benchmarks'"
    )
    assert said in FLAT
    others = {**JOINT_CLAIMS, **ALIGNMENT_CLAIMS, **KEYPOINT_CLAIMS}
    for paper in ("VASOT", "LRProp", "MASA", "RTK"):
        told = {name for name, claim in others.items() if claim.where.startswith(paper)}
        verdicts = [claim["verdict"] for claim in records if claim["id"] in told]
        assert f"of {len(verdicts)} about {paper} {verdicts.count('holds')}" in FLAT


def test_the_speed():
    speed = json.loads((ROOT / "results" / "benchmarks" / "speed.json").read_text())["figures"]
    steps = [f"{speed[name]['ms_per_step']:.2f} ms" for name in ("batch", "video")]
    ratios = [f"{speed[name]['direct_over_this']:.0f}×" for name in ("batch", "video")]
    assert f"{steps[0]} with the paper's estimator" in FLAT
    assert f"{steps[1]} with the default" in FLAT
    assert f"{ratios[0]} and {ratios[1]} as fast" in FLAT


@pytest.mark.parametrize("video", ["35", "5"])
def test_what_the_pictures_show(video):
    stored = np.load(ROOT / "results" / "moving5_figures.npz", allow_pickle=False)
    truth, learned = stored[f"{video}/truth"], stored[f"{video}/true K/learned, kernel"]
    names = {"a uniform split": "uniform split", "TW-FINCH": "TW-FINCH"}
    names |= {"the initial approximation": "initial, kernel", "the learned one": "learned, kernel"}
    right = {said: np.mean(stored[f"{video}/true K/{name}"] == truth) for said, name in names.items()}
    (first, *others) = right.items()
    shown = f"{first[0]} ({100 * first[1]:.0f} % of frames right), " + ", ".join(
        f"{said} ({100 * share:.0f} %)" for said, share in others
    ).replace(", the learned one", " and the learned one")
    assert f"{len(truth)} frames: the truth, {shown}." in README
    bounds, cuts = (np.flatnonzero(labels[1:] != labels[:-1]) + 1 for labels in (truth, learned))
    if video == "35":
        assert all(np.abs(cuts - bound).min() <= 1 for bound in bounds)
        assert len(bounds) == 5
        last = learned[bounds[-1] :]
        assert ((last == 3).sum(), len(last)) == (2, 5)
    else:
        second, third = learned[75:101], learned[127:]
        assert (truth[75:101] == 3).all()
        assert (truth[127:] == 3).all()
        assert 3 not in {*second.tolist(), *third.tolist()}
