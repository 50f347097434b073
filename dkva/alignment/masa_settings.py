"""Settings of MASA: the name, default and check of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from dkva.alignment.poses import Body, Changes
from dkva.base.checks import check_choice, check_number, check_whole

__all__ = ["POSITIONS", "MasaSettings", "Sizes"]

#: What the position of a frame is counted in: in its view, or in the whole video.
POSITIONS = ("view", "video")


class Sizes(NamedTuple):
    """Sizes of the network, and which parts of it there are; see `MasaSettings`.

    Attributes:
        joints: number of them.
        hidden: size of the hidden layer that reads features.
        outputs: size of what is made of features.
        heads: of each attention; 0 chooses.
        own: number of layers of self-attention.
        cross: likewise of cross-attention; if there are both, as many.
        predictor: layers of the cluster predictor.
        scaled: whether frames are multiplied by the root of their size.
    """

    joints: int
    hidden: int
    outputs: int
    heads: int
    own: int
    cross: int
    predictor: int
    scaled: bool


@dataclass(frozen=True, kw_only=True)
class MasaSettings:
    """Settings of MASA's network and of its training, on given features, poses, or both.

    Defaults are the paper's (Kwon et al., Multi activity sequence alignment via implicit clustering), but for
    those that it leaves open: what is of CASA's public code (Kwon et al., CVPR 2022), which it builds on, is
    marked by "CASA", and what is our choice by these words.

    Attributes:
        joints: the last 3·joints features of a frame are the coordinates of these joints, x, y and z of each;
            0 means that there are no poses.
        parents: of each joint the joint that its bone comes from, or -1, as text such as "-1,0,1"; "" leaves
            bones as they are.
        mirrored: joints that are each other's on the other side of the body, as text such as "1:4,2:5".
        hidden: size of the hidden layer that reads features; layers that read poses keep their size.
        outputs: size of what is made of features; with poses, theirs is added.
        layers: number of pairs of a layer of self-attention and one of cross-attention (CASA; the paper's
            "4 attention layers alternately" may also be 2 pairs).
        heads: of each attention, a divisor of its size; 0 takes the largest one up to 8 (our choice; CASA has
            15 for 75 features and 21 for 126).
        predictor_layers: layers of self-attention of the cluster predictor.
        positions: whether a frame's position is counted in its view, or in the whole "video" (CASA), by which
            views could be matched without looking at them. The paper does not say.
        scaled: whether frames are multiplied by the root of their size before positions are added (CASA).
        self_attention: whether there are layers of self-attention.
        cross_attention: likewise of cross-attention; without both, a frame knows of no other.
        cluster_predictor: whether there is a cluster predictor; else projected frames are compared
            themselves.
        clustering: whether the views are to agree; else they are matched alone.
        stop_gradient: whether the projected frames that predictions are compared with are constants.
        dual_augmentation: whether both views are augmented; else the first is the video as it is.
        trim: whether views are of a part of the video. Of poses alone they never are.
        own_trims: whether each view has a part of its own; else both are of the same, so that "the sequence
            range remains consistent".
        trim_least: least share of the video that is in a part (our choice).
        left_out: largest share of the frames of a view that is left out (CASA).
        frames: most frames of a view; 0 means as many as the longest video has (our choice).
        flip: probability that the poses of a view are mirrored (CASA).
        flip_axis: the coordinate that changes its sign then: 0, 1 or 2 (CASA).
        translation: probability that all joints are moved (CASA).
        translation_sigma: standard deviation of how far, of poses whose coordinates have mean square 1
            (CASA).
        angles: probability that bones are turned (CASA, whose public code does not apply it).
        angle_sigma: standard deviation of how far, in degrees (CASA).
        latent: probability of noise in the space of a body model (CASA), which is given to `train_masa` in
            Python; without one neither this nor what follows has an effect.
        latent_sigma: standard deviation of it (CASA).
        latent_window: frames over which it is averaged (CASA).
        temperature: of the softmax over cosines (CASA; the paper prints none).
        squared: whether errors in time are squared, as the paper's text says, and not absolute, as its
            formula has them.
        normalised_times: whether times are counted in lengths of the video, and not in frames, in which long
            videos weigh more.
        epochs: passes over the videos (our choice; the paper goes on to 150 at least).
        repeats: how often each video comes in an epoch (our choice; CASA has 50).
        batch: videos of a step: 32 of PennAction, 16 of H2O, 4 of IKEA ASM.
        learning_rate: Adam's at first.
        halving: epochs after which it is halved.
        halvings: how often it is halved.
        standardise: whether each video's features are standardised and divided by sqrt(d), and its poses
            moved and scaled as one (our choice; the paper's are given to the network as they are).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    joints: int = 0
    parents: str = ""
    mirrored: str = ""
    hidden: int = 512
    outputs: int = 128
    layers: int = 4
    heads: int = 0
    predictor_layers: int = 2
    positions: str = "view"
    scaled: bool = True
    self_attention: bool = True
    cross_attention: bool = True
    cluster_predictor: bool = True
    clustering: bool = True
    stop_gradient: bool = True
    dual_augmentation: bool = True
    trim: bool = True
    own_trims: bool = False
    trim_least: float = 0.5
    left_out: float = 0.5
    frames: int = 0
    flip: float = 0.3
    flip_axis: int = 0
    translation: float = 0.3
    translation_sigma: float = 0.1
    angles: float = 0.3
    angle_sigma: float = 10.0
    latent: float = 0.1
    latent_sigma: float = 0.1
    latent_window: int = 10
    temperature: float = 0.1
    squared: bool = False
    normalised_times: bool = False
    epochs: int = 150
    repeats: int = 1
    batch: int = 16
    learning_rate: float = 3e-3
    halving: int = 50
    halvings: int = 3
    standardise: bool = True

    def __post_init__(self) -> None:
        for name in (
            "hidden",
            "outputs",
            "layers",
            "predictor_layers",
            "repeats",
            "batch",
            "halving",
            "latent_window",
        ):
            check_whole(name, getattr(self, name), least=1)
        for name in ("joints", "heads", "frames", "epochs", "halvings"):
            check_whole(name, getattr(self, name), least=0)
        check_whole("flip_axis", self.flip_axis, least=0, most=2)
        check_choice("positions", self.positions, POSITIONS)
        for name in ("temperature", "learning_rate"):
            check_number(name, getattr(self, name), positive=True)
        for name in ("translation_sigma", "angle_sigma", "latent_sigma"):
            check_number(name, getattr(self, name))
        for name in ("flip", "translation", "angles", "latent", "left_out"):
            check_number(name, getattr(self, name), most=1)
        check_number("trim_least", self.trim_least, positive=True, most=1)
        if self.left_out == 1:
            raise ValueError("left_out is 1: give a number below 1, as some frames must be left")
        self._check_body()

    def _check_body(self) -> None:
        for name in ("parents", "mirrored"):
            if getattr(self, name) and not self.joints:
                raise ValueError(
                    f"{name} is {getattr(self, name)!r}, and joints is 0: say how many there are"
                )
        if self.parents and not re.fullmatch(r"-?\d+(,-?\d+)*", self.parents):
            raise ValueError(f"parents is {self.parents!r}: give numbers of joints, such as '-1,0,1'")
        if self.mirrored and not re.fullmatch(r"\d+:\d+(,\d+:\d+)*", self.mirrored):
            raise ValueError(f"mirrored is {self.mirrored!r}: give pairs of joints, such as '1:4,2:5'")
        sides = [joint for pair in self.body.mirrored for joint in pair]
        if len(set(sides)) < len(sides) or max(sides, default=0) >= max(self.joints, 1):
            raise ValueError(
                f"mirrored is {self.mirrored!r}: name each joint once at most, from 0 to {self.joints - 1}"
            )
        self.body.check(self.joints)

    @property
    def sizes(self) -> Sizes:
        """Sizes of the network; without clustering it has no cluster predictor."""
        return Sizes(
            self.joints,
            self.hidden,
            self.outputs,
            self.heads,
            self.layers if self.self_attention else 0,
            self.layers if self.cross_attention else 0,
            self.predictor_layers if self.cluster_predictor and self.clustering else 0,
            self.scaled,
        )

    @property
    def body(self) -> Body:
        """What is known of the skeleton."""
        parents = [int(joint) for joint in self.parents.split(",") if joint]
        pairs = [pair.split(":") for pair in self.mirrored.split(",") if pair]
        return Body(tuple(parents), tuple((int(left), int(right)) for left, right in pairs))

    @property
    def changes(self) -> Changes:
        """How poses are changed."""
        return Changes(
            flip=self.flip,
            axis=self.flip_axis,
            translation=self.translation,
            translation_sigma=self.translation_sigma,
            angles=self.angles,
            angle_sigma=self.angle_sigma,
            latent=self.latent,
            latent_sigma=self.latent_sigma,
            latent_window=self.latent_window,
        )
