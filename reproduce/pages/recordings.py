"""Tables of joined recordings in Markdown: a line a method and smoothing, a column an encoder."""

from __future__ import annotations

from collections.abc import Mapping

from reproduce.base.show import percent
from reproduce.pages.markdown import markdown_table

__all__ = ["recording_tables"]

#: Measures of a cell, and what the head of the table calls them.
_MEASURES = ("mof", "f1_50", "boundary_error")
_HEAD = "MoF / F1@50 in %, boundary error in s"


def recording_tables(facts: Mapping[str, Mapping]) -> dict[str, str]:
    """Parts of the page: of table_recordings_SET the means as encoders_SET.

    Args:
        facts: the stored summaries by name.
    """
    return {
        name.replace("table_recordings_", "encoders_"): _by_encoder(mine["table"])
        for name, mine in facts.items()
        if name.startswith("table_recordings_")
    }


def _by_encoder(records: list[Mapping]) -> str:
    means = {
        (record["method"], record["shortest"], record["encoder"], record["measure"]): record["mean"]
        for record in records
    }
    encoders = list(dict.fromkeys(encoder for _, _, encoder, _ in means))
    lines = []
    for method, shortest in dict.fromkeys((method, shortest) for method, shortest, _, _ in means):
        cells = []
        for encoder in encoders:
            mof, f1, error = (means.get((method, shortest, encoder, each)) for each in _MEASURES)
            seconds = "–" if error is None else f"{error:.2f}"
            cells.append(f"{percent(mof)} / {percent(f1)}, {seconds}")
        lines.append([method, shortest, *cells])
    return markdown_table([_HEAD, "shortest", *encoders], lines)
