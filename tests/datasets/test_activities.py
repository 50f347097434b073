import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.datasets import BENCHMARKS
from dkva.datasets.activities import activity_in

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("name", "activity"),
    [
        ("P03_cam01_P03_coffee", "coffee"),
        ("P03_stereo01_P03_scrambledegg", "scrambledegg"),
        ("P03_webcam02_P03_friedegg", "friedegg"),
        ("tea/P03_webcam02_P03_friedegg", "tea"),
        ("cam01/P03_cam01_P03_tea", "tea"),
        ("P03_cam01_P03_teapot", None),
        ("P03_tea_coffee", None),
    ],
)
def test_activities_of_folders_and_of_flat_names(name, activity):
    assert activity_in(name, BENCHMARKS["breakfast"].authors) == activity


@given(st.sampled_from(["breakfast", "yti"]), st.data())
def test_flat_names_of_all_activities(name, data):
    activity = data.draw(st.sampled_from(sorted(BENCHMARKS[name].authors)))
    person = data.draw(st.integers(1, 999))
    flat = f"P{person:02}_cam01_P{person:02}_{activity}" if name == "breakfast" else f"{activity}_{person:04}"
    assert activity_in(flat, BENCHMARKS[name].authors) == activity
