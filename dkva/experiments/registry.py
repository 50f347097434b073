"""The methods by id: what each is, and where its code is, as text, so that nothing is imported until used.

A method of this library is one entry of `_OWN`. Another package adds one by an entry point of the group
`dkva.methods`, whose name is the method's id and whose object is a `Listed`:

    [project.entry-points."dkva.methods"]
    every_tenth = "tenths:LISTED"
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import numbers
import operator
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from importlib import metadata
from typing import Any

import numpy as np

from dkva.base.checks import check_choice

__all__ = [
    "GROUP",
    "KINDS",
    "LEARNER",
    "REQUIRED",
    "SEGMENTER",
    "Listed",
    "Setting",
    "checked",
    "find",
    "id_of",
    "listed",
    "load",
    "settings_of",
    "unknown_setting",
]

#: Entry points of other packages' methods.
GROUP = "dkva.methods"

#: `segment(features, n_segments, **settings) -> labels [n]`, for one video at a time.
SEGMENTER = "segmenter"

#: Trained on a collection of videos.
LEARNER = "learner"

KINDS = (SEGMENTER, LEARNER)

#: Default of a setting that has none.
REQUIRED = MISSING

# What settings of a function are tried on.
_FRAMES = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 2.0], [2.0, 1.0]])

# Of every segmenter, and no settings of its own.
_SHARED = ("features", "n_segments", "seed", "name")


@dataclass(frozen=True)
class Listed:
    """One method of the registry.

    Attributes:
        id: what it is asked for by, and what its rows are kept under: it stays when the label changes.
        label: what tables print.
        about: what it does, on one line.
        reference: the publication, on one line.
        target: its function as "module:name". A segmenter is called as `segment(features, n_segments,
            **settings)`, with the keywords `seed` and `name` (the video's) where it takes them.
        kind: one of `KINDS`.
        settings: dataclasses as "module:name" whose fields are its settings and which check themselves when
            they are made; none where the settings are the function's own keyword parameters.
        defaults: of settings for which the code itself has none.
        estimator: a scikit-learn estimator of the same method as "module:name", if there is one. It takes
            n_segments, random_state and the settings, checks them by `check_settings(n_frames)`, is fitted by
            `fit(features, name=name)` and then has `labels_` [n] and `similarity_` [n, m].
        origin: the package that lists it; the registry fills it in.

    Raises:
        ValueError: an unknown kind, a text that is missing or has several lines, or a target of another form.
    """

    id: str
    label: str
    about: str
    reference: str
    target: str
    kind: str = SEGMENTER
    settings: tuple[str, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    estimator: str = ""
    origin: str = "dkva"

    def __post_init__(self) -> None:
        check_choice("kind of method", self.kind, KINDS)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.id):
            raise ValueError(f"method id {self.id!r}: give small letters, digits and _, a letter first")
        for name in ("label", "about", "reference"):
            text = getattr(self, name)
            if not text or len(text.splitlines()) != 1:
                raise ValueError(f"{name} of method {self.id!r} is {text!r}: give one line")
        for target in (self.target, *self.settings, *([self.estimator] if self.estimator else [])):
            if not re.fullmatch(r"[\w.]+:[\w.]+", target):
                raise ValueError(f"{target!r} of method {self.id!r} is no target: write 'module:name'")


_DKVA_SETTINGS = "dkva.approximation.settings:Settings"

_OWN: tuple[Listed, ...] = (
    Listed(
        "dkva",
        "deep kernel video approximation",
        "learns frames whose distribution is near the video's under the maximum mean discrepancy",
        "Pintea & Dijkstra, Deep kernel video approximation for unsupervised action segmentation, 2026",
        "dkva.approximation.segmenter:segment_video",
        settings=(_DKVA_SETTINGS,),
        estimator="dkva.approximation.segmenter:VideoSegmenter",
    ),
    Listed(
        "sinkhorn",
        "approximation by optimal transport",
        "learns frames likewise under a Sinkhorn divergence",
        "Feydy et al., Interpolating between optimal transport and MMD using Sinkhorn divergences, "
        "AISTATS 2019",
        "dkva.approximation.sinkhorn:segment_by_transport",
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
)

_OWN_BY_ID: Mapping[str, Listed] = {each.id: each for each in _OWN}


def load(target: str) -> Any:
    """The object of a target "module:name"."""
    module, _, name = target.partition(":")
    return operator.attrgetter(name)(importlib.import_module(module))


def id_of(function: Callable) -> str | None:
    """Id of the method of this library whose function this is, or None."""
    target = f"{function.__module__}:{getattr(function, '__qualname__', '')}"
    return next((each.id for each in _OWN if each.target == target), None)


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


def _entry_points() -> dict[str, list[metadata.EntryPoint]]:
    """The entry points of other packages' methods by id."""
    name = operator.attrgetter("name")
    ordered = sorted(metadata.entry_points(group=GROUP), key=name)
    return {method: list(points) for method, points in itertools.groupby(ordered, key=name)}


def _opened(method: str, points: Sequence[metadata.EntryPoint]) -> Listed:
    """The listing of an id, or ValueError on one line that names the package."""
    origins = sorted(point.dist.name if point.dist else "a nameless package" for point in points)
    if method in _OWN_BY_ID:
        origins.insert(0, _OWN_BY_ID[method].origin)
    if len(origins) > 1:
        whose = " and ".join(origins)
        raise ValueError(f"the method id {method!r} is taken by {whose}: one of them must choose another")
    (point,), (origin,) = points, origins
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


@dataclass(frozen=True)
class Setting:
    """One setting of a method.

    Attributes:
        name: the keyword.
        default: its value where none is given; `REQUIRED` where it must be given.
        type: of its values: int, float, bool or str.
        choices: values that are text; where `type` is a number these are taken beside it.
        optional: whether None is taken.
        about: what it is, on one line; "" where the code does not say.
    """

    name: str
    default: object
    type: type
    choices: tuple[str, ...] = ()
    optional: bool = False
    about: str = ""

    def check(self, value: object) -> None:
        """Raise ValueError where the value is of another type."""
        if value is None and self.optional:
            return
        if isinstance(value, str) and (self.choices or self.type is str):
            if self.choices and self.type is str:
                check_choice(self.name, value, self.choices)
            return
        taken, words = _TYPES[self.type]
        if not isinstance(value, taken) or (isinstance(value, bool) and self.type is not bool):
            raise ValueError(f"{self.name} is {value!r}: give {words}")


_TYPES: Mapping[type, tuple[type, str]] = {
    int: (numbers.Integral, "a whole number"),
    float: (numbers.Real, "a number"),
    bool: (bool, "true or false"),
    str: (str, "text"),
}


def settings_of(method: Listed) -> tuple[Setting, ...]:
    """The method's own settings, in the order of the code; only the code that names them is imported."""
    found = [each for target in method.settings for each in _fields_of(load(target))]
    if not method.settings:
        found = _parameters_of(load(method.target))
    return tuple(replace(each, default=method.defaults.get(each.name, each.default)) for each in found)


def _fields_of(settings: type) -> list[Setting]:
    """Settings that are the fields of a dataclass; a field's metadata may hold its rule."""
    about = {
        name: text for cls in reversed(settings.__mro__) for name, text in _texts_in(cls.__doc__).items()
    }
    found = []
    for each in fields(settings):
        rule = each.metadata.get("rule")
        if rule is None:
            kind, optional = _type_of(each.type, each.default)
            found.append(
                Setting(each.name, each.default, kind, optional=optional, about=about.get(each.name, ""))
            )
        else:
            given = (rule.number or str, rule.names, rule.optional)
            found.append(Setting(each.name, each.default, *given, about=about.get(each.name, "")))
    return found


def _parameters_of(function: Callable) -> list[Setting]:
    """Settings that are the keyword parameters of a function."""
    about = _texts_in(function.__doc__)
    found = []
    for each in inspect.signature(function).parameters.values():
        if each.name in _SHARED or each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            continue
        default = REQUIRED if each.default is each.empty else each.default
        kind, optional = _type_of(each.annotation, default)
        found.append(Setting(each.name, default, kind, optional=optional, about=about.get(each.name, "")))
    return found


def _type_of(annotation: object, default: object) -> tuple[type, bool]:
    """Type of a setting and whether it may be None, by its annotation, else its default; text if neither."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    words = [word.strip() for word in text.split("|")]
    known = {each.__name__: each for each in _TYPES}
    of_default = type(default) if type(default) in _TYPES else str
    kind = next((known[word] for word in words if word in known), of_default)
    return kind, default is None or "None" in words


def _texts_in(doc: str | None) -> dict[str, str]:
    """What a docstring in Google's form says of each argument or attribute, on one line each."""
    texts: dict[str, str] = {}
    inside, name = False, ""
    for line in inspect.cleandoc(doc or "").splitlines():
        if line and not line.startswith(" "):
            inside = line in ("Args:", "Attributes:")
        elif inside and (begun := re.match(r" {4}(\w+)(?: \([^)]*\))?: (.*)", line)):
            name, texts[begun[1]] = begun[1], begun[2]
        elif inside and name and line.startswith(" " * 8):
            texts[name] += f" {line.strip()}"
    return texts


def unknown_setting(method: Listed, name: str) -> str:
    """The message for a setting that the method does not have."""
    own = ", ".join(each.name for each in settings_of(method))
    return f"{method.id} has no setting {name!r}; " + (f"its settings are {own}" if own else "it has none")


def checked(method: Listed, given: Mapping[str, object]) -> dict[str, object]:
    """All settings of a method, those given and the defaults of the others, checked before a video is read.

    Settings of a dataclass are checked by the dataclass, those of a function by the function itself, on four
    frames that are made up for it.

    Raises:
        ValueError: an unknown setting (the method's are listed), one that is missing, or a bad value.
        ImportError: the method needs a package that is not installed.
    """
    known = settings_of(method)
    names = [each.name for each in known]
    for name in given:
        if name not in names:
            raise ValueError(unknown_setting(method, name))
    values = {each.name: given.get(each.name, each.default) for each in known}
    for each in known:
        if values[each.name] is REQUIRED:
            raise ValueError(f"{method.id} needs a value of {each.name}: it has no default")
        each.check(values[each.name])
    for target in method.settings:
        made = load(target)
        made(**{each.name: values[each.name] for each in fields(made)})
    if not method.settings and given and method.kind == SEGMENTER:
        _tried(load(method.target), values, {each.name: each.default for each in known})
    return values


def _tried(segment: Callable, values: Mapping[str, object], defaults: Mapping[str, object]) -> None:
    """Let a function refuse settings with a ValueError, by cutting four made-up frames into one segment."""
    try:
        _cut(segment, values)
    except ValueError as error:
        # What refuses its defaults as well has something against the frames, which are not the user's.
        if REQUIRED in defaults.values() or not isinstance(_failure(segment, defaults), ValueError):
            raise error
    except Exception:  # noqa: BLE001 -- of four frames any method may fail; what it makes of videos is seen then
        return


def _failure(segment: Callable, settings: Mapping[str, object]) -> Exception | None:
    try:
        _cut(segment, settings)
    except Exception as error:  # noqa: BLE001 -- as above
        return error
    return None


def _cut(segment: Callable, settings: Mapping[str, object]) -> None:
    taken = inspect.signature(segment).parameters
    shared = {name: value for name, value in {"seed": 0, "name": ""}.items() if name in taken}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        segment(_FRAMES, 1, **shared, **settings)
