"""The two videos of `dkva align`."""

import click
import numpy as np
import pytest

from dkva.cli.aligning.pair import check_activity, check_two, pair_of
from dkva.datasets.reading import FeatureReading

pytestmark = pytest.mark.fast


@pytest.fixture
def pair(tmp_path):
    def made(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            np.save(tmp_path / name, np.eye(2))
        return pair_of([tmp_path / name for name in names], FeatureReading())

    return made


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (("v.npy", "w.npy"), ["v", "w"]),
        (("a/v.npy", "b/w.npy"), ["v", "w"]),
        (("a/v.npy", "b/v.npy"), ["a/v", "b/v"]),
        (("a/c/v.npy", "b/c/v.npy"), ["a/c/v", "b/c/v"]),
        (("c/v.npy", "c/c/v.npy"), None),
        (("v.npy", "v.npy"), ["v", "v"]),
    ],
)
def test_videos_have_the_shortest_names_that_differ(pair, tmp_path, files, names):
    found = [video.name for video in pair(*files)]
    assert found == (names or [f"{tmp_path.name}/c/v", "c/c/v"])


def test_files_that_differ_in_their_endings_alone_keep_them(pair, tmp_path):
    (tmp_path / "v.txt").write_text("1 2\n")
    assert [video.name for video in pair("v.npy", "v.txt.npy")] == ["v", "v.txt"]
    np.save(tmp_path / "v.npy", np.eye(2))
    found = pair_of([tmp_path / "v.npy", tmp_path / "v.txt"], FeatureReading())
    assert [video.name for video in found] == ["v.npy", "v.txt"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["v.npy"], "v.npy: 1 video where two are needed; give the feature files of the two videos to align"),
        (
            ["v.npy"] * 3,
            "v.npy: 3 videos where two are needed; give the feature files of the two videos to align",
        ),
        (["v.npy", "nowhere.npy"], "nowhere.npy: not found; check the path"),
        (["v.npy", "."], ": is a folder; give the feature files of the two videos to align"),
    ],
)
def test_what_are_not_two_files_is_refused(pair, tmp_path, given, said):
    pair("v.npy", "v.npy")
    with pytest.raises(click.ClickException) as caught:
        check_two([tmp_path / name for name in given])
    assert str(caught.value).endswith(said)
    check_two([tmp_path / "v.npy"] * 2)


@pytest.mark.parametrize(
    ("files", "activity", "said"),
    [
        (("v.npy", "w.npy"), "tea", None),
        (("v.npy", "w.npy"), None, None),
        (("features/v.npy", "more/w.npy"), "tea", None),
        (("s1_broth_1.npy", "s2_broth_2.npy"), "broth", None),
        (("coffee/v.npy", "w.npy"), "coffee", None),
        (("x/broth/v.npy", "x/broth/w.npy"), "broth", None),
        (("P3_coffee.npy", "w.npy"), "tea", "{0}: is of coffee, and the model was trained on tea; give a"),
        (("w.npy", "coffee/v.npy"), "broth", "{1}: is of coffee, and the model was trained on broth; give a"),
        (("x/broth/v.npy", "x/soup/w.npy"), "broth", "{1}: is of soup, and the model was trained on broth;"),
        (("P3_tea.npy", "P3_coffee.npy"), None, "{0}: is of tea, and {1} of coffee; give videos of one"),
        (("P3_tea.npy", "P4_tea.npy"), None, None),
    ],
)
def test_videos_of_several_activities_are_refused(pair, files, activity, said):
    found = pair(*files)
    if said is None:
        check_activity(found, activity)
        return
    with pytest.raises(click.ClickException) as caught:
        check_activity(found, activity)
    assert str(caught.value).startswith(said.format(*(video.path for video in found)))
    assert str(caught.value).endswith("or --mixed")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("x/broth/v.npy", "x/broth/w.npy"), None),
        (("v.npy", "w.npy"), None),
        (("x/broth/v.npy", "x/soup/w.npy"), "{0}: is of broth, and {1} of soup; give videos of one activity"),
        (
            ("x/broth/v.npy", "x/jam/w.npy"),
            "{1}: is of jam, and the model was trained on broth, soup; give a video of one of them, or",
        ),
    ],
)
def test_a_model_of_several_activities_aligns_videos_of_one_of_them(pair, files, said):
    found = pair(*files)
    if said is None:
        check_activity(found, None, ["broth", "soup"])
        return
    with pytest.raises(click.ClickException) as caught:
        check_activity(found, None, ["broth", "soup"])
    assert str(caught.value).startswith(said.format(*(video.path for video in found)))
