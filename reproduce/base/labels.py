"""What tables call methods and kernels: the texts of the rows' columns, each in one place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "ALIGNMENT_ALONE",
    "ASFORMER",
    "ASFORMER_ASSEMBLED",
    "ASOT",
    "ASOT_ALONE",
    "ASOT_TRAINED",
    "AUTHORS",
    "BATCH_ESTIMATOR",
    "CARL",
    "CARL_BLANK",
    "CHANGE_POINTS",
    "CHOSEN_DECAY",
    "CLOT_TRAINED",
    "CLOT_VIDEOS",
    "GAUSS",
    "GAUSS_NTK",
    "INITIAL",
    "INITIAL_L2",
    "JOINT",
    "JOINT_KMEANS",
    "JOINT_SHIFTED",
    "KERNEL_MEANS",
    "KERNEL_MEANS_WHITENED",
    "K_MEANS",
    "LABELS",
    "LEARNED",
    "LEARNED_ASOT",
    "LEARNED_L2",
    "LRPROP",
    "LRPROP_PARTS",
    "LRPROP_WITHOUT_PROPAGATION",
    "LRPROP_WITHOUT_SAME",
    "LRPROP_WITHOUT_WARPING",
    "MASA",
    "MASA_BLANK",
    "MASA_PARTS",
    "MASA_WITHOUT_CROSS",
    "MASA_WITHOUT_DUAL",
    "MASA_WITHOUT_PREDICTOR",
    "MASA_WITHOUT_SELF",
    "MASA_WITHOUT_STOP",
    "MASA_WITHOUT_TRIM",
    "MEDIAN_DISTANCE",
    "MMD",
    "MORE",
    "MORE_EPOCHS",
    "MS_TCN",
    "NNGP",
    "NTK_ALONE",
    "NTK_SPHERE",
    "ON_ACTIVITY",
    "ON_ALL",
    "PAPERS_KMEANS",
    "PAPERS_METHOD",
    "RAW_FEATURES",
    "RAW_FRAMES",
    "RECORDING_INITIAL",
    "RECORDING_LEARNED",
    "RTK",
    "RTK_ATTACHED",
    "RTK_BEFORE",
    "RTK_CANDIDATES",
    "RTK_FRAMES",
    "RTK_FRAMES_GRAPH",
    "RTK_FRAMES_MATCHED",
    "RTK_FRAMES_REFINED",
    "RTK_POINTS",
    "RTK_POINTS_GRAPH",
    "RTK_POINTS_REFINED",
    "SEGMENTATION_ALONE",
    "SINGLE_VIDEO",
    "STUDIES",
    "TCC",
    "TCN",
    "TRUE_ALIGNMENT",
    "TW_FINCH",
    "UNIFORM",
    "VAOT",
    "VAOT_BLANK",
    "VAOT_PARTS",
    "VAOT_UNBALANCED",
    "VAOT_WITHOUT_PRIOR",
    "VAOT_WITHOUT_STRUCTURE",
    "VAOT_WITHOUT_VIRTUAL",
    "VIDEO_ESTIMATOR",
    "WHOLE_VIDEO",
]

UNIFORM = "uniform split"
K_MEANS = "k-means"
CHANGE_POINTS = "kernel change points"
TW_FINCH = "TW-FINCH"

#: The paper's method with kernel assignment, before learning and after it; with L2 assignment; and with the
#: kernel's similarities decoded by ASOT.
INITIAL, LEARNED = "initial, kernel", "learned, kernel"
INITIAL_L2, LEARNED_L2 = "initial, L2", "learned, L2"
LEARNED_ASOT = "learned, ASOT"

#: Models trained on a data set's videos, with the K and the scores of Table 4. The paper's "ASOT" and "CLOT"
#: are other lines: their numbers are of another protocol and another K.
ASOT_TRAINED = "ASOT, trained"
CLOT_VIDEOS = 10
CLOT_TRAINED = f"CLOT, trained ({CLOT_VIDEOS} videos an activity at most)"

#: Times as many epochs as chosen, to see whether they overfit (the paper's reason for few).
MORE = 4

# Variants of the paper's method that its claims are about.
MORE_EPOCHS = f"{LEARNED}: {MORE} × epochs"
NTK_ALONE = f"{LEARNED}: NTK alone"
MEDIAN_DISTANCE = f"{LEARNED}: median distance"
WHOLE_VIDEO = f"{LEARNED}: whole video"
CHOSEN_DECAY = "learned, chosen weight decay"

#: The paper's method in the tables of real recordings, which have one assignment: before learning and after
#: it; and its two estimators.
RECORDING_INITIAL, RECORDING_LEARNED = "initial", "learned"
VIDEO_ESTIMATOR, BATCH_ESTIMATOR = '"video"', '"batch"'

#: Tables of real sequences and of rivals: this project's own method, and the paper's.
KERNEL_MEANS, PAPERS_METHOD = "kernel mean segments", "the paper's method"

#: The same in the table of recordings: principal components made equal, and k-means centres as the start.
KERNEL_MEANS_WHITENED = f"{KERNEL_MEANS}, whitened"
PAPERS_KMEANS = f"{PAPERS_METHOD}, k-means start"

#: Tables of rivals: ASOT trained on the activity, and its decoder on one video.
ASOT, ASOT_ALONE = "ASOT", "ASOT decoder, one video"

#: Tables of alignment: what embedded frames are compared with, VAOT and VAOT without one of its parts.
RAW_FEATURES, TRUE_ALIGNMENT = "raw features", "true alignment"
VAOT, VAOT_BLANK = "VAOT", "VAOT, not trained"
VAOT_WITHOUT_STRUCTURE, VAOT_WITHOUT_PRIOR = "VAOT without structure", "VAOT without prior"
VAOT_UNBALANCED, VAOT_WITHOUT_VIRTUAL = "VAOT, unbalanced", "VAOT without virtual frames"
VAOT_PARTS = (VAOT_WITHOUT_STRUCTURE, VAOT_WITHOUT_PRIOR, VAOT_UNBALANCED, VAOT_WITHOUT_VIRTUAL)

#: VASOT's one model for both tasks, the same program for one of them, and variants of it.
JOINT = "VASOT, both tasks"
SEGMENTATION_ALONE, ALIGNMENT_ALONE = "VASOT, segmentation alone", "VASOT, alignment alone"
JOINT_SHIFTED, JOINT_KMEANS = "VASOT, released shift", "VASOT, k-means start"

#: What a method has seen when it cuts or embeds a video, in the column `training`.
SINGLE_VIDEO, ON_ACTIVITY, ON_ALL = "single video", "on the activity", "on all activities"

#: Tables of embedded frames: what is trained, and LRProp and MASA without one of their parts.
CARL, TCC, TCN, LRPROP, MASA = "CARL", "TCC", "TCN", "LRProp", "MASA"
CARL_BLANK, MASA_BLANK = "CARL, not trained", "MASA, not trained"
LRPROP_WITHOUT_SAME = "LRProp without the same video"
LRPROP_WITHOUT_PROPAGATION = "LRProp without propagation"
LRPROP_WITHOUT_WARPING = "LRProp without soft-DTW"
LRPROP_PARTS = (LRPROP_WITHOUT_SAME, LRPROP_WITHOUT_PROPAGATION, LRPROP_WITHOUT_WARPING)
MASA_WITHOUT_SELF, MASA_WITHOUT_CROSS = "MASA without self-attention", "MASA without cross-attention"
MASA_WITHOUT_STOP, MASA_WITHOUT_DUAL = "MASA without stop-gradient", "MASA without dual augmentation"
MASA_WITHOUT_TRIM, MASA_WITHOUT_PREDICTOR = "MASA without trims", "MASA without cluster predictor"
MASA_PARTS = (
    MASA_WITHOUT_SELF,
    MASA_WITHOUT_STOP,
    MASA_WITHOUT_DUAL,
    MASA_WITHOUT_TRIM,
    MASA_WITHOUT_PREDICTOR,
    MASA_WITHOUT_CROSS,
)

#: Tables of supervised methods: classes of frames; frames' classes re-assembled; RTK of keypoints or of the
#: frame-wise classes of the same network, with refinement, its graph network, and graph matching or without;
#: with the gradient of graph matching; and with other shares of candidates than a tenth of the frames.
MS_TCN, ASFORMER, ASFORMER_ASSEMBLED = "MS-TCN", "ASFormer", "ASFormer, re-assembled"
RTK, RTK_BEFORE = "RTK", "RTK, before refinement"
RTK_POINTS = "RTK: keypoints"
RTK_POINTS_REFINED = "RTK: keypoints, refinement"
RTK_POINTS_GRAPH = "RTK: keypoints, refinement, GCN"
RTK_FRAMES = "RTK: frame-wise"
RTK_FRAMES_REFINED = "RTK: frame-wise, refinement"
RTK_FRAMES_GRAPH = "RTK: frame-wise, refinement, GCN"
RTK_FRAMES_MATCHED = "RTK: frame-wise, refinement, GCN, matching"
RTK_ATTACHED = "RTK, gradient of matching kept"
RTK_CANDIDATES: Mapping[float, str] = MappingProxyType(
    {share: f"RTK, α = {share:g}" for share in (0.001, 0.01, 1.0)}
)

#: Labels of the library's methods by id.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "uniform": UNIFORM,
        "kmeans": K_MEANS,
        "kernel_change_points": CHANGE_POINTS,
        "tw_finch": TW_FINCH,
        "dkva": LEARNED,
    }
)

#: Kernels in the column `kernel`: the paper's product, two that it calls characteristic, what the names of
#: Gaussians of each length scale begin with, and what those of kernels as in the authors' program end with.
GAUSS_NTK, NNGP, NTK_SPHERE = "GaussNTK", "NNGP", "NTK sphere"
GAUSS, AUTHORS = "Gauss, ", " (authors' program)"

#: What recordings are compared with in the column `value` of their study.
RAW_FRAMES = "raw frames"

#: The paper's loss in the column `value` of the study of losses.
MMD = "MMD"

#: The results that are studies of one setting at a time.
STUDIES = ("study_network", "study_initialisation", "study_batches", "study_estimator", "study_transport")
