import pytest

from dkva.datasets.annotations.forms import listed, of_classes, plural

pytestmark = pytest.mark.fast


def test_words():
    assert (plural(1, "frame"), plural(0, "frame"), plural(2, "frame")) == ("1 frame", "0 frames", "2 frames")
    assert (of_classes(1), of_classes(3)) == ("1 class", "3 classes")
    assert listed(["a", "b"]) == "a, b"
    assert listed([*"abcdefgh"], most=3) == "a, b, c and 5 more"
