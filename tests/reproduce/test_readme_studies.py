"""The README's tables of kernels, smoothing and settings are what the stored rows give."""

import json

import pytest

from reproduce import gaussian_factor, pictures
from reproduce.effects import effect, paired
from reproduce.figure3a_kernels import AUTHORS
from reproduce.paths import RESULTS
from reproduce.show import with_interval
from reproduce.smoothing_rule import by_rule
from reproduce.store import read_facts, read_rows

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
    found = {}
    for record in read_facts("gaussian_factor")["table"]:
        found.setdefault(record["dataset"], {})[record["measure"]] = record["mean"]
    for dataset, means in found.items():
        above = sum(means[name] for name in gaussian_factor.RANGES if float(name.split()[0]) >= 0.98)
        yield (
            f"| {dataset} | {means['length_scale']:.4g} | {means['lowest']:.3f} | {means['median']:.3f} "
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
                costs[value] = [gain(name, data, *sides) for data in ("Breakfast-like", "Breakfast sample")]
    large = {"erf", "random frames"}
    assert all(abs(like.mean) <= 0.5 for value, (like, _) in costs.items() if value not in large)
    assert all(-1.55 <= costs[value][0].mean <= -0.95 and costs[value][0].high < 0 for value in large)
    apart = {value for value, (_, sample) in costs.items() if sample.low > 0 or sample.high < 0}
    assert apart == {"random frames"}
    assert f"they cost {-costs['random frames'][1].mean:.1f}" in README


def test_how_much_faster_mmd_is():
    losses = json.loads((RESULTS / "benchmarks" / "transport.json").read_text())["figures"]["losses"]
    steps = {name.split()[-1]: loss["ms_per_step"] for name, loss in losses.items()}
    entropies = [name for name in steps if name != "MMD"]
    ratios = " / ".join(f"{steps[name] / steps['MMD']:.2g}×" for name in entropies)
    assert f"entropy {' / '.join(entropies)} | {ratios} as fast |" in README


def test_the_range_over_seeds():
    ranges = {}
    for row in read_rows("study_seeds"):
        ranges.setdefault((row["dataset"], row["video"]), []).append(100 * row["mof"])
    assert {len(scores) for scores in ranges.values()} == {50}
    spreads = sorted(max(scores) - min(scores) for scores in ranges.values())
    assert f"between {spreads[0]:.1f} and {spreads[-1]:.1f} points" in README
