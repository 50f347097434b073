"""How difficult Breakfast-like should be: as difficult for TW-FINCH as Breakfast, by its published scores.

Run: `python -m reproduce.breakfast_like_difficulty` (four minutes of one core, less than one once computed),
with the real label sequences in $DKVA_DATA/breakfast_ground_truth.csv.gz or at --labels. Writes
results/breakfast_like_difficulty.csv and .json.

The features are synthetic (`synthetic/breakfast_like.py`); the label sequences are real. For each difficulty
TW-FINCH cuts 200 videos of subjects with odd numbers and 200 of those with even numbers. On the odd ones the
difficulty is chosen whose mean MoF, IoU and F1 have the least sum of squared differences from TW-FINCH's row
of Breakfast in the paper's Table 4; the even ones check it. No subject is in both halves, as the cameras that
film one recording share its labels. The choice is the default of `synthetic.breakfast_like.Settings`.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dkva.experiments.experiment import Outcome, Task
from reproduce.base.methods import method
from reproduce.base.options import compute, console, parser
from reproduce.base.show import lines
from reproduce.base.store import Table, publish, read_rows
from reproduce.collections.breakfast_like import digest, n_segments
from reproduce.tables.difficulty import CHECK, CHOOSE, HALVES, PUBLISHED, VIDEOS, choice, distances, means
from reproduce.tables.studies import with_columns
from synthetic.breakfast_labels import LabelSet, Video, find_label_file, from_grammar, read_label_set
from synthetic.breakfast_like import Settings, chosen_videos, features_of

COMMAND = "python -m reproduce.breakfast_like_difficulty"
METHOD = method("tw_finch")
TABLE = Table(
    "breakfast_like_difficulty",
    "Breakfast-like (synthetic features on real label sequences): TW-FINCH by difficulty",
    COMMAND,
    by=("dataset", "difficulty", "method"),
)

#: Tried on both halves.
DIFFICULTIES = (2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0)


def half(video: Video) -> str:
    """The half that a video's subject is in.

    Raises:
        ValueError: a subject that ends in no number.
    """
    number = video.subject[-1]
    if not number.isdecimal():
        raise ValueError(f"{video.name}: subject {video.subject} ends in no number, which decides its half")
    return HALVES[int(number) % 2]


def tasks(labels: LabelSet, difficulties: Sequence[float], videos: int) -> list[Task]:
    """So many videos of each half at each difficulty; their features are made as they are needed."""
    usual = Settings(videos=videos)
    out = []
    for name in HALVES.values():
        mine = chosen_videos([video for video in labels.videos if half(video) == name], usual)
        for difficulty in difficulties:
            settings = replace(usual, difficulty=difficulty)
            for video in mine:
                load = functools.partial(frames_and_labels, video, settings)
                columns: dict[str, str | int | float] = {"dataset": name, "difficulty": difficulty}
                k = n_segments(video.name)
                out.append(Task(video.name, load, digest(video, settings), k, columns=columns))
    return out


def frames_and_labels(video: Video, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, d] and actions [n]."""
    return features_of(video, settings), video.labels


def results(rows: Sequence[Mapping]) -> dict:
    """What goes with the rows: the choice, and how near it is on both halves."""
    chosen = choice(rows)
    return {
        "features": "synthetic",
        "labels": "real",
        "published": PUBLISHED,
        "chosen_difficulty": chosen,
        "chosen_on": CHOOSE,
        "checked_on": CHECK,
        "squared_difference": {name: round(distances(rows, name)[chosen], 2) for name in HALVES.values()},
    }


def table(rows: Sequence[Mapping]):
    """Both halves by difficulty, the published row above, the choice marked."""
    out = lines(f"{TABLE.title}, MoF / IoU / F1 in %", ["difficulty", *HALVES.values()])
    published = " / ".join(f"{value:.1f}" for value in PUBLISHED.values())
    out.add_row("published, real features", *[published] * len(HALVES))
    cells: dict[float, list[str]] = {}
    for name in HALVES.values():
        distance = distances(rows, name)
        for difficulty, scores in means(rows, name).items():
            shown = " / ".join(f"{score:.1f}" for score in scores.values())
            cells.setdefault(difficulty, []).append(
                f"{shown}  (squared difference {distance[difficulty]:.1f})"
            )
    chosen = choice(rows)
    for difficulty, both in cells.items():
        out.add_row(f"{difficulty:g}{' (chosen)' if difficulty == chosen else ''}", *both)
    return out


def rows_of(mine: Sequence[Task], options: argparse.Namespace) -> Outcome:
    """Rows of the tasks, with the columns that are stored."""
    outcome = compute([METHOD], mine, options)
    return with_columns(outcome, ("dataset", "difficulty", "video", "method", *TABLE.measures))


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; without the real labels, print what is stored."""
    cli = parser(__doc__, seeds=None)
    cli.add_argument("--labels", type=Path, metavar="PATH", help="label file (else in $DKVA_DATA)")
    options = cli.parse_args(arguments)
    if options.smoke:
        labels = from_grammar()
        console().print(f"smoke run: {labels.source}")
        console().print(table(rows_of(tasks(labels, (1.0, 4.0), 1), options).rows))
        return 0
    path = find_label_file(options.labels)
    if path is None:
        console().print(f"needs data: {COMMAND} --labels PATH; stored results:")
        console().print(table(read_rows(TABLE.name)))
        return 0
    try:
        labels = read_label_set(path)
        mine = tasks(labels, DIFFICULTIES, VIDEOS)
    except (ValueError, OSError) as error:
        raise SystemExit(f"error: {error}") from error
    outcome = rows_of(mine, options)
    publish(TABLE, outcome, results(outcome.rows) | {"videos_a_half": VIDEOS, "labels_sha256": labels.sha256})
    console().print(table(outcome.rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
