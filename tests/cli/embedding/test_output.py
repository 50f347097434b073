"""Where `dkva embed` writes, what it keeps, and what it leaves alone."""

from pathlib import Path

import click
import numpy as np
import pytest

from dkva.cli.embedding.output import Output
from dkva.cli.embedding.work import Embedded
from dkva.cli.segmenting.model import ModelWay
from dkva.experiments.registry import find
from dkva.export.documents import write_json
from dkva.export.embedding import FORMAT, read_embedding

pytestmark = pytest.mark.fast

FRAMES = np.ones((3, 2), np.float32)
FOUND = Embedded((3, 4), {"file": "v.npy"}, {"transposed": False}, "k", frames=FRAMES)
WAY = ModelWay(find("vaot"), None, 0, {"epochs": 2}, path=Path("m.npz"), facts={"videos": 2}, digest="d")


@pytest.fixture
def output(tmp_path):
    return Output(tmp_path)


def test_what_was_written_whole_is_known_by_its_key(output):
    names = ["tea/v", "tea/w"]
    assert output.earlier(names) == {}
    output.write("tea/v", FOUND, FRAMES, WAY)
    assert output.earlier(names) == {"tea/v": "k"}
    doc = read_embedding(output.document("tea/v"), output.array("tea/v"))
    assert (doc["frames"], doc["features"], doc["embedded"]["columns"]) == (3, 4, 2)
    assert doc["model"] == {"file": "m.npz", "videos": 2, "digest": "d"}
    assert (doc["method"], doc["settings"], doc["video"]) == ("vaot", {"epochs": 2}, "tea/v")
    output.array("tea/v").unlink()
    assert output.earlier(names) == {}


@pytest.mark.parametrize("ending", ["npy", "json"])
def test_the_files_of_others_are_refused(output, tmp_path, ending):
    path = tmp_path / f"v.{ending}"
    path.write_text("mine")
    with pytest.raises(click.ClickException) as caught:
        output.earlier(["w", "v"])
    assert str(caught.value) == (
        f"{path}: is there and is no result of dkva embed; move it away, or give another folder with --out"
    )


def test_results_of_a_newer_dkva_are_refused(output):
    write_json(output.document("v"), {"format": FORMAT + 1, "embedded": {}})
    with pytest.raises(click.ClickException, match="update dkva"):
        output.earlier(["v"])
