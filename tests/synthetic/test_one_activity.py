"""One activity: frames, canonical times and splits by other routes; what is written and read."""

import itertools
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from synthetic import one_activity
from synthetic.aligned_videos import SPLITS, features_of
from synthetic.digits import load_digits
from synthetic.moving_digit import DIGITS, moved, sized
from synthetic.one_activity import PHASES, Settings, generate, load, main, save

ROOT = Path(__file__).resolve().parents[2]

DEFAULT = "2815cb96c7027c6e390dc9ac79a56421e731b489839c2eb02ff0c361596125ba"

#: Another value of each setting.
OTHERS = {
    "seed": 1, "train": 3, "test": 1, "pauses": 1, "repeats": 1, "writers": 0, "travel": 6.5,
    "digit_size": 24, "light": 40, "noise": 0,
}  # fmt: skip


def make(source, **changes):
    return generate(Settings(**({"digits": source, "train": 2, "test": 2, "writers": 20} | changes)))


@pytest.fixture(scope="module")
def plain(few):
    """White on black, no noise."""
    return make(few, light=0, noise=0)


def videos(data):
    """Frames [n, 28, 28], canonical times [n], phases [n] and stretches of every video."""
    for split in data.splits.values():
        for index in range(len(split)):
            frames, phases = split.video(index)
            mine = [each for each in split.stretches if each.video == index]
            yield frames[..., 0], split.times[split.part(index)], phases, mine


# --- the same bytes --------------------------------------------------------------------------------


def test_default_run_as_a_file_from_elsewhere_gives_the_bytes_it_always_gave(tmp_path, mnist):
    command = [sys.executable, ROOT / "synthetic/one_activity.py", "--out", "here"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    data = load(tmp_path / "here")
    assert data.settings == Settings()
    assert data.checksum == DEFAULT
    assert f"checksum   {DEFAULT}\nwritten to here" in done.stdout
    for name, videos_asked in (("train", 20), ("test", 10)):
        split = data.splits[name]
        lengths = np.diff(split.starts)
        assert len(split) == videos_asked
        assert 60 <= lengths.min() <= lengths.max() <= 95
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"{name} "))
        assert f"{videos_asked} videos, {len(split.frames):6d} frames" in line
        assert f"({lengths.min()} to {lengths.max()} a video, mean {lengths.mean():.0f})" in line
    known = {image.tobytes(): digit for image, digit in zip(*mnist, strict=True)}
    shown = {}
    for name, split in data.splits.items():
        images = split.digits.reshape(-1, 28, 28)
        assert [known[image.tobytes()] for image in images] == [*DIGITS] * len(split)
        shown[name] = {image.tobytes() for image in images}
        assert len(shown[name]) == len(images)  # each video has digits of its own
    assert not shown["train"] & shown["test"]


def test_same_settings_write_the_same_bytes_and_each_setting_other_ones(few, tmp_path):
    for folder in ("a", "b"):
        save(make(few), tmp_path / folder)
    paths = sorted(path for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(paths) == 2 * 7 + 1
    for path in paths:
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    assert {"digits", *OTHERS} == set(asdict(Settings()))
    sums = {make(few, **{name: value}).checksum for name, value in OTHERS.items()}
    assert len(sums | {make(few).checksum}) == len(OTHERS) + 1


def test_one_setting_changed_leaves_the_rest_as_it_was(few):
    usual = make(few, light=0, noise=0)
    for name in ("train", "test", "light", "noise", "travel", "digit_size", "writers"):
        other = make(few, **{"light": 0, "noise": 0, name: OTHERS[name]})
        for mine, others in zip(usual.splits.values(), other.splits.values(), strict=True):
            for one, another in zip(mine.stretches, others.stretches, strict=False):
                assert one == another
            if name in ("train", "test"):
                n = min(len(mine.frames), len(others.frames))
                np.testing.assert_array_equal(mine.frames[:n], others.frames[:n])
            if name not in ("train", "test", "writers"):
                np.testing.assert_array_equal(mine.digits, others.digits)
    more = make(few, light=0, noise=0, train=3)
    np.testing.assert_array_equal(more.splits["test"].frames, usual.splits["test"].frames)


# --- frames and times ------------------------------------------------------------------------------


def test_a_frame_is_the_phases_digit_as_far_along_its_path_as_its_canonical_time_says(few):
    data = make(few, light=0, noise=0, travel=5.0, digit_size=24, pauses=1, repeats=1)
    for split in data.splits.values():
        for index in range(len(split)):
            frames, phases = split.video(index)
            times = split.times[split.part(index)].astype(float)
            np.testing.assert_array_equal(phases, np.floor(times))
            assert (frames == frames[..., :1]).all()
            for frame, phase, time in zip(frames[..., 0], phases, times, strict=True):
                canvas = sized(split.digits[index, phase], 24).astype(float)
                along = 5.0 * (2 * (time - phase) - 1)
                # A float32 time may fall to the next 1/64 pixel, by which a pixel changes 4 grey levels.
                np.testing.assert_allclose(frame, moved(canvas, DIGITS[phase], along), atol=9)


def test_in_order_each_phase_comes_once_at_an_even_pace(plain):
    for _, times, phases, mine in videos(plain):
        assert [each.phase for each in mine] == list(range(PHASES))
        assert (np.diff(times) > 0).all()
        for phase in range(PHASES):
            its = times[phases == phase].astype(float)
            assert 12 <= len(its) <= 19
            np.testing.assert_allclose(its, phase + np.arange(len(its)) / len(its), atol=1e-6)


@pytest.mark.parametrize("pauses", [1, 5])
def test_without_its_pauses_a_video_is_as_it_was(few, plain, pauses):
    paused = make(few, light=0, noise=0, pauses=pauses)
    for (frames, times, _, mine), (still, still_times, _, _) in zip(
        videos(paused), videos(plain), strict=True
    ):
        standing = [each for each in mine if each.first == each.last]
        assert len({each.phase for each in standing}) == len(standing) == pauses
        kept = np.ones(len(frames), bool)
        for each in standing:
            assert 3 <= each.end - each.start <= 8
            assert each.phase < each.first < each.phase + 1
            part = slice(each.start, each.end)
            assert (times[part] == np.float32(each.first)).all()
            assert (frames[part] == frames[each.end]).all()  # goes on where it stood
            kept[part] = False
        # A pause cuts a phase in two, whose times are the same up to the last bit.
        np.testing.assert_allclose(times[kept], still_times, atol=1e-6)
        np.testing.assert_allclose(frames[kept].astype(int), still, atol=9)


def test_without_its_repeats_a_video_is_as_it_was_and_they_show_what_was_done(few, plain):
    repeated = make(few, light=0, noise=0, repeats=3)
    spans = set()
    for (frames, times, phases, mine), (once, once_times, _, _) in zip(
        videos(repeated), videos(plain), strict=True
    ):
        done, kept, again = -1, np.ones(len(frames), bool), 0
        for each in mine:
            if (each.phase, each.first, each.last) == (done + 1, done + 1, done + 2):
                done += 1
                continue
            again += 1
            assert each.phase <= done
            spans.add(8 * (each.last - each.first))
            assert each.phase <= each.first < each.last <= each.phase + 1
            kept[each.start : each.end] = False
            assert (phases[each.start : each.end] == each.phase).all()
            assert (np.diff(times[each.start : each.end]) > 0).all()
        assert (done, again) == (PHASES - 1, 3)
        np.testing.assert_array_equal(times[kept], once_times)
        np.testing.assert_array_equal(frames[kept], once)
    assert spans <= set(range(4, 9))
    assert len(spans) > 1


def test_videos_with_pauses_and_repeats_have_60_to_150_frames():
    settings, lengths, kinds = Settings(pauses=2, repeats=2), [], set()
    for seed in range(400):
        mine = one_activity._plan(0, np.random.default_rng(seed), settings)
        lengths.append(mine[-1].end)
        for before, after in itertools.pairwise(mine):
            assert before.end == after.start
            kinds.add(np.sign(after.phase - before.phase))
    assert min(lengths) >= 78  # 60, two pauses of 3 and two repeats of 6
    assert 120 < max(lengths) <= 150
    assert kinds == {-1, 0, 1}  # a phase done again at once, and later


def test_lights_lie_evenly_and_digits_are_white_on_them(few, plain):
    lit = make(few, light=100, noise=0, test=3)
    backgrounds = []
    for index in range(3):
        frames, _ = lit.splits["test"].video(index)
        background = int(frames.min())
        backgrounds.append(background)
        assert (frames[:, 0, 0] == background).mean() > 0.5
        if index < 2:
            black, _ = plain.splits["test"].video(index)
            mixed = background + (255.0 - background) * black / 255
            np.testing.assert_allclose(frames, mixed, atol=0.5)
    assert sorted(backgrounds) == [0, 50, 100]


def test_noise_changes_each_pixel_by_so_much_at_most_and_in_each_frame_anew(few):
    still, noisy = make(few, light=60, noise=0), make(few, light=60, noise=8)
    for (frames, *_), (other, *_) in zip(videos(still), videos(noisy), strict=True):
        inside = (frames >= 8) & (frames <= 247)
        change = other.astype(int) - frames
        assert set(np.unique(change[inside])) == set(range(-8, 9))
        assert np.abs(change).max() <= 8
        assert abs(change[inside].mean()) < 5 * 4.9 / np.sqrt(inside.sum())
        assert (change[0] != change[1]).mean() > 0.5


def test_features_are_those_of_the_frames(plain):
    for split in plain.splits.values():
        np.testing.assert_array_equal(split.features, features_of(split.frames))


# --- digits ----------------------------------------------------------------------------------------


def test_the_digits_are_those_nearest_to_the_mean_of_all(few):
    images, labels = load_digits(few)
    shown = {
        image.tobytes() for s in make(few, writers=4).splits.values() for image in s.digits.reshape(-1, 784)
    }
    for digit in DIGITS:
        mine = images[labels == digit].astype(float)
        away = ((mine - mine.mean(axis=0)) ** 2).sum(axis=(1, 2))
        nearest = images[labels == digit][np.argsort(away)[:4]]
        assert {image.tobytes() for image in nearest} <= shown
    assert len(shown) == 4 * PHASES


def test_images_come_again_within_a_split_alone(few):
    data = make(few, writers=4, train=5, test=3)
    shown = [{image.tobytes() for image in s.digits.reshape(-1, 784)} for s in data.splits.values()]
    assert not shown[0] & shown[1]
    assert [len(each) for each in shown] == [2 * PHASES] * 2
    with pytest.raises(ValueError, match="the source has 1 images of digit 9: 2 splits need 2"):
        make(few, writers=1)


# --- files and the command line --------------------------------------------------------------------


def test_what_is_saved_is_loaded_and_damage_is_named(few, tmp_path):
    data = make(few, pauses=1, repeats=1)
    save(data, tmp_path)
    again = load(tmp_path)
    assert (again.settings, again.checksum) == (data.settings, data.checksum)
    for name, split in data.splits.items():
        other = again.splits[name]
        assert other.stretches == split.stretches
        for array in ("frames", "features", "phases", "times", "starts", "digits"):
            own, read = getattr(split, array), getattr(other, array)
            assert own.dtype == read.dtype
            np.testing.assert_array_equal(own, read)
    facts = json.loads((tmp_path / "one_activity.json").read_text())
    assert facts["settings"] == asdict(data.settings)
    assert facts["frames"] == {name: len(data.splits[name].frames) for name in SPLITS}
    path = tmp_path / "test/times.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"times\.npy: is not what was written; make the data set again"):
        load(tmp_path)


def test_command_run_as_a_module_takes_every_setting(few, tmp_path):
    chosen = Settings(**({"digits": few} | OTHERS))
    command = [sys.executable, "-m", "synthetic.one_activity", "--out", tmp_path / "out", "--preview"]
    for name, value in asdict(chosen).items():
        assert value != getattr(Settings(), name)
        command += [f"--{name.replace('_', '-')}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert load(tmp_path / "out").settings == chosen
    pictures = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert pictures == {"one_activity.json", "contact_sheet.png", "preview.gif"}


@pytest.mark.fast
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--travel", "-1"], "travel is -1.0: give a number from 0 to 28"),
        (["--digit-size", "3"], "digit_size is 3: give a whole number from 4 to 28"),
        (["--test", "0"], "test is 0"),
        (["--train", "0"], "train is 0"),
        (["--pauses", "6"], "pauses is 6: give a whole number from 0 to 5"),
        (["--repeats", "4"], "repeats is 4: give a whole number from 0 to 3"),
        (["--writers", "-1"], "writers is -1"),
        (["--light", "256"], "light is 256"),
        (["--noise", "-1"], "noise is -1"),
        (["--seed", "-1"], "seed is -1"),
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
