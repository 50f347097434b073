"""Many videos at once: videos of similar size run as one program, a batch over videos.

A video's labels do not depend on what it is grouped with: its batches are drawn from the seed and its own
name, and a program holds each video's true sizes as data. On a CPU, where a video by itself keeps the cores
busy, a group holds one video, and the numbers are those of `approximate` to the last bit.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import jax
import numpy as np
from jaxtyping import Float, Int

from dkva.approximation.approximate import Approximation, approximation_of
from dkva.approximation.learning import Learned, Program, learn_video, run_alone
from dkva.approximation.prepare import Job, prepare
from dkva.approximation.settings import LearningSettings
from dkva.base.buckets import bucket
from dkva.base.checks import check_whole

if TYPE_CHECKING:
    from dkva.approximation.segmenter import VideoSegmenter

__all__ = ["GROUP", "approximate_many", "fit_many", "group_size_of", "segment_many"]

#: Most videos of a group on an accelerator: by then its units are busy and a step is no longer launch-bound.
GROUP = 64

# Share of an accelerator's memory that a group's frames and Gram matrices may take.
_MEMORY_SHARE = 0.4

T = TypeVar("T", bound=Hashable)

#: Frames [n, d], or a function of no arguments that reads them when their turn comes.
Frames = Float[np.ndarray, "_ _"] | Callable[[], np.ndarray]


def group_size_of(job: Job, platform: str, memory: int | None = None) -> int:
    """Videos of this one's size that run together: 1 on a CPU, else by memory, a power of two up to `GROUP`.

    Args:
        job: a video ready to be learned.
        platform: of the device, such as "cpu" or "gpu".
        memory: of the device in bytes; None means 8 GB.
    """
    if platform == "cpu":
        return 1
    rows, features, synthetic = job.shape
    slots = job.program.slots
    # Frames come twice, on their way in and as they are gathered from; a step's products and their slopes
    # are some twenty arrays of [slots, synthetic].
    bytes_each = 4 * (2 * rows * features + 2 * slots * features + 20 * slots * synthetic)
    fits = int(_MEMORY_SHARE * (memory or 8 << 30) // bytes_each)
    return min(GROUP, 1 << max(0, fits.bit_length() - 1))


def _group_size_here(job: Job) -> int:
    device = jax.devices()[0]
    stats = None if device.platform == "cpu" else device.memory_stats()
    return group_size_of(job, device.platform, (stats or {}).get("bytes_limit"))


class _Key(NamedTuple):
    """Videos of one key run as one program and take like numbers of steps."""

    program: Program
    shape: tuple[int, ...]
    steps: int


def _key(job: Job) -> _Key:
    # A group takes as many steps as its longest video, so that they are kept within a factor of two.
    return _Key(job.program, job.shape, bucket(max(job.steps, 1), 1, 2))


@lru_cache(maxsize=64)
def _program(program: Program):
    """Learning of a group: each argument has one more axis, the videos'."""
    return jax.jit(jax.vmap(partial(learn_video, program=program)))


def _run(jobs: Sequence[Job], size: int) -> Learned:
    """Start learning a group, filled up to `size` with videos of no steps; arrays that come when ready."""
    first = jobs[0]
    if size == 1:
        return jax.tree.map(lambda part: part[None], run_alone(first.arguments, program=first.program))
    sizes = first.arguments.sizes
    idle = first.arguments._replace(sizes=sizes._replace(epochs=np.zeros_like(sizes.epochs)))
    filled = [job.arguments for job in jobs] + [idle] * (size - len(jobs))
    return _program(first.program)(jax.tree.map(lambda *leaves: np.stack(leaves), *filled))


def _grouped(jobs: Iterable[tuple[T, Job]], group_size: int | None) -> Iterator[tuple[T, Approximation]]:
    """Approximations as they come; one group is learned while the next is gathered."""
    waiting: dict[_Key, list[tuple[T, Job]]] = {}
    running: deque[tuple[list[tuple[T, Job]], Learned]] = deque()

    def start(group: list[tuple[T, Job]], size: int) -> Iterator[tuple[T, Approximation]]:
        running.append((group, _run([job for _, job in group], size)))
        if len(running) > 1:
            yield from finish()

    def finish() -> Iterator[tuple[T, Approximation]]:
        group, learned = running.popleft()
        arrays = jax.tree.map(np.asarray, learned)
        for index, (label, job) in enumerate(group):
            yield label, approximation_of(job, jax.tree.map(lambda array, i=index: array[i], arrays))

    sizes: dict[_Key, int] = {}
    for label, job in jobs:
        key = _key(job)
        size = sizes.setdefault(key, group_size or _group_size_here(job))
        group = waiting.setdefault(key, [])
        group.append((label, job))
        if len(group) == size:
            yield from start(waiting.pop(key), size)
    for key, group in waiting.items():
        yield from start(group, sizes[key])
    while running:
        yield from finish()


def approximate_many(
    videos: Sequence[Float[np.ndarray, "_ _"]],
    n_segments: int | Sequence[int],
    settings: LearningSettings | None = None,
    *,
    names: Sequence[str] | None = None,
    group_size: int | None = None,
    seed: int = 0,
    pad: bool = True,
    **changed,
) -> list[Approximation]:
    """Approximations of many videos; each is what `approximate` gives for it, whatever runs beside it.

    Args:
        videos: standardised frames [n, d] of each, of any lengths.
        n_segments: M of each, or one M for all.
        names: of the videos, on which their batches depend; None means no names.
        group_size: videos that run as one program; None means by device and memory, see `group_size_of`.
        settings: for all videos; None means the defaults of `LearningSettings`.
        seed: as in `approximate`; so is `pad`.
        pad: round sizes up to shared buckets.
        changed: settings by name that differ from `settings`.

    Raises:
        ValueError: numbers of segments or names that are not one a video, an unknown setting, or what
            `approximate` raises.
    """
    each = _one_each("n_segments", n_segments, len(videos))
    named = _one_each("names", "" if names is None else names, len(videos))
    _check_group_size(group_size)
    chosen = LearningSettings.of(settings, **changed)
    jobs = (
        (index, prepare(frames, m, chosen, seed=seed, name=name, pad=pad))
        for index, (frames, m, name) in enumerate(zip(videos, each, named, strict=True))
    )
    found = dict(_grouped(jobs, group_size))
    return [found[index] for index in range(len(videos))]


def _one_each(what: str, given, count: int) -> list:
    if isinstance(given, (int, str)):
        return [given] * count
    listed = list(given)
    if len(listed) != count:
        raise ValueError(f"{what} has {len(listed)} entries for {count} videos: give one each")
    return listed


def _check_group_size(group_size: int | None) -> None:
    if group_size is not None:
        check_whole("group_size", group_size, least=1)


def fit_many(
    videos: Iterable[tuple[str, Frames, int]],
    *,
    group_size: int | None = None,
    threads: int = 1,
    **settings,
) -> Iterator[tuple[int, VideoSegmenter]]:
    """Fitted estimators of many videos as they come, each with its place in `videos`.

    Frames are read, smoothed and standardised by `threads` while groups are learned; only videos of groups
    that are being gathered or learned are held.

    Args:
        videos: name, frames [n, d] and number of segments of each; may be a generator. Pass a function of no
            arguments instead of frames to load them lazily, in one of the threads.
        group_size: see `approximate_many`.
        threads: that prepare videos.
        settings: of `VideoSegmenter`, but for n_segments.

    Raises:
        ValueError: as `VideoSegmenter.fit`, of the first video that cannot be used.
    """
    from dkva.approximation.segmenter import VideoSegmenter  # scikit-learn takes longer to import than JAX

    _check_group_size(group_size)
    check_whole("threads", threads, least=1)
    kept: dict[int, tuple[VideoSegmenter, np.ndarray]] = {}

    def prepared(index: int, video: tuple[str, Frames, int]):
        name, given, m = video
        segmenter = VideoSegmenter(m, **settings)
        frames, job = segmenter.prepare(given() if callable(given) else given, name)
        return index, segmenter, frames, job

    def jobs() -> Iterator[tuple[int, Job]]:
        for index, segmenter, frames, job in _ahead(prepared, enumerate(videos), threads):
            kept[index] = segmenter, frames
            yield index, job

    for index, learned in _grouped(jobs(), group_size):
        segmenter, frames = kept.pop(index)
        yield index, segmenter.finish(frames, learned)


def _ahead(function, arguments: Iterable[tuple], threads: int) -> Iterator:
    """`function(*each)` in order, a few calls ahead in threads."""
    if threads == 1:
        yield from itertools.starmap(function, arguments)
        return
    source = iter(arguments)
    with ThreadPoolExecutor(threads) as pool:
        pending = deque(pool.submit(function, *each) for each in itertools.islice(source, 2 * threads))
        while pending:
            result = pending.popleft().result()
            pending.extend(pool.submit(function, *each) for each in itertools.islice(source, 1))
            yield result


def segment_many(
    videos: Iterable[tuple[str, Frames, int]],
    *,
    group_size: int | None = None,
    threads: int = 1,
    **settings,
) -> list[Int[np.ndarray, " _"]]:
    """Labels of many videos, in their order; see `fit_many`."""
    found = {
        index: segmenter.labels_
        for index, segmenter in fit_many(videos, group_size=group_size, threads=threads, **settings)
    }
    return [found[index] for index in sorted(found)]
