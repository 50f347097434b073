"""Settings of VAOT: the name, default and check of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dkva.base.checks import check_number, check_whole

__all__ = ["Aligning", "VaotSettings"]


class Aligning(NamedTuple):
    """How frames of two videos are matched; see `dkva.transport.align_frames`.

    Attributes:
        eps: weight of the entropy.
        alpha: weight of the structure.
        radius: of the structure, a share of the frames.
        rho: weight of the temporal prior.
        zeta: cost of a match with a virtual frame; None leaves virtual frames out.
        relax_y: whether frames of the second video may have unequal masses.
        lambda_y: weight of the penalty that keeps them equal, if relaxed.
        iterations: of the solver.
        last_column: whether the virtual column comes last, and the first column is dropped in its place: a
            fault of VASOT's public code.
    """

    eps: float
    alpha: float
    radius: float
    rho: float
    zeta: float | None
    relax_y: bool
    lambda_y: float
    iterations: int
    last_column: bool = False


@dataclass(frozen=True, kw_only=True)
class VaotSettings:
    """Settings of VAOT's model and of its training on given features.

    The defaults of the transport are the published ones (Ali et al., ICCV 2025, its public code), with one
    exception. The published model learns from pixels; of one on features the paper has no settings, so that
    encoder, frames of a pair and optimiser are those of the same authors' joint model on Breakfast.

    Attributes:
        hidden: size of the encoder's hidden layer (VASOT's).
        outputs: size of the embedded frames (VASOT's).
        epochs: passes over the videos, each beside another one (VASOT's).
        pairs: pairs of videos of a step.
        frames: frames of each video that a step sees (VASOT's).
        learning_rate: Adam's (VASOT's).
        weight_decay: λ of λ·w, which is added to the gradient (VASOT's).
        temperature: of the softmax over frames.
        eps: weight of the entropy.
        alpha: weight of the structure.
        radius: how near near frames are, as a share of the frames. Published is 0.02 of clips of 20 frames,
            under which no frame is near another, so that there is no structure; 0.04 is VASOT's.
        rho: weight of the prior |i/N - j/M|.
        virtual_frames: whether frames may be matched to a virtual one.
        zeta: cost of such a match.
        relax_y: whether frames of the second video may have unequal masses; published runs do not relax them.
        lambda_y: weight of the penalty that keeps them equal, if relaxed.
        relax_y_applied: whether they may be unequal when two videos are aligned by the trained model, so that
            a phase can last longer in one of them (our choice: the paper measures embedded frames alone).
        lambda_y_applied: weight of the penalty then (our choice: that of ASOT's decoding).
        iterations: of the solver.
        standardise: whether each video's features are standardised and divided by sqrt(d) (VASOT's).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    hidden: int = 128
    outputs: int = 40
    epochs: int = 50
    pairs: int = 1
    frames: int = 256
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    temperature: float = 0.1
    eps: float = 0.07
    alpha: float = 0.3
    radius: float = 0.04
    rho: float = 0.35
    virtual_frames: bool = True
    zeta: float = 0.5
    relax_y: bool = False
    lambda_y: float = 0.05
    relax_y_applied: bool = True
    lambda_y_applied: float = 0.01
    iterations: int = 25
    standardise: bool = True

    def __post_init__(self) -> None:
        for name in ("hidden", "outputs", "pairs", "frames", "iterations"):
            check_whole(name, getattr(self, name), least=1)
        check_whole("epochs", self.epochs, least=0)
        for name in ("learning_rate", "temperature", "eps"):
            check_number(name, getattr(self, name), positive=True)
        for name in ("weight_decay", "rho", "zeta", "lambda_y", "lambda_y_applied"):
            check_number(name, getattr(self, name))
        check_number("alpha", self.alpha, most=1)
        check_number("radius", self.radius, positive=True, most=1)

    @property
    def aligning(self) -> Aligning:
        """How frames of two videos are matched while the model is trained."""
        return Aligning(
            self.eps,
            self.alpha,
            self.radius,
            self.rho,
            self.zeta if self.virtual_frames else None,
            self.relax_y,
            self.lambda_y,
            self.iterations,
        )

    @property
    def aligning_applied(self) -> Aligning:
        """How frames of two videos are matched by the trained model."""
        return self.aligning._replace(relax_y=self.relax_y_applied, lambda_y=self.lambda_y_applied)
