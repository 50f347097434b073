"""Warping in compiled programs against the stored cases, all paths tried, finite differences and padding."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp, softmax
from unoptimised import unoptimised
from warping_paths import paths

from dkva.alignment import dtw, first_matches, soft_dtw
from dkva.base import dtw as one_pair

pytestmark = pytest.mark.fast

X, Y = np.array([0.0, 1, 2, 2, 5, 6]), np.array([0, 2, 2.5, 5, 7])
GOLDEN = np.abs(X[:, None] - Y)

#: Sizes of the arrays that smaller pairs are padded to, so that these share a program.
ROWS, COLUMNS = 4, 5
pairs = given(st.integers(0, 2**32 - 1), st.integers(1, ROWS), st.integers(1, COLUMNS))


def _value_and_gradient(cost, gamma, frames):
    def total(cost):
        values = soft_dtw(cost, gamma, **frames)
        return values.sum(), values

    gradient, values = jax.grad(total, has_aux=True)(cost)
    return values, gradient


_optimised, _unoptimised = (
    compiled(_value_and_gradient, static_argnames="gamma") for compiled in (jax.jit, unoptimised)
)


def value_and_gradient(cost, gamma, run=_optimised, **frames):
    """Soft-DTW of each pair, and the gradient of each."""
    return jax.tree.map(np.asarray, run(jnp.asarray(cost), gamma, frames))


def padded(cost, filling, rows=ROWS, columns=COLUMNS):
    """A cost [n, m] as [1, rows, columns], and how many frames there are."""
    n, m = cost.shape
    edges = ((0, 0), (0, rows - n), (0, columns - m))
    return np.pad(cost[None], edges, constant_values=filling), {
        "frames_x": np.array([n]),
        "frames_y": np.array([m]),
    }


def as_pairs(path):
    """A path as pairs of frames, in order."""
    return np.argwhere(np.asarray(path)).tolist()


def test_golden_case_hard():
    found = dtw(GOLDEN)
    assert found.value == 2.5
    assert as_pairs(found.path) == [[0, 0], [1, 0], [2, 1], [3, 2], [4, 3], [5, 4]]


@pytest.mark.numerics
@pytest.mark.parametrize(("gamma", "value"), [(0.1, 2.360860), (1, -0.234807), (0.001, 2.498614)])
def test_golden_case_soft(gamma, value, x64):
    np.testing.assert_allclose(soft_dtw(GOLDEN, gamma), value, atol=1e-6)


@pytest.mark.numerics
@pytest.mark.parametrize("case", range(4))
def test_stored_cases(case, reference_root, x64):
    with np.load(reference_root / "soft_dtw_cases.npz") as cases:
        cost = cases[f"case{case}_cost"]
        value, gradient = value_and_gradient(cost, 0.1, _unoptimised)
        np.testing.assert_allclose(value, cases[f"case{case}_gamma0.1_value"], atol=1e-8)
        np.testing.assert_allclose(gradient, cases[f"case{case}_gamma0.1_grad"], atol=1e-8)
        found = unoptimised(dtw)(cost)
        np.testing.assert_allclose(found.value, cases[f"case{case}_hard_dtw"], atol=1e-12)
        assert as_pairs(found.path) == cases[f"case{case}_hard_path"].tolist()


@pytest.mark.numerics
def test_stored_cases_in_one_batch(reference_root, x64):
    """Pairs of all sizes, with NaN in their padding, by every gamma."""
    with np.load(reference_root / "soft_dtw_cases.npz") as cases:
        costs = [cases[f"case{case}_cost"] for case in range(4)]
        n, m = np.array([cost.shape for cost in costs]).T
        batch = np.concatenate([padded(cost, np.nan, n.max(), m.max())[0] for cost in costs])
        found = dtw(batch, frames_x=n, frames_y=m)
        for gamma in (0.01, 0.1, 1):
            # Not compiled as a whole: gamma is a number of its programs then, which are the same for each.
            values, gradients = value_and_gradient(batch, gamma, _value_and_gradient, frames_x=n, frames_y=m)
            for case in range(4):
                np.testing.assert_allclose(values[case], cases[f"case{case}_gamma{gamma}_value"], atol=1e-8)
                expected = padded(cases[f"case{case}_gamma{gamma}_grad"], 0, n.max(), m.max())[0][0]
                np.testing.assert_allclose(gradients[case], expected, atol=1e-8)
        for case, (rows, columns) in enumerate(zip(n, m, strict=True)):
            np.testing.assert_allclose(found.value[case], cases[f"case{case}_hard_dtw"], atol=1e-12)
            assert as_pairs(found.path[case]) == cases[f"case{case}_hard_path"].tolist()
            assert first_matches(found.path)[case, rows - 1] <= columns - 1


@pytest.mark.numerics
def test_gradients_of_embedded_frames(reference_root, x64):
    """Through squared distances; the stored ones were computed in float32."""
    with np.load(reference_root / "soft_dtw_cases.npz") as cases:
        x, y = (jnp.asarray(cases[f"emb_{name}"], float) for name in "xy")

        def loss(x, y):
            return soft_dtw(((x[:, None] - y[None]) ** 2).sum(-1), 0.1)

        value, slopes = jax.jit(jax.value_and_grad(loss, (0, 1)))(x, y)
        # In float32 sums grow to 24 in 24 steps; errors of the shares are those of sums over gamma.
        share = 24 * 2.0**-24 * 24 / 0.1
        np.testing.assert_allclose(value, cases["emb_gamma0.1_value"], rtol=24 * 2.0**-23)
        for slope, name in zip(slopes, "xy", strict=True):
            expected = cases[f"emb_gamma0.1_grad_{name}"]
            np.testing.assert_allclose(slope, expected, atol=share * np.abs(expected).max())


@pytest.mark.numerics
@pairs
def test_soft_over_all_paths(seed, n, m):
    """-gamma log of the sum over paths; the gradient is how likely a path passes a pair of frames."""
    cost, gamma = np.random.default_rng(seed).normal(size=(n, m)), 0.5
    tried = np.zeros((len(paths(n, m)), n, m))
    for one, path in zip(tried, paths(n, m), strict=True):
        one[tuple(np.transpose(path))] = 1
    sums = np.sum(tried * cost, (1, 2))
    batch, frames = padded(cost, 0)
    with enable_x64():
        value, gradient = value_and_gradient(batch, gamma, **frames)
    np.testing.assert_allclose(value[0], -gamma * logsumexp(-sums / gamma), atol=1e-12)
    expected = np.tensordot(softmax(-sums / gamma), tried, 1)
    np.testing.assert_allclose(gradient, padded(expected, 0)[0], atol=1e-12)


@pytest.mark.numerics
@pairs
def test_a_small_gamma_is_as_good_as_hard(seed, n, m):
    """Less than the least cost by gamma times the log of the number of paths at most."""
    cost, gamma = np.random.default_rng(seed).uniform(0, 2, (n, m)), 1e-4
    batch, frames = padded(cost, 0)
    with enable_x64():
        soft, hard = float(soft_dtw(batch, gamma, **frames)[0]), float(dtw(batch, **frames).value[0])
    assert hard - gamma * np.log(len(paths(n, m))) - 1e-12 <= soft <= hard + 1e-12


@pairs
def test_hard_paths_are_those_of_one_pair(seed, n, m):
    """With many ties, as costs are few whole numbers, whose sums are exact."""
    cost = np.random.default_rng(seed).integers(-1, 2, (n, m)).astype(np.float32)
    batch, frames = padded(cost, -9)
    found, expected = dtw(batch, **frames), one_pair.dtw(cost)
    assert found.value[0] == expected.cost
    assert as_pairs(found.path[0]) == expected.path.tolist()
    smallest = [int(expected.path[expected.path[:, 0] == i, 1].min()) for i in range(n)]
    assert first_matches(found.path)[0].tolist() == smallest + [0] * (ROWS - n)


@pairs
def test_padding_changes_nothing(seed, n, m):
    """Whatever it holds, to the last bit; and it has no gradient."""
    rng = np.random.default_rng(seed)
    cost = rng.normal(size=(n, m)).astype(np.float32)
    fillings = 0, np.nan, np.inf, rng.normal(0, 100)
    batch = np.concatenate([padded(cost, filling)[0] for filling in fillings])
    frames = {"frames_x": np.full(4, n), "frames_y": np.full(4, m)}
    found = [np.asarray(each) for each in (*value_and_gradient(batch, 0.3, **frames), *dtw(batch, **frames))]
    for array in found:
        assert len(array) == len(fillings)
        np.testing.assert_array_equal(array[1:], np.broadcast_to(array[:1], array[1:].shape))
    for array in (found[1], found[3]):
        assert not np.any(array[:, n:])
        assert not np.any(array[:, :, m:])


@pytest.mark.numerics
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.25, 3.0]))
def test_scale_shift_reversal_and_transposition(seed, by):
    cost, gamma = np.random.default_rng(seed).normal(size=(ROWS, COLUMNS)), 0.7
    with enable_x64():
        value, gradient = value_and_gradient(cost, gamma, _unoptimised)
        scaled, same = value_and_gradient(by * cost, by * gamma, _unoptimised)
        backwards, turned = value_and_gradient(cost[::-1, ::-1], gamma, _unoptimised)
        across, mirrored = value_and_gradient(cost.T, gamma, _unoptimised)
        # All paths pass the first pair and the last.
        cost[0, 0] += by
        cost[-1, -1] += by
        shifted, still = value_and_gradient(cost, gamma, _unoptimised)
    close = {"rtol": 1e-11, "atol": 1e-11}
    np.testing.assert_allclose([scaled / by, backwards, across, shifted - 2 * by], value, **close)
    for other in (same, turned[::-1, ::-1], mirrored.T, still):
        np.testing.assert_allclose(other, gradient, **close)


@pytest.mark.numerics
@pytest.mark.parametrize("gamma", [0.05, 2])
def test_gradients_are_finite_differences(gamma, x64):
    cost = np.random.default_rng(0).uniform(0, 2, (5, 7))
    step = 1e-5
    moved = np.concatenate([cost.ravel() + sign * step * np.eye(35) for sign in (1, -1)]).reshape(-1, 5, 7)
    above, below = np.split(np.asarray(soft_dtw(moved, gamma)), 2)
    # The error of a central difference is step²/6 of the third derivative, which is below 1/gamma².
    tolerance = step**2 / gamma**2 + 1e-14 * 10 / step
    np.testing.assert_allclose(
        value_and_gradient(cost, gamma)[1].ravel(), (above - below) / (2 * step), atol=tolerance
    )


@pytest.mark.numerics
def test_in_float32_nothing_is_lost_on_the_way():
    """All paths pass the first pair, however large sums are beside gamma."""
    cost = np.random.default_rng(0).uniform(0, 100, (2, 60, 50)).astype(np.float32)
    _, gradient = value_and_gradient(cost, 1e-3)
    assert gradient.dtype == np.float32
    # Each of 108 moves is shared out by three quotients and two sums.
    np.testing.assert_allclose(gradient[:, 0, 0], 1, rtol=108 * 5 * 2.0**-24)
    assert gradient.min() >= 0
    assert (gradient.sum(2) >= 1 - 108 * 5 * 2.0**-24).all()


def test_gradients_of_hard_are_its_paths():
    cost = jnp.asarray(np.random.default_rng(0).uniform(0, 2, (3, 5, 4)), jnp.float32)
    gradient = jax.grad(lambda cost: dtw(cost).value.sum())(cost)
    np.testing.assert_array_equal(gradient, dtw(cost).path.astype(np.float32))


@pytest.mark.numerics
def test_within_compiled_programs():
    """Numbers of frames and costs may be traced, and pairs mapped."""
    cost = jnp.asarray(np.random.default_rng(0).uniform(0, 2, (3, 5, 4)), jnp.float32)
    n, m = np.array([5, 2, 3]), np.array([4, 4, 1])

    def both(cost, n, m):
        return soft_dtw(cost, 0.5, frames_x=n, frames_y=m), dtw(cost, frames_x=n, frames_y=m).path

    expected = both(cost, n, m)
    for found in (jax.jit(both)(cost, n, m), unoptimised(jax.vmap(both))(cost, n, m)):
        # Sums of 8 costs of at most 2; XLA may fuse other operations.
        np.testing.assert_allclose(found[0], expected[0], atol=8 * 16 * 2.0**-23)
        np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize(("n", "m"), [(0, 1), (1, 0), (5, 1), (1, 6), (-1, 1)])
def test_numbers_of_frames_that_cannot_be_are_nan(n, m):
    """They may be traced, so that no error can tell; the other pair is as it was."""
    frames = {"frames_x": np.array([n, 4]), "frames_y": np.array([m, 5])}
    cost = np.ones((2, 4, 5), np.float32)
    soft, hard = soft_dtw(cost, 1, **frames), dtw(cost, **frames)
    assert np.isnan([soft[0], hard.value[0]]).all()
    assert not hard.path[0].any()
    assert soft[1] == soft_dtw(cost[1], 1)
    assert hard.value[1] == 5


@pytest.mark.parametrize("cost", [np.ones(3), np.ones((0, 2)), np.ones((2, 2), int), np.ones((1, 1, 1, 1))])
def test_costs_that_are_none_are_refused(cost, unchecked):
    for function in (dtw, lambda cost: soft_dtw(cost, 1)):
        with pytest.raises(
            ValueError, match=r"cost is .* of shape .*: give floating-point numbers \[n, m\] or"
        ):
            function(cost)


@pytest.mark.parametrize("name", ["frames_x", "frames_y"])
@pytest.mark.parametrize("frames", [np.array([2]), np.array([2.0, 2.0]), 2])
def test_frames_that_are_no_numbers_of_frames_are_refused(name, frames, unchecked):
    with pytest.raises(ValueError, match=rf"{name} is .* of shape .*: give whole numbers of shape \(2,\)"):
        dtw(np.ones((2, 3, 3)), **{name: frames})


@pytest.mark.parametrize("gamma", [0, -1, np.nan, "soft"])
def test_a_gamma_that_is_none_is_refused(gamma, unchecked):
    with pytest.raises(ValueError, match=r"gamma is .*: give a positive number"):
        soft_dtw(np.ones((2, 2)), gamma)
