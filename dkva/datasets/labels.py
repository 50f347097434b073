"""Label files and mappings: one label a frame, and what to do when there are more or fewer of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from dkva.base.checks import check_choice
from dkva.datasets.errors import DataError
from dkva.datasets.text import read_bytes

__all__ = ["LENGTH_POLICIES", "fit_lengths", "label_faults", "read_labels", "read_lines", "read_mapping"]

# A file with more wrong labels than this is no label file of its data set: one line says it.
_MOST_FAULTS = 20


def read_lines(path: Path) -> list[str]:
    """Lines of a text file without the blanks around them and without blank lines at the end.

    Raises:
        DataError: an unreadable or empty file, no UTF-8, or a page of HTML.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(path, "is no text in UTF-8", "give one label a line as plain text") from error
    if text.lstrip().startswith("<"):
        raise DataError(path, "is an HTML or XML page", "download the file again")
    lines = list(map(str.strip, text.rstrip().splitlines()))
    if not lines:
        raise DataError(path, "is empty", "download or export the file again")
    return lines


def read_labels(path: str | Path, mapping: Mapping[str, int] | None = None) -> np.ndarray:
    """Labels of one video, an array of strings [n], one a line.

    Args:
        path: a text file, also .gz.
        mapping: names that may appear; None allows all.

    Raises:
        DataError: an unreadable or empty file, a blank line, or a label that is not in the mapping.
    """
    path = Path(path)
    lines = read_lines(path)
    for fault in label_faults(path, lines, mapping):
        raise fault
    return np.asarray(lines)


def label_faults(
    path: Path, lines: Sequence[str], mapping: Mapping[str, int] | None = None
) -> Iterator[DataError]:
    """What is wrong with the labels of a file: each blank or unknown one once, at its first line.

    Args:
        path: the label file, for the errors.
        lines: its labels, one a frame.
        mapping: names that may appear; None allows all.
    """
    wrong = {label for label in set(lines) if not label or (mapping is not None and label not in mapping)}
    if not wrong:
        return
    first: dict[str, int] = {}
    for number, label in enumerate(lines, 1):
        if label in wrong:
            first.setdefault(label, number)
    if len(first) > _MOST_FAULTS:
        label, number = next(iter(first.items()))
        problem = f"label {label[:40]!r} is not in the mapping, nor are {len(first) - 1} others"
        yield DataError(path, problem, "give the label file of this video", line=number)
        return
    for label, number in first.items():
        more = lines.count(label) - 1
        also = f" (as on {more} more line{'s' * (more > 1)})" if more else ""
        if label:
            problem = f"label {label[:40]!r} is not in the mapping{also}"
            yield DataError(path, problem, "correct one of the two", line=number)
        else:
            yield DataError(path, f"is blank{also}", "give every frame a label", line=number)


def read_mapping(path: str | Path) -> dict[str, int]:
    """Action names and their numbers, from lines "number name".

    Raises:
        DataError: an unreadable or empty file, a line of another form, a name that appears twice.
    """
    path = Path(path)
    mapping: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), 1):
        fields = line.split(maxsplit=1)
        if len(fields) != 2 or not fields[0].lstrip("-").isdecimal():
            raise DataError(path, f"{line[:40]!r} is no mapping", 'give lines "number name"', line=number)
        if fields[1] in mapping:
            raise DataError(
                path, f"{fields[1]!r} appears a second time", "keep one of the lines", line=number
            )
        mapping[fields[1]] = int(fields[0])
    return mapping


def _trim(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = min(len(features), len(labels))
    return features[:n], labels[:n]


def _repeat_last(array: np.ndarray, n: int) -> np.ndarray:
    return (
        array if len(array) >= n else np.concatenate([array, np.repeat(array[-1:], n - len(array), axis=0)])
    )


def _pad(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = max(len(features), len(labels))
    return _repeat_last(features, n), _repeat_last(labels, n)


def _authors(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(features)
    return features, _repeat_last(labels[:n], n)


_FITTED: Mapping[str, Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]] = MappingProxyType(
    {"trim": _trim, "pad": _pad, "authors": _authors}
)

#: What to do when a video has not as many labels as frames, by name: "error" refuses; "trim" cuts the
#: longer; "pad" repeats the last row or label of the shorter; "authors" keeps the features and cuts the
#: labels or repeats the last one, as the paper's program does.
LENGTH_POLICIES = ("error", *_FITTED)


def fit_lengths(
    features: np.ndarray, labels: np.ndarray, policy: str = "error", path: str | Path = "labels"
) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, d] and labels [n] of one length.

    Args:
        features: [n, d].
        labels: [m].
        policy: one of `LENGTH_POLICIES`.
        path: the label file, for the error.

    Raises:
        DataError: unequal lengths under the policy "error".
        ValueError: an unknown policy; the choices are listed.
    """
    check_choice("length policy", policy, LENGTH_POLICIES)
    if len(features) == len(labels):
        return features, labels
    if policy == "error":
        hint = "choose a length policy (--lengths trim, pad or authors)"
        if features.shape[1] == len(labels):
            hint = "the features look transposed: say so (--transposed)"
        raise DataError(path, f"has {len(labels)} labels for {len(features)} frames", hint)
    return _FITTED[policy](features, labels)
