"""A file directly in reproduce/ is a command, a folder there is support, and imports go one way."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import reproduce

pytestmark = pytest.mark.fast

ROOT = Path(reproduce.__file__).parent

#: Support folders: each may import those before it.
FOLDERS = ("base", "ledger", "collections", "tables", "pictures", "pages")

#: Commands that run other commands.
RUNNERS = {"all"}

COMMANDS = sorted(path.stem for path in ROOT.glob("*.py") if path.stem != "__init__")
MODULES = {
    ".".join((ROOT.name, *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
}


def imported(name):
    """Modules of reproduce that a module imports anywhere, within its functions too."""
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: relative import"
            found = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [each if each in MODULES else node.module for each in found]
        else:
            continue
        yield from (each for each in found if each in MODULES)


GRAPH = {name: set(imported(name)) for name in MODULES}


def folder_of(module):
    """The support folder of a module; "" of a command."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FOLDERS else ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_file_directly_in_it_is_a_command(name):
    module = importlib.import_module(f"reproduce.{name}")
    (arguments,) = inspect.signature(module.main).parameters.values()
    assert arguments.default is None
    assert f"python -m reproduce.{name}" in module.__doc__
    last = ast.parse(MODULES[module.__name__].read_text()).body[-1]
    assert ast.unparse(last) == "if __name__ == '__main__':\n    raise SystemExit(main())"


def test_every_command_has_a_file_of_tests_and_every_file_a_subject():
    tests = Path(__file__).parent
    for name in COMMANDS:
        assert (tests / f"test_{name}.py").is_file(), f"reproduce.{name} has no tests"
    for path in tests.glob("*/test_*.py"):
        subject = ROOT / path.parent.name / f"{path.stem.removeprefix('test_')}.py"
        assert subject.is_file() or path.stem == "test_digests", f"{path} tests nothing"


def test_the_folders_are_those_that_have_an_order():
    found = {path.parent.relative_to(ROOT).parts[0] for path in ROOT.glob("*/*.py")}
    assert found == set(FOLDERS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    folder = folder_of(module)
    for other in GRAPH[module] - {module}:
        if not folder:
            assert folder_of(other) or module.split(".")[-1] in RUNNERS, f"{module} imports {other}"
        else:
            allowed = FOLDERS[: FOLDERS.index(folder) + 1]
            assert folder_of(other) in allowed, f"{module} imports {other}"


def test_there_is_no_circle():
    """Modules whose imports have all gone are taken away until none is left."""
    rest = {name: others - {name} for name, others in GRAPH.items()}
    while free := {name for name, others in rest.items() if not others}:
        rest = {name: others - free for name, others in rest.items() if name not in free}
    assert not rest, f"these import each other: {sorted(rest)}"
