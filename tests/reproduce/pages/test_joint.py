"""What is published of alignment, as the page shows it."""

import pytest

from reproduce.pages.joint import published

pytestmark = pytest.mark.fast


def test_published_numbers_are_shown_and_those_that_are_not_known_left_out():
    parts = published()
    assert "| VAOT without prior | – | – | 17.84 | 15.63 | – | – |" in parts["published_alignment"]
    assert "| 57.5 | 39 | 18.8 |" in parts["published_segmentation"]
    assert all(text.startswith("| published") for text in parts.values())
