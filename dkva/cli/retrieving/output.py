"""The last step of `dkva retrieve`: what is found is written as a document, a table and a picture."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Output"]


@dataclass(frozen=True)
class Output:
    """Where the frames that were found for a frame are written.

    Attributes:
        folder: of all results.
        name: of the files without their endings.
    """

    folder: Path
    name: str

    @classmethod
    def of(cls, folder: Path, video: str, frame: int) -> Output:
        """The files of a video and its frame."""
        return cls(folder, f"{video}_at_{frame}".replace("/", "_"))

    @property
    def document(self) -> Path:
        """All that is known, as JSON."""
        return self.folder / f"{self.name}.json"

    @property
    def table(self) -> Path:
        """The found frames, as CSV."""
        from dkva.export.retrieval import RETRIEVED

        return self.folder / f"{self.name}{RETRIEVED}"

    @property
    def picture(self) -> Path:
        """How far each frame is, as PNG."""
        return self.folder / f"{self.name}.png"

    def check(self) -> None:
        """Raise click.ClickException for files by these names that are not dkva's, or of a newer one."""
        from dkva.base.errors import ResultsError
        from dkva.export.retrieval import is_foreign_retrieval, is_foreign_retrieved, read_retrieval

        try:
            doc = read_retrieval(self.document)
        except ResultsError as error:
            raise click.ClickException(str(error)) from error
        foreign = {
            self.document: is_foreign_retrieval(self.document),
            self.table: is_foreign_retrieved(self.table),
            self.picture: doc is None and os.path.exists(self.picture),  # False of a name that cannot be
        }
        for path, there in foreign.items():
            if there:
                raise click.ClickException(
                    f"{path}: is there and is no result of dkva; move it away, or give another folder with "
                    "--out"
                )

    def write(self, doc: dict, figure: Figure) -> None:
        """Write all files in place of earlier ones, each whole or not at all. Raises click.ClickException."""
        from dkva.base.files import write_atomically
        from dkva.export.documents import write_json
        from dkva.export.retrieval import write_retrieved

        try:
            write_json(self.document, doc)
            write_retrieved(self.table, doc)
            write_atomically(self.picture, partial(figure.savefig, format="png", dpi=150))
        except OSError as error:
            raise click.ClickException(
                f"{error.filename or self.folder}: cannot be written ({error.strerror}); free it, or give "
                "another folder with --out"
            ) from error
