import click
import pytest

from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.media_options import check_recorded
from dkva.cli.segmenting.recording import RecordingFile
from dkva.datasets import VideoFile

pytestmark = pytest.mark.fast


def test_what_only_recordings_have(tmp_path):
    film, features = RecordingFile("a", tmp_path / "a.mp4"), VideoFile("b", tmp_path / "b.npy")
    images = RecordingFile("c", tmp_path)
    check_recorded([film, features, images], Exported(html=True))
    for option in ("chapters", "clips"):
        asked = Exported(**{option: True})
        check_recorded([film], asked)
        with pytest.raises(
            click.ClickException, match=rf"^--{option}: is of recordings, and .*b\.npy is a file"
        ):
            check_recorded([film, features], asked)
        with pytest.raises(
            click.ClickException, match=rf"^--{option}: .+ is a folder of images; leave it out"
        ):
            check_recorded([images], asked)
    with pytest.raises(click.ClickException, match="--reencode: is of --clips; give both"):
        check_recorded([film], Exported(html=True, reencode=True))
