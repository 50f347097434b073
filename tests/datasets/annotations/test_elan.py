from pathlib import Path
from xml.etree import ElementTree

import pytest
from timed_documents import document as timed_document

from dkva.datasets import DataError, LabelReading
from dkva.datasets.annotations.elan import elan
from dkva.datasets.labels import fitted
from dkva.export.elan import eaf

pytestmark = pytest.mark.fast


def document(tiers, slots):
    times = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{name}"' + (f' TIME_VALUE="{value}"/>' if value is not None else "/>")
        for name, value in slots.items()
    )
    body = "".join(
        f'<TIER TIER_ID="{name}">{"".join(annotations)}</TIER>' for name, annotations in tiers.items()
    )
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{times}</TIME_ORDER>{body}</ANNOTATION_DOCUMENT>"


def part(start, end, label):
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="{start}" TIME_SLOT_REF2="{end}">'
        f"<ANNOTATION_VALUE>{label}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


REFERRING = "<ANNOTATION><REF_ANNOTATION><ANNOTATION_VALUE>x</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
SLOTS = {"t1": 0, "t2": None, "t3": None, "t4": 3000}


def spans(text, **reading):
    found = elan(Path("t"), text, LabelReading(**reading))
    assert found.unit == "ms"
    return [(each.start, each.end, each.label) for each in found.segments]


def test_slots_without_a_time_are_spread_between_those_with():
    text = document({"x": [part("t1", "t2", "a"), part("t2", "t3", "b"), part("t3", "t4", "c")]}, SLOTS)
    assert spans(text) == [(0, 1000, "a"), (1000, 2000, "b"), (2000, 3000, "c")]
    assert spans('<?xml version="1.0" encoding="UTF-16"?>\n' + text) == spans(text)


def test_tiers():
    text = document({"x": [part("t1", "t4", "a")], "y": [part("t1", "t4", "b")], "empty": []}, SLOTS)
    assert spans(text, tier="y") == [(0, 3000, "b")]
    with pytest.raises(DataError, match="has several tiers: x, y; choose one: --tier 'x'"):
        spans(text)
    assert spans(document({"x": [part("t1", "t4", "a")], "empty": []}, SLOTS)) == [(0, 3000, "a")]


def test_what_another_tier_lacks_does_not_matter():
    broken = [part("t1", "t4", " "), part("t1", "none", "b")]
    text = document({"x": [part("t1", "t4", "a")], "notes": broken}, SLOTS)
    assert spans(text, tier="x") == [(0, 3000, "a")]
    with pytest.raises(DataError, match="an annotation of tier 'notes' at 0 s has no label; label it, or"):
        spans(text, tier="notes")
    with pytest.raises(DataError, match="tier 'empty' holds no annotations with times"):
        spans(document({"x": [part("t1", "t4", "a")], "empty": []}, SLOTS), tier="empty")
    with pytest.raises(DataError, match="has no tier or subject 'y'; choose one of x"):
        spans(document({"x": [part("t1", "t4", "a")]}, SLOTS), tier="y")


def test_a_cut_that_was_edited_in_elan():
    """As ELAN saves it: slots sorted by time anew, shared or not, tiers added, annotations in any order."""
    cut = timed_document([10, 20, 30], 10.0, names=["a", "b", None])
    root = ElementTree.fromstring(eaf(cut, ["v.mp4"]))
    tier = root.find("TIER")
    values = {each.text: each for each in tier.iter("ANNOTATION_VALUE")}
    values["b"].text, values["Action 2"].text = "stir", "pour the\nmilk"
    slots = {each.get("TIME_SLOT_ID"): each for each in root.iter("TIME_SLOT")}
    first, second, _ = tier.iter("ALIGNABLE_ANNOTATION")
    for slot in (first.get("TIME_SLOT_REF2"), second.get("TIME_SLOT_REF1")):
        slots[slot].set("TIME_VALUE", "1260")  # the boundary at 1 s, moved between two frames
    order = root.find("TIME_ORDER")
    order[:] = sorted(order, key=lambda slot: -int(slot.get("TIME_VALUE")))
    tier[:] = tier[::-1]
    root.append(ElementTree.fromstring('<TIER TIER_ID="default" LINGUISTIC_TYPE_REF="default-lt"/>'))
    text = ElementTree.tostring(root, encoding="unicode")
    assert sorted(spans(text)) == [
        (0, 1260, "a"),
        (1260, 2000, "stir"),
        (2000, 3000, "pour the\nmilk"),
    ]
    reading = LabelReading(fps=10)
    labels = fitted(Path("t"), elan(Path("t"), text, reading), 30, reading).labels
    assert labels.tolist() == ["a"] * 13 + ["stir"] * 7 + ["pour the\nmilk"] * 10


def test_tiers_that_refer_to_others_are_left_out_with_a_note():
    text = document({"x": [part("t1", "t4", "a")], "z": [REFERRING]}, SLOTS)
    found = elan(Path("t"), text, LabelReading())
    assert [each.label for each in found.segments] == ["a"]
    assert found.notes[0].text == "tiers that refer to others were left out (z)"
    assert found.notes[0].value == {"tiers": ["z"]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            document({"x": [part("t1", "t2", "a")]}, {"t1": 0, "t2": None}),
            "annotation 'a' of tier 'x' has no times",
        ),
        (document({"x": [part("t1", "t9", "a")]}, SLOTS), "annotation 'a' of tier 'x' has no times"),
        (document({"x": [part("t1", "t4", "")]}, SLOTS), "an annotation of tier 'x' at 0 s has no label"),
        (document({"x": [part("t1", "t4", "a")]}, SLOTS | {"t1": "soon"}), "has a time that is no number"),
        (document({"x": []}, SLOTS), "holds no annotations with times"),
        ("<ANNOTATION_DOCUMENT>", "is a damaged ELAN file"),
        ("<other><ANNOTATION_DOCUMENT/></other>", "is no ELAN file but <other>"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><ANNOTATION_DOCUMENT/>', "declares a document type"),
        ("<!entity b><ANNOTATION_DOCUMENT/>", "declares a document type"),
    ],
)
def test_refusals(text, problem):
    with pytest.raises(DataError) as caught:
        spans(text)
    assert caught.value.problem.startswith(problem)
