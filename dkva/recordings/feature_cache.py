"""Features of recordings on disk: written while they are made, kept for later runs, mapped into memory.

`cache_folder()/recordings` holds a folder for each recording, encoder and rate. While one is made its name
ends in ".part", and a run that is stopped, even by a kill, leaves it for the next one to go on from. Of two
runs at once that make the same features, one keeps them; the other one uses a file of its own.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import io
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from dkva.base.cache import cache_folder
from dkva.base.files import write_atomically
from dkva.base.locks import only_one
from dkva.recordings.errors import RecordingError
from dkva.recordings.kinds import image_files

__all__ = ["KeptFeatures", "State", "Writer", "content_digest", "find_features", "kept_name", "open_writer"]

#: Changes whenever the same recording would give other features, or files of another form.
_VERSION = "1"

#: Seconds between states that a stopped run goes on from (our choice).
_EVERY = 2.0

_FEATURES, _EDGES, _TIMES, _ABOUT = "features.npy", "edges.npy", "times.npy", "about.json"
_TIMES_SO_FAR, _STATE = "times.part", "state.json"

#: What a system says if nothing more can be written.
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else [])}


class KeptFeatures(NamedTuple):
    """Features of a whole recording.

    Attributes:
        features: [n, d], read-only and mapped into memory.
        edges: [n + 1], see `dkva.recordings.grid.Grid`.
        times: [F + 1], likewise; None if there are none.
        facts: about the recording and how it was read, for documents.
        notes: what its user should know.
    """

    features: Float32[np.ndarray, "n d"]
    edges: Int64[np.ndarray, " n_edges"]
    times: Float64[np.ndarray, " n_times"] | None
    facts: dict[str, Any]
    notes: tuple[str, ...]


class State(NamedTuple):
    """What a stopped run goes on from, beside the rows that it wrote.

    Attributes:
        times: of the own frames that had been seen when the last of its samples was taken, in seconds.
        notes: what was noted until then.
    """

    times: Float64[np.ndarray, " frames"]
    notes: tuple[str, ...] = ()


def content_digest(path: Path) -> str:
    """Digest of a file's bytes, or of the names and bytes of a folder's images. Raises OSError."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    whole = hashlib.blake2b()
    for image in image_files(path):
        whole.update(f"{image.name}\0{content_digest(image)}\0".encode(errors="surrogateescape"))
    return whole.hexdigest()


def kept_name(content: str, encoder_key: str, rate: float | None) -> str:
    """Name under which features of some content are kept, by encoder and samples a second."""
    identity = "\0".join([_VERSION, content, encoder_key, repr(rate)])
    return hashlib.blake2b(identity.encode(), digest_size=16).hexdigest()


def find_features(name: str) -> KeptFeatures | None:
    """Features that are kept under a name; None if there are none, or if they are damaged."""
    folder = _folder() / name
    try:
        about = json.loads((folder / _ABOUT).read_text())
        features = np.load(folder / _FEATURES, mmap_mode="r")
        edges = np.load(folder / _EDGES)
        times = np.load(folder / _TIMES) if about["timed"] else None
        if features.ndim != 2 or len(edges) != len(features) + 1 or len(features) != about["samples"]:
            return None
        return KeptFeatures(features, edges, times, about["facts"], tuple(about["notes"]))
    except (OSError, ValueError, EOFError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def open_writer(path: Path, name: str | None) -> Iterator[Writer]:
    """A writer of the features of one recording, which goes on from what a stopped run left.

    Args:
        path: the recording, for messages.
        name: what they are kept under (`kept_name`); None keeps them no longer than this process needs them.

    Raises:
        RecordingError: the disk is full; nothing of these features is left then.
    """
    with contextlib.ExitStack() as stack:
        writer = _keeping(path, name, stack) if name is not None else None
        if not isinstance(writer, Writer):
            with _room(path, Path(tempfile.gettempdir()), "TMPDIR"):
                writer = Writer(path, None, () if writer is None else (writer,))
        try:
            yield writer
        except RecordingError:
            writer.close(useful=False)
            raise
        finally:
            writer.close()


def _keeping(path: Path, name: str, stack: contextlib.ExitStack) -> Writer | str | None:
    """A writer of features that are kept; why there is none; or None if another run has it."""
    folder = _folder()
    with _room(path, folder, "DKVA_CACHE"):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if stack.enter_context(only_one(folder / f"{name}.lock")):
                return Writer(path, folder / name)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise
            return f"features are not kept: {folder} cannot be written ({error.strerror})"
    return None


@contextlib.contextmanager
def _room(path: Path, folder: Path, variable: str) -> Iterator[None]:
    """One line for a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise _no_room(path, folder, variable) from error


def _no_room(path: Path, folder: Path, variable: str, needed: str = "") -> RecordingError:
    remedy = f"make room, or name another folder in the variable {variable}"
    return RecordingError(path, f"{folder} has no room left for its features{needed}", remedy)


class Writer:
    """Features of one recording, row after row, into a file; `open_writer` makes it.

    Args:
        path: the recording, for messages.
        folder: where they are kept once they are whole; None uses a file that has no name.
        notes: on this writer.

    Attributes:
        samples: number of rows that are written; first those that a stopped run left.
        state: what that run goes on from.
        notes: on this writer.
    """

    def __init__(self, path: Path, folder: Path | None, notes: tuple[str, ...] = ()):
        self.notes = notes
        self._path, self._folder = path, folder
        self._part = None if folder is None else folder.with_name(f"{folder.name}.part")
        self._place = (
            (Path(tempfile.gettempdir()), "TMPDIR") if folder is None else (folder.parent, "DKVA_CACHE")
        )
        self.samples = self._width = self._frames = 0
        self.state = State(np.empty(0))
        self._saved = time.monotonic()
        if self._part is None:
            self._file: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        else:
            self._part.mkdir(exist_ok=True, mode=0o700)
            self._file = open(self._part / _FEATURES, "a+b", buffering=0)  # noqa: SIM115
            self._go_on(self._part)
        self._state = lambda: self.state

    def already(self) -> KeptFeatures | None:
        """Features that another run finished before this writer was opened."""
        return None if self._folder is None else find_features(self._folder.name)

    def expect(self, samples: int, width: int) -> None:
        """Refuse features of so many samples, [samples, width], if the disk has no room for the rest.

        Raises:
            RecordingError: it has not.
        """
        if _bytes(samples - self.samples, width) > shutil.disk_usage(self._place[0]).free:
            raise _no_room(self._path, *self._place, f", {_bytes(samples, width) / 1e6:.0f} MB")

    def append(self, features: Float32[np.ndarray, "m d"], state: Callable[[], State]) -> None:
        """Write the features of the next samples.

        Args:
            features: as many columns as those before.
            state: what is asked for, now or later, to go on from behind these rows.

        Raises:
            RecordingError: the disk is full, or the number of columns another one.
        """
        if self.samples and features.shape[1] != self._width:
            raise RecordingError(
                self._path,
                f"its frames have {self._width} features each, and then {features.shape[1]}",
                "take an encoder that scales frames to one size",
            )
        with _room(self._path, *self._place):
            if not self.samples:
                self._width = features.shape[1]
                self._write(_header(0, self._width))
            self._write(np.ascontiguousarray(features, "<f4").data.cast("B"))
            self.samples, self._state = self.samples + len(features), state
            if self._part is not None and time.monotonic() - self._saved > _EVERY:
                self._save(self._part)

    def finish(
        self,
        edges: Int64[np.ndarray, " n_edges"],
        times: Float64[np.ndarray, " n_times"] | None,
        facts: Mapping[str, Any],
        notes: Sequence[str],
    ) -> KeptFeatures:
        """Put the features in their place, and map them.

        Raises:
            RecordingError: the disk is full.
        """
        header = _header(self.samples, self._width)
        if self._part is None or self._folder is None:
            rows = np.memmap(self._file, "<f4", "r", len(header), (self.samples, self._width))
            return KeptFeatures(rows, edges, times, dict(facts), tuple(notes))
        with _room(self._path, *self._place):
            os.fsync(self._file.fileno())
            with (self._part / _FEATURES).open("r+b") as file:
                file.write(header)
            arrays = {_EDGES: edges} if times is None else {_EDGES: edges, _TIMES: times}
            for name, array in arrays.items():
                write_atomically(self._part / name, functools.partial(_save_array, array), private=True)
            about = {
                "samples": self.samples,
                "timed": times is not None,
                "facts": dict(facts),
                "notes": [*notes],
            }
            self._write_json(self._part / _ABOUT, about)
            self._file.close()
            shutil.rmtree(self._folder, ignore_errors=True)  # damaged, or it would have been used
            os.replace(self._part, self._folder)
            for name in (_STATE, _TIMES_SO_FAR):
                (self._folder / name).unlink(missing_ok=True)
        found = find_features(self._folder.name)
        if found is None:
            raise RecordingError(self._folder, "was changed while it was written", "run again")
        return found

    def close(self, *, useful: bool = True) -> None:
        """Leave what is not finished to the next run, or nothing if it is not `useful`."""
        if self._part is None or self._file.closed:  # a file that has no name ends with who maps it
            return
        useful = useful and self.samples > 0
        if useful:
            with contextlib.suppress(OSError):  # the last state stays
                self._save(self._part)
        self._file.close()
        if not useful:
            shutil.rmtree(self._part, ignore_errors=True)

    def _go_on(self, part: Path) -> None:
        """Take what a stopped run left, and nothing behind it in the files."""
        try:
            state = json.loads((part / _STATE).read_text())
            samples, width, frames = (int(state[name]) for name in ("samples", "width", "frames"))
            size = len(_header(0, width)) + _bytes(samples, width)
            times = np.fromfile(part / _TIMES_SO_FAR, "<f8", frames)
            if self._file.seek(0, os.SEEK_END) < size or len(times) < frames:
                raise ValueError("files are shorter than they were")
            self.state = State(times, tuple(state["notes"]))
            self.samples, self._width, self._frames = samples, width, frames
        except (OSError, ValueError, KeyError, TypeError):
            size = 0
        self._file.truncate(size)

    def _save(self, part: Path) -> None:
        """Make what is written last, and say how much it is."""
        state = self._state()
        with (part / _TIMES_SO_FAR).open("ab") as file:
            file.truncate(8 * self._frames)
            file.write(state.times[self._frames :].astype("<f8").tobytes())
            file.flush()
            os.fsync(file.fileno())
        os.fsync(self._file.fileno())
        about = {
            "samples": self.samples,
            "width": self._width,
            "frames": len(state.times),
            "notes": [*state.notes],
        }
        self._write_json(part / _STATE, about)
        self._frames, self._saved = len(state.times), time.monotonic()

    def _write(self, content: bytes | memoryview) -> None:
        content = memoryview(content)
        while content:  # a file without a buffer may take a part
            content = content[self._file.write(content) or 0 :]

    @staticmethod
    def _write_json(path: Path, content: dict[str, Any]) -> None:
        write_atomically(path, lambda file: file.write(json.dumps(content).encode()), private=True)


def _folder() -> Path:
    return cache_folder() / "recordings"


def _bytes(samples: int, width: int) -> int:
    return 4 * width * max(samples, 0)


def _header(samples: int, width: int) -> bytes:
    """The head of a file of numpy's, as long for every number of samples."""
    head = io.BytesIO()
    form = {"descr": "<f4", "fortran_order": False, "shape": (samples, width)}
    np.lib.format.write_array_header_1_0(head, form)
    return head.getvalue()


def _save_array(array: np.ndarray, file: IO[bytes]) -> None:
    np.save(file, array, allow_pickle=False)
