"""`dkva evaluate`: predictions of anybody, scored under every protocol."""

import json

import numpy as np
import pytest
from made_classes import ENTRY, SOURCE

from dkva.cli import evaluate
from dkva.experiments.models import write_model
from dkva.metrics.ms_tcn_protocol import LAST_ENDS
from dkva.metrics.protocols import PROTOCOLS, SCOPES

pytestmark = pytest.mark.fast

TRUTHS = {
    "tea/v": ["pour"] * 10 + ["stir"] * 10,
    "tea/w": ["stir"] * 5 + ["pour"] * 15,
    "milk/x": ["pour"] * 8 + ["heat"] * 12,
}


def write(folder, labels):
    for name, each in labels.items():
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(each) + "\n")
    return folder


@pytest.fixture
def truth(tmp_path):
    return write(tmp_path / "groundTruth", TRUTHS)


@pytest.fixture
def predicted(tmp_path):
    """The truth a frame late."""
    return write(tmp_path / "predicted", {name: [each[0], *each[:-1]] for name, each in TRUTHS.items()})


def document(dkva, *arguments):
    code, text, errors = dkva("evaluate", *arguments, "--json")
    return code, json.loads(text), errors


def test_choices_are_those_of_the_library():
    assert set(evaluate._PROTOCOLS) == set(PROTOCOLS)
    assert evaluate._SCOPES == SCOPES
    assert evaluate._LAST_ENDS == LAST_ENDS


@pytest.mark.parametrize(("program", "last_end"), [("ms_tcn", "n"), ("asformer_and_ms_tcn2", "n-1")])
@pytest.mark.parametrize(("classes", "background"), [("no_background", ""), ("class0_is_background", "0")])
def test_figures_of_the_published_programs(
    dkva, tmp_path, reference_root, program, last_end, classes, background
):
    expected = json.loads((reference_root / "mstcn_metrics.json").read_text())[classes][program]
    with np.load(reference_root / "mstcn_metrics.npz") as arrays:
        for name, array in arrays.items():
            side, _, place = name.partition("_")
            if side in ("gt", "pred"):
                write(tmp_path / side, {f"video_{place}": map(str, array.tolist())})
    options = ("--protocol", "ms-tcn", "--last-end", last_end, "--background", background)
    code, doc, errors = document(dkva, tmp_path / "gt", tmp_path / "pred", *options, "--each")
    assert (code, errors, doc["videos"]) == (0, "", 20)
    (found,) = doc["results"]
    scores = {name: 100 * each["score"] for name, each in found["scores"].items()}
    # Sums of twenty counts and means of twenty, in another order.
    assert scores["accuracy"] == pytest.approx(expected["acc"], rel=1e-13)
    assert scores["edit"] == pytest.approx(expected["edit"], rel=1e-13)
    for name in ("10", "25", "50"):
        assert scores[f"f1_{name}"] == pytest.approx(expected[f"f1@{name}"], rel=1e-13)
    edits = [100 * each["edit"] for each in found["videos"].values()]
    assert edits == pytest.approx([each["edit"] for each in expected["per_video"]], rel=1e-13)


def test_all_protocols_at_once(dkva, truth, predicted):
    code, text, errors = dkva("evaluate", truth, predicted)
    assert (code, errors) == (0, "")
    shown = [line.split('"')[1] for line in text.splitlines() if line.startswith("protocol")]
    assert shown == ["ms-tcn", "tw-finch", "asot"]
    scopes = [line.split()[0] for line in text.splitlines() if line.split()[:1] and line.split()[0] in SCOPES]
    assert scopes == ["all", *SCOPES, *SCOPES]
    assert text.count("95 % interval") == 7
    assert "comparable with supervised methods" in text
    code, doc, _ = document(dkva, truth, predicted, "--scope", "activity", "--protocol", "tw-finch")
    ((result,), videos) = doc["results"], doc["videos"]
    assert (result["protocol"], result["scope"], videos) == ("tw-finch", "activity", 3)
    assert result["scores"]["mof"]["score"] == pytest.approx(57 / 60)


def test_one_file_for_one_file(dkva, truth, predicted, tmp_path):
    np.save(tmp_path / "mine.npy", np.array(TRUTHS["tea/v"]))
    code, text, errors = dkva("evaluate", truth / "tea" / "v.txt", tmp_path / "mine.npy", "--each")
    assert (code, errors) == (0, "")
    assert ["mine", *["100.0"] * 6] in [line.split() for line in text.splitlines()]
    assert "interval" not in text
    code, _, errors = dkva("evaluate", truth / "tea" / "v.txt", predicted)
    assert code == 2
    assert "is one file for 3 videos; give a folder" in errors


def test_clusters_are_no_classes(dkva, truth, tmp_path):
    numbers = {"pour": "3", "stir": "1", "heat": "2"}
    clusters = write(
        tmp_path / "clusters", {name: [numbers[each] for each in labels] for name, labels in TRUTHS.items()}
    )
    code, text, errors = dkva("evaluate", truth, clusters)
    assert code == 0
    assert errors.startswith("note: ms-tcn is left out: no predicted label (1, 2, 3) is a true one (heat, ")
    assert 'protocol "ms-tcn"' not in text
    assert ["video", *["100.0"] * 5] in [line.split() for line in text.splitlines()]
    code, _, errors = dkva("evaluate", truth, clusters, "--protocol", "ms-tcn")
    assert code == 2
    assert errors.count("\n") == 1
    assert "these are clusters: use --protocol tw-finch or asot" in errors
    (tmp_path / "names.txt").write_text("3 pour\n1 stir\n2 heat\n")
    code, doc, _ = document(
        dkva, truth, clusters, "--protocol", "ms-tcn", "--mapping", tmp_path / "names.txt"
    )
    assert doc["results"][0]["scores"]["accuracy"]["score"] == 1


def test_numbers_on_both_sides_are_taken_for_classes_with_a_word(dkva, tmp_path):
    for folder in ("a", "b"):
        write(tmp_path / folder, {"v": ["0"] * 5 + ["1"] * 5})
    errors = dkva("evaluate", tmp_path / "a", tmp_path / "b")[2]
    assert errors == (
        "note: ms-tcn: predicted and true labels are numbers, and are taken for the same classes\n"
    )


def test_what_cannot_be_scored_is_one_line_and_the_others_are(dkva, truth, predicted):
    write(predicted, {"tea/new": ["pour"] * 4, "milk/x": ["pour"] * 19})
    write(truth, {"milk/unseen": ["pour"] * 3, "tea/w": ["background"] * 20})
    code, text, errors = dkva("evaluate", truth, predicted, "--ignore", "typo")
    assert code == 2
    lines = errors.splitlines()
    assert [line for line in lines if line.startswith("error: ")] == lines[:3]
    assert "has 20 labels for 19 frames in" in lines[0]
    assert "has no labels for 'tea/new'; tried new, new.txt" in lines[1]
    assert "tea/w.txt: is background only" in lines[2]
    assert lines[3:] == [
        "note: 1 video of the truth without a prediction: milk/unseen",
        "note: --ignore typo: no video has this label",
    ]
    assert 'protocol "ms-tcn"' in text
    assert dkva("evaluate", truth, predicted, "--lengths", "trim")[2].count("error") == 2


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("nowhere", "predicted"), "not found"),
        (("groundTruth", "nowhere"), "not found"),
        (("groundTruth", "predicted", "--mapping", "nowhere"), "nowhere"),
        (("groundTruth", "predicted", "--stride", 2), "--stride 2: says nothing without --fps"),
        (("groundTruth/tea", "predicted/tea", "--scope", "activity"), "has no activity in its name"),
        (("groundTruth", "predicted", "-k", 1, "--protocol", "tw-finch"), "-k 1: "),
        (
            ("groundTruth", "predicted", "--ignore", "pour", "--ignore", "stir", "--ignore", "heat"),
            "no frame",
        ),
    ],
)
def test_wrong_calls_are_one_line(dkva, truth, predicted, tmp_path, monkeypatch, arguments, problem):
    monkeypatch.chdir(tmp_path)
    code, text, errors = dkva("evaluate", *arguments)
    assert (code, text) == (2, "")
    assert problem in errors
    assert errors.count("\n") == errors.count("error: ")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_results_of_segment_are_predictions(dkva, truth, tmp_path, package, form):
    package("a-school", ENTRY, schooled=SOURCE)
    means = 9 * np.eye(3)
    names = np.array(["heat", "pour", "stir"])
    facts = {"learner": "named_means", "settings": {}, "n_segments": None, "videos": 3, "features": 3}
    write_model(tmp_path / "model.npz", {"means": means, "names": names}, facts)
    for name, labels in TRUTHS.items():
        path = tmp_path / "features" / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, means[np.searchsorted(names, labels)])
    out = tmp_path / "cuts"
    command = ("segment", tmp_path / "features", "--model", tmp_path / "model.npz", "--out", out)
    assert dkva(*command, "--format", form)[0] == 0
    code, doc, errors = document(dkva, truth, out)
    assert (code, errors) == (0, "")
    assert doc["results"][0]["protocol"] == "ms-tcn"
    assert doc["results"][0]["scores"]["f1_50"]["score"] == 1
    assert (
        dkva("segment", tmp_path / "features", "-k", 2, "--method", "uniform", "--out", out, "--force")[0]
        == 0
    )
    doc = document(dkva, truth, out)[1]
    assert {each["protocol"] for each in doc["results"]} == {"tw-finch", "asot"}
