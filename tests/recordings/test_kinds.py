"""Which paths are taken for recordings."""

import pytest

from dkva.recordings.kinds import image_files, is_recording

pytestmark = pytest.mark.fast


def fill(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


@pytest.mark.parametrize("name", ["a.mp4", "b.c.MKV", "d.ogv", "missing.m2ts", "e.rm", "f.H264"])
def test_files_by_suffix(name):
    assert is_recording(name)


@pytest.mark.parametrize("name", ["a.npy", "mp4", "a.png", "a.mp4.txt", "a.wav"])
def test_other_files(name):
    assert not is_recording(name)


def test_images_in_the_order_of_their_numbers(tmp_path):
    names = ["img10.png", "img2.PNG", "img02.png", "Img1.jpg", ".img3.png", "img4.txt", "img.tiff"]
    (tmp_path / "img5.png").mkdir()
    found = [path.name for path in image_files(fill(tmp_path, *names))]
    assert found == ["Img1.jpg", "img02.png", "img2.PNG", "img10.png", "img.tiff"]


def test_names_of_all_forms_are_in_one_order(tmp_path):
    """Numbers stand before letters, so that no number is ever compared with a word."""
    names = ["a.png", "1.png", "a1.png", "1a.png", "².png", "-1.png"]
    assert {path.name for path in image_files(fill(tmp_path, *names))} == set(names)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["1.png", "2.png"], True),
        (["1.png", "2.png", "Thumbs.db", ".hidden.npy"], True),
        (["1.png"], False),
        (["1.png", "2.png", "features.npy"], False),
        (["1.png", "2.png", "film.mp4"], False),
        ([], False),
    ],
)
def test_folders(tmp_path, names, expected):
    assert is_recording(fill(tmp_path / "folder", *names)) == expected


def test_a_folder_of_folders_is_none(tmp_path):
    (fill(tmp_path, "1.png", "2.png") / "features").mkdir()
    assert not is_recording(tmp_path)
