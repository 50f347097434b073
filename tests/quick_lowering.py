"""Programs that are lowered after each other share a context of MLIR.

JAX makes one for each program, of all dialects: half of the time that a small program takes to lower.
"""

import threading

try:
    from jax._src.interpreters import mlir
    from jax._src.lib.mlir import ir
except ImportError:  # another JAX has them elsewhere
    mlir = None

__all__ = ["share_contexts", "shared"]

#: As JAX makes them; None if it has another way.
MAKE = getattr(mlir, "make_ir_context", None)

#: Programs that share a context, which keeps what they are made of.
PROGRAMS = 50


def share_contexts():
    """Let JAX lower so; one that makes contexts otherwise goes on as ever."""
    if MAKE is not None:
        mlir.make_ir_context = shared(MAKE)


def shared(make):
    """`make`, whose contexts are given out several times, in each thread for itself.

    A program that is lowered while another is has a context of its own: in the other's, it would become part
    of the other.
    """
    mine = threading.local()

    def given():
        if ir.Context.current is not None:
            return make()
        if not getattr(mine, "left", 0):
            mine.context, mine.left = make(), PROGRAMS
        mine.left -= 1
        return mine.context

    return given
