"""Pictures on a page."""

import pytest

from reproduce.pages.drawn import drawn

pytestmark = pytest.mark.fast


def test_what_is_drawn_is_shown(tmp_path):
    pictures = {"one": "A first picture", "two": "Another"}
    assert drawn(pictures, tmp_path) == "*No picture has been drawn.*"
    (tmp_path / "two.png").touch()
    assert drawn(pictures, tmp_path) == "![Another](../figures/rendered/two.png)"
