"""The labelled video and the others of `dkva transfer`."""

import click
import numpy as np
import pytest

from dkva.cli.segmenting.recording import RecordingFile
from dkva.cli.segmenting.recording_reading import RecordingReading
from dkva.cli.transferring.videos import check_activities, labelled_video, other_videos
from dkva.datasets.reading import FeatureReading, LabelReading

pytestmark = pytest.mark.fast

READING = FeatureReading(), LabelReading()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "features").mkdir()
    for name in ("v", "w"):
        np.save(tmp_path / "features" / f"{name}.npy", np.eye(3))
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "v.txt").write_text("a\na\nb\n")
    return tmp_path


def test_labels_are_a_file_or_found_in_a_folder(folder):
    for labels in ("truth", "truth/v.txt"):
        found, _ = labelled_video(folder / "features" / "v.npy", folder / labels, None, *READING)
        assert (found.name, found.labels_path) == ("v", folder / "truth" / "v.txt")
    with pytest.raises(click.ClickException, match=r"truth: has no labels for 'w'; .*or give their file"):
        labelled_video(folder / "features" / "w.npy", folder / "truth", None, *READING)
    with pytest.raises(click.ClickException, match=r"x.npy: not found; check the path"):
        labelled_video(folder / "x.npy", folder / "truth", None, *READING)
    with pytest.raises(click.ClickException, match="is a folder; give the feature file or the recording"):
        labelled_video(folder, folder / "truth", None, *READING)


def test_the_labelled_video_is_left_out_of_the_others(folder):
    labelled, _ = labelled_video(folder / "features" / "v.npy", folder / "truth", None, *READING)
    found = other_videos((folder,), labelled, None, None, *READING)
    assert [video.name for video in found.videos] == ["w"]
    assert found.notes == [f"{folder / 'features' / 'v.npy'}: is left out of the other videos"]
    with pytest.raises(click.ClickException, match="is the only video; give others after it"):
        other_videos((folder / "features" / "v.npy",), labelled, None, None, *READING)


def test_true_labels_of_others_are_found(folder):
    labelled, _ = labelled_video(folder / "features" / "v.npy", folder / "truth", None, *READING)
    (folder / "truth" / "w.txt").write_text("a\nb\nb\n")
    (video,) = other_videos((folder,), labelled, folder / "truth", None, *READING).videos
    assert video.labels_path == folder / "truth" / "w.txt"
    (folder / "truth" / "v.txt").unlink()  # the labelled video needs no true labels
    found = other_videos((folder,), labelled, folder / "truth", None, *READING)
    assert found.problems == []
    (folder / "truth" / "w.txt").unlink()
    (folder / "truth" / "x.txt").write_text("a\n")
    (problem,) = other_videos((folder,), labelled, folder / "truth", None, *READING).problems
    assert "has no labels for 'w'" in problem
    assert problem.endswith("leave --truth out")
    with pytest.raises(click.ClickException, match=r"nowhere: not found; check --truth"):
        other_videos((folder,), labelled, folder / "nowhere", None, *READING)


def test_others_of_another_activity_are_refused(folder):
    for name in ("P1_tea", "P2_tea", "P3_coffee"):
        np.save(folder / "features" / f"{name}.npy", np.eye(3))
        (folder / "truth" / f"{name}.txt").write_text("a\na\nb\n")
    tea, more, coffee = (
        labelled_video(folder / "features" / f"{name}.npy", folder / "truth", None, *READING)[0]
        for name in ("P1_tea", "P2_tea", "P3_coffee")
    )
    check_activities(tea, [more], None)
    check_activities(tea, [more], "tea")
    with pytest.raises(click.ClickException, match=r"P1_tea.npy: is of tea, and .*P3_coffee.npy of coffee; "):
        check_activities(tea, [more, coffee], None)
    with pytest.raises(click.ClickException, match="the model was trained on coffee"):
        check_activities(tea, [more], "coffee")
    check_activities(tea, [more], None, ["tea", "milk"])
    with pytest.raises(click.ClickException, match=r"trained on coffee, milk; give a video of one of them"):
        check_activities(tea, [more], None, ["coffee", "milk"])


def test_recordings_go_with_recordings(folder):
    (folder / "films" / "shots").mkdir(parents=True)
    for name in ("a.mp4", "b.mkv", "shots/1.png", "shots/2.png"):
        (folder / "films" / name).write_bytes(b"x")
    for name in ("a", "shots"):
        (folder / "truth" / f"{name}.txt").write_text("x\n")
    given = (*READING, RecordingReading(fps=7))
    labelled, _ = labelled_video(folder / "films" / "a.mp4", folder / "truth", None, *given)
    assert isinstance(labelled, RecordingFile)
    assert labelled.recording.fps == 7
    found = other_videos((folder / "films",), labelled, None, None, *given)
    assert [video.name for video in found.videos] == ["b", "shots"]
    images, _ = labelled_video(folder / "films" / "shots", folder / "truth", None, *given)
    assert images.name == "shots"
    with pytest.raises(click.ClickException, match="films: is a folder; give the feature file or the rec"):
        labelled_video(folder / "films", folder / "truth", None, *given)
    features, _ = labelled_video(folder / "features" / "v.npy", folder / "truth", None, *given)
    for one, other in ((labelled, "features"), (features, "films/a.mp4")):
        with pytest.raises(
            click.ClickException, match=r"a\.mp4: is a recording, and .*\.npy holds features; "
        ):
            other_videos((folder / other,), one, None, None, *given)


def test_what_was_passed_over_is_told(folder):
    for name in ("v.corrected.json", "v.json"):
        (folder / "truth" / name).write_text("{}")
    labelled, notes = labelled_video(folder / "features" / "v.npy", folder / "truth", None, *READING)
    assert labelled.labels_path == folder / "truth" / "v.corrected.json"
    assert [note.split("truth/")[1] for note in notes] == [
        f"{name}: passed over, as v.corrected.json is beside it" for name in ("v.json", "v.txt")
    ]
