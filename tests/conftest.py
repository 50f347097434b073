"""Shared by all tests: strict JAX, shape checks (pyproject.toml's addopts), data that may be absent."""

import atexit
import gc
import itertools
import os
import shutil
import sys
import tempfile
import textwrap
from pathlib import Path

import jax
import jaxtyping
import matplotlib
import pytest
from browser import chromium
from hypothesis import HealthCheck, settings
from made_package import PACKAGE
from matplotlib.figure import Figure
from quick_checks import check_quickly
from quick_lowering import share_contexts
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).resolve().parent.parent

#: Cores that the tests may use. Under pytest-xdist each process keeps to one of them: programs of XLA that
#: share cores are several times slower than each on its own.
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
if CORES and "PYTEST_XDIST_WORKER" in os.environ:
    os.sched_setaffinity(0, {CORES[int(os.environ["PYTEST_XDIST_WORKER"][2:]) % len(CORES)]})
    threadpool_limits(1)  # numpy is there already, and its threads, one a core, would wait for each other

check_quickly()
share_contexts()

# No time is asserted in tests, and the same examples are tried in every run.
settings.register_profile(
    "dkva", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("dkva")
matplotlib.use("Agg")
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

# A round of garbage collection takes 2 ms beside all that JAX holds: by Python's default, 5% of all time.
gc.set_threshold(100_000, 20, 100)

#: Where programs of XLA are kept for the other processes of this run: workers of pytest-xdist, commands,
#: notebooks. Compiling costs more than all else; and nothing outlives the run, or the source it was made of.
PROGRAMS = None
if "PYTEST_XDIST_WORKER" not in os.environ:  # those are given this one's
    PROGRAMS = tempfile.mkdtemp(prefix="dkva-programs-")
    for name, value in {
        "jax_compilation_cache_dir": PROGRAMS,
        "jax_enable_compilation_cache": True,
        "jax_persistent_cache_min_compile_time_secs": 0.5,  # to write and read less costs more than it saves
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }.items():
        os.environ[name.upper()] = str(value)
        jax.config.update(name, value)


#: Pieces of memory that a process may have before its programs are dropped. Each of XLA's takes some, Linux
#: allows 65530, and one more ends the process. They come back from PROGRAMS when they are needed.
MOST_PIECES = 40_000
PIECES = Path("/proc/self/maps")


#: Where tests take longest. They come first: at the end one worker would wait for the other's.
LONGEST = ("tests/test_benchmarks.py", "test_plugged.py", "test_scripts.py", ".ipynb")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    """A worker of pytest-xdist leaves it to the system to free its programs and memory.

    JAX takes many seconds for it; after ten, pytest-xdist ends a worker by force.
    """
    gc.collect()  # what is reported of objects that are freed is reported, once
    gc.freeze()
    if "PYTEST_XDIST_WORKER" in os.environ:
        atexit.register(os._exit, 0)  # before all that is registered already


def pytest_unconfigure():
    if PROGRAMS:
        shutil.rmtree(PROGRAMS, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def programs_have_room():
    yield
    if PIECES.exists() and PIECES.read_bytes().count(b"\n") > MOST_PIECES:
        jax.clear_caches()
        gc.collect()


def enable_x64():
    """A context in which JAX computes in float64; JAX has moved it between versions."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    from jax import experimental

    return experimental.enable_x64()


@pytest.fixture
def x64():
    with enable_x64():
        yield


@pytest.fixture
def all_cores():
    """This process and those it starts may use every core, whatever it keeps to else."""
    if not CORES:
        yield
        return
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, CORES)
    yield
    os.sched_setaffinity(0, mine)


@pytest.fixture
def unrendered(monkeypatch):
    """Figures are made and saved as ever, but empty: to draw them is most of a command's time."""
    whole = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *to, **how: whole(Figure((1, 1)), *to, **how))


@pytest.fixture
def key():
    return jax.random.key(0)


def _folder(variable: str, holds: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: give the folder that holds {holds}")
    path = Path(value)
    if not path.is_dir():
        pytest.fail(f"{variable}={value} is no folder: give the one that holds {holds}")
    return path


@pytest.fixture(scope="session")
def data_root():
    return _folder("DKVA_DATA", "breakfast_sample/")


@pytest.fixture(scope="session")
def reference_root():
    return _folder("DKVA_REFERENCE", "neural_tangents_kernels.npz, authors_breakfast_sample.json and others")


@pytest.fixture(scope="module")
def browser():
    """Chromium; not of the whole run, as other tests have loops of events of their own."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """Names of folders, each given once."""
    folder = tmp_path_factory.mktemp("caches")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def cache_dir(caches, monkeypatch):
    """A cache of the test's own; not in its `tmp_path`, which most tests can do without."""
    path = next(caches)
    monkeypatch.setenv("DKVA_CACHE", str(path))
    return path


@pytest.fixture
def unchecked(monkeypatch):
    """dkva as its users run it: jaxtyping's own checks off, so that dkva's messages are what is tested."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The package, importable here and in other processes; its modules by name."""
    from dkva.experiments.code_version import forget

    folder = tmp_path / "packages" / "made"
    folder.mkdir(parents=True)
    for name, source in PACKAGE.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(source))
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setenv("PYTHONPATH", f"{folder.parent}{os.pathsep}{ROOT}")
    forget()
    import made.measures
    import made.methods
    import made.plan
    import made.videos

    yield made
    forget()
    for name in [name for name in sys.modules if name.split(".")[0] == "made"]:
        del sys.modules[name]


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write modules of a package `own`, and give the version of `own.start.f`, or of what is named."""
    from dkva.experiments import code_version

    folder = tmp_path / "packages" / "own"
    monkeypatch.syspath_prepend(folder.parent)

    def version(start, name="f", **modules):
        for old in folder.rglob("*.py"):
            old.unlink()
        for place, source in {"__init__": "", "start": start, **modules}.items():
            path = folder / f"{place.replace('__in__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source))
        code_version.forget()
        return code_version._version("own.start", name)

    yield version
    code_version.forget()
    for loaded in [name for name in sys.modules if name.split(".")[0] == "own"]:
        del sys.modules[loaded]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install a package with entry points, also for other processes: `package(name, entries, **modules)`."""
    folder = tmp_path / "site"
    written = set()

    def install(name, entries, **modules):
        info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        groups = (
            f"[{group}]\n" + "".join(f"{point} = {target}\n" for point, target in points.items())
            for group, points in entries.items()
        )
        (info / "entry_points.txt").write_text("\n".join(groups))
        for module, source in modules.items():
            (folder / f"{module}.py").write_text(textwrap.dedent(source))
        written.update(modules)
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{ROOT}")

    yield install
    for module in written & sys.modules.keys():
        del sys.modules[module]


@pytest.fixture
def dkva(capsys):
    """Call `dkva` in this process: exit status, stdout, stderr."""
    from dkva.cli.main import main

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out = capsys.readouterr()
        return stop.value.code, out.out, out.err

    return call
