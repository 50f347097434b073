import dataclasses
import subprocess
import sys

import made_plugin
import numpy as np
import pytest

from dkva import baselines
from dkva.approximation.segmenter import VideoSegmenter, segment_video
from dkva.approximation.settings import Settings
from dkva.experiments import registry
from dkva.experiments.registry import LEARNER, REQUIRED, SEGMENTER, Listed, checked, find, listed, settings_of

pytestmark = pytest.mark.fast

FACTS = {"label": "a", "about": "b", "reference": "c", "target": "d:e"}
FRAMES = np.random.default_rng(0).standard_normal((60, 3)).cumsum(axis=0)


def names(method):
    return [each.name for each in settings_of(find(method))]


def test_methods_of_the_library_are_listed_with_their_functions():
    methods, problems = listed()
    assert problems == []
    assert list(methods) == ["dkva", "sinkhorn", "uniform", "kmeans", "kernel_change_points", "tw_finch"]
    for each in methods.values():
        assert (each.kind, each.origin) == (SEGMENTER, "dkva")
        assert registry.id_of(registry.load(each.target)) == each.id
    assert listed(LEARNER)[0] == {}
    assert registry.load(find("dkva").estimator) is VideoSegmenter


@pytest.mark.parametrize("method", sorted({*baselines.__all__} - {"tw_finch_partitions"}))
def test_every_baseline_is_listed_and_labels_come_out(method):
    function = registry.load(find(method).target)
    assert function is getattr(baselines, method)
    np.testing.assert_array_equal(np.unique(function(FRAMES, 3)), [0, 1, 2])
    np.testing.assert_array_equal(function(FRAMES[:1], 1), [0])


def test_a_function_that_is_not_listed_has_no_id():
    assert registry.id_of(names) is None
    assert registry.id_of(segment_video) == "dkva"


def test_nothing_is_imported_until_it_is_used():
    code = (
        "import sys; from dkva.experiments import registry; registry.listed(); "
        "registry.settings_of(registry.find('dkva')); "
        "print([name for name in ('jax', 'sklearn', 'ruptures', 'dkva.baselines') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "oracle"}, "unknown kind of method 'oracle': choose one of segmenter, learner"),
        ({"id": "K-means"}, "method id 'K-means': give small letters"),
        ({"about": ""}, "about of method 'a' is '': give one line"),
        ({"reference": "two\nlines"}, "give one line"),
        ({"target": "made.methods.split"}, "'made.methods.split' of method 'a' is no target"),
        ({"settings": ("made",)}, "'made' of method 'a' is no target"),
        ({"estimator": "made"}, "'made' of method 'a' is no target"),
    ],
)
def test_a_listing_checks_itself(changed, message):
    with pytest.raises(ValueError, match=message):
        Listed(**{"id": "a"} | FACTS | changed)


def test_an_unknown_method_lists_the_choices():
    with pytest.raises(ValueError, match="unknown method 'k_means': choose one of dkva, sinkhorn, uniform"):
        find("k_means")


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


def test_another_package_adds_a_method(package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    method = find("every_tenth")
    assert method == listed()[0]["every_tenth"]
    assert method.origin == "tenths-of-a-video"
    assert "tenths" in sys.modules
    assert names("every_tenth") == ["step", "first", "shape"]
    assert settings_of(method)[0].about == "frames between two beginnings."
    with pytest.raises(ValueError, match="step is 0: give at least 1"):
        checked(method, {"step": 0})


@pytest.mark.parametrize(
    ("target", "source", "message"),
    [
        (
            "bad:LISTED",
            "raise OSError('no\\nlicence')",
            r"cannot be imported \(OSError: no licence\): update",
        ),
        ("absent:LISTED", "", r"cannot be imported \(ModuleNotFoundError"),
        ("bad:LISTED", "LISTED = 3", "is int: bad-package must give a dkva.experiments.registry.Listed"),
        (
            "bad:LISTED",
            "from dkva.experiments.registry import Listed\nLISTED = Listed('b', 'b', 'b', 'b', 'b:b')",
            "has the id 'b': bad-package must name its entry point likewise",
        ),
    ],
)
def test_a_broken_package_is_one_line_and_the_others_are_listed(package, target, source, message):
    package("bad-package", {"dkva.methods": {"bad": target}}, bad=source)
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    methods, problems = listed()
    assert {"kmeans", "every_tenth"} <= methods.keys()
    assert "bad" not in methods
    (problem,) = problems
    assert problem.startswith(f"method 'bad' of bad-package ({target}) ")
    assert "\n" not in problem
    with pytest.raises(ValueError, match=message):
        find("bad")
    assert find("every_tenth").id == "every_tenth"


def test_an_id_taken_twice_is_refused_with_both_origins(package):
    own = {"dkva.methods": {"kmeans": "tenths:LISTED"}}
    package("better-kmeans", own, tenths=made_plugin.SOURCE)
    package("tenths-of-a-video", made_plugin.ENTRY)
    package("other-tenths", made_plugin.ENTRY)
    methods, problems = listed()
    assert problems == [
        "the method id 'every_tenth' is taken by other-tenths and tenths-of-a-video: one of them must choose "
        "another",
        "the method id 'kmeans' is taken by dkva and better-kmeans: one of them must choose another",
    ]
    assert "every_tenth" not in methods
    assert methods["kmeans"] == find("kmeans")
    assert find("kmeans").origin == "dkva"
    with pytest.raises(ValueError, match="other-tenths and tenths-of-a-video"):
        find("every_tenth")
