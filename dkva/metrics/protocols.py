"""Families of scores by the protocol that names them: truths and labels in, rows and scores out.

The same names hide different formulas (MoF, IoU, F1 of TW-FINCH's, of ASOT's, of MS-TCN's programs), so that
scores are comparable under one protocol and one scope only. The scope is what clusters are matched on.

| protocol | labels | MoF, accuracy | IoU | F1 | mean |
|---|---|---|---|---|---|
| "tw-finch" | clusters | a video's | Jaccard indices / clusters asked for | of frames, macro | over videos |
| "asot" | clusters | joined frames | Jaccard indices / true classes | of sampled segments | over groups |
| "ms-tcn" | classes | joined frames | of segments | of segments at 10, 25, 50 % | over groups |

"asot" has its F1 as published, which is random and may exceed 1, beside its expectation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dkva.base.checks import check_choice
from dkva.metrics.activities import activity_rows
from dkva.metrics.asot_protocol import ASOT_SCORES, asot_pooled, asot_rows
from dkva.metrics.matching import checked_videos
from dkva.metrics.ms_tcn_protocol import MS_TCN_SCORES, ms_tcn_pooled, ms_tcn_rows
from dkva.metrics.segmentation import Scores, score_row

__all__ = [
    "ACTIVITY",
    "ALL",
    "PROTOCOLS",
    "SCOPES",
    "TW_FINCH_SCORES",
    "VIDEO",
    "Protocol",
    "ProtocolScores",
    "scores",
    "tw_finch_pooled",
    "tw_finch_rows",
]

#: What is matched, and pooled, together: each video by itself, the videos of an activity, or all.
SCOPES = VIDEO, ACTIVITY, ALL = ("video", "activity", "all")

#: What `tw_finch_pooled` gives: the ratios of `Scores`.
TW_FINCH_SCORES = tuple(name for name in Scores.__dataclass_fields__ if name not in ("matching", "n_frames"))


def tw_finch_rows(
    truths: Sequence, labels: Sequence, n_segments: int | None = None, *, ignore=None
) -> list[dict]:
    """`score_row` of one video, or `activity_rows` of several under one matching.

    Args:
        truths: of each video, the true label of each frame [n_i].
        labels: of each video, the cluster of each frame [n_i].
        n_segments: clusters asked for, the denominator of IoU; None means the clusters found.
        ignore: a true label, or a list of them, whose frames are left out.

    Raises:
        ValueError: see `dkva.metrics.matching.checked_videos` and `evaluate_together`.
    """
    truths, labels = checked_videos(truths, labels, ignore)
    if n_segments is None:
        n_segments = len(np.unique(np.concatenate(labels)))
    if len(truths) == 1:
        return [score_row(truths[0], labels[0], n_segments, ignore=ignore)]
    return activity_rows(truths, labels, n_segments, ignore=ignore)


def tw_finch_pooled(rows: Sequence[Mapping], weights=None) -> dict:
    """Mean of the videos' scores, without those that are NaN (boundary scores of a video without any).

    Args:
        rows: of `tw_finch_rows`, `score_row` or `activity_rows`.
        weights: how often each video counts, a row a resample [r, v]; None means once.

    Returns:
        Floats by name, or arrays [r] with weights; NaN if all are.
    """
    counts = np.ones((1, len(rows))) if weights is None else np.asarray(weights, np.float64)
    pooled = {}
    for name in TW_FINCH_SCORES:
        values = np.asarray([row[name] for row in rows], np.float64)
        there = ~np.isnan(values)
        number = counts @ there
        total = counts[:, there] @ values[there]
        pooled[name] = np.divide(total, number, out=np.full(len(counts), np.nan), where=number > 0)
    return pooled if weights is not None else {name: float(value[0]) for name, value in pooled.items()}


@dataclass(frozen=True)
class Protocol:
    """A family of scores.

    Attributes:
        name: what it is asked for by.
        rows: `rows(truths, labels, n_segments, **options) -> list of dicts`, one a video, of videos that are
            matched together; a measure for `dkva.experiments.collections.Scoring`.
        pooled: `pooled(rows, weights=None) -> dict`, the scores of these videos, or of resamples of them.
        scores: names of these.
        matches: whether labels are clusters, which are matched to classes.
        by_video: whether scores of several groups are a mean over videos, not over groups.
    """

    name: str
    rows: Callable[..., list[dict]]
    pooled: Callable[..., dict]
    scores: tuple[str, ...]
    matches: bool = True
    by_video: bool = False

    def described(self, scope: str) -> str:
        """What is scored, in words for beside a table."""
        which = {VIDEO: "each video", ACTIVITY: "all videos of an activity", ALL: "all videos"}[scope]
        done = f"clusters matched to classes on {which}" if self.matches else f"classes, pooled over {which}"
        if scope == ALL and not self.by_video:
            return f'protocol "{self.name}": {done}'
        over = "videos" if self.by_video or scope == VIDEO else "activities"
        return f'protocol "{self.name}": {done}, mean over {over}'


#: By name.
PROTOCOLS: Mapping[str, Protocol] = {
    each.name: each
    for each in (
        Protocol("tw-finch", tw_finch_rows, tw_finch_pooled, TW_FINCH_SCORES, by_video=True),
        Protocol("asot", asot_rows, asot_pooled, ASOT_SCORES),
        Protocol("ms-tcn", ms_tcn_rows, ms_tcn_pooled, MS_TCN_SCORES, matches=False),
    )
}


@dataclass(frozen=True)
class ProtocolScores:
    """Scores under one protocol and scope.

    Attributes:
        protocol: its name.
        scope: one of `SCOPES`.
        scores: of all videos, by name.
        groups: scores of each group that is matched together: by the place of the video, by activity, or one.
        rows: each video's part, in the order given; see the `rows` of the protocol.
    """

    protocol: str
    scope: str
    scores: dict[str, float]
    groups: dict[Hashable, dict[str, float]]
    rows: list[dict]

    def __str__(self) -> str:
        return PROTOCOLS[self.protocol].described(self.scope)


def scores(
    truths: Sequence,
    labels: Sequence,
    *,
    protocol: str,
    scope: str,
    activities: Sequence[Hashable] | None = None,
    n_clusters: int | Sequence[int] | None = None,
    **options,
) -> ProtocolScores:
    """Scores of segmentations under a protocol, named, with what is matched together, named.

    Args:
        truths: of each video, the true label of each frame [n_i], integers or strings.
        labels: of each video, the cluster of each frame [n_i]; for "ms-tcn" the predicted class.
        protocol: one of `PROTOCOLS`.
        scope: one of `SCOPES`: what is matched together, and pooled if the protocol pools.
        activities: of each video; needed for the scope "activity" and used for no other.
        n_clusters: clusters asked for, one number or one a video; None means those found.
        **options: of the protocol: `ignore` ("tw-finch", "asot"), `seed` ("asot"); `background`, `last_end`,
            `match` ("ms-tcn"). See `tw_finch_rows`, `asot_rows`, `ms_tcn_rows`.

    Raises:
        ValueError: an unknown protocol, scope or option; labels that do not fit; activities that are missing
            or not one a video; or several numbers of clusters in one group.
    """
    check_choice("protocol", protocol, PROTOCOLS)
    check_choice("scope", scope, SCOPES)
    how = PROTOCOLS[protocol]
    known = [
        name for name, of in inspect.signature(how.rows).parameters.items() if of.kind is of.KEYWORD_ONLY
    ]
    for name in options:
        check_choice(f'option of protocol "{protocol}"', name, known)
    truths, labels = checked_videos(truths, labels, options.get("ignore"))
    asked = _one_each("n_clusters", n_clusters, len(truths))
    rows: list[dict] = [{}] * len(truths)
    groups: dict[Hashable, dict[str, float]] = {}
    for group, places in _grouped(scope, activities, len(truths)).items():
        where = {VIDEO: f"video {group}: ", ACTIVITY: f"activity {group!r}: ", ALL: ""}[scope]
        (number, *others) = {asked[place] for place in places}
        if others:
            raise ValueError(f"{where}n_clusters differ: give one number for what is matched together")
        given = ([each[place] for place in places] for each in (truths, labels))
        try:
            mine = how.rows(*given, number, **options)
        except ValueError as error:
            problem = str(error).removeprefix("video 0: ") if scope == VIDEO else str(error)
            raise ValueError(f"{where}{problem}") from error
        groups[group] = how.pooled(mine)
        for place, row in zip(places, mine, strict=True):
            rows[place] = row
    if how.by_video:
        total = how.pooled(rows)
    else:
        total = {name: float(np.mean([each[name] for each in groups.values()])) for name in how.scores}
    return ProtocolScores(protocol, scope, total, groups, rows)


def _one_each(argument: str, value, videos: int) -> list:
    if value is None or isinstance(value, (int, np.integer)):
        return [value] * videos
    if len(value) != videos:
        raise ValueError(f"{argument} has {len(value)} numbers for {videos} videos: give one a video")
    return list(value)


def _grouped(scope: str, activities: Sequence[Hashable] | None, videos: int) -> dict[Hashable, list[int]]:
    """Places of the videos of each group."""
    if scope == VIDEO:
        return {place: [place] for place in range(videos)}
    if scope == ALL:
        return {ALL: list(range(videos))}
    if activities is None:
        raise ValueError('scope is "activity" and no activities are given: give one a video')
    groups: dict[Hashable, list[int]] = {}
    for place, activity in enumerate(_one_each("activities", activities, videos)):
        groups.setdefault(activity, []).append(place)
    return groups
