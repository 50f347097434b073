"""Features by a network in a file of ONNX, which ONNX Runtime computes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8

__all__ = ["OnnxFeatures", "OnnxInput", "onnx_encoder"]

#: Side of frames and number of them at once, if the network leaves them open (our choice).
_SIDE, _BATCH = 224, 8

#: Mean and standard deviation of ImageNet's pixels, from 0 to 1.
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)

#: What ONNX Runtime calls the kinds of numbers that frames are given as.
_KINDS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}


class OnnxInput(NamedTuple):
    """What a network takes.

    Attributes:
        name: of its input.
        kind: of numbers.
        last: whether colours are the last axis, [n, h, w, 3], and not the second, [n, 3, h, w].
        height: of frames.
        width: of frames.
        batch: how many frames it takes at once, if it takes that many alone.
    """

    name: str
    kind: Any
    last: bool
    height: int
    width: int
    batch: int | None

    def prepared(self, frames: UInt8[np.ndarray, "n h w 3"]) -> np.ndarray:
        """Frames as it takes them; real numbers are normalised, a batch that is too small is filled up."""
        missing = (self.batch or len(frames)) - len(frames)
        images: np.ndarray = np.concatenate([frames, np.repeat(frames[-1:], missing, axis=0)])
        if self.kind is not np.uint8:
            images = (images.astype(np.float32) / 255 - _MEAN) / _DEVIATION
        images = images if self.last else np.moveaxis(images, -1, 1)
        return np.ascontiguousarray(images, self.kind)


@dataclass(frozen=True, kw_only=True)
class OnnxFeatures:
    """A network's first output, of each frame as one row.

    Frames are stretched to the network's size. Networks that take real numbers are given red, green and blue
    normalised by ImageNet's mean and deviation, as most expect (our choice); those that take whole numbers of
    8 bits are given frames as they are, and can hold a normalisation of their own.

    Attributes:
        name: of the file.
        given: what the network takes.
        digest: of the file.
        session: of ONNX Runtime.
    """

    name: str
    given: OnnxInput
    digest: str
    session: Any = field(repr=False)

    @property
    def id(self) -> str:
        """See `dkva.recordings.encoders.Encoder`."""
        return f"onnx:{self.name}"

    @property
    def size(self) -> tuple[int, int]:
        """Height and width that the network takes."""
        return (self.given.height, self.given.width)

    @property
    def batch(self) -> int:
        """As many as the network takes."""
        return self.given.batch or _BATCH

    @property
    def key(self) -> str:
        """Version, size and the digest of the file, whose name says nothing."""
        return f"onnx/1 {self.given.height}x{self.given.width} file={self.digest}"

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames of that size.

        Raises:
            ValueError: the network does not give a row of numbers for each frame.
        """
        parts = [frames[start : start + self.batch] for start in range(0, len(frames), self.batch)]
        return np.concatenate([self._features(part) for part in parts])

    def _features(self, frames):
        images = self.given.prepared(frames)
        output = self.session.get_outputs()[0].name
        found = np.asarray(self.session.run([output], {self.given.name: images})[0])
        if found.ndim < 2 or len(found) != len(images) or found.dtype.kind not in "biuf" or not found.size:
            raise ValueError(
                f"the network gives {found.dtype} of shape {found.shape} for {len(images)} frames: "
                f"its first output has to be numbers [{len(images)}, features]"
            )
        return found[: len(frames)].reshape(len(frames), -1).astype(np.float32)


def onnx_encoder(path: str | Path, *, size: int | None = None) -> OnnxFeatures:
    """A network of a file; it computes by CUDA if ONNX Runtime has it, and never elsewhere.

    Args:
        path: of the file, which holds its weights inside. Its one input takes [n, 3, h, w] or [n, h, w, 3],
            each of n, h and w a number or left open.
        size: of both sides, if the network leaves them open; None takes 224.

    Raises:
        ValueError: ONNX Runtime is not installed, the file is missing, damaged or no such network, or it
            takes another size; the message says what to do.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ValueError(f"encoder onnx:{path} needs ONNX Runtime: pip install onnxruntime") from error
    try:
        network = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)  # errors are raised, too
    wanted = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    there = [each for each in wanted if each in onnxruntime.get_available_providers()]
    try:
        session = onnxruntime.InferenceSession(network, providers=there)
    except Exception as error:  # those of ONNX Runtime have no class of their own
        raise ValueError(
            f"{path}: ONNX Runtime cannot load it ({_line(error)}); give an .onnx file that holds its weights"
        ) from error
    try:
        given = _input(session.get_inputs(), size)
        encoder = OnnxFeatures(
            name=Path(path).name,
            given=given,
            digest=hashlib.sha256(network).hexdigest()[:16],
            session=session,
        )
        encoder(np.zeros((encoder.batch, *encoder.size, 3), np.uint8))
    except Exception as error:  # likewise
        raise ValueError(f"{path}: {_line(error)}") from error
    return encoder


def _input(inputs, size: int | None) -> OnnxInput:
    """What a network takes, by ONNX Runtime's description; open axes have a name or None."""
    remedy = "give a network of one input, numbers [n, 3, h, w] or [n, h, w, 3]"
    if len(inputs) != 1:
        raise ValueError(f"it has {len(inputs)} inputs; {remedy}")
    first = inputs[0]
    told = f"its input is {first.type} {first.shape}"
    shape = [each if isinstance(each, int) and each > 0 else None for each in first.shape]
    if first.type not in _KINDS or len(shape) != 4 or 3 not in (shape[1], shape[3]):
        raise ValueError(f"{told}; {remedy}")
    last = shape[1] != 3
    sides = shape[1:3] if last else shape[2:]
    if size is not None and any(each not in (None, size) for each in sides):
        raise ValueError(f"{told}, and size is {size}: leave the size out")
    height, width = (each or size or _SIDE for each in sides)
    return OnnxInput(first.name, _KINDS[first.type], last, height, width, shape[0])


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
