"""Images beside what is cut."""

import pytest

from dkva.cli.segmenting.images_beside import beside_features, beside_recordings

pytestmark = pytest.mark.fast


def fill(folder, *names):
    for name in names:
        (folder / name).touch()
    return [folder / name for name in names]


IMAGES = ("a_1.png", "a_2.png", "b.jpg")


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (("a.txt",), "holds 3 images beside a.txt; move it away to cut the images, or give it alone"),
        (("b.csv.gz",), "holds 2 images beside b.csv.gz; move it"),
        (("a.npy", "c.npy"), "holds 3 images beside a.npy and 1 more; move them away"),
        (("a_1.csv", "a_2.csv"), None),
    ],
)
def test_beside_features(tmp_path, features, said):
    fill(tmp_path, *IMAGES)
    error = beside_features(tmp_path, fill(tmp_path, *features))
    assert (error is None) == (said is None)
    assert said is None or str(error).startswith(f"{tmp_path}: {said}")


def test_pictures_of_the_files_are_none(tmp_path):
    files = fill(tmp_path, "a.csv")
    fill(tmp_path, "a.png", "a.levels.png", "a_plot.png", "a-2 hist.jpg", "other.png")
    assert beside_features(tmp_path, files) is None
    fill(tmp_path, "another.png")
    assert "holds 2 images" in str(beside_features(tmp_path, files))


def test_beside_recordings(tmp_path):
    (tmp_path / "frames").mkdir()
    fill(tmp_path / "frames", "1.png", "2.png")
    films = [*fill(tmp_path, "c.mp4", "d.mp4"), tmp_path / "frames"]
    fill(tmp_path, "c.jpg", "d_poster.png")
    assert beside_recordings(films) == []
    fill(tmp_path, *IMAGES)
    assert beside_recordings(films) == [
        f"{tmp_path}: passed over 3 images beside c.mp4: to cut them, too, give them a folder of their own"
    ]
