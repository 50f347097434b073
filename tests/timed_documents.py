"""Documents with times for tests of the files that other programs read."""

import numpy as np
from hypothesis import strategies as st

from dkva.export.documents import timed

RATES = (5.0, 24.0, 25.0, 29.97003, 50.0, 240.0)

#: What formats use for themselves.
HOSTILE = (
    "a=b;c#d\\e\\\\", "[CHAPTER]", ";FFMETADATA1", "title=x\nSTART=7", "<b>&amp;\"'</b>", "]]>", 'a,"b",c',
    "a|b", "=1+1", "1", "  two   words ", "\x00\x1b[31m", "é日本\U0001f600", "\ufffe\udcff", "\u2028", "-->",
    "\r\n\t",
)  # fmt: skip

_NAMES = st.none() | st.integers(0, 3) | st.sampled_from(HOSTILE) | st.text(max_size=12)


def document(ends, rate=None, times=None, *, labels=None, names=None, **more):
    """Of segments up to the given frames, one after the other."""
    starts = [0, *ends]
    labels = range(len(ends)) if labels is None else labels
    runs = [
        {"start": start, "end": end, "label": label, "margin": None}
        for start, end, label in zip(starts, ends, labels, strict=False)
    ]
    if names is not None:
        runs = [run | {"name": name} for run, name in zip(runs, names, strict=True)]
    return timed({"video": "v", "frames": ends[-1], "segments": runs, **more}, rate, times)


def many(n=2_000):
    """Of n segments of three frames, 25 a second, with 40 names."""
    names = [f"step {i * 7 % 40}" for i in range(n)]
    return document(list(range(3, 3 * n + 1, 3)), 25.0, labels=[i * 7 % 40 for i in range(n)], names=names)


@st.composite
def documents(draw, spacing=("even", "uneven")):
    """Any: frames evenly spaced, at a known rate, or each shown for 1 ms to 2 s; names of all kinds."""
    lengths = draw(st.lists(st.integers(1, 400), min_size=1, max_size=8))
    ends = np.cumsum(lengths).tolist()
    names = draw(st.lists(_NAMES, min_size=len(ends), max_size=len(ends)))
    labels = draw(st.lists(st.integers(0, 9), min_size=len(ends), max_size=len(ends)))
    more = {"labels": labels, "names": names}
    if draw(st.sampled_from(spacing)) == "even":
        return document(ends, draw(st.sampled_from(RATES)), **more)
    steps = np.random.default_rng(draw(st.integers(0, 99))).integers(1_000, 2_000_000, ends[-1])
    times = draw(st.sampled_from((0.0, 1.4))) + np.concatenate([[0], np.cumsum(steps)]) / 1e6
    return document(ends, times=times, **more)


def bounds(doc):
    """Start and end in seconds of each segment."""
    return [(run["start_time"], run["end_time"]) for run in doc["segments"]]
