"""What a hash of source code covers: all that is imported, in every form."""

from pathlib import Path

import pytest

from dkva import code_version


def test_code_of_dkva_counts_in_a_method_of_another_package(made):
    folder = Path(made.__file__).parent
    alone = code_version.code_version("made.parts")
    (folder / "parts.py").write_text((folder / "parts.py").read_text() + "import dkva.runs\n")
    code_version.code_version.cache_clear()
    assert "dkva.runs" in code_version._sources("made.parts")
    assert code_version.code_version("made.parts") != alone


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import made.other", "made.other"),
        ("from made import other", "made.other"),
        ("from . import other", "made.other"),
        ("from .other import UNUSED", "made.other"),
        ("def f():\n    from .inner import deep", "made.inner.deep"),
        ("from .inner.deep import NOTHING", "made.inner.deep"),
    ],
)
def test_imports_of_every_form_are_followed(made, line, found):
    folder = Path(made.__file__).parent
    (folder / "inner").mkdir()
    (folder / "inner/__init__.py").write_text("from ..parts import uniform\n")
    (folder / "inner/deep.py").write_text("NOTHING = 0\n")
    assert code_version._sources("made.inner").keys() == {"made.inner", "made.parts"}
    (folder / "parts.py").write_text((folder / "parts.py").read_text() + line)
    assert found in code_version._sources("made.inner")
