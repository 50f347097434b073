"""Freed memory goes back to the system."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from dkva.base.memory import return_freed_memory

pytestmark = pytest.mark.fast

# Many small pieces, of which the last keeps the heap from shrinking by itself.
_PROGRAM = """
import resource
from pathlib import Path
from dkva.base.memory import return_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

pieces = [bytes(1000) for _ in range(100_000)]
last = bytes(1000)
del pieces
before = resident()
return_freed_memory()
print(before - resident())
"""


@pytest.mark.skipif(
    not (Path("/proc/self/statm").exists() and hasattr(ctypes.CDLL(None), "malloc_trim")),
    reason="needs glibc",
)
def test_pieces_that_were_freed_are_given_back():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50e6


@pytest.mark.parametrize("error", [OSError, TypeError, AttributeError])
def test_another_c_library_is_left_alone(error, monkeypatch):
    def refuse(name):
        raise error

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    return_freed_memory()
