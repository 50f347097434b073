"""The last step of `dkva align`: what matches is written as a document, a table and a picture."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.output_files import NamedFiles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Output"]


class Output(NamedFiles):
    """Where the alignment of two videos is written."""

    @classmethod
    def of(cls, folder: Path, first: str, second: str) -> Output:
        """The files of two videos, by their names."""
        return cls(folder, f"{first}_with_{second}".replace("/", "_"))

    @property
    def table(self) -> Path:
        """The matched frames, as CSV."""
        from dkva.export.alignment import MATCHES

        return self.folder / f"{self.name}{MATCHES}"

    def earlier(self) -> dict | None:
        """The document of an earlier run, if all its files are there.

        Raises:
            click.ClickException: files by these names that are no results of dkva, or of a newer one.
        """
        from dkva.export.alignment import is_foreign_alignment, is_foreign_matches, read_alignment

        doc = self.known(read_alignment, is_foreign_alignment, is_foreign_matches)
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
        """Write all files; see `write_all`."""
        from dkva.export.alignment import write_matches

        self.write_all(doc, write_matches, figure)
