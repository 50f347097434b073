"""Options of several commands are the same in each."""

import click
import pytest

from dkva.cli.align import align
from dkva.cli.compare import compare
from dkva.cli.segment import segment
from dkva.cli.shared_options import READING, check_writable, feature_reading, label_reading, rate_of
from dkva.cli.train import train
from dkva.datasets.reading import FeatureReading, LabelReading

pytestmark = pytest.mark.fast

_LABELS = ("mapping", "lengths", "force_lengths", "tier", "fps", "stride")


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        *((name, (compare, segment)) for name in ("missing", "scheduler", "no_cache")),
        *((name, (train, segment)) for name in (*READING, *_LABELS, "no_cache") if name != "fps"),
        *((name, (align, segment)) for name in (*READING, "stride", "no_cache")),
        ("fps", (align, train)),  # those that are taken, of the recordings that segment reads
    ],
)
def test_commands_share_them(name, commands):
    first, second = (next(each for each in command.params if each.name == name) for command in commands)
    assert first.to_info_dict() == second.to_info_dict()
    assert first.help


def test_options_of_reading_stand_in_their_order():
    for command in (train, align):
        names = [each.name for each in command.params]
        start = names.index(READING[0])
        assert names[start : start + len(READING)] == list(READING)


def test_labels_are_none_of_an_alignment():
    assert not {"mapping", "lengths", "force_lengths", "tier"} & {each.name for each in align.params}


def test_columns_are_named_one_by_one_or_between_commas():
    read = feature_reading(True, ("a, b", "3-8"), (), "interpolate", "x", no_cache=True)
    assert read == FeatureReading(True, ("a", "b", "3-8"), (), "interpolate", "x", False)
    with pytest.raises(click.ClickException, match="columns and drop are both given"):
        feature_reading(False, ("a",), ("b",), "error", None, no_cache=False)


def test_rows_a_second_need_the_frames_a_second():
    assert (rate_of(None, 1), rate_of(25, 16)) == (None, 25 / 16)
    with pytest.raises(click.ClickException, match="--stride 2: says nothing without --fps"):
        rate_of(None, 2)


def test_how_labels_are_read():
    read = label_reading("trim", True, "T", 24, 2)
    assert read == LabelReading(lengths="trim", force=True, fps=12, tier="T")
    with pytest.raises(click.ClickException, match="fps is inf"):
        label_reading("error", False, None, float("inf"), 1)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        click.ClickException, match=r"file: cannot be written .*; give another folder with --out"
    ):
        check_writable(tmp_path / "file")
    check_writable(tmp_path / "new/folder")
    assert not list((tmp_path / "new/folder").iterdir())
