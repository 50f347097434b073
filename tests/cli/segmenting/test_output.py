import pytest

from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.find import Found
from dkva.cli.segmenting.output import Output, leave_out_long_names
from dkva.datasets import VideoFile

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("more", "longest"),
    [
        ({}, ".json"),
        ({"form": "csv", "plot": True}, ".png"),
        ({"plot": True, "suggestion": True}, ".suggestion.png"),
        ({"exported": Exported(("losslesscut",))}, ".losslesscut.csv"),
        ({"exported": Exported(chapters=True)}, ".chapters.mkv"),
        ({"exported": Exported(clips=True)}, "..clips.part"),
    ],
)
def test_videos_whose_results_would_have_too_long_names_are_left_out(tmp_path, more, longest):
    fits = "v" * (255 - len(longest))  # the most that a file system of today takes
    videos = [VideoFile(f"tea/{name}", tmp_path / f"{name}.avi") for name in (fits, f"{fits}v", "w")]
    found = Found([*videos])
    leave_out_long_names(found, Output(tmp_path / "not/yet", **more))
    assert found.videos == [videos[0], videos[2]]
    assert found.problems == [
        f"{videos[1].path}: the name is too long for those of its results, which are longer; shorten it"
    ]


def test_a_table_alone_takes_any_name(tmp_path):
    found = Found([VideoFile("v" * 250, tmp_path / f"{'v' * 250}.npy")])
    leave_out_long_names(found, Output(tmp_path, "csv"))
    assert found.problems == []
