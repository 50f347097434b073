import os

import pytest

from dkva.cli.terminal import complain, console, printable

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
