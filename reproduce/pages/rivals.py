"""Tables of all methods in Markdown, each under one protocol, with what a video costs beside its scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reproduce.base.show import counted
from reproduce.collections.rivals import VIDEOS
from reproduce.pages.markdown import markdown_table
from reproduce.tables.rivals import cells, costs_by_label

__all__ = ["rival_tables"]


def rival_tables(facts: Mapping[str, Mapping], folder: Path) -> dict[str, str]:
    """Parts of the page, by the names of the results that they show.

    Args:
        facts: the stored summaries by name.
        folder: the stored results.
    """
    tables = {
        name: _block(name, mine, costs_by_label(mine, folder))
        for name, mine in facts.items()
        if name.startswith("table_rivals_")
    }
    return {**tables, "rivals_videos": str(VIDEOS)}


def _block(name: str, facts: Mapping, costs: Mapping[str, Mapping]) -> str:
    most = max(record["videos"] for record in facts["table"])
    head = (
        f"**{facts['title']}**: means over {counted(most, facts['unit'])}, in %. `{facts['command']}`: "
        f"[rows]({name}.csv), [settings and provenance]({name}.json)."
    )
    columns, lines = cells(facts["table"], facts["measures"], costs)
    return f"{head}\n\n{markdown_table(columns, lines)}"
