"""Breakfast-like: synthetic features on real label sequences, as many and as long as those of Breakfast.

Run: `python synthetic/breakfast_like.py --out DIR` (under a minute; 0.8 GB; `--help` lists the settings).

THE FEATURES ARE SYNTHETIC. The labels are real where they are found, in the file given by `--labels` or in
$DKVA_DATA/breakfast_ground_truth.csv.gz; else they come from a built-in grammar of durations. Scores on these
data rehearse an evaluation at true scale; they say nothing about the real data set. A frame is

    scale · (common + style + action + drift + noise)

with a common mean; a style, the video's own offset; a prototype of the action, the same in all videos of an
activity; a slow drift; and noise correlated over time. `difficulty` is the noise's standard deviation over
that of the prototypes; their sum keeps its variance. The default is that at which TW-FINCH's scores come near
its published ones on Breakfast, found on half of the subjects (`reproduce/breakfast_like_difficulty.py`).

Matched, roughly, to three real videos of 64 IDT features (917, 1119 and 571 frames):

- the standard deviation of a frame about its video's mean: 29 to 31 in all, growing from 2.6 to 5.2 from the
  first feature to the last;
- the norm of that mean, 16 to 25, and the cosine between the means of two videos, 0.40 to 0.49;
- the correlation of a feature with itself 1, 5, 10, 20 and 50 frames on: 0.98, 0.85, 0.63, 0.2 and 0;
- the variance of means over 50, 100 and 200 frames: 0.44, 0.25 and 0.14 of a frame's;
- the sparsity, which is one of frames: no entry is 0 alone, but the first four frames and stretches of up to
  45 others are empty, all 0 (0.4 to 5.7 % of a video).

Not matched: frames that repeat the one before (0.3 to 9 %), and the shape of the features' distributions.

DIR gets the layout of the public releases, as `dkva.datasets.FeatureFolder` reads it:

    features/ACTIVITY/VIDEO.npy  float32 [frames, features]
    groundTruth/VIDEO            an action a line, one line a frame
    mapping/mapping.txt          "number action" a line
    README.txt                   says that the features are synthetic
    breakfast_like.json          settings, source of the labels, a checksum of each video and of all

Each video has a random stream of its own name's: it is the same whatever others are made. The same settings
and labels give the same bytes on machines of one type with the same numpy and scipy; elsewhere the last bits
of some features may differ, and so may the checksum.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import io
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import scipy

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from synthetic.breakfast_labels import LabelSet, Video, load_label_set

__all__ = [
    "MARKER",
    "Settings",
    "chosen_videos",
    "features_of",
    "load_video",
    "read_facts",
    "save",
    "video_digest",
]

#: The file whose presence, with a checksum, says that all is there.
MARKER = "breakfast_like.json"

# Standard deviation of the first and the last feature.
_SCALES = 2.6, 5.2

# Standard deviations of the common mean and of a video's style, those of frames about their mean being 1.
_COMMON, _STYLE = 0.4, 0.45

# Shares of the frames' variance, and of the noise's that is white.
_DRIFT, _WHITE = 0.05, 0.006

# Half waves that the slowest parts of the drift take over the video.
_WAVES = 4

# Three running means of this many frames: near a Gaussian window with a standard deviation of 7 frames.
_WINDOW, _PASSES = 14, 3

# Empty frames: the first, and stretches of this mean length, one in so many frames.
_FIRST_EMPTY, _EMPTY, _BETWEEN_EMPTY = 4, 24, 1300


@dataclass(frozen=True)
class Settings:
    """All that decides the features, beside the labels.

    Attributes:
        seed: of everything random.
        difficulty: standard deviation of the noise over that of the action prototypes.
        videos: how many, drawn with the seed; 0 means all, and fewer are among more.
        features: their number.
    """

    seed: int = 0
    difficulty: float = 4.0
    videos: int = 0
    features: int = 64

    def check(self) -> None:
        """Raise ValueError for the first setting that is out of range."""
        limits: dict[str, tuple[float, float]] = {
            "seed": (0, 2**32 - 1),
            "difficulty": (0, 1000),
            "videos": (0, 100_000),
            "features": (1, 4096),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name} is {value!r}: give a number from {least} to {most}")


def _stream(settings: Settings, *names: str) -> np.random.Generator:
    return np.random.default_rng([settings.seed, *(zlib.crc32(name.encode()) for name in names)])


def chosen_videos(videos: Sequence[Video], settings: Settings) -> list[Video]:
    """The videos that `settings.videos` asks for, in their order.

    Raises:
        ValueError: more than there are.
    """
    if settings.videos > len(videos):
        raise ValueError(f"videos is {settings.videos}: there are labels for {len(videos)}")
    order = _stream(settings, "videos").permutation(len(videos))
    return [videos[index] for index in sorted(order[: settings.videos or None])]


def features_of(video: Video, settings: Settings) -> np.ndarray:
    """Features [n, d] of one video, float32; see the module's text."""
    n, d = len(video), settings.features
    rng = _stream(settings, video.name)
    offset = _COMMON * _normal(_stream(settings, "common"), d) + _STYLE * _normal(rng, d)
    drift = _drift(rng, n, d)
    noise = np.sqrt(1 - _WHITE) * _smooth_noise(rng, n, d) + np.sqrt(_WHITE) * _normal(rng, n, d)
    of_actions = (1 - _DRIFT) / (1 + settings.difficulty**2)
    frames = np.float32(np.sqrt(_DRIFT)) * drift
    frames += np.float32(np.sqrt(1 - _DRIFT - of_actions)) * noise.astype(np.float32)
    for start, end, action in video.segments:
        prototype = _normal(_stream(settings, video.activity, action), d)
        frames[start:end] += offset + np.float32(np.sqrt(of_actions)) * prototype
    frames *= np.linspace(*_SCALES, d, dtype=np.float32)
    frames[:_FIRST_EMPTY] = 0
    for start in rng.integers(n, size=rng.poisson(n / _BETWEEN_EMPTY)):
        frames[start : start + 1 + round(rng.exponential(_EMPTY))] = 0
    return frames


def _normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape, np.float32)


def _drift(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Curves [n, d] of variance 1 that a video's length spans: the slower a wave, the larger."""
    waves = np.arange(1, _WAVES + 1)
    along = np.cos(np.pi * np.outer((np.arange(n) + 0.5) / n, waves))
    sizes = np.sqrt(2) / waves / np.sqrt(np.sum(1 / waves**2))
    drift = np.zeros((n, d), np.float32)
    for wave, size in zip(along.T, sizes, strict=True):  # no matrix product, whose sums differ by library
        drift += (size * wave[:, None]).astype(np.float32) * _normal(rng, d)
    return drift


def _smooth_noise(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Normal noise [n, d] of variance 1, correlated over time."""
    weights = np.ones(1)
    for _ in range(_PASSES):
        weights = np.convolve(weights, np.full(_WINDOW, 1 / _WINDOW))
    margin = _PASSES * _WINDOW
    noise = _normal(rng, d, n + 2 * margin)
    for _ in range(_PASSES):
        noise = scipy.ndimage.uniform_filter1d(noise, _WINDOW, axis=1, mode="nearest")
    return (noise[:, margin:-margin] / np.float32(np.sqrt(np.sum(weights**2)))).T


def video_digest(features: np.ndarray, labels: Sequence[str] | np.ndarray) -> str:
    """sha256 of a video's features [n, d] and labels [n]."""
    digest = hashlib.sha256(_npy(features))
    digest.update(_text(labels))
    return digest.hexdigest()


def _npy(features: np.ndarray) -> bytes:
    body = io.BytesIO()
    little = np.ascontiguousarray(features, "<f4")
    np.lib.format.write_array(body, little, version=(1, 0), allow_pickle=False)
    return body.getvalue()


def _text(lines) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _recipe() -> str:
    """sha256 of this module's code: without comments, docstrings and formatting, which make no features."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()


def save(labels: LabelSet, settings: Settings, folder: Path) -> str:
    """Make the data set in a folder, one video at a time, and give its checksum.

    A data set that lies there is replaced. `MARKER` gets its checksum last.

    Raises:
        ValueError: a setting out of range.
        FileExistsError: the folder holds other features.
    """
    settings.check()
    videos = chosen_videos(labels.videos, settings)
    _clear(folder)
    facts = {
        "name": f"Breakfast-like: synthetic features on {labels.source}",
        "synthetic_features": True,
        "settings": asdict(settings),
        "labels": {"source": labels.source, "sha256": labels.sha256},
        "videos": len(videos),
        "frames": sum(map(len, videos)),
        "recipe": _recipe(),
        "checksum": "",
        "sha256": dict.fromkeys((video.name for video in videos), ""),
    }
    _write_marker(folder, facts)  # before the rest, so that what is left unfinished is known as ours
    for place in ("groundTruth", "mapping", *{f"features/{video.activity}" for video in videos}):
        (folder / place).mkdir(parents=True, exist_ok=True)
    notice = f"{facts['name']}.\nNot the features of Breakfast: made by synthetic/breakfast_like.py.\n"
    (folder / "README.txt").write_text(notice)
    mapping = _text(f"{number} {action}" for number, action in enumerate(labels.actions))
    (folder / "mapping" / "mapping.txt").write_bytes(mapping)
    sums = {}
    for video in videos:
        features, names = features_of(video, settings), video.labels
        (folder / "features" / video.activity / f"{video.name}.npy").write_bytes(_npy(features))
        (folder / "groundTruth" / video.name).write_bytes(_text(names))
        sums[video.name] = video_digest(features, names)
    checksum = hashlib.sha256(_text([*sums.values(), hashlib.sha256(mapping).hexdigest()])).hexdigest()
    _write_marker(folder, facts | {"checksum": checksum, "sha256": sums})
    return checksum


def _write_marker(folder: Path, facts: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{MARKER}.part"
    part.write_text(json.dumps(facts, indent=1) + "\n")
    part.replace(folder / MARKER)


def _paths(folder: Path, name: str) -> tuple[Path, Path]:
    activity = name.rsplit("_", 1)[1]
    return folder / "features" / activity / f"{name}.npy", folder / "groundTruth" / name


def _clear(folder: Path) -> None:
    """Remove what an earlier run wrote, and nothing else."""
    if (folder / MARKER).is_file():
        for name in json.loads((folder / MARKER).read_text())["sha256"]:
            for path in _paths(folder, name):
                path.unlink(missing_ok=True)
    other = next((path for path in (folder / "features").rglob("*") if path.is_file()), None)
    if other is not None:
        raise FileExistsError(f"{other}: is not of this data set; give a folder without features")


def read_facts(folder: Path) -> dict:
    """What `MARKER` says of a whole data set: "settings", "labels", "checksum", "sha256" by video, ….

    Raises:
        FileNotFoundError: none is there, or a file of it is missing.
        ValueError: it was left unfinished, or was made by another version of this module.
    """
    remedy = "make it with synthetic/breakfast_like.py"
    if not (folder / MARKER).is_file():
        raise FileNotFoundError(f"{folder / MARKER}: not found; {remedy}")
    facts = json.loads((folder / MARKER).read_text())
    if not facts["checksum"] or facts["recipe"] != _recipe():
        raise ValueError(f"{folder}: is unfinished, or of another version; {remedy}")
    for name in facts["sha256"]:
        for path in _paths(folder, name):
            if not path.is_file():
                raise FileNotFoundError(f"{path}: not found; {remedy}")
    return facts


def load_video(folder: Path, name: str, digest: str) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, d] and actions [n] of one video that `save` wrote, by its digest in `MARKER`.

    Raises:
        FileNotFoundError: a file of it is missing.
        ValueError: a file that is not what was written.
    """
    frames, truth = _paths(folder, name)
    features = np.load(frames, allow_pickle=False)
    labels = np.array(truth.read_text().splitlines())
    if video_digest(features, labels) != digest:
        raise ValueError(f"{frames} or {truth}: is not what was written; delete {folder} and make it again")
    return features, labels


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data set, write it and say what was written."""
    usual = Settings()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--labels", type=Path, metavar="PATH", help="label file (else in $DKVA_DATA, if any)")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument(
        "--difficulty", type=float, default=usual.difficulty, help="noise over action (default %(default)s)"
    )
    parser.add_argument("--videos", type=int, default=usual.videos, help="how many (default: all)")
    parser.add_argument("--features", type=int, default=usual.features, help="a frame (default %(default)s)")
    options = vars(parser.parse_args(arguments))
    folder, given = options.pop("out"), options.pop("labels")
    try:
        labels = load_label_set(given)
        checksum = save(labels, Settings(**options), folder)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    facts = read_facts(folder)
    print(
        f"{facts['name']}\n{facts['videos']} videos, {facts['frames']} frames, {options['features']} features"
    )
    print(f"checksum   {checksum}\nwritten to {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
