from pathlib import Path

import pytest

from dkva.datasets import DataError
from dkva.datasets.annotations.tables import Row, column_of
from dkva.datasets.annotations.videos import rows_of_video

pytestmark = pytest.mark.fast

COLUMNS = [column_of("video"), column_of("label")]


def taken(names, video):
    rows = [Row(number, [name, "a"]) for number, name in enumerate(names, 1)]
    found, other = rows_of_video(Path("t.csv"), COLUMNS, rows, video)
    return [row.line for row in found], other


@pytest.mark.parametrize("name", ["v", "v.mp4", "tea/v", "C:\\films\\v.avi", "/films/tea/v.mp4"])
def test_rows_of_a_video(name):
    assert taken([name, "w", name], "tea/v") == ([1, 3], None)


def test_a_table_of_one_video_by_another_name():
    assert taken(["film.mp4", "film.mp4"], "v") == ([1, 2], "film.mp4")
    assert taken(["", ""], "v") == ([1, 2], None)
    assert rows_of_video(Path("t"), COLUMNS[1:], [Row(1, ["a"])], "v") == ([Row(1, ["a"])], None)


@pytest.mark.parametrize(("video", "told"), [("u", " and none by the name 'u'"), ("", "")])
def test_several_videos(video, told):
    with pytest.raises(DataError) as caught:
        taken(["w", "v"], video)
    assert caught.value.problem == f"holds rows of several videos (v, w){told}"
