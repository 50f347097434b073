"""All methods under both protocols: which lines there are, what is trained on, and what is stored."""

from functools import partial

import pytest
from made_package import NEAREST_MEANS
from made_release import release

from benchmarks import rivals as costs
from dkva.experiments.registry import LEARNER, SEGMENTER
from reproduce import table_rivals as table
from reproduce.base.methods import EPOCHS
from reproduce.collections import breakfast_like, breakfast_sample
from reproduce.tables.rivals import KINDS
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings

pytestmark = pytest.mark.fast


@pytest.fixture
def run(tmp_path, monkeypatch, package):
    """Run on few videos of labels from the grammar, a learner of another package too; keep what is stored."""
    package("nearest-means", {"dkva.methods": {"means": "listing:LISTED"}}, **NEAREST_MEANS)
    release(tmp_path, "breakfast_sample", breakfast_sample.VIDEOS)
    real = partial(breakfast_like.tasks, labels=from_grammar(), folder=tmp_path)
    few = Settings(videos=5, features=2)
    monkeypatch.setattr(breakfast_like, "tasks", lambda settings=None, *, seeds: real(few, seeds=seeds))
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    monkeypatch.setattr("reproduce.base.options.MODELS", tmp_path / "models")
    published = {}
    monkeypatch.setattr(table, "publish", lambda which, *given: published.update({which.name: given}))
    monkeypatch.setattr(table, "SEGMENTERS", ("uniform", "kmeans"))
    monkeypatch.setattr(table, "LEARNERS", ("means",))

    def run(*arguments):
        return table.main(["--data-root", str(tmp_path), "--workers", "1", *arguments])

    run.published, run.folder = published, tmp_path
    return run


def test_all_methods_are_scored_by_every_protocol(run, capsys):
    assert run() == 0
    text = capsys.readouterr().out
    assert text.count("nearest means") == len(KINDS)  # not on three videos
    names = {f"table_rivals_breakfast_like_{kind.key}" for kind in KINDS}
    assert set(run.published) == names | {f"table_rivals_breakfast_sample_{kind.key}" for kind in KINDS[:2]}
    for kind in KINDS:
        outcome, settings = run.published[f"table_rivals_breakfast_like_{kind.key}"]
        assert (settings["protocol"], settings["scope"], settings["n_segments"]) == (
            kind.protocol, kind.scope, kind.rule,
        )  # fmt: skip
        told = {(row["method"], row["training"], row["seed"]) for row in outcome.rows}
        assert told == {
            ("uniform split", "single video", None),
            *(("k-means", "single video", seed) for seed in range(table.SEEDS)),
            ("nearest means", "on the activity", 0),
        }
        units = {row["video"] if kind.scope == "video" else row["activity"] for row in outcome.rows}
        assert len(outcome.rows) == len(units) * len(told)
        assert all(set(kind.measures) < set(row) for row in outcome.rows)
        alone, trained = outcome.provenance["parts"]
        assert "models" not in alone
        assert {each["videos"] for each in trained["models"]} <= set(range(1, 13))
    sample, _ = run.published["table_rivals_breakfast_sample_tw_finch"]
    assert {row["training"] for row in sample.rows} == {"single video"}
    assert {row["video"] for row in sample.rows} == {f"coffee/{name}" for name in breakfast_sample.VIDEOS}


def test_a_part_is_not_stored(run, capsys):
    assert run("--methods", "uniform", "--sets", "breakfast_sample") == 0
    assert "uniform split" in capsys.readouterr().out
    for option in ("--videos", "--seeds", "--trained-seeds"):
        assert run("--sets", "breakfast_sample", option, "2") == 0
    assert run.published == {}


def test_absent_videos_are_said_and_an_error_if_asked_for(run, capsys):
    for path in (run.folder / "breakfast_sample" / "features").glob("*"):
        path.unlink()
    assert run("--sets", "breakfast_sample") == 2
    assert "the Breakfast sample (3 real videos): left out." in capsys.readouterr().out


def test_an_unknown_method_is_named_before_anything_is_computed(run):
    with pytest.raises(SystemExit, match="unknown method 'nothing': choose one of dkva, "):
        run("--methods", "uniform", "nothing")


def test_lines_have_their_settings(run):
    ours = table.line("dkva")
    assert ours.label == "the paper's method"
    assert ours.settings["settings"] == {"smoothing": 2.5, "epochs": EPOCHS}
    assert table.line("dkva", smoke=True).settings["settings"]["epochs"] == 1
    means = table.line("means")
    assert (means.label, dict(means.columns)) == ("nearest means", {"training": "on the activity"})
    assert table.line("means", smoke=True).settings["epochs"] == 1


def test_costs_are_measured_of_the_methods_of_the_table():
    assert (costs.SEGMENTERS, costs.LEARNERS) == (table.SEGMENTERS, table.LEARNERS)
    for names, kind in ((table.SEGMENTERS, SEGMENTER), (table.LEARNERS, LEARNER)):
        for name in names:
            assert table.find(name).kind == kind
