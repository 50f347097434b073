"""The methods by id: what each is, and where its code is, as text, so that nothing is imported until used.

A method of this library is one entry of `_OWN`. Another package adds one by an entry point of the group
`dkva.methods`, whose name is the method's id and whose object is a `Listed`:

    [project.entry-points."dkva.methods"]
    every_tenth = "tenths:LISTED"

Over 400 lines, as each method is an entry.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Any

from dkva.base.checks import check_choice

__all__ = [
    "ABILITIES",
    "GROUP",
    "KINDS",
    "LEARNER",
    "SEGMENTER",
    "Listed",
    "find",
    "lacking",
    "listed",
    "load",
]

#: Entry points of other packages' methods.
GROUP = "dkva.methods"

#: `segment(features, n_segments, **settings) -> labels [n]`, for one video at a time.
SEGMENTER = "segmenter"

#: Trained on a collection of videos.
LEARNER = "learner"

KINDS = (SEGMENTER, LEARNER)

#: What a trained model may do; see `dkva.experiments.learners.Model`.
ABILITIES = ("segment", "embed", "align")


@dataclass(frozen=True)
class Listed:
    """One method of the registry.

    Attributes:
        id: what it is asked for by, and what its rows are kept under: it stays when the label changes.
        label: what tables print.
        about: what it does, on one line.
        reference: the publication, on one line.
        target: its function as "module:name". A segmenter is called as `segment(features, n_segments,
            **settings)`, with the keywords `seed` and `name` (the video's) if it takes them. A learner is
            called by its `train`, with the keyword `n_segments` if it takes it.
        kind: one of `KINDS`.
        settings: dataclasses as "module:name" whose fields are its settings and which check themselves when
            they are made; none where the settings are the function's own keyword parameters.
        defaults: of settings for which the code itself has none.
        restore: of a learner, the function or class as "module:name" that makes a model of its arrays; see
            `dkva.experiments.learners.Learner`.
        supervised: of a learner, whether it is given the truth of the training videos.
        mixes: of a learner, whether one model may be of videos of several activities, whose names then have
            the activity before a slash.
        does: of a learner, which of `ABILITIES` its models have, as lists of methods say; () says nothing.
        estimator: a scikit-learn estimator of the same method as "module:name", if there is one: results then
            name its parameters n_segments, random_state and the settings, so that it can be made again.
        check: a function as "module:name", if there is one, called as `check(n_segments, n_frames, seed,
            **settings)` before a video is read: it raises ValueError if they do not go together.
        together: the same method over several videos at once as "module:name", if there is one, called as
            `together(features of each, n_segments, **settings) -> labels of each`: a label then means the
            same in all of them.
        long: the same method in less memory as "module:name", if there is one, for features of many frames:
            labels are the same but for rounding.
        needs: modules that it imports when it runs beside this package's own, and the package to install for
            each, such as {"ott": "ott-jax"}.
        origin: the package that lists it; the registry fills it in.

    Raises:
        ValueError: an unknown kind or ability, a text that is missing or has several lines, a target of
            another form, or a learner without `restore`.
    """

    id: str
    label: str
    about: str
    reference: str
    target: str
    kind: str = SEGMENTER
    settings: tuple[str, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    restore: str = ""
    supervised: bool = False
    mixes: bool = False
    does: tuple[str, ...] = ()
    estimator: str = ""
    check: str = ""
    together: str = ""
    long: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    origin: str = "dkva"

    def __post_init__(self) -> None:
        check_choice("kind of method", self.kind, KINDS)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.id):
            raise ValueError(f"method id {self.id!r}: give small letters, digits and _, a letter first")
        for name in ("label", "about", "reference"):
            text = getattr(self, name)
            if not text or len(text.splitlines()) != 1:
                raise ValueError(f"{name} of method {self.id!r} is {text!r}: give one line")
        further = filter(None, (self.estimator, self.check, self.together, self.long, self.restore))
        for target in (self.target, *self.settings, *further):
            if not re.fullmatch(r"[\w.]+:[\w.]+", target):
                raise ValueError(f"{target!r} of method {self.id!r} is no target: write 'module:name'")
        if self.kind == LEARNER and not self.restore:
            raise ValueError(f"learner {self.id!r} has no restore: name what makes a model of its arrays")
        for each in self.does:
            check_choice("ability", each, ABILITIES)


_DKVA_SETTINGS = "dkva.approximation.settings:Settings"

_ASOT = (
    "Xu & Gould, Temporally consistent unbalanced optimal transport for unsupervised action segmentation, "
    "CVPR 2024"
)

_JOINT = "Ali et al., Joint self-supervised video alignment and action segmentation, ICCV 2025"

_CARL = (
    "Chen et al., Frame-wise action representations for long videos via sequence contrastive learning, "
    "CVPR 2022"
)

_OWN: tuple[Listed, ...] = (
    Listed(
        "dkva",
        "deep kernel video approximation",
        "learns frames whose distribution is near the video's under the maximum mean discrepancy",
        "Pintea & Dijkstra, Deep kernel video approximation for unsupervised action segmentation, 2026",
        "dkva.approximation.segmenting:segment_video",
        settings=(_DKVA_SETTINGS,),
        estimator="dkva.approximation.segmenter:VideoSegmenter",
        check="dkva.approximation.segmenting:check_settings",
    ),
    Listed(
        "sinkhorn",
        "approximation by optimal transport",
        "learns frames likewise under a Sinkhorn divergence",
        "Feydy et al., Interpolating between optimal transport and MMD using Sinkhorn divergences, "
        "AISTATS 2019",
        "dkva.approximation.sinkhorn:segment_by_transport",
        needs={"ott": "ott-jax"},
        settings=("dkva.approximation.sinkhorn:Sinkhorn", _DKVA_SETTINGS),
        defaults={"entropy": 0.05},
    ),
    Listed(
        "uniform",
        "uniform split",
        "cuts the video into segments of equal lengths, whatever its frames are",
        "no publication: what a segmentation is worth that does not look at the frames",
        "dkva.baselines.uniform_split:uniform",
    ),
    Listed(
        "kmeans",
        "k-means",
        "clusters the frames, blind to time",
        "Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 1982",
        "dkva.baselines.k_means:kmeans",
    ),
    Listed(
        "kernel_change_points",
        "kernel change points",
        "cuts at the change points of least scatter in a kernel's feature space, by dynamic programming",
        "Arlot, Celisse & Harchaoui, A kernel multiple change-point algorithm via model selection, JMLR 2019",
        "dkva.baselines.change_points:kernel_change_points",
    ),
    Listed(
        "tw_finch",
        "TW-FINCH",
        "joins first neighbours under time distance × cosine distance, round by round",
        "Sarfraz et al., Temporally-weighted hierarchical clustering for unsupervised action segmentation, "
        "CVPR 2021",
        "dkva.baselines.twfinch:tw_finch",
    ),
    Listed(
        "tw_finch_standardised",
        "TW-FINCH, standardised",
        "TW-FINCH on features of mean 0 and variance 1",
        "Sarfraz et al., Temporally-weighted hierarchical clustering for unsupervised action segmentation, "
        "CVPR 2021",
        "dkva.baselines.standardised_twfinch:tw_finch_standardised",
    ),
    Listed(
        "smoothed_kmeans",
        "smoothed k-means",
        "clusters frames that are averaged over time by a Gaussian first",
        "Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 1982",
        "dkva.baselines.smoothed_k_means:smoothed_kmeans",
        together="dkva.baselines.smoothed_k_means:smoothed_kmeans_together",
        long="dkva.baselines.long_smoothed_k_means:long_smoothed_kmeans",
    ),
    Listed(
        "ward",
        "Ward merging",
        "merges neighbouring segments bottom up, those first whose frames differ least",
        "Ward, Hierarchical grouping to optimize an objective function, JASA 1963",
        "dkva.baselines.ward_merging:ward",
    ),
    Listed(
        "abd",
        "ABD",
        "cuts where smoothed neighbours are least alike and merges like segments; written from descriptions",
        "Du et al., Fast and unsupervised action boundary detection for action segmentation, CVPR 2022",
        "dkva.baselines.abd_boundaries:abd",
    ),
    Listed(
        "sam",
        "SaM",
        "cuts at the largest angle in each window and merges by angle and time; written from descriptions",
        "Xing & Zhao, Unsupervised action segmentation via fast learning of semantically consistent actoms, "
        "AAAI 2024",
        "dkva.baselines.sam_actoms:sam",
    ),
    Listed(
        "sticky_hmm",
        "sticky HMM",
        "the likeliest path through the states of a Gaussian hidden Markov model that like to stay",
        "Fox et al., An HDP-HMM for systems with state persistence, ICML 2008",
        "dkva.baselines.hidden_markov:sticky_hmm",
        needs={"hmmlearn": "hmmlearn"},
    ),
    Listed(
        "spectral",
        "spectral clustering",
        "clusters frames by the eigenvectors of affinities of features and of time",
        "Ng, Jordan & Weiss, On spectral clustering: analysis and an algorithm, NeurIPS 2001",
        "dkva.baselines.spectral_clustering:spectral",
    ),
    Listed(
        "clasp",
        "ClaSP, merged",
        "cuts at twice as many change points of ClaSP and merges segments that are alike",
        "Ermshaus, Schäfer & Leser, ClaSP: parameter-free time series segmentation, DMKD 2023",
        "dkva.baselines.clasp_change_points:clasp",
        needs={"claspy": "claspy"},
    ),
    Listed(
        "asot_single",
        "ASOT decoder, one video",
        "assigns frames to k-means centres by transport that keeps neighbours together",
        _ASOT,
        "dkva.transport.single_video:asot_single",
    ),
    Listed(
        "asot",
        "ASOT",
        "learns an encoder and actions from pseudo-labels by transport, on all videos of an activity",
        _ASOT,
        "dkva.transport.asot:train_asot",
        kind=LEARNER,
        settings=("dkva.transport.asot_settings:AsotSettings",),
        restore="dkva.transport.asot:AsotModel.restore",
        does=("segment", "embed"),
    ),
    Listed(
        "clot",
        "CLOT",
        "ASOT with segments that a decoder reads from each video, and frames refined by them",
        "Bueno-Benito & Dimiccoli, CLOT: closed loop optimal transport for unsupervised action segmentation, "
        "ICCV 2025",
        "dkva.transport.clot:train_clot",
        kind=LEARNER,
        settings=("dkva.transport.clot_settings:ClotSettings",),
        restore="dkva.transport.clot:ClotModel.restore",
        does=("segment", "embed"),
    ),
    Listed(
        "vaot",
        "VAOT",
        "learns an encoder from pairs of videos of an activity, so that their frames can be matched",
        _JOINT,
        "dkva.transport.vaot:train_vaot",
        kind=LEARNER,
        settings=("dkva.transport.vaot_settings:VaotSettings",),
        restore="dkva.transport.vaot:VaotModel.restore",
        does=("embed", "align"),
    ),
    Listed(
        "vasot",
        "VASOT",
        "ASOT and VAOT in one model, which segments the videos of an activity and aligns them",
        _JOINT,
        "dkva.transport.vasot:train_vasot",
        kind=LEARNER,
        settings=("dkva.transport.vasot_settings:VasotSettings",),
        restore="dkva.transport.vasot:VasotModel.restore",
        does=ABILITIES,
    ),
    Listed(
        "carl",
        "CARL",
        "learns a network from two views of each video, whose frames are as alike as they are near in time",
        _CARL,
        "dkva.alignment.carl:train_carl",
        kind=LEARNER,
        settings=("dkva.alignment.carl_settings:CarlSettings",),
        restore="dkva.alignment.carl:CarlModel.restore",
        mixes=True,
        does=("embed", "align"),
    ),
    Listed(
        "lrprop",
        "LRProp",
        "CARL with frames of other videos, matched by time warping while it learns, and soft-DTW",
        "Bar-Shalom et al., Weakly-supervised representation learning for video alignment and analysis, "
        "WACV 2024",
        "dkva.alignment.lrprop:train_lrprop",
        kind=LEARNER,
        settings=("dkva.alignment.lrprop_settings:LrpropSettings",),
        restore="dkva.alignment.lrprop:LrpropModel.restore",
        does=("embed", "align"),
    ),
    Listed(
        "tcc",
        "TCC",
        "learns a network by which a frame's neighbour in another video leads back to it",
        "Dwibedi et al., Temporal cycle-consistency learning, CVPR 2019",
        "dkva.alignment.tcc:train_tcc",
        kind=LEARNER,
        settings=("dkva.alignment.tcc_settings:TccSettings",),
        restore="dkva.alignment.tcc:TccModel.restore",
        does=("embed", "align"),
    ),
    Listed(
        "tcn",
        "TCN",
        "learns a network by which a frame a little earlier is told from the others of its video",
        "Sermanet et al., Time-contrastive networks, ICRA 2018",
        "dkva.alignment.tcn:train_tcn",
        kind=LEARNER,
        settings=("dkva.alignment.tcn_settings:TcnSettings",),
        restore="dkva.alignment.tcn:TcnModel.restore",
        mixes=True,
        does=("embed", "align"),
    ),
    Listed(
        "masa",
        "MASA",
        "learns one encoder of the frames of many activities from two views of each video, without pairs",
        "Kwon et al., Multi activity sequence alignment via implicit clustering",
        "dkva.alignment.masa:train_masa",
        kind=LEARNER,
        settings=("dkva.alignment.masa_settings:MasaSettings",),
        restore="dkva.alignment.masa:MasaModel.restore",
        mixes=True,
        does=("embed", "align"),
    ),
    Listed(
        "rtk",
        "RTK",
        "learns keypoints of actions from true labels, refines them, and puts segments together by rules",
        "Jiang et al., Video action segmentation via contextually refined temporal keypoints, ICCV 2023",
        "dkva.supervised.rtk:train_rtk",
        kind=LEARNER,
        settings=("dkva.supervised.rtk_settings:RtkSettings",),
        restore="dkva.supervised.rtk:RtkModel.restore",
        supervised=True,
        mixes=True,
        does=("segment",),
    ),
    Listed(
        "asformer",
        "ASFormer",
        "learns from true labels which action each frame is of, by attention in blocks and by decoders",
        "Yi, Wen & Jiang, ASFormer: transformer for action segmentation, BMVC 2021",
        "dkva.supervised.learn_asformer:train_asformer",
        kind=LEARNER,
        settings=("dkva.supervised.asformer_settings:AsformerSettings",),
        restore="dkva.supervised.learn_asformer:AsformerModel.restore",
        supervised=True,
        mixes=True,
        does=("segment",),
    ),
    Listed(
        "ms_tcn",
        "MS-TCN",
        "learns from true labels which action each frame is of, by stages of dilated convolutions",
        "Abu Farha & Gall, MS-TCN: multi-stage temporal convolutional network for action segmentation, "
        "CVPR 2019",
        "dkva.supervised.learn_ms_tcn:train_ms_tcn",
        kind=LEARNER,
        settings=("dkva.supervised.ms_tcn_settings:MsTcnSettings",),
        restore="dkva.supervised.learn_ms_tcn:MsTcnModel.restore",
        supervised=True,
        mixes=True,
        does=("segment",),
    ),
    Listed(
        "kms",
        "kernel mean segments",
        "cuts the mean embeddings of short pieces around K means, with a price for every switch",
        "this project's own, without a publication",
        "dkva.kernel_means.segmenting:kernel_mean_segments",
        settings=("dkva.kernel_means.settings:KernelMeanSettings",),
        estimator="dkva.kernel_means.segmenter:KernelMeanSegmenter",
        together="dkva.kernel_means.together:cut_together",
    ),
)

_OWN_BY_ID: Mapping[str, Listed] = {each.id: each for each in _OWN}


def load(target: str) -> Any:
    """The object of a target "module:name". Raises ImportError if there is none of the name."""
    module, _, name = target.partition(":")
    imported = importlib.import_module(module)
    try:
        return operator.attrgetter(name)(imported)
    except AttributeError as error:
        raise ImportError(f"{module} has no {name}: update or remove the package that names it") from error


def find(method: str) -> Listed:
    """The method of an id.

    Raises:
        ValueError: no method has the id (the choices are listed), or the package that adds it is broken.
    """
    if method in _OWN_BY_ID:
        return _OWN_BY_ID[method]
    plugged = _entry_points()
    if method in plugged:
        return _opened(method, plugged[method])
    raise ValueError(f"unknown method {method!r}: choose one of {', '.join([*_OWN_BY_ID, *plugged])}")


def lacking(method: Listed) -> str | None:
    """What a method needs that is not installed, on one line with the remedy; None if it needs nothing."""
    absent = [package for module, package in method.needs.items() if importlib.util.find_spec(module) is None]
    if not absent:
        return None
    verb = "are" if absent[1:] else "is"
    names = " and ".join(absent)
    return f"method {method.id} needs {names}, which {verb} not installed: pip install {' '.join(absent)}"


def listed(kind: str | None = None) -> tuple[dict[str, Listed], list[str]]:
    """All methods by id, this library's first; and what is wrong with those that other packages add.

    Args:
        kind: only these, one of `KINDS`.
    """
    methods, problems = dict(_OWN_BY_ID), []
    for method, points in sorted(_entry_points().items()):
        try:
            methods[method] = _opened(method, points)
        except ValueError as error:
            problems.append(str(error))
    chosen = {name: each for name, each in methods.items() if kind is None or each.kind == kind}
    return chosen, problems


def _entry_points() -> dict[str, list]:
    """The entry points of other packages' methods by id; their class is importlib's or of its backport."""
    name = operator.attrgetter("name")
    ordered = sorted(metadata.entry_points(group=GROUP), key=name)
    return {method: list(points) for method, points in itertools.groupby(ordered, key=name)}


def _opened(method: str, points: Sequence) -> Listed:
    """The listing of an id, or ValueError on one line that names the package."""
    origins = sorted(point.dist.name if point.dist else "no package" for point in points)
    if method in _OWN_BY_ID:
        origins.insert(0, _OWN_BY_ID[method].origin)
    if len(origins) > 1:
        whose = " and ".join(origins)
        raise ValueError(f"the method id {method!r} is taken by {whose}: one of them must choose another")
    (point,), (origin,) = points, origins
    if point.dist is None:
        raise ValueError(f"method {method!r} ({point.value}) belongs to no installed package: install one")
    place = f"method {method!r} of {origin} ({point.value})"
    try:
        found = point.load()
    except Exception as error:  # another package's code may fail in any way, and the other methods go on
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ValueError(f"{place} cannot be imported ({what}): update or remove {origin}") from error
    if not isinstance(found, Listed):
        kind = type(found).__name__
        raise ValueError(f"{place} is {kind}: {origin} must give a dkva.experiments.registry.Listed")
    if found.id != method:
        raise ValueError(f"{place} has the id {found.id!r}: {origin} must name its entry point likewise")
    return replace(found, origin=origin)
