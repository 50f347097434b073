"""Settings of RTK: the name, default and check of each."""

from __future__ import annotations

from dataclasses import dataclass

from dkva.base.checks import check_choice, check_number, check_whole
from dkva.supervised.frame_settings import FrameSettings

__all__ = ["COUNTS", "RtkSettings"]

#: What the focal loss is divided by: the frames at which a map is 1, or the points that these frames are of.
COUNTS = ("frames", "points")


@dataclass(frozen=True, kw_only=True)
class RtkSettings(FrameSettings):
    """Settings of RTK's model and of its training.

    Those of the paper (*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023)
    stand beside those of ASFormer, which it takes over; what neither says is marked as our choice. Lengths
    are in frames that the network sees, so that `sample_rate` changes what they mean.

    Attributes:
        epochs: of the first phase, in which the backbone alone learns.
        matching_epochs: of the second phase, in which graphs are matched, too.
        joint_epochs: of the third phase, in which all parts learn.
        restart: whether each phase begins with the first learning rate (our choice: plateaus of the first
            phase would leave nothing of it to the others).
        matching_videos: videos of a step of the second phase, whose gradients are averaged.
        decoders: that refine what the encoder finds, one after the other; 0 leaves them out.
        decoder_layers: layers of each decoder. The paper's are "light-weighted" and not described; half as
            many as the encoder's give a backbone of 0.76 million parameters, near the published 0.78 of
            all (our choice).
        channel_dropout: share of the features that is set to 0 in training, the same ones in all frames.
        dropout: share of values in the layers that is set to 0 in training.
        keypoints: whether boundaries and middles of actions are sought; else classes of frames alone, with
            ASFormer's loss.
        refinement: whether candidates are classified again by the refinement stage.
        graph: whether that stage sees embeddings of a graph network too; of no effect without it.
        matching: whether the graph network learns from matched graphs; of no effect without it.
        detached: whether the graph network's gradient ends before the backbone.
        candidates: α, candidates that are refined at most, as a share of the frames; without refinement all
            are taken.
        action_weight: λ1, of the loss of the map of actions.
        class_weight: λ2, of the cross-entropy of the classes.
        boundary_weight: λ3, of the loss of the map of boundaries.
        action_balance: γ of the focal loss of actions.
        boundary_balance: γ of the focal loss of boundaries.
        focus: α of the focal loss, by which easy frames count less.
        nearness: β of the focal loss, by which frames near a keypoint count less.
        boundary_region: r_b, length of the region of a boundary.
        boundary_neighbourhood: length of its part that counts as the boundary itself; the paper says "small"
            (our choice).
        action_region: r_c, length of the region of an action's middle, as a share of the action.
        action_positive: length of its part that counts as the middle itself, likewise.
        cut: whether maps are 0 outside of the regions (our choice; the paper does not say).
        positives: what the focal loss is divided by, "frames" at which a map is 1 or "points" (our choice;
            the paper says "positive keypoints").
        action_threshold: above which the map of actions has candidates.
        boundary_threshold: above which the map of boundaries has candidates.
        graph_layers: of the graph network (our choice; PCA-GM has 5 of 1024 numbers).
        graph_width: numbers of a keypoint in it (our choice: those of a frame at the published size).
        normalised: whether keypoints have unit norm before the graph network, as in PCA-GM's public code.
        crossed: whether both graphs hear each other before its last layer in training, as in PCA-GM; at least
            two layers. After training there is no second graph, so that they do not (our choice).
        temperature: of Sinkhorn's iterations, as in PCA-GM.
        sweeps: of Sinkhorn's iterations, over rows and columns each; PCA-GM counts them apart, so that these
            are twice as many (our choice).
        refiner_layers: convolutions of the refinement stage; the paper says "several" (our choice).
        refiner_width: numbers of a candidate in it (our choice).
        refiner_kernel: candidates that each of its convolutions sees, an odd number (our choice).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    epochs: int = 80
    weight_decay: float = 1e-5
    factor: float = 0.5
    matching_epochs: int = 20
    joint_epochs: int = 20
    restart: bool = True
    matching_videos: int = 16
    decoders: int = 3
    decoder_layers: int = 5
    channel_dropout: float = 0.3
    dropout: float = 0.5
    keypoints: bool = True
    refinement: bool = True
    graph: bool = True
    matching: bool = True
    detached: bool = True
    candidates: float = 0.1
    action_weight: float = 100.0
    class_weight: float = 1.0
    boundary_weight: float = 100.0
    action_balance: float = 0.75
    boundary_balance: float = 0.8
    focus: float = 2.0
    nearness: float = 4.0
    boundary_region: float = 33.0
    boundary_neighbourhood: float = 5.0
    action_region: float = 0.8
    action_positive: float = 0.32
    cut: bool = True
    positives: str = "frames"
    action_threshold: float = 0.4
    boundary_threshold: float = 0.2
    graph_layers: int = 2
    graph_width: int = 64
    normalised: bool = True
    crossed: bool = False
    temperature: float = 0.005
    sweeps: int = 20
    refiner_layers: int = 2
    refiner_width: int = 64
    refiner_kernel: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("matching_epochs", "joint_epochs", "decoders"):
            check_whole(name, getattr(self, name), least=0)
        for name in (
            "matching_videos",
            "decoder_layers",
            "graph_layers",
            "graph_width",
            "sweeps",
            "refiner_layers",
            "refiner_width",
            "refiner_kernel",
        ):
            check_whole(name, getattr(self, name), least=1)
        self.check_shares("channel_dropout", "dropout")
        for name in ("action_weight", "class_weight", "boundary_weight", "focus", "nearness"):
            check_number(name, getattr(self, name))
        for name in ("boundary_region", "boundary_neighbourhood", "temperature"):
            check_number(name, getattr(self, name), positive=True)
        for name in ("candidates", "action_region", "action_positive"):
            check_number(name, getattr(self, name), positive=True, most=1)
        for name in ("action_balance", "boundary_balance", "action_threshold", "boundary_threshold"):
            check_number(name, getattr(self, name), most=1)
        check_choice("positives", self.positives, COUNTS)
        if self.crossed and self.graph_layers < 2:
            raise ValueError(f"graph_layers is {self.graph_layers}: give 2 at least, if graphs are crossed")
        if self.refiner_kernel % 2 == 0:
            raise ValueError(
                f"refiner_kernel is {self.refiner_kernel}: give an odd number, so that each candidate is in "
                "the middle"
            )

    @property
    def with_graph(self) -> bool:
        """Whether there is a graph network."""
        return self.refinement and self.graph

    @property
    def with_matching(self) -> bool:
        """Whether graphs are matched in training."""
        return self.with_graph and self.matching
