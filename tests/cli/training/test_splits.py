"""`dkva train --split`, with a learner of classes as strangers have it."""

import numpy as np
import pytest
import supervised_releases as releases

from dkva.experiments.models import read_facts, read_model
from dkva.export.documents import labels_in, read_json

pytestmark = pytest.mark.fast

SOURCE = """
    import numpy as np

    from dkva.experiments.registry import Listed

    LISTED = Listed(
        "nearest", "means of classes", "labels each frame by the nearest mean of a class", "Nobody, 2026",
        "nearest_means:learn", "learner", restore="nearest_means:Means", supervised=True, mixes=True,
        does=("segment",),
    )


    class Means:
        def __init__(self, arrays):
            self.names, self.means = arrays["classes"], arrays["means"]

        def arrays(self):
            return {"classes": self.names, "means": self.means}

        def segment(self, features):
            return ((features[:, None] - self.means) ** 2).sum(axis=-1).argmin(axis=1)


    def learn(videos, *, sample_rate: int = 1):
        '''Means.

        Args:
            videos: of the collection.
            sample_rate: every how many-th frame.
        '''
        frames = np.concatenate([video.features()[::sample_rate] for video in videos])
        truth = np.concatenate([video.truth()[::sample_rate] for video in videos])
        classes = sorted(set(truth) - {""})
        means = np.stack([frames[truth == name].mean(axis=0) for name in classes])
        return Means({"classes": np.array(classes), "means": means})
"""


@pytest.fixture
def root(tmp_path, package):
    package("a-nearest", {"dkva.methods": {"nearest": "nearest_means:LISTED"}}, nearest_means=SOURCE)
    return releases.released(tmp_path / "gtea")


@pytest.fixture
def train(dkva, root, tmp_path):
    """Train; options come last and count."""

    def call(*options, data=root):
        return dkva("train", "--method", "nearest", data, "--out", tmp_path / "m.npz", *options)

    return call


def test_a_split_is_trained_on_alone_and_its_test_videos_are_cut(dkva, root, train, tmp_path):
    code, text, errors = train("--split", 2)
    assert code == 0
    assert text.startswith(f"{tmp_path / 'm.npz'}: nearest, trained on 2 videos, in ")
    assert errors.splitlines() == [
        "note: split 2: 2 videos to train on, 2 to test on",
        "note: training nearest: 2 videos, 60 frames of 6 features",
    ]
    arrays, facts = read_model(tmp_path / "m.npz")
    assert facts["names"] == ["any/S3_Tea_C1", "any/S4_Tea_C1"]
    assert (facts["split"], facts["reading"]) == ("2", {"transposed": True})
    assert arrays["classes"].tolist() == sorted(releases.CLASSES)
    features = np.concatenate([releases.features_of(name) for name in ("S3_Tea_C1", "S4_Tea_C1")])
    labels = np.concatenate([releases.labels_of(name) for name in ("S3_Tea_C1", "S4_Tea_C1")])
    for name, mean in zip(arrays["classes"], arrays["means"], strict=True):
        np.testing.assert_array_equal(mean, features[labels == name].mean(axis=0))
    files = [root / "features" / f"{name}.npy" for name in ("S1_Tea_C1", "S2_Tea_C1")]
    command = ("segment", *files, "--model", tmp_path / "m.npz", "--labels", root / "groundTruth")
    assert dkva(*command, "--out", tmp_path / "cuts")[0] == 0  # read as they were for the training
    for path in files:
        doc = read_json(tmp_path / "cuts" / f"{path.stem}.json")
        assert [sorted(releases.CLASSES)[label] for label in labels_in(doc)] == releases.labels_of(
            path.stem
        ).tolist()  # the classes are 14 standard deviations apart
    assert "is this very model already" in train("--split", root / "splits" / "train.split2.bundle")[1]


def test_classes_that_no_training_video_has_are_a_remark(train):
    assert "note: 1 class of the mapping is in no training video: stir" in train("--split", 1)[2]


@pytest.mark.parametrize("place", ["gtea", "gtea/features"])
def test_a_bundle_of_your_own_and_the_folder_of_features(root, train, tmp_path, place):
    (tmp_path / "mine.bundle").write_text("S4_Tea_C1.txt\n")
    code, _, errors = train("--split", tmp_path / "mine.bundle", data=tmp_path / place)
    assert code == 0
    assert "note: split mine: 1 video to train on\n" in errors
    assert read_facts(tmp_path / "m.npz")["names"] == ["any/S4_Tea_C1"]
    assert train("--split", 1, "--force", data=tmp_path / place)[0] == 0


def test_features_of_a_row_a_frame_are_seen_and_options_count(train, tmp_path, root):
    rows = releases.released(tmp_path / "mine", rows=True)
    code, _, errors = train("--split", 1, data=rows)
    assert code == 0
    assert f"note: {rows / 'features' / 'S1_Tea_C1.npy'}: holds a row a frame, by its labels\n" in errors
    assert read_facts(tmp_path / "m.npz")["reading"] == {"transposed": False}
    lines = train("--split", 1, "--transposed", "--force", data=rows)[2].splitlines()
    assert sum("has 30 labels for 6 frames" in line for line in lines) == 2
    releases.write_labels(root, "S1_Tea_C1", releases.labels_of("S1_Tea_C1")[:28])
    assert "2 frames at the end have no label (--lengths trim)" in train("--split", 1, "--force")[2]
    assert "has 28 labels for 30 frames" in train("--split", 1, "--force", "--lengths", "error")[2]


def test_labels_elsewhere(root, train, tmp_path):
    (root / "groundTruth").rename(tmp_path / "truth")
    assert train("--split", 1)[2] == (
        f"error: {root / 'groundTruth'}: not found; give the folder of true labels by --labels\n"
    )
    assert train("--split", 1, "--labels", tmp_path / "truth")[0] == 0


def test_the_rate_of_published_methods_is_told(train, tmp_path):
    salads = releases.released(tmp_path / "50salads")
    said = "note: published methods take one frame of 2 of 50 Salads: --sample-rate 2\n"
    assert said in train("--split", 1, data=salads)[2]
    assert said not in train("--split", 1, "--sample-rate", 2, "--force", data=salads)[2]


def test_videos_with_and_without_an_activity_are_one_set(train, root, tmp_path):
    for folder, suffix in (("features", ".npy"), ("groundTruth", ".txt")):
        (root / folder / f"S3_Tea_C1{suffix}").rename(root / folder / f"P03_cam01_P03_tea{suffix}")
    releases.write_split(root, 1, ["P03_cam01_P03_tea", "S1_Tea_C1"], ["S2_Tea_C1"])
    assert train("--split", 1)[0] == 0
    assert read_facts(tmp_path / "m.npz")["names"] == ["any/P03_cam01_P03_tea", "any/S1_Tea_C1"]
    (tmp_path / "one.bundle").write_text("P03_cam01_P03_tea\n")
    assert train("--split", tmp_path / "one.bundle", "--force")[0] == 0
    assert read_facts(tmp_path / "m.npz")["names"] == ["tea/P03_cam01_P03_tea"]


def broken(root, what):
    bundle = root / "splits" / "train.split1.bundle"
    if what == "missing":
        bundle.write_text("S1_Tea_C1.txt\nS7_Tea_C1.txt\n")
    elif what == "empty":
        bundle.write_text("")
    elif what == "both":
        bundle.write_text("S1_Tea_C1.txt\nS3_Tea_C1.txt\n")
    elif what == "class":
        releases.write_labels(root, "S2_Tea_C1", ["take"] * 29 + ["tale"])
    elif what == "length":
        releases.write_labels(root, "S2_Tea_C1", ["take", "pour"] * 10)
    elif what == "width":
        np.save(root / "features" / "S2_Tea_C1.npy", releases.features_of("S2_Tea_C1", d=5).T)
    elif what == "nan":
        features = releases.features_of("S2_Tea_C1").T
        features[2, 3] = np.nan
        np.save(root / "features" / "S2_Tea_C1.npy", features)
    elif what == "labels":
        (root / "groundTruth" / "S2_Tea_C1.txt").unlink()
    elif what == "none":
        for path in (root / "splits").iterdir():
            path.unlink()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            "missing",
            "train.split1.bundle, line 2: names 'S7_Tea_C1', without a feature file in features/; get",
        ),
        ("empty", "train.split1.bundle: is empty; "),
        ("both", "test.split1.bundle, line 1: names 'S3_Tea_C1' of train.split1.bundle, too; take what"),
        ("class", "S2_Tea_C1.txt, line 30: label 'tale' is not in the mapping; correct it"),
        ("length", "S2_Tea_C1.txt: has 20 labels for 30 frames"),
        ("width", "S2_Tea_C1.npy: has 5 features, beside 1 video such as"),
        ("nan", "S2_Tea_C1.npy"),
        ("labels", "groundTruth: has no labels for 'S2_Tea_C1'; tried"),
        ("none", "splits: holds no splits; get train.split1.bundle, test.split1.bundle"),
    ],
)
def test_what_is_wrong_with_a_release_is_one_line_before_any_training(root, train, tmp_path, what, said):
    broken(root, what)
    code, text, errors = train("--split", 1)
    assert (code, text) == (2, "")
    (line,) = (line for line in errors.splitlines() if not line.startswith("note: "))
    assert line.startswith("error: ")
    assert said in line
    assert "training nearest" not in errors
    assert not (tmp_path / "m.npz").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--split", "9"), "splits: holds no split '9'; choose one of 1, 2"),
        (("--split", "no.bundle"), "no.bundle: not found; give a number such as 1, or the file of a bundle"),
        (("--split", "1", "more"), "--split: is of one data set, and 2 are given; give one folder"),
        ((), "nearest learns from true labels: give them by --labels, or a data set's split by --split"),
        (("--split", "1", "-k", "3"), "-k: nearest looks for no actions; leave it out"),
    ],
)
def test_a_wrong_call_is_one_line(train, options, said):
    code, text, errors = train(*options)
    assert (code, text) == (2, "")
    assert errors.splitlines()[-1] == f"error: {said}" or errors.endswith(f"{said}\n")


@pytest.mark.parametrize(
    ("place", "said"),
    [("none", "none: not found"), ("file", "file: is no folder"), ("bare", "holds no splits")],
)
def test_data_that_are_no_such_folder(train, tmp_path, place, said):
    (tmp_path / "file").write_text("x")
    (tmp_path / "bare").mkdir()
    assert said in train("--split", 1, data=tmp_path / place)[2]


def test_methods_without_labels_take_no_split(dkva, root):
    assert dkva("train", "--method", "vaot", root, "--split", 1)[2] == (
        "error: --split: vaot learns without true labels; leave it out\n"
    )
