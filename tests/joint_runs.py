"""Runs of the tables of alignment and of both tasks, by small models on few videos."""

from functools import partial

from made_release import release

from reproduce.collections import breakfast_like, breakfast_sample
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings

#: Settings of a model that is trained in no time.
FEW = {"hidden": 4, "outputs": 3, "frames": 8, "epochs": 1, "iterations": 2}


def runner(table, tmp_path, monkeypatch):
    """Run a command; `published` has what it stores, and `folder` its data."""
    release(tmp_path, "breakfast_sample", breakfast_sample.VIDEOS)
    real = partial(breakfast_like.tasks, labels=from_grammar(), folder=tmp_path)
    few = Settings(videos=40, features=2)
    monkeypatch.setattr(breakfast_like, "tasks", lambda settings=None, *, seeds: real(few, seeds=seeds))
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    monkeypatch.setattr("reproduce.base.options.MODELS", tmp_path / "models")
    published = {}
    monkeypatch.setattr(table, "publish", lambda which, *given: published.update({which.name: given}))

    def run(*arguments):
        return table.main(["--data-root", str(tmp_path), "--workers", "1", *arguments])

    run.published, run.folder = published, tmp_path
    return run
