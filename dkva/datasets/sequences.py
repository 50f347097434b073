"""Labelled sequences of one's own to test methods on: a folder in, sequences by domain out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from dkva.datasets.arrays import load_named
from dkva.datasets.errors import DataError
from dkva.datasets.features import load_features
from dkva.datasets.folder import FeatureFolder
from dkva.datasets.reading import NO_LABEL, FeatureReading

__all__ = ["LabelledSequence", "Opened", "find_sequences"]

# Names of the two arrays in a file, in the order in which they are looked for.
_PAIRS = (("X", "y"), ("features", "labels"))

# Between the domain and the rest of a file's name.
_MARK = "__"


@dataclass(frozen=True)
class Opened:
    """What a sequence holds.

    Attributes:
        frames: N.
        features: d.
        actions: different true labels, those of ignored frames left out.
        ignore: labels that are left out of scores: those asked for that occur, and `NO_LABEL` if some frames
            have none.
        checksum: of features and labels.
    """

    frames: int
    features: int
    actions: int
    ignore: tuple
    checksum: str


@dataclass(frozen=True)
class LabelledSequence:
    """One sequence with its true labels; nothing is read before it is asked for.

    Attributes:
        name: its own among all.
        domain: what it is one of: every domain counts the same in a comparison.
        path: its file of features.
        load: gives features [n, d] and true labels [n]; raises DataError.
    """

    name: str
    domain: str
    path: Path
    load: Callable[[], tuple]

    def open(self, ignore: tuple[str, ...] = ()) -> Opened:
        """Read it whole.

        Args:
            ignore: labels to leave out of scores, as text.

        Raises:
            DataError: a file that cannot be used, or a sequence of fewer than two actions.
        """
        features, truth = self.load()
        if truth is None:
            raise DataError(self.path, "has no true labels", "add its label file to groundTruth/")
        truth = np.asarray(truth)
        labels = np.unique(truth).tolist()
        left_out = tuple(label for label in labels if str(label) in (*ignore, NO_LABEL))
        if len(labels) - len(left_out) < 2:
            problem = "has fewer than two different labels to score"
            raise DataError(self.path, problem, "give sequences of two actions or more")
        what = hashlib.blake2b(json.dumps([features.shape, truth.tolist()]).encode(), digest_size=16)
        what.update(np.ascontiguousarray(features).data)
        n, d = features.shape
        return Opened(n, d, len(labels) - len(left_out), left_out, f"{features.dtype} {what.hexdigest()}")


def find_sequences(
    root: str | Path, *, cache: bool = True, missing: str = "error", transposed: bool = False
) -> list[LabelledSequence]:
    """The labelled sequences below a folder, by domain and name; only file names are read here.

    Two layouts may lie side by side:

    - NPZ files, each with an array X [n, d] and one y [n] (or `features` and `labels`). Their domain is what
      stands before "__" in the file's name, else the name of their folder.
    - Folders with features/ and groundTruth/, as public releases have them. The folder's name is the domain.

    Args:
        root: the folder.
        cache: keep parsed text; see `read_features`.
        missing: what to do with values that are missing; see `read_features`.
        transposed: files hold one column a frame, as those of some public releases do.

    Raises:
        DataError: no folder, nothing of either kind in it, or two sequences of one name.
        ValueError: an unknown choice of `missing`.
    """
    root, reading = Path(root), FeatureReading(transposed, cache=cache, missing=missing)
    if not root.is_dir():
        problem = "is a file" if root.exists() else "not found"
        raise DataError(root, problem, "give the folder that holds the labelled sequences")
    found: list[LabelledSequence] = []
    for here, folders, files in os.walk(root):
        folder = Path(here)
        if "features" in folders:
            found += _of_release(root, folder, reading)
        kept = (each for each in folders if each not in ("features", "groundTruth", "mapping"))
        folders[:] = sorted(each for each in kept if not each.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(".npz") and not name.startswith("."):
                found.append(_of_arrays(root, folder / name, reading))
    if not found:
        remedy = (
            "give a folder of .npz files with arrays X and y, or one that holds features/ and groundTruth/"
        )
        raise DataError(root, "holds no labelled sequences", remedy)
    named: dict[str, LabelledSequence] = {}
    for each in found:
        if named.setdefault(each.name, each) is not each:
            problem = f"has the name of {named[each.name].path}, {each.name!r}"
            raise DataError(each.path, problem, "rename one of them")
    return sorted(found, key=lambda each: (each.domain, each.name))


def _of_release(root: Path, folder: Path, reading: FeatureReading) -> list[LabelledSequence]:
    domain = folder.resolve().name
    found = []
    for video in FeatureFolder(folder, strict=False, cache=reading.cache):
        name = (folder.relative_to(root) / video.name).as_posix()
        load = replace(video, reading=reading).load
        found.append(LabelledSequence(name, domain, video.path, load))
    return found


def _of_arrays(root: Path, path: Path, reading: FeatureReading) -> LabelledSequence:
    before, mark, _ = path.stem.partition(_MARK)
    domain = before if mark and before else path.resolve().parent.name
    name = path.relative_to(root).with_suffix("").as_posix()
    return LabelledSequence(name, domain, path, partial(_load_arrays, path, reading))


def _load_arrays(path: Path, reading: FeatureReading) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, d] and labels [n] of an NPZ file."""
    held = ((name, load_named(path, labels)) for name, labels in _PAIRS)
    name, truth = next(((name, truth) for name, truth in held if truth is not None), ("", None))
    if truth is None:
        raise DataError(path, "holds no array y of labels", "write numpy.savez(path, X=features, y=labels)")
    frames = load_features(path, replace(reading, array=name)).frames
    if truth.shape != (len(frames),) or truth.dtype.kind not in "iubU":
        problem = f"has {truth.dtype} labels of shape {truth.shape} for {len(frames)} frames"
        raise DataError(path, problem, "give one whole number or one text a frame")
    return frames, truth
