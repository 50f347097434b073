import numpy as np
import pytest

from dkva import KernelMeanSegmenter
from dkva.baselines import tw_finch_partitions
from dkva.cli.segmenting import levels as levels_module
from dkva.cli.segmenting.levels import described, made, suggestion
from dkva.export.documents import labels_in
from dkva.kernel_means.suggesting import by_eigengap, by_penalty, suggest_k

pytestmark = pytest.mark.fast

FRAMES = np.random.default_rng(0).normal(size=(4, 5))[[0, 1, 0, 2, 3]].repeat(12, axis=0)
FRAMES += 0.1 * np.random.default_rng(1).normal(size=FRAMES.shape)


@pytest.mark.parametrize("nested", [False, True])
def test_levels_are_the_estimators(nested):
    found = described(made(FRAMES, 6, seed=3, settings={"whitening": 0}, nested=nested), 3)
    fitted = KernelMeanSegmenter(2, 3, levels=6, nested=nested, whitening=0).fit(FRAMES)
    assert [level["n_segments"] for level in found] == [3, 4, 5, 6]
    for level, own in zip(found, fitted.hierarchy_.levels[2:], strict=True):
        np.testing.assert_array_equal(labels_in(level | {"frames": 60}), own.labels)
        assert (level["cost"], level["nesting"]) == (round(own.cost, 6), round(own.nesting, 6))
        assert level["switches"] == len(level["segments"]) - 1


def test_a_short_video_has_a_level_a_frame_at_most():
    assert len(made(FRAMES[::12], 20, seed=0, settings={}, nested=False).levels) == 5


@pytest.mark.parametrize("low", [1, 2, 5, 7])
def test_the_number_is_the_median_of_its_rules_within_the_levels(low):
    hierarchy = made(FRAMES, 8, seed=0, settings={}, nested=False)
    sizes = [int(labels.max()) + 1 for labels in tw_finch_partitions(FRAMES)]
    third = min((size for size in sizes if max(low, 2) <= size <= 8), default=None)
    found = suggestion(hierarchy, FRAMES, low)
    assert found["rules"] == {
        "penalty": by_penalty(hierarchy),
        "eigengap": by_eigengap(hierarchy.spectrum, 8),
        "tw_finch": third,
    }
    rules = [rule for rule in found["rules"].values() if rule is not None]
    assert found["k"] == max(low, int(np.median(rules)))
    assert found["k"] == max(low, suggest_k(hierarchy, [third] if third else []))
    assert [level["n_segments"] for level in found["curve"]] == list(range(low, 9))
    assert all(0 <= level["scatter"] <= level["cost"] for level in found["curve"])
    priced = {level["n_segments"]: level["penalised"] for level in found["curve"] if "penalised" in level}
    assert list(priced) == list(range(max(low, 3), 9))
    if low <= 3:
        assert min(priced, key=priced.__getitem__) == found["rules"]["penalty"]


@pytest.mark.parametrize(("n", "low", "most"), [(4, 2, 2), (12, 2, 2), (17, 2, 3), (12, 4, 4)])
def test_no_action_of_a_few_frames_is_suggested(n, low, most):
    frames = np.random.default_rng(0).normal(size=(n, 30))
    found = suggestion(made(frames, 20, seed=0, settings={}, nested=False), frames, low)
    assert np.median([rule for rule in found["rules"].values() if rule is not None]) > most or low == most
    assert found["k"] == most


def test_a_long_video_is_partitioned_in_pieces(monkeypatch):
    hierarchy = made(FRAMES, 8, seed=0, settings={}, nested=False)
    monkeypatch.setattr(levels_module, "_PARTITIONED", 20)
    pieces = FRAMES.reshape(20, 3, -1).mean(axis=1)
    sizes = [int(labels.max()) + 1 for labels in tw_finch_partitions(pieces)]
    found = suggestion(hierarchy, FRAMES, 2)["rules"]["tw_finch"]
    assert found == min(size for size in sizes if 2 <= size <= 8)
    seen = []
    monkeypatch.setattr("dkva.baselines.twfinch.tw_finch_partitions", lambda rows: seen.append(rows) or [])
    suggestion(hierarchy, FRAMES, 2)
    assert [len(rows) for rows in seen] == [20]
