"""Data sets that are made from settings."""

from dataclasses import replace

import pytest

from reproduce.collections import many_activities, moving5, one_activity
from synthetic import many_activities as maker_of_many_activities
from synthetic import moving5 as maker_of_moving5
from synthetic import one_activity as maker_of_one_activity


@pytest.mark.parametrize(
    ("collection", "settings"),
    [
        (moving5, maker_of_moving5.Settings(videos=2)),
        (one_activity, maker_of_one_activity.Settings(train=1, test=1)),
        (many_activities, maker_of_many_activities.Settings(activities=1, train=1, test=1)),
    ],
)
def test_a_data_set_is_made_once_and_again_if_it_is_damaged(collection, settings, tmp_path):
    place, checksum = collection.dataset(settings, tmp_path)
    path = place / "test" / "frames.npy"
    before = path.stat().st_mtime_ns
    assert collection.dataset(settings, tmp_path) == (place, checksum)
    assert path.stat().st_mtime_ns == before
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(body)
    assert collection.dataset(settings, tmp_path) == (place, checksum)
    assert path.read_bytes() != bytes(body)
    other, _ = collection.dataset(replace(settings, travel=1.0), tmp_path)
    assert other != place
