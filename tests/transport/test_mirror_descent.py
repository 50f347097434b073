"""The solver, against a dense one, against another library, and against what a minimum must be."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from dense_transport import actions_structure, far_structure, mirror_descent, near_structure
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.transport.mirror_descent import Problem, Weights, box_sums, solve

#: One program for each shape and axis.
sums = jax.jit(box_sums, static_argnames="axis")

RELAXED = [(False, True), (True, False), (True, True), (False, False)]


def solved(
    cost, rows, columns, *, radius, actions, relax, eps=0.07, alpha=0.4, n_iters=(12, 2), step_of="video"
):
    n, m = cost.shape[-2:]
    halves = int(n * radius), None if actions else int(m * radius)
    return solve(
        Problem(jnp.asarray(cost), jnp.asarray(rows), jnp.asarray(columns), *halves),
        Weights(eps, alpha, 1 / radius, 0.08, 0.05),
        relax_rows=relax[0],
        relax_columns=relax[1],
        n_iters=n_iters,
        step_of=step_of,
    )


@pytest.mark.parametrize("actions", [True, False])
@pytest.mark.parametrize("relax", RELAXED)
def test_masked_batches_equal_the_dense_solver(actions, relax):
    rng = np.random.default_rng(0)
    cost = rng.random((3, 17, 9))
    rows, columns = np.ones((3, 17), bool), np.ones((3, 9), bool)
    rows[1, 11:] = rows[2, :2] = False
    columns[1, 7:] = False
    with enable_x64():
        got = solved(cost, rows, columns, radius=0.2, actions=actions, relax=relax)
        for index in range(3):
            want = mirror_descent(
                cost[index],
                rows[index],
                columns[index],
                near_structure(17, 0.2),
                actions_structure(9) if actions else far_structure(9, 0.2),
                eps=0.07,
                alpha=0.4,
                relax_rows=relax[0],
                relax_columns=relax[1],
                lambda_rows=0.08,
                lambda_columns=0.05,
                steps=12,
                sweeps=2,
            )
            np.testing.assert_allclose(got.plan[index], want[-1], atol=1e-12)


def test_fixed_masses_equal_those_of_another_library():
    ot = pytest.importorskip("ot", reason="POT is not installed")
    rng = np.random.default_rng(0)
    n, k, radius, eps, alpha = 9, 3, 0.25, 0.2, 0.5
    cost = rng.random((n, k))
    with enable_x64():
        there = np.ones((1, n), bool), np.ones((1, k), bool)
        found = solved(
            cost[None],
            *there,
            radius=radius,
            actions=True,
            relax=(False, False),
            eps=eps,
            alpha=alpha,
            n_iters=(800, 20),
        )
    # It minimises (1 - b)·<C, T> + b·sum (A_ik - B_jl)² T_ij T_kl - eps·H: with fixed masses and -B for B the
    # square is a constant + 2·<A T B, T>, and its weights are ours times s.
    scale = 1 / (1 - alpha + alpha / 4)
    theirs = ot.gromov.entropic_fused_gromov_wasserstein(
        cost,
        near_structure(n, radius),
        -actions_structure(k),
        np.full(n, 1 / n),
        np.full(k, 1 / k),
        loss_fun="square_loss",
        epsilon=scale * eps,
        alpha=scale * alpha / 4,
        solver="PGD",
        max_iter=2000,
        tol=1e-12,
    )
    np.testing.assert_allclose(found.plan[0], theirs, atol=1e-10)


def test_many_steps_end_in_a_stationary_point():
    rng = np.random.default_rng(1)
    n, k, radius, eps, alpha, weight = 12, 4, 0.2, 0.3, 0.3, 0.05
    cost = rng.random((1, n, k))
    there = np.ones((1, n), bool), np.ones((1, k), bool)
    with enable_x64():
        found = solved(
            cost,
            *there,
            radius=radius,
            actions=True,
            relax=(False, True),
            eps=eps,
            alpha=alpha,
            n_iters=(2000, 1),
        )
        plan = np.asarray(found.plan[0])
        objective = np.asarray(found.objective[0])
    slope = alpha * near_structure(n, radius) @ plan @ actions_structure(k) + (1 - alpha) * cost[0]
    slope += eps * np.log(plan) + weight * (np.log(plan.sum(0) * k) + 1)
    # With the masses of rows fixed the gradient is the same along each row.
    np.testing.assert_allclose(slope - slope.mean(1, keepdims=True), 0, atol=1e-8)
    np.testing.assert_allclose(plan.sum(1), 1 / n, atol=1e-15)
    assert objective[-1] <= objective.min() + 1e-12


def test_objectives_are_those_of_their_formula():
    rng = np.random.default_rng(2)
    cost = rng.random((1, 10, 3))
    with enable_x64():
        there = np.ones((1, 10), bool), np.ones((1, 3), bool)
        found = solved(cost, *there, radius=0.2, actions=True, relax=(False, True), n_iters=(5, 1))
        plan = np.asarray(found.plan[0])
        recorded, objective = found.recorded[0, -1], found.objective[0, -1]
        assert found.recorded.shape == found.objective.shape == (1, 6)
    visual = 0.6 * np.sum(cost[0] * plan)
    structure = 0.4 / 2 * np.sum(near_structure(10, 0.2) @ plan @ actions_structure(3) * plan)
    shares = plan.sum(0)
    rest = 0.05 * np.sum(shares * np.log(shares * 3)) - 0.07 * np.sum(plan - plan * np.log(plan))
    # The logarithms of the program have 1e-10 added.
    np.testing.assert_allclose(
        [objective, recorded], [structure + visual + rest, structure + visual / 2 + rest], atol=1e-8
    )


def test_a_video_does_not_depend_on_its_batch_by_its_own_step():
    rng = np.random.default_rng(3)
    cost = rng.random((2, 14, 4)).astype(np.float32)
    cost[1] *= 3
    there = np.ones((2, 14), bool), np.ones((2, 4), bool)
    both = solved(cost, *there, radius=0.2, actions=True, relax=(False, True))
    alone = solved(cost[:1], *(each[:1] for each in there), radius=0.2, actions=True, relax=(False, True))
    np.testing.assert_allclose(both.plan[0], alone.plan[0], rtol=1e-4, atol=1e-7)
    shared = solved(cost, *there, radius=0.2, actions=True, relax=(False, True), step_of="batch")
    assert np.abs(shared.plan[0] - alone.plan[0]).max() > 1e-3


def test_rows_of_costs_below_0_still_move():
    cost = np.full((1, 6, 2), -100.0, np.float32)
    cost[:, :3, 0] -= 1
    cost[:, 3:, 1] -= 1
    there = np.ones((1, 6), bool), np.ones((1, 2), bool)
    plan = np.asarray(
        solved(cost, *there, radius=0.2, actions=True, relax=(False, True), n_iters=(25, 1)).plan[0]
    )
    assert np.isfinite(plan).all()
    np.testing.assert_array_equal(plan.argmax(1), [0, 0, 0, 1, 1, 1])


@settings(max_examples=30)
@given(st.sampled_from([1, 2, 13, 300]), st.integers(0, 20), st.sampled_from([1, 2]), st.integers(0, 99))
def test_box_sums_are_sums_of_neighbours(n, half, axis, seed):
    shape = (2, n, 3) if axis == 1 else (2, 3, n)
    values = np.random.default_rng(seed).random(shape).astype(np.float32)
    ones = np.ones((n, n))
    band = np.triu(np.tril(ones, half), -half) - np.eye(n)
    want = np.einsum("ij,bjk->bik" if axis == 1 else "ij,bkj->bki", band, values.astype(float))
    got = np.asarray(sums(jnp.asarray(values), half, axis))
    # Each of at most n values is rounded to half a unit, 2^-31 of a sum of at most n; the result once.
    np.testing.assert_allclose(got, want, atol=n * n * 2.0**-31 + n * 2.0**-23)


def test_box_sums_of_long_videos_keep_their_digits():
    values = np.random.default_rng(0).random((1, 20_000, 1)).astype(np.float32) / 20_000
    got = np.asarray(sums(jnp.asarray(values), 3, 1))[0, :, 0]
    padded = np.pad(values[0, :, 0].astype(float), 3)
    want = sum(padded[3 + step : 20_003 + step] for step in (-3, -2, -1, 1, 2, 3))
    # Six values to half a unit of 2^-30 of the sum, which is 1/2; differences of running float32 sums are
    # some hundred times as far off.
    assert np.abs(got - want).max() <= 6 * 2.0**-31 * values.sum() + 2.0**-23 * want.max()
