"""Many activities: frames, poses and canonical times by other routes; what is written and read."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthetic.aligned_videos import SPLITS, features_of
from synthetic.many_activities import ACTIVITIES, Settings, generate, load, main, save
from synthetic.moving_digit import sized
from synthetic.poses import joints_of

ROOT = Path(__file__).resolve().parents[2]

DEFAULT = "dd3e088f4d097f58967d024cf762fc060c47465e3b3ca3f79d80fc3bb8a672b2"

ARRAYS = ("frames", "features", "poses", "phases", "times", "starts", "activities", "digits", "bodies")

#: Another value of each setting.
OTHERS = {
    "seed": 1, "activities": 3, "train": 3, "test": 1, "writers": 0, "travel": 6.5, "digit_size": 24,
    "light": 40, "noise": 0, "bodies": 0.5, "place": 1.0, "error": 0.0,
}  # fmt: skip

#: Settings that only frames see, and those that only poses see.
SEEN, FELT = ("light", "noise"), ("bodies", "place", "error")


def make(source, **changes):
    few = {"digits": source, "activities": 2, "train": 2, "test": 2, "writers": 20}
    return generate(Settings(**(few | changes)))


def videos(data):
    """Each video of each split: its split, its number, and its activity's phases."""
    for split in data.splits.values():
        for index in range(len(split)):
            yield split, index, list(ACTIVITIES.values())[split.activities[index]]


# --- activities ------------------------------------------------------------------------------------


@pytest.mark.fast
def test_activities_share_digits_and_some_paths_and_none_shows_a_digit_twice():
    assert [len(phases) for phases in ACTIVITIES.values()] == [3, 4, 4, 5, 5, 6]
    digits = [[phase.digit for phase in phases] for phases in ACTIVITIES.values()]
    assert all(len(set(mine)) == len(mine) for mine in digits)
    assert len({frozenset(mine) for mine in digits}) == len(ACTIVITIES)
    shown = Counter(digit for mine in digits for digit in mine)
    assert set(shown) == set(range(10))
    assert set(shown.values()) == {2, 3}
    every = Counter(phase for phases in ACTIVITIES.values() for phase in phases)
    assert {phase.digit: count for phase, count in every.items() if count > 1} == {3: 3, 1: 2}
    assert all(set(phase[1:]) <= {-1, 0, 1} for phase in every)
    assert all((phase.down, phase.right) != (0, 0) for phase in every)  # frames show every phase move


# --- the same bytes --------------------------------------------------------------------------------


def test_default_run_as_a_file_from_elsewhere_gives_the_bytes_it_always_gave(tmp_path, mnist):
    command = [sys.executable, ROOT / "synthetic/many_activities.py", "--out", "here"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    data = load(tmp_path / "here")
    assert data.settings == Settings()
    assert data.checksum == DEFAULT
    assert f"checksum   {DEFAULT}\nwritten to here" in done.stdout
    known = {image.tobytes(): digit for image, digit in zip(*mnist, strict=True)}
    shown = {}
    for name, each in (("train", 12), ("test", 8)):
        split = data.splits[name]
        lengths = np.diff(split.starts)
        assert len(split) == 6 * each
        np.testing.assert_array_equal(split.activities, np.repeat(range(6), each))
        assert 40 <= lengths.min() <= lengths.max() <= 100
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"{name} "))
        assert f"{6 * each} videos, {len(split.frames):6d} frames" in line
        assert f"({lengths.min()} to {lengths.max()} a video, mean {lengths.mean():.0f})" in line
        shown[name] = set()
        for images, activity in zip(split.digits, split.activities, strict=True):
            phases = list(ACTIVITIES.values())[activity]
            mine = [image.tobytes() for image in images[: len(phases)]]
            assert [known[image] for image in mine] == [phase.digit for phase in phases]
            assert not images[len(phases) :].any()
            assert not shown[name] & set(mine)  # each video has digits of its own
            shown[name] |= set(mine)
    assert not shown["train"] & shown["test"]


def test_same_settings_write_the_same_bytes_and_each_setting_other_ones(few, tmp_path):
    for folder in ("a", "b"):
        save(make(few), tmp_path / folder)
    paths = sorted(path for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(paths) == 2 * len(ARRAYS) + 1
    for path in paths:
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    assert {"digits", *OTHERS} == set(asdict(Settings()))
    sums = {make(few, **{name: value}).checksum for name, value in OTHERS.items()}
    assert len(sums | {make(few).checksum}) == len(OTHERS) + 1


def test_one_setting_changed_leaves_the_rest_as_it_was(few):
    usual = make(few)
    for name in set(OTHERS) - {"seed", "train", "test", "activities"}:
        other = make(few, **{name: OTHERS[name]})
        for mine, others in zip(usual.splits.values(), other.splits.values(), strict=True):
            kept = {"phases", "times", "starts", "activities"}
            kept |= {"poses", "bodies"} if name in SEEN else set()
            kept |= {"frames", "features"} if name in FELT else {"bodies"}
            kept |= {"digits"} if name != "writers" else set()
            for array in kept:
                np.testing.assert_array_equal(getattr(mine, array), getattr(others, array), name)


@pytest.mark.parametrize("changes", [{"activities": 3}, {"train": 3}])
def test_more_activities_or_training_videos_leave_the_others_as_they_were(few, changes):
    usual, more = make(few, light=0, bodies=0.0), make(few, light=0, bodies=0.0, **changes)
    for name in SPLITS:
        mine, others = usual.splits[name], more.splits[name]
        assert len(others) >= len(mine)
        kept = [index for index in range(len(others)) if others.activities[index] < 2]
        if name in changes:
            kept = [index for index in kept if index % 3 < 2]
        assert len(kept) == len(mine)
        for index, place in enumerate(kept):
            for array in ("frames", "poses", "times"):
                one, other = getattr(mine, array), getattr(others, array)
                np.testing.assert_array_equal(one[mine.part(index)], other[others.part(place)])


# --- frames, times and poses -----------------------------------------------------------------------


def test_each_phase_comes_once_in_order_at_an_even_pace(few):
    data = make(few, activities=6)
    for split, index, steps in videos(data):
        times, phases = (getattr(split, name)[split.part(index)] for name in ("times", "phases"))
        np.testing.assert_array_equal(phases, np.floor(times))
        assert list(dict.fromkeys(phases)) == list(range(len(steps)))
        assert (np.diff(times) > 0).all()
        for phase in range(len(steps)):
            its = times[phases == phase].astype(float)
            assert np.ceil(40 / len(steps)) <= len(its) <= 100 // len(steps)
            np.testing.assert_allclose(its, phase + np.arange(len(its)) / len(its), atol=1e-6)


def test_a_frame_shows_the_phases_digit_as_far_along_its_path_as_its_canonical_time_says(few):
    """Halves of a pixel by hand: a path of 2 pixels each way over phases, white on black."""
    data = make(few, activities=6, train=1, light=0, noise=0, travel=2.0, digit_size=16)
    seen = 0
    for split, index, steps in videos(data):
        frames, phases = split.video(index)
        assert (frames == frames[..., :1]).all()
        for frame, phase, time in zip(frames[..., 0], phases, split.times[split.part(index)], strict=True):
            along = 2.0 * (2 * (float(time) - phase) - 1)
            if along != round(along):
                continue
            seen += 1
            canvas = sized(split.digits[index, phase], 16)
            step = steps[phase]
            moved = np.roll(canvas, (int(along) * step.down, int(along) * step.right), (0, 1))
            np.testing.assert_array_equal(frame, moved)
    assert seen > 100


def test_features_are_those_of_the_frames(few):
    for split in make(few).splits.values():
        np.testing.assert_array_equal(split.features, features_of(split.frames))


def test_poses_are_joints_of_the_digit_along_its_path_of_a_body_at_its_place(few):
    """Back from a pose to the path: place and size taken away, joints of the digit taken away."""
    data = make(few, activities=6, error=0.0, travel=5.0, digit_size=24, bodies=0.5, place=3.0)
    depths = set()
    for split, index, steps in videos(data):
        size, *place = split.bodies[index].astype(float)
        poses = split.poses[split.part(index)].astype(float)
        own = 28 * (poses - place) / size
        phases, times = (getattr(split, name)[split.part(index)] for name in ("phases", "times"))
        along = 5.0 * (2 * (times.astype(float) - phases) - 1)
        for phase, step in enumerate(steps):
            mine = phases == phase
            image = sized(split.digits[index, phase], 24)
            own[mine, :, :2] -= joints_of(image) / 64
            path = along[mine, None, None] * [step.right, step.down, step.near]
            np.testing.assert_allclose(own[mine], np.broadcast_to(path, own[mine].shape), atol=1 / 64)
            depths.add(step.near)
    assert depths == {-1, 0, 1}


def test_bodies_lie_evenly_in_size_and_anywhere_up_to_their_place(few):
    data = make(few, test=5, bodies=0.25, place=2.0)
    bodies = data.splits["test"].bodies.astype(float)
    for mine in (bodies[:5], bodies[5:]):
        np.testing.assert_array_equal(np.sort(mine[:, 0]), [0.75, 0.875, 1, 1.125, 1.25])
    places = 28 * bodies[:, 1:]
    assert len(np.unique(places)) == places.size
    assert 1 < np.abs(places).max() <= 2


def test_errors_change_each_coordinate_by_so_much_at_most_and_in_each_frame_anew(few):
    exact, measured = make(few, error=0.0), make(few, error=0.5)
    for split, other in zip(exact.splits.values(), measured.splits.values(), strict=True):
        change = 28 * (other.poses.astype(float) - split.poses)
        assert 0.49 < np.abs(change).max() <= 0.5 + 1e-5
        assert abs(change.mean()) < 5 * 0.5 / np.sqrt(3 * change.size)
        assert (change[0] != change[1]).mean() > 0.9


def test_lights_lie_evenly_within_an_activity_and_digits_are_white_on_them(few):
    black, lit = make(few, light=0, noise=0, test=3), make(few, light=100, noise=0, test=3)
    for activity in range(2):
        backgrounds = []
        for index in range(3 * activity, 3 * activity + 3):
            frames = lit.splits["test"].video(index)[0]
            background = int(frames.min())
            backgrounds.append(background)
            grey = black.splits["test"].video(index)[0]
            np.testing.assert_allclose(frames, background + (255.0 - background) * grey / 255, atol=0.5)
        assert sorted(backgrounds) == [0, 50, 100]


# --- files and the command line --------------------------------------------------------------------


def test_what_is_saved_is_loaded_and_damage_is_named(few, tmp_path):
    data = make(few)
    save(data, tmp_path)
    again = load(tmp_path)
    assert (again.settings, again.checksum) == (data.settings, data.checksum)
    for name, split in data.splits.items():
        for array in ARRAYS:
            own, read = getattr(split, array), getattr(again.splits[name], array)
            assert own.dtype == read.dtype
            np.testing.assert_array_equal(own, read)
    facts = json.loads((tmp_path / "many_activities.json").read_text())
    assert facts["settings"] == asdict(data.settings)
    assert facts["frames"] == {name: len(data.splits[name].frames) for name in SPLITS}
    path = tmp_path / "test/poses.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"poses\.npy: is not what was written; make the data set again"):
        load(tmp_path)


def test_pictures_show_a_video_of_each_activity_first(few):
    data = make(few, activities=3)
    shown = data.shown()
    assert len(shown) == len(data.splits["test"]) == 6
    assert [data.splits["test"].activities[index] for index in shown.order] == [0, 1, 2, 0, 1, 2]


def test_command_run_as_a_module_takes_every_setting(few, tmp_path):
    chosen = Settings(**({"digits": few} | OTHERS))
    command = [sys.executable, "-m", "synthetic.many_activities", "--out", tmp_path / "out", "--preview"]
    for name, value in asdict(chosen).items():
        assert value != getattr(Settings(), name)
        command += [f"--{name.replace('_', '-')}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert load(tmp_path / "out").settings == chosen
    pictures = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert pictures == {"many_activities.json", "contact_sheet.png", "preview.gif"}
    with Image.open(tmp_path / "out/contact_sheet.png") as sheet:
        assert sheet.height == 3 * (2 * 28 + 4)  # a test video of each of three activities


@pytest.mark.fast
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--activities", "7"], "activities is 7: give a whole number from 1 to 6"),
        (["--bodies", "0.95"], "bodies is 0.95: give a number from 0 to 0.9"),
        (["--place", "-1"], "place is -1.0: give a number from 0 to 28"),
        (["--error", "nan"], "error is nan"),
        (["--light", "256"], "light is 256"),
        (["--test", "0"], "test is 0"),
        (["--digits", "cifar"], "unknown source of digits 'cifar'"),
    ],
)
def test_wrong_use_gives_one_line_and_writes_nothing(tmp_path, capsys, options, message):
    assert main(["--out", str(tmp_path / "out"), *options]) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith("error: ")
    assert message in errors
    assert len(errors.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.fast
def test_a_share_of_a_video_is_no_number_of_videos():
    with pytest.raises(ValueError, match=r"train is 2\.5: give a whole number"):
        replace(Settings(), train=2.5).check()
