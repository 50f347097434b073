"""What of the six benchmarks is on disk, what is wrong with it, and how it compares with Table 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from dkva.base.checks import check_choice
from dkva.datasets.benchmarks import BENCHMARKS, Benchmark
from dkva.datasets.errors import DataError
from dkva.datasets.findings import Finding, examine
from dkva.datasets.folder import VideoFile
from dkva.datasets.granularity import find_coarse, read_coarse

__all__ = ["Report", "check"]


@dataclass(frozen=True)
class Report:
    """One benchmark as it was found.

    Attributes:
        benchmark: its description.
        root: its folder, or None where it was not found.
        findings: one a video.
        problems: all of them, those beside the videos first.
        unused: label files of no video.
        granularities: label sets there are classes for; see `Benchmark.granularities`.
    """

    benchmark: Benchmark
    root: Path | None = None
    findings: tuple[Finding, ...] = ()
    problems: tuple[DataError, ...] = ()
    unused: tuple[Path, ...] = ()
    granularities: tuple[str, ...] = ()

    @property
    def found(self) -> dict[str, float | None]:
        """Videos, mean frames, mean different labels a video (what Table 1 calls segments), features.

        Means are over the videos that can be read, None without any; `runs` are the segments in time.
        """
        widths = {f.features for f in self.findings if f.features is not None}
        return {
            "videos": len(self.findings),
            "frames": _mean(f.frames for f in self.findings),
            "segments": _mean(f.actions for f in self.findings),
            "features": widths.pop() if len(widths) == 1 else None,
            "runs": _mean(f.segments for f in self.findings),
        }

    @property
    def differs(self) -> list[str]:
        """Columns of Table 1 that these files do not bear out; a mean may be off by its rounding."""
        if self.root is None:
            return []
        found, expected = self.found, self.benchmark.table1._asdict()
        slack = {"frames": 1.0, "segments": 1.0}  # K is at times rounded up
        return [
            column
            for column, value in expected.items()
            if (seen := found[column]) is None or not abs(seen - value) < slack.get(column, 0.5)
        ]

    @property
    def notes(self) -> list[str]:
        """What is no error and may surprise."""
        notes = []
        gaps = [f.labels - f.frames for f in self.findings if f.labels and f.frames and f.labels != f.frames]
        if gaps and self.benchmark.lengths != "error":
            notes.append(
                f"{len(gaps)} videos have up to {max(map(abs, gaps))} labels more or fewer than frames; "
                f"they are fitted ({self.benchmark.lengths})"
            )
        if self.unused:
            notes.append(f"{len(self.unused)} label files belong to no video, such as {self.unused[0].name}")
        absent = [name for name in self.benchmark.granularities if name not in self.granularities]
        if self.root is not None and absent:
            notes.append(f"no classes in mapping/ for granularity {' or '.join(absent)}")
        return notes

    def as_dict(self) -> dict:
        """For JSON."""
        return {
            "name": self.benchmark.name,
            "title": self.benchmark.title,
            "folder": None if self.root is None else str(self.root),
            "source": self.benchmark.source,
            "found": None if self.root is None else self.found,
            "table1": self.benchmark.table1._asdict(),
            "differs": self.differs,
            "notes": self.notes,
            "problems": [
                {"file": str(e.path), "line": e.line, "problem": e.problem, "remedy": e.remedy}
                for e in self.problems
            ],
        }


def check(
    root: str | Path,
    names: Iterable[str] | None = None,
    *,
    cache: bool = True,
    watch: Callable[[Sequence[VideoFile], str], Iterable[VideoFile]] | None = None,
) -> list[Report]:
    """Look for benchmarks below a folder and read every file of those that are there.

    Args:
        root: a folder that holds data set folders, or that of one.
        names: which of `BENCHMARKS`; None for all, or for the one that `root` is.
        cache: keep parsed text; see `read_features`.
        watch: given a data set's videos and its title, hands them on one by one, to show how far it is.

    Returns:
        One report a benchmark, with `root` None for those that are not there.

    Raises:
        DataError: `root` is no folder, or is that of a data set whose name does not say which.
        ValueError: an unknown name.
    """
    root = Path(root)
    if not root.is_dir():
        raise DataError(root, "is no folder", "give the folder of the data sets")
    chosen = list(BENCHMARKS) if names is None else list(dict.fromkeys(names))
    for name in chosen:
        check_choice("data set", name, BENCHMARKS)
    if names is None and (root / "features").is_dir():
        chosen = [name for name, benchmark in BENCHMARKS.items() if benchmark.owns(root)]
        if not chosen:
            raise DataError(root, "does not say by its name which data set it is", "say so with --datasets")
    return [_report(BENCHMARKS[name], root, cache, watch) for name in chosen]


def _report(
    benchmark: Benchmark,
    root: Path,
    cache: bool,
    watch: Callable[[Sequence[VideoFile], str], Iterable[VideoFile]] | None,
) -> Report:
    folder = None
    try:
        folder = benchmark.find(root)
        if folder is None:
            return Report(benchmark)
        videos = benchmark.open(folder, cache=cache, strict=False)
    except DataError as error:
        return Report(benchmark, folder or root, problems=(error,))
    findings = examine(videos if watch is None else watch(videos, benchmark.title))
    found = [*videos.problems, *(error for finding in findings for error in finding.problems)]
    used = {video.labels_path for video in videos}
    truth = sorted(path for path in (folder / "groundTruth").rglob("[!.]*") if path.is_file())
    unused = tuple(path for path in truth if path not in used)
    levels = list(benchmark.granularities[:1])
    for level in benchmark.granularities[1:]:
        path = find_coarse(folder, level)
        if path is None:
            continue
        levels.append(level)
        try:
            read_coarse(path, videos.mapping)
        except DataError as error:
            found.append(error)
    return Report(benchmark, folder, tuple(findings), tuple(found), unused, tuple(levels))


def _mean(values: Iterable[int | None]) -> float | None:
    present = [value for value in values if value is not None]
    return fmean(present) if present else None
