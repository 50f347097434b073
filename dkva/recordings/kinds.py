"""What is taken for a recording: files by their suffix, and folders of images; and how much of it."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["IMAGE_SUFFIXES", "RECORDING_SUFFIXES", "SAMPLES_A_SECOND", "image_files", "is_recording"]

#: Frames a second that are taken of a recording if nobody says how many (our choice).
SAMPLES_A_SECOND = 5.0

RECORDING_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".f4v", ".ogv", ".mxf"),
    *(".mpg", ".mpeg", ".m2v", ".vob", ".ts", ".mts", ".m2ts", ".3gp", ".3g2", ".dv", ".gif", ".y4m"),
    *(".mpe", ".m1v", ".mod", ".tod", ".m2t", ".qt", ".divx", ".rm", ".rmvb", ".ogm", ".nut", ".wtv", ".ivf"),
    *(".264", ".h264", ".h265", ".hevc", ".mjpg", ".mjpeg", ".apng"),
)

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")

# Beside these, images are pictures of something else: features, their plots.
_FEATURES = (".npy", ".npz", ".mat", ".parquet", ".h5", ".hdf5", ".csv", ".tsv", ".txt", ".gz")


def is_recording(path: str | Path) -> bool:
    """Whether a path names a recording: a file of such a suffix, or a folder of two or more images.

    A folder that also holds recordings, files that may be features, or folders, is none.
    """
    path = Path(path)
    if path.is_dir():
        return len(image_files(path)) > 1 and not any(map(_is_other, path.iterdir()))
    return path.suffix.lower() in RECORDING_SUFFIXES


def _is_other(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    return path.is_dir() or path.suffix.lower() in (*RECORDING_SUFFIXES, *_FEATURES)


def image_files(folder: Path) -> list[Path]:
    """The images that lie in a folder, in the order of their names: img2 before img10. Raises OSError."""
    found = [path for path in folder.iterdir() if _is_image(path)]
    return sorted(found, key=lambda path: (_natural(path.name), path.name))


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".") and path.is_file()


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key by which numbers in names are in order of their values."""
    parts = re.split(r"([0-9]+)", name.lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
