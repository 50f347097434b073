import click
import numpy as np
import pytest

from dkva.cli.segmenting.find import Reading, find_videos

pytestmark = pytest.mark.fast


@pytest.fixture
def folder(tmp_path):
    for sub in ("features/tea", "groundTruth", "mapping"):
        (tmp_path / "data" / sub).mkdir(parents=True)
    for name in ("tea/P1", "P2"):
        np.save(tmp_path / "data/features" / f"{name}.npy", np.zeros((2, 2)))
    (tmp_path / "data/groundTruth/P1.txt").write_text("a\nb\n")
    (tmp_path / "data/mapping/mapping.txt").write_text("0 a\n1 b\n")
    return tmp_path / "data"


def found(*given, labels=None, mapping=None, reading=None, out="out"):
    videos, problems = find_videos(given, labels, mapping, reading or Reading(), given[0] / out)
    return {video.name: video for video in videos}, problems


def test_a_folder_its_features_or_a_file(folder):
    both, problems = found(folder)
    assert (list(both), problems) == (["P2", "tea/P1"], [])
    assert list(found(folder / "features")[0]) == ["P2", "tea/P1"]
    assert list(found(folder / "features/tea/P1.npy")[0]) == ["P1"]
    assert both["P2"].labels_path is None


def test_how_files_are_read_goes_with_the_video(folder):
    videos, _ = found(folder, reading=Reading("pad", transposed=True, cache=False))
    assert {(each.lengths, each.transposed, each.cache) for each in videos.values()} == {("pad", True, False)}


def test_labels_and_the_mapping_beside_them(folder):
    videos, problems = found(folder, labels=folder / "groundTruth")
    assert list(videos) == ["tea/P1"]
    assert videos["tea/P1"].labels_path == folder / "groundTruth/P1.txt"
    assert videos["tea/P1"].mapping == {"a": 0, "b": 1}
    assert problems == [f"{folder}/groundTruth: has no labels for 'P2'; add them or leave --labels out"]
    one, _ = found(folder / "features/P2.npy", labels=folder / "groundTruth/P1.txt")
    assert one["P2"].labels_path == folder / "groundTruth/P1.txt"


def test_what_cannot_be_used_is_a_line_each_and_the_others_are_found(folder):
    np.savez(folder / "features/P2.npz", np.zeros((2, 2)))
    videos, problems = found(folder, folder / "none", folder / "groundTruth/P1.txt")
    assert list(videos) == ["P2", "tea/P1", "P1"]
    (first, second) = problems
    assert "has the name of" in first
    assert second == f"{folder}/none: not found; check the path"


def test_the_same_file_twice_is_one_video(folder):
    videos, problems = found(folder / "features/tea", folder / "features/tea/P1.npy")
    assert (list(videos), problems) == (["P1"], [])


@pytest.mark.parametrize("out", ["features/cuts", "features"])
def test_results_of_an_earlier_run_are_no_videos(folder, out):
    (folder / out).mkdir(exist_ok=True)
    (folder / out / "segments.csv").write_text("video\n")
    assert list(found(folder, out=out)[0]) == ["P2", "tea/P1"] if out == "features/cuts" else ["P2"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"labels": "none"}, "none: not found; check --labels"),
        ({"labels": "mapping/mapping.txt"}, "is one file for 2 videos; give a folder"),
        ({"mapping": "none"}, "none: not found"),
        ({"mapping": "groundTruth/P1.txt"}, "is no mapping"),
    ],
)
def test_labels_that_fit_no_video_stop_the_run(folder, more, message):
    with pytest.raises(click.ClickException, match=message):
        found(folder, **{name: folder / place for name, place in more.items()})
