"""What people really hold, from the shell: each kind of file is read, or refused by one line that helps.

The rows read like a list of what came up with users of pose trackers, annotation tools and extractors.
"""

import csv
import gzip
import itertools
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import scipy.io

NAMES = ["pour", "stir", "take", "crack"]

#: Clusters the planted videos below without error, in no time.
KMEANS = ("--method", "kmeans", "--n-init", 2)


def planted(n=300, d=8, k=4, noise=0.2, seed=0, order=None):
    """Features [n, d] and labels [n] of actions that differ, in an order."""
    draw = np.random.default_rng(seed)
    order = order or list(range(k))
    means = draw.normal(size=(k, d))
    edges = np.linspace(0, n, len(order) + 1).astype(int)
    labels = np.concatenate(
        [np.full(b - a, each) for each, a, b in zip(order, edges, edges[1:], strict=False)]
    )
    return means[labels] + noise * draw.normal(size=(n, d)), labels


X, L = planted()
LABELS = [NAMES[label] for label in L]
ROWS = [",".join(f"{value:.4f}" for value in row) for row in X]
POINTS = [f"p{i}_{axis}" for i in range(4) for axis in "xy"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, with one video and its labels."""
    monkeypatch.chdir(tmp_path)
    np.save("v.npy", X)
    Path("gt.txt").write_text("\n".join(LABELS) + "\n")
    return tmp_path


@pytest.fixture
def segmented(here, dkva):
    """Segment a file: status, document or None, stdout, stderr."""

    def run(name="v.npy", *options, k=4, method=KMEANS):
        code, text, errors = dkva("segment", name, "-k", k, *method, *options)
        stem = Path(name).name.split(".")[0]
        path = here / f"dkva-out/{stem}.json"
        return code, json.loads(path.read_text()) if path.exists() else None, text, errors

    return run


def write(name, text, encoding="utf-8"):
    Path(name).write_bytes(text.encode(encoding))


# --- wrong and silent ------------------------------------------------------------------------------------


def cells(line):
    return line.split()


def test_the_table_without_labels_has_a_cell_for_each_column(segmented):
    _, doc, text, _ = segmented()
    head, row = (line for line in text.splitlines() if line.strip().startswith(("video", "v ")))
    assert cells(head) == ["video", "frames", "features", "k", "segments", "labels", "used"]
    used = len({run["label"] for run in doc["segments"]})
    assert cells(row) == ["v", "300", "8", "4", str(len(doc["segments"])), str(used)]
    assert (doc["frames"], doc["features"]) == (300, 8)


def test_the_table_with_scores_shows_what_the_document_holds(segmented):
    _, doc, text, _ = segmented("v.npy", "--labels", "gt.txt")
    head, row = (line for line in text.splitlines() if line.strip().startswith(("video", "v ")))
    scores = doc["scores"]
    near = scores["boundaries"]
    shown = [scores["mof"], scores["iou"], scores["f1"], near["recall"], near["precision"]]
    shown += [scores["f1_10"], scores["f1_25"], scores["f1_50"], scores["edit"]]
    assert len(cells(head)) == len(cells(row)) == 1 + len(shown)
    assert cells(row)[1:] == [f"{100 * value:.1f}" for value in shown]


SEGMENT_LIST = "1-75 pour\n76-150 stir\n151-225 take\n226-300 crack\n"
BORIS = "Behavior,Behavior type,Time\n" + "".join(
    f"{name},START,{3 * i}\n{name},STOP,{3 * (i + 1)}\n" for i, name in enumerate(NAMES)
)
ELAN = "".join(f"action\t\t{3.0 * i:.3f}\t{3.0 * (i + 1):.3f}\t{name}\n" for i, name in enumerate(NAMES))
EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER>{slots}</TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="default" TIER_ID="action">{annotations}</TIER>
</ANNOTATION_DOCUMENT>
""".format(
    slots="".join(f'<TIME_SLOT TIME_SLOT_ID="ts{i}" TIME_VALUE="{3000 * i}"/>' for i in range(5)),
    annotations="".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{i}" TIME_SLOT_REF1="ts{i}" '
        f'TIME_SLOT_REF2="ts{i + 1}"><ANNOTATION_VALUE>{name}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
        "</ANNOTATION>"
        for i, name in enumerate(NAMES)
    ),
)
ONE_HOT = (
    ","
    + ",".join(NAMES)
    + "\n"
    + "".join(
        f"{i}," + ",".join("1" if name == label else "0" for name in NAMES) + "\n"
        for i, label in enumerate(LABELS)
    )
)


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("c.txt", SEGMENT_LIST, ()),
        (
            "c.csv",
            "start,end,label\n" + "".join(f"{75 * i},{75 * (i + 1)},{n}\n" for i, n in enumerate(NAMES)),
            (),
        ),
        (
            "audacity.txt",
            "".join(f"{3 * i:.6f}\t{3 * i + 3:.6f}\t{n}\n" for i, n in enumerate(NAMES)),
            ("--fps", 25),
        ),
        ("boris.csv", BORIS, ("--fps", 25)),
        ("boris.tsv", BORIS.replace(",", "\t"), ("--fps", 50, "--stride", 2)),
        ("elan.txt", ELAN, ("--fps", 25)),
        ("elan.eaf", EAF, ("--fps", 25)),
        ("one_hot.csv", ONE_HOT, ()),
        ("table.csv", "frame,label\n" + "".join(f"{i},{n}\n" for i, n in enumerate(LABELS)), ()),
        ("third.txt", "\n".join(LABELS[::3]) + "\n", ("--lengths", "resample")),
        ("windows.txt", "\r\n".join(LABELS) + "\r\n", ()),
    ],
)
@pytest.mark.parametrize("policy", ["error", "trim"])
def test_labels_of_every_kind_are_those_of_each_frame(segmented, name, text, options, policy):
    """Whichever policy stands beside them: one that the kind needs comes last and holds."""
    write(name, text)
    code, doc, _, errors = segmented("v.npy", "--labels", name, "--lengths", policy, *options)
    assert code == 0, errors
    assert doc["scores"]["mof"] == 1.0
    assert doc["scores"]["n_frames"] == doc["frames"] == 300
    plain = name in ("windows.txt",)
    assert bool(doc["scores"]["reading"]["notes"]) != plain
    assert ("note: v: labels: " in errors) != plain


@pytest.mark.parametrize(
    ("name", "text", "options", "says"),
    [
        ("boris.csv", BORIS, (), "--fps"),
        ("elan.eaf", EAF, ("--lengths", "trim"), "--fps"),
        ("lfs.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", (), "git lfs pull"),
        ("third.txt", "\n".join(LABELS[::3]) + "\n", (), "100 labels for 300 frames"),
        ("third.txt", "\n".join(LABELS[::3]) + "\n", ("--lengths", "trim"), "--lengths resample"),
        ("few.txt", "pour\nstir\n", ("--lengths", "pad"), "start and end of each action"),
        ("half.txt", "\n".join(LABELS[:170]) + "\n", ("--lengths", "pad"), "--force-lengths"),
        ("late.txt", "1-75 pour\n76-9000 stir\n", ("--lengths", "trim"), "9000"),
        ("page.txt", "<!DOCTYPE html><html></html>", (), "HTML"),
    ],
)
def test_labels_that_cannot_be_right_cost_the_scores_and_nothing_else(segmented, name, text, options, says):
    """A good result is kept, the video is cut, and one line names the file and the remedy."""
    write(name, text)
    code, doc, _, errors = segmented("v.npy", "--labels", name, *options)
    assert code == 2
    (line,) = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert says in line
    assert name in line
    assert doc["frames"] == doc["segments"][-1]["end"] == 300
    assert "scores" not in doc


def test_a_good_result_is_not_overwritten_by_bad_labels(segmented):
    _, good, _, _ = segmented("v.npy", "--labels", "gt.txt")
    write("few.txt", "pour\nstir\n")
    code, doc, text, _ = segmented("v.npy", "--labels", "few.txt", "--lengths", "trim")
    assert (code, doc["frames"]) == (2, 300)
    assert "kept 1" in text
    assert [(run["start"], run["end"]) for run in doc["segments"]] == [
        (run["start"], run["end"]) for run in good["segments"]
    ]


@pytest.mark.parametrize(("policy", "scored"), [("trim", 290), ("pad", 300), ("center", 300)])
def test_small_differences_fit_the_labels_and_never_the_features(segmented, policy, scored):
    fitted = LABELS[:290] if policy != "center" else [LABELS[0]] * 5 + LABELS + [LABELS[-1]] * 5
    write("near.txt", "\n".join(fitted) + "\n")
    code, doc, _, errors = segmented("v.npy", "--labels", "near.txt", "--lengths", policy)
    assert (code, doc["frames"], doc["scores"]["n_frames"]) == (0, 300, scored)
    assert doc["scores"]["mof"] == 1.0
    assert "note: v: labels: " in errors


def test_a_window_of_half_the_video_is_said(here, dkva):
    video, _ = planted(300, 8, 2, 0.3, 0, [0, 1] * 3)
    np.save("w.npy", video)
    margins = {}
    for smoothing, shown in ((2.5, True), (0.3, False)):
        _, _, errors = dkva("segment", "w.npy", "-k", 2, "--smoothing", smoothing, "--epochs", 20)
        assert ("frames are averaged over 375 frames, and the video has 300" in errors) == shown
        doc = json.loads(Path("dkva-out/w.json").read_text())
        margins[smoothing] = np.mean([run["margin"] for run in doc["segments"]])
        assert len(doc["segments"]) == (2 if shown else 6)
    assert margins[2.5] < 0.3  # cut into halves, each of both actions
    assert margins[0.3] > 0.6


@pytest.mark.parametrize("shape", [(2048, 300), (40, 300)])
def test_arrays_that_look_transposed_are_asked_about(segmented, shape):
    turned = planted(300, shape[0], 4)[0].T
    np.save("t.npy", turned)
    _, doc, _, errors = segmented("t.npy")
    assert "--transposed" in errors
    assert (doc["frames"], doc["features"]) == shape
    assert any("--transposed" in note for note in doc["reading"]["notes"])
    _, doc, _, errors = segmented("t.npy", "--transposed")
    assert (doc["frames"], doc["features"], errors) == (300, shape[0], "")


def table(head, rows):
    return "\n".join([head, *rows]) + "\n"


COUNTED = [f"{i}," + row for i, row in enumerate(ROWS)]
TIMED = [f"{i / 25:.3f}," + row for i, row in enumerate(ROWS)]
DLC = "\n".join(
    [
        "scorer," + ",".join(["DLC_resnet50"] * 12),
        "bodyparts," + ",".join(f"p{i}" for i in range(4) for _ in range(3)),
        "coords," + ",".join(["x", "y", "likelihood"] * 4),
        *(
            f"{i}," + ",".join(f"{row[2 * j]:.4f},{row[2 * j + 1]:.4f},0.99" for j in range(4))
            for i, row in enumerate(X)
        ),
    ]
)
SLEAP = "\n".join(
    [
        "track,frame_idx,instance.score," + ",".join(f"p{i}.x,p{i}.y,p{i}.score" for i in range(4)),
        *(
            f"track_0,{i},0.9," + ",".join(f"{row[2 * j]:.4f},{row[2 * j + 1]:.4f},0.99" for j in range(4))
            for i, row in enumerate(X)
        ),
    ]
)


@pytest.mark.parametrize(
    ("name", "make", "noted"),
    [
        ("plain.csv", lambda f: write(f, "\n".join(ROWS) + "\n"), False),
        ("pandas.csv", lambda f: write(f, table("," + ",".join("abcdefgh"), COUNTED)), True),
        ("frame.csv", lambda f: write(f, table("frame," + ",".join(POINTS), COUNTED)), True),
        ("time.csv", lambda f: write(f, table("timestamp," + ",".join(POINTS), TIMED)), True),
        ("unnamed.csv", lambda f: write(f, table("Unnamed: 0," + ",".join(POINTS), COUNTED)), True),
        ("index.csv", lambda f: write(f, "\n".join(COUNTED) + "\n"), True),
        ("deeplabcut.csv", lambda f: write(f, DLC + "\n"), True),
        ("sleap.csv", lambda f: write(f, SLEAP + "\n"), True),
        ("savetxt.txt", lambda f: np.savetxt(f, X, fmt="%.4f", header="a b c"), True),
        ("trailing.csv", lambda f: write(f, "".join(row + ",\n" for row in ROWS)), True),
        ("excel.csv", lambda f: write(f, "sep=,\n" + "\n".join(ROWS) + "\n"), False),
        ("utf16.csv", lambda f: write(f, table(",".join(POINTS), ROWS), "utf-16"), True),
        (
            "zipped.csv.gz",
            lambda f: Path(f).write_bytes(gzip.compress(table(",".join(POINTS), ROWS).encode())),
            True,
        ),
        ("middle.npy", lambda f: np.save(f, X[:, None]), True),
        ("first.npy", lambda f: np.save(f, X[None]), True),
        ("maps.npy", lambda f: np.save(f, X[:, :, None, None]), True),
        ("points.npy", lambda f: np.save(f, X.reshape(300, 4, 2)), True),
        ("matlab.mat", lambda f: scipy.io.savemat(f, {"features": X}), False),
    ],
)
def test_features_of_every_kind_are_the_same_video(segmented, name, make, noted):
    make(name)
    code, doc, _, errors = segmented(name, "--labels", "gt.txt")
    assert code == 0, errors
    assert (doc["frames"], doc["features"], doc["scores"]["mof"]) == (300, 8, 1.0)
    assert bool(errors) == noted, errors
    assert all(line.startswith(f"note: {name.split('.')[0]}: ") for line in errors.splitlines())
    assert bool(doc["reading"]["notes"]) == noted


def test_columns_are_chosen_and_left_out(segmented):
    write("frame.csv", table("frame," + ",".join(POINTS), COUNTED))
    for options, features in (
        (("--columns", "frame,p0_x"), 2),
        (("--columns", "2-5"), 4),
        (("--drop", "p0_x", "--drop", "frame,p0_y"), 6),
    ):
        _, doc, _, _ = segmented("frame.csv", *options)
        assert doc["features"] == features
    code, _, _, errors = segmented("frame.csv", "--columns", "nose")
    assert code == 2
    assert "nose" in errors
    assert "p0_x" in errors


def test_columns_that_are_dropped_bring_no_counter_or_likelihood_back(segmented):
    write("deeplabcut.csv", DLC + "\n")
    _, doc, _, _ = segmented("deeplabcut.csv", "--drop", "p0_x,p0_y")
    assert doc["features"] == 6
    assert doc["reading"]["left_out"].keys() == {"counts", "confidence"}


def test_labels_inside_a_table_of_features_are_no_feature(segmented):
    write(
        "with_truth.csv",
        table(",".join([*POINTS, "behavior_id"]), [f"{r},{n}" for r, n in zip(ROWS, L, strict=True)]),
    )
    _, doc, _, errors = segmented("with_truth.csv")
    assert doc["features"] == 8
    assert "behavior_id" in errors


def test_lost_tracking_is_counted_and_interpolated_if_asked(segmented):
    rows = [
        ",".join("" if 10 <= i < 14 and j == 2 else f"{v:.4f}" for j, v in enumerate(row))
        for i, row in enumerate(X)
    ]
    write("lost.csv", table(",".join(POINTS), rows))
    code, doc, _, errors = segmented("lost.csv")
    assert (code, doc) == (2, None)
    assert "4 of 300 frames" in errors
    assert "p1_x" in errors
    assert "--missing interpolate" in errors
    assert "leave out the frame" not in errors
    code, doc, _, errors = segmented("lost.csv", "--missing", "interpolate", "--labels", "gt.txt")
    assert (code, doc["frames"], doc["scores"]["mof"]) == (0, 300, 1.0)
    assert "4" in next(line for line in errors.splitlines() if "interpolat" in line)


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("video.mp4", lambda f: Path(f).write_bytes(b"\0\0\0\x18ftypmp42"), "check it in a player"),
        ("weights.pt", lambda f: Path(f).write_bytes(b"PK\3\4"), ".npy"),
        ("crops.npy", lambda f: np.save(f, np.zeros((300, 10, 64))), "average"),
        (
            "lfs.npy",
            lambda f: write(f, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
            "git lfs",
        ),
        ("two.npz", lambda f: np.savez(f, left=X, right=X), "--array"),
        ("labels.txt", lambda f: write(f, "\n".join(LABELS)), "label"),
        ("nope.npy", lambda f: None, "not found"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_helps(segmented, name, make, says):
    make(name)
    code, doc, _, errors = segmented(name)
    assert (code, doc) == (2, None)
    (line,) = errors.splitlines()
    assert name in line
    assert says in line


def test_an_array_is_taken_by_name(segmented):
    np.savez("two.npz", left=X[:, :4], right=X)
    _, doc, _, _ = segmented("two.npz", "--array", "right")
    assert doc["features"] == 8


def test_kinds_that_are_passed_over_are_named(here, dkva):
    Path("f").mkdir()
    np.save("f/v.npy", X)
    for name in ("a.pt", "b.pt", "c.mp4"):
        Path("f", name).touch()
    code, _, errors = dkva("segment", "f", "-k", 4, *KMEANS)
    assert code == 0
    assert "note: f: passed over 3 files (1 .mp4, 2 .pt)" in errors


# --- refused needlessly, or by a misleading line ---------------------------------------------------------


def test_class_numbers_are_translated_by_the_mapping_which_is_named(here, dkva):
    for folder in ("d/features", "d/groundTruth", "d/mapping"):
        Path(folder).mkdir(parents=True)
    np.save("d/features/v.npy", X)
    write("d/mapping/mapping.txt", "".join(f"{i} {name}\n" for i, name in enumerate(NAMES)))
    write("d/groundTruth/v.txt", "\n".join(map(str, L)) + "\n")
    code, _, errors = dkva("segment", "d", "-k", 4, "--labels", "d/groundTruth", *KMEANS)
    assert (code, json.loads(Path("dkva-out/v.json").read_text())["scores"]["mof"]) == (0, 1.0)
    assert "mapping" in errors
    write("d/groundTruth/v.txt", "\n".join(["fly", *LABELS[1:]]) + "\n")
    code, _, errors = dkva("segment", "d", "-k", 4, "--labels", "d/groundTruth", *KMEANS)
    assert code == 2
    assert "mapping/mapping.txt" in errors
    Path("other").mkdir()
    write("other/v.txt", "\n".join([*LABELS[:-1], "fly"]) + "\n")
    write("mapping.txt", "0 x\n")
    Path("mapping").mkdir()
    write("mapping/mapping.txt", "0 x\n")
    Path("deep/er/other").mkdir(parents=True)
    write("deep/er/other/v.txt", "\n".join(LABELS) + "\n")
    code, _, errors = dkva("segment", "v.npy", "-k", 4, "--labels", "deep/er/other", *KMEANS)
    assert (code, errors) == (0, "")  # the mapping far above is another's


@pytest.mark.parametrize("name", ["v.csv", "v_labels.txt", "v-labels.csv", "v_gt.txt"])
def test_labels_are_found_by_their_usual_names(here, dkva, name):
    Path("truth").mkdir()
    write(f"truth/{name}", "label\n" * name.endswith(".csv") + "\n".join(LABELS) + "\n")
    code, text, _ = dkva("segment", "v.npy", "-k", 4, "--labels", "truth", *KMEANS)
    assert code == 0
    assert "100.0" in text


def test_a_table_of_deeplabcut_has_the_labels_of_its_recording(here, dkva):
    Path("truth").mkdir()
    write("mouse1DLC_resnet50_homeJul1shuffle1_100000.csv", DLC + "\n")
    write("truth/mouse1.txt", "\n".join(LABELS) + "\n")
    code, text, _ = dkva(
        "segment", "mouse1DLC_resnet50_homeJul1shuffle1_100000.csv", "-k", 4, "--labels", "truth", *KMEANS
    )
    assert code == 0
    assert "100.0" in text


def test_several_observations_in_a_table_of_boris_are_not_one(segmented):
    rows = [f"{obs},{name},{kind},{time}" for obs, name, kind, time in (
        ("first", "pour", "START", 0), ("first", "pour", "STOP", 6), ("second", "stir", "START", 6),
        ("second", "stir", "STOP", 12),
    )]  # fmt: skip
    write("boris.csv", table("Observation id,Behavior,Behavior type,Time", rows))
    code, doc, _, errors = segmented("v.npy", "--labels", "boris.csv", "--fps", 25)
    assert (code, "scores" in doc) == (2, False)
    assert "several videos or observations (first, second)" in errors


def test_the_rate_that_a_file_gives_is_named_beside_another(segmented):
    rated = BORIS.replace("Time\n", "Time,FPS\n").replace("START,0\n", "START,0,25\n")
    rated = "\n".join(line if line.count(",") == 3 else f"{line},25" for line in rated.splitlines()) + "\n"
    write("boris.csv", rated)
    code, doc, _, errors = segmented("v.npy", "--labels", "boris.csv")
    assert (code, doc["scores"]["mof"]) == (0, 1.0)
    _, _, _, errors = segmented("v.npy", "--labels", "boris.csv", "--fps", 24)
    assert "the file says 25" in errors


def test_a_stride_without_a_rate_is_refused(segmented):
    code, doc, _, errors = segmented("v.npy", "--stride", 5)
    assert (code, doc) == (2, None)
    assert "--stride 5: says nothing without --fps" in errors


def test_labels_that_are_not_found_say_what_was_tried_and_the_video_is_cut(here, dkva):
    Path("truth").mkdir()
    code, text, errors = dkva("segment", "v.npy", "-k", 4, "--labels", "truth", *KMEANS)
    assert (code, "segmented 1" in text) == (2, True)
    assert "v.txt" in errors
    assert "v_labels.txt" in errors


def test_k_is_given_once(here, dkva):
    code, _, errors = dkva("segment", "v.npy", "-k", 4, "-k", 6)
    assert code == 2
    assert "give -k once" in errors
    assert not Path("dkva-out").exists()


# --- the first hour --------------------------------------------------------------------------------------


def imports_of(*arguments):
    """Modules that a command imports, its status and its errors, from a process of its own."""
    code = textwrap.dedent("""
        import sys
        from dkva.cli.main import main
        try:
            main(sys.argv[1:])
        except SystemExit as stop:
            print(*sorted(sys.modules), file=sys.stdout)
            sys.exit(stop.code)
    """)
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split()), done.returncode, done.stderr


HEAVY = {"jax", "sklearn", "scipy", "optax", "matplotlib", "polars", "pandas"}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("segment", "--help"), 0), (("segment", "nope.npy", "-k", 3), 2), (("--help",), 0)],
)
def test_nothing_heavy_is_imported_before_it_is_needed(here, arguments, status):
    modules, code, errors = imports_of(*arguments)
    assert (modules & HEAVY, code) == (set(), status)
    assert (errors == "error: nope.npy: not found; check the path\n") == (status == 2)
    assert not Path("dkva-out").exists()


@pytest.mark.parametrize("options", [("-k", 4), ("--levels", 5)], ids=str)
def test_the_default_method_needs_no_jax(here, options):
    modules, code, _ = imports_of("segment", "v.npy", *options)
    assert (modules & {"jax", "sklearn", "optax"}, code) == (set(), 0)


def test_what_is_kept_needs_no_jax(here, dkva):
    options = ("--epochs", 1, "--smoothing", 0)
    dkva("segment", "v.npy", "-k", 4, *options)
    modules, code, _ = imports_of("segment", "v.npy", "-k", 4, *options)
    assert (modules & {"jax", "sklearn"}, code) == (set(), 0)


def test_results_of_an_earlier_run_are_no_features(here, dkva):
    Path("f").mkdir()
    np.save("f/v.npy", X)
    dkva("segment", "f", "-k", 4, "--out", "f/first", "--frame-labels", "txt", *KMEANS)
    code, text, errors = dkva("segment", "f", "-k", 4, "--out", "second", *KMEANS)
    assert code == 0
    assert "segmented 1;" in text
    assert errors == "note: f/first: passed over, as it holds results of dkva\n"


def test_files_of_others_in_the_output_folder_stay(here, dkva):
    Path("dkva-out").mkdir()
    write("dkva-out/summary.csv", "mine\n")
    code, _, errors = dkva("segment", "v.npy", "-k", 4, *KMEANS)
    assert (code, Path("dkva-out/summary.csv").read_text()) == (2, "mine\n")
    assert "summary.csv: is there and is no result of dkva" in errors


def test_boundaries_have_a_tolerance_that_is_said(here, dkva):
    moved = LABELS[:2] + LABELS[:-2]
    write("moved.txt", "\n".join(moved) + "\n")
    _, text, _ = dkva("segment", "v.npy", "-k", 4, "--labels", "moved.txt", *KMEANS)
    scores = json.loads(Path("dkva-out/v.json").read_text())["scores"]
    assert (scores["boundary_accuracy"], scores["boundaries"]["recall"]) == (0, 1)
    assert "within 6 frames (2 % of the video)" in text
    _, text, _ = dkva(
        "segment", "v.npy", "-k", 4, "--labels", "moved.txt", "--boundary-tolerance", 1, *KMEANS
    )
    assert json.loads(Path("dkva-out/v.json").read_text())["scores"]["boundaries"]["recall"] == 0
    assert "within 1 frame;" in text


def test_times_names_and_frame_labels(here, dkva):
    out = Path("dkva-out")
    options = ("--fps", 25, "--stride", 5, "--frame-labels", "txt", "--labels", "gt.txt")
    dkva("segment", "v.npy", "-k", 4, *options, *KMEANS)
    doc = json.loads((out / "v.json").read_text())
    assert [(run["start_time"], run["end_time"]) for run in doc["segments"]] == [
        (0, 15),
        (15, 30),
        (30, 45),
        (45, 60),
    ]
    assert [run["name"] for run in doc["segments"]] == NAMES
    assert (out / "v.labels.txt").read_text().splitlines() == LABELS
    rows = list(csv.DictReader((out / "segments.csv").open()))
    assert [(row["start_time"], row["name"]) for row in rows][1] == ("15.0", "stir")
    assert "key" not in rows[0]
    (whole, *each) = csv.DictReader((out / "summary.csv").open())
    assert (whole["label"], whole["count"], whole["seconds"]) == ("(any)", "4", "60.0")
    assert {row["label"]: row["share"] for row in each} == dict.fromkeys(NAMES, "0.25")
    steps = list(csv.DictReader((out / "transitions.csv").open()))
    assert [(row["from"], row["to"]) for row in steps] == sorted(itertools.pairwise(NAMES))


def test_every_option_says_what_it_does(here, dkva):
    _, text, _ = dkva("segment", "--help")
    options = text[text.index("Options:") :].splitlines()[1:]
    starts = [line for line in options if line.startswith("  -")]
    for line, following in zip(starts, [*starts[1:], None], strict=True):
        block = options[options.index(line) : None if following is None else options.index(following)]
        words = " ".join(block).split("[default")[0].split()
        assert sum(word.isalpha() and len(word) > 1 for word in words) >= 2, line
    assert "nothing is sent anywhere" in " ".join(text.split())
