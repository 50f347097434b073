"""Command line: `dkva export CUTS…`: cuts that were made before, or corrected by hand, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.output_files import foreign_file, written_whole
from dkva.cli.segmenting.clip_files import clips_folder
from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.media_options import clip_options
from dkva.cli.segmenting.recording_options import export_option
from dkva.cli.shared_options import check_writable
from dkva.cli.terminal import complain, printable, remark

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["export"]

# Another file of the same recording may last longer or shorter by so many seconds (our choice).
_NEARLY = 1.0


@click.command(
    "export",
    epilog="Examples:  dkva export recording.corrected.json --export eaf --export otio   |   "
    "dkva export recording.corrected.json --recording recording.mp4 --chapters --clips",
)
@click.argument("cuts", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CUTS...")
@export_option
@clip_options
@click.option(
    "--recording",
    type=click.Path(path_type=Path),
    help="The recording, if it lies neither beside its cut nor in a folder above under the name that it had.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the files; that of each cut by default.",
)
def export(cuts, exports, chapters, clips, reencode, recording, out) -> int:
    """Write cuts for other programs: those of dkva segment, or as a person corrected them in the page.

    CUTS are documents (NAME.json, NAME.corrected.json) with times in seconds. The files have their names:
    NAME.corrected.json gives NAME.corrected.eaf, and nothing of the first cut is replaced.
    """
    exported = Exported(exports, chapters=chapters, clips=clips, reencode=reencode)
    if not (exports or chapters or clips):
        raise click.UsageError("Nothing to write: give --export KIND, --chapters or --clips")
    if reencode and not clips:
        raise click.ClickException("--reencode: is of --clips; give both, or leave it out")
    if recording is not None and len(cuts) > 1:
        raise click.ClickException(f"--recording: is one file for {len(cuts)} cuts; give one cut")
    if recording is not None and not recording.is_file():
        what = "is a folder; give a file of video" if recording.is_dir() else "not found"
        raise click.ClickException(f"{recording}: {what}; check --recording")
    read = [(path, _cut(path)) for path in cuts]
    _check_targets(cuts, out)
    if out is not None:
        check_writable(out)
    problems = 0
    for path, doc in read:
        try:
            _export(path, doc, exported, recording, path.parent if out is None else out)
        except ValueError as error:
            complain(str(error))
            problems += 1
    done = len(read) - problems
    click.echo(f"exported {done}" + (f"; failed {problems}" if problems else ""))
    return 2 if problems else 0


def _check_targets(cuts: tuple[Path, ...], out: Path | None) -> None:
    """Raise click.ClickException if files of two cuts would have one name."""
    seen: dict[Path, Path] = {}
    for path in cuts:
        target = ((path.parent if out is None else out) / path.name).absolute()
        if target in seen:
            raise click.ClickException(f"{path}: has the name of {seen[target]}; export them in two runs")
        seen[target] = path


def _cut(path: Path) -> dict:
    """The document, by the name of its file. Raises click.ClickException if it is none, or has no times."""
    from dkva.base.errors import ResultsError
    from dkva.export.documents import read_json

    try:
        doc = read_json(path)
    except ResultsError as error:
        raise click.ClickException(str(error)) from error
    if doc is None:
        what = "is no cut as dkva segment and its page write them" if path.exists() else "not found"
        raise click.ClickException(f"{path}: {what}; give a NAME.json, or NAME.corrected.json")
    if any(run.get("end_time") is None for run in doc["segments"]):
        raise click.ClickException(f"{path}: has no times; cut again with --fps")
    return doc | {"video": path.name.removesuffix(".json")}


def _export(path: Path, doc: dict, exported: Exported, recording: Path | None, folder: Path) -> None:
    """Write the files of one cut. Raises ValueError, click.ClickException."""
    video = _video(path, doc, recording)
    needed = exported.chapters or exported.clips
    if needed and video.path == path:
        raise ValueError(f"{path}: {_missing(doc)}; give it with --recording")
    if needed and recording is not None:
        _check_given(path, doc, recording)
    if foreign := exported.foreign(folder, doc["video"]):
        raise ValueError(foreign_file(foreign))
    with written_whole(folder):
        for note in exported.write(folder, doc, video):
            remark(note)
    made = [written for written, now in exported.beside(folder, doc["video"]).items() if now]
    for written in [*made, *([clips_folder(folder, doc["video"])] if exported.clips else [])]:
        click.echo(printable(str(written)))


def _check_given(path: Path, doc: dict, recording: Path) -> None:
    """Say if a recording is another file than the cut's. Raises ValueError if it lasts longer or shorter."""
    from dkva.recordings.contents import content_digest
    from dkva.recordings.decoding import open_recording

    length, end = open_recording(recording).duration, doc["segments"][-1]["end_time"]
    if length is not None and abs(length - end) > _NEARLY:
        raise ValueError(
            f"{recording}: lasts {length:.1f} s, and the cut {path} {end:.1f} s; give the recording of that"
        )
    if content_digest(recording, keep=True)[:32] != doc.get("source", {}).get("blake2b"):
        remark(f"{recording}: is not the file that {path} was made of; it is cut by the same frames")


def _missing(doc: dict) -> str:
    name = doc.get("source", {}).get("file", "")
    if doc.get("recording", {}).get("container") == "images":
        return "is of a folder of images, which has neither chapters nor clips"
    if not doc.get("recording"):
        return "is of features, which have no recording of their own"
    return f"its recording {name} lies neither beside it nor in a folder above"


def _video(path: Path, doc: dict, given: Path | None) -> VideoFile:
    """The recording of a cut, as it was read; the cut itself stands for it if it is not found."""
    from dkva.cli.segmenting.recording import RecordingFile
    from dkva.cli.segmenting.recording_reading import RecordingReading
    from dkva.datasets import VideoFile
    from dkva.recordings.encoders import ENCODERS

    found = given or _found(path, doc)
    if found is None:
        return VideoFile(doc["video"], path)
    facts = doc.get("recording", {})
    # Only the times of its frames are of interest, which do not depend on the encoder: kept ones are found.
    encoder = facts.get("encoder") if facts.get("encoder") in ENCODERS else "pixels"
    reading = RecordingReading(encoder, fps=facts.get("samples_per_second") or RecordingReading.fps)
    return RecordingFile(doc["video"], found, recording=reading)


def _found(path: Path, doc: dict) -> Path | None:
    """The recording by its name and size, beside the cut or in a folder above it."""
    source = doc.get("source", {})
    name = source.get("file")
    if not doc.get("recording") or not isinstance(name, str) or Path(name).name != name:
        return None
    for folder in path.resolve().parents:
        place = folder / name
        if place.is_file() and place.stat().st_size == source.get("bytes"):
            return place
    return None
