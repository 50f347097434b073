"""The third step of `dkva segment`: what comes of a video is scored, described, drawn, and written once."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from dkva.cli.output_files import corrected_file, foreign_file
from dkva.cli.segmenting.further_files import write_frame_labels
from dkva.cli.segmenting.judging import remarks_on
from dkva.cli.segmenting.output import Output
from dkva.cli.segmenting.together import Shared, shared
from dkva.cli.terminal import gathered

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation
    from dkva.cli.segmenting.work import Worked
    from dkva.datasets import VideoFile
    from dkva.metrics.boundaries import BoundaryScores
    from dkva.metrics.segmentation import Scores

__all__ = ["Results"]

_LEFT_OUT = "of an earlier run, not of this set of videos: left out of the totals; delete what is not needed"

# The CSV is written anew after this many seconds, so that a killed run loses no more.
_CSV_SECONDS = 2.0


class Results:
    """What a run has given so far, and what earlier runs left in the same folder.

    Args:
        output: what is written.
        names: of the videos of this run.

    Attributes:
        docs: documents by video.
        scores: of the videos that have labels.
        boundaries: scores of their boundaries within a tolerance.
        class_rows: parts of the scores of videos that have true labels and whose labels are classes
            themselves; see `dkva.cli.segmenting.judging.class_row`.
        shared: matching and scores of videos whose labels mean the same in all of them.
        computed: videos that were cut now.
        kept: videos whose results an earlier run left.
        unseen: labels to ignore that no video has had yet.

    Raises:
        click.ClickException: earlier results of a newer format or damaged ones, which would be misread or
            overwritten.
    """

    def __init__(self, output: Output, names: Iterable[str]):
        from dkva.base.errors import ResultsError
        from dkva.export.documents import read_csv, read_json

        self.output = output
        self.docs: dict[str, dict] = {}
        self.scores: dict[str, Scores] = {}
        self.boundaries: dict[str, BoundaryScores] = {}
        self.class_rows: dict[str, dict] = {}
        self.shared = Shared()
        self.computed = self.kept = 0
        self.unseen = set(output.ignore)
        self._counted: set[str] | None = None
        self._left_out: list[str] = []
        self._problems: dict[str, list[str]] = {}
        self._notes: dict[str, tuple[str, ...]] = {}
        self._written = time.monotonic()
        self._table_problem: list[str] = []
        try:
            self._table = read_csv(output.csv) if output.csv else {}
            if output.form == "csv":
                found = {name: self._table.get(name) for name in names}
            else:
                found = {name: read_json(self.output.document(name)) for name in names}
            self._refuse_foreign(found)
            self._refuse_edited(found)
        except ResultsError as error:
            raise click.ClickException(str(error)) from error
        self._old = {name: doc for name, doc in found.items() if doc is not None}

    def _refuse_foreign(self, found: dict[str, dict | None]) -> None:
        """Raise DamagedError if a file that is to be written is there and is not dkva's."""
        from dkva.base.errors import DamagedError
        from dkva.export.documents import is_foreign
        from dkva.export.levels import LEVELS_CSV, is_foreign_levels
        from dkva.export.summary import SUMMARIES, is_foreign_summary

        new = [name for name, doc in found.items() if doc is None]
        foreign = []
        if self.output.form != "csv":
            foreign += [path for path in map(self.output.document, new) if is_foreign(path)]
        if self.output.csv:
            foreign += [
                path for path in map(self.output.folder.joinpath, SUMMARIES) if is_foreign_summary(path)
            ]
            levels = self.output.folder / LEVELS_CSV
            foreign += [levels] if self.output.levels and is_foreign_levels(levels) else []
        for name in new:
            foreign += [path for path in self.output.beside(name, written=True) if path.exists()]
        foreign += filter(None, (self.output.exported.foreign(self.output.folder, name) for name in found))
        if foreign:
            raise DamagedError(foreign_file(foreign[0]))

    def _refuse_edited(self, found: Iterable[str]) -> None:
        """Raise DamagedError if a document or an export that is to be written was changed by a person."""
        from dkva.base.errors import DamagedError
        from dkva.base.written_exports import refused

        for name in found:
            if said := corrected_file(self.output.document(name)):
                raise DamagedError(said)
            if edited := self.output.exported.edited(self.output.folder, name):
                raise DamagedError(refused(edited))

    def done(self, name: str) -> str | None:
        """Key of the results that an earlier run left of a video, if any of this format."""
        from dkva.export.documents import FORMAT

        old = self._old.get(name)
        return old["key"] if old is not None and old["format"] == FORMAT else None

    def draft(self, video: VideoFile, worked: Worked) -> None:
        """Write what came of a video that is judged with all others later, so that a killed run has it.

        Raises:
            OSError: a file that cannot be written.
        """
        from dkva.export.documents import write_json

        if worked.problem is None and worked.segmentation is not None:
            doc = self._made(video, worked, worked.segmentation)
            if self.output.form != "csv":
                write_json(self.output.document(video.name), doc)
            self.docs[video.name] = self._old[video.name] = doc

    def add_together(self, found: Sequence[tuple[VideoFile, Worked]], n_segments: int) -> None:
        """Score and write videos whose labels mean the same, by one matching; as `add` if they do not.

        Args:
            found: all videos, and what came of each: cut together, or by one model.
            n_segments: that were asked for.

        Raises:
            OSError: a file that cannot be written.
        """
        from dkva.export.documents import labels_in

        self._counted = {video.name for video, worked in found if worked.problem is None}
        cut = [(video.name, worked) for video, worked in found if worked.together or worked.model]
        docs = [self._old[name] for name, _ in cut if name in self._old]
        classes = next((doc["classes"] for doc in docs if doc.get("classes")), None)
        if classes is not None:
            self.shared = Shared(order=tuple(classes))
        elif cut:
            made = {name: worked.segmentation for name, worked in cut}
            labels = {
                name: labels_in(self._old[name]) if of is None else of.labels for name, of in made.items()
            }
            truths = {name: worked.truth for name, worked in cut if worked.truth is not None}
            self.shared = shared(labels, truths, n_segments, self.output.ignore)
        for video, worked in found:
            self.add(video, worked)

    def add(self, video: VideoFile, worked: Worked) -> None:
        """Score what came of one video, and write it.

        Raises:
            OSError: a file that cannot be written.
        """
        from dkva.export.documents import labels_in, write_json

        if worked.problem is not None:
            self._problems.setdefault(video.name, []).append(worked.problem)
            return
        old = self._old.get(video.name)
        if worked.segmentation is not None:
            doc = self._made(video, worked, worked.segmentation)
            self.computed += 1
        else:
            doc = self._old[video.name]
            self.kept += 1
        doc = self._judged(video, worked, self._timed(doc, worked))
        self._notes[video.name] = (*worked.notes, *remarks_on(doc, worked, self.output.ignore))
        labels = labels_in(doc)
        if self.output.form != "csv" and doc != old:
            write_json(self.output.document(video.name), doc)
        if self.output.frame_labels:
            write_frame_labels(self.output.folder, doc, labels, self.output.frame_labels)
        self.docs[video.name] = doc
        if self.output.plot:
            self._draw(doc, labels, worked.truth)
        try:
            said = self.output.exported.write(self.output.folder, doc, video)
        except ValueError as error:  # the cut stands all the same
            self._problems.setdefault(video.name, []).append(str(error))
            return
        self._notes[video.name] += tuple(said)

    def _timed(self, doc: dict, worked: Worked) -> dict:
        """The document with times in seconds: a recording's own, which may be none, or by the rate."""
        from dkva.export.documents import timed

        return timed(doc, self.output.rate if worked.recording is None else worked.rate, worked.times)

    def _made(self, video: VideoFile, worked: Worked, segmentation: Segmentation) -> dict:
        """The document of a video that was cut now; what stood of earlier labels goes."""
        from dkva.export.documents import document

        doc = document(
            video.name,
            segmentation,
            source=dict(worked.source or {}),
            reading=worked.reading or {},
            key=worked.key or "",
            levels=list(worked.levels),
            suggestion=worked.suggestion,
            together=worked.together,
            model=worked.model,
            shortest=worked.shortest,
            recording=worked.recording,
        )
        for path in self.output.beside(video.name) if video.name in self._old else []:
            if os.path.lexists(path):  # its name may be longer than a name can be
                path.unlink(missing_ok=True)
        if self.output.form == "csv":
            self._drop_document(video.name, doc["key"])
        return doc

    def _judged(self, video: VideoFile, worked: Worked, doc: dict) -> dict:
        """The document with scores, and names by the truth; as it is if there is no truth.

        Labels that are classes keep their names, and are scored as such.
        """
        from dkva.cli.segmenting.judging import judged
        from dkva.export.documents import named, scores_for_json

        problem = worked.truth_problem
        if self.shared.matching is not None:  # a label means the same in videos without truth
            doc = named(doc, self.shared.matching)
        if worked.truth is None and problem is None:
            return doc
        if worked.truth is not None:
            self.unseen -= set(worked.truth.tolist())
            try:
                found = judged(video, worked, doc, self.output.ignore, self.output.tolerance)
                self.boundaries[video.name] = found.boundaries
                scores = found.scores
                if scores is None:
                    self.class_rows[video.name] = found.class_row
                    return doc | {"scores": found.plain}
                self.scores[video.name] = scores
                if self.shared.matching is None:
                    return named(doc, scores.matching) | {"scores": found.plain}
                together = scores_for_json(self.shared.scores[video.name])
                return doc | {"scores": found.plain, "scores_together": together}
            except ValueError as error:
                problem = f"{video.labels_path}: {error}"
        # The segmentation stands all the same, and so do scores that an earlier run gave it.
        self._problems.setdefault(video.name, []).append(str(problem))
        return doc

    def _drop_document(self, name: str, key: str) -> None:
        """Remove an earlier document of other settings, beside which a table of new ones would stand."""
        from dkva.base.errors import ResultsError
        from dkva.export.documents import read_json

        with contextlib.suppress(ResultsError):
            old = read_json(self.output.document(name))
            if old is not None and old["key"] != key:
                self.output.document(name).unlink()

    def _draw(self, doc: dict, labels: np.ndarray, truth: np.ndarray | None) -> None:
        from dkva.cli.segmenting.pictures import draw
        from dkva.export.class_names import names_in

        name, matching = doc["video"], self.shared.matching
        scores = self.scores.get(name) if matching is None else self.shared.scores.get(name)
        order = self.shared.order
        if doc.get("classes"):
            row = self.class_rows.get(name)
            said = "" if row is None else f"accuracy {100 * row['right'] / row['n_frames']:.1f} %"
            draw(self.output.folder, doc, names_in(doc), truth, said=said, order=order)
            return
        draw(self.output.folder, doc, labels, truth, scores=scores, matching=matching, order=order)

    def write_table(self, *, if_due: bool = False) -> None:
        """Write the segments of this run, and of earlier runs for other videos; if not, a problem says why.

        Args:
            if_due: only if the table was not written for some seconds, and without the summaries.
        """
        from dkva.base.errors import ResultsError
        from dkva.export.documents import read_csv, write_csv
        from dkva.export.summary import write_summary

        path = self.output.csv
        if path is None or (if_due and time.monotonic() - self._written < _CSV_SECONDS):
            return
        self._written = time.monotonic()
        self._table_problem = []
        try:
            docs = self._table | read_csv(path) | self.docs  # another run may write there too
            if not self.docs:
                return
            self._left_out = [] if self._counted is None else sorted(docs.keys() - self._counted)
            write_csv(path, (docs[name] for name in sorted(docs)))
            if not if_due:
                write_summary(path.parent, list(docs.values()), self._counted)
        except OSError as error:
            self._table_problem = [f"{path}: cannot be written ({error.strerror}); free it"]
        except ResultsError as error:
            self._table_problem = [str(error)]

    def sort(self, names: Iterable[str]) -> None:
        """Bring what came in any order into the order of the videos."""
        order = list(names)
        self.docs = {name: self.docs[name] for name in order if name in self.docs}
        self.scores = {name: self.scores[name] for name in order if name in self.scores}
        self.class_rows = {name: self.class_rows[name] for name in order if name in self.class_rows}
        self._problems = {name: self._problems[name] for name in order if name in self._problems}
        self._notes = {name: self._notes[name] for name in order if name in self._notes}

    @property
    def problems(self) -> list[str]:
        """What went wrong with videos, and at last with the table, one line each."""
        return [problem for found in self._problems.values() for problem in found] + self._table_problem

    @property
    def notes(self) -> list[str]:
        """What readers and the method have to say, one line each; a line for many videos says how many."""
        from dkva.datasets.annotations.forms import listed

        left = [f"{listed(self._left_out)}: {_LEFT_OUT}"] if self._left_out else []
        return left + gathered(self._notes)
