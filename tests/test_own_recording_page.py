"""The program in docs/own_recording.md runs as it stands there."""

import re
from pathlib import Path

import numpy as np
import pytest
from rendered import numbered, render

pytestmark = pytest.mark.fast

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "own_recording.md").read_text()


def test_a_recording_is_read_and_cut_in_python(tmp_path, monkeypatch):
    (program,) = (
        each for each in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "read_recording" in each
    )
    render(tmp_path / "recording.mp4", numbered(90))
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(program, names)
    assert names["own"].shape == (90,)
    assert set(np.unique(names["labels"])) <= set(range(6))
