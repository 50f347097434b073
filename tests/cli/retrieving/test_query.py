"""The frame that `dkva retrieve` is asked with, and the videos that it searches."""

import click
import numpy as np
import pytest

from dkva.cli.retrieving.query import check_frame, others_than, query_video
from dkva.datasets import VideoFile
from dkva.datasets.reading import FeatureReading

pytestmark = pytest.mark.fast


@pytest.fixture
def query(tmp_path):
    np.save(tmp_path / "q.npy", np.eye(3))
    return query_video(tmp_path / "q.npy", FeatureReading())


def test_a_file_is_a_video_by_its_name(query, tmp_path):
    assert query.name == "q"
    for path, said in {
        "w.npy": "not found; check the path",
        ".": "is a folder; give the feature file",
    }.items():
        with pytest.raises(click.ClickException, match=said):
            query_video(tmp_path / path, FeatureReading())


def test_the_query_is_not_searched(query, tmp_path, capsys):
    (tmp_path / "link.npy").symlink_to(query.path)
    linked, other = (VideoFile(name, tmp_path / f"{name}.npy") for name in ("link", "other"))
    assert others_than(query, [other]) == [other]
    assert capsys.readouterr().err == ""
    assert others_than(query, [linked, other]) == [other]
    assert capsys.readouterr().err == f"note: {query.path}: is not searched, as it is what is asked with\n"
    with pytest.raises(click.ClickException, match="is the only video; give others to search"):
        others_than(query, [linked])


def test_a_frame_must_be_there(query):
    check_frame(query, 2, 3)
    with pytest.raises(click.ClickException, match="has no frame 3; they are 0 to 2, one a row of features"):
        check_frame(query, 3, 3)
