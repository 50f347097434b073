"""Annotation documents of ELAN (EAF): a document in, XML of format 3.0 out; an annotation a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import PurePosixPath
from urllib.parse import unquote

from dkva.base.segment_names import cues

__all__ = ["eaf"]

# The root wants a date; a fixed one, so that the same cut gives the same file (our choice).
_DATE = "1970-01-01T00:00:00Z"

# ELAN's own names of what it plays; of others it knows that they are videos.
_MIMES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
}
_SOME_VIDEO = "video/*"

# As ELAN writes them into every file.
_CONSTRAINTS = {
    "Time_Subdivision": "Time subdivision of parent annotation's time interval, "
    "no time gaps allowed within this interval",
    "Symbolic_Subdivision": "Symbolic subdivision of a parent annotation. "
    "Annotations refering to the same parent are ordered",
    "Symbolic_Association": "1-1 association with a parent annotation",
    "Included_In": "Time alignable annotations within the parent annotation's time interval, "
    "gaps are allowed",
}


def eaf(doc: Mapping, media: Sequence[str] = (), mime: str | None = None) -> str:
    """The segments of a document as an annotation document of ELAN, on one tier "actions".

    Elements and attributes follow the published schema (EAFv3.0.xsd). Times are in milliseconds; an
    annotation lasts at least one, and none overlap.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.
        media: relative URLs at which the recording may lie, of which ELAN is told the first.
        mime: kind of the recording; None means by its suffix.

    Raises:
        ValueError: the document has no times.
    """
    slots, annotations = [], []
    for number, cue in enumerate(cues(doc), 1):
        first, second = 2 * number - 1, 2 * number
        slots += [
            f'        <TIME_SLOT TIME_SLOT_ID="ts{slot}" TIME_VALUE="{time}"/>'
            for slot, time in ((first, cue.start), (second, cue.end))
        ]
        annotations += [
            "        <ANNOTATION>",
            f'            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" '
            f'TIME_SLOT_REF1="ts{first}" TIME_SLOT_REF2="ts{second}">',
            f"                <ANNOTATION_VALUE>{escape(cue.text, quote=False)}</ANNOTATION_VALUE>",
            "            </ALIGNABLE_ANNOTATION>",
            "        </ANNOTATION>",
        ]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<ANNOTATION_DOCUMENT AUTHOR="dkva" DATE="{_DATE}" FORMAT="3.0" VERSION="3.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">',
        '    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">',
        *_descriptor(media, mime),
        f'        <PROPERTY NAME="lastUsedAnnotationId">{len(doc["segments"])}</PROPERTY>',
        "    </HEADER>",
        "    <TIME_ORDER>",
        *slots,
        "    </TIME_ORDER>",
        '    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="actions">',
        *annotations,
        "    </TIER>",
        '    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" '
        'TIME_ALIGNABLE="true"/>',
        *(
            f'    <CONSTRAINT DESCRIPTION="{text}" STEREOTYPE="{name}"/>'
            for name, text in _CONSTRAINTS.items()
        ),
        "</ANNOTATION_DOCUMENT>",
    ]
    return "\n".join(lines) + "\n"


def _descriptor(media: Sequence[str], mime: str | None) -> list[str]:
    """Where the recording lies, as the name of a file, which ELAN reads without the escapes of a URL."""
    if not media:
        return []
    name = unquote(media[0])
    kind = mime or _MIMES.get(PurePosixPath(name).suffix.lower(), _SOME_VIDEO)
    below = name if name.startswith(("./", "../")) else f"./{name}"
    place, below, kind = (escape(text, quote=False).replace('"', "&quot;") for text in (name, below, kind))
    return [
        f'        <MEDIA_DESCRIPTOR MEDIA_URL="{place}" MIME_TYPE="{kind}" RELATIVE_MEDIA_URL="{below}"/>'
    ]
