"""The last step of `dkva transfer`: documents, tables and one picture are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dkva.cli.aligning.ways import AlignWay, FeatureWay
from dkva.cli.output_files import corrected_file, foreign_file, written_whole
from dkva.cli.terminal import printable
from dkva.cli.transferring.work import NONE, Labelled, Transferred

if TYPE_CHECKING:
    import numpy as np

    from dkva.datasets import VideoFile

__all__ = ["MOST_ROWS", "Output", "made"]

# Id of the method in documents and tables.
_METHOD = "transfer"

_TABLE = "segments.csv"

#: Other videos that the picture shows at most.
MOST_ROWS = 40


@dataclass(frozen=True)
class Output:
    """What is written of a run; see the options of `dkva transfer`.

    Attributes:
        folder: where.
        labelled: name of the labelled video.
        form: "json", "csv" or "both".
        rate: rows of features a second, for times; None without them, and for recordings, which have theirs.
        frame_labels: "txt" or "npy" for a file with a label a frame beside each document; None for none.
    """

    folder: Path
    labelled: str
    form: str = "both"
    rate: float | None = None
    frame_labels: str | None = None

    @property
    def table(self) -> Path | None:
        """The table of all segments, if one is asked for."""
        return None if self.form == "json" else self.folder / _TABLE

    @property
    def picture(self) -> Path:
        """The time lines, as PNG."""
        return self.folder / f"from_{self.labelled.replace('/', '_')}.png"

    def _document(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _frame_labels(self, name: str) -> Path:
        return self.folder / f"{name}.labels.{self.frame_labels}"

    def check(self, names: Sequence[str]) -> dict[str, dict]:
        """The documents that the table holds of other videos of an earlier run, by name.

        Args:
            names: of the videos of this run.

        Raises:
            click.ClickException: files that would be written over and are no results of dkva, or results of a
                newer one, or damaged ones.
        """
        from dkva.base.errors import ResultsError
        from dkva.export.documents import is_foreign, read_csv, read_json
        from dkva.export.summary import SUMMARIES, is_foreign_summary

        try:
            table = read_csv(self.table) if self.table else {}
            known = {name: read_json(self._document(name)) for name in names}
        except ResultsError as error:
            raise click.ClickException(str(error)) from error
        for said in filter(None, map(corrected_file, map(self._document, names))):
            raise click.ClickException(said)
        own = (self.folder / _TABLE).exists() or any(doc is not None for doc in known.values())
        foreign = [self.picture] if self.picture.exists() and not own else []
        # A table alone removes an earlier document, so that its name is asked about, too.
        foreign += [path for path in map(self._document, names) if is_foreign(path)]
        if self.table:
            foreign += [path for path in map(self.folder.joinpath, SUMMARIES) if is_foreign_summary(path)]
        if self.frame_labels:
            new = [name for name, doc in known.items() if doc is None and name not in table]
            foreign += [path for path in map(self._frame_labels, new) if path.exists()]
        if foreign:
            raise click.ClickException(foreign_file(foreign[0]))
        return {name: doc for name, doc in table.items() if name not in names}

    def write(
        self,
        labelled: Labelled,
        found: Mapping[str, Transferred],
        docs: Mapping[str, dict],
        others: Mapping[str, dict],
        title: str,
    ) -> None:
        """Write all files, each whole or not at all.

        Args:
            labelled: the labelled video.
            found: what came of each other video, by its name.
            docs: their documents.
            others: of videos of an earlier run, which stay in the table.
            title: of the picture.

        Raises:
            click.ClickException: a file that cannot be written.
        """
        from dkva.base.files import write_atomically
        from dkva.export.documents import write_csv, write_json
        from dkva.export.summary import write_summary

        with written_whole(self.folder):
            for name, doc in docs.items():
                if self.form == "csv":
                    self._document(name).unlink(missing_ok=True)  # of an earlier run, beside another table
                else:
                    write_json(self._document(name), doc)
                if self.frame_labels:
                    self._write_frame_labels(name, labelled.named(found[name].numbers))
            if self.table:
                table = {**others, **docs}
                write_csv(self.table, (table[name] for name in sorted(table)))
                write_summary(self.folder, list(table.values()), set(docs))
            figure = self._drawn(labelled, found, title)
            write_atomically(self.picture, partial(figure.savefig, format="png", dpi=150))

    def _write_frame_labels(self, name: str, labels: np.ndarray) -> None:
        import numpy as np

        from dkva.base.files import write_atomically, write_text

        if self.frame_labels == "npy":
            write_atomically(self._frame_labels(name), lambda file: np.save(file, labels, allow_pickle=False))
        else:
            write_text(self._frame_labels(name), "".join(f"{label}\n" for label in labels.tolist()))

    def _drawn(self, labelled: Labelled, found: Mapping[str, Transferred], title: str):
        import numpy as np

        from dkva.datasets.reading import NO_LABEL
        from dkva.export.transfer_pictures import Row, transfer_picture

        rows = []
        for name, each in list(found.items())[:MOST_ROWS]:
            truth = each.worked.truth
            rows.append(
                Row(
                    printable(name),
                    labelled.named(each.numbers),
                    None if truth is None else np.where(truth == NO_LABEL, NONE, truth),
                    f"{100 * each.scores.mof:.1f} %" if each.scores else "",
                    self.rate or each.worked.rate,
                )
            )
        rate = self.rate or labelled.read.worked.rate
        top = Row(printable(self.labelled), labelled.named(labelled.numbers), said="labelled", rate=rate)
        return transfer_picture(top, rows, title=title)


def made(
    video: VideoFile,
    found: Transferred,
    labelled: Labelled,
    way: AlignWay,
    *,
    by: str,
    rate: float | None,
    ignore: Sequence[str],
) -> dict:
    """The document of one video that has its labels.

    Args:
        video: which.
        found: what came of it.
        labelled: the labelled one.
        way: how frames were compared.
        by: see `dkva.alignment.transfer.transferred`.
        rate: see `Output`.
        ignore: true labels that were left out of the scores.
    """
    from dkva.base.segmentation import Segmentation
    from dkva.export.documents import document, named, run_key, timed

    settings: dict[str, Any] = {"n_segments": len(labelled.names), "by": by}
    if isinstance(way, FeatureWay):
        settings |= way.recorded(None)
    source = dict(found.worked.source or {})
    about = labelled.about
    decisive = [settings, dict(found.how), way.decisive(), way.code]
    decisive += [about["source"]["blake2b"], about["labels_digest"]]
    doc = document(
        video.name,
        Segmentation(found.numbers, found.width, _METHOD, settings),
        source=source,
        reading=found.worked.reading or {},
        key=run_key(video.name, decisive, source, len(found.numbers)),
        rate=rate,
        labelled=about,
        model=way.model,
        recording=found.worked.recording,
    )
    if found.worked.recording is not None:
        doc = timed(doc, found.worked.rate, found.worked.times)
    doc = named(doc, dict(enumerate(labelled.names)))
    if found.scores is None:
        return doc
    path = video.labels_path
    shares = {name: round(value, 6) for name, value in found.scores._asdict().items()}
    told = {"ignored": list(ignore), "labels": path.name if path else None}
    return doc | {"scores": shares | told | {"reading": dict(found.worked.truth_reading or {})}}
