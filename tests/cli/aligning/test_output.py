"""Where `dkva align` writes, and what it leaves alone."""

import click
import numpy as np
import pytest
from matplotlib.figure import Figure

from dkva.cli.aligning.output import Output
from dkva.export.alignment import FORMAT, alignment_document, matched, side
from dkva.export.documents import write_json

pytestmark = pytest.mark.fast


@pytest.fixture
def output(tmp_path):
    return Output.of(tmp_path, "tea/v", "w")


@pytest.fixture
def doc():
    of = {"frames": 2, "features": 3, "source": {}, "reading": {}, "labels": None}
    return alignment_document(
        side("v", **of), side("w", **of), matched(np.eye(2), np.zeros(2), np.zeros(2)), every=1, rate=None
    )


def test_files_have_the_names_of_both_videos(output, tmp_path):
    files = output.document, output.table, output.picture
    names = ["tea_v_with_w.json", "tea_v_with_w.matches.csv", "tea_v_with_w.png"]
    assert [path.name for path in files] == names
    assert {path.parent for path in files} == {tmp_path}


def test_what_was_written_whole_is_found(output, doc):
    assert output.earlier() is None
    output.write(doc, Figure())
    assert output.earlier() == doc
    output.table.unlink()
    assert output.earlier() is None
    output.write(doc, Figure())
    output.picture.unlink()
    assert output.earlier() is None


def test_a_picture_that_could_not_be_written_leaves_none_of_another_run(output, doc):
    class Full(Figure):
        def savefig(self, *args, **options):
            raise OSError(28, "No space left on device")

    output.write(doc, Figure())
    with pytest.raises(click.ClickException, match="cannot be written"):
        output.write(doc | {"key": "other"}, Full())
    assert output.earlier() is None
    assert not output.picture.exists()


def test_results_of_a_newer_dkva_are_not_written_over(output, doc):
    write_json(output.document, doc | {"format": FORMAT + 1})
    with pytest.raises(click.ClickException, match="update dkva"):
        output.earlier()


def test_names_that_are_too_long_together_are_one_line(tmp_path, doc):
    output = Output.of(tmp_path, "v" * 200, "w" * 200)
    assert output.earlier() is None
    with pytest.raises(click.ClickException, match=r"cannot be written \(File name too long\)"):
        output.write(doc, Figure())
