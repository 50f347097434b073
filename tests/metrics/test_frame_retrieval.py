"""Frame retrieval against published programs, a sort of all distances, and golden values."""

import numpy as np
import pytest
from alignment_cases import ACTIONS, alignment_case, drawn

from dkva.metrics import frame_retrieval as module
from dkva.metrics.frame_retrieval import AVERAGES, SEARCHES, frame_retrieval

pytestmark = pytest.mark.fast

A, B = np.arange(4.0)[:, None], np.array([[0.1], [1.2], [2.9]])
LABELS = [0, 0, 1, 1], [0, 1, 1]


def test_golden_values():
    videos = frame_retrieval([A, B], LABELS, (1, 2))
    np.testing.assert_allclose(videos[1].parts, [0.75, 2 / 3], rtol=1e-15)
    np.testing.assert_allclose(videos[2].parts, [0.75, 5 / 6], rtol=1e-15)
    frames = frame_retrieval([A, B], LABELS, (1, 2), average="frames")
    expected = [0.708333, 0.791667, 0.714286, 0.785714]
    found = [of[k].figure for of in (videos, frames) for k in (1, 2)]
    assert found == pytest.approx(expected, abs=5e-7)
    assert frames[1].parts.mean() == pytest.approx(5 / 7, abs=1e-15)


@pytest.mark.parametrize("action", ACTIONS)
def test_published_programs_give_the_same(reference_root, action):
    case = alignment_case(reference_root, action)
    for name, options in [
        ("carl_ap", {"stride": case.figures["carl_stride"]}),
        ("vaot_ap", {"average": "frames"}),
        ("lav_released_fault_ap", {"search": "same"}),
    ]:
        for k, found in frame_retrieval(case.test, case.test_truths, **options).items():
            # Means of numbers of size 1 in another order.
            assert found.figure == pytest.approx(case.figures[name][str(k)], abs=1e-14)
            assert found.parts.mean() == pytest.approx(found.figure, abs=1e-14)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("seed", range(3))
def test_a_sort_of_all_distances_gives_the_same(seed, search):
    """Of frames on a grid, so that many are equally near: the first ones are taken."""
    embedded, truths = drawn(seed)
    embedded = [frames.round() for frames in embedded]
    found = frame_retrieval(embedded, truths, (1, 3), search=search, average="frames")
    right = {1: 0, 3: 0}
    for v, (frames, truth) in enumerate(zip(embedded, truths, strict=True)):
        chosen = [w for w in range(len(embedded)) if (w == v) == (search == "same")]
        among = np.concatenate([embedded[w] for w in chosen])
        phases = np.concatenate([truths[w] for w in chosen])
        for frame, phase in zip(frames, truth, strict=True):
            order = np.argsort(((among - frame) ** 2).sum(axis=1), kind="stable")
            for k in right:
                right[k] += np.mean(phases[order[:k]] == phase)
    for k, of in found.items():
        assert of.figure == pytest.approx(right[k] / sum(map(len, truths)), abs=1e-13)


@pytest.mark.parametrize("average", AVERAGES)
def test_blocks_do_not_show(monkeypatch, average):
    whole = frame_retrieval(*drawn(0), (1, 2), average=average)
    monkeypatch.setattr(module, "_CELLS", 40)
    for k, of in frame_retrieval(*drawn(0), (1, 2), average=average).items():
        np.testing.assert_array_equal(of.parts, whole[k].parts)


def test_more_neighbours_than_candidates_cannot_be_had():
    found = frame_retrieval([A, B], LABELS, (3, 4))  # frames of A have three candidates
    assert np.isfinite(found[3].figure)
    assert np.isnan(found[4].figure)
    assert np.isnan(found[4].parts).all()
    assert np.isnan(frame_retrieval([A], LABELS[:1], (1,))[1].figure)
    assert frame_retrieval([A], LABELS[:1], (1,), search="same")[1].figure == 1  # each is its own nearest


def test_wrong_calls_are_refused():
    for options, problem in [
        ({"average": "all"}, "unknown average 'all': choose one of videos, frames"),
        ({"search": "all"}, "unknown search 'all': choose one of others, same"),
        ({"ks": (0,)}, "K is 0: give a whole number of at least 1"),
    ]:
        with pytest.raises(ValueError, match=problem):
            frame_retrieval([A, B], LABELS, **options)
