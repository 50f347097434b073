"""What one video of `dkva segment` gives, wherever it is cut; see ../test_segment.py for the command."""

import json
import sys
import warnings
from pathlib import Path

import made_plugin
import numpy as np
import pytest

from dkva import VideoSegmenter, baselines
from dkva.cli.segmenting import work as module
from dkva.cli.segmenting.levels import Levels
from dkva.cli.segmenting.way import Way
from dkva.cli.segmenting.work import Planned, Worked, work
from dkva.datasets import VideoFile
from dkva.datasets.reading import FeatureReading
from dkva.experiments.code_version import forget
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import find

FAST = {"epochs": 1, "smoothing": 0}


def way(method="kmeans", n_segments=2, seed=0, **given):
    return Way.of(find(method), n_segments, seed, checked(find(method), given))


@pytest.fixture
def video(tmp_path):
    frames = np.random.default_rng(0).normal(size=(20, 3))
    np.save(tmp_path / "v.npy", frames)
    (tmp_path / "v.txt").write_text("a\n" * 20)
    return VideoFile("tea/v", tmp_path / "v.npy", tmp_path / "v.txt", reading=FeatureReading(cache=False))


def test_a_video_is_cut_and_nothing_is_written(video, tmp_path):
    before = set(tmp_path.rglob("*"))
    worked = work(Planned(video), way=way(n_init=3, seed=4))
    assert (worked.problem, worked.truth_problem, worked.notes) == (None, None, ())
    assert worked.reading == {"transposed": False, "notes": []}
    made = worked.segmentation
    assert (made.method, made.n_features, made.origin) == ("kmeans", 3, "dkva")
    assert made.margins.shape == (20,)
    assert made.settings == {"n_segments": 2, "n_init": 3, "seed": 4}
    np.testing.assert_array_equal(made.labels, baselines.kmeans(video.load()[0], **made.settings))
    assert list(worked.truth) == ["a"] * 20
    assert worked.source["file"] == "v.npy"
    assert set(tmp_path.rglob("*")) == before


def test_an_estimator_gives_what_it_is_made_of_again(video):
    made = work(Planned(video), way=way("dkva", seed=3, **FAST)).segmentation
    fitted = VideoSegmenter(**made.settings).fit(video.load()[0], name="v")
    assert made.settings == fitted.get_params()
    assert made.settings["random_state"] == 3
    np.testing.assert_array_equal(made.labels, fitted.labels_)


def test_bad_labels_do_not_stop_the_cut(video):
    video.labels_path.write_text("a\n" * 3)
    worked = work(Planned(video), way=way())
    assert (worked.problem, worked.truth) == (None, None)
    assert "3 labels for 20 frames" in worked.truth_problem
    assert worked.segmentation is not None


def test_one_segment_has_margins_that_are_no_numbers(video):
    assert np.isnan(work(Planned(video), way=way("dkva", 1, **FAST)).segmentation.margins).all()


def test_what_is_done_already_is_left(video):
    key = work(Planned(video), way=way()).key
    done = Planned(video, key)
    again = work(done, way=way())
    assert (again.segmentation, again.problem) == (None, None)
    assert list(again.truth) == ["a"] * 20
    for other in (way(n_init=2), way(seed=1), way("uniform"), way(n_segments=3)):
        assert work(done, way=other).key not in (key, None)


def test_a_method_without_settings_is_told_from_another(video):
    assert work(Planned(video), way=way("uniform")).key != work(Planned(video), way=way("tw_finch")).key


def test_problems_are_one_line_that_names_the_file(video, monkeypatch):
    worked = work(Planned(video), way=way(n_segments=21))
    assert worked == Worked(
        problem=f"{video.path}: has 20 frames for 21 segments; ask for at most 20 with -k"
    )

    np.save(video.path, np.ones((1, 3)))
    for n_segments, levels, said in (
        (2, None, "has 1 frame for 2 segments; ask for at most 1 with -k"),
        (1, Levels(2, 2, given="2"), "has 1 frame for --levels 2; give --levels that begin lower"),
        (None, None, "has 1 frame, too few for -k auto; give -k"),
    ):
        how = Way.of(find("kms"), n_segments, 0, checked(find("kms"), {}), levels)
        assert work(Planned(video), way=how).problem == f"{video.path}: {said}"

    def lost(*arguments):
        raise OSError(5, "Input/output error", "weights.npz")

    monkeypatch.setattr(module, "read_video", lost)  # the next video may be read all the same
    assert work(Planned(video), way=way()) == Worked(
        problem="weights.npz: cannot be read (Input/output error)"
    )


def test_a_recording_beside_what_are_no_features_is_named(tmp_path):
    (tmp_path / "film.txt").write_text("a pot\nand a lid\n")
    video = VideoFile("film", tmp_path / "film.txt", reading=FeatureReading(cache=False))
    alone = work(Planned(video), way=way()).problem
    assert alone.startswith(f"{tmp_path / 'film.txt'}")
    for name in ("other.mp4", "film.md", "film.mp4"):
        (tmp_path / name).touch()
    beside = f", or give {tmp_path / 'film.mp4'}, the recording beside it"
    assert work(Planned(video), way=way()).problem == alone + beside


def test_results_of_a_method_whose_code_has_changed_are_not_kept(video, package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    keys = []
    for old, new in (("", ""), ("Labels [n].", "Labels."), ("+ seed", "+ 2 * seed")):
        keys.append(work(Planned(video), way=way("every_tenth")).key)
        path = Path(sys.modules["tenths"].__file__)
        path.write_text(path.read_text().replace(old, new))
        forget()
    keys.append(work(Planned(video), way=way("every_tenth")).key)
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_more_labels_than_segments_are_refused(video, package):
    source = made_plugin.SOURCE.replace("n_segments - 1", "n_segments")
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=source)
    problem = work(Planned(video), way=way("every_tenth", step=2)).problem
    assert problem == (
        f"{video.path}: every_tenth gave 3 labels for 2 segments: tenths-of-a-video must give at most as many"
    )


def test_a_method_that_warns_and_one_that_gives_no_labels(video, package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        worked = work(Planned(video), way=way("every_tenth", step=7))
    assert worked.notes == ("seven is unlucky",)
    assert worked.segmentation.origin == "tenths-of-a-video"
    json.dumps(dict(worked.segmentation.settings))
    for shape, what in (("short", "int64 of shape (19,)"), ("float", "float64 of shape (20,)")):
        assert f"{video.path}: every_tenth gave {what}: tenths-of-a-video must give one whole" in (
            work(Planned(video), way=way("every_tenth", shape=shape)).problem
        )


def test_other_warnings_go_their_usual_way(video, package):
    source = made_plugin.SOURCE.replace('"seven is unlucky"', '"odd numbers", RuntimeWarning')
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=source)
    with pytest.warns(RuntimeWarning, match="odd numbers"):
        assert work(Planned(video), way=way("every_tenth", step=7)).notes == ()
