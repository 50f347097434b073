"""Pictures of keypoints wait for what they show; drawn in the test of the table, from what it stores."""

import pytest

from dkva.experiments.experiment import Outcome
from reproduce import pictures
from reproduce.base.store import publish
from reproduce.collections.supervised import KEYPOINTS, SPLIT_SETS
from reproduce.tables.supervised import lengths_table

pytestmark = pytest.mark.fast


def test_pictures_wait_for_their_rows(tmp_path):
    with pytest.raises(FileNotFoundError, match=KEYPOINTS):
        pictures.keypoints_assembled(tmp_path)
    with pytest.raises(FileNotFoundError, match="holds no table_rtk_lengths"):
        pictures.overlaps_by_length(tmp_path)


def test_curves_are_the_means_of_the_rows(tmp_path):
    for key in ("breakfast_like", "gtea"):
        rows = [
            {"dataset": "d", "video": f"v{i}", "method": "m", "longest": longest}
            | {"miou": 0.5 + 0.01 * longest + 0.1 * i, "matched": 1.0}
            for i in range(3)
            for longest in (8, 16)
        ]
        publish(lengths_table(SPLIT_SETS[key], "c"), Outcome(rows, {}, 0), {}, tmp_path)
    picture = pictures.overlaps_by_length(tmp_path)
    first, second = picture.figure.axes
    assert second.get_title() == "GTEA"
    (line,) = first.containers
    assert line.lines[0].get_ydata() == pytest.approx([68, 76])
    assert [label.get_text() for label in first.get_xticklabels()] == ["8", "16"]
