import json
import subprocess
import sys

import alignment_releases
import pytest
import releases
import supervised_releases

from dkva.cli.data import _NAMES, _TO_ALIGN, _WITH_SPLITS
from dkva.datasets import ALIGNMENT_SETS, BENCHMARKS, SUPERVISED_SETS

pytestmark = pytest.mark.fast


def test_sound_data_sets_are_a_table_and_status_0(dkva, tmp_path):
    releases.all_six(tmp_path)
    code, text, errors = dkva("data", "check", tmp_path)
    assert (code, errors) == (0, "")
    assert "3 ≠ (1712)" in text
    assert "Hollywood Extended: 2 videos have up to 2 labels" in text
    for benchmark in BENCHMARKS.values():
        assert benchmark.title in text
        assert str(tmp_path / benchmark.folders[0]) in text


def test_what_is_missing_is_said_and_no_error(dkva, tmp_path):
    releases.breakfast(tmp_path / "Breakfast")
    code, text, errors = dkva("data", "check", tmp_path)
    assert (code, errors) == (0, "")
    assert "YouTube Instructions: not found; folder YouTubeInstructions, release of Kukleva" in text


def test_broken_files_are_each_named_and_status_2(dkva, tmp_path):
    expected = releases.break_every_way(tmp_path / "Breakfast")
    code, text, errors = dkva("data", "check", tmp_path)
    assert code == 2
    assert "12 ≠ (1712)" in text
    lines = errors.splitlines()
    assert len(lines) == len(expected)
    for line, (path, number, part) in zip(lines, expected, strict=True):
        assert line.startswith(f"error: {path}, line {number}: " if number else f"error: {path}: ")
        assert part in line


def test_json(dkva, tmp_path):
    releases.break_every_way(tmp_path / "Breakfast")
    code, text, errors = dkva("data", "check", tmp_path, "--datasets", "yti,breakfast", "--json")
    assert code == 2
    assert "holds no YouTube Instructions" in errors
    yti, breakfast = json.loads(text)
    assert yti["folder"] is None
    assert [problem["line"] for problem in breakfast["problems"]][1:4] == [4, 10, 6]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["{root}/none"], "none: is no folder"),
        (["{root}/empty"], "holds none of the data sets; name their folders 50Salads, MPIICooking"),
        (["{root}", "--datasets", "yti"], "holds no YouTube Instructions; name its folder"),
        (["{root}", "--datasets", "tea"], "unknown data set 'tea': choose one of 50salads"),
        (["{root}", "--datasets", "h2o"], "holds no H2O (pouring milk); name its folder h2o"),
        (["{root}/mine"], "say so with --datasets"),
        (["{root}/Breakfast", "--datasets", "yti"], "is the folder of Breakfast"),
        ([], "Missing argument"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_says_what_to_do(dkva, tmp_path, arguments, part):
    (tmp_path / "empty").mkdir()
    releases.breakfast(tmp_path / "Breakfast")
    releases.breakfast(tmp_path / "mine")
    code, _, errors = dkva("data", "check", *(argument.format(root=tmp_path) for argument in arguments))
    assert code == 2
    assert part in errors
    assert all(line.startswith("error: ") for line in errors.splitlines())


def test_without_a_cache(dkva, tmp_path, cache_dir):
    releases.breakfast(tmp_path / "Breakfast")
    assert dkva("data", "check", tmp_path, "--no-cache")[0] == 0
    assert not cache_dir.exists()


@pytest.mark.parametrize("command", [["data"], ["data", "check"]])
def test_help_has_an_example(dkva, command):
    code, text, _ = dkva(*command, "--help")
    assert code == 0
    assert "dkva data check DATA" in text


def test_the_names_are_the_librarys():
    assert tuple(BENCHMARKS) == _NAMES
    assert tuple(ALIGNMENT_SETS) == _TO_ALIGN
    assert tuple(SUPERVISED_SETS) == _WITH_SPLITS


def test_data_sets_to_align_are_a_table_of_activities(dkva, tmp_path):
    releases.breakfast(tmp_path / "Breakfast")
    alignment_releases.pouring(tmp_path / "pouring")
    alignment_releases.ikea_records(tmp_path / "npyrecords")
    code, text, errors = dkva("data", "check", tmp_path)
    assert (code, errors) == (0, "")
    assert "3 ≠ (1712)" in text
    assert "Pouring, carl" in text
    assert "2 ≠ (70)" in text
    assert "kallax_shelf_drawer" in text
    assert f"Pouring: {tmp_path / 'pouring'}, train.pkl and val.pkl of CARL's release" in text
    assert "frames are of no phase" in text
    assert "H2O (pouring milk): not found; folder h2o, the release of CASA" in text


@pytest.mark.parametrize("option", ["--datasets", "--benchmark"])
def test_the_folder_of_one_to_align(dkva, tmp_path, option):
    alignment_releases.pouring(tmp_path / "pouring")
    for arguments in ([], [option, "pouring"]):
        code, text, errors = dkva("data", "check", tmp_path / "pouring", *arguments)
        assert (code, errors) == (0, "")
        assert "Pouring, carl" in text
        assert "Breakfast" not in text
        assert "PennAction" not in text


def test_broken_files_to_align_are_each_named(dkva, tmp_path):
    alignment_releases.pouring(tmp_path / "pouring", features=False)
    (tmp_path / "pouring" / "val.pkl").write_bytes(b"<html>")
    code, text, errors = dkva("data", "check", tmp_path, "--datasets", "pouring,h2o,yti", "--json")
    assert code == 2
    assert [each["name"] for each in json.loads(text)] == ["yti", "pouring", "h2o"]
    lines = errors.splitlines()
    assert lines[0].startswith(f"error: {tmp_path / 'pouring' / 'val.pkl'}: is refused")
    assert "a_real_view_0.npy: not found, nor those of 1 more videos; compute features of a_real" in lines[1]
    assert lines[2].endswith("holds no YouTube Instructions; name its folder YouTubeInstructions or YTI")
    assert lines[3].endswith("holds no H2O (pouring milk); name its folder h2o or h2o_casa")
    assert len(lines) == 4


def test_data_sets_with_splits_are_a_table_of_splits(dkva, tmp_path):
    releases.breakfast(tmp_path / "Breakfast")
    supervised_releases.released(tmp_path / "gtea")
    supervised_releases.released(tmp_path / "breakfast with splits" / "breakfast")
    code, text, errors = dkva("data", "check", tmp_path)
    assert (code, errors) == (0, "")
    assert "3 ≠ (1712)" in text
    (row,) = (" ".join(line.split()) for line in text.splitlines() if line.strip().startswith("GTEA  "))
    assert row == "GTEA 4 ≠ (28) 4 ≠ (11) 30 6 ≠ (2048) 2 ≠ (4) 1 2 2"
    assert f"GTEA, with splits: {tmp_path / 'gtea'}\n" in text
    assert "GTEA, with splits: split 1: 1 class of the mapping is in no training video: stir" in text
    assert "50 Salads, with splits: not found; folder 50salads, release of Farha & Gall" in text
    both = dkva("data", "check", tmp_path / "breakfast with splits", "--datasets", "breakfast", "--json")
    assert both[0] == 0
    assert [(each["name"], each["layout"]) for each in json.loads(both[1])] == [("breakfast", "splits")]


def test_both_releases_of_a_name_are_checked(dkva, tmp_path):
    releases.salads(tmp_path / "50Salads")
    supervised_releases.released(tmp_path / "50_salads")
    code, text, errors = dkva("data", "check", tmp_path, "--datasets", "50salads", "--json")
    assert (code, errors) == (0, "")
    assert [each["folder"] for each in json.loads(text)] == [
        str(tmp_path / "50Salads"),
        str(tmp_path / "50_salads"),
    ]


@pytest.mark.parametrize("name", ["gtea", "breakfast", "kitchen"])
def test_the_folder_of_one_with_splits(dkva, tmp_path, name):
    root = supervised_releases.released(tmp_path / name)
    code, text, errors = dkva("data", "check", root)
    assert (code, errors) == (0, "")
    assert f", with splits: {root}" in text
    assert "not found" not in text
    (root / "splits" / "train.split2.bundle").write_text("none.txt\n")
    code, _, errors = dkva("data", "check", root)
    assert code == 2
    assert errors == (
        f"error: {root / 'splits' / 'train.split2.bundle'}, line 1: names 'none', without a feature file in "
        "features/; get it, or take the line out\n"
    )


def test_a_release_that_lacks_its_splits_is_known_by_its_name(dkva, tmp_path):
    root = supervised_releases.released(tmp_path / "gtea")
    for path in (root / "splits").iterdir():
        path.unlink()
    for place in (root, tmp_path):
        code, _, errors = dkva("data", "check", place)
        assert code == 2
        assert errors.startswith(f"error: {root / 'splits'}: holds no splits; get train.split1.bundle")
    code, _, errors = dkva("data", "check", tmp_path, "--datasets", "breakfast")
    assert errors == f"error: {tmp_path}: holds no Breakfast; name its folder Breakfast\n"


def test_it_does_not_wait_for_jax(tmp_path):
    loaded = (
        "import sys, dkva.cli.main; from dkva.datasets import check; check(sys.argv[1]); "
        "sys.exit(any(m in sys.modules for m in ('jax', 'sklearn')))"
    )
    command = [sys.executable, "-c", loaded, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.data
def test_real_breakfast_videos(dkva, data_root):
    code, text, errors = dkva("data", "check", data_root / "breakfast_sample", "--datasets", "breakfast")
    assert (code, errors) == (0, "")
    assert "3 ≠ (1712)" in text
