import numpy as np
import pytest
import releases
from hypothesis import given
from hypothesis import strategies as st

from dkva.datasets import (
    BENCHMARKS,
    NO_LABEL,
    BrokenDataError,
    DataError,
    FeatureFolder,
    cache_folder,
    examine,
    problems,
    usable,
)
from dkva.datasets import text as text_module

pytestmark = pytest.mark.fast


def opened(root):
    return BENCHMARKS["breakfast"].open(root, strict=False)


def test_a_sound_data_set_has_none(tmp_path):
    videos = opened(releases.breakfast(tmp_path))
    assert list(problems(videos)) == []
    kept, skipped = usable(videos)
    assert (kept, skipped) == (list(videos), [])
    first = examine(videos)[0]
    assert (first.frames, first.features, first.labels, first.segments, first.actions) == (10, 4, 10, 2, 2)


def test_every_problem_comes_in_one_run_with_file_and_line(tmp_path):
    expected = releases.break_every_way(tmp_path)
    found = list(problems(opened(tmp_path)))
    assert [(error.path, error.line) for error in found] == [place[:2] for place in expected]
    for error, (path, line, part) in zip(found, expected, strict=True):
        assert part in str(error)
        assert str(error).startswith(f"{path}, line {line}: " if line else f"{path}: ")
        assert "\n" not in str(error)


def test_broken_videos_stop_a_run_or_are_left_out_by_name(tmp_path):
    expected = releases.break_every_way(tmp_path)
    videos = opened(tmp_path)
    with pytest.raises(BrokenDataError, match=r"10 problems in the data; .*--skip-broken") as caught:
        usable(videos)
    assert len(caught.value.problems) == len(expected) == 10
    for path, _, part in expected:
        assert any(str(path) in line and part in line for line in str(caught.value).splitlines())
    kept, skipped = usable(videos, skip_broken=True)
    assert [video.activity for video in kept] == ["coffee", "coffee", "sandwich"]
    assert skipped[1].below(tmp_path) == (
        "groundTruth/P06_cam01_P06_tea, line 4: label 'sli' is not in the mapping (as on 1 more line)"
    )
    assert str(tmp_path) not in "".join(error.below(tmp_path) for error in skipped)
    for video in kept:
        video.load()


def test_the_first_problem_of_each_video_is_what_loading_it_says(tmp_path):
    releases.break_every_way(tmp_path)
    for finding in examine(opened(tmp_path)):
        own = [error for error in finding.problems if "features a frame" not in str(error)]
        if not own:
            finding.video.load()
            continue
        with pytest.raises(DataError) as caught:
            finding.video.load()
        assert (caught.value.path, caught.value.line) == (own[0].path, own[0].line)


def test_a_bad_mapping_and_two_files_of_one_video(tmp_path):
    releases.breakfast(tmp_path)
    (tmp_path / "mapping/mapping.txt").write_text("0 SIL\nSIL\n")
    second = tmp_path / "features/coffee/P03_cam01_P03_coffee.npy"
    np.save(second, releases.frames_of(10))
    with pytest.raises(DataError, match=r"mapping\.txt, line 2"):
        FeatureFolder(tmp_path)
    videos = opened(tmp_path)
    assert [(error.path.name, error.line) for error in problems(videos)] == [
        ("mapping.txt", 2),
        (videos[0].broken[0].path.name, None),
    ]
    assert len(videos) == 3
    kept, skipped = usable(videos, skip_broken=True)
    assert (len(kept), len(skipped)) == (2, 2)


def test_too_few_frames_and_nothing_but_background(tmp_path):
    releases.add_video(tmp_path, "cpr/cpr_0001", ["1"] * 5)
    releases.add_video(tmp_path, "cpr/cpr_0002", ["-1"] * 9)
    first, second = problems(BENCHMARKS["yti"].open(tmp_path, strict=False))
    assert "has 5 frames for 6 segments" in str(first)
    assert "background alone" in str(second)


def test_a_length_policy_makes_unequal_counts_no_problem(tmp_path):
    videos = BENCHMARKS["hollywood_extended"].open(releases.hollywood(tmp_path), strict=False)
    assert list(problems(videos)) == []
    lengths = {video.name: [len(part) for part in video.load()] for video in videos}
    assert lengths == {"0001": [10, 10], "0002": [9, 9]}
    assert set(videos[1].load()[1][-3:]) == {"sit"}


def test_plain_videos(tmp_path):
    releases.breakfast(tmp_path)
    (tmp_path / "groundTruth/P03_cam01_P03_coffee").unlink()
    assert len(list(problems(FeatureFolder(tmp_path, strict=False)))) == 1
    loose = FeatureFolder(tmp_path, require_labels=False, strict=False)
    assert list(problems(loose)) == []
    assert examine(loose)[0].labels is None


def test_junk_in_place_of_labels_is_one_problem(tmp_path):
    releases.breakfast(tmp_path)
    junk = [str(number) for number in range(50)]
    (tmp_path / "groundTruth/P03_cam01_P03_coffee").write_text("\n".join(junk))
    first, *_ = problems(opened(tmp_path))
    assert "line 1: label '0' is not in the mapping, nor are 49 others" in str(first)


def test_text_is_parsed_once(tmp_path, monkeypatch):
    videos = opened(releases.breakfast(tmp_path))
    once = examine(videos)
    assert len(list(cache_folder().iterdir())) == 3

    def parse(path):
        raise AssertionError(path)

    monkeypatch.setattr("dkva.datasets.features.parse_text", parse)
    assert text_module.parse_text is not parse
    assert examine(videos) == once


@given(st.lists(st.sampled_from(["SIL", "pour_coffee", "", "x", "y"]), min_size=1, max_size=30))
def test_labels_are_wrong_at_their_first_line_or_right(tmp_path_factory, labels):
    root = tmp_path_factory.mktemp("labels")
    releases.add_mapping(root, ["SIL", "pour_coffee"])
    _, truth = releases.add_video(root, "tea/v", labels)
    while labels and not labels[-1]:  # blank lines at the end of a file are none
        labels.pop()
    wrong = [label for label in dict.fromkeys(labels) if label not in ("SIL", "pour_coffee")]
    found = list(problems(FeatureFolder(root, strict=False, lengths="trim", force=True)))
    if not labels:
        assert [error.problem for error in found] == ["is empty"]
        return
    assert [error.line for error in found] == [labels.index(label) + 1 for label in wrong]
    assert all(error.path == truth for error in found)


def test_lists_of_segments_are_labels_too(tmp_path):
    _, truth = releases.add_video(tmp_path, "v", ["0 4 a", "6 10 b"], frames=10)
    truth.write_text("0 4 a\n4 6 b\n8 10 a\n")
    (finding,) = examine(FeatureFolder(tmp_path))
    assert finding.problems == ()
    assert (finding.frames, finding.labels, finding.segments, finding.actions) == (10, 10, 3, 2)
    truth.write_text("0 4 a\n4 60 b\n")
    (finding,) = examine(FeatureFolder(tmp_path))
    assert finding.labels is None
    assert "ends at frame 60 of 10" in str(finding.problems[0])


def test_frames_without_a_label_are_a_problem_of_a_benchmark_alone(tmp_path):
    releases.breakfast(tmp_path)
    truth = tmp_path / "groundTruth/P03_cam01_P03_coffee"
    for text in (
        "0 3 SIL\n3 6 pour_coffee\n8 10 SIL\n",
        "label,x\n" + "SIL,1\n" * 6 + ",2\n" + "SIL,3\n" * 3,
    ):
        truth.write_text(text)
        (found,) = problems(opened(tmp_path))
        assert found.path == truth
        assert found.problem == "leaves frame 6 (from 0) without a label"
        with pytest.raises(DataError, match="leaves frame 6"):
            opened(tmp_path)[0].load()
        assert list(problems(FeatureFolder(tmp_path))) == []
        assert FeatureFolder(tmp_path)[0].load()[1][6] == NO_LABEL


def test_labels_by_number_are_translated(tmp_path):
    releases.breakfast(tmp_path)
    (tmp_path / "groundTruth/P03_cam01_P03_coffee").write_text("0\n" * 4 + "1\n" * 6)
    videos = opened(tmp_path)
    assert list(problems(videos)) == []
    assert videos[0].load()[1].tolist() == ["SIL"] * 4 + ["pour_coffee"] * 6


def test_large_differences_are_a_problem_under_a_policy_too(tmp_path):
    releases.add_video(tmp_path, "v", ["a"] * 50 + ["b"] * 50, frames=300)
    (found,) = problems(FeatureFolder(tmp_path, lengths="trim"))
    assert "has 100 labels for 300 frames: 1 for 3?; resample" in str(found)
    assert list(problems(FeatureFolder(tmp_path, lengths="resample"))) == []
