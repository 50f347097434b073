"""Keys of rows and models."""

import numpy as np
import pytest

from dkva.experiments.keys import digest_of, key_of

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


def test_a_digest_is_of_values_types_shapes_and_order():
    one, two = np.arange(6.0), np.array(["a", "b"])
    digest = digest_of([one, two])
    assert len(digest) == 32
    strided = np.repeat(one, 2)[::2]
    assert digest == digest_of([strided, two.copy()])
    others = [[two, one], [one], [one.reshape(2, 3), two], [one.astype(np.float32), two], [one + 1, two]]
    assert len({digest, *map(digest_of, others)}) == 6
