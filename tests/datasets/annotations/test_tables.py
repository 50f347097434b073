import pytest

from dkva.datasets import DataError
from dkva.datasets.annotations.tables import between_blanks, column_of, table_of

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("kind", "unit", "names"),
    [
        ("start", None, "start|Start|begin|onset|from|starts"),
        ("start", "frames", "start_frame|frame_start|StartFrame|begin_frame|startframe|start_idx"),
        ("start", "seconds", "start_time|Start (s)|start_sec|t_start|onset [s]|Begin Time - ss.msec"),
        ("start", "seconds", "Begin Time - hh:mm:ss.ms"),
        ("start", "ms", "start_ms|Begin Time - msec|onset (ms)"),
        ("end", None, "end|End|stop|offset|to|until"),
        ("end", "frames", "end_frame|stopFrame|last_frame"),
        ("end", "seconds", "end_time|Stop (s)|End Time - ss.msec|tend"),
        ("end", "ms", "end_ms|offset_ms"),
        ("duration", None, "duration|length"),
        ("duration", "seconds", "Duration (s)|duration_sec"),
        ("duration", "frames", "duration_frames"),
        ("label", None, "label|action|Behavior|behaviour|class|class_name|ground_truth|name|Action name"),
        ("frame", "frames", "frame|Frame|frame_number|index|idx|frame_id|id|Unnamed: 0|#|"),
        ("time", "seconds", "time|timestamp|Time|t|seconds"),
        ("time", "ms", "ms|time_ms"),
        ("video", None, "video|video_name|Media file name|Observation id|file|filename"),
        ("lane", None, "tier|Subject|participant|animal"),
        ("fps", None, "fps|FPS (frame/s)|frame_rate"),
        ("type", None, "Behavior type|event_type|Status"),
        ("aside", None, "Comment|Time offset (s)|margin|Behavioral category|Comment start"),
        ("other", None, "x|nose_x|t0x|Media duration (s)|pour|stir milk"),
    ],
)  # fmt: skip
def test_columns_by_their_names(kind, unit, names):
    for name in names.split("|"):
        assert column_of(name)[:2] == (kind, unit), name


def test_the_likeliest_column_of_labels_is_first():
    assert column_of("label").rank < column_of("action").rank < column_of("name").rank
    assert column_of("label").rank < column_of("label_id").rank


def test_ends_that_say_whether_they_belong():
    assert column_of("end_inclusive").ends == column_of("last_frame").ends == "inclusive"
    assert column_of("end_exclusive").ends == "exclusive"
    assert column_of("end").ends is None


def cells(tmp_path, text):
    table = table_of(tmp_path / "v", text)
    return table.separator, [(row.line, row.cells) for row in table.rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", (",", [(1, ["a", "b"]), (2, ["1", "2"])])),
        ("a;b,c\n1;2\n", (";", [(1, ["a", "b,c"]), (2, ["1", "2"])])),
        ("a\t\tb\r\n\r\n1\t\t2\r\n", ("\t", [(1, ["a", "", "b"]), (3, ["1", "", "2"])])),
        ("sep=;\na;b\n", (";", [(2, ["a", "b"])])),
        ('a, "b, c"\n', (",", [(1, ["a", "b, c"])])),
        ('a,"b\nc"\nd,e\n', (",", [(1, ["a", "b\nc"]), (3, ["d", "e"])])),
        ("# by me\na,b\n", (",", [(2, ["a", "b"])])),
        ('"#file:///x.eaf"\na\tb\n', ("\t", [(2, ["a", "b"])])),
        ("a,b,\n1,2,\n", (",", [(1, ["a", "b"]), (2, ["1", "2"])])),
        ("0.1\t0.2\tx\n\\\t100\t200\n", ("\t", [(1, ["0.1", "0.2", "x"])])),
        ('"a"\n"b ""c"""\n', (None, [(1, ["a"]), (2, ['b "c"'])])),
    ],
)
def test_rows(tmp_path, text, expected):
    assert cells(tmp_path, text) == expected


def test_nothing_but_comments(tmp_path):
    with pytest.raises(DataError, match="holds no labels"):
        table_of(tmp_path / "v", "# nothing\n")


def test_tables_between_blanks(tmp_path):
    table = between_blanks(table_of(tmp_path / "v", "start end label\n0 75 pour milk\n75 80 stir\n"))
    assert [row.cells for row in table.rows[1:]] == [["0", "75", "pour milk"], ["75", "80", "stir"]]
    table = between_blanks(table_of(tmp_path / "v", "label start end\npour milk 0 75\n"))
    assert table.rows[1].cells == ["pour milk", "0", "75"]
    assert between_blanks(table_of(tmp_path / "v", "pour milk\n0 75 x\n")) is None
