"""Changes of poses on hand-sized skeletons, by SciPy's rotations, and how often each happens."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from dkva.alignment.poses import (
    Body,
    BodyModel,
    Changes,
    changed,
    flipped,
    normalised,
    turned,
    with_latent_noise,
)

pytestmark = pytest.mark.fast

#: A trunk with two arms of two bones, not in the order of the tree.
PARENTS = (2, 0, -1, 2, 3)
LEFT_RIGHT = ((0, 3), (1, 4))

NEVER = Changes(flip=0, translation=0, angles=0, latent=0)


def poses(n=7, joints=5, seed=0, dtype=float):
    return np.random.default_rng(seed).normal(size=(n, joints, 3)).astype(dtype)


def lengths(poses):
    return np.array(
        [np.linalg.norm(poses[:, j] - poses[:, p], axis=1) for j, p in enumerate(PARENTS) if p >= 0]
    )


def test_size_and_place_are_taken_off_and_nothing_else():
    given_ = poses()
    found = normalised(given_)
    np.testing.assert_allclose(found.mean((0, 1)), 0, atol=1e-15)
    np.testing.assert_allclose(np.mean(found**2), 1)
    np.testing.assert_allclose(normalised(3 * given_ + np.array([1.0, -20, 5])), found, atol=1e-13)
    ratios = lengths(found) / lengths(given_)
    np.testing.assert_allclose(ratios, ratios[0, 0], rtol=1e-12)
    assert not normalised(np.full((4, 2, 3), 0.1)).any()


def test_a_mirror():
    given_ = np.zeros((2, 5, 3))
    given_[..., 0] = [[0, 1, 2, 3, 4], [1, 2, 3, 4, 5]]
    given_[..., 1] = np.arange(5)
    found = flipped(given_, 0, LEFT_RIGHT)
    # The mean of x is 2.5; joint 0 is now what was joint 3.
    np.testing.assert_array_equal(found[..., 0], [[2, 1, 3, 5, 4], [1, 0, 2, 4, 3]])
    np.testing.assert_array_equal(found[0, :, 1], [3, 4, 2, 0, 1])


@given(st.integers(0, 5), st.sampled_from([0, 1, 2]))
def test_a_mirror_twice_is_nothing(seed, axis):
    given_ = poses(seed=seed)
    found = flipped(flipped(given_, axis, LEFT_RIGHT), axis, LEFT_RIGHT)
    np.testing.assert_allclose(found, given_, atol=1e-14)
    np.testing.assert_allclose(flipped(given_, axis).mean((0, 1)), given_.mean((0, 1)), atol=1e-15)


def test_a_turn_of_a_bone_takes_along_what_hangs_on_it():
    chain = np.array([[[0.0, 0, 0], [1, 0, 0], [2, 0, 0]]])
    turns = np.zeros((3, 3))
    turns[1] = [0, 0, np.pi / 2]
    found = turned(chain, (-1, 0, 1), turns)
    np.testing.assert_allclose(found, [[[0, 0, 0], [0, 1, 0], [0, 2, 0]]], atol=1e-15)
    turns[2] = [0, 0, -np.pi / 2]
    found = turned(chain, (-1, 0, 1), turns)
    np.testing.assert_allclose(found, [[[0, 0, 0], [0, 1, 0], [1, 1, 0]]], atol=1e-15)


def test_turns_are_rotations_along_the_tree():
    given_, turns = poses(), np.random.default_rng(1).normal(size=(5, 3))
    found = turned(given_, PARENTS, turns)
    np.testing.assert_allclose(lengths(found), lengths(given_), rtol=1e-12)
    np.testing.assert_array_equal(found[:, 2], given_[:, 2])
    for arm in ((0, 1), (3, 4)):
        place, whole, before = found[:, 2], Rotation.identity(), given_[:, 2]
        for joint in arm:
            whole = whole * Rotation.from_rotvec(turns[joint])
            place = place + whole.apply(given_[:, joint] - before)
            before = given_[:, joint]
            np.testing.assert_allclose(found[:, joint], place, atol=1e-12)
    np.testing.assert_allclose(turned(given_, PARENTS, np.zeros((5, 3))), given_, atol=1e-14)


def test_parents_that_are_no_tree():
    with pytest.raises(ValueError, match="there are 2 parents and 5 joints: give one parent a joint"):
        turned(poses(), (-1, 0), np.zeros((5, 3)))
    with pytest.raises(ValueError, match=r"parents \(1, 0, -1, 2, 3\) go in a circle"):
        turned(poses(), (1, 0, -1, 2, 3), np.zeros((5, 3)))


def test_noise_in_the_space_of_a_body_model():
    model = BodyModel(
        lambda poses: poses[:, 0, :2], lambda points: np.tile(points[:, None, [0, 1, 0]], (5, 1))
    )
    given_ = poses()
    found = with_latent_noise(given_, model, np.ones((7, 2)))
    np.testing.assert_array_equal(found[:, 3], given_[:, 0][:, [0, 1, 0]] + 1)


@pytest.mark.parametrize("n", [1, 4, 400])
def test_what_was_drawn_makes_the_poses(n):
    every = Changes(flip=1, translation=1, angles=1, latent=1)
    model = BodyModel(lambda poses: poses.reshape(len(poses), -1), lambda points: points.reshape(-1, 5, 3))
    body, given_ = Body(PARENTS, LEFT_RIGHT), poses(n)
    found, drawn = changed(given_, every, np.random.default_rng(0), body=body, model=model)
    want = turned(with_latent_noise(given_, model, drawn.latent), PARENTS, drawn.turns) + drawn.translation
    assert drawn.flip
    np.testing.assert_array_equal(found, flipped(want, 0, LEFT_RIGHT))
    assert found.dtype == given_.dtype
    assert (
        changed(poses(n, dtype=np.float32), every, np.random.default_rng(0), body=body)[0].dtype == "float32"
    )


def test_sizes_of_what_is_drawn():
    every = Changes(flip=1, translation=1, angles=1, latent=1)
    model = BodyModel(lambda poses: poses.reshape(len(poses), -1), lambda points: points.reshape(-1, 5, 3))
    rng = np.random.default_rng(3)
    drawn = [changed(poses(400), every, rng, body=Body(PARENTS), model=model)[1] for _ in range(60)]
    angles = np.degrees([np.linalg.norm(each.turns, axis=1) for each in drawn]).reshape(-1)
    # A sample of n has its root mean square within 5 / sqrt(2n) of the deviation.
    assert math.sqrt(np.mean(angles**2)) == pytest.approx(10, rel=5 / math.sqrt(2 * len(angles)))
    moved = np.concatenate([each.translation for each in drawn])
    assert moved.std() == pytest.approx(0.1, rel=5 / math.sqrt(2 * moved.size))
    inside = np.concatenate([each.latent[10:-10] for each in drawn])
    # Means of 10 numbers; neighbours share 9, so that a tenth of the sample counts.
    assert inside.std() == pytest.approx(0.1 / math.sqrt(10), rel=5 / math.sqrt(2 * inside.size / 10))
    steps = np.diff(drawn[0].latent, axis=0)
    assert steps.std() < 0.5 * drawn[0].latent.std()


def test_how_often_each_change_happens_and_none_without_what_it_needs():
    rng, n = np.random.default_rng(4), 800
    body, bare = Body(PARENTS), []
    drawn = []
    for _ in range(n):
        drawn.append(changed(poses(2), Changes(), rng, body=body)[1])
        bare.append(changed(poses(2), Changes(), rng)[1])
    for happened in (
        [each.flip for each in drawn],
        [each.turns is not None for each in drawn],
        [each.translation is not None for each in drawn],
    ):
        assert np.mean(happened) == pytest.approx(0.3, abs=5 * math.sqrt(0.21 / n))
    assert all(each.latent is None for each in drawn)
    assert all(each.turns is None for each in bare)


def test_the_seed_decides_and_changes_do_not_move_each_other():
    def call(seed, **given_):
        return changed(poses(), Changes(**given_), np.random.default_rng(seed), body=Body(PARENTS))

    first, again, other = (call(seed, translation=1)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    with_turns, without = (call(1, translation=1, angles=angles)[1].translation for angles in (0, 1))
    np.testing.assert_array_equal(with_turns, without)


def test_without_changes_nothing_happens_and_what_is_given_stays():
    given_ = poses()
    kept = given_.copy()
    found, drawn = changed(given_, NEVER, np.random.default_rng(0), body=Body(PARENTS))
    np.testing.assert_array_equal(found, given_)
    assert drawn == (False, None, None, None)
    changed(given_, Changes(1, 0, 1, 0.1, 1), np.random.default_rng(0), body=Body(PARENTS, LEFT_RIGHT))
    np.testing.assert_array_equal(given_, kept)
