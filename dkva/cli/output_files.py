"""What commands write into an output folder: files of others are left alone, and errors are one line."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["NamedFiles", "corrected_file", "foreign_file", "written_whole"]


def foreign_file(path: Path) -> str:
    """What is said of a file that would be written over and is not dkva's."""
    return f"{path}: is there and is no result of dkva; move it away, or give another folder with --out"


def corrected_file(path: Path) -> str | None:
    """What is said of a document that a person corrected, and that would be replaced; None of others."""
    try:
        doc = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(doc, dict) or not doc.get("corrected"):
        return None
    return (
        f"{path}: was corrected by hand, and would be replaced; name it {path.stem}.corrected.json, or give "
        "another folder with --out"
    )


@contextlib.contextmanager
def written_whole(folder: Path) -> Iterator[None]:
    """Raise click.ClickException where a file of the folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or folder}: cannot be written ({error.strerror}); free it, or give another "
            "folder with --out"
        ) from error


@dataclass(frozen=True)
class NamedFiles:
    """A document, a table and a picture of one name; a command has a class of its own.

    Attributes:
        folder: of all results.
        name: of the files without their endings.
    """

    folder: Path
    name: str

    @property
    def document(self) -> Path:
        """All that is known, as JSON."""
        return self.folder / f"{self.name}.json"

    @property
    def table(self) -> Path:
        """What was found, as CSV."""
        raise NotImplementedError

    @property
    def picture(self) -> Path:
        """What was found, as PNG."""
        return self.folder / f"{self.name}.png"

    def known(
        self,
        read: Callable[[Path], dict | None],
        foreign_document: Callable[[Path], bool],
        foreign_table: Callable[[Path], bool],
    ) -> dict | None:
        """The document of an earlier run, if there is one.

        Args:
            read: reads such a document, None without one.
            foreign_document: whether a file is there that is none.
            foreign_table: likewise of the table.

        Raises:
            click.ClickException: files by these names that are no results of dkva, or of a newer one.
        """
        from dkva.base.errors import ResultsError

        try:
            doc = read(self.document)
        except ResultsError as error:
            raise click.ClickException(str(error)) from error
        foreign = {
            self.document: foreign_document(self.document),
            self.table: foreign_table(self.table),
            self.picture: doc is None and os.path.exists(self.picture),  # False of a name that cannot be
        }
        for path, there in foreign.items():
            if there:
                raise click.ClickException(foreign_file(path))
        return doc

    def write_all(self, doc: dict, write_table: Callable[[Path, Mapping], None], figure: Figure) -> None:
        """Write all files, each whole or not at all; a kill leaves some out. Raises click.ClickException."""
        from dkva.base.files import write_atomically
        from dkva.export.documents import write_json

        with written_whole(self.folder):
            for old in (self.table, self.picture):
                old.unlink(missing_ok=True)
            write_json(self.document, doc)
            write_table(self.table, doc)
            write_atomically(self.picture, partial(figure.savefig, format="png", dpi=150))
