"""Scikit-learn's conventions, and parity with the authors' program on real videos."""

import json
import warnings
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from clear_videos import video
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks
from small_buckets import small_buckets  # noqa: F401 -- of each test
from tolerances import RATE, adam_error, eps, sum_error
from unoptimised import learning_unoptimised

from dkva import VideoSegmenter, evaluate
from dkva.approximation.assigning import labels_of, margins
from dkva.approximation.segmenting import segment_video
from dkva.base.orientation import TurnedWarning


def test_the_authors_sntk_learns_as_the_papers_and_assigns_by_other_draws():
    x = video(50, 4, seed=3)
    paper, theirs = (
        VideoSegmenter(3, kernel=kernel, smoothing=0, epochs=2).fit(x) for kernel in ("sntk", "sntk_authors")
    )
    np.testing.assert_array_equal(paper.approximation_, theirs.approximation_)
    assert not np.allclose(paper.similarity_, theirs.similarity_, rtol=0.01)


@pytest.mark.numerics
def test_assignment_by_distance_is_the_nearest_synthetic_frame():
    x = video(seed=5)
    fitted = VideoSegmenter(4, smoothing=0, epochs=3, assignment="l2").fit(x)
    units = x.std(axis=0) + 1e-7
    apart = np.linalg.norm((x[:, None] - fitted.approximation_[None]) / units, axis=2)
    # In units of the features: frames are rounded to float32, squares are subtracted, and a root is taken.
    sizes = np.linalg.norm((x - x.mean(axis=0)) / units, axis=1).max() ** 2
    sizes += np.linalg.norm(fitted._learned.synthetic, axis=1).max() ** 2
    squares = 2 * sum_error(4, np.float32) * sizes
    np.testing.assert_array_less(np.abs(fitted.similarity_**2 - apart**2), squares)
    two = np.sort(apart**2, axis=1)
    clear = two[:, 1] - two[:, 0] > 2 * squares
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(fitted.labels_[clear], apart.argmin(axis=1)[clear])
    np.testing.assert_array_equal(fitted.predict(x), fitted.labels_)
    by_kernel = VideoSegmenter(4, smoothing=0, epochs=3).fit(x)
    np.testing.assert_array_equal(by_kernel.approximation_, fitted.approximation_)
    assert (by_kernel.similarity_ > 0).any()


@pytest.mark.parametrize(("assignment", "like"), [("kernel", 0), ("l2", 20)])
def test_assignments_differ_where_a_frame_lies_near_one_and_points_to_another(assignment, like):
    x = np.repeat([[9.0, 9.0], [-2.0, -2.0], [2.0, 2.0]], [10, 49, 1], axis=0)
    model = VideoSegmenter(2, kernel="ntk", smoothing=0, epochs=0, init="kmeans", assignment=assignment)
    labels = model.fit_predict(x)
    assert labels[0] != labels[20]
    assert labels[59] == labels[like]


# --- scikit-learn ----------------------------------------------------------------------------------

NEIGHBOURS = "frames are smoothed over time, so a frame's label depends on its neighbours"
SHUFFLED = "the check's samples are in no order: smoothing over time mixes its clusters"

#: Checks that cannot apply; without smoothing every one of them does.
WITH_SMOOTHING = {
    "check_clustering": SHUFFLED,
    "check_methods_subset_invariance": NEIGHBOURS,
    "check_methods_sample_order_invariance": NEIGHBOURS,
}


def cannot_apply(estimator):
    return WITH_SMOOTHING if estimator.smoothing else {}


#: The kernel whose programs take least to compile.
CHEAP = {"kernel": "gaussian"}


@parametrize_with_checks(
    [VideoSegmenter(3, epochs=2, **CHEAP), VideoSegmenter(3, epochs=2, smoothing=0, **CHEAP)],
    expected_failed_checks=cannot_apply,
)
def test_scikit_learns_conventions(estimator, check):
    check(estimator)


def test_attributes_and_their_shapes():
    x = video()
    fitted = VideoSegmenter(3, epochs=5).fit(x)
    assert fitted.labels_.shape == (60,)
    assert fitted.approximation_.shape == (3, 4)
    assert fitted.similarity_.shape == (60, 3)
    assert fitted.loss_curve_.shape == (5,)
    assert fitted.n_features_in_ == 4
    assert fitted.window_ == 50
    assert fitted.length_scale_ > 0
    np.testing.assert_array_equal(fitted.labels_, labels_of(fitted.similarity_))


@pytest.mark.numerics
def test_approximation_is_in_the_features_own_units():
    x = video()
    fitted = VideoSegmenter(3, smoothing=0, epochs=0).fit(x)
    expected = [x[20 * i : 20 * (i + 1)].mean(axis=0) for i in range(3)]
    # V is float32 in standard units, of sizes up to 2, and NumPy's means are of 20 frames in float64.
    np.testing.assert_allclose(
        fitted.approximation_, expected, rtol=0, atol=2 * eps(np.float32) * x.std(axis=0).max()
    )
    scaled = VideoSegmenter(3, epochs=5).fit(1000 * x - 7)
    own = VideoSegmenter(3, epochs=5).fit(x)
    # Other last digits of the standardised frames: V errs as Adam does, in units of the features.
    error = adam_error(own._learned.steps, RATE, 4, np.float32)
    moved = (scaled.approximation_ - (1000 * own.approximation_ - 7)) / own._standardiser.scale / 1000
    assert np.abs(moved).mean() <= error
    clear = margins(own.similarity_) > 3 * error
    assert clear.mean() > 0.8
    np.testing.assert_array_equal(scaled.labels_[clear], own.labels_[clear])


@pytest.mark.numerics
@pytest.mark.parametrize("smoothing", [0, 0.5, 2.5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_predict_of_the_training_video_equals_labels(smoothing, dtype):
    x = video().astype(dtype)
    model = VideoSegmenter(3, smoothing=smoothing, epochs=5)
    labels = model.fit_predict(x)
    np.testing.assert_array_equal(labels, model.labels_)  # the same programs on the same numbers
    np.testing.assert_array_equal(model.predict(x), labels)


@pytest.mark.numerics
def test_clear_actions_are_found():
    truth = np.repeat([0, 1, 2], [30, 10, 20])
    assert evaluate(truth, VideoSegmenter(3, smoothing=0).fit_predict(video())).mof == 1


def test_fit_forgets_the_video_before():
    a, b = video(), video(75, 6, seed=1)
    again, fresh = (VideoSegmenter(3, epochs=5, **CHEAP) for _ in range(2))
    again.fit(a).fit(b)
    fresh.fit(b)
    for name in ("labels_", "approximation_", "similarity_", "loss_curve_", "length_scale_", "window_"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fresh, name))
    assert again.n_features_in_ == 6
    np.testing.assert_array_equal(again.predict(b), fresh.labels_)


def test_clone_carries_every_setting():
    changed = {
        "n_segments": 4, "kernel": "ntk", "smoothing": 1.0, "epochs": 3, "estimator": "batch",
        "random_state": 7, "learning_rate": 0.1, "weight_decay": 0.0, "init": "kmeans",
        "length_scale": "median", "depth": 2, "activation": "erf", "weight_std": 1.5, "bias_std": 0.2,
        "batch_size": 12, "assignment": "l2", "tolerance": 0.1,
    }  # fmt: skip
    model = VideoSegmenter(**changed)
    assert model.get_params() == changed
    copy = clone(model)
    assert copy.get_params() == changed
    assert VideoSegmenter(2).set_params(**changed).get_params() == changed
    np.testing.assert_array_equal(copy.fit(video()).labels_, model.fit(video()).labels_)
    assert all(model.get_params()[name] != VideoSegmenter(2).get_params()[name] for name in changed)


def test_random_state_takes_every_form_of_scikit_learn():
    x = video()

    def learned(random_state):
        return VideoSegmenter(3, epochs=2, random_state=random_state).fit(x).approximation_

    np.testing.assert_array_equal(learned(1), learned(1))
    assert not np.array_equal(learned(1), learned(2))
    np.testing.assert_array_equal(learned(np.random.RandomState(3)), learned(np.random.RandomState(3)))
    assert not np.array_equal(learned(None), learned(None))
    learned(np.int64(4))


def test_name_of_the_video_changes_its_batches():
    x, model = video(), VideoSegmenter(3, epochs=2)
    first = model.fit(x, name="a").approximation_
    assert not np.array_equal(first, model.fit(x, name="b").approximation_)
    np.testing.assert_array_equal(first, model.fit(x, name="a").approximation_)


def test_a_path_is_a_name_too():
    x, model = video(), VideoSegmenter(3, epochs=2)
    np.testing.assert_array_equal(
        model.fit(x, name=Path("tea/v.npy")).approximation_, model.fit(x, name="v").approximation_
    )


def test_masked_values_are_refused_and_a_mask_of_none_is_not():
    x = video()
    np.testing.assert_array_equal(
        VideoSegmenter(3, epochs=2).fit_predict(np.ma.masked_array(x)),
        VideoSegmenter(3, epochs=2).fit_predict(x),
    )
    with pytest.raises(ValueError, match="X has masked values: fill them"):
        VideoSegmenter(3).fit(np.ma.masked_greater(x, 1))


def test_features_that_look_transposed_are_read_as_they_are_with_a_word():
    x = np.random.default_rng(0).normal(size=(4, 6))  # widths of other tests' programs
    with pytest.warns(TurnedWarning, match=r"X is read as 4 frames of 6 features: give X\.T"):
        assert len(VideoSegmenter(2, epochs=1, **CHEAP).fit_predict(x)) == 4
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        VideoSegmenter(2, epochs=1, **CHEAP).fit(x.T)
        segment_video(x, 2, epochs=1, **CHEAP)


def test_features_are_not_written():
    x = video()
    x.flags.writeable = False
    VideoSegmenter(3, epochs=1).fit(x).predict(x)
    np.testing.assert_array_equal(x, video())


@pytest.mark.numerics
@pytest.mark.parametrize("kernel", ["gauss_ntk", "sntk"])
def test_constant_and_equal_frames_are_segmented(kernel):
    for x in (np.zeros((20, 4)), np.full((20, 4), 1e8), np.repeat([[0.0, 1.0, 2.0, 3.0]], 20, axis=0)):
        with nullcontext() if kernel == "gauss_ntk" else learning_unoptimised():
            fitted = VideoSegmenter(2, kernel=kernel, epochs=2).fit(x)
        assert fitted.labels_.shape == (20,)
        # A constant feature comes back as its mean over 20 frames in float64.
        np.testing.assert_allclose(fitted.approximation_, x[:2], rtol=sum_error(20, np.float64))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_as_many_segments_as_frames(n):
    fitted = VideoSegmenter(n, epochs=2).fit(video()[:n])
    assert fitted.labels_.shape == (n,)
    assert np.isfinite(fitted.approximation_).all()


@pytest.mark.fast
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"n_segments": 61},
            r"n_segments is 61 and the video has 60 frames \(n_samples=60\): ask for at most 60",
        ),
        ({"n_segments": 0}, "n_segments is 0"),
        ({"n_segments": 2.5}, "n_segments is 2.5"),
        ({"n_segments": "3"}, "n_segments is '3'"),
        ({"kernel": "gaus_ntk"}, "unknown kernel 'gaus_ntk': choose one of .*gauss_ntk"),
        ({"smoothing": -1}, "smoothing is -1"),
        ({"smoothing": "2.5"}, "smoothing is '2.5'"),
        ({"smoothing": float("nan")}, "smoothing is nan"),
        ({"epochs": -1}, "epochs is -1"),
        ({"estimator": "exact"}, "unknown estimator 'exact'"),
        ({"init": "middle"}, "unknown init 'middle'"),
        ({"length_scale": "mean"}, "unknown length_scale 'mean'"),
        ({"length_scale": 0}, "length_scale is 0"),
        ({"activation": "tanh"}, "unknown activation 'tanh'"),
        ({"depth": 0}, "depth is 0"),
        ({"weight_std": 0}, "weight_std is 0"),
        ({"bias_std": -1}, "bias_std is -1"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"weight_decay": -1}, "weight_decay is -1"),
        ({"random_state": -1}, "random_state is -1"),
        ({"random_state": "a"}, "random_state is 'a'"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": "all"}, "unknown batch_size 'all': choose one of video, a number"),
        ({"assignment": "euclidean"}, "unknown assignment 'euclidean': choose one of kernel, l2"),
        ({"assignment": None}, "unknown assignment None"),
    ],
)
def test_bad_setting_is_named(options, message, unchecked):
    with pytest.raises(ValueError, match=message):
        VideoSegmenter(**({"n_segments": 3} | options)).fit(video())


@pytest.mark.fast
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_features_that_are_no_finite_numbers_are_refused(bad):
    x = video()
    x[7, 1] = bad
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        VideoSegmenter(3).fit(x)


@pytest.mark.fast
def test_unfitted_and_other_features_are_refused():
    with pytest.raises(NotFittedError):
        VideoSegmenter(3).predict(video())
    fitted = VideoSegmenter(3, epochs=0).fit(video())
    with pytest.raises(ValueError, match="features"):
        fitted.predict(video()[:, :2])


# --- real videos -----------------------------------------------------------------------------------

#: In MoF, beside the authors' program by other random draws: sampling, far above rounding.
TOLERANCES = {"P03_cam01_P03_coffee": 0.03, "P05_cam01_P05_coffee": 0.06, "P09_cam01_P09_coffee": 0.03}

#: Of the five that are stored, those learned again: "batch" takes medians at every step, 3 s a video.
SEEDS = {"video": 5, "batch": 1}


@pytest.mark.numerics
@pytest.mark.data
@pytest.mark.parametrize("name", TOLERANCES)
@pytest.mark.parametrize("estimator", ["video", "batch"])
def test_breakfast_scores_equal_the_authors_and_the_stored(estimator, name, data_root, reference_root):
    from reproduce.base.store import read_rows
    from reproduce.tables.recordings import BREAKFAST

    sample = data_root / "breakfast_sample"
    frames = np.loadtxt(sample / "features" / "coffee" / f"{name}.txt")
    truth = (sample / "groundTruth" / name).read_text().split()
    authors = json.loads((reference_root / "authors_breakfast_sample.json").read_text())["videos"][name]
    rows = {(r["video"], r["method"], r["seed"]): r["mof"] for r in read_rows("breakfast_sample")}
    (method,) = (method for method in BREAKFAST if method.settings["estimator"] == estimator)
    stored = [rows[name, method.label, seed] for seed in range(5)]
    scores = []
    for seed in range(SEEDS[estimator]):
        model = VideoSegmenter(4, random_state=seed, **method.settings)
        scores.append(evaluate(truth, model.fit(frames, name=name).labels_, n_clusters=4).mof)
    np.testing.assert_allclose(scores, stored[: len(scores)], rtol=0, atol=0.01)
    for mean in (np.mean(stored), np.mean([*scores, *stored[len(scores) :]])):
        assert abs(mean - authors["authors_gauss_ntk"]["mof"]) <= TOLERANCES[name]
