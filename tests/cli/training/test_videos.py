"""The videos that a model is trained on."""

from pathlib import Path

import click
import numpy as np
import pytest

from dkva.cli.training.videos import chosen_videos, read_all
from dkva.datasets import VideoFile
from dkva.datasets.reading import FeatureReading
from dkva.experiments.keys import digest_of

pytestmark = pytest.mark.fast

FOLDERS = ("milk/a", "coffee/b", "coffee/a")
FLAT = ("P04_cam01_P04_tea", "P03_cam01_P03_coffee", "P05_webcam01_P05_coffee")


def videos(*names, folder=Path(), **reading):
    return [VideoFile(name, folder / f"{name}.npy", reading=FeatureReading(**reading)) for name in names]


def alone(found):
    """Videos as they are read where no activity is known."""
    return [(video, None) for video in found]


def names(found):
    return [(video.name, activity) for video, activity in found]


@pytest.mark.parametrize(
    ("given", "activity", "chosen", "of"),
    [
        (FOLDERS, "coffee", ["coffee/a", "coffee/b"], "coffee"),
        (FLAT, "coffee", ["P03_cam01_P03_coffee", "P05_webcam01_P05_coffee"], "coffee"),
        (FOLDERS[1:], None, ["coffee/a", "coffee/b"], "coffee"),
        (FLAT[1:], None, ["P03_cam01_P03_coffee", "P05_webcam01_P05_coffee"], "coffee"),
        (("w", "v"), None, ["v", "w"], None),
        (("s1_dance_2", "s1_walk_1"), "dance", ["s1_dance_2"], "dance"),
        (
            ("cam02/P03_cam02_P03_tea", "cam01/P03_cam01_P03_tea"),
            None,
            ["cam01/P03_cam01_P03_tea", "cam02/P03_cam02_P03_tea"],
            "tea",
        ),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_videos_of_an_activity_are_chosen_by_folder_or_name(given, activity, chosen, of, several):
    found = names(chosen_videos(videos(*given), activity, mixed=False, several=several))
    assert found == [(name, of) for name in chosen]


def test_several_activities_are_counted_and_may_be_mixed():
    with pytest.raises(click.ClickException) as caught:
        chosen_videos(videos(*FOLDERS, "v"), None, mixed=False)
    assert str(caught.value) == (
        "the videos are of several activities, coffee (2), milk (1) and 1 video without one in its name or "
        "folder: take one by --activity, or all as one by --mixed"
    )
    for several in (False, True):
        found = chosen_videos(videos(*FOLDERS), None, mixed=True, several=several)
        assert names(found) == [(name, None) for name in sorted(FOLDERS)]


def test_a_method_of_several_activities_is_told_each_videos_own():
    found = chosen_videos(videos(*FOLDERS, *FLAT), None, mixed=False, several=True)
    assert names(found) == [
        ("P03_cam01_P03_coffee", "coffee"),
        ("P04_cam01_P04_tea", "tea"),
        ("P05_webcam01_P05_coffee", "coffee"),
        ("coffee/a", "coffee"),
        ("coffee/b", "coffee"),
        ("milk/a", "milk"),
    ]
    with pytest.raises(click.ClickException) as caught:
        chosen_videos(videos(*FOLDERS, "v"), None, mixed=False, several=True)
    assert str(caught.value) == (
        "the videos are of several activities, coffee (2), milk (1) and 1 video without one in its name or "
        "folder: lay each in a folder with the name of its activity, or take one by --activity, or all as "
        "one by --mixed"
    )


def test_methods_that_learn_from_labels_take_videos_with_and_without_an_activity():
    found = chosen_videos(videos("milk/a", "v"), None, mixed=False, several=True, some=True)
    assert names(found) == [("milk/a", None), ("v", None)]
    found = chosen_videos(videos("milk/a", "tea/b"), None, mixed=False, several=True, some=True)
    assert names(found) == [("milk/a", "milk"), ("tea/b", "tea")]
    with pytest.raises(click.ClickException, match="are of several activities"):
        chosen_videos(videos("milk/a", "v"), None, mixed=False, some=True)


def test_videos_of_folders_that_were_given_one_by_one_are_of_these(tmp_path):
    given = [VideoFile(path.stem, tmp_path / path) for path in map(Path, ("milk/b.npy", "tea/a.npy"))]
    assert names(chosen_videos(given, None, mixed=False, several=True)) == [("a", "tea"), ("b", "milk")]
    assert names(chosen_videos(given, None, mixed=True, several=True)) == [("a", None), ("b", None)]
    assert names(chosen_videos(given, None, mixed=False)) == [("a", None), ("b", None)]
    assert names(chosen_videos(given[:1], None, mixed=False, several=True)) == [("b", None)]


@pytest.mark.parametrize(
    ("given", "there"),
    [(FOLDERS, "coffee (2), milk (1)"), (("v", "w"), "2 videos without one in its name or folder")],
)
def test_an_unknown_activity_lists_those_that_are_there(given, there):
    with pytest.raises(click.ClickException) as caught:
        chosen_videos(videos(*given), "cofee", mixed=False)
    assert str(caught.value) == f"--activity cofee: no video is of it; there are {there}"


@pytest.fixture
def folder(tmp_path):
    for name, shape in {"a": (9, 3), "b": (7, 3), "c": (8, 2), "d": (5, 2), "e": (6, 3)}.items():
        np.save(tmp_path / f"{name}.npy", np.random.default_rng(0).normal(size=shape).astype(np.float32))
    return tmp_path


def test_videos_are_read_and_known_by_what_is_read(folder):
    found = read_all(alone(videos("a", "b", folder=folder)), 7, supervised=False)
    assert (found.problems, found.notes) == ([], {"a": [], "b": []})
    assert list(found.widths) == [3]
    assert sum(found.lengths.values()) == 16
    for member, name in zip(found.members, "ab", strict=True):
        features, truth = member.load()
        array = np.load(folder / f"{name}.npy")
        np.testing.assert_array_equal(features, array)
        assert truth is None
        assert member.checksum == digest_of([array])
    (some,) = read_all(alone(videos("a", folder=folder, columns=("1", "2"))), 2, supervised=False).members
    assert some.checksum != found.members[0].checksum


@pytest.mark.parametrize(
    ("given", "activities", "called"),
    [
        (
            ("coffee/a", "b_coffee", "cam01/c_coffee"),
            ["coffee"] * 3,
            ["coffee/a", "coffee/b_coffee", "coffee/cam01/c_coffee"],
        ),
        (("coffee/a", "milk/b", "c"), [None] * 3, ["any/coffee/a", "any/milk/b", "any/c"]),
        (("coffee/a", "milk/a", "c_tea"), ["coffee", "milk", "tea"], ["coffee/a", "milk/a", "tea/c_tea"]),
    ],
)
def test_a_learner_is_shown_videos_of_their_activities(tmp_path, given, activities, called):
    for name in given:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        np.save(tmp_path / f"{name}.npy", np.eye(3))
    chosen = zip(videos(*given, folder=tmp_path), activities, strict=True)
    members = read_all(chosen, 2, supervised=False).members
    assert [member.name for member in members] == called
    assert [member.activity for member in members] == [each or "any" for each in activities]


def test_true_labels_are_read_for_who_learns_from_them(folder):
    (folder / "a.txt").write_text("pour\n" * 9)
    told, untold = (
        VideoFile(name, folder / f"{name}.npy", labels)
        for name, labels in (("a", folder / "a.txt"), ("b", None))
    )
    found = read_all(alone([told, untold]), 2, supervised=True)
    assert found.members[0].load()[1].tolist() == ["pour"] * 9
    assert found.problems == [
        f"{folder / 'b.npy'}: has no true labels, which the method learns from; leave it out"
    ]
    (plain,) = read_all(alone([told]), 2, supervised=False).members
    assert plain.checksum != found.members[0].checksum


def test_videos_that_do_not_go_together_are_named(folder):
    found = read_all(alone(videos(*"abcde", folder=folder)), 7, supervised=False)
    assert found.problems == [
        f"{folder / 'd.npy'}: has 5 frames for -k 7 (and 1 more video too few); leave out what is too short, "
        "or ask for at most 5",
        f"{folder / 'c.npy'} (and 1 more video): has 2 features, beside 3 videos such as {folder / 'a.npy'} "
        "with 3; give features made the same way, or choose with --columns",
    ]


def test_every_file_that_cannot_be_read_is_one_line(folder):
    (folder / "a.npy").write_bytes(b"junk")
    (folder / "b.npy").unlink()
    first, second = read_all(alone(videos(*"abe", folder=folder)), 2, supervised=False).problems
    assert first.startswith(f"{folder / 'a.npy'}: is no .npy file; ")
    assert second.startswith(f"{folder / 'b.npy'}: ")
