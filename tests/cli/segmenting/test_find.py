import click
import numpy as np
import pytest

from dkva.cli.segmenting.find import find_videos, mixed_folder, of_recordings
from dkva.cli.segmenting.further_files import EXPORTS, write_exports
from dkva.cli.segmenting.recording import RecordingFile
from dkva.cli.segmenting.recording_reading import RecordingReading
from dkva.datasets.reading import FeatureReading, LabelReading
from dkva.experiments.models import write_model
from dkva.export.documents import timed
from dkva.export.embedding import embedding_document, write_embedding

pytestmark = pytest.mark.fast

READING = RecordingReading(fps=2)


@pytest.fixture
def folder(tmp_path):
    for sub in ("features/tea", "groundTruth", "mapping"):
        (tmp_path / "data" / sub).mkdir(parents=True)
    for name in ("tea/P1", "P2"):
        np.save(tmp_path / "data/features" / f"{name}.npy", np.zeros((2, 2)))
    (tmp_path / "data/groundTruth/P1.txt").write_text("a\nb\n")
    (tmp_path / "data/mapping/mapping.txt").write_text("0 a\n1 b\n")
    return tmp_path / "data"


def found(*given, labels=None, mapping=None, reading=FeatureReading(), label_reading=LabelReading()):  # noqa: B008
    made = find_videos(given, labels, mapping, reading, label_reading)
    return {video.name: video for video in made.videos}, made.problems


def notes(*given):
    return find_videos(given, None, None, FeatureReading(), LabelReading()).notes


def test_a_folder_its_features_or_a_file(folder):
    both, problems = found(folder)
    assert (list(both), problems) == (["P2", "tea/P1"], [])
    assert list(found(folder / "features")[0]) == ["P2", "tea/P1"]
    assert list(found(folder / "features/tea/P1.npy")[0]) == ["P1"]
    assert both["P2"].labels_path is None


def test_how_files_are_read_goes_with_the_video(folder):
    reading, label_reading = FeatureReading(transposed=True, cache=False), LabelReading(lengths="pad")
    videos, _ = found(folder, reading=reading, label_reading=label_reading)
    assert {(each.reading, each.label_reading) for each in videos.values()} == {(reading, label_reading)}


def test_a_corrected_document_comes_first_and_a_note_says_so(folder):
    for name in ("P2.json", "P2.corrected.json", "P1.txt"):
        (folder / "groundTruth" / name).write_text("{}")
    made = find_videos((folder,), folder / "groundTruth", None, FeatureReading(), LabelReading())
    assert made.videos[0].labels_path == folder / "groundTruth/P2.corrected.json"
    assert made.notes == [f"{folder / 'groundTruth/P2.json'}: passed over, as P2.corrected.json is beside it"]


def test_labels_and_the_mapping_beside_them(folder):
    videos, problems = found(folder, labels=folder / "groundTruth")
    assert list(videos) == ["P2", "tea/P1"]
    assert videos["P2"].labels_path is None
    assert videos["tea/P1"].labels_path == folder / "groundTruth/P1.txt"
    assert videos["tea/P1"].label_reading.mapping == {"a": 0, "b": 1}
    assert videos["tea/P1"].label_reading.mapping_path == folder / "mapping/mapping.txt"
    (problem,) = problems
    assert problem.startswith(f"{folder}/groundTruth: has no labels for 'P2'; tried P2, P2.txt")
    one, _ = found(folder / "features/P2.npy", labels=folder / "groundTruth/P1.txt")
    assert one["P2"].labels_path == folder / "groundTruth/P1.txt"


def test_what_cannot_be_used_is_a_line_each_and_the_others_are_found(folder):
    np.savez(folder / "features/P2.npz", np.zeros((2, 2)))
    videos, problems = found(folder, folder / "none", folder / "groundTruth/P1.txt")
    assert list(videos) == ["P2", "tea/P1", "P1"]
    (first, second) = problems
    assert "has the name of" in first
    assert second == f"{folder}/none: not found; check the path"


def test_the_same_file_twice_is_one_video(folder):
    videos, problems = found(folder / "features/tea", folder / "features/tea/P1.npy")
    assert (list(videos), problems) == (["P1"], [])


def test_results_of_an_earlier_run_are_no_videos(folder):
    cuts = folder / "features/cuts"
    cuts.mkdir()
    for place in (cuts, folder / "features"):
        (place / "segments.csv").write_text("video,start,end,start_time\n")
        (place / "summary.csv").write_text("scope,name,label\n")
    (cuts / "P2.json").touch()
    (cuts / "P2.labels.txt").write_text("0\n")
    (cuts / "P1_with_P2.matches.csv").write_text("frame_a,frame_b,share\n0,0,1\n")
    (cuts / "P1_at_3.retrieved.csv").write_text("video,frame,distance\nP2,0,1\n")
    assert list(found(folder)[0]) == ["P2", "tea/P1"]
    assert notes(folder) == [f"{cuts}: passed over, as it holds results of dkva"]
    (cuts / "P2.json").unlink()  # without it nobody knows whose labels these are
    assert list(found(folder)[0]) == ["P2", "cuts/P2.labels", "tea/P1"]


def test_files_for_other_programs_are_no_videos(folder):
    doc = {"video": "features/P2", "frames": 8, "segments": [{"start": 0, "end": 8, "label": 0}]}
    write_exports(folder, timed(doc, 4.0), EXPORTS)
    assert list(found(folder)[0]) == ["P2", "tea/P1"]
    assert notes(folder) == []
    # By what is in them, not by their names alone.
    (folder / "features/P2.losslesscut.csv").write_text("0.5,1.5\n1,2\n")
    (folder / "features/P2.ffmetadata.txt").write_text("1 2\n")
    assert list(found(folder)[0]) == ["P2", "P2.ffmetadata", "P2.losslesscut", "tea/P1"]


def test_embedded_frames_are_videos_unless_they_lie_beside_others(folder):
    doc = embedding_document("P2", frames=2, features=2)
    place = folder / "features/embedded"
    write_embedding(place / "P2.json", doc, place / "P2.npy", np.zeros((2, 2)))
    assert list(found(folder)[0]) == ["P2", "tea/P1"]
    assert notes(folder) == [f"{place}: passed over, as it holds results of dkva"]
    assert list(found(place)[0]) == list(found(place / "P2.npy")[0]) == ["P2"]
    (place / "P2.json").write_text("{}")
    assert list(found(folder)[0]) == ["P2", "embedded/P2", "tea/P1"]


def test_a_folder_of_results_alone_is_said(folder):
    cuts = folder / "cuts"
    cuts.mkdir()
    (cuts / "segments.csv").write_text("video,start,end,start_time\n")
    assert found(cuts) == (
        {},
        [f"{cuts}: holds results of dkva, no features; give the folder of the features"],
    )


def test_kinds_that_are_not_read_are_counted_and_told(folder):
    for name in ("a.pt", "b.PT", "tea/c.mp4", ".hidden.pt", "d.json"):
        (folder / "features" / name).touch()
    (note,) = notes(folder)
    assert note.startswith(f"{folder}/features: passed over 3 files (1 .mp4, 2 .pt): ")
    assert "numpy.save" in note
    (folder / "films").mkdir()
    (folder / "films/a.mp4").touch()
    (problem,) = found(folder / "films")[1]
    assert "holds no feature files, only 1 file (1 .mp4); a video: dkva segment cuts it" in problem


@pytest.fixture
def films(tmp_path):
    """Two recordings, one of them in a folder, and a folder of images; names alone count."""
    films = tmp_path / "films"
    for place in ("b/c.MOV", "a.mp4", "frames/img1.png", "frames/img2.png", ".d.mp4", "notes.md"):
        (films / place).parent.mkdir(parents=True, exist_ok=True)
        (films / place).touch()
    return films


def recorded(*given, **more):
    made = find_videos(given, None, None, FeatureReading(), LabelReading(), recording=READING, **more)
    recordings = {video.name: video.path for video in made.videos if isinstance(video, RecordingFile)}
    assert made.recorded == bool(recordings)
    return recordings, [video.name for video in made.videos if video.name not in recordings], made


def test_recordings_are_files_folders_of_images_and_what_a_folder_holds_of_them(films):
    found, others, made = recorded(films)
    assert found == {"a": films / "a.mp4", "b/c": films / "b/c.MOV", "frames": films / "frames"}
    assert (others, made.problems) == ([], [])
    assert {video.recording for video in made.videos} == {READING}
    assert list(recorded(films / "b/c.MOV", films / "frames")[0]) == ["c", "frames"]
    for place in (films, films / "b/c.MOV", films / "frames"):
        assert of_recordings(place)


def test_a_file_whose_name_says_nothing_is_opened(films):
    pytest.importorskip("av", reason="PyAV is not installed: pip install 'dkva[video]'")
    from rendered import render

    render(films / "real.mp4", np.zeros((3, 16, 16, 3), np.uint8), rate=5)
    for name in ("noext", "odd.xyz"):
        (films / name).write_bytes((films / "real.mp4").read_bytes())
    (films / "text.abc").write_text("no recording\n")
    (films / "none.pt").touch()
    given = [films / name for name in ("noext", "odd.xyz", "text.abc", "none.pt")]
    recordings, others, made = recorded(*given)
    assert recordings == {"noext": films / "noext", "odd": films / "odd.xyz"}
    assert [of_recordings(path) for path in given] == [True, True, False, False]
    assert others == ["none"]  # whose reader says what such files are
    (problem,) = made.problems
    assert problem.startswith(
        f"{films / 'text.abc'}: is no known kind of feature file, and as a recording it is"
    )
    assert problem.endswith(", or give features, such as .npy, .npz, .csv or .txt")
    assert {"noext", "odd", "text"}.isdisjoint(recorded(films)[0])  # they were not named
    assert find_videos((films / "noext",), None, None, FeatureReading(), LabelReading()).recorded is False


def test_a_folder_of_a_single_image_is_told(films):
    (films / "frames/img2.png").unlink()
    _, _, made = recorded(films / "frames")
    assert made.problems == [
        f"{films / 'frames'}: holds a single image; give a recording, or a folder of two or more"
    ]


def test_a_still_image_is_taken_for_a_recording_so_that_it_is_told_what_it_is(films):
    assert list(recorded(films / "frames/img1.png")[0]) == ["img1"]


def test_recordings_of_one_name_are_told(films):
    (films / "a.mkv").touch()
    found, _, made = recorded(films)
    assert len(found) == 3
    (problem,) = made.problems
    assert problem == (
        f"{films / 'a.mp4'}: has the name of {films / 'a.mkv'}; remove one or take them in two runs"
    )


def test_beside_features_recordings_are_passed_over_and_a_note_says_how_to_cut_them(folder):
    (folder / "features/tea/c.mp4").touch()
    found, others, made = recorded(folder)
    assert (found, others) == ({}, ["P2", "tea/P1"])
    assert not of_recordings(folder)
    (note,) = made.notes
    assert "passed over 1 file (1 .mp4): a video: dkva segment cuts it if it is given itself" in note


@pytest.mark.parametrize("name", ["labels.txt", "v.npy"])
def test_images_beside_features_are_told(films, name):
    folder = films / "frames"
    (folder / name).touch()
    _, others, made = recorded(folder)
    problem, remedy = f"holds 2 images beside {name}", "move it away to cut the images, or give it alone"
    assert (others, made.problems) == ([name.split(".")[0]], [])
    assert made.notes == [f"{folder}: {problem}, which are passed over: {remedy}"]
    assert str(mixed_folder(folder)) == f"{folder}: {problem}; {remedy}"
    assert found(folder)[1] == []  # of features alone
    assert [mixed_folder(place) for place in (films / "a.mp4", films / "b")] == [None, None]


def test_images_beside_a_recording_are_told(films):
    (films / "frames/c.mp4").touch()
    found, _, made = recorded(films / "frames")
    assert list(found) == ["c"]
    (note,) = made.notes
    assert "passed over 2 images beside c.mp4: to cut them, too, give them a folder of their own" in note


def test_results_beside_recordings_are_none(films):
    """As of a second run in the folder of the recordings."""
    cuts = films / "dkva-out"
    (cuts / "b").mkdir(parents=True)
    (cuts / "segments.csv").write_text("video,start,end,start_time\n")
    for name in ("a", "b/c"):
        for suffix in (".json", ".png", ".levels.png", ".vtt"):
            (cuts / f"{name}{suffix}").touch()
    assert list(recorded(films)[0]) == ["a", "b/c", "frames"]
    assert of_recordings(films)
    (cuts / "segments.csv").unlink()
    assert list(recorded(films)[0]) == ["a", "b/c", "frames"]


def test_other_commands_take_features_alone(films):
    assert find_videos((films / "a.mp4",), None, None, FeatureReading(), LabelReading()).recorded is False


def test_models_are_passed_over(folder):
    before = found(folder)
    write_model(folder / "features" / "model.npz", {"means": np.eye(2)}, {})
    assert found(folder) == before
    np.savez(folder / "features" / "third.npz", X=np.eye(2))
    assert len(found(folder)[0]) == len(before[0]) + 1


def test_a_mapping_that_nobody_asked_for_stops_nothing(folder):
    (folder / "mapping/mapping.txt").write_text("a\n")
    videos, problems = found(folder, labels=folder / "groundTruth")
    assert len(videos) == 2
    assert any("mapping.txt" in problem for problem in problems)
    with pytest.raises(click.ClickException, match=r"mapping\.txt"):
        found(folder, labels=folder / "groundTruth", mapping=folder / "mapping/mapping.txt")


def test_one_table_of_dkva_is_labels_of_many_videos(folder):
    (folder / "segments.csv").write_text("video,start,end,label\n")
    videos, problems = found(folder, labels=folder / "segments.csv")
    assert {each.labels_path for each in videos.values()} == {folder / "segments.csv"}
    assert problems == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"labels": "none"}, "none: not found; check --labels"),
        ({"labels": "mapping/mapping.txt"}, "is one file for 2 videos; give a folder"),
        ({"mapping": "none"}, "none: not found"),
        ({"mapping": "groundTruth/P1.txt"}, "is no mapping"),
    ],
)
def test_labels_that_fit_no_video_stop_the_run(folder, more, message):
    with pytest.raises(click.ClickException, match=message):
        found(folder, **{name: folder / place for name, place in more.items()})


def test_clips_and_copies_of_an_earlier_run_are_no_videos(tmp_path):
    (tmp_path / "film.mp4").touch()
    (tmp_path / "film.json").write_text("{}")
    (tmp_path / "film.chapters.mp4").touch()
    (tmp_path / "film.clips").mkdir()
    (tmp_path / "film.clips/0001 00-00-00.000 a.mp4").touch()
    columns = "file,clip_start_time,clip_end_time,start,end,name,cut,recording"
    (tmp_path / "film.clips/clips.csv").write_text(columns + "\n")
    assert of_recordings(tmp_path)
    found = find_videos(
        (tmp_path,), None, None, FeatureReading(), LabelReading(), recording=RecordingReading()
    )
    assert [video.name for video in found.videos] == ["film"]
