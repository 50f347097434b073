import numpy as np
import pytest

from reproduce.pictures.failure_cases import likeness_ranks
from reproduce.pictures.failures import Fault, faults, in_words, worst

pytestmark = pytest.mark.fast

TRUTH = np.repeat([9, 3, 7], [10, 10, 20])


def changed(*parts):
    out = TRUTH.copy()
    for start, end, label in parts:
        out[start:end] = label
    return out


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (changed(), []),
        (changed((10, 14, 9)), [Fault("shifted", 3, 9, 0.1)]),
        (changed((8, 10, 3)), [Fault("shifted", 9, 3, 0.05)]),
        (changed((10, 20, 7)), [Fault("taken", 3, 7, 0.25)]),
        (changed((13, 17, 7)), [Fault("mixed", 3, 7, 0.1)]),
        (changed((25, 30, -5)), [Fault("unmatched", 7, None, 0.125)]),
        (
            changed((25, 30, -5), (10, 12, 9)),
            [Fault("unmatched", 7, None, 0.125), Fault("shifted", 3, 9, 0.05)],
        ),
    ],
)
def test_wrong_frames_by_their_cause(named, expected):
    assert faults(TRUTH, named) == expected


def test_shares_add_up_to_all_wrong_frames():
    rng = np.random.default_rng(0)
    for _ in range(20):
        named = rng.choice([9, 3, 7, -1, -2], len(TRUTH))
        assert sum(fault.share for fault in faults(TRUTH, named)) == pytest.approx(np.mean(named != TRUTH))


def test_reasons_in_words():
    alike = likeness_ranks(np.array([[1, 0.2, 0.9], [0.2, 1, 0.5], [0.9, 0.5, 1]]), (9, 3, 7))
    assert alike == {frozenset((9, 7)): 1, frozenset((3, 7)): 2, frozenset((9, 3)): 3}
    names = {9: "nine", 3: "three", 7: "seven"}
    truth = np.concatenate([TRUTH, [3, 3]])
    found = [Fault("taken", 3, 7, 0.25), Fault("mixed", 3, 9, 0.1), Fault("unmatched", 7, None, 0.05)]
    assert in_words(truth, found, names, alike) == (
        "three (shown 2 times) is taken for seven: 25 % of the frames, 2nd most alike of 3 pairs; "
        "three is in part taken for nine: 10 % of the frames, 3rd most alike of 3 pairs; "
        "seven is cut in pieces: 5 % of the frames"
    )
    assert in_words(truth, [Fault("shifted", 9, 3, 0.1)], names, alike) == (
        "the boundary of nine and three is shifted: 10 % of the frames"
    )
    assert in_words(truth, [], names, alike) == "no frame is wrong"


def test_the_worst_videos_by_their_mean_over_seeds():
    scores = {"a": (0.5, 0.7), "b": (0.2, 0.9), "c": (0.3, 0.4)}
    rows = [{"video": v, "method": "m", "mof": x} for v, both in scores.items() for x in both]
    rows.append({"video": "d", "method": "other", "mof": 0.0})
    assert worst(rows, "m", 2) == [("c", pytest.approx(0.35)), ("b", pytest.approx(0.55))]
