"""Projects of BORIS (.boris): the states of one observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dkva.datasets.annotations.boris import left_out
from dkva.datasets.annotations.forms import SegmentList, listed
from dkva.datasets.annotations.lanes import Laned
from dkva.datasets.annotations.times import Time
from dkva.datasets.annotations.units import as_list
from dkva.datasets.annotations.videos import is_named
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading

__all__ = ["boris_project", "is_project"]

_AGAIN = "save it again with BORIS, or export its events as a table: Observations, Export events"


def is_project(found: object) -> bool:
    """Whether what a JSON file holds is a project of BORIS."""
    return isinstance(found, Mapping) and "project_format_version" in found


def boris_project(path: Path, project: Mapping[str, Any], reading: LabelReading, video: str) -> SegmentList:
    """Segments between the events that start and stop a state, in seconds.

    The events of a behaviour and a subject start and stop it by turns, in order of time.

    Args:
        path: the file, for errors.
        project: as `is_project` knows it.
        reading: its tier is a subject.
        video: whose observation is taken, by its own name or its recording's; the only one is taken whatever
            its name.

    Raises:
        DataError: no observation, several without one of that name, a state that is not stopped, or a
            project that is damaged.
    """
    observations = project.get("observations")
    if not isinstance(observations, Mapping) or not observations:
        raise DataError(path, "is a BORIS project without observations", "code one, or give other labels")
    name = _chosen(path, observations, video)
    states: dict[tuple[str, str], list[Time]] = {}
    points: list[str] = []
    try:
        kinds = {each["code"]: str(each["type"]) for each in project["behaviors_conf"].values()}
        events = sorted(((float(time), who, what) for time, who, what, *_ in observations[name]["events"]))
        for time, who, what in events:
            if kinds[what].lower().startswith("point"):
                points.append(what)
            else:
                states.setdefault((who, what), []).append(Time(time, "seconds"))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        problem = f"is a damaged BORIS project: an event of {name[:40]!r} has no time, or no known behaviour"
        raise DataError(path, problem, _AGAIN) from error
    found = []
    for (who, what), times in states.items():
        if len(times) % 2:
            problem = f"START of {what[:40]!r} at {times[-1].value:g} s has no STOP"
            raise DataError(path, problem, "complete the event in BORIS, and save again")
        pairs = zip(times[::2], times[1::2], strict=True)
        found += [Laned(start, end, what, None, who) for start, end in pairs]
    if not found:
        if points:
            remedy = "code the actions as states, from START to STOP"
            raise DataError(path, "holds point events alone", remedy)
        raise DataError(path, f"has no events in observation {name[:40]!r}", "code it in BORIS first")
    found.sort(key=lambda each: each.start.value)
    return as_list(
        path,
        found,
        form="a BORIS project",
        unit="seconds",
        ends="exclusive",
        tier=reading.tier,
        said={} if not video or is_named(name, video) else {"video": name},
        notes=left_out(points),
    )


def _chosen(path: Path, observations: Mapping[str, Any], video: str) -> str:
    """Name of the observation of a video."""
    if len(observations) == 1:
        return next(iter(observations))
    for names in (
        {name: [name] for name in observations},
        {name: _media(observations[name]) for name in observations},
    ):
        fitting = [
            name for name, known in names.items() if video and any(is_named(each, video) for each in known)
        ]
        if len(fitting) == 1:
            return fitting[0]
    told = f", and not one of {video!r}" if video else ""
    raise DataError(
        path,
        f"has several observations ({listed(sorted(observations))}){told}",
        "name an observation as the video, or export its events as a table",
    )


def _media(observation: object) -> Sequence[str]:
    """Paths of an observation's recordings."""
    files = observation.get("file") if isinstance(observation, Mapping) else None
    if not isinstance(files, Mapping):
        return []
    return [str(each) for player in files.values() if isinstance(player, list) for each in player]
