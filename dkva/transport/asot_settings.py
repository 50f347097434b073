"""Settings of ASOT: the name, default and check of each, and the values of its published runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from dkva.base.checks import check_number, check_whole

__all__ = ["PUBLISHED", "AsotSettings", "Decoding"]


class Decoding(NamedTuple):
    """How frames are assigned to actions; see `dkva.transport.decode`.

    Attributes:
        eps: weight of the entropy.
        alpha: weight of the structure.
        lambda_actions: weight of the penalty on the actions' shares.
        radius: of the structure, a share of the frames.
        rho: weight of the temporal prior.
        iterations: of the solver.
    """

    eps: float
    alpha: float
    lambda_actions: float
    radius: float
    rho: float
    iterations: int


@dataclass(frozen=True, kw_only=True)
class AsotSettings:
    """Settings of ASOT's model and of its training.

    The defaults are the published ones for Breakfast (Xu & Gould, CVPR 2024, its public code); `PUBLISHED`
    has those of other data sets.

    Attributes:
        hidden: size of the encoder's hidden layer.
        outputs: size of the embedded frames.
        epochs: passes over the videos.
        batch_videos: videos of a step.
        frames: frames of each video that a step sees.
        learning_rate: Adam's.
        weight_decay: λ of λ·w, which is added to the gradient.
        temperature: of the softmax over actions.
        radius: how near near frames are, as a share of the frames.
        rho: weight of the prior |i/N - j/K|, which gives the actions an order.
        eps: weight of the entropy while it is trained.
        alpha: weight of the structure while it is trained.
        lambda_actions: weight of the penalty on the actions' shares while it is trained.
        eps_applied: weight of the entropy where the model is applied.
        alpha_applied: weight of the structure where the model is applied.
        lambda_applied: weight of the penalty on the actions' shares where the model is applied.
        iterations: of the solver.
        standardise: whether each video's features are standardised and divided by sqrt(d).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    hidden: int = 128
    outputs: int = 40
    epochs: int = 15
    batch_videos: int = 2
    frames: int = 256
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    temperature: float = 0.1
    radius: float = 0.04
    rho: float = 0.2
    eps: float = 0.07
    alpha: float = 0.4
    lambda_actions: float = 0.1
    eps_applied: float = 0.04
    alpha_applied: float = 0.7
    lambda_applied: float = 0.01
    iterations: int = 25
    standardise: bool = True

    def __post_init__(self) -> None:
        for name in ("hidden", "outputs", "batch_videos", "frames", "iterations"):
            check_whole(name, getattr(self, name), least=1)
        check_whole("epochs", self.epochs, least=0)
        for name in ("learning_rate", "temperature", "eps", "eps_applied"):
            check_number(name, getattr(self, name), positive=True)
        for name in ("weight_decay", "rho", "lambda_actions", "lambda_applied"):
            check_number(name, getattr(self, name))
        for name in ("alpha", "alpha_applied"):
            check_number(name, getattr(self, name), most=1)
        check_number("radius", self.radius, positive=True, most=1)

    @property
    def training(self) -> Decoding:
        """How frames are assigned while the model is trained."""
        return Decoding(self.eps, self.alpha, self.lambda_actions, self.radius, self.rho, self.iterations)

    @property
    def applied(self) -> Decoding:
        """How frames are assigned where the model is applied."""
        weights = self.eps_applied, self.alpha_applied, self.lambda_applied
        return Decoding(*weights, self.radius, self.rho, self.iterations)


_COMMON = {"alpha": 0.3, "alpha_applied": 0.6, "standardise": False}

#: What published runs change, by data set; 50 Salads at two granularities.
PUBLISHED: Mapping[str, Mapping[str, float | int | bool]] = MappingProxyType(
    {
        "breakfast": {},
        "yti": _COMMON | {"epochs": 10, "rho": 0.15, "lambda_actions": 0.12, "hidden": 32, "outputs": 32},
        "50salads_eval": _COMMON | {"epochs": 30, "rho": 0.15, "lambda_actions": 0.11},
        "50salads_mid": _COMMON | {"epochs": 30, "rho": 0.15, "lambda_actions": 0.15},
        "desktop_assembly": _COMMON | {"epochs": 30, "rho": 0.25, "lambda_actions": 0.16, "radius": 0.02},
    }
)
