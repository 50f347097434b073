"""Candidates, classified again by what is around them: the refinement stage.

RTK (*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023), equation 4.
The paper says that some candidates are removed, and not how: here they have a class of theirs (our choice).
"""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from dkva.base.checks import check_number, check_whole
from dkva.nn.layers import dropped, linear
from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates
from dkva.supervised.source_graph import TruePoints, in_regions

__all__ = ["Refiner", "refined_targets", "refinement_loss"]

#: Logit of a class that a candidate cannot have. Finite, so that its product with 0 is 0.
_NEVER = -1e9


class Refiner(eqx.Module):
    """Convolutions over the candidates in the order of time, and a class of each.

    Action candidates are of an action or rejected, boundary candidates a boundary or rejected (our choice):
    other classes have logits of -1e9. Weights and biases start uniform within ± 1 / sqrt(inputs), as in
    PyTorch.

    Attributes:
        convolutions: with ReLU and dropout after each.
        head: gives the logits.
        graph_width: w of the graph's embeddings, 0 without a graph.
        dropout: share of values that is set to 0 in training.
    """

    convolutions: tuple[eqx.nn.Conv1d, ...]
    head: eqx.nn.Linear
    graph_width: int = eqx.field(static=True)
    dropout: float = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        graph_width: int,
        n_classes: int,
        *,
        width: int,
        layers: int,
        kernel: int = 3,
        dropout: float,
        key: Array,
    ):
        """A refinement stage that is not trained. The paper gives no size of it.

        Args:
            inputs: f, values of the backbone a candidate.
            graph_width: w, values of the graph's network a candidate; 0 if there is no graph.
            n_classes: c, number of actions.
            width: outputs of each convolution.
            layers: number of convolutions.
            kernel: candidates that each convolution sees, an odd number.
            dropout: from 0, below 1.
            key: of the initial weights.

        Raises:
            ValueError: a size below 1, an even kernel, or dropout out of range.
        """
        for name, size in (
            ("inputs", inputs),
            ("n_classes", n_classes),
            ("width", width),
            ("layers", layers),
        ):
            check_whole(name, size, least=1)
        check_whole("graph_width", graph_width, least=0)
        check_whole("kernel", kernel, least=1)
        if kernel % 2 == 0:
            raise ValueError(
                f"kernel is {kernel}: give an odd number, so that each candidate is in the middle"
            )
        check_number("dropout", dropout)
        if dropout >= 1:
            raise ValueError(f"dropout is {dropout}: give a number below 1, as some values must be left")
        of_head, *keys = jax.random.split(key, layers + 1)
        sizes = [inputs + graph_width + 2] + [width] * (layers - 1)
        self.convolutions = tuple(
            eqx.nn.Conv1d(size, width, kernel, padding=kernel // 2, key=each)
            for size, each in zip(sizes, keys, strict=True)
        )
        self.head = eqx.nn.Linear(width, n_classes + 2, key=of_head)
        self.graph_width = graph_width
        self.dropout = dropout

    def __call__(
        self,
        points: Float[Array, "n f"],
        graph: Float[Array, "n w"] | None,
        there: Bool[Array, " n"],
        kinds: Int[Array, " n"],
        key: Array | None = None,
    ) -> Float[Array, "n logits"]:
        """Logits [n, c + 2] of the c actions, of a boundary and of being rejected.

        Args:
            points: values of the backbone at the candidates, in the order of time.
            graph: those of the graph's network, or None if there is none.
            there: False for padding, which comes after all candidates and changes nothing.
            kinds: `ACTION` or `BOUNDARY`, which is read too (our choice).
            key: of the dropout; None means none, as after training.

        Raises:
            ValueError: a graph of another width, or none if there should be one.
        """
        given = 0 if graph is None else graph.shape[1]
        if given != self.graph_width:
            raise ValueError(f"the graph has {given} values a candidate: give {self.graph_width}")
        action = kinds == ACTION
        read = [points] if graph is None else [graph, points]
        read.append(jnp.stack([action, ~action], axis=1).astype(points.dtype))
        shown = there[:, None]
        values = jnp.where(shown, jnp.concatenate(read, axis=1), 0)
        keys = (
            [None] * len(self.convolutions) if key is None else jax.random.split(key, len(self.convolutions))
        )
        for convolution, each in zip(self.convolutions, keys, strict=True):
            found = jax.nn.relu(convolution(values.T).T)
            values = jnp.where(shown, dropped(found, self.dropout, each), 0)
        logits = linear(self.head, values)
        number = logits.shape[1]
        of_boundaries = jnp.arange(number) == number - 2
        rejected = jnp.arange(number) == number - 1
        return jnp.where(rejected[None] | (of_boundaries[None] != action[:, None]), logits, _NEVER)


def refined_targets(candidates: Candidates, true: TruePoints, n_classes: int) -> Int[Array, " n"]:
    """What each candidate should be classified as; -1 for those that are not there.

    An action candidate inside the region of a true action point has that segment's class, a boundary
    candidate inside the region of a true boundary is of class c, a boundary, and others are of class c + 1,
    rejected (our choice). If a candidate is in the regions of two true points, the nearer one counts.

    Args:
        candidates: detected points.
        true: the true ones of the video.
        n_classes: c.
    """
    offset, inside = in_regions(candidates, true)
    meant = jnp.where(jnp.asarray(true.kind) == BOUNDARY, n_classes, jnp.asarray(true.action))
    nearest = jnp.argmin(jnp.where(inside, offset, jnp.inf), axis=0)
    targets = jnp.where(jnp.any(inside, axis=0), meant[nearest], n_classes + 1)
    return jnp.where(candidates.there, targets, -1)


def refinement_loss(logits: Float[Array, "n c"], targets: Int[Array, " n"]) -> Float[Array, ""]:
    """Mean cross-entropy of the candidates that are there (RTK's L_CR), 0 if none is.

    Args:
        logits: of each class.
        targets: the right ones; -1 for candidates that are not there.
    """
    there = targets >= 0
    logs = jax.nn.log_softmax(logits, axis=1)
    right = jnp.take_along_axis(logs, jnp.maximum(targets, 0)[:, None], axis=1)[:, 0]
    return -jnp.sum(right, where=there) / jnp.maximum(jnp.sum(there), 1).astype(logits.dtype)
