"""Arrays of Moving5's figures."""

import numpy as np

from reproduce import moving5_figures
from reproduce.base.paths import GENERATED, RESULTS
from reproduce.pictures.base import MOVING5
from reproduce.pictures.moving5 import VIDEOS


def test_figures_are_drawn_from_the_stored_arrays():
    computed = moving5_figures.arrays(VIDEOS[:1])
    with np.load(RESULTS / MOVING5, allow_pickle=False) as stored:
        assert {name for name in stored.files if name.startswith("5/")} == set(computed)
        for name, array in computed.items():
            if array.dtype == np.uint8 and array.ndim == 4:
                np.testing.assert_allclose(stored[name].astype(int), array.astype(int), atol=2)
            else:
                assert np.mean(stored[name] == array) > 0.99, name
    assert GENERATED.is_dir()
