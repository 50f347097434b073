"""Settings of the method: the name, default, choices and check of each, in this one place.

Read without JAX, so that the command line can offer them at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from dkva.base.checks import check_choice, check_number, check_whole
from dkva.base.kernel_parts import KERNELS

__all__ = [
    "ACTIVATIONS",
    "ASSIGNMENTS",
    "ESTIMATORS",
    "INITS",
    "LENGTH_SCALE",
    "LENGTH_SCALES",
    "MAX_SEED",
    "MAX_SMOOTHING",
    "WHOLE_VIDEO",
    "KernelSettings",
    "LearningSettings",
    "Rule",
    "Settings",
]

#: Activations of the infinitely wide networks.
ACTIVATIONS = ("relu", "erf")

#: How a frame finds its synthetic frame: by kernel similarity (paper Eq. 6) or, to compare, by distance, or
#: steadied in time by ASOT's decoder, on similarities or on the cosine of the kernel's feature space.
ASSIGNMENTS = ("kernel", "l2", "asot", "asot_cosine")

#: Estimators of the loss: the constants of the whole video, or the paper's medians and means per batch.
ESTIMATORS = ("video", "batch")

#: Initialisations of V: the mean frames of M uniform segments (paper), k-means centres, or M frames drawn at
#: random, in order of time.
INITS = ("uniform", "kmeans", "random")

#: What the length scale is taken from: the median of the squared distances (paper), or of the distances.
LENGTH_SCALES = ("median_squared", "median")

#: The batch that holds every frame once.
WHOLE_VIDEO = "video"

#: Largest seed.
MAX_SEED = 2**32 - 1

#: Largest smoothing strength; its window is a hundred uniform segments long.
MAX_SMOOTHING = 100.0


@dataclass(frozen=True)
class Rule:
    """Which values a setting takes: names, numbers, or either.

    Attributes:
        names: values that are text.
        number: `int` or `float` if numbers are taken, else None.
        least: smallest number.
        positive: whether the number must be above 0.
        most: largest number.
        optional: whether None is taken.
    """

    names: tuple[str, ...] = ()
    number: type | None = None
    least: int = 0
    positive: bool = False
    most: float = math.inf
    optional: bool = False

    def check(self, argument: str, value: object) -> None:
        """Raise ValueError if `value` is none of these; the message names `argument` and the remedy."""
        if value is None and self.optional:
            return
        if self.number is None or (self.names and isinstance(value, str)):
            check_choice(argument, value, self.names, or_else=None if self.number is None else "a number")
        elif self.number is int:
            check_whole(argument, value, least=self.least)
        else:
            check_number(argument, value, positive=self.positive, most=self.most)


#: What a length scale may be.
LENGTH_SCALE = Rule(LENGTH_SCALES, float, positive=True)


def _setting(default: object, rule: Rule, argument: str | None = None) -> Any:
    return field(default=default, metadata={"rule": rule, "argument": argument})


class _Checked:
    """A dataclass whose fields, made by `_setting`, are checked when it is made."""

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            rule: Rule = each.metadata["rule"]
            rule.check(each.metadata["argument"] or each.name, getattr(self, each.name))


@dataclass(frozen=True)
class KernelSettings(_Checked):
    """A named kernel and its infinitely wide network.

    Attributes:
        name: one of `KERNELS`.
        depth: number of hidden layers, at least 1.
        activation: one of `ACTIVATIONS`.
        weight_std: standard deviation of the network's weights (paper: 2).
        bias_std: standard deviation of the network's biases (paper: 0.1).

    Raises:
        ValueError: an unknown name (the choices are listed) or a setting out of range.
    """

    name: str = _setting("gauss_ntk", Rule(tuple(KERNELS)), "kernel")
    depth: int = _setting(1, Rule(number=int, least=1))
    activation: str = _setting("relu", Rule(ACTIVATIONS))
    weight_std: float = _setting(2.0, Rule(number=float, positive=True))
    bias_std: float = _setting(0.1, Rule(number=float))


_OF_KERNEL: Mapping[str, Any] = {each.name: each for each in fields(KernelSettings)}


def _kernel_setting(name: str) -> Any:
    return _setting(_OF_KERNEL[name].default, _OF_KERNEL[name].metadata["rule"])


@dataclass(frozen=True, kw_only=True)
class LearningSettings(_Checked):
    """Settings of `dkva.approximate`: how synthetic frames are learned from standardised frames.

    Attributes:
        kernel: one of `KERNELS`; "gauss_ntk" is the paper's.
        epochs: passes over the video; 0 returns the initialisation. Paper: 100 on the benchmarks, 10 on
            Moving5.
        estimator: "video" holds the terms that do not depend on V at their whole-video values; "batch"
            takes them from each batch, as the paper does, at many times the cost.
        learning_rate: Adam's.
        weight_decay: weight of the Frobenius norm of V (the paper's weight decay).
        init: one of `INITS`; "uniform" is the paper's.
        length_scale: "median_squared" (paper), "median" or a number; see `dkva.approximation.length_scale`.
        depth: see `KernelSettings`; so are the next three.
        activation: "relu" or "erf".
        weight_std: of the network's weights.
        bias_std: of the network's biases.
        batch_size: b, at most N; None means the paper's min(512, N // M); "video" takes every frame once at
            each step, so that an epoch is one step.
        tolerance: stop early if the mean loss of the last `learning.TOLERANCE_EPOCHS` epochs is not
            lower than that of as many before them by more than this share; 0 takes all epochs, as the paper
            does.

    Raises:
        ValueError: a setting out of range or unknown (its choices are listed).
    """

    kernel: str = _kernel_setting("name")
    epochs: int = _setting(100, Rule(number=int))
    estimator: str = _setting("video", Rule(ESTIMATORS))
    learning_rate: float = _setting(0.05, Rule(number=float, positive=True))
    weight_decay: float = _setting(1e-3, Rule(number=float))
    init: str = _setting("uniform", Rule(INITS))
    length_scale: str | float = _setting("median_squared", LENGTH_SCALE)
    depth: int = _kernel_setting("depth")
    activation: str = _kernel_setting("activation")
    weight_std: float = _kernel_setting("weight_std")
    bias_std: float = _kernel_setting("bias_std")
    batch_size: int | str | None = _setting(
        None,
        Rule((WHOLE_VIDEO,), int, least=1, optional=True),
    )
    tolerance: float = _setting(
        0.0,
        Rule(number=float),
    )

    @classmethod
    def of(cls, settings: LearningSettings | None = None, **changed) -> LearningSettings:
        """These settings, or the default ones, with some changed.

        Raises:
            ValueError: an unknown name or value; the choices are listed.
        """
        known = [each.name for each in fields(cls)]
        unknown = [name for name in changed if name not in known]
        if unknown:
            raise ValueError(f"unknown setting {unknown[0]!r}: choose of {', '.join(known)}")
        return cls(**changed) if settings is None else replace(settings, **changed)

    @property
    def of_kernel(self) -> KernelSettings:
        """The kernel's part."""
        return KernelSettings(self.kernel, self.depth, self.activation, self.weight_std, self.bias_std)


@dataclass(frozen=True, kw_only=True)
class Settings(LearningSettings):
    """Settings of the whole method, from a video's features to its labels.

    Attributes:
        smoothing: a, strength of the Gaussian filter over time: its window is ceil(a·N / M) frames. Paper:
            2.5 for long videos, less for short ones; 0 leaves the frames as they are.
        assignment: "kernel" (paper Eq. 6); "l2", the nearest synthetic frame, which the paper compares in
            its Table 2; "asot", by similarities steadied in time by the decoder of ASOT (Xu & Gould 2024);
            or "asot_cosine", likewise by ASOT's cost with the cosine of the kernel's feature space.

    The others are those of `LearningSettings`.

    Raises:
        ValueError: a setting out of range or unknown (its choices are listed).
    """

    smoothing: float = _setting(
        2.5,
        Rule(number=float, most=MAX_SMOOTHING),
    )
    assignment: str = _setting("kernel", Rule(ASSIGNMENTS))
