import json

import alignment_releases as releases
import numpy as np
import pytest

from dkva.datasets import DataError
from dkva.datasets.alignment_checking import check_alignment, sets_in

pytestmark = pytest.mark.fast


def test_what_is_found_and_differs(tmp_path):
    releases.pouring(tmp_path / "pouring")
    (report,) = check_alignment(tmp_path, ["pouring"])
    (found,) = report.activities
    lengths = [len(releases.labels_of(index, 5)) for index in range(3)]
    assert (found.train, found.test, found.phases, found.features, found.joints) == (2, 1, 5, 6, 0)
    assert (found.frames, found.longest, found.unphased) == (sum(lengths) / 3, max(lengths), 0)
    assert report.differs == {"pouring": {"train": 70, "test": 14}}
    assert (report.problems, report.notes, report.layout) == ((), [], "carl")


def test_published_numbers_do_not_differ(tmp_path):
    (report,) = check_alignment(releases.h2o_own(tmp_path), ["h2o"])
    assert report.differs == {}
    assert (report.problems, report.activities[0].joints) == ((), 42)
    (report,) = check_alignment(releases.h2o_own(tmp_path / "few", frames=4), ["h2o"])
    assert report.differs == {"pouring_milk": {"phases": 10}}


def test_background_and_parameters_are_noted(tmp_path):
    releases.ikea_records(tmp_path)
    releases.penn_records(tmp_path)
    ikea, penn = check_alignment(tmp_path, ["ikea_asm", "penn_action"])
    (found,) = ikea.activities
    assert (found.phases, found.joints, found.features) == (17, 17, 51)
    background = sum(int((releases.labels_of(index, 18) == 0).sum()) for index in (0, 1, 2, 0, 1))
    assert ikea.notes == [f"{background} frames are of no phase and are left out of the metrics"]
    assert penn.notes == [
        "poses are parameters of a body model, taken as they are: joints come from that model alone"
    ]


def test_features_that_are_missing_are_one_problem(tmp_path):
    releases.pouring(tmp_path / "pouring", features=False)
    (report,) = check_alignment(tmp_path, ["pouring"])
    (problem,) = report.problems
    assert "a_real_view_0.npy: not found, nor those of 2 more videos; compute features" in str(problem)
    (found,) = report.activities
    assert (found.train, found.phases, found.features) == (2, 5, None)


def test_other_widths_and_lengths_are_problems(tmp_path):
    root = releases.pouring(tmp_path)
    n = len(releases.labels_of(0, 5))
    np.save(root / "features" / "a_real_view_0.npy", np.ones((n, 7), np.float32))
    np.save(root / "features" / "b_real_view_0.npy", np.ones((n + 5, 6), np.float32))
    (report,) = check_alignment(root, ["pouring"])
    shown = [str(problem) for problem in report.problems]
    assert any("labels of pouring/b_real_view_0 for" in problem for problem in shown)
    assert any("has videos of pouring with 6 and 7 features a frame" in problem for problem in shown)
    assert report.activities[0].features is None


def test_a_report_for_each_layout(tmp_path):
    releases.penn_lists(tmp_path / "penn_action")
    releases.penn_records(tmp_path / "npyrecords")
    carl, casa = check_alignment(tmp_path, ["penn_action"])
    assert (carl.layout, casa.layout) == ("carl", "casa")
    assert (len(carl.activities), len(casa.activities)) == (13, 13)
    empty = carl.activities[1]
    assert (empty.train, empty.frames, empty.longest, empty.phases) == (0, None, None, 0)
    assert casa.differs["bench_press"] == {"train": 113, "test": 57}  # its list differs from CARL's
    assert carl.differs["bench_press"] == {"train": 69, "test": 71, "phases": 2}


def test_documents(tmp_path):
    releases.pouring(tmp_path / "pouring")
    (tmp_path / "pouring" / "val.pkl").write_bytes(b"")
    pouring, h2o = (
        json.loads(json.dumps(each.as_dict())) for each in check_alignment(tmp_path, ["pouring", "h2o"])
    )
    assert pouring["folder"] == str(tmp_path / "pouring")
    assert pouring["found"]["pouring"]["train"] == 2
    assert pouring["published"] == {"pouring": {"train": 70, "test": 14, "phases": 5}}
    assert pouring["problems"][0]["file"] == str(tmp_path / "pouring" / "val.pkl")
    assert (h2o["folder"], h2o["layout"], h2o["found"], h2o["differs"]) == (None, None, {}, {})


def test_what_a_folder_holds(tmp_path):
    assert sets_in(tmp_path) == sets_in(tmp_path / "none") == []
    releases.pouring(tmp_path / "pouring")
    releases.ikea_records(tmp_path / "npyrecords")
    assert sets_in(tmp_path) == ["pouring", "ikea_asm"]
    assert sets_in(tmp_path / "pouring") == ["pouring"]
    (tmp_path / "pouring").rename(tmp_path / "mine")  # may be PennAction's, by its files
    assert sets_in(tmp_path / "mine") == []


def test_wrong_calls(tmp_path):
    with pytest.raises(ValueError, match="unknown data set 'tea': choose one of pouring"):
        check_alignment(tmp_path, ["tea"])
    with pytest.raises(DataError, match="is no folder"):
        check_alignment(tmp_path / "none", ["h2o"])


def test_videos_are_watched(tmp_path):
    seen = []

    def watch(videos, title):
        seen.append((len(videos), title))
        return videos

    check_alignment(releases.pouring(tmp_path), ["pouring"], watch=watch)
    assert seen == [(3, "Pouring")]
