"""Recordings of drawn scenes from file to boundaries: what is cut is what was drawn."""

import itertools
import json
from dataclasses import replace

import pytest

from synthetic.drawn_scenes import Settings, drawn
from synthetic.recordings import write_recording

av = pytest.importorskip("av", reason="PyAV is not installed: pip install av")

RATE = 25


def recorded(folder, settings):
    """A scene as a recording, its labels beside it, and (start in seconds, name) of each true segment."""
    scene = drawn(settings)
    write_recording(folder / "scene.mp4", scene.frames(), rate=RATE)
    names = [f"action{label + 1}" for label in scene.labels.tolist()]
    (folder / "scene.txt").write_text("".join(f"{name}\n" for name in names))
    starts = [0, *(i for i in range(1, len(names)) if names[i] != names[i - 1])]
    return len(names), [(start / RATE, names[start]) for start in starts]


def cues(path):
    """(start, end, text) of each cue, in seconds, as FFmpeg reads them."""
    with av.open(str(path)) as container:
        return [
            (float(p.pts * p.time_base), float((p.pts + p.duration) * p.time_base), bytes(p).decode())
            for p in container.demux(subtitles=0)
            if p.size
        ]


FOUR = Settings(actions=4, shortest=2.5, longest=5.0, rate=RATE, height=120, width=160, drift=0.0)
THREE = replace(FOUR, actions=3, shortest=1.2, longest=1.8, drift=1.0)  # a network takes its time


@pytest.mark.parametrize(
    ("settings", "options", "sampled"),
    [
        (FOUR, ("--encoder", "pixels"), 5),
        (replace(FOUR, seed=1, drift=1.0), ("--encoder", "colour"), 5),
        (replace(FOUR, seed=2), ("--encoder", "pixels", "--shortest", "2.5s"), 10),
        (THREE, (), 5),
    ],
    ids=["pixels", "colour", "shortest", "usual"],
)
def test_boundaries_lie_within_one_sampled_frame(dkva, tmp_path, monkeypatch, settings, options, sampled):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    n_frames, truth = recorded(tmp_path, settings)
    out = tmp_path / "out"
    code, _, errors = dkva(
        "segment", tmp_path / "scene.mp4", "-k", settings.actions,
        "--labels", tmp_path / "scene.txt", "--out", out,
        "--export", "vtt", "--export", "srt", *options,
    )  # fmt: skip
    assert code == 0, errors
    doc = json.loads((out / "scene.json").read_text())
    assert doc["frames"] == n_frames
    assert doc["frames_per_second"] == RATE
    assert doc["recording"]["samples_per_second"] == sampled
    found = doc["segments"]
    assert [run["name"] for run in found] == [name for _, name in truth]
    for run, (start, _) in zip(found, truth, strict=True):
        assert run["start_time"] == pytest.approx(run["start"] / RATE, abs=1e-6)
        assert abs(run["start_time"] - start) <= 1 / sampled
    assert found[-1]["end_time"] == pytest.approx(n_frames / RATE, abs=1e-6)
    for suffix in ("vtt", "srt"):
        shown = cues(out / f"scene.{suffix}")
        assert [text for _, _, text in shown] == [name for _, name in truth]
        for (start, end, _), run in zip(shown, found, strict=True):
            assert (start, end) == pytest.approx((run["start_time"], run["end_time"]), abs=5e-4)
        assert all(before[1] == after[0] for before, after in itertools.pairwise(shown))
