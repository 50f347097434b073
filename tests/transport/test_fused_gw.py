"""Decoding and alignment, against values of the published programs and at their corners."""

import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from dense_transport import actions_structure, mirror_descent, near_structure

from dkva.transport import align_frames, decode
from dkva.transport.fused_gw import half_width, temporal_prior, with_virtual

FRAMES, ACTIONS = np.arange(12)[:, None], np.arange(3)
GOLDEN = ((7 * FRAMES + 3 * ACTIONS) % 11) / 11


@pytest.fixture(scope="module")
def asot(reference_root):
    return np.load(reference_root / "asot_cases.npz")


@pytest.fixture(scope="module")
def vaot(reference_root):
    return np.load(reference_root / "vaot_alignment_cases.npz")


def decoded(cases, case, cost=None):
    def of(name):
        return cases[f"case{case}_{name}"]

    return decode(
        of("cost") if cost is None else cost,
        eps=float(of("eps")),
        alpha=float(of("alpha")),
        radius=float(of("radius")),
        lambda_actions=float(of("lambda_actions")),
        relax_actions=bool(of("ub_actions")),
        relax_frames=bool(of("ub_frames")),
        n_iters=tuple(of("n_iters").tolist()),
    )


@pytest.mark.parametrize("case", [0, 1, 3])
def test_decodes_as_the_published_program(asot, case):
    found = decoded(asot, case)
    np.testing.assert_allclose(found.assignment, asot[f"case{case}_assignment"], atol=1e-4)
    np.testing.assert_allclose(found.objective, asot[f"case{case}_objective"], atol=1e-4)


def test_decodes_a_case_that_float32_does_not_settle_as_nearly_as_rounding_allows(asot):
    # 50 steps under little entropy amplify rounding: the stored float32 result is itself .9e-3 from that of
    # float64. How far rounding reaches is seen by costs that differ in the last bit of float32.
    want = asot["case2_assignment"]
    with enable_x64():
        cost = asot["case2_cost"].astype(float)
        exact = decoded(asot, 2, cost).assignment
        signs = np.random.default_rng(0).choice([-1, 1], (8, *cost.shape))
        near = [decoded(asot, 2, np.abs(cost + each * 2.0**-24)).assignment for each in signs]
    reach = max(np.abs(each - exact).max() for each in near)
    found = decoded(asot, 2)
    assert reach > 1e-4
    # A step rounds some ten times, and each of 50 steps does.
    for each in (want, found.assignment):
        assert np.abs(each - exact).max() <= 10 * reach
    np.testing.assert_array_equal(found.assignment.argmax(1), want.argmax(1))
    np.testing.assert_allclose(found.objective, asot["case2_objective"], atol=1e-4)


def test_decodes_golden_values():
    settings = {"eps": 0.07, "alpha": 0.3, "lambda_actions": 0.05, "radius": 0.2}
    found = decode(GOLDEN, **settings).assignment
    assert found.argmax(1).tolist() == [0, 2, 0, 2, 2, 2, 2, 2, 0, 1, 0, 0]
    np.testing.assert_allclose(found[0], [0.97449, 0.02127, 0.00424], atol=1e-5)
    np.testing.assert_allclose(found[5], [0.35577, 0.16054, 0.48369], atol=1e-5)
    np.testing.assert_allclose(found.sum(0), [5.03868, 2.11092, 4.85040], atol=2e-5)
    blind = decode(GOLDEN, **settings | {"alpha": 0.0}).assignment
    assert blind.argmax(1).tolist() == [0, 2, 0, 1, 2, 0, 1, 2, 0, 1, 0, 0]
    strict = decode(GOLDEN, eps=0.04, alpha=0.6, lambda_actions=0.01, radius=0.2).assignment
    np.testing.assert_allclose(strict.sum(0), [4.00622, 0.00074, 7.99303], atol=2e-5)
    ordered = decode(GOLDEN, **settings, rho=0.2).assignment
    assert ordered.argmax(1).tolist() == [0, 2, 0, 1, 2, 1, 1, 2, 0, 1, 0, 0]
    np.testing.assert_allclose(ordered[0], [0.99495, 0.00460, 0.00045], atol=1e-5)


def test_decodes_videos_of_a_batch_as_each_alone():
    rng = np.random.default_rng(0)
    cost = rng.random((2, 40, 4)).astype(np.float32)
    mask = np.ones((2, 40), bool)
    mask[1, 30:] = False
    both = decode(cost, mask=mask, radius=0.1)
    alone = decode(cost[0], radius=0.1)
    np.testing.assert_allclose(both.assignment[0], alone.assignment, atol=1e-4)
    np.testing.assert_allclose(both.assignment[1, :30].sum(1), 1, atol=1e-5)
    assert not both.assignment[1, 30:].any()
    assert both.objective.shape == (2, 26)
    assert alone.objective.shape == (26,)
    assert alone.minimised[-1] < alone.minimised[0]


def test_the_prior_is_added_to_the_cost():
    cost = np.random.default_rng(0).random((30, 4))
    with enable_x64():
        prior = np.abs(np.arange(30)[:, None] / 30 - np.arange(4) / 4)
        want = mirror_descent(
            cost + 0.3 * prior,
            np.ones(30),
            np.ones(4),
            near_structure(30, 0.1),
            actions_structure(4),
            eps=0.07,
            alpha=0.3,
        )[-1]
        found = decode(cost, rho=0.3, eps=0.07, alpha=0.3, radius=0.1)
        np.testing.assert_allclose(found.assignment, 30 * want, atol=1e-11)
        np.testing.assert_allclose(temporal_prior(30, 4, (30, 4), float), prior, atol=1e-15)


def aligned(cases, case, **changed):
    def of(name):
        return cases[f"case{case}_{name}"]

    given = {
        "eps": float(of("eps")),
        "alpha": float(of("alpha")),
        "radius": float(of("radius")),
        "rho": float(of("rho")),
        "zeta": float(of("zeta")),
        "relax_x": bool(of("ub_frames")),
        "relax_y": bool(of("ub_actions")),
        "lambda_x": float(of("lambda_frames")),
        "lambda_y": float(of("lambda_actions")),
        "n_iters": (25, int(of("inner_iters"))),
    }
    masks = {"mask_x": of("mask_x"), "mask_y": of("mask_y")}
    return align_frames(
        changed.pop("x", of("emb_x")), changed.pop("y", of("emb_y")), **masks, **given | changed
    )


@pytest.mark.filterwarnings("ignore:radius 0.02 is less")
@pytest.mark.parametrize("case", range(7))
def test_aligns_as_the_published_program(vaot, case):
    frames = {name: vaot[f"case{case}_emb_{name}"] for name in "xy"}
    sweeps = int(vaot[f"case{case}_inner_iters"])
    with enable_x64():
        exact = {name: each.astype(float) for name, each in frames.items()}
        for steps in (1, 25):
            found = aligned(vaot, case, **exact, n_iters=(steps, sweeps))
            np.testing.assert_allclose(found.assignment, vaot[f"case{case}_T_it{steps}"], atol=1e-9)
        np.testing.assert_allclose(found.objective, vaot[f"case{case}_objective_trace"], atol=1e-9)
    found = aligned(vaot, case)
    np.testing.assert_allclose(found.assignment, vaot[f"case{case}_T_final_float32"], atol=1e-4)
    np.testing.assert_allclose(found.objective, vaot[f"case{case}_objective_trace"], atol=1e-4)


def test_aligns_two_videos_with_the_virtual_column_in_its_place(vaot):
    def of(name):
        return vaot[f"vasot_released_fault_{name}"]

    def embedded(name):  # stored in float32, and put to unit norm in float64
        frames = of(f"emb_{name}").astype(float)
        return frames / np.linalg.norm(frames, axis=1, keepdims=True)

    weights = {name: float(of(name)) for name in ("eps", "alpha", "radius", "rho", "zeta")}
    with enable_x64():
        found = align_frames(
            embedded("x"),
            embedded("y"),
            mask_x=of("mask_x"),
            mask_y=of("mask_y"),
            **weights,
        )
    np.testing.assert_allclose(found.assignment, vaot["vasot_corrected_T"], atol=1e-9)
    assert np.abs(found.assignment - of("T_shifted")).max() > 0.1


def test_frames_of_one_video_are_matched_to_themselves():
    frames = np.eye(8, dtype=np.float32)
    found = align_frames(frames, frames, radius=0.25)
    assert found.assignment.argmax(1).tolist() == list(range(8))


def test_frames_without_a_partner_go_to_the_virtual_frame():
    x = np.eye(9, dtype=np.float32)[:6]
    y = np.eye(9, dtype=np.float32)[[0, 1, 2, 3, 8, 8]]
    found = align_frames(x, y, rho=0.0, alpha=0.0, eps=0.02, relax_y=True, lambda_y=0.01)
    assert found.assignment[:4].sum(1).min() > 0.9
    assert found.assignment[4:].sum(1).max() < 0.1
    kept = align_frames(x, y, rho=0.0, alpha=0.0, eps=0.02, relax_y=True, lambda_y=0.01, zeta=None)
    np.testing.assert_allclose(kept.assignment.sum(1), 1, atol=1e-5)


def test_virtual_frames_come_first():
    cost = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    extended = np.asarray(with_virtual(jnp.asarray(cost), 0.5))
    np.testing.assert_array_equal(extended[1:, 1:], cost)
    np.testing.assert_array_equal(extended[0], 0.5)
    np.testing.assert_array_equal(extended[:, 0], 0.5)


def test_half_widths_are_taken_in_double_precision():
    assert half_width(50, 0.02) == 1
    assert half_width(100, 0.29) == int(100 * 0.29) == 28


@pytest.mark.parametrize(
    ("cost", "given", "says"),
    [
        (np.ones(3), {}, "cost is float64 of shape"),
        (np.full((3, 2), np.nan), {}, "not finite"),
        (GOLDEN, {"mask": np.ones(3, bool)}, "mask is bool of shape"),
        (GOLDEN, {"mask": np.zeros(12, bool)}, "without a frame"),
        (GOLDEN, {"eps": 0}, "eps is 0"),
        (GOLDEN, {"alpha": 2}, "alpha is 2"),
        (GOLDEN, {"rho": -1}, "rho is -1"),
        (GOLDEN, {"radius": 0}, "radius is 0"),
        (GOLDEN, {"lambda_actions": -1}, "lambda_actions is -1"),
        (GOLDEN, {"n_iters": 25}, "n_iters is 25"),
        (GOLDEN, {"n_iters": (25, 0)}, r"n_iters\[1\] is 0"),
        (GOLDEN, {"step": "frame"}, "unknown step"),
    ],
)
def test_refuses_bad_costs_and_settings(unchecked, cost, given, says):
    with pytest.raises(ValueError, match=says):
        decode(cost, **given)


@pytest.mark.parametrize(
    ("x", "y", "given", "says"),
    [
        (np.ones((3, 2)), np.ones((3, 4)), {}, "frames of as many numbers"),
        (np.ones((3, 2)), np.ones((1, 3, 2)), {}, "as many videos"),
        (np.ones((3, 2)), np.ones(3), {}, "y is float64 of shape"),
        (np.ones((3, 2)), np.ones((3, 2)), {"mask_y": np.zeros(3, bool)}, "mask_y leaves a video"),
        (np.ones((3, 2)), np.ones((3, 2)), {"zeta": -1}, "zeta is -1"),
        (np.ones((3, 2)), np.ones((3, 2)), {"lambda_x": -1}, "lambda_x is -1"),
    ],
)
def test_refuses_frames_that_cannot_be_aligned(unchecked, x, y, given, says):
    with pytest.raises(ValueError, match=says):
        align_frames(x, y, **given)


def test_says_if_no_frame_is_near_another():
    with pytest.warns(UserWarning, match="radius 0.04 is less than one of 12 frames"):
        decode(GOLDEN)
    frames = np.eye(8, dtype=np.float32)
    with pytest.warns(UserWarning, match="radius 0.1 is less than one of 9 frames"):
        align_frames(frames, frames, radius=0.1)


def test_a_single_frame_goes_to_its_cheapest_action():
    assert decode(np.array([[0.5, 0.1, 0.9]])).assignment.argmax() == 1
