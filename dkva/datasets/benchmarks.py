"""The six benchmarks of the paper: where each comes from, how it is laid out, K, background, Table 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, overload

from dkva.base.checks import check_choice
from dkva.datasets.activities import activity_in
from dkva.datasets.annotations.forms import Truth
from dkva.datasets.errors import DataError
from dkva.datasets.folder import FeatureFolder, VideoFile
from dkva.datasets.granularity import find_coarse, read_coarse
from dkva.datasets.reading import NO_LABEL
from dkva.datasets.splits import has_bundles

__all__ = ["BENCHMARKS", "CLUSTERS", "Benchmark", "BenchmarkFolder", "BenchmarkVideo", "Table1"]

#: Whose numbers of segments K are used: the paper's authors', or those of TW-FINCH (CVPR 2021).
CLUSTERS = ("authors", "twfinch")


class Table1(NamedTuple):
    """A row of the paper's Table 1."""

    videos: int
    frames: int
    segments: int
    features: int


@dataclass(frozen=True)
class BenchmarkVideo(VideoFile):
    """A video with what its benchmark knows of it.

    Attributes:
        activity: its activity (MPII Cooking 2: its dish), or None where K does not depend on it.
        n_segments: K; 0 where the activity is unknown, which is then among `broken`.
        ignore: true labels to leave out of the scores (background).
        coarse: class of each label at the granularity that is scored, or None for the labels themselves.
    """

    activity: str | None = None
    n_segments: int = 0
    ignore: tuple[str, ...] = ()
    coarse: Mapping[str, str] | None = field(default=None, repr=False)

    def truth_with_notes(self, n_frames: int, n_features: int | None = None) -> Truth | None:
        """As `VideoFile.truth_with_notes`; every frame must have a label, for every frame is scored.

        Raises:
            DataError: also frames without a label.
        """
        truth = super().truth_with_notes(n_frames, n_features)
        if truth is not None:
            self.check_whole(truth)
        return truth

    def check_whole(self, truth: Truth) -> None:
        """Raise DataError if a frame has no label."""
        empty = truth.labels == NO_LABEL
        if empty.any():
            problem = f"leaves frame {int(empty.argmax())} (from 0) without a label"
            raise DataError(self.labels_path or self.path, problem, "give every frame one: all are scored")


@dataclass(frozen=True)
class Benchmark:
    """One of the six data sets.

    Attributes:
        name: its name here.
        title: its name in the paper.
        source: whose release of features and labels to get.
        folders: names its folder may have; case, blanks, "_" and "-" do not matter.
        authors: K of the paper's authors, for all videos or by activity.
        twfinch: K of TW-FINCH, likewise.
        table1: what the paper's Table 1 says of it.
        lengths: length policy that its release needs, one of `LENGTH_POLICIES`.
        background: true labels that are not scored; empty where all are.
        granularities: label sets it may be scored at, the default first.
    """

    name: str
    title: str
    source: str
    folders: tuple[str, ...]
    authors: int | Mapping[str, int]
    twfinch: int | Mapping[str, int]
    table1: Table1
    lengths: str = "error"
    background: tuple[str, ...] = ()
    granularities: tuple[str, ...] = ()

    def find(self, root: str | Path) -> Path | None:
        """This data set's folder: `root` itself where it holds features/, or one in it; None without one.

        A folder with splits is another release, of `SUPERVISED_SETS`, and none of this one.

        Raises:
            DataError: `root` is the folder of another benchmark, or holds two for this one.
        """
        root = Path(root)
        if (root / "features").is_dir():
            other = next((b for b in BENCHMARKS.values() if b is not self and b.owns(root)), None)
            if other is not None:
                raise DataError(root, f"is the folder of {other.title}", f"give that of {self.title}")
            return None if has_bundles(root) else root
        inside = (path for path in root.iterdir() if path.is_dir() and not has_bundles(path))
        found = sorted(path for path in inside if self.owns(path))
        if len(found) > 1:
            shown = " and ".join(path.name for path in found)
            raise DataError(root, f"holds {shown} for {self.title}", "leave one of them there")
        if not found and self.owns(root) and not has_bundles(root):  # what it lacks is said when it is opened
            return root
        return found[0] if found else None

    def owns(self, folder: Path) -> bool:
        """Whether a folder's name, or that of the folder it links to, is one of this data set's."""
        names = {_plain(folder.absolute().name), _plain(folder.resolve().name)}
        return bool(names & {_plain(name) for name in self.folders})

    def open(
        self,
        root: str | Path,
        *,
        clusters: str = "authors",
        granularity: str | None = None,
        cache: bool = True,
        strict: bool = True,
    ) -> BenchmarkFolder:
        """The videos, each with its K and the labels to leave out of its scores; only names are read here.

        Args:
            root: the folder of this data set, or one that holds it.
            clusters: whose K, "authors" or "twfinch".
            granularity: 50 Salads: "mid" (default), "eval" or "high". Videos are cut and matched at mid
                in any case; see `evaluate`'s `coarse`.
            cache: keep parsed text; see `read_features`.
            strict: False raises nothing for single files; see `FeatureFolder`.

        Raises:
            DataError: the folder is not found or is no data set; if strict also what `FeatureFolder` raises,
                or a video of an unknown activity.
            ValueError: an unknown choice of `clusters` or `granularity`.
        """
        check_choice("clusters", clusters, CLUSTERS)
        if granularity is not None:
            check_choice(f"granularity of {self.title}", granularity, self.granularities or ["None"])
        if not Path(root).is_dir():
            raise DataError(root, "is no folder", "give the folder of the data sets")
        folder = self.find(root)
        if folder is None:
            raise DataError(root, f"holds no {self.title}", f"name its folder {' or '.join(self.folders)}")
        return BenchmarkFolder(self, folder, clusters, granularity, cache, strict)


class BenchmarkFolder(Sequence[BenchmarkVideo]):
    """A benchmark on disk, a sequence of `BenchmarkVideo`; see `Benchmark.open`.

    Attributes:
        benchmark: its description.
        root: its folder.
        clusters: whose K.
        granularity: what is scored, or None where there is no choice.
        mapping: allowed labels, or None.
        problems: what is wrong beside the videos.
    """

    def __init__(
        self,
        benchmark: Benchmark,
        root: Path,
        clusters: str,
        granularity: str | None,
        cache: bool,
        strict: bool,
    ):
        folder = FeatureFolder(root, lengths=benchmark.lengths, cache=cache, strict=strict)
        self.benchmark, self.root, self.clusters = benchmark, root, clusters
        self.granularity = granularity or next(iter(benchmark.granularities), None)
        self.problems = folder.problems
        self._k = getattr(benchmark, clusters)
        self._ignore = _background(benchmark, folder.mapping)
        self.mapping = _allowed(benchmark, folder.mapping)
        self._coarse = self._read_coarse(strict)
        self._videos = [self._described(video, strict) for video in folder]

    def _read_coarse(self, strict: bool) -> Mapping[str, str] | None:
        if self.granularity is None or self.granularity == self.benchmark.granularities[0]:
            return None
        path = find_coarse(self.root, self.granularity)
        try:
            if path is None:
                wanted = self.root / "mapping" / f"mapping{self.granularity}.txt"
                raise DataError(wanted, "not found", 'give one of lines "number label", labels of mid')
            return MappingProxyType(read_coarse(path, self.mapping))
        except DataError as error:
            if strict:
                raise
            self.problems = (*self.problems, error)
            return None

    def _described(self, video: VideoFile, strict: bool) -> BenchmarkVideo:
        known = {entry.name: getattr(video, entry.name) for entry in fields(VideoFile)}
        known["label_reading"] = replace(video.label_reading, mapping=self.mapping)
        activity, k = None, self._k
        if isinstance(self._k, Mapping):
            activity = activity_in(video.name, self._k)
            k = 0 if activity is None else self._k[activity]
        if k == 0:
            error = DataError(
                video.path,
                f"is of no activity of {self.benchmark.title}",
                f"name it or its folder for one of {', '.join(self._k)}",
            )
            if strict:
                raise error
            known["broken"] += (error,)
        return BenchmarkVideo(
            **known, activity=activity, n_segments=k, ignore=self._ignore, coarse=self._coarse
        )

    @overload
    def __getitem__(self, index: int) -> BenchmarkVideo: ...
    @overload
    def __getitem__(self, index: slice) -> list[BenchmarkVideo]: ...
    def __getitem__(self, index):
        return self._videos[index]

    def __len__(self) -> int:
        return len(self._videos)

    def __iter__(self) -> Iterator[BenchmarkVideo]:
        return iter(self._videos)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _background(benchmark: Benchmark, mapping: Mapping[str, int] | None) -> tuple[str, ...]:
    """Labels of background: by name, never by place, so that a video without background loses no action.

    Departs from the paper's program, which leaves out each video's first label by sorted name.
    """
    if not benchmark.background:
        return ()
    names = {name.casefold() for name in benchmark.background}
    ignore = set(benchmark.background)
    for name, number in (mapping or {}).items():
        if name.casefold() in names or str(number) in names:
            ignore.add(name)
            if str(number) not in (mapping or {}):
                ignore.add(str(number))
    return tuple(sorted(ignore))


def _allowed(benchmark: Benchmark, mapping: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """Labels that files may hold: where background has a label of its own, also the mapping's numbers."""
    if mapping is None or not benchmark.background:
        return mapping
    numbers = {str(number): number for number in mapping.values()}
    return MappingProxyType(dict.fromkeys(benchmark.background, -1) | numbers | dict(mapping))


_BREAKFAST = {
    "cereals": 4,
    "coffee": 4,
    "friedegg": 6,
    "juice": 5,
    "milk": 4,
    "pancake": 9,
    "salat": 5,
    "sandwich": 5,
    "scrambledegg": 7,
    "tea": 4,
}
_YTI = {"changing_tire": 10, "coffee": 8, "cpr": 6, "jump_car": 10, "repot": 7}
# By dish, the second part of names such as s08-d04-cam-002.
_DISHES = """
    d01 14 d02 24 d03 34 d04 36 d05 33 d06 20 d07 34 d08 33 d09 21 d10 22 d11 22 d12 17 d13 22 d14 18 d21 14
    d23 15 d24 12 d25 9 d26 23 d27 20 d28 14 d29 14 d31 14 d32 19 d34 12 d35 12 d36 14 d39 21 d40 12 d41 18
    d42 25 d43 17 d45 13 d46 16 d47 24 d48 10 d49 22 d50 9 d51 17 d52 12 d53 15 d54 15 d55 11 d57 36 d58 15
    d59 27 d60 14 d61 4 d62 10 d63 16 d65 11 d67 7 d68 12 d69 24 d70 15 d71 25 d72 7 d73 23 d74 21
"""
_MPII = {dish: int(k) for dish, k in re.findall(r"(d\d\d) (\d+)", _DISHES)}

_CTE = "release of Kukleva et al., CVPR 2019 (continuous temporal embedding)"
_TWFINCH = "release of Sarfraz et al., CVPR 2021 (TW-FINCH)"
_TOT = "release of Kumar et al., CVPR 2022 (temporal optimal transport)"

#: The six data sets by name, in the order of the paper's Table 1 (method: section 6).
BENCHMARKS: Mapping[str, Benchmark] = MappingProxyType(
    {
        benchmark.name: benchmark
        for benchmark in (
            Benchmark(
                name="50salads",
                title="50 Salads",
                source=_CTE,
                folders=("50Salads",),
                authors=19,
                twfinch=18,
                table1=Table1(videos=50, frames=11788, segments=19, features=64),
                granularities=("mid", "eval", "high"),
            ),
            Benchmark(
                name="mpii_cooking",
                title="MPII Cooking 2",
                source=_TWFINCH,
                folders=("MPIICooking", "MPIICooking2"),
                authors=17,
                twfinch=MappingProxyType(_MPII),
                table1=Table1(videos=273, frames=10555, segments=17, features=64),
            ),
            Benchmark(
                name="breakfast",
                title="Breakfast",
                source=_CTE,
                folders=("Breakfast",),
                authors=MappingProxyType(_BREAKFAST),
                twfinch=MappingProxyType(_BREAKFAST),
                table1=Table1(videos=1712, frames=2099, segments=6, features=64),
            ),
            Benchmark(
                name="hollywood_extended",
                title="Hollywood Extended",
                source=_TWFINCH,
                folders=("HollywoodExtended",),
                authors=3,
                twfinch=3,
                table1=Table1(videos=937, frames=835, segments=3, features=64),
                lengths="authors",  # labels are a few lines longer or shorter than the features
            ),
            Benchmark(
                name="desktop_assembly",
                title="Desktop Assembly",
                source=_TOT,
                folders=("DesktopAssemble", "DesktopAssembly"),
                authors=23,
                twfinch=23,  # TW-FINCH was not run on it; the paper ran it with this
                table1=Table1(videos=76, frames=779, segments=23, features=512),
            ),
            Benchmark(
                name="yti",
                title="YouTube Instructions",
                source=_CTE,
                folders=("YouTubeInstructions", "YTI"),
                authors=MappingProxyType(_YTI),
                twfinch=MappingProxyType(_YTI),
                table1=Table1(videos=150, frames=520, segments=9, features=3000),
                background=("-1", "background", "bg"),
            ),
        )
    }
)
