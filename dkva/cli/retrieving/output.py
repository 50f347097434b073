"""The last step of `dkva retrieve`: what is found is written as a document, a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dkva.cli.output_files import NamedFiles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Output"]


class Output(NamedFiles):
    """Where the frames that were found for a frame are written."""

    @classmethod
    def of(cls, folder: Path, video: str, frame: int) -> Output:
        """The files of a video and its frame."""
        return cls(folder, f"{video}_at_{frame}".replace("/", "_"))

    @property
    def table(self) -> Path:
        """The found frames, as CSV."""
        from dkva.export.retrieval import RETRIEVED

        return self.folder / f"{self.name}{RETRIEVED}"

    def check(self) -> None:
        """Raise click.ClickException for files by these names that are not dkva's, or of a newer one."""
        from dkva.export.retrieval import is_foreign_retrieval, is_foreign_retrieved, read_retrieval

        self.known(read_retrieval, is_foreign_retrieval, is_foreign_retrieved)

    def write(self, doc: dict, figure: Figure) -> None:
        """Write all files in place of earlier ones; see `write_all`."""
        from dkva.export.retrieval import write_retrieved

        self.write_all(doc, write_retrieved, figure)
