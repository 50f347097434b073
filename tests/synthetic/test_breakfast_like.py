import json
from dataclasses import replace

import numpy as np
import pytest

from dkva.baselines import tw_finch
from dkva.datasets import BENCHMARKS, FeatureFolder
from dkva.metrics.segmentation import evaluate
from synthetic.breakfast_labels import LABEL_FILE, LabelSet, Segment, Video, from_grammar, read_label_set
from synthetic.breakfast_like import (
    MARKER,
    Settings,
    chosen_videos,
    features_of,
    load_video,
    main,
    read_facts,
    save,
)

pytestmark = pytest.mark.fast

FEW = Settings(videos=5, features=8)


@pytest.fixture(scope="module")
def labels():
    return from_grammar()


def test_the_same_settings_give_the_same_bytes(labels, tmp_path):
    checksums = [save(labels, FEW, tmp_path / name) for name in "ab"]
    assert checksums[0] == checksums[1]
    paths = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(paths) == 2 * 5 + 3
    for path in paths:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()
    for other in (replace(FEW, seed=1), replace(FEW, difficulty=1.0), replace(FEW, features=9)):
        assert save(labels, other, tmp_path / "c") != checksums[0]


def test_a_video_does_not_depend_on_the_others(labels):
    few, more = (chosen_videos(labels.videos, Settings(videos=n)) for n in (5, 20))
    assert len(few) == 5
    assert set(few) < set(more)
    assert chosen_videos(labels.videos, Settings()) == list(labels.videos)
    assert chosen_videos(labels.videos, Settings(videos=5, seed=1)) != few
    np.testing.assert_array_equal(features_of(few[0], FEW), features_of(few[0], replace(FEW, videos=20)))
    assert not np.array_equal(features_of(few[0], FEW), features_of(few[0], replace(FEW, seed=1)))


def test_the_layout_is_that_of_the_releases(labels, tmp_path):
    save(labels, FEW, tmp_path)
    videos = {video.name: video for video in chosen_videos(labels.videos, FEW)}
    folder = FeatureFolder(tmp_path)
    assert len(folder) == 5
    for video in folder:
        features, truth = video.load()
        activity, name = video.name.split("/")
        assert videos[name].activity == activity
        np.testing.assert_array_equal(features, features_of(videos[name], FEW))
        np.testing.assert_array_equal(truth, videos[name].labels)
    assert folder.mapping == {action: number for number, action in enumerate(labels.actions)}
    known = BENCHMARKS["breakfast"]
    assert {v.n_segments for v in known.open(tmp_path)} <= set(known.authors.values())


@pytest.mark.data
def test_labels_are_those_of_the_file(data_root, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DKVA_DATA", str(data_root))
    assert main(["--out", str(tmp_path), "--videos", "4", "--features", "3"]) == 0
    assert "synthetic features on real label sequences" in capsys.readouterr().out
    real = {video.name: video for video in read_label_set(data_root / LABEL_FILE).videos}
    for video in FeatureFolder(tmp_path):
        np.testing.assert_array_equal(video.load()[1], real[video.name.split("/")[1]].labels)


def test_without_the_file_the_grammar_is_used_and_said(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert main(["--out", str(tmp_path), "--videos", "2", "--features", "3"]) == 0
    said = "synthetic features on label sequences from a built-in grammar"
    assert said in capsys.readouterr().out
    facts = json.loads((tmp_path / MARKER).read_text())
    assert said in facts["name"]
    assert facts["synthetic_features"] is True
    assert facts["settings"] == {"seed": 0, "difficulty": Settings().difficulty, "videos": 2, "features": 3}
    assert said in (tmp_path / "README.txt").read_text()


# --- the features ------------------------------------------------------------------------------------


def test_statistics_are_those_of_the_real_features(labels):
    videos = chosen_videos(labels.videos, Settings(videos=12))
    found = []
    for video in videos:
        frames = features_of(video, Settings()).astype(np.float64)
        assert frames.shape == (len(video), 64)
        empty = ~frames.any(axis=1)
        assert empty[:4].all()
        assert not (frames[~empty] == 0).any()
        rest = frames[~empty]
        standard = (rest - rest.mean(axis=0)) / rest.std(axis=0)
        correlations = [np.mean(standard[lag:] * standard[:-lag]) for lag in (1, 10, 50)]
        total = np.sqrt(rest.var(axis=0).sum())
        found.append([empty.mean(), np.linalg.norm(rest.mean(axis=0)), total, *correlations])
    empty, norm, total, one, ten, fifty = np.mean(found, axis=0)
    assert 0.004 < empty < 0.06
    assert 16 < norm < 25
    assert 29 < total < 32
    assert one == pytest.approx(0.98, abs=0.02)
    assert ten == pytest.approx(0.63, abs=0.06)
    assert abs(fifty) < 0.1


def test_an_activity_shares_its_prototypes():
    segments = tuple(Segment(i * 50, i * 50 + 50, f"a{i % 4}") for i in range(8))
    two, other = (
        (Video(name, segments) for name in ("P16_cam01_P16_tea", "P17_cam01_P17_milk")),
        "P18_cam01_P18_tea",
    )
    settings = Settings(difficulty=0.0)

    def shape(video):
        frames = features_of(video, settings).reshape(8, 50, 64)[:, 10:].mean(axis=1)
        return (frames - frames.mean(axis=0)).ravel()

    tea, milk, tea_too = (shape(video) for video in (*two, Video(other, segments)))
    assert np.corrcoef(tea, tea_too)[0, 1] > 0.7
    assert abs(np.corrcoef(tea, milk)[0, 1]) < 0.3


def test_harder_is_harder(labels):
    videos = chosen_videos([v for v in labels.videos if v.activity in ("milk", "juice")], Settings(videos=8))
    means = []
    for difficulty in (1.0, 3.0, 12.0):
        settings = Settings(difficulty=difficulty)
        scores = [
            evaluate(video.labels, tw_finch(features_of(video, settings), 5), n_clusters=5).mof
            for video in videos
        ]
        means.append(np.mean(scores))
    assert means[0] > means[1] + 0.03 > means[2] + 0.06


# --- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--labels", "nowhere.csv"], "nowhere.csv: not found"),
        (["--difficulty", "-1"], "difficulty is -1.0: give a number from 0"),
        (["--difficulty", "nan"], "difficulty is nan"),
        (["--features", "0"], "features is 0"),
        (["--videos", "99999"], "videos is 99999: there are labels for 1560"),
        (["--seed", "-1"], "seed is -1"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert main(["--out", str(tmp_path / "out"), *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_features_of_others_are_left_alone(labels, tmp_path, capsys):
    path = tmp_path / "features" / "tea" / "mine.npy"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match=r"mine.npy: is not of this data set"):
        save(labels, FEW, tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_a_data_set_is_replaced(labels, tmp_path):
    save(labels, FEW, tmp_path)
    save(labels, replace(FEW, videos=2), tmp_path)
    assert len(FeatureFolder(tmp_path)) == 2
    assert read_facts(tmp_path)["videos"] == 2


def test_what_is_unfinished_missing_or_changed_is_seen(labels, tmp_path):
    with pytest.raises(FileNotFoundError, match=MARKER):
        read_facts(tmp_path)
    save(labels, FEW, tmp_path)
    facts = read_facts(tmp_path)
    name, digest = next(iter(facts["sha256"].items()))
    features, truth = load_video(tmp_path, name, digest)
    assert len(features) == len(truth)
    path = tmp_path / "groundTruth" / name
    body = path.read_bytes()
    path.write_bytes(body.replace(b"SIL", b"LIS"))
    with pytest.raises(ValueError, match="is not what was written"):
        load_video(tmp_path, name, digest)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=name):
        read_facts(tmp_path)
    path.write_bytes(body)
    marker = tmp_path / MARKER
    for changed in ({"checksum": ""}, {"recipe": "another"}):
        marker.write_text(json.dumps(facts | changed))
        with pytest.raises(ValueError, match="is unfinished, or of another version"):
            read_facts(tmp_path)


def test_an_interrupted_run_is_taken_up(labels, tmp_path, monkeypatch):
    from synthetic import breakfast_like

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(breakfast_like, "features_of", stop)
        with pytest.raises(KeyboardInterrupt):
            save(labels, FEW, tmp_path)
    with pytest.raises(ValueError, match="is unfinished"):
        read_facts(tmp_path)
    assert save(labels, FEW, tmp_path) == read_facts(tmp_path)["checksum"]


def test_a_video_shorter_than_its_empty_start():
    video = Video("P01_cam01_P01_tea", (Segment(0, 2, "SIL"),))
    few = LabelSet((video,), ("SIL",), "made up", "")
    assert features_of(few.videos[0], FEW).shape == (2, 8)
