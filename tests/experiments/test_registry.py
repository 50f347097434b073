import subprocess
import sys

import made_plugin
import numpy as np
import pytest

from dkva import KernelMeanSegmenter, baselines
from dkva.approximation.segmenter import VideoSegmenter
from dkva.baselines.long_smoothed_k_means import long_smoothed_kmeans
from dkva.experiments import registry
from dkva.experiments.method_settings import checked, settings_of
from dkva.experiments.registry import ABILITIES, LEARNER, SEGMENTER, Listed, find, lacking, listed

pytestmark = pytest.mark.fast

FACTS = {"label": "a", "about": "b", "reference": "c", "target": "d:e"}
FRAMES = np.random.default_rng(0).standard_normal((60, 3)).cumsum(axis=0)


def test_methods_of_the_library_are_listed_with_their_functions():
    methods, problems = listed()
    assert problems == []
    segmenters, _ = listed(SEGMENTER)
    by_others = ["uniform", "kmeans", "kernel_change_points", "tw_finch", "tw_finch_standardised"]
    by_others += ["smoothed_kmeans", "ward", "abd", "sam", "sticky_hmm", "spectral", "clasp"]
    assert list(segmenters) == ["dkva", "sinkhorn", *by_others, "asot_single", "kms"]
    assert methods.keys() - segmenters.keys() == listed(LEARNER)[0].keys()
    for each in methods.values():
        assert each.origin == "dkva"
        assert callable(registry.load(each.target))
    assert registry.load(find("dkva").estimator) is VideoSegmenter
    assert registry.load(find("kms").estimator) is KernelMeanSegmenter
    assert registry.load(find("smoothed_kmeans").together) is baselines.smoothed_kmeans_together
    assert registry.load(find("smoothed_kmeans").long) is long_smoothed_kmeans


@pytest.mark.parametrize("method", listed(LEARNER)[0])
def test_learners_say_what_their_models_do(method):
    listing = find(method)
    model = registry.load(listing.restore.removesuffix(".restore"))
    assert listing.does == tuple(ability for ability in ABILITIES if hasattr(model, ability))


def test_settings_of_learners_are_called_otherwise_than_what_their_training_is_given():
    for each in listed(LEARNER)[0].values():
        given = {"videos", "n_segments", "seed", "checkpoint"}
        assert not given & {setting.name for setting in settings_of(each)}, each.id


@pytest.mark.parametrize(
    "method", sorted({*baselines.__all__} - {"tw_finch_partitions", "smoothed_kmeans_together"})
)
def test_every_baseline_is_listed_and_labels_come_out(method):
    function = registry.load(find(method).target)
    assert function is getattr(baselines, method)
    if method == "clasp":  # claspy has an environment of its own: tests/baselines/test_clasp_change_points.py
        return
    np.testing.assert_array_equal(np.unique(function(FRAMES, 3)), [0, 1, 2])
    np.testing.assert_array_equal(function(FRAMES[:1], 1), [0])


def test_nothing_is_imported_until_it_is_used():
    code = (
        "import sys; from dkva.experiments import method_settings, registry; registry.listed(); "
        "method_settings.settings_of(registry.find('dkva')); "
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
        ({"check": "made"}, "'made' of method 'a' is no target"),
        ({"kind": LEARNER}, "learner 'a' has no restore"),
        ({"does": ("embeds",)}, "unknown ability 'embeds': choose one of segment, embed, align"),
    ],
)
def test_a_listing_checks_itself(changed, message):
    with pytest.raises(ValueError, match=message):
        Listed(**{"id": "a"} | FACTS | changed)


def test_a_function_that_is_not_there_is_one_line():
    with pytest.raises(ImportError, match="json has no nothing: update or remove the package that names it"):
        registry.load("json:nothing")


def test_an_unknown_method_lists_the_choices():
    with pytest.raises(ValueError, match="unknown method 'k_means': choose one of dkva, sinkhorn, uniform"):
        find("k_means")


def test_another_package_adds_a_method(package):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    method = find("every_tenth")
    assert method == listed()[0]["every_tenth"]
    assert method.origin == "tenths-of-a-video"
    assert "tenths" in sys.modules
    assert [each.name for each in settings_of(method)] == ["step", "first", "shape"]
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


def test_what_a_method_lacks_is_one_line_with_the_remedy():
    given = {"label": "x", "about": "x", "reference": "x", "target": "a:b"}
    assert lacking(Listed("none", **given)) is None
    assert lacking(Listed("there", needs={"numpy": "numpy"}, **given)) is None
    two = Listed("two", needs={"numpy": "numpy", "surely_absent": "surely-absent", "gone": "gone"}, **given)
    assert lacking(two) == (
        "method two needs surely-absent and gone, which are not installed: pip install surely-absent gone"
    )
    assert {each.id for each in listed()[0].values() if each.needs} >= {"sinkhorn", "sticky_hmm", "clasp"}
