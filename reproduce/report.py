"""The reviewer's report: every table, claim and figure on one page that needs nothing else.

Run: `dkva report --out report.html`, or `python -m reproduce.report` (seconds; reads results/ and
figures/rendered/ only). The page works offline, on a phone and on paper: pictures, style and the filter of
the claims are inside it. The exit status is 1 where something stored does not follow from its rows; the page
says what.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dkva.base.files import write_atomically
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA, UNDECIDED
from reproduce.base.options import console
from reproduce.base.paths import INDEX, RENDERED, RESULTS, ROOT
from reproduce.base.show import LABELS
from reproduce.base.store import read_facts
from reproduce.ledger import consistency

__all__ = ["content", "main", "page"]

_TEMPLATES = Path(__file__).resolve().parent / "templates"

# Vector pictures above this size are put in as pixels where those are smaller.
_VECTOR_BYTES = 150_000

# Tables longer than this are folded.
_FOLDED = 80

_SIGNS = {HOLDS: "✔", DOES_NOT_HOLD: "✘", UNDECIDED: "?", NEEDS_DATA: "–"}


def content(results: Path = RESULTS, figures: Path = RENDERED) -> dict:
    """What the page shows.

    Args:
        results: the stored results.
        figures: the drawn figures and their index.

    Returns:
        "problems", "verdicts" (name, sign and number of claims of each), "claims", "tables", "pictures",
        "speed" (title and rows of cells), each ready to be written.

    Raises:
        FileNotFoundError: there is no index of figures, or a figure that it names.
    """
    found = consistency.report(results)
    facts = {table["id"]: read_facts(table["id"], results) for table in found["tables"]}
    claims = [_claim(claim, facts) for claim in found["claims"]]
    counts = {verdict: sum(claim["verdict"] == verdict for claim in claims) for verdict in _SIGNS}
    return {
        "problems": found["problems"],
        "verdicts": [
            {"name": name, "slug": _slug(name), "sign": _SIGNS[name], "count": count}
            for name, count in counts.items()
        ],
        "claims": claims,
        "tables": [_table(table, facts[table["id"]]) for table in found["tables"]],
        "pictures": [
            _picture(each, figures) for each in json.loads((figures / INDEX).read_text(encoding="utf-8"))
        ],
        "speed": _speed(results / "benchmarks" / "README.md"),
    }


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _claim(claim: Mapping, facts: Mapping[str, Mapping]) -> dict:
    command = facts[claim["result"]]["command"] if claim["result"] in facts else None
    return dict(claim) | {
        "slug": _slug(claim["verdict"]),
        "sign": _SIGNS[claim["verdict"]],
        **_effect(claim),
        "parts": [{**part, **_effect(part)} for part in claim.get("parts", ())],
        "command": command,
    }


def _effect(record: Mapping) -> dict:
    effect, interval = record["effect"], record["interval"]
    return {
        "effect": None if effect is None else f"{effect:+.1f}",
        "interval": None if not interval else "[{:+.1f}, {:+.1f}]".format(*interval),
    }


def _table(table: Mapping, facts: Mapping) -> dict:
    """A table with its lines grouped, and where they come from."""
    rows = table["rows"]
    # A column that says the same everywhere is said by the title.
    by = [name for name in table["by"] if len({str(row[name]) for row in rows}) > 1] or table["by"][-1:]
    groups: dict[tuple[str, ...], list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row[name]) for name in by), []).append(_line(row))
    script = facts["command"].split()[2].rsplit(".", 1)[-1]
    path = ROOT / "reproduce" / f"{script}.py"
    single = "method" in by and path.is_file() and "add_methods" in path.read_text(encoding="utf-8")
    first = facts["methods"][rows[0]["method"]]["id"] if single else None
    return {
        "id": _slug(table["id"]),
        "file": table["id"],
        "title": table["title"],
        "unit": table["unit"],
        "command": facts["command"],
        "single": f"{facts['command']} --methods {first}" if single else None,
        "by": ", ".join(name.replace("_", " ") for name in by),
        "groups": [{"name": ", ".join(names), "rows": lines} for names, lines in groups.items()],
        "folded": len(rows) > _FOLDED,
        "lines": len(rows),
        "methods": [
            {
                "name": name,
                "id": each["id"] if "id" in each else each["function"],  # before there were ids
                "code": each["code"],
                "settings": ", ".join(f"{k} = {v}" for k, v in each["settings"].items()) or "none",
            }
            for name, each in facts.get("methods", {}).items()
        ],
        "settings": ", ".join(f"{k} = {v}" for k, v in facts["settings"].items() if v not in ("", [], {})),
        "data": facts.get("data"),
        "seeds": facts.get("seeds"),
        "runs": [_run(run) for run in _runs(facts)],
    }


def _line(row: Mapping) -> dict:
    """Cells of one line and score."""
    half = None if row["low"] is None else f"{(row['high'] - row['low']) / 2:.1f}"
    difference = "–" if row["difference"] is None else f"{row['difference']:+.1f}"
    return {
        "measure": LABELS.get(row["measure"], row["measure"]).replace("bound.", "boundary"),
        "paper": "–" if row["paper"] is None else f"{row['paper']:.1f}",
        "ours": "–" if row["ours"] is None else f"{row['ours']:.1f}",
        "half": half,
        "difference": difference,
        "verdict": row["verdict"],
        "videos": row["videos"],
    }


def _runs(facts: Mapping) -> list[Mapping]:
    """Runs of a result, those of its parts included."""
    return [*facts.get("runs", []), *(run for part in facts.get("parts", []) for run in part.get("runs", []))]


def _run(run: Mapping) -> dict:
    versions = ", ".join(f"{name} {version}" for name, version in run.get("versions", {}).items())
    return {
        "started": run.get("started", "–"),
        "device": run.get("device", "–"),
        "commit": run.get("commit", "–"),
        "versions": versions,
        "seconds": run.get("wall_seconds"),
    }


def _picture(each: Mapping, folder: Path) -> dict:
    """A picture with its bytes inside: vector, or pixels where vector would be large."""
    forms = {name.rsplit(".", 1)[-1]: (folder / name).read_bytes() for name in each["files"]}
    form = "svg"
    if len(forms["svg"]) > _VECTOR_BYTES and len(forms["png"]) < len(forms["svg"]):
        form = "png"
    kinds = {"svg": "svg+xml", "png": "png", "gif": "gif"}

    def inside(name: str) -> str:
        return f"data:image/{kinds[name]};base64,{base64.b64encode(forms[name]).decode()}"

    return {
        "id": _slug(each["name"]),
        "name": each["name"],
        "title": each["title"],
        "alt": each["alt"],
        "sources": each["sources"],
        "image": inside(form),
        "moving": inside("gif") if "gif" in forms else None,
    }


def _speed(path: Path) -> list[dict]:
    """The tables that the benchmarks wrote, each below its heading; none where there is no such file."""
    if not path.is_file():
        return []
    parts: list[dict] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            title = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", line.lstrip("# ")).replace("_", " ")
            parts.append({"title": title, "id": _slug(title), "rows": []})
        elif line.startswith("|") and parts:
            cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
            if not set("".join(cells)) <= set("-: "):
                parts[-1]["rows"].append(cells)
    return [part for part in parts if part["rows"]]


def page(shown: Mapping) -> str:
    """The page for what `content` gives; exits with one message where jinja2 is not installed."""
    try:
        import jinja2
    except ImportError as error:
        raise SystemExit('error: the report needs jinja2: pip install ".[reproduce]"') from error
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(**shown)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; 1 where something stored does not follow from its rows."""
    cli = argparse.ArgumentParser(
        prog="dkva report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--out", type=Path, default=Path("report.html"), help="page to write (report.html)")
    cli.add_argument("--results", type=Path, default=RESULTS, help="folder (default: the checkout's)")
    cli.add_argument("--figures", type=Path, default=RENDERED, help="folder (default: the checkout's)")
    cli.add_argument("--smoke", action="store_true", help="make the page, store nothing")
    options = cli.parse_args(arguments)
    try:
        shown = content(options.results, options.figures)
    except FileNotFoundError as error:
        print(f"error: {error.filename}: not found; draw with python -m reproduce.figures", file=sys.stderr)
        return 2
    body = page(shown).encode()
    size = f"{len(body) / 1e6:.1f} MB"
    if options.smoke:
        console().print(f"a page of {size}")
    else:
        try:
            write_atomically(options.out, lambda file: file.write(body))
        except OSError as error:
            print(f"error: {options.out}: {error.strerror}; give another file with --out", file=sys.stderr)
            return 2
        console().print(f"{options.out}: {size}; open it in a browser")
    for problem in shown["problems"]:
        print(f"problem: {problem}", file=sys.stderr)
    return 1 if shown["problems"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
