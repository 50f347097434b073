import json
from dataclasses import replace

import pytest
import releases

from dkva.datasets import BENCHMARKS, DataError, Table1, check

pytestmark = pytest.mark.fast


def by_name(reports):
    return {report.benchmark.name: report for report in reports}


def test_all_six(tmp_path):
    reports = by_name(check(releases.all_six(tmp_path)))
    assert list(reports) == list(BENCHMARKS)
    assert all(report.root is not None and not report.problems for report in reports.values())
    assert reports["breakfast"].found == {
        "videos": 3,
        "frames": pytest.approx(32 / 3),
        "segments": 2,
        "features": 4,
        "runs": pytest.approx(7 / 3),
    }
    assert reports["breakfast"].differs == ["videos", "frames", "segments", "features"]
    assert reports["hollywood_extended"].notes == [
        "2 videos have up to 2 labels more or fewer than frames; they are fitted (authors)"
    ]
    assert reports["50salads"].notes == ["no classes in mapping/ for granularity high"]


@pytest.mark.parametrize(("frames", "differs"), [(10, []), (11, []), (12, ["frames"])])
def test_what_agrees_with_table_1(tmp_path, frames, differs):
    releases.breakfast(tmp_path / "Breakfast")
    (report,) = check(tmp_path, ["breakfast"])
    table1 = Table1(videos=3, frames=frames, segments=2, features=4)
    assert replace(report, benchmark=replace(report.benchmark, table1=table1)).differs == differs


def test_what_is_missing(tmp_path):
    releases.breakfast(tmp_path / "Breakfast")
    reports = by_name(check(tmp_path))
    assert [name for name, report in reports.items() if report.root is not None] == ["breakfast"]
    assert (reports["yti"].differs, reports["yti"].notes) == ([], [])


def test_the_folder_of_one(tmp_path):
    releases.yti(tmp_path / "YTI")
    (report,) = check(tmp_path / "YTI")
    assert report.benchmark.name == "yti"
    releases.yti(tmp_path / "mine")
    with pytest.raises(DataError, match="say so with --datasets"):
        check(tmp_path / "mine")
    (report,) = check(tmp_path / "mine", ["yti"])
    assert len(report.findings) == 2


def test_wrong_calls(tmp_path):
    with pytest.raises(DataError, match="is no folder"):
        check(tmp_path / "none")
    with pytest.raises(ValueError, match="unknown data set 'brekfast'"):
        check(tmp_path, ["brekfast"])


def test_problems_of_a_set_do_not_hide_the_others(tmp_path):
    releases.all_six(tmp_path)
    (tmp_path / "YTI").mkdir()  # a second folder for one data set
    (tmp_path / "50Salads/mapping/mappingeval.txt").write_text("0 cut_tomato\n")
    for path in (tmp_path / "DesktopAssemble/features").iterdir():
        path.unlink()
    expected = releases.break_every_way(tmp_path / "Breakfast")
    reports = by_name(check(tmp_path))
    assert [(e.path, e.line) for e in reports["breakfast"].problems] == [place[:2] for place in expected]
    assert "holds YTI and YouTubeInstructions" in str(reports["yti"].problems[0])
    assert "no class for cut_cheese, mix" in str(reports["50salads"].problems[0])
    assert "no feature files" in str(reports["desktop_assembly"].problems[0])
    assert reports["hollywood_extended"].problems == ()


def test_labels_of_no_video(tmp_path):
    releases.breakfast(tmp_path / "Breakfast")
    (tmp_path / "Breakfast/groundTruth/P99_cam01_P99_tea").write_text("SIL\n")
    (report,) = check(tmp_path, ["breakfast"])
    assert report.notes == ["1 label files belong to no video, such as P99_cam01_P99_tea"]


def test_reports_are_json(tmp_path):
    releases.break_every_way(tmp_path / "Breakfast")
    breakfast, yti = json.loads(json.dumps([r.as_dict() for r in check(tmp_path, ["breakfast", "yti"])]))
    assert breakfast["problems"][1]["line"] == 4
    assert breakfast["table1"]["videos"] == 1712
    assert (yti["folder"], yti["found"]) == (None, None)


def test_it_can_be_watched(tmp_path):
    seen = []

    def watch(videos, title):
        for video in videos:
            seen.append((title, video.name))
            yield video

    check(releases.all_six(tmp_path), ["yti"], watch=watch)
    assert seen == [("YouTube Instructions", f"{a}/{a}_0001") for a in ("changing_tire", "cpr")]


@pytest.mark.data
def test_real_breakfast_videos(data_root):
    (report,) = check(data_root / "breakfast_sample", ["breakfast"])
    assert report.problems == ()
    assert report.found["videos"] == 3
    assert report.found["frames"] == pytest.approx((917 + 1119 + 571) / 3)
    assert report.differs == ["videos", "frames", "segments"]
