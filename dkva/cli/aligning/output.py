"""The last step of `dkva align`: what matches is written as a document, a table and a picture."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
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
    """Where the alignment of two videos is written.

    Attributes:
        folder: of all results.
        name: of the files without their endings.
    """

    folder: Path
    name: str

    @classmethod
    def of(cls, folder: Path, first: str, second: str) -> Output:
        """The files of two videos, by their names."""
        return cls(folder, f"{first}_with_{second}".replace("/", "_"))

    @property
    def document(self) -> Path:
        """All that is known, as JSON."""
        return self.folder / f"{self.name}.json"

    @property
    def table(self) -> Path:
        """The matched frames, as CSV."""
        from dkva.export.alignment import MATCHES

        return self.folder / f"{self.name}{MATCHES}"

    @property
    def picture(self) -> Path:
        """Both time lines, and what matches, as PNG."""
        return self.folder / f"{self.name}.png"

    def earlier(self) -> dict | None:
        """The document of an earlier run, if all its files are there.

        Raises:
            click.ClickException: files by these names that are no results of dkva, or of a newer one.
        """
        from dkva.base.errors import ResultsError
        from dkva.export.alignment import is_foreign_alignment, is_foreign_matches, read_alignment

        try:
            doc = read_alignment(self.document)
        except ResultsError as error:
            raise click.ClickException(str(error)) from error
        foreign = {
            self.document: is_foreign_alignment(self.document),
            self.table: is_foreign_matches(self.table),
            self.picture: doc is None and os.path.exists(self.picture),  # False of a name that cannot be
        }
        for path, there in foreign.items():
            if there:
                raise click.ClickException(
                    f"{path}: is there and is no result of dkva; move it away, or give another folder with "
                    "--out"
                )
        return doc if os.path.exists(self.table) and os.path.exists(self.picture) else None

    def check_same(self, earlier: Mapping | None, sources: Sequence[Mapping]) -> None:
        """Raise click.ClickException if an earlier document is of other files than these.

        Args:
            earlier: the document, if there is one.
            sources: of both videos' features; see `dkva.export.documents.source_of`.
        """
        if earlier is not None and [earlier[which].get("source") for which in "ab"] != list(sources):
            raise click.ClickException(
                f"{self.document}: is the alignment of other files of these names; give another folder with "
                "--out, or replace it with --force"
            )

    def write(self, doc: dict, figure: Figure) -> None:
        """Write all files, each whole or not at all; a kill leaves some out. Raises click.ClickException."""
        from dkva.base.files import write_atomically
        from dkva.export.alignment import write_matches
        from dkva.export.documents import write_json

        try:
            for old in (self.table, self.picture):
                old.unlink(missing_ok=True)
            write_json(self.document, doc)
            write_matches(self.table, doc)
            write_atomically(self.picture, partial(figure.savefig, format="png", dpi=150))
        except OSError as error:
            raise click.ClickException(
                f"{error.filename or self.folder}: cannot be written ({error.strerror}); free it, or give "
                "another folder with --out"
            ) from error
