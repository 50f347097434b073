"""Where `dkva retrieve` writes, and what it leaves alone."""

import click
import pytest
from matplotlib.figure import Figure

from dkva.cli.retrieving.output import Output
from dkva.export.documents import write_json
from dkva.export.retrieval import FORMAT, read_retrieval, retrieval_document

pytestmark = pytest.mark.fast

DOC = retrieval_document({"video": "tea/v", "frame": 3}, [("w", 2, 0.5)], rate=None)


@pytest.fixture
def output(tmp_path):
    return Output.of(tmp_path, "tea/v", 3)


def test_files_have_the_name_of_the_video_and_the_frame(output, tmp_path):
    output.check()
    output.write(DOC, Figure())
    names = ["tea_v_at_3.json", "tea_v_at_3.png", "tea_v_at_3.retrieved.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert read_retrieval(output.document) == DOC
    output.check()
    output.write(DOC | {"method": "vaot"}, Figure())
    assert read_retrieval(output.document)["method"] == "vaot"


@pytest.mark.parametrize("ending", ["json", "retrieved.csv", "png"])
def test_the_files_of_others_are_refused(output, tmp_path, ending):
    path = tmp_path / f"tea_v_at_3.{ending}"
    path.write_text("mine")
    with pytest.raises(click.ClickException) as caught:
        output.check()
    assert str(caught.value) == (
        f"{path}: is there and is no result of dkva; move it away, or give another folder with --out"
    )


def test_results_of_a_newer_dkva_are_refused(output):
    write_json(output.document, DOC | {"format": FORMAT + 1})
    with pytest.raises(click.ClickException, match="update dkva"):
        output.check()


def test_a_name_that_cannot_be_is_one_line(tmp_path):
    output = Output.of(tmp_path, "v" * 300, 3)
    output.check()
    with pytest.raises(click.ClickException, match=r"cannot be written \(File name too long\)"):
        output.write(DOC, Figure())
