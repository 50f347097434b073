"""Programs compiled without optimisation, to compare others with: most of the time goes to compiling."""

import functools
from contextlib import ExitStack, contextmanager
from unittest import mock

import equinox as eqx
import jax

from dkva.approximation.learning import learn_video


def _options():
    """Without optimisation, and by the older of XLA's makers of loops if it has two: a third of the time."""
    options = {"xla_backend_optimization_level": 0}
    older = options | {"xla_cpu_use_fusion_emitters": False}
    try:
        jax.jit(lambda: 0, compiler_options=older)()
    except jax.errors.JaxRuntimeError:  # it has one, and does not know the option
        return options
    return older


#: Compiles so. JAX takes these options of the outermost function alone.
unoptimised = functools.partial(jax.jit, compiler_options=_options())

#: The same for functions of Equinox's modules.
unoptimised_modules = functools.partial(eqx.filter_jit, compiler_options=_options())

_run_alone = unoptimised(learn_video, static_argnames="program")


@functools.lru_cache(maxsize=64)
def _run_group(program):
    return unoptimised(jax.vmap(functools.partial(learn_video, program=program)))


@contextmanager
def learning_unoptimised():
    """Within it, videos are learned by programs compiled without optimisation, alone or in groups."""
    with ExitStack() as stack:
        for module in ("approximate", "segmenter", "batched"):
            stack.enter_context(mock.patch(f"dkva.approximation.{module}.run_alone", _run_alone))
        stack.enter_context(mock.patch("dkva.approximation.batched._program", _run_group))
        yield
