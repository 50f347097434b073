"""Training sets with labels, and their batches."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_videos import Made

from dkva.nn.training_videos import standardised
from dkva.supervised.labelled_videos import NONE, VideoBatches, load_labelled

pytestmark = pytest.mark.fast


def video(labels, name="tea/v", width=3, frames=None):
    if frames is None:
        frames = (
            np.random.default_rng([len(labels), *name.encode()]).normal(size=(len(labels), width)).astype("f")
        )
    return Made(name, frames, None if labels is None else np.asarray(labels))


A, B = video(["stir", "stir", "pour", ""], "tea/a"), video(["add", "pour"], "coffee/b")


def test_classes_are_sorted_and_frames_without_a_label_have_no_class():
    found = load_labelled([A, B])
    assert found.classes == ("add", "pour", "stir")
    assert [each.tolist() for each in found.targets] == [[2, 2, 1, NONE], [0, 1]]
    np.testing.assert_array_equal(found.features[1], B.frames)
    assert (found.width, found.features[0].dtype, found.targets[0].dtype) == (3, np.float32, np.int32)


def test_classes_may_be_numbers():
    found = load_labelled([video([7, -1, 3, 3]), video(np.array([5, 7], np.uint8))])
    assert found.classes == (3, 5, 7)
    assert [each.tolist() for each in found.targets] == [[2, NONE, 0, 0], [1, 2]]
    assert type(found.classes[0]) is int


def test_text_of_python_is_text():
    assert load_labelled([video(np.array(["a", "bcd"], object))]).classes == ("a", "bcd")


def test_frames_are_sampled_and_standardised():
    frames = np.random.default_rng(0).normal(size=(7, 3))
    found = load_labelled([video(list("abacaba"), frames=frames)], sample_rate=3, standardise=True)
    assert found.classes == ("a", "c")
    assert found.targets[0].tolist() == [0, 1, 0]
    np.testing.assert_array_equal(found.features[0], standardised(frames[::3].astype("f")))


@pytest.mark.parametrize(
    ("videos", "says"),
    [
        ([], "the training set is empty: give at least one video"),
        ([A, video(None, "tea/c", frames=np.ones((2, 3)))], "tea/c: has no true labels"),
        ([A, video(["a", "b"], "tea/c", 5)], "tea/c has 5 features a frame, and tea/a has 3"),
        ([video(["a"], "tea/c", frames=np.full((1, 3), np.nan))], "tea/c: features are float64"),
        (
            [video(["a"], "tea/c", frames=np.ones((2, 3)))],
            r"tea/c: labels are of shape \(1,\), and there are 2",
        ),
        ([video(["", ""]), video([""])], "no frame of the 2 training videos has a label: give true labels"),
        ([video([""])], "no frame of the training video has a label"),
        ([video(["a", "", "a"])], "all labels of the training video are 'a': give videos of two classes"),
        ([video([4, 4])], "all labels of the training video are 4: give"),
        ([A, video([1, 2], "tea/c")], "labels of tea/c are numbers, and those of tea/a text: give labels of"),
        ([video([0.5, 1.0], "tea/c")], "tea/c: labels are float64: give text or whole numbers"),
        ([video(np.array(["a", 3], object), "tea/c")], "tea/c: labels are object: give text"),
    ],
)
def test_what_cannot_be_learned_from(videos, says):
    with pytest.raises(ValueError, match=says):
        load_labelled(videos)


def test_sample_rate_is_checked():
    with pytest.raises(ValueError, match="sample_rate is 0"):
        load_labelled([A], sample_rate=0)


@given(st.lists(st.integers(2, 400), min_size=1, max_size=6), st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_a_batch_is_a_video_and_an_epoch_has_each_once(lengths, seed, epoch):
    videos = load_labelled([video(np.arange(n) % 3, str(at)) for at, n in enumerate(lengths)] + [A_NUMBERS])
    batches = VideoBatches(videos, seed)
    found = list(batches(epoch))
    shapes = {len(each.mask) for each in found}
    assert shapes <= {128, 256, 512}
    seen = []
    for place, batch in enumerate(found):
        n = int(batch.mask.sum())
        assert batch.mask[:n].all()
        (index,) = (i for i, each in enumerate(videos.features) if np.array_equal(each, batch.features[:n]))
        np.testing.assert_array_equal(batch.targets[:n], videos.targets[index])
        assert not batch.features[n:].any()
        assert (batch.targets[n:] == NONE).all()
        assert batch.draw.tolist() == [seed, epoch, place]
        seen.append(index)
    assert sorted(seen) == list(range(len(videos.features)))
    for one, other in zip(found, batches(epoch), strict=True):
        assert all(np.array_equal(*each) for each in zip(one, other, strict=True))


A_NUMBERS = Made("last", np.zeros((3, 3), "f"), np.array([0, 1, 2]))


def test_order_and_random_numbers_are_of_seed_epoch_and_place():
    videos = load_labelled([video(np.arange(n) % 3, str(n)) for n in range(3, 13)])
    orders = {
        tuple(int(each.mask.sum()) for each in VideoBatches(videos, seed)(epoch))
        for seed in (0, 1)
        for epoch in (0, 1)
    }
    assert len(orders) == 4
    keys = {
        tuple(jax.random.key_data(batch.key()).tolist())
        for seed in (0, 1)
        for epoch in (0, 1)
        for batch in VideoBatches(videos, seed)(epoch)
    }
    assert len(keys) == 40
