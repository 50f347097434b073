"""Labels of documents by name: which documents are of classes, and the names of their frames."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dkva.export.timeline import label_text

__all__ = ["are_classes", "names_in"]

# Id of what gives frames the labels of another video, whose names are labels themselves.
_TRANSFER = "transfer"


def are_classes(doc: Mapping) -> bool:
    """Whether the names of segments are what the method or a person says, not what a truth made of clusters.

    Args:
        doc: as `dkva.export.documents` makes and reads them; of a table alone, whose classes are lost, the
            confidence of segments shows it.
    """
    sure = any("confidence" in run for run in doc["segments"])
    said = doc.get("classes") or doc.get("corrected")
    return bool(said) or sure or doc["method"] == _TRANSFER


def names_in(doc: Mapping) -> np.ndarray:
    """Label of each frame [n] as text: its name if the document is of classes, else its number in words."""
    named = are_classes(doc)
    frames = np.empty(doc["frames"], object)
    for run in doc["segments"]:
        name = run.get("name") if named else None
        frames[run["start"] : run["end"]] = label_text(run["label"] if name is None else name)
    return frames.astype(str)
