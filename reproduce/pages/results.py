"""The page of all results, results/README.md: stored rows in, every table and claim beside the paper's out.

The text is `reproduce/templates/results.md`. What stands there as ${name} is computed here, so that no number
of the page can differ from the rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from string import Template

from dkva.datasets import ALIGNMENT_SETS
from reproduce.base.effects import NEEDS_DATA
from reproduce.base.store import read_facts
from reproduce.collections.released_alignment import needs
from reproduce.ledger.verdicts import LEDGER, suffix
from reproduce.pages import numbers
from reproduce.pages.joint import published
from reproduce.pages.markdown import folded, markdown_table
from reproduce.pages.recordings import recording_tables
from reproduce.pages.representations import published_representations, shown_pictures
from reproduce.pages.rivals import rival_tables
from reproduce.pages.supervised import absent_table, keypoint_pictures, published_keypoints
from reproduce.pages.tables import block, paper_scores, paper_sizes

__all__ = ["PAGE", "results_page"]

#: File of the page in results/.
PAGE = "README.md"

_TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "results.md"


class _Parts(dict):
    """Parts of the page by name; a table that is not stored says so, or what data it needs."""

    def __missing__(self, name: str) -> str:
        if absent := absent_table(name):
            return absent
        released = next((each for each in ALIGNMENT_SETS if name.endswith(f"_{each}")), None)
        return "*No rows are stored.*" if released is None else f"*needs data* ({needs(released)})."


def results_page(found: Mapping, folder: Path) -> str:
    """The page.

    Args:
        found: what `reproduce.check.report` gives for the folder.
        folder: the stored results.

    Raises:
        FileNotFoundError: a result that the text speaks of is not there.
    """
    facts = {table["id"]: read_facts(table["id"], folder) for table in found["tables"]}
    blocks = {table["id"]: block(table, facts[table["id"]]) for table in found["tables"]}
    ledger = json.loads((folder / LEDGER).read_text(encoding="utf-8"))
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    rest = [blocks[name] for name in blocks.keys() - set(template.get_identifiers())]
    parts = _Parts(blocks)
    parts |= numbers.computed(facts, ledger, folder)
    parts |= rival_tables(facts, folder)
    parts |= recording_tables(facts)
    parts |= published()
    parts |= published_representations()
    parts |= published_keypoints()
    parts |= {
        "claims": _claims(found["claims"]),
        "claims_tested": _tested(found["claims"]),
        "claims_in_parts": _in_parts(found["claims"]),
        "verdicts": _verdicts(found["claims"]),
        "study_verdicts": _study(ledger["study"]),
        "paper_table1": paper_sizes(),
        "paper_table4": paper_scores("table4"),
        "paper_table5": paper_scores("table5"),
        "representation_pictures": shown_pictures(),
        "keypoint_pictures": keypoint_pictures(),
        "further": "\n\n".join(sorted(rest)) or "None.",
    }
    return template.substitute(parts)


def _effect(record: Mapping) -> str:
    if record["effect"] is None:
        return "–"
    shown = f"{record['effect']:+.1f}"
    return shown + (" [{:+.1f}, {:+.1f}]".format(*record["interval"]) if record["interval"] else "")


def _claims(claims) -> str:
    rows = [
        [claim["statement"], claim["where"], _effect(claim), claim["verdict"], claim["data"] or "–"]
        for claim in claims
    ]
    columns = ["claim", "section", "effect, points [95 % interval]", "verdict", "data"]
    return markdown_table(columns, rows)


def _tested(claims) -> str:
    rows = []
    for claim in claims:
        names = claim["result"].split(", ") if claim["result"] else ()
        source = ", ".join(f"[{name}]({name}{suffix(name)})" for name in names) or claim["needs"]
        rows.append([claim["id"], claim["how"], source])
    return folded("How each claim is tested", markdown_table(["id", "test", "rows, or what is needed"], rows))


def _in_parts(claims) -> str:
    """The comparisons of claims that are tested by several."""
    rows = [
        [claim["id"], part["what"], _effect(part), str(part["videos"]), part["verdict"]]
        for claim in claims
        for part in claim.get("parts", ())
    ]
    if not rows:
        return "Of claims that are tested by several comparisons none has rows yet."
    table = markdown_table(
        ["id", "comparison", "effect, points [95 % interval]", "videos", "verdict by itself"], rows
    )
    return f"Claims that are tested by several comparisons, of which the least counts:\n\n{table}"


def _verdicts(claims) -> str:
    counts = Counter(claim["verdict"] for claim in claims)
    missing = counts.pop(NEEDS_DATA, 0)
    shown = ", ".join(f"{verdict} {count}" for verdict, count in sorted(counts.items()))
    return f"Of {len(claims)} claims {missing} need data that is not here; verdicts of the others: {shown}."


def _study(records) -> str:
    """Effect and verdict of each claim that the study of Moving5 follows, a line a value."""
    claims = list(dict.fromkeys(record["claim"] for record in records))
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for record in records:
        cell = "–" if record["effect"] is None else f"{record['effect']:+.1f} {record['verdict']}"
        lines.setdefault((record["factor"].replace("_", " "), record["value"]), {})[record["claim"]] = cell
    rows = [[*names, *(cells.get(claim, "–") for claim in claims)] for names, cells in lines.items()]
    return markdown_table(["setting", "value", *(claim.replace("-", " ") for claim in claims)], rows)
