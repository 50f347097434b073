"""Fused Gromov-Wasserstein transport written down densely in numpy, step by step, to compare with."""

import numpy as np

TINY = 1e-12


def near_structure(n, radius):
    """1/r for frames at most floor(n·r) apart, 0 else, and for a frame and itself [n, n]."""
    gaps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.where((gaps >= 1) & (gaps <= int(n * radius)), 1 / radius, 0.0)


def far_structure(m, radius):
    """0 for frames at most floor(m·r) apart, 1 else, and for a frame and itself [m, m]."""
    gaps = np.abs(np.subtract.outer(np.arange(m), np.arange(m)))
    return np.where((gaps >= 1) & (gaps <= int(m * radius)), 0.0, 1.0)


def actions_structure(k):
    """1 for different actions, 0 for the same [k, k]."""
    return 1 - np.eye(k)


def uniform(there):
    return there / there.sum()


def pull(mass, target, weight):
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(target > 0, mass / target, 0)
    return weight * (np.log(ratio + TINY) + 1)


def mirror_descent(
    cost,
    rows,
    columns,
    first,
    second,
    *,
    eps,
    alpha,
    relax_rows=False,
    relax_columns=True,
    lambda_rows=0.05,
    lambda_columns=0.01,
    steps=25,
    sweeps=1,
):
    """Plans after each step [steps, n, m] of one problem with structures `first` [n, n], `second` [m, m]."""
    p, q = uniform(rows), uniform(columns)
    plan = np.outer(p, q)
    there = np.outer(rows, columns).astype(bool)
    plans, eta = [], None
    for _ in range(steps):
        linear = alpha * first @ plan @ second.T + (1 - alpha) * cost
        if not relax_rows and not relax_columns:
            kernel = np.where(there, np.exp(-(linear - linear[there].min()) / eps), 0)
            right = np.ones(len(q))
            for _ in range(sweeps):
                left = np.divide(p, kernel @ right, out=np.zeros_like(p), where=p > 0)
                right = np.divide(q, left @ kernel, out=np.zeros_like(q), where=q > 0)
            plan = left[:, None] * kernel * right
        else:
            slope = linear + eps * np.log(plan + TINY)
            if relax_rows:
                slope += pull(plan.sum(1), p, lambda_rows)[:, None]
            if relax_columns:
                slope += pull(plan.sum(0), q, lambda_columns)[None, :]
            eta = eta or 4 / slope[there].max()
            plan = plan * np.exp(-eta * slope)
            if not relax_rows:
                plan = np.where(rows[:, None], plan / plan.sum(1, keepdims=True).clip(1e-300), 0) * p[:, None]
            elif not relax_columns:
                plan = np.where(columns, plan / plan.sum(0).clip(1e-300), 0) * q
        plans.append(plan)
    return np.array(plans)
