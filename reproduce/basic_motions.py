"""A real recording cut into its activities: BasicMotions, which the PyPI package aeon ships.

Run: `python -m reproduce.basic_motions` (under a minute on two cores; needs no data but the package).
A watch's accelerometer and gyroscope recorded four activities (standing, walking, running, badminton) in
pieces of 10 s at 10 Hz. The pieces are joined end to end: each activity comes in two bouts of random
lengths, eight bouts in random order, 4000 frames. A frame is what the six sensors read and, because an
oscillation averages to nothing, the logarithm of their squared change since the frame before: 12 features.

The smoothing is chosen on sequences joined from the package's training pieces, by mean MoF, and the scores
come from sequences joined from its test pieces: both tables are stored, results/basic_motions_choice.csv and
results/basic_motions.csv. Beside ours: the same assignment before learning, and a uniform split into M = 4.
"""

from __future__ import annotations

from reproduce.base.methods import EPOCHS, method
from reproduce.base.options import compute, console, parser
from reproduce.base.show import lines, percent, summary_table
from reproduce.base.store import Table, best, publish, summarise
from reproduce.collections.basic_motions import CHOICE, SEQUENCES, K, tasks
from reproduce.tables import recordings
from reproduce.tables.recording_cells import GAINS, gains

COMMAND = "python -m reproduce.basic_motions"
TABLE = Table("basic_motions", "BasicMotions (real sensor readings), 10 test sequences", COMMAND)
SMOOTHINGS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.5)


def gains_table(rows: list[dict]):
    """Differences of the learned approximation to the others, paired by sequence."""
    out = lines("Differences, paired: mean [95 % interval]", ["", "MoF", "IoU", "F1"])
    for a, b in GAINS:
        out.add_row(f"{a} − {b}", *gains(rows, a, b))
    return out


def main(arguments: list[str] | None = None) -> int:
    """Choose the smoothing on training sequences, score on test sequences, store and print."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    sequences, epochs = (range(1), 1) if options.smoke else (range(SEQUENCES), EPOCHS)
    candidates = [
        method(
            "dkva",
            {"smoothing": smoothing, "epochs": epochs},
            label=f"smoothing {smoothing:g}",
            columns={"smoothing": smoothing},
        )
        for smoothing in SMOOTHINGS
    ]
    choice = compute(candidates, tasks("train", sequences), options)
    smoothing = best(summarise(choice.rows, CHOICE.by, CHOICE.measures), "mof")["smoothing"]
    outcome = compute(recordings.basic_motions(smoothing, epochs), tasks("test", sequences), options)

    out = console()
    means = summarise(choice.rows, CHOICE.by, ("mof",))
    out.print("Mean MoF on training sequences by smoothing: ", end="")
    out.print(", ".join(f"{record['smoothing']:g}: {percent(record['mean'])}" for record in means))
    out.print(summary_table(TABLE, outcome.rows))
    out.print(gains_table(outcome.rows))
    if not options.smoke:
        publish(CHOICE, choice, {"n_segments": K})
        publish(TABLE, outcome, {"n_segments": K, "smoothing": smoothing})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
