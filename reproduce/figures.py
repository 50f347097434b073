"""Every figure from results/ alone: vector and pixels, and what each shows in words.

Run: `make figures`, or `python -m reproduce.figures` (a minute, seconds where nothing has changed). Segments
nothing. Writes figures/rendered/*.svg and *.png, an animated *.gif where a picture moves, and index.json with
title, words and sources of each; a file that would be the same is left alone, and one that is drawn no more
goes. What results/ does not hold yet is named.
`--only NAME` draws the figures whose names begin so.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

from dkva.base.files import write_atomically
from reproduce import pictures
from reproduce.base.options import console, parser
from reproduce.base.paths import INDEX, RENDERED, RESULTS, ROOT, ROWS

__all__ = ["animation", "main", "render", "rendered"]

# Checksum of what this checkout drew last, and from what.
_DRAWN = ROWS.parent / "figures.txt"

_DPI, _MOVING_DPI = 150, 80
_STATE_MS, _LAST_MS = 450, 2400


def rendered(figure: Figure, form: str, dpi: int = _DPI) -> bytes:
    """A figure as the bytes of an SVG or PNG file, the same each time it is drawn."""
    metadata = {"Date": None} if form == "svg" else {"Software": None}
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "dkva"}):
        figure.savefig(out, format=form, dpi=dpi, metadata=metadata)
    return out.getvalue()


def animation(states: Sequence[Figure]) -> bytes:
    """Figures one after the other as the bytes of a GIF file that starts again."""
    shots = [Image.open(io.BytesIO(rendered(state, "png", _MOVING_DPI))).convert("RGB") for state in states]
    palette = shots[-1].quantize(64, dither=Image.Dither.NONE)
    frames = [shot.quantize(palette=palette, dither=Image.Dither.NONE) for shot in shots]
    out = io.BytesIO()
    times = [_STATE_MS] * (len(frames) - 1) + [_LAST_MS]
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False
    )
    return out.getvalue()


def _write(path: Path, body: bytes) -> None:
    if not path.is_file() or path.read_bytes() != body:
        write_atomically(path, lambda file: file.write(body))


def render(picture: pictures.Picture, folder: Path = RENDERED) -> dict:
    """Save a picture in every form, and say what it is: name, title, alt, sources, files."""
    bodies = {form: rendered(picture.figure, form) for form in ("svg", "png")}
    if picture.moving:
        bodies["gif"] = animation(picture.moving)
    for form, body in bodies.items():
        _write(folder / f"{picture.name}.{form}", body)
    return {
        "name": picture.name,
        "title": picture.title,
        "alt": picture.alt,
        "sources": list(picture.sources),
        "files": [f"{picture.name}.{form}" for form in bodies],
    }


def main(arguments: list[str] | None = None) -> int:
    """Draw and save."""
    cli = parser(__doc__, seeds=None)
    cli.add_argument("--only", default="", metavar="NAME", help="only figures whose names begin so")
    options = cli.parse_args(arguments)
    index, out = [], console()
    if options.smoke:
        picture = pictures.table_bars("table2_moving5")
        out.print(f"drew {picture.name}: {len(rendered(picture.figure, 'png'))} bytes")
        return 0
    if not (options.only or options.force) and _DRAWN.is_file() and _DRAWN.read_text() == _state():
        out.print("figures/rendered/ is drawn from what results/ holds; --force draws it again")
        return 0
    for found in pictures.every(RESULTS):
        if isinstance(found, str):
            out.print(found)
        elif found.name.startswith(options.only):
            index.append(render(found))
    if not options.only:
        body = json.dumps(index, indent=1, ensure_ascii=False) + "\n"
        _write(RENDERED / INDEX, body.encode())
        _remove_others(index)
        write_atomically(_DRAWN, lambda file: file.write(_state().encode()))
    out.print(f"drew {', '.join(each['name'] for each in index)} in figures/rendered/")
    return 0


def _remove_others(index: Sequence[Mapping]) -> None:
    """Remove files of figures that are drawn no more."""
    listed = {INDEX, *(name for each in index for name in each["files"])}
    for path in RENDERED.iterdir():
        if path.suffix in {".svg", ".png", ".gif"} and path.name not in listed:
            path.unlink()


def _state() -> str:
    """Checksum of all that decides the files, and of the files."""
    digest = hashlib.sha256(matplotlib.__version__.encode())
    code = [
        *(ROOT / "figures").glob("*.py"),
        *(ROOT / "reproduce").rglob("*.py"),
        ROOT / "dkva/export/timeline.py",
    ]
    for path in sorted([*code, *RESULTS.rglob("*"), *RENDERED.iterdir()]):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
