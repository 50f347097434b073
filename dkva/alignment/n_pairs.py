"""A frame is to be told from those of its own video by one that is near it: the loss of TCN on one view.

Sermanet et al., Time-contrastive networks, ICRA 2018, as in the public code of CARL (Chen et al., CVPR 2022):
the loss of n pairs (Sohn, NIPS 2016) within each video.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

__all__ = ["tcn_loss"]


def tcn_loss(
    anchors: Float[Array, "b n e"],
    positives: Float[Array, "b n e"],
    mask: Bool[Array, "b n"],
    *,
    weight: float = 0.002,
) -> Float[Array, ""]:
    """Cross-entropy of each anchor's own positive among those of its video, and a penalty of norms (TCN).

    The penalty is `weight` / 4 · (mean |a|² + mean |p|²). Departs from the public code: masked pairs do not
    count.

    Args:
        anchors: embedded frames a of each video.
        positives: embedded frames p near them.
        mask: which pairs have both frames.
        weight: of the penalty.

    Returns:
        The mean over the pairs of each video, then over the videos that have any; 0 if none has.
    """
    logits = anchors @ jnp.swapaxes(positives, 1, 2)
    own = jnp.diagonal(logits, axis1=1, axis2=2)
    among = jnp.where(mask[:, None, :], logits, jnp.finfo(logits.dtype).min)
    norms = jnp.sum(anchors * anchors + positives * positives, axis=-1)
    each = jax.nn.logsumexp(among, axis=-1) - own + weight / 4 * norms
    pairs = jnp.sum(mask, axis=1, dtype=each.dtype)
    of_video = jnp.sum(jnp.where(mask, each, 0), axis=1) / jnp.maximum(pairs, 1)
    return jnp.sum(of_video) / jnp.maximum(jnp.sum(pairs > 0, dtype=each.dtype), 1)
