"""Features by the networks of torchvision for images, with weights from a file of the user's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from dkva.nn.torch_weights import read_weights

__all__ = ["TorchvisionFeatures", "torchvision_encoder"]

#: Side of frames, at which most of the networks are trained.
_SIDE = 224

#: Mean and standard deviation of ImageNet's pixels, by which the weights that torchvision gives are trained.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, kw_only=True)
class TorchvisionFeatures:
    """What a network of torchvision has before its last linear layer.

    Frames are stretched to a square and normalised by ImageNet's mean and deviation. It computes on the first
    CUDA device, if PyTorch finds one.

    Attributes:
        name: torchvision's name of the network.
        side: of the square.
        digest: of the file of weights.
        network: without its last linear layer.
    """

    name: str
    side: int
    digest: str
    network: Any = field(repr=False)

    @property
    def id(self) -> str:
        """See `dkva.recordings.encoders.Encoder`."""
        return f"torchvision:{self.name}"

    @property
    def size(self) -> tuple[int, int]:
        """The square."""
        return (self.side, self.side)

    @property
    def batch(self) -> int:
        """Our choice."""
        return 8

    @property
    def key(self) -> str:
        """Its name, version and size, and the digest of its weights."""
        return f"{self.id}/1 {self.side}x{self.side} weights={self.digest}"

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames of that size."""
        import torch

        device = next(self.network.parameters()).device
        mean, deviation = (torch.tensor(each, device=device)[:, None, None] for each in (_MEAN, _DEVIATION))
        with torch.inference_mode():
            images = torch.tensor(frames, device=device).permute(0, 3, 1, 2) / 255
            return self.network((images - mean) / deviation).flatten(1).float().cpu().numpy()


def torchvision_encoder(name: str, weights: str | Path, *, size: int | None = None) -> TorchvisionFeatures:
    """A network of torchvision with weights from a file; nothing is downloaded.

    Args:
        name: of a network for images, as torchvision has it, "resnet50" for one.
        weights: its state dict, see `dkva.nn.torch_weights.read_weights`; the last linear layer may be of any
            number of classes, or absent.
        size: side of the square that frames are stretched to; None takes 224.

    Raises:
        ValueError: torchvision is not installed, has no such network, or one without a linear layer or for
            other sizes; or the file is missing, damaged or of another network's weights.
    """
    try:
        import torch
        import torchvision
    except ImportError as error:
        raise ValueError(f"encoder torchvision:{name} needs torchvision: pip install torchvision") from error
    known = torchvision.models.list_models(module=torchvision.models)
    if name not in known:
        raise ValueError(f"torchvision has no network {name!r}: choose one of {', '.join(known)}")
    try:
        state = read_weights(Path(weights))
        digest = hashlib.sha256(Path(weights).read_bytes()).hexdigest()[:16]
    except ImportError as error:
        raise ValueError(str(error)) from error
    network = torchvision.models.get_model(name, weights=None)
    linear = [place for place, part in network.named_modules() if isinstance(part, torch.nn.Linear)]
    if not linear:
        raise ValueError(f"torchvision's {name} ends without a linear layer: choose another network")
    last = linear[-1]
    network.set_submodule(last, torch.nn.Identity())
    given = {part: array for part, array in state.items() if part not in (f"{last}.weight", f"{last}.bias")}
    own = network.state_dict()
    # Files from before PyTorch 0.4.1 do not count batches, and networks for features need no count.
    odd = [part for part in own if part not in given and not part.endswith("num_batches_tracked")]
    odd += [part for part in given if part not in own or own[part].shape != given[part].shape]
    if odd:
        raise ValueError(
            f"{weights}: holds no weights of torchvision's {name} ({odd[0]} is missing, of another shape or "
            f"unknown, {len(odd)} such): give the state dict of such a network"
        )
    network.load_state_dict({part: torch.tensor(array) for part, array in given.items()}, strict=False)
    network.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    side = _SIDE if size is None else size
    encoder = TorchvisionFeatures(name=name, side=side, digest=digest, network=network)
    try:
        encoder(np.zeros((1, side, side, 3), np.uint8))
    except (AssertionError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"torchvision's {name} takes no frames of {side} × {side}: give another size, most take {_SIDE}"
        ) from error
    return encoder
