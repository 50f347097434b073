"""What a recording costs: Moving5 written as video files and read again, beside its raw frames.

Run: `python -m reproduce.study_recordings` (two minutes on two cores, seconds once computed). Makes Moving5
first. Writes results/study_recordings.csv and .json.

Each of the 50 test videos is written in H.264, each pixel as a square of 8 × 8, at 10 frames a second: once
in fine quality (CRF 18) and once in a coarse one (CRF 28). It is read as `dkva segment video.mp4 --encoder
pixels --fps 10` reads it, so that every frame counts. The same methods cut the same pixels of the raw frames;
a change is paired by video, with a bootstrap over the videos. True numbers of actions.
"""

from __future__ import annotations

from dkva.experiments.experiment import Method
from reproduce.base.labels import KERNEL_MEANS
from reproduce.base.methods import method
from reproduce.base.options import compute, console, parser
from reproduce.base.show import lines, summary_table
from reproduce.base.store import Table, publish
from reproduce.collections import recorded_moving5
from reproduce.collections.moving5 import K
from reproduce.tables.moving5 import chosen_settings, true_k_methods
from reproduce.tables.recorded import recorded_cells, recorded_changes
from reproduce.tables.studies import with_columns

COMMAND = "python -m reproduce.study_recordings"
TABLE = Table(
    "study_recordings",
    "Moving5 as recordings and as raw frames",
    COMMAND,
    by=("value", "method"),
    measures=("mof", "iou", "f1"),
)
COLUMNS = (
    "factor", "value", "video", "method", "seed", "n_segments", "n_frames", "found", "mof", "iou", "f1",
)  # fmt: skip


def methods() -> list[Method]:
    """The paper's method with the settings of Table 2, and those that cut recordings well."""
    return [
        true_k_methods(chosen_settings())["dkva"],
        method("kms", label=KERNEL_MEANS),
        method("smoothed_kmeans"),
        method("tw_finch"),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print."""
    options = parser(__doc__, seeds=1).parse_args(arguments)
    tasks = recorded_moving5.tasks(seeds=range(options.seeds), videos=1 if options.smoke else None)
    outcome = with_columns(compute(methods(), tasks, options), COLUMNS)
    changes = recorded_changes(outcome.rows)
    if not options.smoke and options.seeds == 1:
        facts = {
            "n_segments": K,
            "encoder": recorded_moving5.ENCODER,
            "frames_per_second": recorded_moving5.RATE,
            "data": "synthetic/moving5.py, default settings",
            "changes": changes,
        }
        publish(TABLE, outcome, facts)
    console().print(summary_table(TABLE, outcome.rows))
    columns, cells = recorded_cells(changes)
    out = lines("Recording - raw frames, paired by video [95 % interval], in points", columns, 2)
    for line in cells:
        out.add_row(*line)
    console().print(out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
