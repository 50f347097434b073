"""The loss of networks that give classes of each frame after each stage: MS-TCN's, which ASFormer took over.

Abu Farha & Gall, MS-TCN: multi-stage temporal convolutional network for action segmentation, CVPR 2019.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

__all__ = ["frame_loss"]


def frame_loss(
    logits: Float[Array, "stages n c"],
    targets: Int[Array, " n"],
    mask: Bool[Array, " n"] | Float[Array, " n"],
    *,
    smoothing: float = 0.15,
    truncation: float = 16.0,
    over_padding: bool = False,
) -> Float[Array, ""]:
    """Sum over stages of cross-entropy and λ times the truncated change from frame to frame.

    The cross-entropy is a mean over the frames that have a label, 0 if none has. The change is the mean over
    frames t and classes of min((log p_t - log p_{t-1})², τ²), in which log p_{t-1} has no gradient.

    Args:
        logits: of each stage.
        targets: class of each frame; -1 if it has no label.
        mask: True or 1 for frames that are there, False or 0 for padding, which has no label.
        smoothing: λ.
        truncation: τ², the largest squared change that counts.
        over_padding: whether the mean of the changes counts frames of padding, in which they are 0, as in the
            public code; else padding changes nothing.
    """
    there = mask.astype(logits.dtype)
    labelled = (targets >= 0).astype(logits.dtype) * there
    told = jax.nn.log_softmax(logits, axis=-1)
    of_targets = jnp.take_along_axis(told, jnp.maximum(targets, 0)[None, :, None], axis=-1)[..., 0]
    entropy = -jnp.sum(of_targets * labelled[None]) / jnp.maximum(jnp.sum(labelled), 1)
    squares = jnp.square(told[:, 1:] - jax.lax.stop_gradient(told[:, :-1]))
    changes = jnp.mean(jnp.minimum(squares, truncation), axis=-1) * there[None, 1:]
    pairs = jnp.asarray(len(targets) - 1, logits.dtype) if over_padding else jnp.sum(there[1:])
    return entropy + smoothing * jnp.sum(changes) / jnp.maximum(pairs, 1)
