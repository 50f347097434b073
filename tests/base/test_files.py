import os
import stat

import pytest

from dkva.base.files import is_foreign_table, write_atomically, write_text

pytestmark = pytest.mark.fast


def test_folders_are_made_and_the_umask_kept(tmp_path):
    path = tmp_path / "a" / "b"
    write_atomically(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_a_failure_keeps_the_old_file_and_leaves_nothing(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(file):
        file.write(b"half")
        raise RuntimeError("disk")

    with pytest.raises(RuntimeError):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_private_files_and_folders_are_their_owners_alone(tmp_path):
    path = tmp_path / "cache" / "a"
    write_atomically(path, lambda file: file.write(b"mine"), private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_text_is_utf8_and_what_is_no_unicode_is_spelt_out(tmp_path):
    write_text(tmp_path / "t", "Übung \udcff\n")
    assert (tmp_path / "t").read_text("utf-8") == "Übung \\udcff\n"


@pytest.mark.parametrize(
    ("text", "foreign"),
    [("a,b\r\n1,2\n", False), ("c\n", False), ("a,b,c\n", True), ("x", True), ("", False)],
)
def test_tables_of_others_are_told_by_their_first_line(tmp_path, text, foreign):
    path = tmp_path / "t.csv"
    assert not is_foreign_table(path, [("a", "b")])
    path.write_text(text)
    assert is_foreign_table(path, [("a", "b"), ("c",)]) == foreign
