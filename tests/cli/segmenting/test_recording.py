"""Recordings in `dkva segment`: from the file to documents that count its own frames."""

import json
import os
import shutil
import signal
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("av", reason="PyAV is not installed: pip install 'dkva[video]'")

from rendered import render

from dkva.base.segmentation import Segmentation
from dkva.base.segments import segments
from dkva.cli.segmenting.recording import (
    RecordingFile,
    expanded,
    expanded_levels,
    own_rate,
    recording_source,
    sampled,
    watched_by,
)
from dkva.cli.segmenting.recording_reading import RecordingReading
from dkva.cli.segmenting.work import read_video
from dkva.export.boris import boris
from dkva.export.documents import source_of
from dkva.export.elan import eaf
from dkva.export.subtitles import webvtt
from dkva.recordings.encoders import default_encoder
from dkva.recordings.pixels import Pixels
from dkva.recordings.reading import Recording

pytestmark = pytest.mark.fast

#: Scenes of seconds of 10 frames each: 0 comes back.
SCENES = [(0, 30), (1, 40), (0, 20), (2, 50)]
TRUTH = np.concatenate([np.full(n, scene) for scene, n in SCENES])
EDGES = [0, 30, 70, 90, 140]

PIXELS = ("--encoder", "pixels", "--size", "8")


def frames(truth=TRUTH, height=32, width=48):
    draw = np.random.default_rng(0)
    scenes = draw.integers(0, 256, (3, 4, 6, 3)).repeat(height // 4, 1).repeat(width // 6, 2)
    noise = draw.integers(-6, 7, (len(truth), height, width, 3))
    return np.clip(scenes[truth] + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Recordings: at equal distances, at changing ones, cut short, and what is none."""
    folder = tmp_path_factory.mktemp("films")
    render(folder / "even.mp4", frames(), rate=10, options={"g": "10"})
    times = np.cumsum([0, *np.random.default_rng(1).integers(60, 141, len(TRUTH) - 1)]) + 500
    render(folder / "changing.mkv", frames(), rate=10, pts=times.tolist(), time_base=Fraction(1, 1000))
    folder.with_name("times.json").write_text(
        json.dumps([(time - times[0]) / 1000 for time in times.tolist()])
    )
    whole = (folder / "changing.mkv").read_bytes()
    (folder / "short.mkv").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "text.mp4").write_text("no recording\n")
    render(folder / "three.mp4", frames(TRUTH[:3]), rate=10)
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def document(out, name):
    return json.loads((out / f"{name}.json").read_text())


def runs(doc, *names):
    return [tuple(run[name] for name in names) for run in doc["segments"]]


def test_boundaries_are_told_in_the_recordings_own_frames_and_seconds(dkva, films, out):
    code, _, errors = dkva(
        "segment", films / "even.mp4", "-k", 3, *PIXELS, "--out", out, "--export", "vtt", "--export", "srt"
    )
    assert code == 0, errors
    doc = document(out, "even")
    assert (doc["frames"], doc["features"], doc["frames_per_second"]) == (140, 8 * 8 * 3, 10)
    assert [label for (label,) in runs(doc, "label")] == [0, 1, 0, 2]
    found = [start for (start,) in runs(doc, "start")]
    assert np.abs(np.subtract(found, EDGES[:-1])).max() <= 2  # a sample is two frames
    assert runs(doc, "start_time", "end_time") == [(a / 10, b / 10) for a, b in runs(doc, "start", "end")]
    known = {"samples": 70, "samples_per_second": 5, "encoder": "pixels", "codec": "h264", "width": 48}
    assert known.items() <= doc["recording"].items()
    assert doc["source"] == source_of(films / "even.mp4")
    assert str(films) not in json.dumps(doc)
    assert (out / "even.vtt").read_text().startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:0")
    assert (out / "even.srt").read_text().startswith("1\n00:00:00,000 --> 00:00:0")
    assert "method smoothed_kmeans" in errors
    assert "encoder" not in errors  # it was named


def test_changing_distances_of_frames_have_their_exact_times(dkva, films, out):
    options = ("--fps", 8, "--labels", films.parent / "truth.txt", "--levels", "2-4", "--method", "kms")
    (films.parent / "truth.txt").write_text("".join(f"{scene}\n" for scene in TRUTH))
    code, _, errors = dkva("segment", films / "changing.mkv", "-k", 3, *PIXELS, "--out", out, *options)
    assert code == 0, errors
    doc = document(out, "changing")
    times = json.loads(films.with_name("times.json").read_text())  # players count from the first frame
    for part in (doc, *doc["levels"]):
        assert part["segments"][-1]["end"] == len(TRUTH)
        starts = runs(part, "start", "start_time")
        assert [time for _, time in starts] == pytest.approx([times[start] for start, _ in starts], abs=2e-3)
    assert doc["scores"]["mof"] > 0.97
    assert doc["levels"][1]["segments"] == [
        {name: run[name] for name in ("start", "end", "label", "start_time", "end_time")}
        for run in doc["segments"]
    ]


def test_times_of_labels_are_of_the_recordings_own_rate(dkva, films, out, tmp_path):
    """Not of the frames that are taken."""
    edges = np.array(EDGES) / 10
    lines = [f"{a}\t{b}\tscene{s}\n" for a, b, (s, _) in zip(edges[:-1], edges[1:], SCENES, strict=True)]
    (tmp_path / "even.txt").write_text("".join(["start\tend\tlabel\n", *lines]))
    code, _, errors = dkva(
        *("segment", films / "even.mp4", "-k", 3, *PIXELS, "--out", out, "--fps", 4),
        *("--labels", tmp_path / "even.txt", "--shortest", "1s", "--frame-labels", "txt"),
    )
    assert code == 0, errors
    doc = document(out, "even")
    assert doc["scores"]["mof"] > 0.95
    assert {name for (name,) in runs(doc, "name")} == {"scene0", "scene1", "scene2"}
    assert (doc["shortest"], doc["settings"]["smoothing"]) == (1, pytest.approx(0.2 * 4 * 3 / 56))
    assert len((out / "even.labels.txt").read_text().splitlines()) == 140


def test_a_second_cut_does_not_decode_again(dkva, films, out, monkeypatch):
    encoded = []
    whole = Pixels.__call__
    monkeypatch.setattr(Pixels, "__call__", lambda self, got: encoded.append(len(got)) or whole(self, got))
    line = ("segment", films / "even.mp4", *PIXELS, "--out", out)
    dkva(*line, "-k", 3)
    assert sum(encoded) == 70
    for said, *more in (("kept 1 done", 3), ("segmented 1", 3, "--method", "ward"), ("segmented 1", 2)):
        code, text, _ = dkva(*line, "-k", *more)
        assert (code, sum(encoded)) == (0, 70)
        assert said in text
    dkva(*line, "-k", 3, "--fps", 10)
    assert sum(encoded) == 70 + 140
    dkva(*line, "-k", 3, "--no-cache")
    assert sum(encoded) == 70 + 140 + 70


def test_ctrl_c_is_one_line_and_the_next_run_goes_on(films, out, monkeypatch, capsys):
    from dkva.cli import main as module

    encoded = []
    whole = Pixels.__call__

    def stopped(self, got):
        if sum(encoded) > 60:
            raise KeyboardInterrupt
        encoded.append(len(got))
        return whole(self, got)

    def left(status):
        raise SystemExit(status)

    line = ["segment", str(films / "even.mp4"), "-k", "3", *PIXELS, "--fps", "10", "--out", str(out)]
    monkeypatch.setattr(module.os, "_exit", left)
    monkeypatch.setattr(Pixels, "batch", 8)
    monkeypatch.setattr(Pixels, "__call__", stopped)
    with pytest.raises(SystemExit) as stop:
        module.main(line)
    assert stop.value.code == 130
    said = capsys.readouterr().err.strip()
    assert said == "error: stopped; what was done is kept, run the same command to go on"
    monkeypatch.setattr(Pixels, "__call__", lambda self, got: encoded.append(len(got)) or whole(self, got))
    with pytest.raises(SystemExit) as stop:
        module.main(line)
    assert (stop.value.code, sum(encoded)) == (0, 140)


def test_what_cannot_be_used_is_a_line_and_the_others_are_cut(dkva, films, out):
    code, text, errors = dkva("segment", films, "-k", 4, *PIXELS, "--out", out, "--missing", "error")
    assert (code, text) == (2, "")
    assert errors == (
        "error: --missing: is of feature files, and none is given, only recordings; leave it out\n"
    )
    code, text, errors = dkva("segment", films / "text.mp4", "-k", 4, *PIXELS, "--out", out)
    assert (code, text, out.exists()) == (2, "segmented 0; failed 1\n", False)
    given = [films / name for name in ("even.mp4", "text.mp4", "three.mp4", "short.mkv")]
    code, text, errors = dkva("segment", *given, "-k", 4, *PIXELS, "--out", out)
    assert code == 2
    assert "segmented 2; failed 2" in text
    told = [line for line in errors.splitlines() if line.startswith("error: ")]
    all_taken = dkva("segment", films / "three.mp4", "-k", 4, *PIXELS, "--out", out, "--fps", 10)[2]
    assert f"{films / 'three.mp4'}: has 3 frames for 4 segments; ask for at most 3 with -k\n" in all_taken
    assert len(told) == 2
    assert told[0].startswith(f"error: {films / 'text.mp4'}: ")
    assert told[1] == (
        f"error: {films / 'three.mp4'}: gives 1 frame for 4 segments; ask for at most 1 with -k, or take "
        "more by a higher --fps"
    )
    assert sorted(path.name for path in out.glob("*.json")) == ["even.json", "short.json"]
    assert document(out, "short")["reading"]["notes"]
    assert document(out, "short")["frames"] < len(TRUTH)


def test_two_recordings_of_one_name_are_a_line_and_one_is_cut(dkva, films, out, tmp_path):
    shutil.copy(films / "even.mp4", tmp_path / "even.mov")
    code, text, errors = dkva(
        "segment", films / "even.mp4", tmp_path / "even.mov", "-k", 3, *PIXELS, "--out", out
    )
    assert code == 2
    assert "segmented 1;" in text
    assert f"error: {tmp_path / 'even.mov'}: has the name of {films / 'even.mp4'}; remove one" in errors


def test_a_folder_of_images_has_times_if_it_is_told_its_rate(dkva, films, out, tmp_path):
    import av

    folder = tmp_path / "images"
    folder.mkdir()
    for number, image in enumerate(frames()[::5]):
        with av.open(str(folder / f"img{number}.png"), "w", format="image2") as container:
            stream = container.add_stream("png", rate=1)
            stream.height, stream.width, stream.pix_fmt = *image.shape[:2], "rgb24"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            container.mux(stream.encode(None))
    line = ("segment", folder, "-k", 3, *PIXELS, "--out", out)
    code, _, errors = dkva(*line)
    assert code == 0, errors
    doc = document(out, "images")
    assert runs(doc, "start", "label") == [(0, 0), (6, 1), (14, 0), (18, 2)]
    assert "start_time" not in doc["segments"][0]
    assert {"frames_per_second", "shortest"}.isdisjoint(doc)
    assert doc["settings"]["smoothing"] == 1 / 12  # the method's own
    code, _, errors = dkva(*line, "--shortest", "2s")
    assert (code, errors) == (
        2,
        f"error: --shortest: needs times, and {folder} has none; give --fps, its images a second\n",
    )
    code, _, errors = dkva(*line, "--shortest", "2s", "--fps", 2)
    assert code == 0, errors
    assert runs(document(out, "images"), "start_time") == [(0,), (3,), (7,), (9,)]


def test_recordings_are_cut_together(dkva, films, out):
    code, _, errors = dkva(
        *("segment", films / "even.mp4", films / "changing.mkv", "-k", 3, *PIXELS, "--out", out),
        *("--together", "--shortest", "1s"),
    )
    assert code == 0, errors
    first, second = document(out, "even"), document(out, "changing")
    assert first["together"] == second["together"]
    assert runs(first, "label") == runs(second, "label") == [(0,), (1,), (0,), (2,)]
    assert first["frames"] == second["frames"] == 140
    assert first["shortest"] == 1


def test_nothing_leaves_the_machine(films, out, cache):
    """The whole command, the default encoder's network included, without a network interface."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this system lets nobody refuse the network: unshare --net")
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"
    assert subprocess.run([*alone, sys.executable, "-c", probe], capture_output=True).returncode
    line = [sys.executable, "-m", "dkva", "segment", films / "even.mp4", "-k", "3", "--out", out]
    name, _ = default_encoder()
    size = ["--size", "32"] if name == "efficientnet-lite0" else []
    done = subprocess.run([*alone, *line, *size], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert document(out, "even")["recording"]["encoder"] == name


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_run_leaves_nothing_half_written(dkva, films, out, tmp_path):
    """Killed with half of the document on the disk; the next run gives what an undisturbed one does."""
    line = ["segment", str(films / "even.mp4"), "-k", "3", *PIXELS, "--out"]
    script = (
        "import os, signal, tempfile\n"
        "from dkva.cli.main import main\n"
        "make = tempfile.NamedTemporaryFile\n"
        "def made(*given, **more):\n"
        "    file = make(*given, **more)\n"
        "    whole = file.write\n"
        "    def write(text):\n"
        "        if '\"video\"' not in str(text): return whole(text)\n"
        "        whole(text[: len(text) // 2])\n"
        "        file.flush()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    file.write = write\n"
        "    return file\n"
        "tempfile.NamedTemporaryFile = made\n"
        f"main({[*line, str(out)]!r})\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (part,) = out.iterdir()  # it was killed while it wrote
    assert part.name not in ("even.json", "segments.csv")
    assert part.stat().st_size > 0
    assert dkva(*line, out)[0] == dkva(*line, tmp_path / "undisturbed", "--no-cache")[0] == 0
    assert document(out, "even") == document(tmp_path / "undisturbed", "even")
    assert (out / "segments.csv").read_bytes() == (tmp_path / "undisturbed/segments.csv").read_bytes()


def test_where_a_run_stands_is_told_in_seconds_and_when_it_ends(films):
    told = []
    video = RecordingFile("tea/even", films / "even.mp4", recording=RecordingReading("pixels", cache=False))
    with watched_by(lambda *where: told.append(where)):
        found = video.read()
    assert {name for name, _, _ in told[:-1]} == {"tea/even"}
    assert told[-2][1] <= told[-2][2] == pytest.approx(14)
    assert told[-1] == ("", 0, None)
    assert own_rate(found) == 10
    told.clear()
    video.read()
    assert told == []
    assert video.load()[1] is None
    np.testing.assert_array_equal(video.load_features(), found.features)


def test_labels_in_seconds_count_own_frames(films):
    video = RecordingFile("even", films / "even.mp4")
    times = np.array([0, 0.1, 0.4])
    timed = video.timed_by(Recording(None, np.array([0, 2]), times, 5, {}, ())).label_reading
    assert (timed.fps, timed.times.tolist()) == (5, times.tolist())
    untimed = Recording(None, np.array([0, 2]), None, None, {}, ())
    assert own_rate(untimed) is None
    assert video.timed_by(untimed).label_reading.times is None


def test_labels_in_seconds_go_by_the_times_of_frames(tmp_path):
    """20 frames in the first second, 5 a second from then on."""
    truth = np.repeat([0, 1, 2], 20)
    times = [*range(20), *range(20, 180, 4)]
    path = render(tmp_path / "slower.mkv", frames(truth), rate=20, pts=times)
    (tmp_path / "slower.csv").write_text("start,end,label\n0,1,a\n1,5,b\n5,8.85,c\n")
    recording = RecordingReading("pixels", size=8, cache=False)
    video = RecordingFile("slower", path, tmp_path / "slower.csv", recording=recording)
    read = read_video(video)
    assert read.worked.truth_problem is None
    assert read.worked.truth.tolist() == ["abc"[scene] for scene in truth]
    (note,) = read.worked.notes
    assert "each at its own time" in note


def test_a_folder_of_images_is_told_by_names_and_contents(tmp_path):
    folder = tmp_path / "film"
    folder.mkdir()
    for name in ("b.png", "a.png", "notes.md"):
        (folder / name).write_text(name)
    source = recording_source(RecordingFile("film", folder))
    assert (source["file"], source["bytes"], len(source["blake2b"])) == ("film", 10, 32)
    (folder / "b.png").rename(folder / "c.png")
    assert recording_source(RecordingFile("film", folder))["blake2b"] != source["blake2b"]


LABELS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1).filter(
    lambda each: any(count for _, count in each)
)


@given(LABELS)
@settings(max_examples=50)
def test_labels_of_samples_become_labels_of_own_frames(drawn):
    """By the definition: each own frame has what its sample has; samples of a gap have none."""
    labels, counts = (np.array(each) for each in zip(*drawn, strict=True))
    edges = np.concatenate([[0], np.cumsum(counts)])
    owners = [sample for sample, count in enumerate(counts) for _ in range(count)]
    sure = np.linspace(0, 1, len(labels))
    made = expanded(Segmentation(labels, 3, "kms", margins=sure, confidence=None), edges)
    assert made.labels.tolist() == [labels[owner] for owner in owners]
    assert made.margins.tolist() == [sure[owner] for owner in owners]
    assert (made.confidence, made.n_features) == (None, 3)
    level = {"n_segments": 3, "segments": [run._asdict() for run in segments(labels)]}
    (own,) = expanded_levels([level], edges)
    assert own == {"n_segments": 3, "segments": [run._asdict() for run in segments(made.labels)]}


def test_own_frames_become_samples_and_these_own_frames_again():
    edges = np.array([0, 3, 4, 4, 8])  # no frame is of sample 2: it shows frame 3
    assert sampled(np.arange(8), edges).tolist() == [1, 3, 3, 6]
    labels = np.repeat([5, 6, 7, 8], np.diff(edges))
    assert np.repeat(sampled(labels, edges), np.diff(edges)).tolist() == labels.tolist()
    assert sampled(np.arange(2), np.array([0, 0, 2])).tolist() == [0, 1]


@pytest.mark.parametrize("film", ["even.mp4", "changing.mkv"])
def test_a_corrected_cut_goes_round_without_loss(dkva, films, out, film):
    """Read back from the document, ELAN, BORIS or subtitles, each frame has the label that it was given."""
    path, name = films / film, film.partition(".")[0]
    dkva("segment", path, "-k", 3, *PIXELS, "--out", out)
    doc, times = document(out, name), read_video(recording_file(path)).worked.times
    first, second, *rest = doc["segments"]
    first |= {"end": first["end"] - 3, "name": "pour the <milk> & wait"}
    second |= {"start": first["end"], "label": 7, "margin": None}
    doc["segments"] = [first, second, *({**run, "name": "rest"} for run in rest)]
    for run in doc["segments"]:
        run |= {"start_time": round(times[run["start"]], 6), "end_time": round(times[run["end"]], 6)}
    doc |= {"key": "", "corrected": {"of": doc["key"], "level": 3}}
    (out / f"{name}.corrected.json").write_text(json.dumps(doc))
    for kind, written in {"eaf": eaf(doc, [film]), "boris": boris(doc, [film]), "vtt": webvtt(doc)}.items():
        (out / f"mended.{kind}").write_text(written, encoding="utf-8")
    ends = [run["end"] for run in doc["segments"]]
    expected = np.repeat(["pour the <milk> & wait", "Action 7", "rest", "rest"], np.diff([0, *ends]))
    for labels in (out, *(out / f"mended.{kind}" for kind in ("eaf", "boris", "vtt"))):
        options = (*PIXELS, "--out", out.parent / f"again{labels.suffix}", "--labels", labels)
        code, _, errors = dkva("segment", path, "-k", 3, *options)
        assert code == 0, errors
        assert ("passed over, as" in errors) == (labels == out)
        label_path = out / f"{name}.corrected.json" if labels == out else labels
        assert read_video(recording_file(path, label_path)).worked.truth.tolist() == expected.tolist()
        scored = document(out.parent / f"again{labels.suffix}", name)
        wrong = 3 + ends[2] - ends[1]  # what was moved, and the third segment, which has another name now
        assert scored["scores"]["mof"] == pytest.approx(1 - wrong / len(TRUTH), abs=1e-6)


def recording_file(path, labels=None):
    return RecordingFile(path.stem, path, labels, recording=RecordingReading("pixels", size=8))
