"""What `dkva transfer` writes, and what it leaves alone."""

import click
import numpy as np
import pytest

from dkva.cli.aligning.ways import FeatureWay
from dkva.cli.transferring import output
from dkva.cli.transferring.output import Output, made
from dkva.cli.transferring.work import read_labelled, transfer
from dkva.datasets import VideoFile
from dkva.export.documents import labels_in, read_csv, read_json

pytestmark = pytest.mark.fast

WAY = FeatureWay.of_features(standardise=False)


@pytest.fixture
def given(tmp_path):
    """The labelled video, others, and their documents."""
    for name in ("v", "w", "u"):
        np.save(tmp_path / f"{name}.npy", np.array([[0.0, 0], [0, 0], [9, 0]]))
    (tmp_path / "v.txt").write_text("a\na\nb\n")
    model = WAY.restored()
    labelled = read_labelled(VideoFile("v", tmp_path / "v.npy", tmp_path / "v.txt"), WAY, model)
    videos = {name: VideoFile(name, tmp_path / f"{name}.npy") for name in "wu"}
    found = {name: transfer(video, labelled, WAY, model, "path") for name, video in videos.items()}
    docs = {
        name: made(videos[name], each, labelled, WAY, by="path", rate=None, ignore=())
        for name, each in found.items()
    }
    return labelled, found, docs


def test_documents_are_read_again_as_those_of_a_segmentation(given, tmp_path):
    out = Output(tmp_path / "out", "v")
    out.write(*given, {}, "a title")
    for name in "wu":
        doc = read_json(tmp_path / "out" / f"{name}.json")
        assert labels_in(doc).tolist() == [0, 0, 1]
    assert set(read_csv(out.table)) == {"w", "u"}
    assert out.check(["w"]).keys() == {"u"}
    assert given[2]["w"]["key"] != given[2]["u"]["key"]


def test_only_so_many_videos_are_drawn(given, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(output, "MOST_ROWS", 1)
    picture = "dkva.export.transfer_pictures.transfer_picture"
    monkeypatch.setattr(picture, lambda top, rows, **more: drawn.extend(rows) or figure())
    Output(tmp_path / "out", "a/v").write(*given, {}, "a title")
    assert [row.name for row in drawn] == ["w"]
    assert (tmp_path / "out" / "from_a_v.png").exists()


def figure():
    from matplotlib.figure import Figure

    return Figure(figsize=(1, 1))


def test_a_full_disk_is_one_line(given, tmp_path, monkeypatch):
    def full(path, docs):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("dkva.export.documents.write_csv", full)
    with pytest.raises(click.ClickException, match=r"segments.csv: cannot be written \(No space left"):
        Output(tmp_path / "out", "v").write(*given, {}, "a title")


def test_a_table_alone_removes_no_document_of_others(given, tmp_path):
    out = Output(tmp_path / "out", "v", "csv")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "w.json").write_text('{"mine": 1}')
    with pytest.raises(click.ClickException, match=r"w.json: is there and is no result of dkva"):
        out.check(["w", "u"])
