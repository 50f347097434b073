"""Images that lie in a folder beside something else, which then is what is cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dkva.datasets import DataError

__all__ = ["beside_features", "beside_recordings"]


def beside_features(folder: Path, features: Sequence[Path]) -> DataError | None:
    """What is wrong with a folder that holds two images or more beside feature files; None if it does not.

    Args:
        folder: where the images lie.
        features: feature files in it or below.
    """
    from dkva.datasets import DataError

    files = [path for path in features if path.parent == folder]
    count = _images(folder, files) if files else 0
    if count < 2:
        return None
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    it = "them" if more else "it"
    return DataError(
        folder,
        f"holds {count} images beside {files[0].name}{more}",
        f"move {it} away to cut the images, or give {it} alone",
    )


def beside_recordings(recordings: Sequence[Path]) -> list[str]:
    """Notes of images that are passed over, since they lie beside files of recordings."""
    notes = []
    for folder in sorted({path.parent for path in recordings if path.is_file()}):
        files = [path for path in recordings if path.parent == folder]
        count = _images(folder, files)
        if count > 1:
            notes.append(
                f"{folder}: passed over {count} images beside {files[0].name}: to cut them, too, give them a "
                "folder of their own"
            )
    return notes


def _images(folder: Path, files: Sequence[Path]) -> int:
    """How many images a folder holds, but for pictures of its files, which are named after these."""
    from dkva.datasets.kinds import stem_of
    from dkva.recordings.kinds import image_files

    stems = {stem_of(path) or path.stem for path in files}
    return sum(not any(_is_picture(image.stem, stem) for stem in stems) for image in image_files(folder))


def _is_picture(image: str, stem: str) -> bool:
    """Whether an image is named after a file: a.png and a_plot.png after a.csv, but not a_001.png."""
    rest = image.removeprefix(stem)
    return rest == "" or (rest != image and re.fullmatch(r"[-._ ](?!\d+$).*", rest) is not None)
