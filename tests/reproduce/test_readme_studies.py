"""The README's tables of kernels, smoothing and settings are what the stored rows give."""

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


def test_the_range_over_seeds():
    ranges = {}
    for row in read_rows("study_seeds"):
        ranges.setdefault((row["dataset"], row["video"]), []).append(100 * row["mof"])
    assert {len(scores) for scores in ranges.values()} == {50}
    spreads = sorted(max(scores) - min(scores) for scores in ranges.values())
    assert f"between {spreads[0]:.1f} and {spreads[-1]:.1f} points" in README
