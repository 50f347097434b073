"""A model's answer is checked, and its size before."""

from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pytest

from dkva.cli.aligning.match import MOST_PAIRS, Aligned, aligned, check_size
from dkva.cli.segmenting.model import ModelWay
from dkva.datasets import VideoFile
from dkva.experiments.registry import find

pytestmark = pytest.mark.fast

WAY = ModelWay(find("asot"), 3, 0, {})
PAIR = tuple(VideoFile(name, Path(f"{name}.npy")) for name in "vw")
GOOD = {"assignment": np.full((2, 3), 0.25), "unmatched_x": np.full(2, 0.25), "unmatched_y": np.zeros(3)}


def answer(**parts):
    """What is made of a model's answer to videos of two and of three frames."""
    model = SimpleNamespace(align=lambda x, y: SimpleNamespace(**GOOD | parts))
    return aligned(WAY, model, np.ones((2, 4)), np.ones((3, 4)))


def test_shares_are_of_the_mass_of_each_frame():
    found = answer(assignment=np.array([[1.0, 0, 1], [0, 0, 0]]), unmatched_x=np.array([2.0, 0]))
    np.testing.assert_array_equal(found.shares, [[0.25, 0, 0.25], [0, 0, 0]])
    assert isinstance(found, Aligned)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"assignment": np.zeros((3, 2))}, "assignment of shape (3, 2) (float64)"),
        ({"assignment": np.zeros((2, 3), int)}, "assignment of shape (2, 3) (int64)"),
        ({"unmatched_x": np.array([0, np.nan])}, "unmatched_x of shape (2,) (float64)"),
        ({"unmatched_y": np.array([0, -1.0, 0])}, "unmatched_y of shape (3,) (float64)"),
    ],
)
def test_an_answer_that_is_no_alignment_is_refused(part, said):
    with pytest.raises(click.ClickException) as caught:
        answer(**part)
    assert str(caught.value).startswith(f"asot gave {said}: dkva must give finite masses (")


def test_a_model_that_fails_is_one_line():
    def fail(x, y):
        raise RuntimeError("no\nmemory")

    with pytest.raises(click.ClickException, match=r"^asot: RuntimeError: no memory$"):
        aligned(WAY, SimpleNamespace(align=fail), np.ones((2, 4)), np.ones((3, 4)))


def test_videos_that_memory_does_not_hold_are_refused_with_what_helps():
    check_size(PAIR, (MOST_PAIRS // 100, 100))
    with pytest.raises(click.ClickException) as caught:
        check_size(PAIR, (12_000, 9_000))
    assert str(caught.value) == (
        f"v.npy: has 12000 frames, and w.npy 9000: 108000000 pairs of frames, and memory is taken for "
        f"{MOST_PAIRS}; align some frames alone with --every 3"
    )
    check_size(PAIR, (4_000, 3_000))
    with pytest.raises(click.ClickException, match=r"--every 2$"):
        check_size(PAIR, (MOST_PAIRS + 1, 1))
