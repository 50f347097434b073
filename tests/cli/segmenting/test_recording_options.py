from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from dkva.cli.segmenting.recording import RecordingFile
from dkva.cli.segmenting.recording_options import (
    FPS,
    check_times,
    export_option,
    recording_options,
    recording_reading,
    shortest_option,
)
from dkva.cli.segmenting.recording_reading import RecordingReading
from dkva.cli.shared_options import label_options, reading_options
from dkva.datasets import VideoFile

pytestmark = pytest.mark.fast


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@label_options
@reading_options
@shortest_option
@recording_options
@export_option
def show(paths, fps, shortest, encoder, size, weights, **other):
    """How recordings are read."""
    del other
    given = {"encoder": encoder, "size": size, "weights": weights, "fps": fps, "shortest": shortest}
    click.echo(repr(recording_reading(click.get_current_context(), paths, **given, no_cache=True)))


@pytest.fixture
def places(tmp_path, monkeypatch):
    np.save(tmp_path / "v.npy", np.eye(3))
    (tmp_path / "v.mp4").touch()
    monkeypatch.chdir(tmp_path)


def read(*arguments):
    return CliRunner().invoke(show, arguments).output.strip()


def test_options_say_how_recordings_are_read(places):
    assert read("v.mp4") == repr(RecordingReading(cache=False))
    assert read("v.mp4", "--shortest", "1s") == repr(RecordingReading(fps=10.0, cache=False))
    assert read("v.mp4", "--shortest", "1s", "--fps", "4") == repr(
        RecordingReading(fps=4.0, image_fps=4.0, cache=False)
    )
    assert read("v.mp4", "--encoder", "onnx:x", "--size", "64", "--weights", "w") == repr(
        RecordingReading("onnx:x", 64, Path("w"), cache=False)
    )


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (("v.mp4", "--stride", "2"), "--stride: is of feature files, and none is given, only recordings"),
        (("v.mp4", "--transposed"), "--transposed: is of feature files"),
        (("v.mp4", "--columns", "a"), "--columns: is of feature files"),
        (("v.mp4", "--drop", "a"), "--drop: is of feature files"),
        (("v.mp4", "--array", "a"), "--array: is of feature files"),
        (("v.mp4", "--missing", "error"), "--missing: is of feature files"),
        (("v.npy", "--encoder", "pixels"), "--encoder: is of recordings, and none is given; leave it out"),
        (("v.npy", "--size", "9"), "--size: is of recordings"),
        (("v.npy", "--weights", "w"), "--weights: is of recordings"),
    ],
)
def test_options_that_do_not_go_with_what_is_given(places, given, refused):
    assert refused in read(*given)
    # Beside the other kind they do, and a path that is not there is told elsewhere.
    assert read("v.npy", "v.mp4", *given[1:]).startswith("RecordingReading(")
    assert read("none", *given[1:]).startswith("RecordingReading(")


def test_an_encoder_for_images_beside_a_table(places):
    Path("frames").mkdir()
    for name in ("1.png", "2.png", "labels.txt"):
        Path("frames", name).touch()
    assert "frames: holds 2 images beside labels.txt; move it away" in read("frames", "--encoder", "pixels")
    assert read("frames").startswith("RecordingReading(")


def test_times_that_are_needed(tmp_path):
    """Of recordings they are known; of features and images they must be told."""
    film, features = RecordingFile("a", tmp_path / "a.mp4"), VideoFile("b", tmp_path / "b.npy")
    images = RecordingFile("c", tmp_path)
    for needing, option in (
        ({"--export srt": ("srt",), "--shortest": 2.0}, "--export srt"),
        ({"--export ": (), "--html": True, "--shortest": None}, "--html"),
    ):
        check_times([film], None, needing)
        check_times([film, features, images], 5.0, needing)
        with pytest.raises(
            click.ClickException, match=f"^{option}: needs times, .*b.npy .* its rows a second"
        ):
            check_times([film, features], None, needing)
        with pytest.raises(click.ClickException, match=f"^{option}: needs times, .* its images a second"):
            check_times([film, images], None, needing)
    check_times([features, images], None, {"--export ": (), "--html": False, "--shortest": None})


def test_what_frames_a_second_are_is_said():
    assert "5, or 10 if --shortest is under 3 s" in FPS
