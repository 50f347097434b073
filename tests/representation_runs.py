"""Runs of the tables of representations, by small encoders on few videos."""

from dataclasses import replace

from reproduce.collections import representations


def small(**settings):
    """Settings of a small network."""
    return {"hidden": 4, "width": 4, "heads": 2, "layers": 1, "feed_forward": 4, "outputs": 3, **settings}


def kept(table, tmp_path, monkeypatch):
    """Run a command on two activities of three videos; `published` has what it stores."""
    for name in ("of_activities", "true_alignment"):
        make = getattr(representations, name)

        def few(*given, make=make):
            return [replace(each, train=each.train[:3], test=each.test[:3]) for each in make(*given)[:2]]

        monkeypatch.setattr(f"reproduce.tables.representation_runs.{name}", few)
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    monkeypatch.setattr("reproduce.base.options.MODELS", tmp_path / "models")
    published = {}
    monkeypatch.setattr(
        "reproduce.tables.representation_runs.publish",
        lambda which, *given: published.update({which.name: given}),
    )

    def run(*arguments):
        return table.main(["--data-root", str(tmp_path), "--workers", "1", *arguments])

    run.published = published
    return run
