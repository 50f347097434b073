"""Which columns of a table are features: not those that count frames or time, rate a place, or hold text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from dkva.base.jumps import jumps_of
from dkva.datasets.clocks import like_clocks
from dkva.datasets.errors import DataError
from dkva.datasets.reading import FeatureReading, Note
from dkva.datasets.tables import Table

__all__ = ["choose", "may_count"]

# Names of columns that count, in small letters without units, blanks and marks.
_FRAMES = re.compile(
    "(video)?frames?(i|id|idx|index|no|nr|num|number|count)?|fnum|(image|img)(id|idx|index|number)"
)
_ROWS = re.compile(
    r"|index|idx|id|rows?(id|names?|number)?|no|nr|num|number|sample(number)?|indexlevel0|unnamed\d+(level\d+)?"
    "|packetcounter|(scorer)?(individuals)?(bodyparts)?(coords)?"  # levels of names, over DeepLabCut's index
)
_UNITS = "(s|secs?|seconds?|ms|msecs?|millis|milliseconds?|us|ns|(milli)?sekunden)"
_CLOCKS = "(recording|trial|video|media|elapsed|unix|frame|host|system|device|sample)?time(s|stamps?)?"
_TIMES = re.compile(
    f"t|{_UNITS}(elapsed)?|({_CLOCKS}|t|elapsed|epoch|unix|zeit(stempel)?|temps|tiempo|tempo)((in)?{_UNITS})?"
    "|timesincestart|sampletimefine"  # the latter of Xsens, as is PacketCounter
)

# Names of columns that hold the truth.
_TRUTHS = re.compile(
    "(true|gt|groundtruth|behaviou?r|action|activity)?(label|class)s?(id|no|idx)?|gt|groundtruth|"
    "(behaviou?r|action|activity)s?(id|no|idx)?"
)

# Last words of names of columns that say how sure a tracker is of a place.
_RATINGS = re.compile("likelihood|score|confidence|conf|visibility|visible|presence|error|ncams")
# The same beside columns x and y of the same point.
_SHORT_RATINGS = re.compile("c|p|v|s|prob|probability")

# Rows that rise by 1 before a first column of another name, or none, is taken for a number of the frame.
_LEAST_COUNTED = 16

_TRACKS = re.compile(
    r"track|individual|animal|person|instance|subject|identity|\bid\b|object|mouse|fly", re.IGNORECASE
)
_SHOWN = 6


def _bare(name: str) -> str:
    without_units = re.sub(r"[(\[{].*?[)\]}]", "", name)
    return re.sub(r"[^a-z0-9]", "", without_units.lower())


def _group(name: str) -> str | None:
    """What a column's name says that it counts: frames, rows or times; None if nothing."""
    bare = _bare(name)
    groups = {"rows": _ROWS, "frames": _FRAMES, "times": _TIMES}
    return next((group for group, names in groups.items() if names.fullmatch(bare)), None)


def may_count(name: str) -> bool:
    """Whether a column of this name may count frames or time."""
    return _group(name) is not None


def choose(path: Path, table: Table, reading: FeatureReading) -> tuple[list[int], list[Note]]:
    """Columns to take as features, by index in `table.values`, and notes on what was left out.

    If the user names columns, these are taken and no others; columns to leave out are left out beside what
    is no feature by its name and values.

    Raises:
        DataError: names that are not there, a chosen column of text, several rows a frame, frames that are
            not in order, or nothing left.
    """
    every = list(range(table.values.shape[1]))
    if reading.columns:
        asked = _places(path, table, reading.columns)
        words = [name or place for place, name, _ in table.text if place in asked]
        if words:
            raise DataError(path, f"column {words[0]!r} holds text", "choose columns of numbers (--columns)")
        return [i for i in every if table.place(i) in asked], []
    if reading.drop:
        asked = _places(path, table, reading.drop)
        kept = [i for i in every if table.place(i) not in asked]
        if not kept:
            raise DataError(path, "has no column left", "leave out fewer columns (--drop)")
        return _automatic(path, table, every, asked)
    _refuse_events(path, table)
    return _automatic(path, table, every, set())


def _automatic(path: Path, table: Table, every: list[int], dropped: set[int]) -> tuple[list[int], list[Note]]:
    out: dict[str, list[tuple[int, str]]] = {reason: [] for reason in _REASONS}
    notes: list[Note] = []
    gone = {i for i in every if table.place(i) in dropped} if dropped else set()
    for i in [i for i in _empty(table) if i not in gone] if len(every) > 1 else []:
        name = table.names[i] if table.names else None
        if name is None or _group(name) == "rows" or _TRACKS.search(name):
            out["empty"].append((table.place(i), name or ""))
            gone.add(i)
    for i, name in enumerate(table.names or ()):
        group = _group(name)
        if i not in gone and group:
            counted, note = _counted(path, table, i, group)
            notes += note
            if counted:
                out["counts"].append((table.place(i), name))
                gone.add(i)
    if len(every) > 1 and 0 not in gone and _counts_up(table):
        out["counts"].append((table.place(0), table.names[0] if table.names else ""))
        gone.add(0)
    if table.names is not None:
        rest = [i for i in every if i not in gone]
        rated = _ratings([table.names[i] for i in rest])
        if len(rated) < len(rest):  # else they are the features
            for j in rated:
                out["confidence"].append((table.place(rest[j]), table.names[rest[j]]))
                gone.add(rest[j])
        truths = [i for i in every if i not in gone and _TRUTHS.fullmatch(_bare(table.names[i]))]
        if len(truths) + len(gone) < len(every):
            out["labels"] = [(table.place(i), table.names[i]) for i in truths]
            gone.update(truths)
    out["text"] = [(place, name) for place, name, _ in table.text if place not in dropped]
    kept = [i for i in every if i not in gone]
    if not kept or (len(kept) == 1 and len(every) + len(table.text) > 1 and not dropped):
        left = f"has {'a single column' if kept else 'no column'} of features left"
        what = _listed(out)
        remedy = "give a table of features, or name its columns (--columns); labels are given by --labels"
        raise DataError(path, f"{left} beside {what}", remedy)
    return kept, [*_left_out(table, out), *notes, *_clocks(table, kept)]


def _clocks(table: Table, kept: Sequence[int]) -> list[Note]:
    """What is said of features that may well be times: an angle may rise so, too, so they are kept."""
    found = sorted(set(like_clocks(table.values, table.exact)) & set(kept))
    if not found:
        return []
    words = [_asked_as(table, i) for i in found]
    shown = ", ".join(map(table.called, found[:_SHOWN]))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    rises, taken, it = (
        ("rise", "are taken as features", "them")
        if len(found) > 1
        else ("rises", "is taken as a feature", "it")
    )
    text = (
        f"{shown}{more} {rises} like a clock (by a constant step, or as times since 1970) and {taken}; "
        f"--drop {shlex.quote(','.join(map(str, words[:_SHOWN])))} leaves {it} out"
    )
    return [Note("clock", text, words)]


def _counted(path: Path, table: Table, i: int, group: str) -> tuple[bool, list[Note]]:
    """Whether a column with the name of one that counts does so, and what there is to say of it."""
    values = table.exact.get(i, table.values[:, i])
    rows = np.flatnonzero(np.isfinite(values))
    steps = np.diff(values[rows])
    called = table.called(i)
    if len(rows) and (steps > 0).all():
        jumps = jumps_of(values[rows], steps.min()) if group == "frames" and len(steps) else None
        if jumps is None:
            return True, []
        value = {"jumps": jumps.times, "first": [*jumps.first]}
        return True, [Note("jumps", jumps.told(called, "rows"), value)]
    if group == "times" and len(rows) and (steps >= 0).all() and (steps > 0).any():
        return True, []
    if group == "frames" and len(rows):
        raise _not_in_order(path, table, i, values, rows)
    if not len(rows):
        return False, []
    return False, [
        Note("kept", f"{called} is kept as a feature, for its values do not rise", [_asked_as(table, i)])
    ]


def _not_in_order(path: Path, table: Table, i: int, values: np.ndarray, rows: np.ndarray) -> DataError:
    called = table.called(i)
    own = f"or say --drop {_asked_as(table, i)} if each row is a frame, in order of time"
    seen: dict[float, int] = {}
    for row in rows:
        first = seen.setdefault(float(values[row]), int(row))
        if first != row:
            tracks = next(
                (cells for _, name, cells in table.text if len(cells) > 1 and _TRACKS.search(name)), None
            )
            whose = f" ({', '.join(map(repr, tracks))})" if tracks else ""
            where = table.line(first)
            earlier = f"line {where}" if where is not None else f"row {first}"
            return DataError(
                path,
                f"{called} is {values[row]:g} again, as in {earlier}: several tracks or recordings{whose}",
                f"save each as a file of its own, one row a frame, {own}",
                table.line(int(row)),
            )
    row = int(rows[1:][np.diff(values[rows]) < 0][0])
    return DataError(
        path,
        f"{called} falls to {values[row]:g}: rows are not in order of time",
        f"sort them, {own}",
        table.line(row),
    )


def _counts_up(table: Table) -> bool:
    """Whether the first column of the file rises by exactly 1, from row to row."""
    values = table.values
    if len(values) < _LEAST_COUNTED or table.places[:1] not in ((), (1,)):
        return False
    if 0 not in table.exact and values[1, 0] != values[0, 0] + 1:
        return False  # most columns, at once
    exact = table.exact.get(0)
    head = np.asarray((values[:_LEAST_COUNTED, 0] if exact is None else exact[:_LEAST_COUNTED]), np.float64)
    if not float(head[0]).is_integer() or not (np.diff(head) == 1).all():
        return False
    column = np.asarray(values[:, 0] if exact is None else exact, np.float64)
    return bool((np.diff(column) == 1).all())


def _empty(table: Table) -> list[int]:
    """Columns without any value."""
    first = np.isnan(table.values[0]).nonzero()[0].tolist()
    return [i for i in first if np.isnan(table.values[:, i]).all()]


def _ratings(names: Sequence[str]) -> list[int]:
    """Columns that rate a place, by index."""
    parted = [_parted(name) for name in names]
    points = {(stem, last) for stem, last in parted}
    return [
        i
        for i, (stem, last) in enumerate(parted)
        if _RATINGS.fullmatch(last)
        or (_SHORT_RATINGS.fullmatch(last) and {(stem, "x"), (stem, "y")} <= points)
    ]


def _parted(name: str) -> tuple[str, str]:
    """A name as what it is of, and its last word: nose_x as nose and x, likelihood.1 as 1 and likelihood."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]
    at = next((i for i in reversed(range(len(words))) if not words[i].isdecimal()), None)
    return ("", "") if at is None else (" ".join(words[:at] + words[at + 1 :]), words[at])


def _refuse_events(path: Path, table: Table) -> None:
    """Refuse what lists segments: columns of that name, or spans that follow one another."""
    names = {_bare(name) for name in (table.names or ())}
    starts = any(re.match("start|begin|onset", name) for name in names)
    ends = any(re.match("end|stop|offset|finish|duration", name) for name in names)
    if (table.text and starts and ends) or _spans(table):
        raise DataError(
            path,
            "is a list of segments or events, one a line",
            "give it as labels (--labels), and features, one row a frame, beside it",
        )


def _spans(table: Table) -> bool:
    """Whether the lines of a text hold the starts and ends of spans that follow one another."""
    n, d = table.values.shape
    if table.lines is None or n < 2 or d > 4:
        return False
    filled = [i for i in range(d) if i not in _empty(table)]
    if len(filled) < 2:
        return False
    starts, ends = (np.asarray(table.exact.get(i, table.values[:, i]), np.float64) for i in filled[:2])
    gaps = starts[1:] - ends[:-1]
    if not (ends > starts).all() or not (gaps >= 0).all():
        return False
    if table.text:
        return len(filled) == 2
    whole = np.concatenate([starts, ends]) % 1 == 0
    return n >= 4 and bool(whole.all() and (gaps <= 1).all() and (ends - starts > 2).any())


def _asked_as(table: Table, i: int) -> str | int:
    """What the user names a column by."""
    return (table.names[i] if table.names else "") or table.place(i)


def _places(path: Path, table: Table, asked: Iterable[object]) -> set[int]:
    """Places of columns that the user names, from 1."""
    names = {table.place(i): table.names[i] if table.names else "" for i in range(table.values.shape[1])}
    names |= {place: name for place, name, _ in table.text}
    found: set[int] = set()
    for each in [asked] if isinstance(asked, str) else asked:
        found |= _named(path, str(each).strip(), names)
    return found


def _named(path: Path, asked: str, names: dict[int, str]) -> set[int]:
    def one(word: str) -> set[int]:
        exact = {place for place, name in names.items() if name and name == word}
        alike = exact or {
            place for place, name in names.items() if name and name.casefold() == word.casefold()
        }
        return alike or ({int(word)} & names.keys() if word.isdecimal() else set())

    found = one(asked)
    span = re.fullmatch(r"(.+?)\s*-\s*(.+)", asked)
    if not found and span and all(word.isdecimal() for word in span.groups()):
        first, last = (min(one(word), default=None) for word in span.groups())
        if first is not None and last is not None:
            found = {place for place in names if first <= place <= last}
    if found:
        return found
    known = [name for _, name in sorted(names.items()) if name]
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    listed = f"its columns are {', '.join(known[:_SHOWN])}{more}" if known else "its columns have no names"
    raise DataError(path, f"has no column {asked!r}", f"{listed}, or 1 to {max(names)} by number")


_REASONS = {
    "counts": "count",
    "confidence": "confidence",
    "empty": "empty",
    "labels": "true labels by the name",
    "text": "text",
}


def _listed(out: dict[str, list[tuple[int, str]]]) -> str:
    parts = []
    for reason, columns in out.items():
        if columns:
            shown = ", ".join(repr(name) if name else f"column {place}" for place, name in columns[:3])
            more = f" and {len(columns) - 3} more" if len(columns) > 3 else ""
            verb = {"counts": "counts" if len(columns) == 1 else "count"}.get(reason, _REASONS[reason])
            parts.append(f"{shown}{more} ({verb})")
    return ", ".join(parts)


def _left_out(table: Table, out: dict[str, list[tuple[int, str]]]) -> list[Note]:
    value = {reason: [name or place for place, name in columns] for reason, columns in out.items() if columns}
    if not value:
        return []
    text = f"left out as no features: {_listed(out)}; --columns takes columns by name"
    return [Note("left_out", text, value)]
