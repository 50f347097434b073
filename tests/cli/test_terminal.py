import os

import pytest

from dkva.cli.terminal import complain, console, counting, gathered, printable, watched

pytestmark = pytest.mark.fast


def test_errors_are_one_line_on_stderr(capsys):
    complain("a file\nand  its problem")
    out = capsys.readouterr()
    assert (out.out, out.err) == ("", "error: a file and its problem\n")


def test_names_that_are_no_text():
    assert printable("Übung") == "Übung"
    assert printable(os.fsdecode(b"bad\xff")) == "bad\\udcff"


def test_tables_are_never_squeezed():
    assert console().width == 1000
    assert console(stderr=True).stderr


def test_notes_that_differ_in_their_numbers_alone_are_one_line():
    notes = {
        "v": ["column 3 is left out", "odd"],
        "w": ["column 12 is left out"],
        "x": ["column 4 is left out"],
    }
    assert gathered(notes) == ["v: column 3 is left out (and 2 more videos alike)", "v: odd"]
    assert gathered({"v": []}) == []


def test_what_is_watched_comes_in_its_order(capsys):
    assert list(watched("abc", "letters")) == ["a", "b", "c"]
    assert capsys.readouterr().out == ""


def test_a_bar_that_counts_is_quiet_where_there_is_no_terminal(capsys):
    with counting("embedding") as bar:
        task = bar.add_task("", total=2)
        bar.update(task, description="[a video]")
        bar.advance(task)
        assert bar.tasks[0].completed == 1
    out = capsys.readouterr()
    assert (out.out, out.err) == ("", "")
