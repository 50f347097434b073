"""Moving5: what each setting does, by other routes; the same bytes every time; what is written and read."""

import hashlib
import itertools
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from idx_files import write_part
from PIL import Image

from synthetic import moving5
from synthetic.digits import load_digits
from synthetic.moving5 import DIGITS, SPLITS, Settings, generate, load, main, save

ROOT = Path(__file__).resolve().parents[2]

#: Rows down and columns right, in the paper's words: 9 top to bottom, 3 diagonal, 7 inverse diagonal, 5 right
#: to left, 1 left to right.
DIRECTIONS = {9: (1, 0), 3: (1, 1), 7: (1, -1), 5: (0, -1), 1: (0, 1)}

DEFAULT = "fc841e2e0c322ff62c928830dae5e360b5bf033ee4d06edef90150a58ba05dbd"
SMALL = "9a3d8f49df88301cda3f2e73e60b97c537ae1e6572bc9093cad5bd0ca0748168"

FILES = {"frames.npy", "labels.npy", "starts.npy", "digits.npy", "segments.csv"}


def make(source, **changes):
    return generate(Settings(**({"digits": source, "videos": 4} | changes)))


@pytest.fixture(scope="module")
def plain(few):
    """White digits of 20 pixels, which do not leave the canvas on paths of 4 pixels."""
    return make(few, colour=False, digit_size=20, videos=6)


@pytest.fixture
def quick(monkeypatch):
    """Black frames: for tests of lengths and order, which need none."""
    monkeypatch.setattr(
        moving5, "_move", lambda image, digit, length, settings: np.zeros((length, 28, 28, 3), np.uint8)
    )


def runs(split):
    """(segment, its frames [n, 28, 28, 3])."""
    for segment in split.segments:
        first = split.starts[segment.video]
        yield segment, split.frames[first + segment.start : first + segment.end]


def plan(data, name="train"):
    """Per video: (digit, length, source) of each segment."""
    videos = [[] for _ in range(len(data.splits[name]))]
    for segment in data.splits[name].segments:
        videos[segment.video].append((segment.digit, segment.end - segment.start, segment.source))
    return videos


# --- the same bytes --------------------------------------------------------------------------------


def test_default_run_as_a_file_from_elsewhere_gives_the_bytes_it_always_gave(tmp_path, mnist):
    command = [sys.executable, ROOT / "synthetic/moving5.py", "--out", "here"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    data = load(tmp_path / "here")
    assert data.settings == Settings()
    assert data.checksum == DEFAULT
    assert f"checksum   {DEFAULT}\nwritten to here" in done.stdout
    for name, split in data.splits.items():
        lengths = np.diff(split.starts)
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"{name} "))
        assert f"50 videos, {len(split.segments):4d} segments, {len(split.frames):6d} frames" in line
        assert f"({lengths.min()} to {lengths.max()} a video, mean {lengths.mean():.0f})" in line
        assert len(split) == 50
        assert 25 <= lengths.min() <= lengths.max() <= 210
    _check_digits_never_repeat(data, mnist[0])


def _check_digits_never_repeat(data, images):
    shown = {}
    for name, split in data.splits.items():
        for segment, image in zip(split.segments, split.digits, strict=True):
            np.testing.assert_array_equal(image, images[segment.source])
        shown[name] = {image.tobytes() for image in split.digits}
    for a, b in itertools.combinations(shown.values(), 2):
        assert not a & b


def test_small_data_set_has_the_bytes_it_always_had(few):
    data = make(few, seed=7, travel=3.25, digit_size=21, colour=False, order="fixed", videos=2, repeats=2)
    assert data.checksum == SMALL


def test_same_settings_write_the_same_bytes_and_each_setting_other_ones(few, tmp_path):
    for folder in ("a", "b"):
        save(make(few), tmp_path / folder)
    paths = sorted(path for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(paths) == 3 * len(FILES) + 1
    for path in paths:
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    changes = [
        {}, {"seed": 1}, {"travel": 1.0}, {"digit_size": 20}, {"colour": False}, {"order": "fixed"},
        {"videos": 3}, {"repeats": 1}, {"returning": "same"},
    ]  # fmt: skip
    assert {next(iter(change), "digits") for change in changes} == set(asdict(Settings()))
    assert len({make(few, **change).checksum for change in changes}) == len(changes)


# --- frames ----------------------------------------------------------------------------------------


def centre(frames):
    """Centre of mass (row, column) of each frame [n, 2]."""
    mass = frames.astype(float).sum(axis=-1)
    at = np.arange(28)
    total = mass.sum(axis=(1, 2))
    return np.stack([mass.sum(axis=2) @ at, mass.sum(axis=1) @ at], axis=1) / total[:, None]


@pytest.mark.parametrize("travel", [2.0, 1.25, 4.0])
def test_digit_moves_along_its_path_from_end_to_end_at_an_even_speed(few, plain, travel):
    still = make(few, colour=False, digit_size=20, videos=6, travel=0.0)
    moving = plain if travel == 2.0 else make(few, colour=False, digit_size=20, videos=6, travel=travel)
    seen = set()
    for (segment, frames), (_, rest) in zip(
        runs(moving.splits["test"]), runs(still.splits["test"]), strict=True
    ):
        n = segment.end - segment.start
        seen.add(segment.digit)
        assert (rest == rest[0]).all()
        way = centre(frames) - centre(rest)
        expected = np.linspace(-travel, travel, n)[:, None] * np.array(DIRECTIONS[segment.digit])
        np.testing.assert_allclose(way, expected, atol=0.06)
        speed = 2 * travel / (n - 1) * np.array(DIRECTIONS[segment.digit])
        np.testing.assert_allclose(np.diff(way, axis=0), np.broadcast_to(speed, (n - 1, 2)), atol=0.08)
    assert seen == set(DIGITS)


def moved(image, down, right):
    """The image at another place, by its four neighbours."""
    wide = np.pad(image.astype(float), 40)
    row, column = int(np.floor(down)), int(np.floor(right))
    a, b = down - row, right - column

    def at(i, j):
        return np.roll(wide, (row + i, column + j), (0, 1))[40:68, 40:68]

    return (1 - a) * (1 - b) * at(0, 0) + a * (1 - b) * at(1, 0) + (1 - a) * b * at(0, 1) + a * b * at(1, 1)


@pytest.mark.parametrize("travel", [2.0, 9.7])
def test_frames_are_those_of_a_plain_bilinear_interpolation(few, travel):
    split = make(few, colour=False, travel=travel, videos=1).splits["train"]
    for (segment, frames), image in zip(runs(split), split.digits, strict=True):
        down, right = DIRECTIONS[segment.digit]
        for frame, along in zip(frames, np.linspace(-travel, travel, len(frames)), strict=True):
            grey = moved(image, np.round(64 * along * down) / 64, np.round(64 * along * right) / 64)
            for channel in range(3):
                np.testing.assert_allclose(frame[..., channel], grey, atol=0.501)


def test_long_paths_leave_the_canvas_and_nothing_comes_in_from_the_other_side(few):
    for segment, frames in runs(make(few, travel=28.0, videos=2).splits["train"]):
        assert not frames[0].any()
        assert not frames[-1].any()
        assert frames[len(frames) // 2].any(), segment


def test_colours_are_the_white_frames_times_a_colour_of_each_digits_own(few, plain):
    coloured = make(few, digit_size=20, videos=6)
    colours = {}
    for (segment, frames), (_, white) in zip(
        runs(coloured.splits["train"]), runs(plain.splits["train"]), strict=True
    ):
        assert (white[..., 0] == white[..., 1]).all()
        assert (white[..., 0] == white[..., 2]).all()
        at = np.unravel_index(white[..., 0].argmax(), white.shape[:3])
        assert white[at].max() > 200
        colour = frames[at] * 255.0 / white[at]
        colours.setdefault(segment.digit, []).append(colour)
        np.testing.assert_allclose(frames, white / 255 * colour, atol=2)
    assert colours.keys() == set(DIGITS)
    means = {digit: np.mean(found, axis=0) for digit, found in colours.items()}
    for digit, found in colours.items():
        np.testing.assert_allclose(found, np.broadcast_to(means[digit], (len(found), 3)), atol=3)
    for a, b in itertools.combinations(means.values(), 2):
        assert np.abs(a - b).max() > 40


@pytest.mark.parametrize("size", [4, 11, 20, 27])
def test_digit_of_another_size_lies_in_the_middle_and_is_the_resized_one(few, size):
    data = make(few, digit_size=size, travel=0.0, colour=False, videos=1)
    before = (28 - size) // 2
    inside = slice(before, before + size)
    for (_, frames), image in zip(
        runs(data.splits["validation"]), data.splits["validation"].digits, strict=True
    ):
        assert image.shape == (28, 28)  # as it came
        small = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
        np.testing.assert_array_equal(frames[0, inside, inside, 0], small)
        assert frames.sum() == frames[:, inside, inside].sum()


# --- order and lengths -----------------------------------------------------------------------------


def test_fixed_order_is_the_papers_with_further_threes_between_the_last(few, quick):
    orders = {
        tuple(digit for digit, _, _ in video)
        for name in SPLITS
        for video in plan(make(few, order="fixed", videos=10), name)
    }
    assert orders == {(9, 3, 7, 5, 1), (9, 3, 7, 3, 5, 1), (9, 3, 7, 3, 5, 3, 1)}


def test_random_order_puts_every_digit_everywhere_and_no_digit_twice_in_a_row(few, quick):
    data = make(few, videos=40)
    videos = [[digit for digit, _, _ in video] for name in SPLITS for video in plan(data, name)]
    for order in videos:
        assert all(a != b for a, b in itertools.pairwise(order))
        assert set(order) == set(DIGITS)
        assert all(order.count(digit) == 1 for digit in DIGITS if digit != 3)
    assert {order[0] for order in videos} == {order[-1] for order in videos} == set(DIGITS)
    assert len({tuple(order) for order in videos}) > 80
    assert {order.count(3) for order in videos} == {1, 2, 3}
    lengths = [length for name in SPLITS for video in plan(data, name) for _, length, _ in video]
    assert set(lengths) == set(range(5, 31))


@pytest.mark.parametrize("repeats", [1, 2, 3])
def test_three_comes_as_often_as_asked_at_most(few, repeats, quick):
    data = make(few, repeats=repeats, videos=15)
    found = {[digit for digit, _, _ in video].count(3) for name in SPLITS for video in plan(data, name)}
    assert found == set(range(1, repeats + 1))


def test_one_setting_changed_leaves_the_rest_as_it_was(few):
    usual = make(few)
    for change in ({"travel": 1.0}, {"digit_size": 15}, {"colour": False}):
        other = make(few, **change)
        for name, split in usual.splits.items():
            assert other.splits[name].segments == split.segments
            np.testing.assert_array_equal(other.splits[name].digits, split.digits)
            np.testing.assert_array_equal(other.splits[name].labels, split.labels)
    for change in ({"order": "fixed"}, {"repeats": 1}):
        for own, others in zip(plan(usual), plan(make(few, **change)), strict=True):
            lengths = [length for _, length, _ in own]
            assert [length for _, length, _ in others] == lengths[: len(others)]
            first, others_first = (
                {digit: source for digit, _, source in reversed(video)} for video in (own, others)
            )
            assert first == others_first
    more = make(few, videos=6)
    for name, split in usual.splits.items():
        end = split.starts[-1]
        np.testing.assert_array_equal(more.splits[name].frames[:end], split.frames)
        assert more.splits[name].segments[: len(split.segments)] == split.segments


def test_another_seed_changes_lengths_order_and_digits(few, quick):
    own, other = plan(make(few)), plan(make(few, seed=1))
    for part in range(3):
        assert [[s[part] for s in video] for video in own] != [[s[part] for s in video] for video in other]


def test_videos_and_splits_differ(few, quick):
    data = make(few)
    plans = [tuple(segment[:2] for segment in video) for name in SPLITS for video in plan(data, name)]
    assert len(set(plans)) == len(plans)


@settings(max_examples=12)  # its fixture is the session's
@given(
    st.builds(
        Settings,
        seed=st.integers(0, 2**32 - 1),
        travel=st.floats(0, 28),
        digit_size=st.integers(4, 28),
        colour=st.booleans(),
        order=st.sampled_from(["random", "fixed"]),
        videos=st.integers(1, 3),
        repeats=st.integers(1, 3),
    )
)
def test_any_settings_give_a_sound_data_set(few, chosen):
    images, labels = load_digits(few)
    data = generate(replace(chosen, digits=few))
    assert tuple(data.splits) == SPLITS
    _check_digits_never_repeat(data, images)
    for split in data.splits.values():
        n = len(split.frames)
        assert (split.frames.dtype, split.frames.shape) == (np.uint8, (n, 28, 28, 3))
        assert (split.labels.dtype, split.labels.shape) == (np.uint8, (n,))
        assert (split.starts[0], split.starts[-1], len(split)) == (0, n, chosen.videos)
        assert (split.digits.dtype, split.digits.shape) == (np.uint8, (len(split.segments), 28, 28))
        sources = [segment.source for segment in split.segments]
        assert len(set(sources)) == len(sources)  # there are more than are asked for
        for index in range(chosen.videos):
            frames, truth = split.video(index)
            mine = [segment for segment in split.segments if segment.video == index]
            assert mine[0].start == 0
            assert mine[-1].end == len(frames) == len(truth)
            for segment, following in itertools.pairwise(mine):
                assert segment.end == following.start
                assert segment.digit != following.digit
            for segment in mine:
                assert 5 <= segment.end - segment.start <= 30
                assert (truth[segment.start : segment.end] == segment.digit).all()
                assert labels[segment.source] == segment.digit


def test_digits_come_again_within_a_split_where_there_are_too_few(mnist, tmp_path):
    images, labels = mnist
    chosen = np.concatenate([np.flatnonzero(labels == digit)[:4] for digit in DIGITS])
    write_part(tmp_path, "train", images[chosen], labels[chosen])
    _check_digits_never_repeat(make(f"idx:{tmp_path}", videos=5), images[chosen])
    chosen = chosen[labels[chosen] != 7].tolist() + np.flatnonzero(labels == 7)[:2].tolist()
    write_part(tmp_path, "train", images[chosen], labels[chosen])
    with pytest.raises(ValueError, match="the source has 2 images of digit 7: 3 splits need 3"):
        make(f"idx:{tmp_path}")


# --- files -----------------------------------------------------------------------------------------


@pytest.fixture
def saved(few, tmp_path):
    data = make(few, videos=2)
    save(data, tmp_path / "moving5")
    return data, tmp_path / "moving5"


def test_what_is_saved_is_loaded(saved):
    data, folder = saved
    again = load(folder)
    assert (again.settings, again.checksum) == (data.settings, data.checksum)
    for name, split in data.splits.items():
        other = again.splits[name]
        assert other.segments == split.segments
        for array in ("frames", "labels", "starts", "digits"):
            own, read = getattr(split, array), getattr(other, array)
            assert own.dtype == read.dtype
            np.testing.assert_array_equal(own, read)


def test_files_are_as_described_and_no_others_are_there(saved):
    data, folder = saved
    facts = json.loads((folder / "moving5.json").read_text())
    assert facts["settings"] == asdict(data.settings)
    assert facts["checksum"] == data.checksum
    assert {path.name for path in folder.iterdir()} == {*SPLITS, "moving5.json"}
    for name, split in data.splits.items():
        assert {path.name for path in (folder / name).iterdir()} == FILES
        for file, digest in facts["sha256"][name].items():
            assert hashlib.sha256((folder / name / file).read_bytes()).hexdigest() == digest
        assert facts["videos"][name] == len(split)
        assert facts["frames"][name] == len(np.load(folder / name / "frames.npy", allow_pickle=False))
        rows = (folder / name / "segments.csv").read_text().splitlines()
        assert rows[0] == "video,start,end,digit,source"
        assert facts["segments"][name] == len(rows) - 1 == len(split.segments)
        assert np.load(folder / name / "starts.npy").dtype == np.dtype("<i8")


@pytest.mark.parametrize("file", sorted(FILES))
@pytest.mark.parametrize("name", SPLITS)
def test_damaged_and_missing_files_are_named(saved, name, file):
    _, folder = saved
    path = folder / name / file
    body = path.read_bytes()
    for damaged in (body[:-1], body + b"\n", body[:-3] + bytes([body[-3] ^ 1]) + body[-2:], b""):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is not what was written; make the data set again") as caught:
            load(folder)
        assert str(caught.value).startswith(f"{path}: ")
    path.unlink()
    with pytest.raises(FileNotFoundError, match="not found; make the data set again") as caught:
        load(folder)
    assert str(caught.value).startswith(f"{path}: ")


def changed(facts, *place, value):
    inner = facts
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return facts


@pytest.mark.parametrize(
    "damage",
    [
        lambda facts: "",
        lambda facts: "{}",
        lambda facts: "[]",
        lambda facts: json.dumps(facts)[:-9],
        lambda facts: json.dumps(changed(facts, "checksum", value="0" * 64)),
        lambda facts: json.dumps(changed(facts, "sha256", "test", "labels.npy", value="0" * 64)),
        lambda facts: json.dumps(changed(facts, "sha256", "test", value={})),
        lambda facts: json.dumps(changed(facts, "sha256", value={})),
        lambda facts: json.dumps(changed(facts, "settings", "speed", value=1)),
    ],
)
def test_damaged_description_is_named(saved, damage):
    _, folder = saved
    path = folder / "moving5.json"
    path.write_text(damage(json.loads(path.read_text())))
    with pytest.raises(ValueError, match="make the data set again") as caught:
        load(folder)
    assert str(caught.value).startswith(f"{path}: ")


def test_without_its_description_there_is_no_data_set(saved):
    _, folder = saved
    (folder / "moving5.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"moving5\.json: not found; make it with python synthetic"):
        load(folder)


def test_who_has_a_file_open_keeps_it_whole(saved, few):
    """Two runs at once may both find no data set and make it: the second must not empty the first's files."""
    _, folder = saved
    path = folder / "train/frames.npy"
    body = path.read_bytes()
    with path.open("rb") as file:
        save(make(few, videos=1, seed=9), folder)
        assert file.read() == body
    assert load(folder).settings.seed == 9


def test_writing_that_was_stopped_leaves_no_data_set(saved, few, monkeypatch):
    _, folder = saved
    monkeypatch.setattr("synthetic.files.json.dumps", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save(make(few, videos=1), folder)
    with pytest.raises(FileNotFoundError):
        load(folder)


# --- the command line ------------------------------------------------------------------------------


def test_a_digit_that_comes_back_is_the_same_image_if_asked_for(few):
    for returning, images in (("new", {1, 2, 3}), ("same", {1})):
        split = make(few, returning=returning, videos=9).splits["test"]
        shown = [[s.source for s in split.segments if (s.video, s.digit) == (v, 3)] for v in range(9)]
        assert any(len(sources) > 1 for sources in shown)
        assert {len(set(sources)) for sources in shown} <= images
        assert any(len(set(sources)) > 1 for sources in shown) == (returning == "new")


def test_command_run_as_a_module_takes_every_setting(few, tmp_path):
    chosen = Settings(few, 5, 1.5, 18, False, "fixed", 2, 1, "same")
    command = [
        sys.executable, "-m", "synthetic.moving5", "--out", tmp_path / "out", "--digits", few, "--seed", "5",
        "--travel", "1.5", "--digit-size", "18", "--no-colour", "--order", "fixed", "--videos", "2",
        "--repeats", "1", "--returning", "same", "--preview",
    ]  # fmt: skip
    assert all(getattr(chosen, name) != getattr(Settings(), name) for name in asdict(chosen))
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    data = load(tmp_path / "out")
    assert data.settings == chosen
    assert data.checksum == generate(chosen).checksum
    assert data.checksum in done.stdout
    for name, split in data.splits.items():
        assert f"{name:<10}    2 videos,   10 segments, {len(split.frames):6d} frames" in done.stdout
    pictures = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert pictures == {"moving5.json", "contact_sheet.png", "preview.gif"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--travel", "-1"], "travel is -1.0: give a number from 0 to 28"),
        (["--travel", "nan"], "travel is nan: give a number"),
        (["--digit-size", "3"], "digit_size is 3: give a whole number from 4 to 28"),
        (["--digit-size", "29"], "digit_size is 29"),
        (["--videos", "0"], "videos is 0"),
        (["--repeats", "4"], "repeats is 4: give a whole number from 1 to 3"),
        (["--repeats", "0"], "repeats is 0"),
        (["--seed", "-1"], "seed is -1"),
        (["--digits", "cifar"], "unknown source of digits 'cifar'"),
        (["--digits", "idx:/nowhere"], "nowhere: holds no digits"),
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


def test_folder_that_is_a_file_and_a_missing_codec_give_one_line(few, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").touch()
    assert main(["--out", str(tmp_path / "file"), "--digits", few, "--videos", "1"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    monkeypatch.setitem(sys.modules, "av", None)
    options = ["--out", str(tmp_path / "out"), "--digits", few, "--videos", "1", "--preview", "mp4"]
    assert main(options) == 2
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert "pip install av" in errors


@pytest.mark.fast
@pytest.mark.parametrize("options", [["--order", "sorted"], ["--preview", "webp"], ["--seed", "a"], []])
def test_options_that_do_not_exist_end_with_2(tmp_path, capsys, options):
    with pytest.raises(SystemExit) as stop:
        main([*(["--out", str(tmp_path / "out")] if options else []), *options])
    assert stop.value.code == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order": "sorted"}, "unknown order 'sorted': choose one of random, fixed"),
        ({"videos": 2.5}, "videos is 2.5: give a whole number"),
        ({"digit_size": 20.0}, "digit_size is 20.0: give a whole number"),
    ],
)
def test_bad_setting_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        Settings(**change).check()
    Settings().check()
