"""One model of several collections."""

import pytest

from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member
from reproduce.collections.at_once import at_once

pytestmark = pytest.mark.fast


def test_models_are_of_all_and_rows_and_classifiers_of_each():
    videos = {name: Member(name, tuple, name) for name in ("a/1", "a/2", "b/1", "b/2")}
    apart = [
        Collection(
            f"of {name}", (videos[f"{name}/1"],), (videos[f"{name}/2"],), k, (0, 1), {"activity": name}
        )
        for name, k in (("a", 3), ("b", 4))
    ]
    for given, found in zip(apart, at_once(apart), strict=True):
        assert found.train == (videos["a/1"], videos["b/1"])
        assert (found.test, found.known) == (given.test, given.train)
        assert (found.columns, found.seeds, found.n_segments) == (given.columns, (0, 1), 7)
        assert found.name == f"{given.name}, trained on all"
