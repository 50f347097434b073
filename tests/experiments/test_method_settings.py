import dataclasses

import made_plugin
import pytest

from dkva.approximation.settings import Settings
from dkva.experiments.method_settings import REQUIRED, checked, settings_of
from dkva.experiments.registry import Listed, find

pytestmark = pytest.mark.fast

FACTS = {"label": "a", "about": "b", "reference": "c", "target": "d:e"}


def names(method):
    return [each.name for each in settings_of(find(method))]


def test_settings_are_the_codes_own():
    assert names("uniform") == names("tw_finch") == []
    assert names("dkva") == [each.name for each in dataclasses.fields(Settings)]
    assert names("sinkhorn") == ["entropy", *names("dkva")]
    (n_init,) = settings_of(find("kmeans"))
    assert (n_init.name, n_init.default, n_init.type) == ("n_init", 10, int)
    assert n_init.about == "starts, of which the best is kept."
    batch = next(each for each in settings_of(find("dkva")) if each.name == "batch_size")
    assert (batch.default, batch.type, batch.choices, batch.optional) == (None, int, ("video",), True)


def test_checked_settings_are_complete():
    assert checked(find("uniform"), {}) == {}
    assert checked(find("kmeans"), {}) == {"n_init": 10}
    assert checked(find("kernel_change_points"), {"min_size": 3}) == {
        "kernel": "rbf", "min_size": 3, "max_frames": 4000,
    }  # fmt: skip
    assert checked(find("dkva"), {"epochs": 2}) == dataclasses.asdict(Settings(epochs=2))
    assert checked(find("sinkhorn"), {})["entropy"] == 0.05


@pytest.mark.parametrize(
    ("method", "given", "message"),
    [
        ("kmeans", {"epochs": 3}, "^kmeans has no setting 'epochs'; its settings are n_init$"),
        ("uniform", {"seed": 3}, "^uniform has no setting 'seed'; it has none$"),
        ("kmeans", {"n_init": 0}, "n_init is 0: give a whole number of at least 1"),
        ("kmeans", {"n_init": "five"}, "n_init is 'five': give a whole number"),
        ("kmeans", {"n_init": True}, "n_init is True: give a whole number"),
        ("kernel_change_points", {"kernel": "cosine"}, "unknown kernel 'cosine': choose one of rbf, linear"),
        ("kernel_change_points", {"kernel": 3}, "kernel is 3: give text"),
        ("dkva", {"smoothing": -1}, "smoothing is -1"),
        ("dkva", {"kernel": "rbf"}, "unknown kernel 'rbf'"),
        ("dkva", {"length_scale": "mean"}, "unknown length_scale 'mean': choose one of median_squared"),
        ("sinkhorn", {"entropy": 0.0}, "entropy is 0.0: give a positive number"),
        ("sinkhorn", {"epochs": -1}, "epochs is -1"),
    ],
)
def test_bad_settings_are_one_line(method, given, message):
    with pytest.raises(ValueError, match=message) as caught:
        checked(find(method), given)
    assert "\n" not in str(caught.value)


def test_a_setting_without_default_must_be_given(package):
    source = "def cut(features, n_segments, *, width: float): return width"
    package("needy", {}, needy=source)
    method = Listed("needy", **FACTS | {"target": "needy:cut"})
    assert settings_of(method)[0].default is REQUIRED
    with pytest.raises(ValueError, match="needy needs a value of width: it has no default"):
        checked(method, {})
    assert checked(method, {"width": 2.5}) == {"width": 2.5}
    filled = dataclasses.replace(method, defaults={"width": 1.0})
    assert checked(filled, {}) == {"width": 1.0}


def test_types_come_from_annotations_or_defaults(package):
    source = "def cut(features, n_segments, a, b=2.5, c: 'int | None' = None, d=None, *more, **rest): ..."
    package("typed", {}, typed=source)
    found = settings_of(Listed("typed", **FACTS | {"target": "typed:cut"}))
    assert [(each.type, each.optional) for each in found] == [
        (str, False), (float, False), (int, True), (str, True),
    ]  # fmt: skip


def test_a_method_that_four_frames_cannot_be_cut_by_is_not_refused(package):
    source = """
        def long(features, n_segments, *, width: int = 2):
            if len(features) < 100:
                raise ValueError("give 100 frames")

        def broken(features, n_segments, *, width: int = 2):
            return features[100]
    """
    package("long", {}, long=source)
    for name in ("long", "broken"):
        method = Listed("long", **FACTS | {"target": f"long:{name}"})
        assert checked(method, {"width": 3}) == {"width": 3}


def test_the_settings_of_another_packages_method(package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    method = find("every_tenth")
    assert names("every_tenth") == ["step", "first", "shape"]
    assert settings_of(method)[0].about == "frames between two beginnings."
    with pytest.raises(ValueError, match="step is 0: give at least 1"):
        checked(method, {"step": 0})
