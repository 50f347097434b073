"""The labelled video and the others of `dkva transfer`."""

import click
import numpy as np
import pytest

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
        found = labelled_video(folder / "features" / "v.npy", folder / labels, None, *READING)
        assert (found.name, found.labels_path) == ("v", folder / "truth" / "v.txt")
    with pytest.raises(click.ClickException, match=r"truth: has no labels for 'w'; .*or give their file"):
        labelled_video(folder / "features" / "w.npy", folder / "truth", None, *READING)
    with pytest.raises(click.ClickException, match=r"x.npy: not found; check the path"):
        labelled_video(folder / "x.npy", folder / "truth", None, *READING)
    with pytest.raises(click.ClickException, match="is a folder; give the feature file"):
        labelled_video(folder, folder / "truth", None, *READING)


def test_the_labelled_video_is_left_out_of_the_others(folder):
    labelled = labelled_video(folder / "features" / "v.npy", folder / "truth", None, *READING)
    found = other_videos((folder,), labelled, None, None, *READING)
    assert [video.name for video in found.videos] == ["w"]
    assert found.notes == [f"{folder / 'features' / 'v.npy'}: is left out of the other videos"]
    with pytest.raises(click.ClickException, match="is the only video; give others after it"):
        other_videos((folder / "features" / "v.npy",), labelled, None, None, *READING)


def test_true_labels_of_others_are_found(folder):
    labelled = labelled_video(folder / "features" / "v.npy", folder / "truth", None, *READING)
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
        labelled_video(folder / "features" / f"{name}.npy", folder / "truth", None, *READING)
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
