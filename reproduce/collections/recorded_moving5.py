"""Moving5 as recordings: its videos written as files and read again as a user's recording is."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Task
from dkva.recordings.encoders import open_encoder
from dkva.recordings.reading import read_recording
from reproduce.base.labels import RAW_FRAMES
from reproduce.collections.moving5 import K, dataset, measure
from synthetic.moving5 import Settings, Split
from synthetic.moving5 import load as load_dataset
from synthetic.recordings import enlarged, write_recording

__all__ = ["ENCODER", "RATE", "SOURCES", "load_frames", "load_recording", "tasks"]

#: Features are the frames' pixels in either case.
ENCODER = "pixels"

#: Frames a second that the recordings have, all of which are taken.
RATE = 10

#: What is compared: the quality of H.264 that a recording is written with (lower is better), None for frames.
SOURCES: Mapping[str, int | None] = {
    RAW_FRAMES: None,
    "recording, CRF 18": 18,
    "recording, CRF 28": 28,
}


@functools.lru_cache(maxsize=1)
def _split(folder: Path, split: str) -> Split:
    return load_dataset(folder).splits[split]


@functools.lru_cache(maxsize=4)
def load_frames(folder: Path, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 2352] of a video's own frames, and the digit of each frame [n]."""
    frames, labels = _split(folder, split).video(index)
    return open_encoder(ENCODER)(frames), labels


@functools.lru_cache(maxsize=4)
def load_recording(folder: Path, split: str, index: int, crf: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 2352] and digits [n] of a video that was written as a recording, eight times as large.

    Raises:
        ValueError: the recording has other frames than the video.
    """
    frames, labels = _split(folder, split).video(index)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "video.mp4"
        write_recording(path, enlarged(frames), rate=RATE, crf=crf)
        read = read_recording(path, ENCODER, fps=RATE, cache=False)
        if not np.array_equal(read.edges, np.arange(len(frames) + 1)):
            raise ValueError(
                f"{split} video {index + 1}: {len(frames)} frames came back as {len(read.features)}"
            )
        return np.array(read.features), labels


def tasks(
    split: str = "test",
    *,
    seeds: Sequence[int] = (0,),
    videos: int | None = None,
    settings: Settings | None = None,
) -> list[Task]:
    """Each video of a split from each source, with the true number of segments.

    The rows of a task have its source in the columns factor and value.
    """
    settings = settings or Settings()
    folder, checksum = dataset(settings)
    made = []
    for name, crf in SOURCES.items():
        load = load_frames if crf is None else load_recording
        given = () if crf is None else (crf,)
        code = code_version(load)
        made += [
            Task(
                f"{split}{index + 1:02d}",
                functools.partial(load, folder, split, index, *given),
                f"{checksum}/{split}/{index}/{crf}/{code}",
                K,
                tuple(seeds),
                {"factor": "read from", "value": name},
                measure=measure,
            )
            for index in range(min(settings.videos, videos or settings.videos))
        ]
    return made
