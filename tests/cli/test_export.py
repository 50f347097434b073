import csv
import json

import pytest
from click.testing import CliRunner
from rendered import numbered, render

from dkva.cli.export import export

RUNS = [
    {"start": 0, "end": 20, "start_time": 0.0, "end_time": 0.666667, "label": 0, "name": "pour"},
    {"start": 20, "end": 60, "start_time": 0.666667, "end_time": 2.0, "label": 1},
]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return render(tmp_path_factory.mktemp("films") / "film.mp4", numbered(60), rate=30, options={"g": "10"})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def cut(path, film=None, **more):
    doc = {
        "format": 2, "video": "film", "method": "kms", "frames": 60, "segments": RUNS, "key": "",
        "settings": {"n_segments": 2}, "corrected": {"of": "k"},
    }  # fmt: skip
    if film is not None:
        doc |= {
            "source": {"file": film.name, "bytes": film.stat().st_size},
            "recording": {"encoder": "pixels", "samples_per_second": 5.0},
        }
    path.write_text(json.dumps(doc | more))
    return path


def run(*arguments):
    return CliRunner().invoke(export, [str(each) for each in arguments], standalone_mode=False)


def test_a_corrected_cut_of_features_is_written_beside_it(folder):
    (folder / "film.vtt").write_text("of the first cut")
    done = run(cut(folder / "film.corrected.json"), "--export", "vtt", "--export", "losslesscut")
    assert done.return_value == 0, done.output
    assert "pour" in (folder / "film.corrected.vtt").read_text()
    assert (folder / "film.corrected.losslesscut.csv").exists()
    assert (folder / "film.vtt").read_text() == "of the first cut"
    assert done.output.endswith("exported 1\n")


def test_the_recording_is_found_beside_the_cut_or_above_it(folder, film, tmp_path):
    place = cut(folder / "film.corrected.json", film)
    assert "its recording film.mp4 lies neither beside it" in run(place, "--chapters").output
    (tmp_path / "film.mp4").write_bytes(film.read_bytes())
    done = run(place, "--chapters", "--clips", "--reencode", "--out", tmp_path / "made")
    assert done.return_value == 0, done.output
    assert (tmp_path / "made/film.corrected.chapters.mp4").exists()
    rows = list(csv.DictReader((tmp_path / "made/film.corrected.clips/clips.csv").open()))
    assert [(row["name"], row["start"], row["end"]) for row in rows] == [
        ("pour", "0", "20"),
        ("Action 1", "20", "60"),
    ]
    (tmp_path / "film.mp4").write_bytes(film.read_bytes() + b"another one")
    assert run(place, "--chapters").return_value == 2
    other = run(place, "--chapters", "--recording", film)
    assert other.return_value == 0
    assert "is not the file that" in other.output
    long = render(tmp_path / "long.mp4", numbered(120), rate=30)
    done = run(place, "--chapters", "--recording", long)
    assert done.return_value == 2
    assert "lasts 4.0 s, and the cut" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("good",), "Nothing to write: give --export KIND, --chapters or --clips"),
        (("good", "--export", "vtt", "--reencode"), "--reencode: is of --clips; give both, or leave it out"),
        (
            ("good", "good", "--clips", "--recording", "x"),
            "--recording: is one file for 2 cuts; give one cut",
        ),
        (("good", "--clips", "--recording", "x"), "x: not found; check --recording"),
        (("good", "--clips", "--recording", "."), "is a folder; give a file of video"),
        (("good", "good", "--export", "vtt"), "has the name of"),
        (("none.json", "--export", "vtt"), "none.json: not found; give a NAME.json, or NAME.corrected.json"),
        (("bad.json", "--export", "vtt"), "is no cut as dkva segment and its page write them"),
        (("times.json", "--export", "vtt"), "times.json: is no cut as dkva segment and its page write them"),
        (("new.json", "--export", "vtt"), "is of format 9"),
        (("timeless.json", "--export", "vtt"), "has no times; cut again with --fps"),
    ],
)
def test_what_cannot_be_exported_is_one_line(folder, arguments, said):
    good = cut(folder / "good.json")
    cut(folder / "new.json", format=9)
    cut(folder / "timeless.json", segments=[{"start": 0, "end": 60, "label": 0}])
    cut(folder / "times.json", segments=[RUNS[0], RUNS[1] | {"end_time": "abc"}])
    (folder / "bad.json").write_text("[]")
    given = [
        good if each == "good" else folder / each if each.endswith(".json") else each for each in arguments
    ]
    done = run(*given)
    assert said in str(done.exception)


def test_features_have_no_chapters_and_the_others_are_exported(folder, film):
    (folder / "film.mp4").write_bytes(film.read_bytes())
    done = run(cut(folder / "a.json"), cut(folder / "b.json", film), "--chapters")
    assert done.return_value == 2
    assert "a.json: is of features, which have no recording of their own" in done.output
    assert (folder / "b.chapters.mp4").exists()
    assert done.output.endswith("exported 1; failed 1\n")


def test_what_was_edited_elsewhere_is_not_replaced(folder):
    place = cut(folder / "a.json")
    assert run(place, "--export", "eaf").return_value == 0
    edited = folder / "a.eaf"
    edited.write_text(edited.read_text().replace("pour", "pour slowly"))
    done = run(place, "--export", "eaf", "--export", "vtt")
    assert done.return_value == 2
    assert "a.eaf: was edited, or is not dkva's, and would be replaced; move it away" in done.output
    assert "pour slowly" in edited.read_text()
    assert (folder / "a.vtt").exists()


def test_a_folder_of_others_is_left_alone(folder, film):
    (folder / "film.mp4").write_bytes(film.read_bytes())
    (folder / "a.clips").mkdir()
    (folder / "a.clips/mine.txt").touch()
    done = run(cut(folder / "a.json", film), "--clips")
    assert done.return_value == 2
    assert "a.clips: is there and is no result of dkva" in done.output
