"""Tables of text: their rows, and what their columns are by their names."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dkva.datasets.errors import DataError

__all__ = ["Column", "Row", "Table", "between_blanks", "column_of", "table_of"]

_FRAME = {"frame", "frames", "frm", "image", "img"}
_INDEX = {"index", "idx", "number", "no", "nr", "num", "id", "count", "counter", "n", "row", "unnamed"}
_MS = {"ms", "msec", "msecs", "millisecond", "milliseconds", "millis"}
_SECONDS = {"ss", "sec", "secs", "second", "seconds", "s"}
_CLOCK = {"hh", "mm", "h", "m"}
_TIME = (
    {"time", "times", "timestamp", "timestamps", "t", "timecode", "tc", "relative", "sf", "hms"}
    | _MS
    | _SECONDS
    | _CLOCK
)
_DURATION = {"duration", "dur", "length", "len"}
_START = {"start", "starts", "begin", "begins", "beginning", "onset", "from", "first"}
_END = {"end", "ends", "ending", "stop", "stops", "offset", "to", "until", "till", "last", "finish"}
_INCLUSIVE = {"inclusive", "incl", "included", "last"}
_EXCLUSIVE = {"exclusive", "excl", "excluded"}
_MORE = {"segment", "event", "action", "activity", "behavior", "behaviour", "point", "annotation", "in", "of"}
_MORE |= _INCLUSIVE | _EXCLUSIVE
_VIDEO = {"video", "videos", "file", "filename", "media", "observation", "clip", "recording"}
_LANE = {"tier", "subject", "subjects", "participant", "track", "individual", "animal", "annotator"}
_ASIDE = {"comment", "comments", "note", "notes", "remark", "confidence", "score", "margin", "probability"}
_ASIDE |= {"type", "status", "category", "modifiers", "modifier", "color", "colour"}
# Names of columns of labels, the likeliest first.
_LABELS = [
    "label",
    "labels",
    "action",
    "actions",
    "behavior",
    "behaviour",
    "behaviors",
    "behaviours",
    "activity",
    "activities",
    "annotation",
    "annotations",
    "class",
    "classes",
    "gt",
    "groundtruth",
    "truth",
    "target",
    "phase",
    "phases",
    "gesture",
    "step",
    "steps",
    "task",
    "name",
    "names",
    "event",
    "events",
    "state",
    "states",
    "code",
    "codes",
    "text",
    "description",
    "transcription",
    "value",
    "category",
    "verb",
    "y",
]
_WITH_LABELS = {"name", "names", "true", "id", "ground", "class", "label", "action"}
_KNOWN = _FRAME | _INDEX | _TIME | _DURATION | _START | _END | _MORE | _VIDEO | _LANE | _ASIDE | set(_LABELS)


class Column(NamedTuple):
    """What a column is, as its name says.

    Attributes:
        kind: "start", "end", "duration", "frame", "time", "label", "video", "lane", "fps", "aside", "type" or
            "other".
        unit: "frames", "seconds", "ms", or None.
        rank: of label columns, the likeliest first.
        ends: of end columns: "inclusive", "exclusive" or None.
    """

    kind: str
    unit: str | None = None
    rank: int = 0
    ends: str | None = None


class Row(NamedTuple):
    """Cells of a row without blanks around them, and its line."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """Rows of text.

    Attributes:
        rows: those that are not blank.
        separator: between cells; None for a single column.
    """

    rows: list[Row]
    separator: str | None

    @property
    def width(self) -> int:
        """Cells of the widest row."""
        return max(len(row.cells) for row in self.rows)


def table_of(path: Path, text: str) -> Table:
    """Rows of a text, cells as the csv module quotes them.

    A first line "sep=;" is taken at its word, and comments before the first row are passed over, as is an
    empty last column.

    Raises:
        DataError: nothing but comments, or cells that are damaged.
    """
    import csv

    lines = text.splitlines()
    skipped, separator = 0, None
    while skipped < len(lines) and (
        not lines[skipped].strip() or lines[skipped].lstrip()[:2] in ('"#', "# ")
    ):
        skipped += 1
    if skipped < len(lines) and re.fullmatch(r'"?sep=.?"?', lines[skipped].strip("\r\n"), re.I):
        separator = lines[skipped].strip('"\r\n')[4:] or None
        skipped += 1
    body = text.splitlines(keepends=True)[skipped:]  # cells may hold line breaks
    separator = separator or _separator(body)
    rows = []
    if separator is None:
        rows = [Row(number, [_bare(line)]) for number, line in enumerate(body, skipped + 1) if line.strip()]
    else:
        reader = csv.reader(body, delimiter=separator, skipinitialspace=separator != "\t")
        line = skipped + 1
        try:
            for cells in reader:
                if any(map(str.strip, cells)) and cells[0] != "\\":  # Audacity's frequencies
                    rows.append(Row(line, [cell.strip() for cell in cells]))
                line = skipped + reader.line_num + 1
        except csv.Error as error:
            raise DataError(path, f"is no table ({error})", "export it again", line) from error
    if not rows:
        raise DataError(path, "holds no labels", "give labels, or lists of start, end and label")
    if separator not in (None, "\t") and len(rows[0].cells) > 1 and all(not row.cells[-1] for row in rows):
        for row in rows:
            row.cells.pop()
    return Table(rows, separator)


def between_blanks(table: Table) -> Table | None:
    """A table of segments between blanks, if its first line names columns; the label may hold blanks."""
    names = table.rows[0].cells[0].split()
    kinds = [column_of(name).kind for name in names]
    spans = "start" in kinds and ("end" in kinds or "duration" in kinds)
    if table.separator is not None or not spans or kinds.count("label") != 1:
        return None
    place = kinds.index("label")
    rows = []
    for line, (text,) in table.rows:
        words = text.split()
        over = max(0, len(words) - len(names))
        label = [" ".join(words[place : place + over + 1])]
        rows.append(Row(line, words[:place] + label + words[place + over + 1 :]))
    return Table(rows, " ")


def _bare(line: str) -> str:
    line = line.strip()
    return line[1:-1].replace('""', '"') if len(line) > 1 and line[0] == line[-1] == '"' else line


def _separator(lines: Sequence[str]) -> str | None:
    """The mark that most lines hold; tabs before semicolons before commas."""
    sample = [line for line in lines[:200] if line.strip()]
    counts = [(sum(mark in line.strip() for line in sample), -place) for place, mark in enumerate("\t;,")]
    most, place = max(counts)
    return "\t;,"[-place] if most else None


@functools.lru_cache(maxsize=1024)
def column_of(name: str) -> Column:
    """What a column is, by its name: "start_frame", "Begin Time - ss.msec", "Stop (s)", "behaviour"..."""
    words = _words(name)
    known = set(words)
    plain = "_".join(words)
    ends = "inclusive" if known & _INCLUSIVE else "exclusive" if known & _EXCLUSIVE else None
    span = known & (_START | _END) and known <= _START | _END | _FRAME | _INDEX | _TIME | _MORE
    if not known:
        return Column("frame", "frames")
    if words[0] == "fps" or plain in ("frame_rate", "framerate"):
        return Column("fps")
    if plain.startswith("time_offset"):  # of a whole observation
        return Column("aside")
    if span and not known & _START:
        return Column("end", _unit(known), ends=ends)
    if span and not known & _END:
        return Column("start", _unit(known))
    if known & _DURATION and known <= _DURATION | _TIME | _FRAME | _MORE:
        return Column("duration", _unit(known))
    if known <= _FRAME | _INDEX or (known - {"0"}) <= {"unnamed"}:
        return Column("frame", "frames")
    if known <= _TIME | _FRAME:
        return Column("time", _unit(known))
    if words[0] in _VIDEO and known <= _VIDEO | _INDEX | {"name", "path", "names"}:
        return Column("video")
    if words[0] in _LANE and known <= _LANE | _INDEX | {"name", "names"}:
        return Column("lane")
    if plain in ("behavior_type", "behaviour_type", "event_type", "type", "status"):
        return Column("type")
    if known & _ASIDE and plain != "category":
        return Column("aside")
    ranks = [_LABELS.index(word) for word in words if word in _LABELS]
    if ranks and known <= set(_LABELS) | _WITH_LABELS:
        return Column("label", rank=10 * min(ranks) + len(words))
    return Column("other")


def _words(name: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("#", " number ")).lower()
    words: list[str] = []
    for word in re.findall(r"[^\W_]+", apart):
        cut = next(
            (
                i
                for i in range(1, len(word))
                if word not in _KNOWN and word[:i] in _KNOWN and word[i:] in _KNOWN
            ),
            0,
        )
        words.extend([word[:cut], word[cut:]] if cut else [word])
    return words


def _unit(words: set[str]) -> str | None:
    if words & _FRAME or words & _INDEX:
        return "frames"
    if words & (_SECONDS | _CLOCK):
        return "seconds"
    if words & _MS:
        return "ms"
    return "seconds" if words & _TIME else None
