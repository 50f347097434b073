"""The README's tables are what the stored rows give."""

import json

import numpy as np
import pytest

from reproduce import basic_motions, pictures, table2_moving5, table3_moving5_random_k
from reproduce.base.effects import effect, paired
from reproduce.base.labels import AUTHORS
from reproduce.base.paths import RESULTS
from reproduce.base.show import with_interval
from reproduce.base.store import read_facts, read_rows
from reproduce.collections.breakfast_sample import VIDEOS
from reproduce.ledger.verdicts import LEDGER
from reproduce.tables import difficulty
from reproduce.tables.factor_ranges import FACTOR_RANGES
from reproduce.tables.recording_cells import GAINS, gains, parity_cells
from reproduce.tables.smoothing_rule import by_rule
from synthetic.breakfast_like import Settings

pytestmark = pytest.mark.fast

README = (RESULTS.parent / "README.md").read_text()


def points(values):
    """Mean and interval of differences, in points."""
    mean, low, high, _ = effect(100 * values)
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"


def table_of(name, line, measure="mof"):
    """{what a line is called: {data set: mean and interval}} of a study's measure."""
    found = {}
    for record in read_facts(name)["table"]:
        if record["measure"] == measure:
            found.setdefault(line(record), {})[record["dataset"]] = with_interval(record)
    return found


def kernel_lines():
    for kernel, cells in table_of("figure3a_kernels", lambda record: record["kernel"]).items():
        yield f"| {kernel} | {' | '.join(cells.values())} |"


def reading_lines():
    rows = read_rows("figure3a_kernels")
    for kernel in ("NTK sphere", "SNTK"):
        cells = []
        for dataset in dict.fromkeys(row["dataset"] for row in rows):
            mine = [row for row in rows if row["dataset"] == dataset]
            cells.append(points(paired(mine, {"kernel": kernel + AUTHORS}, {"kernel": kernel}, "mof")))
        yield f"| {kernel} | {' | '.join(cells)} |"


def factor_lines():
    found, rows = {}, read_rows("gaussian_factor")
    for record in read_facts("gaussian_factor")["table"]:
        found.setdefault(record["dataset"], {})[record["measure"]] = record["mean"]
    for dataset, means in found.items():
        above = sum(means[name] for name in FACTOR_RANGES if float(name.split()[0]) >= 0.98)
        lowest = min(row["lowest"] for row in rows if row["dataset"] == dataset)
        yield (
            f"| {dataset} | {means['length_scale']:.4g} | {lowest:.3f} | {means['median']:.3f} "
            f"| {100 * above:.1f} |"
        )


def smoothing_lines():
    rows = read_rows("figure3b_smoothing")
    pieces = {
        record["dataset"]: record["mean"]
        for record in read_facts("figure3b_smoothing")["table"]
        if (record["measure"], record["smoothing"]) == ("pieces_per_asked", 0)
    }
    for dataset, ruled in by_rule(rows).items():
        mine = [row for row in rows if row["dataset"] == dataset]
        against = [
            points(paired(mine, {"smoothing": ruled.rule}, {"smoothing": other}, "mof"))
            for other in (0, ruled.best)
        ]
        yield (
            f"| {dataset} | {ruled.rule:g} | {against[0]} | {ruled.best:g} | {against[1]} "
            f"| {pieces[dataset]:.1f} |"
        )


def setting_lines():
    for name in pictures.STUDIES:
        found = table_of(name, lambda record: f"{record['factor']} | {record['value']}")
        for line, cells in found.items():
            yield f"| {line} | {' | '.join(cells.values())} |"


@pytest.mark.parametrize("lines", [kernel_lines, reading_lines, factor_lines, smoothing_lines, setting_lines])
def test_every_line_is_there(lines):
    missing = [line for line in lines() if line not in README]
    assert missing == []


def gain(name, dataset, value, against):
    rows = [row for row in read_rows(name) if row["dataset"].startswith(dataset)]
    return effect(100 * paired(rows, value, against, "mof"))


def test_what_the_text_says_of_kernels_and_settings():
    kernels = dict.fromkeys(row["dataset"] for row in read_rows("figure3a_kernels"))
    ours = {"kernel": "GaussNTK"}
    assert len(kernels) == 4
    for dataset in kernels:
        assert abs(gain("figure3a_kernels", dataset, ours, {"kernel": "NTK"}).mean) < 0.2
    sphere = gain("figure3a_kernels", "BasicMotions", {"kernel": "NTK sphere"}, ours)
    assert f"onto the sphere gains {sphere.mean:.1f} points" in README
    costs = {}
    for name in pictures.STUDIES[:-1]:
        places = dict.fromkeys((row["factor"], row["value"]) for row in read_rows(name))
        own = {}
        for factor, value in places:
            own.setdefault(factor, value)
            if factor != "not learned" and value != own[factor]:
                sides = {"factor": factor, "value": value}, {"factor": factor, "value": own[factor]}
                costs[value] = gain(name, "Breakfast-like", *sides)
    large = {"erf", "random frames"}
    assert all(abs(cost.mean) <= 0.5 for value, cost in costs.items() if value not in large)
    erf, random = costs["erf"], costs["random frames"]
    assert f"erf costs {-erf.mean:.1f} [{-erf.high:.1f}, {-erf.low:.1f}]" in README
    assert f"random frames {-random.mean:.1f} [{-random.high:.1f}, {-random.low:.1f}]" in README
    # By optimal transport scores stay at the start's.
    for dataset in ("Breakfast-like", "Breakfast sample"):
        start = [r for r in read_rows("study_initialisation") if r["dataset"].startswith(dataset)]
        start = [r for r in start if (r["factor"], r["value"]) == ("not learned", "uniform segments")]
        for row in start:
            row["factor"] = "loss"
        for value in ("Sinkhorn, entropy 0.05", "Sinkhorn, entropy 0.2"):
            ended = [r for r in read_rows("study_transport") if r["dataset"].startswith(dataset)]
            moved = paired(ended + start, {"value": value}, {"value": "uniform segments"}, "mof")
            assert len(moved) in (3, 30)
            assert abs(100 * moved.mean()) < 1.2


def test_how_much_faster_mmd_is():
    losses = json.loads((RESULTS / "benchmarks" / "transport.json").read_text())["figures"]["losses"]
    steps = {name.split()[-1]: loss["ms_per_step"] for name, loss in losses.items()}
    entropies = [name for name in steps if name not in ("video", "batch")]
    for estimator in ("video", "batch"):
        ratios = " / ".join(f"{steps[name] / steps[estimator]:.2g}×" for name in entropies)
        line = f"a step by a Sinkhorn divergence, entropy {' / '.join(entropies)}, against one by MMD"
        assert f'| {line}, `"{estimator}"` | {ratios} the time |' in README


def test_the_range_over_seeds():
    ranges = {}
    for row in read_rows("study_seeds"):
        ranges.setdefault((row["dataset"], row["video"]), []).append(100 * row["mof"])
    assert {len(scores) for scores in ranges.values()} == {50}
    spreads = sorted(np.std(scores, ddof=1) for scores in ranges.values())
    assert len(spreads) == 13
    shown = f"{spreads[-1]:.1f} points for one video (P05), at most {spreads[-2]:.1f} for the other 12"
    assert shown in README
    assert f"median {np.median(spreads):.1f}" in README


def test_tables_2_and_3_and_recordings_are_the_stored_rows():
    rows = read_rows("breakfast_sample")
    for name in VIDEOS:
        for cell in parity_cells(rows, name):
            scores, spread = cell.split("  (MoF ")
            assert scores in README
            assert spread.rstrip(")") in README
    for table in (basic_motions.TABLE, table2_moving5.TABLE, table3_moving5_random_k.TABLE):
        for record in read_facts(table.name)["table"]:
            if record["measure"] in table.measures[:3]:
                line = next(
                    line for line in README.splitlines() if line.startswith(f"| {record['method']} |")
                )
                assert any(
                    with_interval(record) in line
                    for line in README.splitlines()
                    if line.startswith(f"| {record['method']} |")
                ), (record, line)
    rows = read_rows("basic_motions")
    for a, b in GAINS:
        assert " | ".join(gains(rows, a, b)) in README
    speed = json.loads((RESULTS / "benchmarks/speed.json").read_text())["figures"]
    for estimator in ("batch", "video"):
        assert f"{speed[estimator]['direct_over_this']:.0f}× as fast" in README


def test_verdicts_in_the_readme_are_the_ledgers():
    for record in json.loads((RESULTS / LEDGER).read_text())["claims"]:
        if record["effect"] is not None:
            line = next(line for line in README.splitlines() if line.startswith(f"| {record['statement']} |"))
            low, high = record["interval"]
            assert f"{record['effect']:+.1f} [{low:+.1f}, {high:+.1f}]" in line
            assert f"| {record['verdict']} |" in line


@pytest.mark.parametrize("table", ["table4", "table5"])
def test_tables_4_and_5_are_the_stored_rows(table):
    for key in ("breakfast_sample", "breakfast_like", "basic_motions"):
        records = read_facts(f"{table}_{key}")["table"]
        for method in {record["method"] for record in records}:
            cells = " | ".join(with_interval(record) for record in records if record["method"] == method)
            assert f"| {records[0]['dataset']} | {method} | {cells} |" in README


@pytest.mark.parametrize("half", [difficulty.CHOOSE, difficulty.CHECK])
def test_scores_of_both_halves(half):
    scores = difficulty.means(read_rows("breakfast_like_difficulty"), half)[Settings().difficulty]
    shown = " / ".join(f"{score:.1f}" for score in scores.values())
    which = "odd" if half == difficulty.CHOOSE else "even"
    lines = README.splitlines()
    assert any(f"videos of {which} subjects" in line and f"| {shown} |" in line for line in lines)
