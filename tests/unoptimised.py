"""Programs compiled without optimisation, to compare others with: most of the time goes to compiling."""

import functools
from contextlib import ExitStack, contextmanager
from unittest import mock

import jax

from dkva.approximation.learning import learn_video

#: Compiles without optimisation. JAX takes these options of the outermost function alone.
unoptimised = functools.partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})

_run_alone = unoptimised(learn_video, static_argnames="program")


@contextmanager
def learning_unoptimised():
    """Within it, a video alone is learned by a program that was compiled without optimisation."""
    with ExitStack() as stack:
        for module in ("approximate", "segmenter"):
            stack.enter_context(mock.patch(f"dkva.approximation.{module}.run_alone", _run_alone))
        yield
