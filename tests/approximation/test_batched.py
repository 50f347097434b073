"""Many videos at once: each gets what it gets alone."""

import functools
import multiprocessing
import threading
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_buckets import small_buckets  # noqa: F401 -- of each test
from tolerances import RATE, adam_error, assert_learned_alike, falls_short
from unoptimised import learning_unoptimised

from dkva import VideoSegmenter, approximate, approximate_many, fit_many, segment_many
from dkva.approximation import padding
from dkva.approximation.assigning import margins
from dkva.approximation.batched import GROUP, _key, group_size_of
from dkva.approximation.learning import TOLERANCE_EPOCHS
from dkva.approximation.prepare import Job, prepare
from dkva.approximation.preprocessing import Standardiser
from dkva.approximation.settings import LearningSettings

EPOCHS = 2


def video(n, d=4, seed=0, actions=3):
    """Frames [n, d] of actions far apart, as raw features."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(actions, d)) * 3
    return means[np.arange(n) * actions // n] + rng.normal(size=(n, d))


def standardised(frames, dtype=np.float32):
    return Standardiser.fit(frames).apply(frames, dtype)


# Of two programs: features of other widths here, as longer videos would take many times as long to learn.
SIZES = [(60, 3, 4), (90, 3, 4), (100, 4, 5), (61, 4, 4), (120, 2, 4), (110, 3, 5)]
VIDEOS = [(f"v{i}", video(n, d, seed=i), m) for i, (n, m, d) in enumerate(SIZES)]
FEW = [each for each in VIDEOS if each[1].shape[1] == 4]

#: Where it does not matter, the kernel whose programs take least to compile and to run.
CHEAP = {"kernel": "gaussian", "epochs": EPOCHS}


def alone(name, frames, m, dtype=np.float32, epochs=EPOCHS, **kwargs):
    return approximate(standardised(frames, dtype), m, name=name, epochs=epochs, **kwargs)


def together(videos, dtype=np.float32, epochs=EPOCHS, **kwargs):
    names, frames, m = zip(*videos, strict=True)
    ready = [standardised(f, dtype) for f in frames]
    return approximate_many(ready, m, names=names, epochs=epochs, **kwargs)


def same(a, b):
    return (
        np.array_equal(a.synthetic, b.synthetic)
        and np.array_equal(a.loss_curve, b.loss_curve)
        and np.array_equal(a.initial, b.initial)
        and (a.length_scale, a.rescale, a.kernel, a.batch_size, a.steps, a.seed)
        == (b.length_scale, b.rescale, b.kernel, b.batch_size, b.steps, b.seed)
    )


@pytest.mark.parametrize("estimator", ["video", "batch"])
def test_on_a_cpu_many_are_each_alone_to_the_last_bit(estimator):
    # A group of one runs the program of a video alone: equal by construction, on any processor.
    some, kernel = (VIDEOS, "gauss_ntk") if estimator == "video" else (FEW, "gaussian")
    settings = {"estimator": estimator, "kernel": kernel}
    for (name, frames, m), found in zip(some, together(some, **settings), strict=True):
        assert same(found, alone(name, frames, m, **settings)), name


#: Of the one program of a group that is compiled with optimisation, which takes as long as all else here.
STOPPING = {"tolerance": 0.02}


@pytest.mark.numerics
@pytest.mark.parametrize("estimator", ["video", "batch"])
def test_groups_leave_only_rounding_behind(estimator):
    # So few epochs never stop: by the program that may is what one without it gives. A step of the other
    # estimator takes medians, which takes longest without optimisation.
    options = {"estimator": estimator, "epochs": EPOCHS if estimator == "video" else 1}
    with nullcontext() if estimator == "video" else learning_unoptimised():
        found = together(FEW, group_size=3, **options, **STOPPING if estimator == "video" else {})
    for (name, frames, m), learned in zip(FEW, found, strict=True):
        assert_learned_alike(learned, alone(name, frames, m, **options))


@pytest.mark.numerics
def test_groups_leave_only_rounding_behind_in_float64(x64):
    """Where rounding is far below what one video of a group could do to another."""
    with learning_unoptimised():
        found = together(FEW[:3], np.float64, epochs=1, group_size=2)
        for (name, frames, m), learned in zip(FEW[:3], found, strict=True):
            assert_learned_alike(learned, alone(name, frames, m, np.float64, epochs=1))


@functools.cache
def fitted_alone(name, optimised=True):
    """The estimator of one of the videos, fitted by itself."""
    ((frames, m),) = [(frames, m) for other, frames, m in VIDEOS if other == name]
    with nullcontext() if optimised else learning_unoptimised():
        return VideoSegmenter(m, **CHEAP).fit(frames, name=name)


def clear(alone, group_size):
    """Which frames' labels rounding cannot change: all where a video runs alone, by the same program.

    In a group V errs as Adam does, and a similarity by as much, relatively, in each of its coordinates.
    """
    similarity = alone.similarity_
    if group_size is None:
        return np.ones(len(similarity), bool)
    error = similarity.shape[1] * adam_error(alone._learned.steps, RATE, 4, np.float32)
    return margins(similarity) > error


@pytest.mark.numerics
@settings(max_examples=12, deadline=None)
@given(
    order=st.permutations(range(len(VIDEOS))),
    size=st.integers(1, len(VIDEOS)),
    group_size=st.sampled_from([None, 3]),
    threads=st.sampled_from([1, 3]),
)
def test_labels_are_the_same_alone_in_any_group_and_in_any_order(order, size, group_size, threads):
    some = [VIDEOS[i] for i in order[:size]]
    with learning_unoptimised():  # the tests above have a group's program with optimisation
        found = segment_many(iter(some), group_size=group_size, threads=threads, **CHEAP)
    for (name, _, _), labels in zip(some, found, strict=True):
        alone = fitted_alone(name, optimised=False)
        same_label = clear(alone, group_size)
        assert same_label.mean() > 0.8
        np.testing.assert_array_equal(labels[same_label], alone.labels_[same_label])


def _in_another_process(queue, least):
    padding._FRAMES = least  # as in this one
    queue.put(segment_many(FEW[::-1], **CHEAP))


@pytest.mark.slow
def test_labels_are_the_same_in_another_process():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_in_another_process, args=(queue, padding._FRAMES))
    process.start()
    found = queue.get(timeout=300)
    process.join()
    for (name, _, _), labels in zip(FEW[::-1], found, strict=True):
        np.testing.assert_array_equal(labels, fitted_alone(name).labels_)


def test_fitted_estimators_come_with_their_place():
    found = dict(fit_many(VIDEOS, **CHEAP))
    assert sorted(found) == list(range(len(VIDEOS)))
    for index, (name, frames, _) in enumerate(VIDEOS):
        expected = fitted_alone(name)
        np.testing.assert_array_equal(found[index].similarity_, expected.similarity_)
        np.testing.assert_array_equal(found[index].predict(frames), expected.labels_)


def test_frames_may_be_read_in_the_threads():
    main = threading.get_ident()
    readers = []

    def read(frames):
        readers.append(threading.get_ident())
        return frames

    some = [(name, functools.partial(read, frames), m) for name, frames, m in VIDEOS]
    for (name, _, _), labels in zip(VIDEOS, segment_many(some, threads=2, **CHEAP), strict=True):
        np.testing.assert_array_equal(labels, fitted_alone(name).labels_)
    assert len(readers) == len(VIDEOS)
    assert main not in readers


def test_videos_are_read_a_few_at_a_time():
    read = []

    def source():
        for index, each in enumerate(VIDEOS):
            read.append(index)
            yield each

    first, _ = next(fit_many(source(), **CHEAP))
    assert len(read) < len(VIDEOS)
    assert first == 0


@pytest.mark.numerics
def test_early_stopping_in_a_group_stops_each_by_itself():
    options = {"epochs": 60} | STOPPING
    names, frames, m = zip(*FEW, strict=True)
    ready = [standardised(f) for f in frames]
    found = approximate_many(ready, m, names=names, group_size=3, **options)
    for learned in found:  # each by the rule on its own losses, where rounding leaves it no choice
        must, may = falls_short(learned.loss_curve, options["tolerance"], TOLERANCE_EPOCHS, np.float32)
        assert not must[:-1].any()
        assert may[-1] or len(learned.loss_curve) == options["epochs"]
    assert len({len(a.loss_curve) for a in found}) > 1


def job(n, m, epochs=1, d=64):
    frames = np.zeros((n, d), np.float32)
    return prepare(frames, m, LearningSettings(epochs=epochs, length_scale=1.0))


@pytest.mark.fast
def test_a_groups_size_follows_device_and_memory():
    long = job(11788, 19)
    assert group_size_of(long, "cpu") == 1
    assert group_size_of(long, "gpu", 80 << 30) == GROUP
    small = group_size_of(long, "gpu", 1 << 30)
    assert 1 <= small < GROUP
    assert small & (small - 1) == 0
    assert group_size_of(long, "gpu", 1 << 20) == 1
    assert group_size_of(long, "gpu") > 1


@pytest.mark.fast
def test_videos_of_one_group_take_like_numbers_of_steps():
    assert _key(job(2000, 5, 100)) == _key(job(2100, 5, 100))
    assert _key(job(2000, 5, 100)) != _key(job(2000, 5, 30))
    assert _key(job(2000, 5, 100)) != _key(job(20_000, 5, 10))  # of another length, as many steps
    assert isinstance(job(2000, 5), Job)


@pytest.mark.fast
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_segments": [2]}, "n_segments has 1 entries for 2 videos"),
        ({"n_segments": 2, "names": ["a"]}, "names has 1 entries for 2 videos"),
        ({"n_segments": 2, "group_size": 0}, "group_size"),
        ({"n_segments": 2, "epoch": 3}, "unknown setting 'epoch': choose of kernel"),
        ({"n_segments": 2, "name": "a"}, "unknown setting 'name'"),
        ({"n_segments": 999}, "999"),
    ],
)
def test_bad_arguments_are_named(arguments, message, unchecked):
    frames = [standardised(video(40)), standardised(video(50))]
    with pytest.raises(ValueError, match=message):
        approximate_many(frames, **arguments)
