import csv

import pytest

from dkva.export.summary import is_foreign_summary, summary, transitions, write_summary

pytestmark = pytest.mark.fast


def doc(video, runs, rate=None, method="kms"):
    """Runs (end, label, name) from frame 0."""
    segments, start = [], 0
    for end, label, name in runs:
        run = {"start": start, "end": end, "label": label}
        run |= {"name": name} if name else {}
        run |= {"start_time": start / rate, "end_time": end / rate} if rate else {}
        segments.append(run)
        start = end
    return {"video": video, "segments": segments, "method": method}


def rows(found, *columns):
    return [tuple(row[column] for column in columns) for row in found]


def test_counts_durations_and_shares_of_a_video():
    made = summary([doc("v", [(10, 0, ""), (20, 11, ""), (40, 0, ""), (50, 2, "")], rate=10)])
    columns = ("label", "count", "frames", "mean_frames", "seconds", "mean_seconds", "share")
    assert rows(made, *columns) == [
        ("(any)", 4, 50, 12.5, 5.0, 1.25, 1.0),
        ("0", 2, 30, 15.0, 3.0, 1.5, 0.6),
        ("2", 1, 10, 10.0, 1.0, 1.0, 0.2),
        ("11", 1, 10, 10.0, 1.0, 1.0, 0.2),
    ]
    assert {row["scope"] for row in made} == {"video"}


def test_names_are_added_up_over_videos_and_numbers_are_not():
    docs = [
        doc("tea/a", [(10, 0, "pour"), (20, 1, "stir")]),
        doc("tea/b", [(30, 1, "pour"), (40, 0, "")]),
        doc("c", [(10, 0, "")]),
    ]
    made = summary(docs)
    folder = [row for row in made if (row["scope"], row["name"]) == ("folder", "tea")]
    assert rows(folder, "label", "count", "frames", "share", "seconds") == [
        ("(any)", 4, 60, 1.0, None),
        ("pour", 2, 40, round(40 / 60, 6), None),
        ("stir", 1, 10, round(10 / 60, 6), None),
    ]
    everything = [row for row in made if row["scope"] == "all"]
    assert rows(everything, "label", "count", "frames") == [
        ("(any)", 5, 70),
        ("pour", 2, 40),
        ("stir", 1, 10),
    ]


def test_transitions_are_counted_with_their_shares():
    made = transitions([doc("v", [(1, 0, ""), (2, 1, ""), (3, 0, ""), (4, 2, ""), (5, 0, ""), (6, 1, "")])])
    assert rows(made, "from", "to", "count", "share") == [
        ("0", "1", 2, round(2 / 3, 6)),
        ("0", "2", 1, round(1 / 3, 6)),
        ("1", "0", 1, 1.0),
        ("2", "0", 1, 1.0),
    ]


def test_a_number_without_a_name_is_no_name_that_is_a_number():
    docs = [doc("v", [(10, 0, "3"), (20, 3, ""), (40, 1, "10"), (50, 12, ""), (60, 3, "")])]
    made = summary(docs)
    assert rows(made, "label", "frames") == [
        ("(any)", 60),
        ("3", 10),
        ("10", 20),
        ("label 3", 20),
        ("label 12", 10),
    ]
    assert rows(transitions(docs), "from", "to") == [
        ("3", "label 3"),
        ("10", "label 12"),
        ("label 3", "10"),
        ("label 12", "label 3"),
    ]
    together = {"together": {"videos": 2, "digest": "x"}}
    everything = summary([docs[0] | together, doc("w", [(5, 3, "")]) | together])
    assert ("all", "label 3", 25) in rows(everything, "scope", "label", "frames")


def test_a_segment_without_a_name_parts_those_beside_it():
    docs = [doc("a", [(1, 0, "x"), (2, 1, ""), (3, 2, "y")]), doc("b", [(1, 0, "x"), (2, 2, "y")])]
    everything = [row for row in transitions(docs) if row["scope"] == "all"]
    assert rows(everything, "from", "to", "count") == [("x", "y", 1)]


def test_both_tables_are_written(tmp_path):
    write_summary(tmp_path, [doc("v", [(1, 0, ""), (2, 1, "")])])
    with (tmp_path / "summary.csv").open(newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["scope"], first["label"], first["seconds"]) == ("video", "(any)", "")
    assert (tmp_path / "transitions.csv").read_text().splitlines()[1] == "video,v,0,1,1,1.0,kms"


def test_each_row_names_the_methods_of_its_videos():
    docs = [doc("a", [(1, 0, "x"), (2, 1, "y")]), doc("b", [(1, 0, "x"), (2, 1, "y")], method="dkva")]
    for made in (summary(docs), transitions(docs)):
        assert {(row["name"], row["method"]) for row in made} == {
            ("a", "kms"),
            ("b", "dkva"),
            ("all", "dkva kms"),
        }


@pytest.mark.parametrize(
    ("head", "foreign"),
    [
        ("scope,name,from,to,count,share,method", False),
        ("scope,name,from,to,count,share", False),  # as it was before
        ("scope,name,from,to,count", True),
        ("mine", True),
        ("", False),
    ],
)
def test_tables_of_others_are_told_by_their_first_line(tmp_path, head, foreign):
    (tmp_path / "transitions.csv").write_text(f"{head}\n" if head else "")
    assert is_foreign_summary(tmp_path / "transitions.csv") == foreign


def test_numbers_of_videos_cut_together_or_by_one_model_are_added_up():
    docs = [doc("a", [(10, 0, ""), (20, 1, "")]), doc("b", [(30, 1, ""), (40, 0, "")])]
    one, other = ({"together": {"videos": 2, "digest": digest}} for digest in "xy")
    by_model, by_another = ({"model": {"file": "m.npz", "digest": digest}} for digest in "xy")
    for made, counted in (
        ([docs[0] | one, docs[1] | one], [("0", 20), ("1", 40)]),
        ([docs[0] | by_model, docs[1] | by_model], [("0", 20), ("1", 40)]),
        ([docs[0] | by_model, docs[1] | by_another], []),
        ([docs[0] | one, docs[1] | other], []),
        ([docs[0] | one, docs[1]], []),
    ):
        everything = [row for row in summary(made) if row["scope"] == "all"]
        assert rows(everything, "label", "frames") == [("(any)", 60), *counted]
        steps = [row for row in transitions(made) if row["scope"] == "all"]
        assert rows(steps, "from", "to") == ([("0", "1"), ("1", "0")] if counted else [])


def test_totals_are_over_the_videos_that_count():
    docs = [doc(f"tea/{name}", [(10, 0, ""), (20, 1, "")]) for name in "abc"]
    for each, digest in zip(docs, "xxy", strict=True):
        each["together"] = {"videos": 2, "digest": digest}
    for make in (summary, transitions):
        found = make(docs, {"tea/a", "tea/b"})
        assert [row for row in found if row["scope"] != "video"] == [
            row for row in make(docs[:2]) if row["scope"] != "video"
        ]
        assert {row["name"] for row in found} == {"tea/a", "tea/b", "tea/c", "tea", "all"}
