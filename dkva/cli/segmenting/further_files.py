"""Files beside the document of a video: one label a frame, and what other programs read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EXPORTS", "FRAME_LABELS", "write_exports", "write_frame_labels"]

#: Kinds of files with one label a frame: text, and an array.
FRAME_LABELS = ("txt", "npy")

#: Kinds of files for other programs, by their suffix: subtitles, WebVTT and SubRip.
EXPORTS = ("vtt", "srt")


def write_frame_labels(folder: Path, doc: dict, labels: np.ndarray, kind: str) -> None:
    """One label a frame beside the document: numbers, or names if there are some.

    An array has names if labels are classes.

    Args:
        folder: where.
        doc: of the video.
        labels: of its frames [n].
        kind: one of `FRAME_LABELS`.

    Raises:
        OSError: a file that cannot be written.
    """
    import numpy as np

    from dkva.base.files import write_atomically, write_text
    from dkva.export.class_names import names_in
    from dkva.export.timeline import label_text

    path = folder / f"{doc['video']}.labels.{kind}"
    if doc.get("classes") and kind == "npy":
        labels = names_in(doc)
    named = any(run.get("name") for run in doc["segments"])
    text = label_text if named else str
    names = {run["label"]: text(run.get("name") or run["label"]) for run in doc["segments"]}
    if kind == "npy":
        write_atomically(path, lambda file: np.save(file, labels, allow_pickle=False))
    else:
        write_text(path, "".join(f"{names[label]}\n" for label in labels.tolist()))


def write_exports(folder: Path, doc: dict, kinds: Iterable[str]) -> None:
    """Files for other programs beside the document.

    Args:
        folder: where.
        doc: of the video, with times.
        kinds: some of `EXPORTS`.

    Raises:
        OSError: a file that cannot be written.
    """
    from dkva.base.files import write_text
    from dkva.export.subtitles import srt, webvtt

    write = dict(zip(EXPORTS, (webvtt, srt), strict=True))
    for kind in kinds:
        write_text(folder / f"{doc['video']}.{kind}", write[kind](doc))
