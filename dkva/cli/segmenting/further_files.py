"""Files beside the document of a video: one label a frame, and what other programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dkva.export.boris import boris
from dkva.export.elan import eaf
from dkva.export.ffmetadata import ffmetadata
from dkva.export.losslesscut import losslesscut
from dkva.export.otio import otio
from dkva.export.subtitles import srt, webvtt

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EXPORTS", "FRAME_LABELS", "Export", "export_files", "write_exports", "write_frame_labels"]

#: Kinds of files with one label a frame: text, and an array.
FRAME_LABELS = ("txt", "npy")


class Export(NamedTuple):
    """A kind of file for other programs.

    Attributes:
        suffix: what follows the name of the video and a full stop.
        text: of a document and the relative URLs at which its recording may lie.
    """

    suffix: str
    text: Callable[[dict, Sequence[str]], str]


#: Files for other programs, by what --export calls them: subtitles, chapters, annotations, cuts.
EXPORTS: dict[str, Export] = {
    "vtt": Export("vtt", lambda doc, media: webvtt(doc)),
    "srt": Export("srt", lambda doc, media: srt(doc)),
    "ffmetadata": Export("ffmetadata.txt", lambda doc, media: ffmetadata(doc)),
    "eaf": Export("eaf", eaf),
    "boris": Export("boris", boris),
    "otio": Export("otio", otio),
    "losslesscut": Export("losslesscut.csv", lambda doc, media: losslesscut(doc)),
}


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


def export_files(name: str) -> dict[str, str]:
    """The file of each kind of `EXPORTS` of a video, below the folder of results."""
    return {kind: f"{name}.{export.suffix}" for kind, export in EXPORTS.items()}


def write_exports(folder: Path, doc: dict, kinds: Iterable[str], media: Sequence[str] = ()) -> None:
    """Files for other programs beside the document.

    Args:
        folder: where.
        doc: of the video, with times.
        kinds: some of `EXPORTS`.
        media: URLs, relative to the files, at which the recording may lie, the best first.

    Raises:
        OSError: a file that cannot be written.
        ValueError: the document has no times, or a file was edited since; the others are written.
    """
    from dkva.base.written_exports import write_export

    files = export_files(doc["video"])
    refused = []
    for kind in kinds:
        try:
            write_export(folder / files[kind], EXPORTS[kind].text(doc, media))
        except ValueError as error:
            refused.append(error)
    if refused:
        raise refused[0]
