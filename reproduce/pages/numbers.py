"""Comparisons that the page of results shows beside the stored tables: rows in, cells and numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from reproduce.base.effects import Effect, effect, paired
from reproduce.base.labels import AUTHORS, KERNEL_MEANS, STUDIES
from reproduce.base.show import percent
from reproduce.base.store import read_rows
from reproduce.collections.breakfast_sample import VIDEOS
from reproduce.collections.real_sequences import SETS
from reproduce.ledger.paper import number
from reproduce.pages.markdown import markdown_table
from reproduce.pages.tables import pivot
from reproduce.tables import difficulty
from reproduce.tables.comparisons import comparison_cells
from reproduce.tables.factor_ranges import FACTOR_RANGES
from reproduce.tables.kernel_mean_gains import gain_cells, variant_gains
from reproduce.tables.merging_choices import change_cells, choice_changes
from reproduce.tables.recorded import recorded_cells, recorded_changes
from reproduce.tables.recording_cells import GAINS, gains, parity_cells
from reproduce.tables.smoothing_rule import by_rule

__all__ = ["COMPARED", "comparison", "computed", "points"]

Facts = Mapping[str, Mapping]


#: Results whose number of seeds stands in a sentence.
_SEEDED = ("table2_moving5", "table3_moving5_random_k", "breakfast_sample", "study_moving5", "study_network")


#: Results in which methods are compared by domain, by set.
COMPARED = {key: f"table_real_sequences_{key}" for key in SETS}


def _seeds(facts: Mapping) -> list[int]:
    """Seeds of a result, or of the first of its parts, which have the same ones."""
    return facts["seeds"] if "seeds" in facts else facts["parts"][0]["seeds"]


def points(values: np.ndarray) -> str:
    """Mean and 95 % interval of shares [videos], in percentage points."""
    mean, low, high, _ = effect(100 * values)
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"


def computed(facts: Facts, ledger: Mapping, folder: Path) -> dict[str, str]:
    """Parts of the page by name.

    Args:
        facts: the stored summaries by name.
        ledger: the stored claims.
        folder: the stored results.
    """
    kernels = read_rows("figure3a_kernels", folder)
    return {
        "parity": _parity(read_rows("breakfast_sample", folder)),
        "gains": _gains(read_rows("basic_motions", folder)),
        "difficulty": _difficulty(read_rows("breakfast_like_difficulty", folder)),
        "kernels": pivot(
            facts["figure3a_kernels"]["table"], lambda record: (str(record["kernel"]),), ["kernel"], "mof"
        ),
        "readings": _readings(kernels),
        "factors": _factors(facts["gaussian_factor"]["table"], read_rows("gaussian_factor", folder)),
        "smoothing_rule": _smoothing(facts, read_rows("figure3b_smoothing", folder)),
        "settings": pivot(
            [record for name in STUDIES for record in facts[name]["table"]],
            lambda record: (str(record["factor"]), str(record["value"])),
            ["setting", "value"],
            "mof",
        ),
        "kernel_mean_gains": markdown_table(
            *gain_cells(variant_gains(read_rows("study_kernel_means", folder)))
        ),
        "merging_changes": markdown_table(*change_cells(choice_changes(read_rows("study_merging", folder)))),
        "recorded_changes": markdown_table(
            *recorded_cells(recorded_changes(read_rows("study_recordings", folder)))
        ),
        **{f"seeds_{name}": str(len(_seeds(facts[name]))) for name in _SEEDED},
        **{
            f"comparison_{key}": comparison(read_rows(name, folder))
            for key, name in COMPARED.items()
            if name in facts
        },
        **_in_sentences(facts, ledger, kernels, folder),
    }


def _parity(rows: Sequence[dict]) -> str:
    lines = []
    for name in VIDEOS:
        scores = (number("program", {"video": name}, measure) for measure in ("mof", "iou", "f1"))
        theirs = " / ".join(percent(None if score is None else score / 100) for score in scores)
        lines.append([name.split("_")[0], theirs, *parity_cells(rows, name)])
    columns = ["video", "authors' program", 'ours, `"video"`', 'ours, `"batch"`']
    return markdown_table(columns, lines)


def _gains(rows: list[dict]) -> str:
    lines = [[f"{a} - {b}", *gains(rows, a, b)] for a, b in GAINS]
    return markdown_table(["difference, paired by sequence, in points", "MoF", "IoU", "F1"], lines)


def comparison(rows: Sequence[Mapping]) -> str:
    """Methods compared by domain, kernel mean segments held against each other one."""
    return markdown_table(*comparison_cells(rows, KERNEL_MEANS))


def _difficulty(rows: Sequence[Mapping]) -> str:
    chosen = difficulty.choice(rows)
    lines = [
        ["published, real features", " / ".join(f"{score:.1f}" for score in difficulty.PUBLISHED.values())]
    ]
    for half, what in (
        (difficulty.CHOOSE, "odd subjects: difficulty chosen"),
        (difficulty.CHECK, "even subjects: checked"),
    ):
        scores = difficulty.means(rows, half)[chosen].values()
        lines.append(
            [
                f"synthetic features, {difficulty.VIDEOS} videos of {what}",
                " / ".join(f"{score:.1f}" for score in scores),
            ]
        )
    return markdown_table(["TW-FINCH", "MoF / IoU / F1 in %"], lines)


def _datasets(rows: Sequence[Mapping]) -> dict[str, list[Mapping]]:
    """Rows by data set, in their order."""
    found: dict[str, list[Mapping]] = {}
    for row in rows:
        found.setdefault(str(row["dataset"]), []).append(row)
    return found


def _readings(rows: Sequence[Mapping]) -> str:
    datasets = _datasets(rows)
    lines = []
    for kernel in ("NTK sphere", "SNTK"):
        sides = {"kernel": kernel + AUTHORS}, {"kernel": kernel}
        lines.append([kernel, *(points(paired(mine, *sides, "mof")) for mine in datasets.values())])
    return markdown_table(["MoF, the authors' reading - the paper's", *datasets], lines)


def _factors(records: Sequence[Mapping], rows: Sequence[Mapping]) -> str:
    means: dict[str, dict[str, float]] = {}
    for record in records:
        means.setdefault(str(record["dataset"]), {})[record["measure"]] = record["mean"]
    lines = []
    for dataset, mine in means.items():
        above = sum(mine[name] for name in FACTOR_RANGES if float(name.split()[0]) >= 0.98)
        lowest = min(row["lowest"] for row in rows if row["dataset"] == dataset)
        scale, median = f"{mine['length_scale']:.4g}", f"{mine['median']:.3f}"
        lines.append([dataset, scale, f"{lowest:.3f}", median, f"{100 * above:.1f}"])
    columns = ["pairs of frames", "l", "lowest factor", "median factor", "pairs above 0.98, %"]
    return markdown_table(columns, lines)


def _smoothing(facts: Facts, rows: Sequence[Mapping]) -> str:
    pieces = {
        record["dataset"]: record["mean"]
        for record in facts["figure3b_smoothing"]["table"]
        if (record["measure"], record["smoothing"]) == ("pieces_per_asked", 0)
    }
    lines = []
    for dataset, ruled in by_rule(rows).items():
        mine = _datasets(rows)[dataset]
        against_none, against_best = (
            points(paired(mine, {"smoothing": ruled.rule}, {"smoothing": other}, "mof"))
            for other in (0, ruled.best)
        )
        best = f"{ruled.best:g}"
        lines.append([dataset, f"{ruled.rule:g}", against_none, best, against_best, f"{pieces[dataset]:.1f}"])
    columns = ["data set", "the rule's a", "rule - none", "best a", "rule - best", "pieces, not smoothed"]
    return markdown_table(columns, lines)


def _gain(rows: Sequence[Mapping], dataset: str, value: Mapping, against: Mapping) -> Effect:
    """Difference in MoF, in points, on the data set whose name begins so."""
    mine = [row for row in rows if str(row["dataset"]).startswith(dataset)]
    return effect(100 * paired(mine, value, against, "mof"))


def _cost(found: Effect) -> str:
    """A difference with its sign turned."""
    return f"{-found.mean:.1f} [{-found.high:.1f}, {-found.low:.1f}]"


def _mean(facts: Mapping, method: str, measure: str) -> float:
    """Mean of a line of a stored table, in %."""
    records = (r for r in facts["table"] if (r["method"], r["measure"]) == (method, measure))
    return 100 * next(records)["mean"]


def _in_sentences(facts: Facts, ledger: Mapping, kernels: Sequence[Mapping], folder: Path) -> dict[str, str]:
    """Numbers that stand in sentences."""
    ours = {"kernel": "GaussNTK"}
    factor = [abs(_gain(kernels, dataset, ours, {"kernel": "NTK"}).mean) for dataset in _datasets(kernels)]
    network, start = read_rows("study_network", folder), read_rows("study_initialisation", folder)
    erf = ({"factor": "activation", "value": value} for value in ("erf", "relu"))
    frames = ({"factor": "learned from", "value": value} for value in ("random frames", "uniform segments"))
    rehearsal = read_rows("table4_breakfast_like", folder)
    gain = _gain(rehearsal, "", {"method": "learned, kernel"}, {"method": "initial, kernel"})
    study = {(r["claim"], r["factor"], r["value"]): r["effect"] for r in ledger["study"]}
    seeds = next(claim for claim in ledger["claims"] if claim["id"] == "seed-plays-no-role")
    unused = _mean(facts["table3_moving5_random_k"], "learned, most accurate boundaries", "unused")
    return {
        "largest_factor_effect": f"{max(factor):.1f}",
        "sphere_gain": f"{_gain(kernels, 'BasicMotions', {'kernel': 'NTK sphere'}, ours).mean:.1f}",
        "erf_cost": _cost(_gain(network, "Breakfast-like", *erf)),
        "random_frames_cost": _cost(_gain(start, "Breakfast-like", *frames)),
        "rehearsal_gain": f"{gain.mean:.1f}",
        "seed_range": f"{1 - seeds['effect']:.1f}",
        "unused": f"{unused:.1f}",
        "uniform_ahead": f"{-study['initial-beats-uniform', 'travel', '8.0']:.1f}",
        "learning_near": " and ".join(
            f"{study['learning-beats-initial', 'travel', value]:.1f}" for value in ("0.5", "1.0")
        ),
        "epochs_gain": f"{-study['more-epochs-overfit', 'travel', '0.5']:.1f}",
        "kernel_most": f"{max(v for key, v in study.items() if key[0] == 'kernel-beats-l2'):.1f}",
        **_spread(read_rows("study_seeds", folder)),
    }


def _spread(rows: Sequence[Mapping]) -> dict[str, str]:
    """Standard deviations of MoF over the seeds of a video, in points."""
    scores: dict[str, list[float]] = {}
    for row in rows:
        scores.setdefault(f"{row['dataset']}: {row['video']}", []).append(100 * row["mof"])
    spreads = {video: float(np.std(mine, ddof=1)) for video, mine in scores.items()}
    most = max(spreads, key=lambda video: spreads[video])
    rest = [value for video, value in spreads.items() if video != most]
    return {
        "spread_video": most.split(": ")[1].split("_")[0],
        "spread_most": f"{spreads[most]:.1f}",
        "spread_rest": f"{max(rest):.1f}",
        "spread_others": str(len(rest)),
        "spread_median": f"{np.median(list(spreads.values())):.1f}",
        "spread_seeds": str(len({row["seed"] for row in rows})),
    }
