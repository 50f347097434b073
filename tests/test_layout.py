"""The house's rules, as tests."""

import ast
import functools
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import dkva

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()

#: Every page in Markdown that a reader meets.
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md"]
    + [page for folder in ("docs", "results", "benchmarks", "dkva") for page in (ROOT / folder).rglob("*.md")]
)


@functools.cache
def import_statements(path):
    """Those of a file, in functions too, and whether each is for types alone; a file is read once for all."""
    tree = ast.parse(path.read_text())
    types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found = (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return [(node, node in types) for node in found]


def imports(path):
    """Top-level packages that a file imports."""
    for node, _ in import_statements(path):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_tests_mirror_the_library():
    skipped = {"__init__.py", "__main__.py", "errors.py"}
    modules = {p.relative_to(ROOT / "dkva") for p in (ROOT / "dkva").rglob("*.py") if p.name not in skipped}
    for module in modules:
        assert (ROOT / "tests" / module.parent / f"test_{module.name}").exists(), f"{module} has no tests"
    for folder in LIBRARY:
        for path in (ROOT / "tests" / folder).rglob("test_*.py"):
            module = path.relative_to(ROOT / "tests").with_name(path.name.removeprefix("test_"))
            assert module in modules or module.stem == "names", f"{path} tests no module"


#: What each folder of the project may import of the others.
PROJECT = {
    "dkva": set(),
    "synthetic": set(),
    "figures": {"dkva"},
    "reproduce": {"dkva", "synthetic", "figures"},
    "benchmarks": {"dkva", "synthetic"},
}

#: What reads files of PyTorch's, for those who have it; nothing else in the library knows it.
TORCH = {ROOT / "dkva/nn/torch_weights.py", ROOT / "dkva/recordings/torchvision_features.py"}

#: What each folder of the library may import of the others; the command line may import all, and none it.
LIBRARY = {
    "base": set(),
    "approximation": {"base", "transport"},
    "baselines": {"base", "approximation"},
    "kernel_means": {"base"},
    "nn": {"base"},
    "transport": {"base", "nn"},
    "alignment": {"base", "nn"},
    "supervised": {"base", "nn"},
    "datasets": {"base"},
    "recordings": {"base", "nn"},
    "metrics": {"base"},
    "export": {"base"},
    "workers": {"base"},
    "experiments": {"workers", "metrics", "base"},
    "cli": {
        "base",
        "approximation",
        "baselines",
        "kernel_means",
        "transport",
        "alignment",
        "supervised",
        "datasets",
        "recordings",
        "metrics",
        "export",
        "workers",
        "experiments",
    },
}


def modules(*folders):
    """Files by the names that they are imported by."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
    }


def imported(path, known):
    """Modules of `known` that a file imports, in functions too, but for those of types alone."""
    for node, of_types in import_statements(path):
        if of_types:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            names = {f"{node.module}.{name.name}" for name in node.names}
            yield from names & set(known) or {node.module}


def circle(graph):
    """A circle of imports, if there is one."""
    done, path = set(), []

    def walk(module):
        if module in path:
            return path[path.index(module) :]
        if module in done:
            return None
        path.append(module)
        found = next(filter(None, map(walk, sorted(graph[module]))), None)
        path.pop()
        done.add(module)
        return found

    return next(filter(None, map(walk, sorted(graph))), None)


def test_folders_import_what_the_table_allows():
    """And nothing is allowed that is not used: the table says how things are."""
    used = {folder: set() for folder in PROJECT}
    for folder, allowed in PROJECT.items():
        for path in (ROOT / folder).rglob("*.py"):
            every = {*imports(path)}
            found = every & {*PROJECT, "notebooks", "tests"} - {folder}
            assert found <= allowed, path
            used[folder] |= found
            assert folder != "dkva" or path in TORCH or "torch" not in every, path
    assert used == PROJECT


def test_folders_of_the_library_import_what_the_table_allows():
    folders = {path.name for path in (ROOT / "dkva").iterdir() if path.is_dir() and [*path.glob("*.py")]}
    assert folders == set(LIBRARY)
    known, used = modules("dkva"), {folder: set() for folder in LIBRARY}
    for name, path in known.items():
        folder = path.relative_to(ROOT / "dkva").parts[0]
        if folder in LIBRARY:
            found = {each.split(".")[1] for each in imported(path, known) if "." in each} - {folder}
            assert found <= LIBRARY[folder], name
            used[folder] |= found
    del used["cli"]
    assert used == {folder: allowed for folder, allowed in LIBRARY.items() if folder != "cli"}


@pytest.mark.parametrize("folder", PROJECT)
def test_no_imports_go_in_a_circle(folder):
    known = modules(folder)
    assert circle({name: {*imported(path, known)} - {name} for name, path in known.items()}) is None


def test_circles_are_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


def test_no_module_is_long_without_a_reason():
    for path in modules(*PROJECT).values():
        text = path.read_text()
        told = "Over 400 lines" in (ast.get_docstring(ast.parse(text)) or "")
        assert (len(text.splitlines()) > 400) == told, path


@pytest.mark.parametrize("name", dkva.__all__)
def test_public_names_are_documented(name):
    assert name.isupper() or getattr(dkva, name).__doc__  # tables have comments
    assert f"`{name}`" in (ROOT / "docs" / "public_names.md").read_text()


def test_every_module_lists_its_public_names():
    for path in (ROOT / "dkva").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if path.name != "__main__.py" and len(ast.parse(path.read_text()).body) > 1:  # more than a docstring
            module = importlib.import_module(name)
            assert all(hasattr(module, public) for public in module.__all__), name


def test_no_public_name_is_a_module_too():
    for name in dkva.__all__:
        assert not (ROOT / "dkva" / f"{name}.py").exists(), f"importing dkva.{name} would hide the name"


def test_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        dkva.nothing  # noqa: B018
    assert set(dkva.__all__) <= set(dir(dkva))


def test_conda_and_pip_have_the_same_bounds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    bounds = {line for line in conda if isinstance(line, str) and line != "pip"}
    assert bounds == {*project["dependencies"], f"python{project['requires-python']}"}


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project["version"] == dkva.__version__ == citation["version"]


def test_commands_and_targets_are_documented():
    commands, targets = ((ROOT / "docs" / name).read_text() for name in ("scripts.md", "develop.md"))
    for path in (ROOT / "reproduce").glob("*.py"):
        if "__main__" in path.read_text():
            assert f"| `python -m reproduce.{path.stem}" in commands, path
    for name in re.findall(r"reproduce\.([a-z]\w+)", README + commands + targets):
        assert (ROOT / "reproduce" / f"{name}.py").exists(), name
    for target in re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE):
        if target not in {"help", "setup", "lint"}:
            assert f"| `make {target}` |" in targets, target


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150


def anchors(text):
    """Anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", heading).lower()
        yield re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_pictures_and_links_exist(page):
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), target
        if anchor:
            assert anchor in set(anchors(path.read_text())), target
    for words in re.findall(r"!\[(.*?)\]\(", text):
        assert len(words.split()) > 5, f"a picture without words for those who do not see it: {words!r}"


def test_every_page_is_linked_from_the_readme():
    assert {"docs/method.md", "results/README.md", "dkva/datasets/README.md"} <= set(PAGES)
    for page in PAGES:
        assert page == "README.md" or f"]({page}" in README, page


@pytest.mark.parametrize("page", PAGES)
def test_modules_named_in_pages_exist(page):
    if page == "CHANGELOG.md":
        return  # it names what is gone, too
    text = (ROOT / page).read_text()
    for path in re.findall(r"`((?:dkva|reproduce|figures|benchmarks|synthetic|tests)/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path


def test_a_folder_of_its_name_does_not_hide_the_library(tmp_path):
    """A clone named dkva is such a folder, for who works in the folder above it."""
    (tmp_path / "dkva/dkva").mkdir(parents=True)
    code = "from dkva import Settings; print(Settings().kernel)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("gauss_ntk\n", "")


def test_no_data_of_others_no_machine_paths_and_nothing_large():
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so the project's own files cannot be told from others")
    pattern = re.compile(rb"(?<![\w.])/(home|root|work|tmp/bash_jobs)/\w|\ballow_pickle=True\b")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if not path.is_file():
            continue
        assert path.stat().st_size < 5_000_000, name
        if not name.startswith("tests/"):
            assert not pattern.search(path.read_bytes()), name


def test_importing_is_cheap():
    heavy = "import sys, dkva; sys.exit(any(m in sys.modules for m in ('jax', 'sklearn', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0
