import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from timed_documents import HOSTILE, bounds, document, documents, many

from dkva.base.files import write_text
from dkva.base.segment_names import segment_name
from dkva.datasets import LabelReading
from dkva.datasets.annotations.elan import elan
from dkva.export.elan import eaf

pytestmark = pytest.mark.fast

ALL_NAMES = document([3 * i + 3 for i in range(len(HOSTILE))], 25.0, names=list(HOSTILE))
ONE = document([1], 25.0)


def annotations(text):
    """(start, end, value) of each annotation in milliseconds, in the order of the only tier."""
    root = ElementTree.fromstring(text.encode())
    slots = {
        slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE"))
        for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
    }
    (tier,) = root.iterfind("TIER")
    return [
        (
            slots[each.get("TIME_SLOT_REF1")],
            slots[each.get("TIME_SLOT_REF2")],
            each.findtext("ANNOTATION_VALUE"),
        )
        for each in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION")
    ]


@pytest.fixture(scope="module")
def schema():
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    rules = etree.XMLSchema(etree.parse(Path(__file__).with_name("eaf.xsd")))
    return lambda text: rules.validate(etree.fromstring(text.encode()))


@given(doc=documents())
@example(doc=ALL_NAMES)
@example(doc=many())
def test_every_segment_is_an_annotation(doc):
    found = annotations(eaf(doc))
    assert [value for *_, value in found] == [segment_name(run) for run in doc["segments"]]
    # Half a millisecond of rounding, and one for each segment before it that was shorter than one.
    off = 0.501 + sum(end - start < 0.001 for start, end in bounds(doc))
    for (start, end, _), (begins, ends) in zip(found, bounds(doc), strict=True):
        assert abs(start - 1000 * begins) <= off
        assert abs(end - 1000 * ends) <= off
        assert start < end
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(found))


@given(doc=documents())
@example(doc=ALL_NAMES)
@example(doc=many())
def test_the_rules_of_the_schema(schema, doc):
    assert schema(eaf(doc))
    assert schema(eaf(doc, ['../a "b" <é>.mp4'], 'video/"x"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' DATE="1970-01-01T00:00:00Z"', ""),
        ("1970-01-01T00:00:00Z", "today"),
        ('LINGUISTIC_TYPE_REF="default-lt" ', ""),
        ('LINGUISTIC_TYPE_REF="default-lt"', 'LINGUISTIC_TYPE_REF="other"'),
        ('ANNOTATION_ID="a2"', 'ANNOTATION_ID="a1"'),
        ('TIME_SLOT_REF1="ts3"', 'TIME_SLOT_REF1="ts99"'),
        ('TIME_VALUE="0"', 'TIME_VALUE="-1"'),
        ('TIME_VALUE="0"', 'TIME_VALUE="0.5"'),
        ("<ANNOTATION_VALUE>a</ANNOTATION_VALUE>", ""),
        (' MIME_TYPE="video/mp4"', ""),
        ('STEREOTYPE="Included_In"', 'STEREOTYPE="Time_Subdivision"'),
    ],
)
def test_the_rules_find_what_is_wrong(schema, old, new):
    text = eaf(document([3, 7, 8], 25.0, names=["a", "b", "c"]), ["v.mp4"])
    assert schema(text)
    assert old in text
    assert not schema(text.replace(old, new, 1))
    first, second = (re.search(rf" *<{part}.*</{part}>\n", text, re.S)[0] for part in ("TIME_ORDER", "TIER"))
    assert not schema(text.replace(first + second, second + first))


def test_slots_are_in_order_and_the_last_annotation_is_known():
    root = ElementTree.fromstring(eaf(document([3, 7, 8], 25.0)).encode())
    slots = [(slot.get("TIME_SLOT_ID"), int(slot.get("TIME_VALUE"))) for slot in root.iter("TIME_SLOT")]
    assert slots == [("ts1", 0), ("ts2", 120), ("ts3", 120), ("ts4", 280), ("ts5", 280), ("ts6", 320)]
    (last,) = root.iterfind("HEADER/PROPERTY[@NAME='lastUsedAnnotationId']")
    assert last.text == "3"
    assert [each.get("ANNOTATION_ID") for each in root.iter("ALIGNABLE_ANNOTATION")] == ["a1", "a2", "a3"]
    assert {each.get("STEREOTYPE") for each in root.iter("CONSTRAINT")} == {
        "Time_Subdivision", "Symbolic_Subdivision", "Symbolic_Association", "Included_In"
    }  # fmt: skip


@given(doc=documents())
@example(doc=ALL_NAMES)
@example(doc=many())
def test_pympi_and_our_own_reader_find_the_same(tmp_path_factory, doc):
    path = tmp_path_factory.mktemp("elan") / "v.eaf"
    write_text(path, eaf(doc))
    expected = annotations(path.read_text("utf-8"))
    own = elan(path, path.read_text("utf-8"), LabelReading())
    assert (own.unit, [(each.start, each.end, each.label) for each in own.segments]) == ("ms", expected)
    pympi = pytest.importorskip("pympi", reason="pympi-ling is not installed")
    theirs = pympi.Eaf(str(path))
    assert list(theirs.get_tier_names()) == ["actions"]
    assert sorted(theirs.get_annotation_data_for_tier("actions")) == expected


@pytest.mark.parametrize(
    ("media", "mime", "expected"),
    [
        ((), None, None),
        (("v.mp4", "../v.mp4"), None, ("v.mp4", "./v.mp4", "video/mp4")),
        (("../a%20b%26.MOV",), None, ("../a b&.MOV", "../a b&.MOV", "video/quicktime")),
        (("./v.mkv",), None, ("./v.mkv", "./v.mkv", "video/*")),
        (("v.mkv",), "video/x-matroska", ("v.mkv", "./v.mkv", "video/x-matroska")),
    ],
)
def test_the_recording(media, mime, expected):
    root = ElementTree.fromstring(eaf(ONE, media, mime).encode())
    found = [
        (each.get("MEDIA_URL"), each.get("RELATIVE_MEDIA_URL"), each.get("MIME_TYPE"))
        for each in root.iterfind("HEADER/MEDIA_DESCRIPTOR")
    ]
    assert found == ([] if expected is None else [expected])


def test_a_document_without_times_is_refused():
    with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
        eaf(document([4]))
