"""A recording in, features of its frames out: decoded, encoded and written as a stream."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from dkva.recordings.ahead import ahead
from dkva.recordings.decoding import open_recording
from dkva.recordings.encoders import (
    Encoder,
    EncodingFunction,
    default_encoder,
    function_encoder,
    open_encoder,
)
from dkva.recordings.errors import RecordingError
from dkva.recordings.feature_cache import (
    KeptFeatures,
    State,
    Writer,
    find_features,
    kept_name,
    open_writer,
)
from dkva.recordings.grid import Grid
from dkva.recordings.kinds import SAMPLES_A_SECOND
from dkva.recordings.opened import Opened, Sample

__all__ = ["ProgressFunction", "Recording", "read_recording"]

#: Most bytes of frames that are given to an encoder at once, and how many such batches wait (our choices).
_BATCH_BYTES, _WAITING = 1 << 25, 2

#: Called with how much is done and how much there is, or None if nobody knows: in seconds of the recording,
#: or in images if nobody knows their times.
ProgressFunction = Callable[[float, float | None], object]


class Recording(NamedTuple):
    """Features of a recording's frames.

    Attributes:
        features: [n, d], of the frames that were taken; read-only and mapped into memory.
        edges: [n + 1]: of the recording's own F frames, edges[i] to edges[i + 1], the latter excluded, belong
            to row i; `np.repeat(labels, np.diff(edges))` is a label for each.
        times: [F + 1]: when each own frame is first shown, in seconds as players count, and the end of the
            last; None if nobody knows (images without a rate).
        fps: frames a second that were taken; None as `times`.
        facts: about the recording and how it was read, for documents.
        notes: what its user should know, such as damage.
    """

    features: Float32[np.ndarray, "n d"]
    edges: Int64[np.ndarray, " n_edges"]
    times: Float64[np.ndarray, " n_times"] | None
    fps: float | None
    facts: dict[str, Any]
    notes: tuple[str, ...]


class _Batch(NamedTuple):
    """Frames for an encoder, and what had been seen when the last of them was taken."""

    images: UInt8[np.ndarray, "b h w 3"]
    frames: int
    done: float


def read_recording(
    path: str | Path,
    encoder: str | Encoder | EncodingFunction | None = None,
    *,
    fps: float | None = None,
    size: int | None = None,
    weights: str | Path | None = None,
    cache: bool = True,
    progress: ProgressFunction | None = None,
) -> Recording:
    """Features of a recording's frames, taken by time.

    Frames are decoded in a thread beside the encoder, a few ahead, and features written as they come: memory
    does not depend on the recording's length. A run that is stopped goes on where it was.

    Args:
        path: a file of video, or a folder of images.
        encoder: what makes features of frames: a name (see `dkva.recordings.encoders.open_encoder`), an
            encoder, or a function from frames [n, h, w, 3], uint8 red, green and blue, to features [n, d];
            None takes the best that is installed.
        fps: frames a second that are taken: 5 by default, and no more than the recording has. Of images, all
            are taken, and this says how many a second there are.
        size: length of the sides to which frames are scaled, if the encoder leaves a choice.
        weights: file of weights, for encoders that need one.
        cache: keep the features in `cache_folder()`, found again by the recording's content, the encoder and
            `fps`; without it they are in a temporary file.
        progress: called often, with how many seconds of the recording are done and how many there are, or
            None if nobody knows (images without a rate are counted instead).

    Returns:
        Features, and where and when the frames are that they stand for.

    Raises:
        RecordingError: a file that is missing, no recording, or damaged from its beginning; features that
            have no room on the disk; a package that is not installed.
        ValueError: an unknown encoder, or an option that it does not take.
    """
    if fps is not None and not (math.isfinite(fps) and fps > 0):
        raise ValueError(f"fps is {fps}: give frames a second, more than 0")
    path = Path(path)
    chosen = _chosen(encoder, size, weights)
    rate = None if fps is None else float(fps)
    if rate is None and not path.is_dir():
        rate = SAMPLES_A_SECOND
    before = _state_of(path)
    name = _name(path, chosen, rate) if cache and chosen.key else None
    if name is not None and (kept := find_features(name)) is not None:
        return _recording(kept)
    opened = open_recording(path)
    with open_writer(path, name) as writer:
        kept = writer.already()  # if another run was quicker
        if kept is None:
            _write(opened, chosen, rate, writer, progress)
            if _state_of(path) != before:
                raise RecordingError(path, "was changed while it was read", "wait until it is finished")
            grid = opened.grid()
            facts = _facts(opened, grid, chosen, opened.sampling_rate(rate), writer)
            notes = [*writer.notes, *_noted(opened, writer)]
            kept = writer.finish(grid.edges, grid.times, facts, notes)
    return _recording(kept)


def _name(path: Path, encoder: Encoder, rate: float | None) -> str | None:
    """What features are kept under; None if the recording cannot be read, which opening it tells better."""
    with contextlib.suppress(OSError):
        if path.is_file() or path.is_dir():
            return kept_name(path, encoder.key, rate)
    return None


def _chosen(
    encoder: str | Encoder | EncodingFunction | None, size: int | None, weights: str | Path | None
) -> Encoder:
    if encoder is None or isinstance(encoder, str):
        return open_encoder(encoder or default_encoder()[0], size=size, weights=weights)
    if weights is not None:
        raise ValueError("weights are for encoders that have names: leave them out")
    if not isinstance(encoder, Encoder):
        return function_encoder(encoder, size=size)
    if size is not None:
        raise ValueError(f"encoder {encoder.id} has a size, {encoder.size}: leave size out")
    return encoder


def _state_of(path: Path) -> tuple[int, int] | None:
    """What changes with a file; None if it is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _recording(kept: KeptFeatures) -> Recording:
    fps = kept.facts["samples_per_second"]
    return Recording(kept.features, kept.edges, kept.times, fps, kept.facts, kept.notes)


def _write(
    opened: Opened, encoder: Encoder, rate: float | None, writer: Writer, progress: ProgressFunction | None
) -> None:
    """Write the features of all samples that are not written yet."""
    total = opened.duration if rate is not None else opened.n_frames
    with ahead(_batches(opened, encoder, rate, writer.samples, writer.state), _WAITING) as batches:
        for batch in batches:
            features = _encoded(opened, encoder, batch.images)
            if not writer.samples:
                writer.expect(_expected(opened, rate), features.shape[1])
            writer.append(features, functools.partial(_state, opened, writer, batch.frames))
            if progress is not None:
                progress(batch.done, total)


def _batches(
    opened: Opened, encoder: Encoder, rate: float | None, skip: int, state: State
) -> Iterator[_Batch]:
    """Frames in groups for the encoder, which are of one size each."""
    group: list[Sample] = []
    for sample in opened.samples(rate, size=encoder.size, skip=skip, resume=state.times if skip else None):
        if group and sample.image.shape != group[0].image.shape:
            yield _batch(group)
            group = []
        group.append(sample)
        most = max(1, min(encoder.batch, _BATCH_BYTES // sample.image.nbytes))
        if len(group) >= most:
            yield _batch(group)
            group = []
    if group:
        yield _batch(group)


def _batch(group: list[Sample]) -> _Batch:
    last = group[-1]
    done = last.interval + 1 if last.time is None else last.time
    return _Batch(np.stack([sample.image for sample in group]), last.frame + 1, done)


def _encoded(
    opened: Opened, encoder: Encoder, images: UInt8[np.ndarray, "b h w 3"]
) -> Float32[np.ndarray, "b d"]:
    features = encoder(images)
    if features.ndim != 2 or len(features) != len(images) or not np.isfinite(features).all():
        raise RecordingError(
            opened.path,
            f"encoder {encoder.id} gives no finite numbers [{len(images)}, d] for {len(images)} frames",
            "give an encoder that does",
        )
    return features


def _expected(opened: Opened, rate: float | None) -> int:
    """About how many samples there will be, 0 if nobody knows."""
    if rate is not None and opened.duration is not None:
        return math.ceil(opened.duration * (opened.sampling_rate(rate) or rate))
    return opened.n_frames or 0 if rate is None else 0


def _state(opened: Opened, writer: Writer, frames: int) -> State:
    """What a stopped run goes on from: the own frames up to the last that was taken."""
    return State(opened.times()[:frames], _noted(opened, writer))


def _noted(opened: Opened, writer: Writer) -> tuple[str, ...]:
    """Notes of the run that was stopped, and those of this one."""
    return tuple(dict.fromkeys([*writer.state.notes, *opened.notes]))


def _facts(
    opened: Opened, grid: Grid, encoder: Encoder, rate: float | None, writer: Writer
) -> dict[str, Any]:
    """What documents say of a recording; seconds and rates are None if nobody knows them."""
    shown = share = None
    if grid.times is not None:
        shown = float(grid.times[-1] - grid.times[0])
        stated = 0.0 if opened.duration is None else opened.duration - float(grid.times[0])
        share = min(1.0, shown / stated) if stated > 0 else None
    return {
        "width": opened.width,
        "height": opened.height,
        "rotation": opened.rotation,
        "container": opened.container,
        "codec": opened.codec,
        "frames": int(grid.edges[-1]),
        "frames_per_second": grid.rate,
        "duration": shown,
        "decoded_share": share,
        "samples": writer.samples,
        "samples_per_second": rate,
        "encoder": encoder.id,
        "encoder_size": [*encoder.size] if isinstance(encoder.size, tuple) else encoder.size,
    }
