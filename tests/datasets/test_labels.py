"""Label files as people have them: each is read for what it is, or refused by one clear line."""

import io

import numpy as np
import pytest
from label_texts import read, refused, runs, write

from dkva.datasets import NO_LABEL, DataError, load_labels, read_labels
from dkva.datasets.labels import label_faults

pytestmark = pytest.mark.fast

FOUR = [("pour", 75), ("stir", 75), ("take", 75), ("crack", 75)]
NAMES = [name for name, count in FOUR for _ in range(count)]

ELAN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" FORMAT="3.0"><TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2"/>
<TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="5000"/></TIME_ORDER>
<TIER TIER_ID="hands">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2">
<ANNOTATION_VALUE>pour</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="t2" TIME_SLOT_REF2="t3">
<ANNOTATION_VALUE>stir</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""

BORIS = """Observation id\tday 1\n\nMedia file(s)\n\nPlayer #1\ta.mp4\n
Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tCategory\tModifiers\tComment\tStatus
0.0\ta.mp4\t10\t30\tcow\tpour\t\t\t\tSTART
2.5\ta.mp4\t10\t30\tcow\tpour\t\t\t\tSTOP
2.5\ta.mp4\t10\t30\tcow\tstir\t\tfast\t\tSTART
4.0\ta.mp4\t10\t30\tcow\tbell\t\t\t\tPOINT
5.0\ta.mp4\t10\t30\tcow\tstir\t\tfast\t\tSTOP
"""

AGGREGATED = (
    '"Observation id","Media file","Total length","FPS","Subject","Behavior","Category","Modifiers",'
    '"Behavior type","Start (s)","Stop (s)","Duration (s)","Comment start","Comment stop"\n'
    '"day 1","a.mp4","10","30","No focal subject","pour","","","STATE","0.0","2.5","2.5","",""\n'
    '"day 1","a.mp4","10","30","No focal subject","bell","","","POINT","3.0","3.0","0","",""\n'
    '"day 1","a.mp4","10","30","No focal subject","stir","","","STATE","2.5","5.0","2.5","",""\n'
)


def hot(rows, header=",pour,stir,take,crack"):
    return "\n".join([header, *rows]) + "\n"


def one(i, name):
    return f"{i}," + ",".join(str(int(name == each)) for each, _ in FOUR)


#: One label a frame: (name of the file, its content).
FRAMEWISE = {
    "plain": ("v.txt", "\n".join(NAMES)),
    "no suffix, blank lines at the end": ("v", "\r\n".join(NAMES) + "\r\n\r\n"),
    "UTF-8 with a mark": ("v.txt", "\ufeff" + "\n".join(NAMES)),
    "UTF-16": ("v.txt", "\r\n".join(NAMES).encode("utf-16")),
    "UTF-16 without a mark": ("v.txt", "\r\n".join(NAMES).encode("utf-16-le")),
    "column with a header": ("v.csv", "label\n" + "\n".join(NAMES)),
    "column with its own header": ("v.csv", "mine\n" + "\n".join(NAMES)),
    "text with a header": ("v.txt", "action\n" + "\n".join(NAMES)),
    "quoted": ("v.csv", '"label"\n' + "\n".join(f'"{name}"' for name in NAMES)),
    "pandas": ("v.csv", ",behavior\n" + "\n".join(f"{i},{name}" for i, name in enumerate(NAMES))),
    "pandas, a series": ("v.csv", ",0\n" + "\n".join(f"{i},{name}" for i, name in enumerate(NAMES))),
    "frame and label": ("v.csv", "frame,label\n" + "\n".join(f"{i},{n}" for i, n in enumerate(NAMES, 1))),
    "frame and label, no header": ("v.txt", "\n".join(f"{i},{n}" for i, n in enumerate(NAMES))),
    "frame and label between blanks": ("v.txt", "\n".join(f"{i} {n}" for i, n in enumerate(NAMES))),
    "time and label": (
        "v.tsv",
        "Time (s)\tactivity\n" + "\n".join(f"{i / 30:.3f}\t{n}" for i, n in enumerate(NAMES)),
    ),
    "semicolons and a score": ("v.csv", "label;score\n" + "\n".join(f"{n};0,9" for n in NAMES)),
    "one-hot": ("v.csv", hot(one(i, n) for i, n in enumerate(NAMES))),
}


@pytest.mark.parametrize("kind", FRAMEWISE)
def test_one_label_a_frame(tmp_path, kind):
    name, content = FRAMEWISE[kind]
    found, notes = read(tmp_path, content, name=name)
    assert found == FOUR
    plain = kind in ("plain", "no suffix, blank lines at the end") or kind.startswith("UTF")
    assert list(notes) == ([] if plain else ["labels_read_as"])
    if "own header" not in kind and "text with" not in kind:
        assert runs(read_labels(tmp_path / name)) == FOUR


NOTES = {
    "column with its own header": ("line 1, 'mine', was taken for a header", "mine"),
    "pandas": ("the labels are column 'behavior'", "behavior"),
    "frame and label": ("the labels are column 'label'", "label"),
    "semicolons and a score": ("the labels are column 'label'; not used: score", "label"),
    "frame and label, no header": ("the labels are column 2, beside column 1, which counts frames", 2),
}


@pytest.mark.parametrize("kind", NOTES)
def test_how_tables_were_understood_is_said(tmp_path, kind):
    name, content = FRAMEWISE[kind]
    _, notes = read(tmp_path, content, name=name)
    text, column = NOTES[kind]
    assert notes["labels_read_as"][0] == text
    assert notes["labels_read_as"][1]["column"] == column


#: Lists of the same four segments: (content, how it is read, what the note says).
LISTS = {
    "1-75 pour": (
        "1-75 pour\n76-150 stir\n151-225 take\n226-300 crack\n",
        {},
        "frames, counted from 1, ends inclusive",
    ),
    "0 75 pour": (
        "0 75 pour\n75 150 stir\n150 225 take\n225 300 crack",
        {},
        "frames, counted from 0, ends exclusive",
    ),
    "pour 0 75": (
        "pour 0 75\nstir 75 150\ntake 150 225\ncrack 225 300",
        {},
        "frames, counted from 0, ends exclusive",
    ),
    "0..74: pour": (
        "0..74: pour\n75..149: stir\n150..224: take\n225..299: crack",
        {},
        "counted from 0, ends inclusive",
    ),
    "[0, 75) pour": ("[0, 75) pour\n[75, 150) stir\n[150, 225) take\n[225, 300) crack", {}, "ends exclusive"),
    "counted from 1, ends exclusive": (
        "1 76 pour\n76 151 stir\n151 226 take\n226 301 crack",
        {},
        "counted from 1, ends exclusive",
    ),
    "in no order": (
        "226-300 crack\n1-75 pour\n151-225 take\n76-150 stir\n",
        {},
        "counted from 1, ends inclusive",
    ),
    "header": (
        "start,end,label\n0,74,pour\n75,149,stir\n150,224,take\n225,299,crack\n",
        {},
        "counted from 0, ends inclusive",
    ),
    "header between blanks": (
        "start end label\n0 75 pour\n75 150 stir\n150 225 take\n225 300 crack\n",
        {},
        "from 0, ends exclusive",
    ),
    "header with frames": (
        "action;start_frame;end_frame\npour;1;75\nstir;76;150\ntake;151;225\ncrack;226;300\n",
        {},
        "counted from 1",
    ),
    "durations": (
        "onset\tduration\tbehavior\n0\t75\tpour\n75\t75\tstir\n150\t75\ttake\n225\t75\tcrack\n",
        {},
        "ends exclusive",
    ),
    "seconds": (
        "start_time,end_time,class\n0,2.5,pour\n2.5,5,stir\n5,7.5,take\n7.5,10,crack\n",
        {"fps": 30},
        "in seconds, 30 frames a second",
    ),
    "ranges": (
        "frames,label\n1-75,pour\n76-150,stir\n151-225,take\n226-300,crack\n",
        {},
        "counted from 1, ends inclusive",
    ),
    "labels called clips": (
        "Clip Name,Start,End\npour,0,75\nstir,75,150\ntake,150,225\ncrack,225,300\n",
        {},
        "ends exclusive",
    ),
    "comment": ("# by me\n1-75 pour\n76-150 stir\n151-225 take\n226-300 crack\n", {}, "counted from 1"),
    "milliseconds": (
        "start_ms,end_ms,class\n0,2500,pour\n2500,5000,stir\n5000,7500,take\n7500,10000,crack\n",
        {"fps": 30},
        "in seconds",
    ),
    "Audacity": (
        "0.000000\t2.500000\tpour\n2.500000\t5.000000\tstir\n5.0\t7.5\ttake\n7.5\t10.0\tcrack\n",
        {"fps": 30},
        "in seconds",
    ),
    "clock": (
        "0:00:00.0-0:00:02.5 pour\n0:00:02.5-0:00:05 stir\n0:00:05-0:00:07.5 take\n0:00:07.5-0:00:10 crack",
        {"fps": 30},
        "in seconds",
    ),
    "clock of minutes": (
        "from,to,name\n00:00,00:02.5,pour\n00:02.5,00:05,stir\n00:05,00:07.5,take\n00:07.5,00:10,crack",
        {"fps": 30},
        "in seconds",
    ),
    "decimal commas": (
        "start;end;label\n0,0;2,5;pour\n2,5;5,0;stir\n5,0;7,5;take\n7,5;10,0;crack\n",
        {"fps": 30},
        "in seconds",
    ),
    "ELAN's tabs": (
        "x\t\t0.0\t2.5\tpour\nx\t\t2.5\t5.0\tstir\nx\t\t5.0\t7.5\ttake\nx\t\t7.5\t10.0\tcrack\n",
        {"fps": 30},
        "an ELAN export (x) in seconds",
    ),
    "ELAN, durations": (
        "x\t\t00:00:00.0\t00:00:02.5\t00:00:02.5\tpour\nx\t\t00:00:02.5\t00:00:05\t00:00:02.5\tstir\n"
        "x\t\t00:00:05\t00:00:07.5\t00:00:02.5\ttake\nx\t\t00:00:07.5\t00:00:10.0\t00:00:02.5\tcrack\n",
        {"fps": 30},
        "an ELAN export (x)",
    ),
    "ELAN, all times": (
        "x\tme\t00:00:00.0\t0.0\t00:00:05.0\t5.0\t00:00:05.0\t5.0\tpour\n"
        "x\tme\t00:00:05.0\t5.0\t00:00:10.0\t10.0\t00:00:05.0\t5.0\tcrack\n",
        {"fps": 30},
        "an ELAN export (x)",
    ),
    "ELAN, milliseconds": (
        "x\t\t0\t2500\tpour\nx\t\t2500\t5000\tstir\nx\t\t5000\t7500\ttake\nx\t\t7500\t10000\tcrack\n",
        {"fps": 30},
        "in seconds",
    ),
    "ELAN, frames": (
        "x\t\t0\t75\tpour\nx\t\t75\t150\tstir\nx\t\t150\t225\ttake\nx\t\t225\t300\tcrack\n",
        {},
        "in frames",
    ),
    "ELAN with names": (
        "Tier\tBegin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tAnnotation\nx\t0:00:00\t0:00:02.5\tpour\n"
        "x\t0:00:02.5\t0:00:05\tstir\nx\t0:00:05\t0:00:07.5\ttake\nx\t0:00:07.5\t0:00:10\tcrack\n",
        {"fps": 30},
        "(x) in seconds",
    ),
    "dkva's own": (
        "video,start,end,label,margin\nw,0,300,pour,1\nv,0,75,pour,1\nv,75,150,stir,1\nv,150,225,take,1\nv,225,300,crack,1\n",
        {"video": "tea/v"},
        "counted from 0, ends exclusive",
    ),
}


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_segments(tmp_path, kind):
    content, how, text = LISTS[kind]
    expected = [("pour", 150), ("crack", 150)] if kind == "ELAN, all times" else FOUR
    found, notes = read(tmp_path, content, **how)
    assert found == expected
    assert list(notes) == ["labels_read_as"]
    assert text in notes["labels_read_as"][0]
    with pytest.raises(
        DataError, match=r"not one label a frame; read it with dkva\.datasets\.load_labels|several videos"
    ):
        read_labels(tmp_path / "v.txt")
    if "fps" in how and kind not in ("ELAN, milliseconds",):
        line, message = refused(tmp_path, content)
        assert (
            "with times in seconds; say how many frames a second the video has (--fps; --stride if rows are "
            "rarer)" in message
        )
        assert line is not None


def test_gaps_have_no_label(tmp_path):
    found, notes = read(tmp_path, "0 75 pour milk\n75 80 stir\n100 300 take\n")
    assert found == [("pour milk", 75), ("stir", 5), (NO_LABEL, 20), ("take", 200)]
    assert notes["frames_without_label"] == ("20 of 300 frames have no label: not scored", 20)


EVENTS = "Behavior,Behavior type,Time\npour,START,0.0\npour,STOP,2.5\nstir,START,2.5\nstir,STOP,5.0\n"
HALF = [("pour", 75), ("stir", 75), (NO_LABEL, 150)]


@pytest.mark.parametrize(
    ("content", "how"),
    [
        (EVENTS, {"fps": 30}),
        (EVENTS.replace(",", "\t"), {"fps": 30}),
        (EVENTS.replace("START", "State start").replace("STOP", "State stop"), {"fps": 30}),
        (BORIS, {}),
        (BORIS, {"tier": "cow"}),
        (AGGREGATED, {}),
        (ELAN, {"fps": 30}),
        (ELAN, {"fps": 30, "tier": "hands"}),
    ],
)
def test_boris_and_elan(tmp_path, content, how):
    found, notes = read(tmp_path, content, **how)
    assert found == HALF
    assert notes["labels_read_as"][1]["unit"] in ("seconds", "ms")
    assert notes["labels_read_as"][1]["fps"] == 30
    assert notes["frames_without_label"][1] == 150


def test_what_was_left_out_of_boris_is_said(tmp_path):
    _, notes = read(tmp_path, BORIS)
    assert notes["labels_left_out"] == (
        "1 point event was left out (bell)",
        {"point_events": 1, "behaviors": ["bell"]},
    )
    assert notes["modifiers_left_out"][1] == {"columns": ["Modifiers"]}
    assert "the rate that the file gives" in notes["labels_read_as"][0]
    half, notes = read(tmp_path, BORIS, fps=15)
    assert half == [("pour", 37), ("stir", 38), (NO_LABEL, 225)]
    assert notes["labels_read_as"][1]["fps"] == 15


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"

#: What is refused: (content, how it is read, line, part of the message).
REFUSED = {
    "Git LFS": (LFS, {}, None, "is a Git LFS pointer, not the file itself; fetch it with git lfs pull"),
    "page": ("<!DOCTYPE html>\n<html>", {}, None, "is an HTML page; download or export the file again"),
    "spreadsheet": (
        b"PK\x03\x04....",
        {},
        None,
        "is a spreadsheet, document or other zip archive; save it as .csv",
    ),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0....", {}, None, "is an Excel or Word file; save it as .csv"),
    "JSON": (
        '{"labels": ["a"]}',
        {},
        None,
        "is a JSON file, and no whole document of dkva; export the annotations as a table",
    ),
    "a JSON list": ("[\n 1,\n 2]", {}, None, "is a JSON file"),
    "BORIS project": (
        '{"time_format": "s", "project_format_version": "7.0"}',
        {},
        None,
        "is a BORIS project without observations; code one",
    ),
    "subtitles": (
        "1\n00:00:01,000 --> 00:00:04,000\npour\n",
        {},
        2,
        "is a file of subtitles with times in seconds; say how many frames a second",
    ),
    "TextGrid": ('File type = "ooTextFile"\n', {}, None, "is a Praat TextGrid; export"),
    "XML": ('<?xml version="1.0"?>\n<file/>', {}, None, "is an HTML or XML page (<file>); export"),
    "pickle": (b"\x80\x04\x95abc", {}, None, "is a Python pickle, which is never read"),
    "Latin-1": (
        "Ei\nrühren\n".encode("latin-1"),
        {},
        2,
        "is no text in UTF-8 or UTF-16; save it as text in UTF-8",
    ),
    "empty": (" \n", {}, None, "is empty; download or export the file again"),
    "features": ("0.1,0.2,0.3\n" * 300, {}, 1, "which are start and end, which is the label?"),
    "wide features": (
        "0.1,0.2,0.3,0.4\n" * 300,
        {},
        1,
        "holds 4 numbers a row and no labels: are these features?",
    ),
    "another rate": (
        "\n".join(NAMES[::3]),
        {},
        None,
        "has 100 labels for 300 frames: 1 for 3?; resample them with --lengths resample",
    ),
    "another rate, trimmed": (
        "\n".join(NAMES[::3]),
        {"lengths": "trim"},
        None,
        "100 labels for 300 frames: 1 for 3?",
    ),
    "a list of another rate": (
        "1-25 a\n26-50 b\n51-100 c",
        {},
        3,
        "ends at frame 100 of 300: another frame rate, 1 for 3?; resample",
    ),
    "beyond the features": (
        "1-300 a\n301-900 b",
        {},
        2,
        "ends at frame 900 of 300: another frame rate, 3 for 1?; resample",
    ),
    "seconds beyond": (
        "0.0\t9.0\ta\n9.0\t20.0\tb",
        {"fps": 30},
        2,
        "ends at frame 600 of 300: another frame rate, 2 for 1?; check --fps",
    ),
    "overlap": (
        "0 75 a\n70 300 b",
        {},
        2,
        "'b' from 70 overlaps 'a' to 75 on line 1; give each frame one label",
    ),
    "overlap in seconds": (
        "0.0\t7.5\ta\n5.0\t10.0\tb",
        {"fps": 30},
        2,
        "'b' from 5 overlaps 'a' to 7.5 on line 1",
    ),
    "reversed": (
        "0-74 a\n299-75 b",
        {},
        2,
        "ends at 75, before its start at 299; give start and end in order of time",
    ),
    "both ways": (
        "1-75 a\n76-150 b\n150-300 c",
        {},
        3,
        "starts at 150 after an end at 150, unlike line 2: do ends belong",
    ),
    "ends unknown": (
        "10 50 a\n100 120 b",
        {},
        1,
        "does not show whether ends belong to their segments; let the segments touch",
    ),
    "first unknown": (
        "20-50 a\n51-60 b",
        {},
        1,
        "starts at 20: does it count frames from 0 or from 1?; let the list begin",
    ),
    "borders shared, from 1": (
        "1 75 a\n75 300 b",
        {},
        1,
        "starts at 1: does it count frames from 0 or from 1?",
    ),
    "a line unlike the others": (
        "1-75 a\n76-150 b\nhm\n151-300 c",
        {},
        3,
        "'hm' is no start, end and label, as line 1 is",
    ),
    "unknown names": ("t0,t1,what\n0,75,a\n75,300,b", {}, 1, "name the columns start, end and label there"),
    "half known names": (
        "t0,t1,label\n0,75,a\n75,300,b",
        {},
        1,
        "columns 't0' and 't1' look like starts and ends; name them",
    ),
    "key frames": (
        "frame,label\n0,a\n75,b",
        {},
        3,
        "column 'frame' goes from 0 to 75; give one row a frame, or a list",
    ),
    "frames from 10": (
        "frame,label\n10,a\n11,b",
        {},
        2,
        "column 'frame' begins with 10: are there rows for the frames before?",
    ),
    "uneven times": (
        "time,label\n0.0,a\n0.1,a\n0.2,b\n0.9,b",
        {},
        5,
        "column 'time' goes from 0.2 to 0.9, not in even steps",
    ),
    "two columns": (
        "a,b\n" * 300,
        {"name": "v.csv"},
        1,
        "has 2 columns (a, b): which holds the labels?; name the columns",
    ),
    "a score behind each": ("a 0.9\nb 0.7\n" * 150, {}, 1, "holds a decimal number after each label"),
    "comma in a label": (
        "frame,label\n0,a\n1,b, c\n",
        {},
        3,
        "has 3 cells, line 1 has 2; put labels with commas in quotes",
    ),
    "two ones": (hot(["0,1,0,0,0", "1,0,1,1,0"]), {}, 3, "has two labels: stir, take; give each frame one"),
    "probabilities": (
        hot([one(i, n) for i, n in enumerate(NAMES[:60])] + ["60,0.9,0.1,0,0"]),
        {},
        62,
        "'0.9' in column 'pour' is neither 0 nor 1",
    ),
    "no names": ("0,1,0\n1,0,0\n" * 150, {}, 1, "looks like a one-hot table without names; name its classes"),
    "START alone": (
        EVENTS + "take,START,6.0\n",
        {"fps": 30},
        6,
        "START of 'take' has no STOP; complete the event in BORIS",
    ),
    "STOP alone": (
        EVENTS + "take,STOP,6.0\n",
        {"fps": 30},
        6,
        "STOP of 'take' has no START; complete the event in BORIS",
    ),
    "START twice": (
        EVENTS + "take,START,6.0\ntake,START,7.0\n",
        {"fps": 30},
        6,
        "START of 'take' has no STOP",
    ),
    "no event": (EVENTS + "take,STOP,soon\n", {"fps": 30}, 6, "is no event: 'take STOP soon'"),
    "two behaviours at once": (
        EVENTS + "take,START,1.0\ntake,STOP,2.0\n",
        {"fps": 30},
        6,
        "'take' from 1 overlaps 'pour' to 2.5 on line 2",
    ),
    "points alone": (
        "Behavior,Behavior type,Time\na,POINT,1.0\nb,START,2.0\nb,POINT,3.0\n",
        {"fps": 30},
        3,
        "START of 'b' has no STOP",
    ),
    "events without a rate": (
        EVENTS,
        {},
        2,
        "is a table of events with times in seconds; say how many frames a second",
    ),
    "ELAN without a rate": (ELAN, {}, None, "is an ELAN file with times in seconds; say how many frames"),
    "ELAN, milliseconds without a rate": (
        "x\t\t0\t2500\ta\nx\t\t2500\t10000\tb",
        {},
        2,
        "ends at 10000, and there are 300 frames: are these milliseconds?",
    ),
    "ELAN, several tiers": (
        "x\t\t0.0\t2.5\ta\ny\t\t2.5\t9.0\tb",
        {"fps": 30},
        None,
        "has several tiers: x, y; choose one: --tier 'x'",
    ),
    "ELAN, no such tier": (
        ELAN,
        {"fps": 30, "tier": "feet"},
        None,
        "has no tier or subject 'feet'; choose one of hands by --tier",
    ),
    "ELAN with entities": (
        "<!DOCTYPE x [<!ENTITY a 'b'>]>" + ELAN[39:],
        {"fps": 30},
        None,
        "declares a document type, which ELAN does not",
    ),
    "ELAN, damaged": (ELAN[:-9], {"fps": 30}, 9, "is a damaged ELAN file; save it again with ELAN"),
    "a tier where there are none": (
        "\n".join(NAMES),
        {"tier": "x"},
        None,
        "has no tiers or subjects to choose from; leave --tier out",
    ),
    "several videos": (
        "video,start,end,label\nv,0,300,a\nw,0,300,a\n",
        {"video": "u"},
        None,
        "holds rows of several videos or observations (v, w) and none by the name 'u'",
    ),
    "starts alone": ("0 a\n75 b\n", {"lengths": "resample"}, 1, "is a list without both a start and an end"),
    "times alone": (
        "0:00 a\n0:05 b\n",
        {"lengths": "resample"},
        1,
        "is a list without both a start and an end",
    ),
    "ends alone": (
        "a 75\nb c 225\n",
        {"lengths": "resample"},
        1,
        "is a list without both a start and an end",
    ),
    "no labels": ("0-75\n76-300\n", {"lengths": "resample"}, 1, "is a list without labels; give start, end"),
    "no labels, blanks": ("0 75\n75 300\n", {"lengths": "resample"}, 1, "is a list without labels"),
    "a segment without a label": (
        "start,end,label\n0,75,a\n75,300,NaN\n",
        {},
        3,
        "is a segment without a label",
    ),
    "a blank line": ("a\n\nb\n", {}, 2, "is blank; give every frame a label"),
    "not in the mapping": (
        "a\nb\nb\n",
        {"mapping": {"a": 0}},
        2,
        "label 'b' is not in the mapping (as on 1 more line); correct",
    ),
    "nothing labelled": (
        hot([f"{i},0,0,0,0" for i in range(300)]),
        {},
        None,
        "leaves every frame without a label",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refusals_name_the_file_the_line_and_the_remedy(tmp_path, kind):
    content, how, line, part = REFUSED[kind]
    found = refused(tmp_path, content, **how)
    assert found[0] == line
    assert part in found[1]
    assert found[1].startswith(how.get("name", "v.txt") + (f", line {line}: " if line else ": "))


def test_subjects_whose_states_overlap_are_named(tmp_path):
    rows = "".join(
        f"{time},{who},{what},{kind}\n"
        for who, what in [("cow", "eat"), ("pig", "run")]
        for kind, time in [("START", 1.0), ("STOP", 4.0)]
    )
    content = "Time,Subject,Behavior,Behavior type\n" + rows
    line, text = refused(tmp_path, content, fps=30)
    assert line == 4
    assert (
        "'run' from 1 overlaps 'eat' to 4 on line 2, and there are cow, pig; choose one: --tier 'cow'" in text
    )
    found, notes = read(tmp_path, content, fps=30, tier="pig")
    assert found == [("", 30), ("run", 90), ("", 180)]
    assert notes["labels_read_as"][1]["of"] == "pig"


def test_lists_of_another_rate_are_resampled_if_asked_for(tmp_path):
    for content in ("1-25 a\n26-50 b\n51-100 c", "1-225 a\n226-450 b\n451-900 c"):
        found, notes = read(tmp_path, content, lengths="resample")
        assert found == [("a", 75), ("b", 75), ("c", 150)]
        assert "were resampled to 300 frames" in notes["labels_fitted"][0]


def test_labels_of_another_rate_are_resampled_if_asked_for(tmp_path):
    found, notes = read(tmp_path, "\n".join(NAMES[::3]), lengths="resample")
    assert found == FOUR
    value = {"policy": "resample", "labels": 100, "frames": 300, "forced": False}
    assert notes["labels_fitted"] == ("100 labels were resampled to 300 frames (--lengths resample)", value)


def test_a_list_that_ends_a_little_late_is_cut_and_a_long_one_by_force(tmp_path):
    found, notes = read(tmp_path, "0 150 a\n150 310 b")
    assert found == [("a", 150), ("b", 150)]
    assert notes["labels_fitted"][0] == "the last segment ends 10 frames after the features and was cut"
    found, notes = read(tmp_path, "0 150 a\n150 900 b", force=True)
    assert found == [("a", 150), ("b", 150)]
    assert notes["labels_fitted"][1]["forced"] is True
    found, _ = read(tmp_path, "0 50 a\n50 100 b", force=True)
    assert found == [("a", 50), ("b", 50), ("", 200)]
    found, _ = read(tmp_path, "0 150 a\n150 310 b", lengths="center")
    assert found == [("a", 145), ("b", 155)]


def test_segments_shorter_than_a_frame_are_said(tmp_path):
    found, notes = read(tmp_path, "0.0\t5.0\ta\n5.0\t5.01\tb\n5.01\t10.0\tc", fps=30)
    assert found == [("a", 150), ("c", 150)]
    assert notes["short_segments_left_out"] == ("segments shorter than a frame were left out (b)", ["b"])


def test_features_that_look_transposed(tmp_path):
    _, text = refused(tmp_path, "\n".join(NAMES[:8]), n_features=8)
    assert "has 8 labels for 300 frames; the features look transposed: say so (--transposed)" in text


def test_arrays(tmp_path):
    for array in (np.asarray(NAMES), np.asarray(NAMES)[:, None], np.asarray(NAMES).astype(bytes)):
        file = io.BytesIO()
        np.save(file, array)
        assert read(tmp_path, file.getvalue(), name="v.npy")[0] == FOUR


def test_class_numbers_of_the_mapping_are_translated(tmp_path):
    mapping = {"rest": 0, "walk": 1, "run": 2}
    found, notes = read(tmp_path, "1\n" * 200 + "2\n" * 100, mapping=mapping)
    assert found == [("walk", 200), ("run", 100)]
    text = "class numbers were translated by the mapping: 2 classes"
    assert notes["labels_translated"] == (text, {"1": "walk", "2": "run"})
    found, notes = read(tmp_path, "0 200 1\n200 300 2\n", mapping=mapping)
    assert found == [("walk", 200), ("run", 100)]
    assert list(notes) == ["labels_read_as", "labels_translated"]
    _, text = refused(tmp_path, "7\n" * 300, mapping=mapping)
    assert "label '7' is not in the mapping" in text
    _, text = refused(tmp_path, "0\n" * 200 + "7\n" * 100, 201, mapping=mapping)
    assert "label '7' is not in the mapping" in text
    _, text = refused(tmp_path, "1\n" * 300, mapping={"walk": 1, "run": 1})
    assert "class 1 has several names: walk, run; give names in place of numbers" in text
    assert runs(read_labels(tmp_path / "v.txt", {"walk": 1})) == [("walk", 300)]


def test_numbers_that_the_mapping_has_as_names_stay(tmp_path):
    found, notes = read(tmp_path, "1\n" * 300, mapping={"1": 1, "walk": 1})
    assert (found, notes) == ([("1", 300)], {})


def test_the_mapping_is_named(tmp_path):
    how = {"mapping": {"a": 0}, "mapping_path": tmp_path / "mapping.txt"}
    line, text = refused(tmp_path, "a\nb\n", 2, **how)
    assert (line, text) == (
        2,
        f"v.txt, line 2: label 'b' is not in the mapping; correct it, or {tmp_path}/mapping.txt",
    )
    line, text = refused(tmp_path, "0-1 a\n2-2 b\n", 3, **how)
    assert (line, text[-len("mapping.txt") :]) == (2, "mapping.txt")


def test_labels_one_a_line(tmp_path):
    write(tmp_path, "v", "SIL\npour milk \r\nSIL\n\n")
    np.testing.assert_array_equal(read_labels(tmp_path / "v"), ["SIL", "pour milk", "SIL"])


@pytest.mark.parametrize(
    "lines",
    [["cut, then stir", "wait"], ["2 cups", "3 cups"], ["a-b", "1-2"], ["label", "label"], ["-1", "3"]],
)
def test_words_that_are_labels_stay(tmp_path, lines):
    content = "\n".join(label for label in lines for _ in range(150))
    found, notes = read(tmp_path, content)
    assert {label for label, _ in found} == set(lines)
    assert notes == {}


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b"a\n\nb\n", 2, "is blank"),
        (b"a\nc\n", 2, "'c' is not in the mapping"),
        (b"", None, "is empty"),
        (b"\xff\xfe\n", None, "UTF-8"),
        (b"<html>", None, "HTML"),
    ],
)
def test_bad_labels(tmp_path, data, line, part):
    (tmp_path / "v").write_bytes(data)
    with pytest.raises(DataError, match=part) as caught:
        read_labels(tmp_path / "v", {"a": 0, "b": 1})
    assert caught.value.line == line


def test_a_wrong_label_is_one_fault_however_often_it_appears(tmp_path):
    lines = ["a", "x", "", "x", "y", "x"]
    faults = list(label_faults(tmp_path / "v", lines, {"a": 0}))
    assert [(fault.line, fault.problem) for fault in faults] == [
        (2, "label 'x' is not in the mapping (as on 2 more lines)"),
        (3, "is blank"),
        (5, "label 'y' is not in the mapping"),
    ]
    assert list(label_faults(tmp_path / "v", ["a", "x"])) == []


def test_no_such_file_and_a_folder(tmp_path):
    with pytest.raises(DataError, match="not found"):
        load_labels(tmp_path / "none", 3)
    with pytest.raises(DataError, match="is a folder"):
        load_labels(tmp_path, 3)


def test_comments_before_labels_are_said(tmp_path):
    found, notes = read(tmp_path, "# by me\n" + "\n".join(NAMES))
    assert found == FOUR
    assert notes == {"labels_read_as": ("the first line is a comment", {"form": "text", "comments": 1})}
