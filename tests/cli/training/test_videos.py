"""The videos that a model is trained on."""

from pathlib import Path

import click
import numpy as np
import pytest

from dkva.cli.training.videos import of_one_activity, read_all
from dkva.datasets import VideoFile
from dkva.datasets.reading import FeatureReading
from dkva.experiments.keys import digest_of

pytestmark = pytest.mark.fast

FOLDERS = ("milk/a", "coffee/b", "coffee/a")
FLAT = ("P04_cam01_P04_tea", "P03_cam01_P03_coffee", "P05_webcam01_P05_coffee")


def videos(*names, folder=Path(), **reading):
    return [VideoFile(name, folder / f"{name}.npy", reading=FeatureReading(**reading)) for name in names]


def names(found):
    return [video.name for video in found[0]], found[1]


@pytest.mark.parametrize(
    ("given", "activity", "chosen"),
    [
        (FOLDERS, "coffee", (["coffee/a", "coffee/b"], "coffee")),
        (FLAT, "coffee", (["P03_cam01_P03_coffee", "P05_webcam01_P05_coffee"], "coffee")),
        (FOLDERS[1:], None, (["coffee/a", "coffee/b"], "coffee")),
        (FLAT[1:], None, (["P03_cam01_P03_coffee", "P05_webcam01_P05_coffee"], "coffee")),
        (("w", "v"), None, (["v", "w"], None)),
        (("s1_dance_2", "s1_walk_1"), "dance", (["s1_dance_2"], "dance")),
        (("cam01/P03_cam01_P03_tea", "cam02/P03_cam02_P03_tea"), None, None),
    ],
)
def test_videos_of_an_activity_are_chosen_by_folder_or_name(given, activity, chosen):
    found = names(of_one_activity(videos(*given), activity, mixed=False))
    assert found == (chosen or (sorted(given), "tea"))


def test_several_activities_are_counted_and_may_be_mixed():
    with pytest.raises(click.ClickException) as caught:
        of_one_activity(videos(*FOLDERS, "v"), None, mixed=False)
    assert str(caught.value) == (
        "the videos are of several activities, coffee (2), milk (1) and 1 video without one in its name or "
        "folder: take one by --activity, or all as one by --mixed"
    )
    assert names(of_one_activity(videos(*FOLDERS), None, mixed=True)) == (sorted(FOLDERS), None)


@pytest.mark.parametrize(
    ("given", "there"),
    [(FOLDERS, "coffee (2), milk (1)"), (("v", "w"), "2 videos without one in its name or folder")],
)
def test_an_unknown_activity_lists_those_that_are_there(given, there):
    with pytest.raises(click.ClickException) as caught:
        of_one_activity(videos(*given), "cofee", mixed=False)
    assert str(caught.value) == f"--activity cofee: no video is of it; there are {there}"


@pytest.fixture
def folder(tmp_path):
    for name, shape in {"a": (9, 3), "b": (7, 3), "c": (8, 2), "d": (5, 2), "e": (6, 3)}.items():
        np.save(tmp_path / f"{name}.npy", np.random.default_rng(0).normal(size=shape).astype(np.float32))
    return tmp_path


def test_videos_are_read_and_known_by_what_is_read(folder):
    found = read_all(videos("a", "b", folder=folder), None, 7, supervised=False)
    assert (found.problems, found.notes) == ([], {"a": [], "b": []})
    assert list(found.widths) == [3]
    assert sum(found.lengths.values()) == 16
    for member, name in zip(found.members, "ab", strict=True):
        features, truth = member.load()
        array = np.load(folder / f"{name}.npy")
        np.testing.assert_array_equal(features, array)
        assert truth is None
        assert member.checksum == digest_of([array])
    (some,) = read_all(videos("a", folder=folder, columns=("1", "2")), None, 2, supervised=False).members
    assert some.checksum != found.members[0].checksum


@pytest.mark.parametrize(
    ("given", "activity", "called"),
    [
        (("coffee/a", "b_coffee", "cam01/c_coffee"), "coffee", ["a", "b_coffee", "cam01/c_coffee"]),
        (("coffee/a", "milk/b", "c"), None, ["coffee/a", "milk/b", "c"]),
    ],
)
def test_a_learner_is_shown_videos_of_one_activity(tmp_path, given, activity, called):
    for name in given:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        np.save(tmp_path / f"{name}.npy", np.eye(3))
    members = read_all(videos(*given, folder=tmp_path), activity, 2, supervised=False).members
    assert [member.name for member in members] == [f"{activity or 'any'}/{name}" for name in called]
    assert {member.activity for member in members} == {activity or "any"}


def test_true_labels_are_read_for_who_learns_from_them(folder):
    (folder / "a.txt").write_text("pour\n" * 9)
    told, untold = (
        VideoFile(name, folder / f"{name}.npy", labels)
        for name, labels in (("a", folder / "a.txt"), ("b", None))
    )
    found = read_all([told, untold], None, 2, supervised=True)
    assert found.members[0].load()[1].tolist() == ["pour"] * 9
    assert found.problems == [
        f"{folder / 'b.npy'}: has no true labels, which the method learns from; leave it out"
    ]
    (plain,) = read_all([told], None, 2, supervised=False).members
    assert plain.checksum != found.members[0].checksum


def test_videos_that_do_not_go_together_are_named(folder):
    found = read_all(videos(*"abcde", folder=folder), None, 7, supervised=False)
    assert found.problems == [
        f"{folder / 'd.npy'}: has 5 frames for -k 7 (and 1 more video too few); leave out what is too short, "
        "or ask for at most 5",
        f"{folder / 'c.npy'} (and 1 more video): has 2 features, beside 3 videos such as {folder / 'a.npy'} "
        "with 3; give features made the same way, or choose with --columns",
    ]


def test_every_file_that_cannot_be_read_is_one_line(folder):
    (folder / "a.npy").write_bytes(b"junk")
    (folder / "b.npy").unlink()
    first, second = read_all(videos(*"abe", folder=folder), None, 2, supervised=False).problems
    assert first.startswith(f"{folder / 'a.npy'}: is no .npy file; ")
    assert second.startswith(f"{folder / 'b.npy'}: ")
