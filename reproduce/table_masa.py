"""Frames embedded by MASA, by CARL and by TCN, trained on all activities at once or on each alone.

Run: `python -m reproduce.table_masa --data-root DATA`; or set DKVA_DATA. Writes
results/table_masa_SET.csv and .json for each of `--sets`, and table_masa_clips_SET for those of several
activities; with `--methods` or another number of seeds nothing is stored.

Many activities has features of frames, poses, or both; by both there are models of all activities alone. A
model of all activities is measured as those of each are: on the test videos of one activity at a time, with
classifiers that are fitted to its training videos. On One activity in order, one activity as in the paper's
ablation, MASA is also trained without each of its parts. On the synthetic sets all models are small and are
trained for seconds; on the others they have the published settings.

Rows of table_masa_SET are those of `reproduce.table_lrprop`. Those of table_masa_clips_SET are of models of
all activities: the share of a test video's clips, the runs of one phase each, whose activity and phase are
told by a linear classifier of 16 embedded frames of each clip, which is fitted to all clips of the training
videos; and the share of the five nearest frames of all other test videos, whatever their activity, that are
of the frame's activity.

Intervals are bootstraps over videos, after the seeds of each were averaged.
"""

from __future__ import annotations

from dkva.experiments.experiment import merged
from reproduce.base.labels import MASA, MASA_PARTS, ON_ACTIVITY, ON_ALL, RAW_FEATURES, TRUE_ALIGNMENT
from reproduce.collections.at_once import at_once
from reproduce.collections.representations import MASA_SETS, RepresentationSet
from reproduce.tables.joint_runs import options_of, over_sets
from reproduce.tables.representation_runs import (
    clips,
    embedded,
    learners_of,
    show_and_store,
    true_rows,
    untrained,
    videos_of,
)
from reproduce.tables.representations import MASA_LINES, clips_table, embedded_table

COMMAND = "python -m reproduce.table_masa --data-root DATA"

_TABLE, _SMOKE = "table_masa", (RAW_FEATURES, MASA)


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = options_of(__doc__, arguments, MASA_SETS, (RAW_FEATURES, *MASA_LINES, TRUE_ALIGNMENT), _SMOKE)

    def run(given: RepresentationSet) -> None:
        lines = {name: line for name, line in MASA_LINES.items() if given.parts or name not in MASA_PARTS}
        collections = videos_of(given, options)
        alone = lines if given.apart else {}
        found = [embedded(given, alone, ON_ACTIVITY, collections, options)]
        if given.several:
            found.append(embedded(given, lines, ON_ALL, at_once(collections), options))
        found += true_rows(given, options)
        show_and_store(embedded_table(_TABLE, given, COMMAND), merged(found), given, options)
        if given.several:
            learners = [*untrained(options), *learners_of(given, lines, ON_ALL, options)]
            show_and_store(
                clips_table(_TABLE, given, COMMAND), clips(collections, learners, options), given, options
            )

    return over_sets(options, MASA_SETS, run)


if __name__ == "__main__":
    raise SystemExit(main())
