"""Supervised segmentation by RTK's keypoints, by RTK without each of its parts, by ASFormer and by MS-TCN.

Run: `python -m reproduce.table_rtk --data-root DATA`; or set DKVA_DATA. For each of `--sets` it writes, as
.csv and .json, results/table_rtk_SET, table_rtk_lengths_SET and table_rtk_keypoints_SET, and from
Breakfast-like what a picture shows, results/keypoint_figures.npz; with `--methods` or another number of seeds
nothing is stored.

Breakfast-like by subjects has four splits, so that nobody is both trained on and tested on; joined
recordings of BasicMotions have one. There the models are small and are trained for a minute each, with
settings that were chosen on training videos that were held back (`reproduce/collections/supervised.py`).
50 Salads, GTEA and Breakfast have the published splits and settings. RTK without its parts is trained on
Breakfast-like, and on GTEA, on which its paper has them.

table_rtk_SET has the scores of the protocol "ms-tcn": F1@10, 25 and 50, summed over the videos of a split,
Edit and accuracy; MIoU; how many segments are found for each true one, and how many of them overlap no true
one of their class by a tenth. table_rtk_lengths_SET has MIoU of true segments up to a length, and the share
of them that are matched. table_rtk_keypoints_SET has the share of action points and boundaries that are
right, and of the true ones that are found: of the middles and starts of ASFormer's runs, and of RTK's
keypoints before and after they are refined. Means are over the splits, then over the seeds.

A row is a video's part of each score, whose mean over videos is the score. Intervals are bootstraps over
videos, after the seeds of each were averaged.
"""

from __future__ import annotations

from reproduce.base.labels import MS_TCN, RTK
from reproduce.collections.supervised import SPLIT_SETS, SplitSet
from reproduce.tables.joint_runs import options_of, over_sets
from reproduce.tables.supervised import LINES
from reproduce.tables.supervised_runs import run_set

COMMAND = "python -m reproduce.table_rtk --data-root DATA"

_SMOKE = (MS_TCN, RTK)


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    seeds = ", ".join(f"{each.seeds} of {key}" for key, each in SPLIT_SETS.items())
    options = options_of(__doc__, arguments, SPLIT_SETS, tuple(LINES), _SMOKE, seeds=seeds)

    def run(given: SplitSet) -> None:
        run_set(given, COMMAND, options)

    return over_sets(options, SPLIT_SETS, run)


if __name__ == "__main__":
    raise SystemExit(main())
