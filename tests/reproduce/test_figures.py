"""Every picture against results/: what is read back from the figure is what the rows say."""

import io
import json
import re
import shutil

import matplotlib
import numpy as np
import pytest
from matplotlib.container import BarContainer
from PIL import Image

from dkva.base.segments import segments
from dkva.experiments.experiment import Outcome
from reproduce import figures, pictures
from reproduce.base.effects import per_video
from reproduce.base.paths import INDEX, RENDERED, RESULTS
from reproduce.base.show import LABELS
from reproduce.base.store import Table, publish, read_facts, read_rows, summarise
from reproduce.ledger.paper import TABLES
from reproduce.pictures.base import ARRAYS, MOVING5, arrays

TABLES_DRAWN = [
    "table2_moving5",
    "table3_moving5_random_k",
    *sorted(p.stem for n in (4, 5) for p in RESULTS.glob(f"table{n}_*.csv") if "choice" not in p.stem),
]


def bars(axes):
    """Length and whisker of each bar, by its name; the first panel has the names."""
    names = [label.get_text().replace("\n", " ") for label in axes.figure.axes[0].get_yticklabels()]
    (whiskers,) = next(c for c in axes.containers if isinstance(c, BarContainer)).errorbar.lines[2]
    spans = [segment[:, 0] for segment in whiskers.get_segments()]
    return {n: (bar.get_width(), *span) for n, bar, span in zip(names, axes.patches, spans, strict=True)}


@pytest.mark.parametrize("name", TABLES_DRAWN)
def test_bars_are_the_means_and_intervals_of_the_rows(name):
    figure = pictures.table_bars(name).figure
    facts = read_facts(name)
    found = summarise(read_rows(name), facts["by"], facts["measures"], facts["unit"])
    by_panel = {axes.get_xlabel(): bars(axes) for axes in figure.axes if axes.get_visible()}
    assert sum(map(len, by_panel.values())) == len(found)
    for record in found:
        panel = LABELS[record["measure"]].replace("bound.", "boundary")
        drawn = by_panel[f"{panel} in %"][record["method"]]
        expected = 100 * np.array([record[key] for key in ("mean", "low", "high")])
        assert drawn == pytest.approx(expected, abs=1e-9), record


def test_curves_of_the_study_are_the_means_of_its_rows():
    figure = pictures.study().figure
    rows = [r for r in read_rows("study_moving5") if r["factor"] == "travel" and r["method"] == "TW-FINCH"]
    means = {r["value"]: 100 * r["mean"] for r in summarise(rows, ("value",), ("mof",))}
    axes = next(axes for axes in figure.axes if "path" in axes.get_xlabel())
    names = [handle.get_label() for handle in axes.containers]
    line = axes.containers[names.index("TW-FINCH")].lines[0]
    values = [label.get_text() for label in axes.get_xticklabels()]
    assert dict(zip(values, line.get_ydata(), strict=True)) == pytest.approx(means)


def drawn_segments(axes):
    out = []
    for collection in axes.collections:
        for path in collection.get_paths():
            box = path.get_extents()
            out.append((round(box.y0 + 0.4), round(box.x0), round(box.x1)))
    return sorted(out)


@pytest.mark.parametrize("video", [5, 35])
@pytest.mark.parametrize("kind", ["true K", "random K"])
def test_time_lines_are_the_stored_labels(video, kind):
    stored = arrays(MOVING5, str(video), RESULTS)
    picture = pictures.moving5_time_lines(video, kind)
    axes = picture.figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    rows = [stored["truth"], *(v for k, v in stored.items() if k.startswith(kind) and "segments" not in k)]
    expected = [(i, run.start, run.end) for i, row in enumerate(rows) for run in segments(row)]
    assert drawn_segments(axes) == sorted(expected)
    assert len(names) == len(rows)
    assert f"({100 * np.mean(rows[-1] == rows[0]):.0f}%)" in names[-1]


def test_time_lines_of_recordings_and_seeds_have_the_scores_of_their_rows():
    names = [text.get_text() for text in pictures.recording().figure.axes[0].get_yticklabels()]
    row = next(
        r for r in read_rows("basic_motions") if (r["video"], r["method"]) == ("test01", "uniform split")
    )
    assert f"uniform split ({100 * row['mof']:.0f}%)" in names
    for picture in map(pictures.breakfast_seeds, ("P05_cam01_P05_coffee", "P09_cam01_P09_coffee")):
        rows = [r for r in read_rows("breakfast_sample") if r["video"].startswith(picture.name[-3:].upper())]
        mof = [100 * r["mof"] for r in rows if r["method"] == '"video"']
        names = [text.get_text() for text in picture.figure.axes[0].get_yticklabels()]
        assert names == [f"seed {seed} (MoF {value:.0f}%)" for seed, value in enumerate(mof)]


def test_no_truth_or_features_of_the_real_videos_are_stored():
    with np.load(RESULTS / ARRAYS, allow_pickle=False) as stored:
        mine = {name: stored[name] for name in stored.files if name.startswith("breakfast/")}
    rows = {r["video"]: int(r["n_frames"]) for r in read_rows("breakfast_sample")}
    assert {name.split("/")[1] for name in mine} == set(rows)
    for name, labels in mine.items():
        assert labels.dtype == np.uint8
        assert labels.shape == (5, rows[name.split("/")[1]])
        assert labels.max() < 4
    assert (RESULTS / ARRAYS).stat().st_size < 300_000


def test_similarity_gram_loss_and_motion_are_the_stored_arrays():
    stored = arrays(ARRAYS, "5", RESULTS)
    axes = pictures.similarity(5).figure.axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), stored["similarity"].T)
    grams = arrays(ARRAYS, "gram", RESULTS)
    shown = {a.get_title(): a.images[0].get_array() for a in pictures.gram().figure.axes if a.get_title()}
    assert set(shown) == {name.replace("_", " ") for name in grams if "/" not in name}
    low, high = grams["ntk/range"]
    np.testing.assert_allclose(shown["ntk"], low + (high - low) * grams["ntk"] / 255)
    curves = arrays(ARRAYS, "loss", RESULTS)["curves"]
    lines = pictures.losses().figure.axes[0].lines
    np.testing.assert_array_equal([line.get_ydata() for line in lines[: len(curves)]], curves)
    np.testing.assert_allclose(lines[len(curves) + 1].get_ydata(), np.median(curves, axis=0))
    moved = pictures.motion(5, moving=False).figure.axes[0]
    np.testing.assert_allclose(moved.lines[0].get_xydata(), stored["path"][:, 0])
    points = sorted(p for c in moved.collections[:5] for p in map(tuple, c.get_offsets().tolist()))
    np.testing.assert_allclose(points, sorted(map(tuple, stored["frames"].tolist())))


def test_the_similarity_of_the_picture_gives_the_labels_of_the_time_line():
    for video in (5, 35):
        labels = np.argmax(arrays(ARRAYS, str(video), RESULTS)["similarity"], axis=1)
        named = arrays(MOVING5, str(video), RESULTS)["true K/learned, kernel"]
        pairs = set(zip(labels.tolist(), named.tolist(), strict=True))
        assert len(pairs) == len(set(labels.tolist()))


def test_failure_cases_are_the_worst_by_their_rows():
    picture = pictures.failures()
    rows = [r for r in read_rows("table2_moving5") if r["method"] == "learned, kernel"]
    means = sorted(per_video(rows, "mof").items(), key=lambda pair: pair[1])[:3]
    titles = [block.axes[0].get_title(loc="left") for block in picture.figure.subfigs]
    for title, (video, mean) in zip(titles, means, strict=True):
        seed0 = next(r["mof"] for r in rows if r["video"] == video and r["seed"] == 0)
        assert f"Test video {video[4:]}, MoF {100 * seed0:.0f} %" in title
        assert f"five seeds: {100 * mean:.0f} %" in title.replace("\n", " ")


def test_speed_and_memory_are_the_measured_figures():
    measured = json.loads((RESULTS / "benchmarks" / "speed.json").read_text())["figures"]
    axes = pictures.speed().figure.axes[0]
    expected = [measured["reference"], measured["batch"], measured["video"]]
    assert [line.get_xdata()[0] for line in axes.lines] == [each["ms_per_step"] for each in expected]
    peaks = json.loads((RESULTS / "benchmarks" / "memory.json").read_text())["figures"]["peaks"]
    line = pictures.memory().figure.axes[0].lines[0]
    assert line.get_xydata().tolist() == [[peak["frames"], peak["peak_mb"]] for peak in peaks]
    alone = json.loads((RESULTS / "benchmarks" / "tw_finch.json").read_text())["figures"]["alone"]
    axes = pictures.tw_finch().figure.axes[0]
    assert sorted(y for line in axes.lines for y in line.get_ydata()) == sorted(e["seconds"] for e in alone)
    readers = json.loads((RESULTS / "benchmarks" / "text_reading.json").read_text())["figures"]["readers"]
    times = [1000 * each["median_s"] for each in readers.values() if isinstance(each, dict)]
    assert [line.get_xdata()[0] for line in pictures.reading().figure.axes[0].lines] == pytest.approx(times)


# --- studies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*pictures.STUDIES, "figure3a_kernels"])
def test_bars_of_a_study_are_the_means_and_intervals_of_its_rows(name):
    made = pictures.kernels() if name == "figure3a_kernels" else pictures.settings_study(name)
    facts = read_facts(name)
    found = summarise(read_rows(name), facts["by"], facts["measures"], facts["unit"])
    panels = {
        axes.get_xlabel().replace("\n", " "): bars(axes) for axes in made.figure.axes if axes.get_visible()
    }
    several = len({record.get("factor") for record in found}) > 1
    for record in found:
        panel = panels[f"{record['dataset']} {LABELS[record['measure']]} in %"]
        line = record["kernel"] if "kernel" in record else record["value"]
        drawn = panel[f"{record['factor']}: {line}" if several else line]
        expected = 100 * np.array([record[key] for key in ("mean", "low", "high")])
        assert drawn == pytest.approx(expected, abs=1e-9), record


def test_curves_of_smoothing_are_the_means_of_its_rows():
    found = summarise(read_rows("figure3b_smoothing"), ("dataset", "smoothing"), ("mof", "iou", "f1"))
    panels = {a.get_title().replace("\n", " "): a for a in pictures.smoothing().figure.axes if a.get_title()}
    for record in found:
        axes = panels[f"{record['dataset']}: {LABELS[record['measure']]}"]
        values = [label.get_text() for label in axes.get_xticklabels()]
        height = axes.containers[0].lines[0].get_ydata()[values.index(f"{record['smoothing']:g}")]
        assert height == pytest.approx(100 * record["mean"])


def test_every_seed_is_a_ring():
    rows = read_rows("study_seeds")
    axes = {a.get_title(loc="left"): a for a in pictures.seeds().figure.axes}
    assert set(axes) == {row["dataset"] for row in rows}
    for name, panel in axes.items():
        for place, label in enumerate(panel.get_yticklabels()):
            mine = [100 * r["mof"] for r in rows if (r["dataset"], r["video"]) == (name, label.get_text())]
            assert panel.lines[2 * place].get_xdata().tolist() == mine
            assert panel.lines[2 * place + 1].get_xdata() == pytest.approx(2 * [np.mean(mine)])


def test_the_histogram_of_the_gaussian_factor_is_that_of_its_rows():
    rows = read_rows("gaussian_factor")
    for axes in pictures.gaussian_factor().figure.axes:
        if not axes.get_visible():
            continue
        name = axes.get_xlabel().replace("\n", " ").removesuffix(" share of pairs in %")
        mine = [row for row in rows if row["dataset"] == name]
        drawn = bars(axes)
        assert sum(value for value, *_ in drawn.values()) == pytest.approx(100, abs=0.01)
        for label, (value, *_) in drawn.items():
            assert value == pytest.approx(100 * np.mean([row[label] for row in mine]), abs=1e-4)


def test_steps_by_loss_are_the_measured_figures():
    measured = json.loads((RESULTS / "benchmarks" / "transport.json").read_text())["figures"]["losses"]
    axes = pictures.transport().figure.axes[0]
    assert [line.get_xdata()[0] for line in axes.lines] == [each["ms_per_step"] for each in measured.values()]


# --- what others will store --------------------------------------------------------------------------


def stored_study(folder, name, setting, values):
    rows = [
        {"dataset": d, setting: v, "method": "", "video": f"v{i}", "seed": 0, "n_frames": 3000,
         "mof": x, "iou": 0.5, "f1": 0.4}
        for d in ("Moving5", "BasicMotions")
        for v in values
        for i, x in enumerate((0.2, 0.4))
    ]  # fmt: skip
    table = Table(name, name, "none", by=("dataset", setting, "method"))
    publish(table, Outcome(rows, {}, len(rows)), {}, folder)


def test_kernels_and_smoothing_are_drawn_once_their_rows_are_there(tmp_path):
    said = [each for each in pictures.every(tmp_path) if isinstance(each, str)]
    assert any("figure3a_kernels.csv" in each for each in said)
    stored_study(tmp_path, "figure3a_kernels", "kernel", ["Gauss, l = 10", "GaussNTK"])
    stored_study(tmp_path, "figure3b_smoothing", "smoothing", [2.5, 0.0, 10.0])
    axes = pictures.kernels(tmp_path).figure.axes
    assert len(axes) == 6
    assert [bar.get_width() for bar in axes[0].patches] == pytest.approx([30, 30])
    axes = pictures.smoothing(tmp_path).figure.axes
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["0", "2.5", "10"]
    assert axes[0].lines[0].get_ydata() == pytest.approx([30, 30, 30])
    assert axes[0].lines[-1].get_xdata() == [1, 1]  # the paper's rule for long videos: 2.5


def test_the_papers_number_is_a_diamond(tmp_path, monkeypatch):
    for suffix in ("csv", "json"):
        shutil.copy(RESULTS / f"table4_basic_motions.{suffix}", tmp_path)
    dataset = read_facts("table4_basic_motions")["table"][0]["dataset"]
    numbers = dict(TABLES) | {"table4": {(dataset, "TW-FINCH", "mof"): 66.0}}
    monkeypatch.setattr("reproduce.ledger.paper.TABLES", numbers)
    axes = pictures.table_bars("table4_basic_motions", tmp_path).figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert [c.get_offsets().tolist() for c in axes.collections if c.get_offsets().size][-1] == [
        [66, names.index("TW-FINCH")]
    ]


def test_scaling_is_drawn_once_it_is_measured(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    lengths = [
        {"program": program, "frames": n, "seconds": n / speed, "peak_mb": n / 10}
        for program, speed in (("dkva", 100), ("TW-FINCH", 50))
        for n in (1000, 2000)
    ]
    facts = {
        "processor": "p",
        "cores": 2,
        "figures": {
            "features": 4,
            "segments": 3,
            "epochs": 9,
            "lengths": lengths,
            "exponents": {"dkva": 1.0, "TW-FINCH": 1.0},
        },
    }
    (tmp_path / "benchmarks" / "scaling.json").write_text(json.dumps(facts))
    picture = pictures.scaling(tmp_path)
    axes = picture.figure.axes[0]
    assert axes.lines[0].get_xydata().tolist() == [[1000, 10], [2000, 20]]
    assert axes.lines[1].get_xydata().tolist() == [[1000, 20], [2000, 40]]
    assert "dkva 1.00" in picture.alt
    facts["figures"] = {"over_processes": [{"videos": v, "workers": 2, "seconds": 3 * v} for v in (45, 1460)]}
    (tmp_path / "benchmarks" / "many_videos.json").write_text(json.dumps(facts))
    axes = pictures.many_videos(tmp_path).figure.axes[0]
    assert axes.lines[0].get_xydata().tolist() == [[45, 135], [1460, 4380]]


# --- files -------------------------------------------------------------------------------------------


def test_the_index_lists_every_rendered_file_and_every_picture():
    index = json.loads((RENDERED / INDEX).read_text())
    listed = [name for each in index for name in each["files"]]
    assert sorted(listed) == sorted(p.name for p in RENDERED.iterdir() if p.name != INDEX)
    for each in index:
        assert {"svg", "png"} <= {name.rsplit(".", 1)[1] for name in each["files"]}
        assert each["title"]
        assert len(each["alt"]) > 20
        assert all((RESULTS / source).is_file() for source in each["sources"])


def test_drawing_again_gives_the_same_bytes_and_the_committed_ones():
    for make in (lambda: pictures.table_bars("table5_basic_motions"), lambda: pictures.moving5_frames(5)):
        first, second = make(), make()
        for form in ("svg", "png"):
            body = figures.rendered(first.figure, form)
            assert body == figures.rendered(second.figure, form)
            there = (RENDERED / f"{first.name}.{form}").read_bytes()
            version = re.search(rb"Matplotlib v([\d.]+)", (RENDERED / f"{first.name}.svg").read_bytes())
            if version and version[1].decode() == matplotlib.__version__:
                assert body == there


def test_the_animation_shows_every_epoch():
    path = RENDERED / "moving5_motion_video05.gif"
    epochs = len(arrays(ARRAYS, "5", RESULTS)["path"])
    with Image.open(path) as moving:
        assert moving.n_frames == epochs
    body = figures.animation(pictures.motion(5).moving[:2])
    with Image.open(io.BytesIO(body)) as moving:
        assert moving.n_frames == 2


def test_the_words_of_the_index_are_those_of_the_pictures():
    index = {each["name"]: each for each in json.loads((RENDERED / INDEX).read_text())}
    for picture in (pictures.failures(), pictures.speed(), pictures.table_bars("table2_moving5")):
        assert index[picture.name]["alt"] == picture.alt
        assert index[picture.name]["title"] == picture.title
