"""Pictures of one video of `dkva segment`: its time line, its levels, the curve of a suggestion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dkva.cli.terminal import printable

if TYPE_CHECKING:
    import numpy as np

    from dkva.metrics.segmentation import Scores

__all__ = ["draw"]


def draw(
    folder: Path,
    doc: Mapping,
    labels: np.ndarray,
    truth: np.ndarray | None,
    *,
    scores: Scores | None = None,
    said: str = "",
    matching: Mapping | None = None,
    order: Sequence = (),
) -> None:
    """Write NAME.png, and NAME.levels.png and NAME.suggestion.png where the document has these.

    Args:
        folder: where.
        doc: of the video.
        labels: of its frames [n], as numbers or names.
        truth: true labels [n], if there are some.
        scores: of the video, for the title.
        said: in the title without them.
        matching: true label of each label that has one; None means that of the scores.
        order: labels in the order in which they get their looks, as of `dkva.export.timeline.timeline`.

    Raises:
        OSError: a picture that cannot be written.
    """
    import numpy as np

    from dkva.base.files import write_atomically
    from dkva.datasets.reading import NO_LABEL
    from dkva.export.documents import labels_in
    from dkva.export.level_pictures import levels_picture, suggestion_curve
    from dkva.export.timeline import timeline

    name = doc["video"]
    shown = None if truth is None else np.where(truth == NO_LABEL, "(none)", truth)
    said = said if scores is None else f"MoF {100 * scores.mof:.1f} %"
    shown_name = printable(name)
    title = f"{shown_name}: {said}" if said else shown_name
    if matching is None and scores is not None:
        matching = scores.matching
    rows = {} if shown is None else {"truth": shown}
    figures = {"png": timeline(rows | {doc["method"]: labels}, matching=matching, title=title, order=order)}
    if doc.get("levels"):
        cuts = {level["n_segments"]: labels_in(level | {"frames": len(labels)}) for level in doc["levels"]}
        chosen = doc["settings"]["n_segments"]
        figures["levels.png"] = levels_picture(cuts, truth=shown, chosen=chosen, title=shown_name)
    if doc.get("suggestion"):
        figures["suggestion.png"] = suggestion_curve(doc["suggestion"], title=shown_name)
    for kind, figure in figures.items():
        write_atomically(folder / f"{name}.{kind}", partial(figure.savefig, format="png", dpi=150))
