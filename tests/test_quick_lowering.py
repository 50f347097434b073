"""Programs that share a context of MLIR are what each is by itself."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import quick_lowering

pytestmark = pytest.mark.fast


ONES = np.ones(3, np.float32)


def lowered(scale):
    return jax.jit(lambda x: jnp.tanh(scale * x).sum()).lower(ONES)


@pytest.mark.skipif(quick_lowering.MAKE is None, reason="this JAX makes contexts otherwise")
def test_programs_are_as_they_are_by_themselves(monkeypatch):
    made = []

    def make():
        made.append(quick_lowering.MAKE())
        return made[-1]

    monkeypatch.setattr(quick_lowering.mlir, "make_ir_context", make)
    alone = [lowered(scale).as_text() for scale in range(1, 4)]
    assert len(made) == 3
    monkeypatch.setattr(quick_lowering, "PROGRAMS", 2)
    monkeypatch.setattr(quick_lowering.mlir, "make_ir_context", quick_lowering.shared(make))
    together = [lowered(scale) for scale in range(1, 4)]
    assert len(made) == 3 + 2
    assert [each.as_text() for each in together] == alone
    for scale, each in zip(range(1, 4), together, strict=True):
        assert each.compile()(ONES) == pytest.approx(3 * np.tanh(scale), rel=1e-6)


def test_a_program_lowered_within_another_is_no_part_of_it():
    with jax.ensure_compile_time_eval():  # of what is drawn, an array of places is made meanwhile
        drawn = jax.jit(lambda: jax.random.normal(jax.random.key(0), (611, 3)))()
    assert np.std(drawn) == pytest.approx(1, abs=0.1)
