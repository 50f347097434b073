"""The third step of `dkva embed`: embedded frames are written, and what earlier runs left is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.embedding.work import Embedded
from dkva.cli.segmenting.model import ModelWay

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Output"]


@dataclass(frozen=True)
class Output:
    """Where embedded frames are written: NAME.npy and NAME.json of each video.

    Attributes:
        folder: of all of them.
    """

    folder: Path

    def document(self, name: str) -> Path:
        """What made a video's embedded frames, as JSON."""
        return self.folder / f"{name}.json"

    def array(self, name: str) -> Path:
        """A video's embedded frames, as .npy."""
        return self.folder / f"{name}.npy"

    def earlier(self, names: Iterable[str]) -> dict[str, str]:
        """Keys by video of what earlier runs left whole.

        Args:
            names: of the videos.

        Raises:
            click.ClickException: files by these names that are not dkva's embedded frames, or of a newer one.
        """
        from dkva.base.errors import ResultsError
        from dkva.export.embedding import is_foreign_embedding, read_embedding

        keys = {}
        for name in names:
            paths = self.document(name), self.array(name)
            try:
                doc = read_embedding(*paths)
            except ResultsError as error:
                raise click.ClickException(str(error)) from error
            if is_foreign_embedding(*paths):
                there = next(path for path in paths if path.exists())
                raise click.ClickException(
                    f"{there}: is there and is no result of dkva embed; move it away, or give another folder "
                    "with --out"
                )
            if doc is not None and isinstance(doc.get("key"), str):
                keys[name] = doc["key"]
        return keys

    def write(self, name: str, found: Embedded, embedded: np.ndarray, way: ModelWay) -> None:
        """Write the embedded frames of a video.

        Args:
            name: of it.
            found: what came of it.
            embedded: its embedded frames [n, e].
            way: the model's.

        Raises:
            OSError: a file that cannot be written.
        """
        from dkva.base.provenance import versions
        from dkva.export.embedding import embedding_document, write_embedding

        frames, features = found.shape
        origin = way.method.origin
        doc = embedding_document(
            name,
            frames=frames,
            features=features,
            method=way.method.id,
            model=way.model,
            settings=way.recorded(way.n_segments),
            reading=dict(found.reading),
            source=dict(found.source),
            key=found.key,
            versions=versions(origin),
        )
        write_embedding(self.document(name), doc, self.array(name), embedded)
