"""The activity of a video, by its name."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["activity_in"]


def activity_in(name: str, activities: Collection[str]) -> str | None:
    """The activity whose folder a video lies in, or else the one its file name has between "_" or "-".

    Args:
        name: of the video, such as "coffee/P03_cam01_P03_coffee".
        activities: that are known.
    """
    *folders, alone = name.split("/")
    if folders and folders[0] in activities:
        return folders[0]
    bounded = f"_{alone.replace('-', '_')}_"
    found = [activity for activity in activities if f"_{activity}_" in bounded]
    return found[0] if len(found) == 1 else None
