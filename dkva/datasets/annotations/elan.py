"""ELAN's own files (.eaf); its exports as text are lists of segments."""

from __future__ import annotations

import re
from pathlib import Path

from dkva.datasets.annotations.forms import SegmentList
from dkva.datasets.annotations.lanes import Laned
from dkva.datasets.annotations.times import Time
from dkva.datasets.annotations.units import as_list
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading, Note

__all__ = ["elan"]

_AGAIN = "save it again with ELAN"


def elan(path: Path, text: str, reading: LabelReading) -> SegmentList:
    """Segments of an annotation document, of the tier that is asked for or the only one that holds any.

    Time slots without a time, between others of a tier, are spread evenly between those.

    Raises:
        DataError: no document of ELAN, several tiers, no such tier, or annotations without times.
    """
    from xml.etree import ElementTree

    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.I):
        raise DataError(path, "declares a document type, which ELAN does not", _AGAIN)
    try:
        # The text is decoded already, whatever its declaration says.
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", text, flags=re.S))
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise DataError(path, "is a damaged ELAN file", _AGAIN, line) from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise DataError(path, f"is no ELAN file but <{root.tag[:40]}>", "give the .eaf file")
    slots = {
        slot.get("TIME_SLOT_ID", ""): slot.get("TIME_VALUE") for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
    }
    referring = [
        tier.get("TIER_ID", "")
        for tier in root.iterfind("TIER")
        if tier.find("ANNOTATION/REF_ANNOTATION") is not None
    ]
    found: list[Laned] = []
    names = [tier.get("TIER_ID", "") for tier in root.iterfind("TIER")]
    for name, tier in zip(names, root.iterfind("TIER"), strict=True):
        if reading.tier in names and name != reading.tier:
            continue  # what it lacks does not matter
        times = _aligned(path, tier, slots)
        for annotation in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
            label = (annotation.findtext("ANNOTATION_VALUE") or "").strip()
            start, end = (annotation.get(f"TIME_SLOT_REF{i}", "") for i in (1, 2))
            if start not in times or end not in times:
                raise DataError(path, f"annotation {label[:40]!r} of tier {name!r} has no times", _AGAIN)
            if not label:
                problem = f"an annotation of tier {name!r} at {times[start] / 1000:g} s has no label"
                raise DataError(path, problem, "label it, or remove it")
            found.append(Laned(Time(times[start], "ms"), Time(times[end], "ms"), label, None, name))
    notes: tuple[Note, ...] = ()
    if referring:
        text = f"tiers that refer to others were left out ({', '.join(referring[:6])})"
        notes = (Note("labels_left_out", text, {"tiers": referring}),)
    if not found:
        where = f"tier {reading.tier!r} " if reading.tier in names else ""
        raise DataError(path, f"{where}holds no annotations with times", "give the annotation of this video")
    return as_list(path, found, form="an ELAN file", unit="ms", tier=reading.tier, notes=notes, one=True)


def _aligned(path: Path, tier, slots: dict[str, str | None]) -> dict[str, float]:
    """Milliseconds of the time slots of a tier."""
    order: list[str] = []
    for annotation in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
        for name in (annotation.get("TIME_SLOT_REF1", ""), annotation.get("TIME_SLOT_REF2", "")):
            if name in slots and (not order or order[-1] != name):
                order.append(name)
    try:
        times = {name: float(value) for name in order if (value := slots[name]) is not None}
    except ValueError as error:
        raise DataError(path, "has a time that is no number", _AGAIN) from error
    place = 0
    while place < len(order):
        if order[place] in times:
            place += 1
            continue
        last = place
        while last < len(order) and order[last] not in times:
            last += 1
        if place and last < len(order):
            before, after = times[order[place - 1]], times[order[last]]
            free = list(dict.fromkeys(order[place:last]))
            for number, name in enumerate(free, 1):
                times[name] = before + (after - before) * number / (len(free) + 1)
        place = last + 1
    return times
