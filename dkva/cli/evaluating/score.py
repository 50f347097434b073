"""The third step of `dkva evaluate`: scores of a protocol and scope, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dkva.cli.evaluating.read import NONE, Pair
from dkva.metrics.ms_tcn_protocol import BACKGROUND
from dkva.metrics.pooled_intervals import Interval, with_intervals
from dkva.metrics.protocols import ACTIVITY, ALL, PROTOCOLS, VIDEO, scores

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["CLASSES", "How", "Scored", "comparable", "kept", "scopes_of", "score", "shared_labels"]

#: The protocol whose labels are classes.
CLASSES = "ms-tcn"


@dataclass(frozen=True)
class How:
    """What is the same in all protocols; see the options of `dkva evaluate`.

    Attributes:
        ignore: true labels whose frames are left out, beside those that have none.
        background: classes whose segments are skipped under "ms-tcn".
        last_end: see `dkva.metrics.ms_tcn_protocol.LAST_ENDS`.
        n_segments: clusters that were asked for; None takes what documents say, or those found.
    """

    ignore: tuple[str, ...] = ()
    background: tuple[str, ...] = BACKGROUND
    last_end: str = "n"
    n_segments: int | None = None


@dataclass(frozen=True)
class Scored:
    """Scores under one protocol and scope.

    Attributes:
        protocol: its name.
        scope: one of `dkva.metrics.protocols.SCOPES`.
        scores: of all videos, by name, with intervals.
        videos: of each video, in the order of the pairs, as part of what is matched together.
    """

    protocol: str
    scope: str
    scores: Mapping[str, Interval]
    videos: Sequence[Mapping[str, float]]

    def __str__(self) -> str:
        return PROTOCOLS[self.protocol].described(self.scope)


def shared_labels(pairs: Sequence[Pair]) -> set[str]:
    """Predicted labels that are true ones, of all videos together."""
    true = {label for pair in pairs for label in np.unique(pair.truth).tolist()}
    return {label for pair in pairs for label in np.unique(pair.predicted).tolist()} & true


def kept(pair: Pair, ignore: Sequence[str]) -> np.ndarray:
    """Which frames [n] of a video are scored."""
    from dkva.datasets.reading import NO_LABEL

    return ~np.isin(pair.truth, [NO_LABEL, *ignore])


def scopes_of(protocol: str, activities: Sequence[str | None]) -> list[str]:
    """The scopes of a protocol that say something of these videos, if none is asked for."""
    if len(activities) < 2:
        return [ALL if protocol == CLASSES else VIDEO]
    if protocol == CLASSES:
        return [ALL]
    several = len(set(activities)) > 1 and None not in activities
    return [VIDEO, ACTIVITY, ALL] if several else [VIDEO, ALL]


def score(
    pairs: Sequence[Pair], protocol: str, scope: str, activities: Sequence[Hashable], how: How
) -> Scored:
    """Scores under one protocol and scope.

    Args:
        pairs: true and predicted labels of each video.
        protocol: one of `PROTOCOLS`.
        scope: one of `dkva.metrics.protocols.SCOPES`.
        activities: of each video; looked at for the scope "activity" alone.
        how: what else there is to choose.

    Raises:
        ValueError: labels that cannot be scored so; see `dkva.metrics.protocols.scores`.
    """
    truths, labels = [pair.truth for pair in pairs], [pair.predicted for pair in pairs]
    options: dict[str, object] = {}
    asked: list[int] | None = None
    if protocol == CLASSES:
        counts = [kept(pair, how.ignore) for pair in pairs]
        truths, labels = (
            [each[of] for each, of in zip(of_all, counts, strict=True)] for of_all in (truths, labels)
        )
        gaps = any((each == NONE).any() for each in labels)
        options = {"background": (*how.background, NONE) if gaps else how.background}
        options["last_end"] = how.last_end
    else:
        from dkva.datasets.reading import NO_LABEL

        gaps = any((each == NO_LABEL).any() for each in truths)
        options = {"ignore": [*how.ignore, NO_LABEL] if gaps else [*how.ignore] or None}
    groups = _groups(scope, activities, len(pairs))
    if protocol == "tw-finch":
        asked = _asked(pairs, groups, how.n_segments)
    found = scores(
        truths, labels, protocol=protocol, scope=scope, activities=activities, n_clusters=asked, **options
    )
    of = PROTOCOLS[protocol]
    of_groups = [found.rows] if of.by_video else [[found.rows[place] for place in group] for group in groups]
    return Scored(
        protocol, scope, with_intervals(of.pooled, of_groups), [of.pooled([row]) for row in found.rows]
    )


def _groups(scope: str, activities: Sequence[Hashable], videos: int) -> list[list[int]]:
    """Places of the videos of each group that is matched together."""
    names = {VIDEO: range(videos), ACTIVITY: activities, ALL: [ALL] * videos}[scope]
    groups: dict[Hashable, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(name, []).append(place)
    return list(groups.values())


def _asked(pairs: Sequence[Pair], groups: Sequence[Sequence[int]], given: int | None) -> list[int]:
    """Clusters asked for of each video, one number a group; those found if it is not known."""
    asked = [given or 0] * len(pairs)
    for group in groups if given is None else ():
        numbers = {pairs[place].asked for place in group}
        found = len(set().union(*(np.unique(pairs[place].predicted).tolist() for place in group)))
        (number, *others) = numbers
        usable = number is not None and number >= found and not others
        for place in group:
            asked[place] = number if usable and number is not None else found
    return asked


def comparable(protocol: str, scope: str, how: How) -> str:
    """Which published figures these may stand beside, on one line."""
    known = {
        (CLASSES, ALL): "comparable with supervised methods (MS-TCN, ASFormer, RTK), a split at a time",
        ("tw-finch", VIDEO): "comparable with TW-FINCH, and tables that match each video by itself as its "
        "program does",
        ("asot", VIDEO): 'comparable with ASOT, VASOT and CLOT "per video"',
        ("asot", ACTIVITY): 'comparable with ASOT and VASOT "full"',
        ("asot", ALL): 'comparable with ASOT and VASOT "full" if all videos are of one activity',
    }
    text = known.get((protocol, scope))
    if text is None:
        return "of no publication that we know"
    if protocol == CLASSES and how.last_end == "n":
        text += "; the programs of MS-TCN++ and ASFormer end the last segment a frame early (--last-end n-1)"
    if protocol == CLASSES and how.ignore:
        text += "; published figures ignore no frames, unlike these"
    return text
