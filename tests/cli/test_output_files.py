"""Files of one name in an output folder: others' are left alone, and what cannot be written is one line."""

import click
import pytest

from dkva.cli.output_files import NamedFiles, foreign_file, written_whole

pytestmark = pytest.mark.fast


class Files(NamedFiles):
    @property
    def table(self):
        return self.folder / f"{self.name}.csv"


def known(files, doc=None, *, document=False, table=False):
    return files.known(lambda path: doc, lambda path: document, lambda path: table)


def test_what_is_not_dkvas_is_named(tmp_path):
    files = Files(tmp_path, "v")
    assert known(files) is None
    with pytest.raises(click.ClickException) as caught:
        known(files, table=True)
    assert str(caught.value) == foreign_file(tmp_path / "v.csv")
    with pytest.raises(click.ClickException, match=r"v.json: is there and is no result of dkva"):
        known(files, document=True)
    files.picture.touch()  # a picture belongs to a document
    with pytest.raises(click.ClickException, match=r"v.png: is there and is no result of dkva"):
        known(files)
    assert known(files, {"format": 1}) == {"format": 1}


def test_what_cannot_be_written_is_one_line(tmp_path):
    path = tmp_path / "no" / "file"
    with pytest.raises(click.ClickException) as caught, written_whole(tmp_path):
        path.write_text("")
    said = "cannot be written (No such file or directory); free it, or give another folder with --out"
    assert str(caught.value) == f"{path}: {said}"
