"""Keys of rows and models."""

import pytest

from dkva.experiments.keys import key_of

pytestmark = pytest.mark.fast


def test_the_order_of_a_mapping_does_not_count_and_every_value_does():
    key = key_of({"id": "a", "settings": {"x": 1, "y": None}, "seed": 0})
    assert len(key) == 32
    assert key == key_of({"seed": 0, "settings": {"y": None, "x": 1}, "id": "a"})
    others = [
        {"id": "a", "settings": {"x": 1, "y": None}, "seed": None},
        {"id": "a", "settings": {"x": 1.5, "y": None}, "seed": 0},
        {"id": "a", "settings": {"x": 1}, "seed": 0},
    ]
    assert len({key, *map(key_of, others)}) == 4
    assert key_of(["a", "b"]) != key_of(["b", "a"])


def test_what_json_does_not_have_is_refused():
    with pytest.raises(TypeError):
        key_of({"x": object()})
