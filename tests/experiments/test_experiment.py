"""Rows once computed are kept and found again, whatever ends a run; and no row is served for another one."""

import ast
import functools
import importlib
import json
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from dkva import evaluate
from dkva.approximation.segmenting import segment_video
from dkva.experiments import code_version, experiment
from dkva.experiments.experiment import ExperimentError, Method, Outcome, RowCache, Task, merged, run
from dkva.metrics.segmentation import score_row

ROOT = Path(__file__).resolve().parents[2]
WAIT = 180


@pytest.fixture
def cache(tmp_path):
    return RowCache(tmp_path / "kept" / "rows.sqlite")


def tasks_of(made, count=3, seeds=(0,), **changes):
    return [
        Task(f"v{i}", functools.partial(made.videos.load, i), f"sum{i}", 3, seeds, **changes)
        for i in range(count)
    ]


def quiet(*arguments, **options):
    return run(*arguments, **{"progress": False} | options)


def text(rows):
    """Rows to compare, NaN included."""
    return json.dumps(rows)


# --- rows ------------------------------------------------------------------------------------------


def test_rows_are_in_the_order_of_tasks_methods_and_seeds(made, cache):
    methods = [Method("a noisy one", made.methods.noisy), Method("split", made.methods.split, {"turned": 1})]
    tasks = tasks_of(made, 2, seeds=(4, 1), columns={"dataset": "made", "part": 7})
    outcome = quiet(methods, tasks, cache)
    assert outcome.computed == 6
    head = ("dataset", "part", "video", "method", "seed", "n_segments")
    assert [tuple(row[name] for name in head) for row in outcome.rows] == [
        ("made", 7, video, method, seed, 3)
        for video in ("v0", "v1")
        for method, seed in (("a noisy one", 4), ("a noisy one", 1), ("split", None))
    ]
    for row in outcome.rows:
        features, truth = made.videos.load(int(row["video"][1]))
        if row["seed"] is None:
            labels = made.methods.split(features, 3, 1)
        else:
            labels = made.methods.noisy(features, 3, seed=row["seed"], name=row["video"])
        measured = score_row(truth, labels, 3)
        assert list(row) == [*head, *measured]
        assert text([row[name] for name in measured]) == text(list(measured.values()))
        assert row["mof"] == evaluate(truth, labels, n_clusters=3).mof


def test_methods_of_one_label_are_told_apart_by_their_columns(made, cache):
    methods = [
        Method("split", made.methods.split, {"turned": turned}, columns={"turned": turned, "why": "a study"})
        for turned in (1, 2)
    ]
    outcome = quiet(methods, tasks_of(made, 1), cache)
    assert [row["method"] for row in outcome.rows] == ["split", "split"]
    assert [list(row.items())[-2:] for row in outcome.rows] == [
        [("turned", turned), ("why", "a study")] for turned in (1, 2)
    ]
    settings = {name: each["settings"] for name, each in outcome.provenance["methods"].items()}
    assert settings == {f"a study, turned {turned}": {"turned": turned} for turned in (1, 2)}
    both = [replace(methods[0], label=label) for label in ("one", "other")]
    found = quiet(both, tasks_of(made, 1), cache)
    assert found.computed == 0
    assert list(found.provenance["methods"]) == ["one, a study, turned 1", "other, a study, turned 1"]


def test_seed_and_name_are_given_where_they_are_taken(made, cache):
    def kinds(**changes):
        return Method("m", made.methods.noisy, **changes).uses_seed

    assert (kinds(), kinds(seeded=False), kinds(seeded=True)) == (True, False, True)
    assert not Method("m", made.methods.split).uses_seed
    tasks = tasks_of(made, 1, seeds=(5, 6))
    assert [
        row["seed"] for row in quiet([Method("m", made.methods.noisy, seeded=False)], tasks, cache).rows
    ] == [None]
    assert made.methods.CALLS[-1] == (0, "v0")
    quiet([Method("m", made.methods.noisy)], tasks, cache)
    assert made.methods.CALLS[-2:] == [(5, "v0"), (6, "v0")]
    again = quiet([Method("m", made.methods.split, seeded=True)], tasks, cache)
    assert [row["seed"] for row in again.rows] == [5, 6]


def test_nan_and_numbers_of_numpy_come_back_from_the_cache_as_they_went(made, cache):
    tasks = tasks_of(made, 2, measure=made.measures.share)
    first, second = (quiet([Method("m", made.methods.split)], tasks, cache) for _ in range(2))
    assert (first.computed, second.computed) == (2, 0)
    assert text(first.rows) == text(second.rows)
    for row in second.rows:
        assert np.isnan(row["nothing"])
        assert (type(row["share"]), type(row["found"])) == (float, int)
        assert 0 < row["share"] <= 1


def test_whole_numbers_stay_whole(made, cache):
    for _ in range(2):
        row = quiet([Method("m", made.methods.split)], tasks_of(made, 1), cache).rows[0]
        assert type(row["found"]) is type(row["n_frames"]) is int


# --- what is found again ---------------------------------------------------------------------------


def test_a_row_is_computed_once(made, cache):
    methods = [Method("noisy", made.methods.noisy), Method("split", made.methods.split)]
    tasks = tasks_of(made, seeds=(0, 1))
    first = quiet(methods, tasks, cache)
    calls = len(made.methods.CALLS)
    second = quiet(methods, tasks, RowCache(cache.path))
    assert (first.computed, second.computed, len(made.methods.CALLS)) == (9, 0, calls)
    assert text(first.rows) == text(second.rows)
    wider = quiet(
        [*methods, Method("turned", made.methods.split, {"turned": 2})],
        tasks_of(made, 4, seeds=(1, 2, 0)),
        cache,
    )
    assert wider.computed == 3 * (1 + 1) + 5  # one seed and one method more, and one video
    assert len(wider.rows) == 20


def test_the_same_task_twice_is_computed_once_and_given_twice(made, cache):
    outcome = quiet([Method("m", made.methods.split)], tasks_of(made, 2) + tasks_of(made, 2), cache)
    assert outcome.computed == len(made.methods.CALLS) == 2
    assert outcome.rows[:2] == outcome.rows[2:]


def edited(name, old="", new="# changed\n"):
    """One place of a module is changed; "" is its beginning."""

    def edit(made, method, task):
        path = Path(made.__file__).parent / f"{name}.py"
        source = path.read_text()
        assert old in source
        path.write_text(source.replace(old, new, 1))
        code_version.forget()
        return method, task

    return edit


def reformatted(name):
    def edit(made, method, task):
        path = Path(made.__file__).parent / f"{name}.py"
        path.write_text(ast.unparse(ast.parse(path.read_text())))
        code_version.forget()
        return method, task

    return edit


def moved(made, method, task):
    """The function that the method calls lies in another file, which the method's own imports."""
    folder = Path(made.__file__).parent
    (folder / "elsewhere.py").write_text((folder / "parts.py").read_text())
    (folder / "parts.py").write_text("from .elsewhere import uniform\n")
    code_version.forget()
    return method, task


def moved_itself(made, method, task):
    """The method's function lies in another file, with all that it needs."""
    folder = Path(made.__file__).parent
    (folder / "new_home.py").write_text((folder / "methods.py").read_text())
    code_version.forget()
    home = importlib.import_module("made.new_home")
    return replace(method, segment=home.noisy), task


def with_task(**changes):
    return lambda made, method, task: (method, replace(task, **changes))


def with_method(**changes):
    return lambda made, method, task: (replace(method, **changes), task)


DECISIVE = {
    "function": lambda made, method, task: (replace(method, segment=made.methods.noisy_too), task),
    "id": with_method(id="another"),
    "a setting": with_method(settings={"share": 0.5}),
    "no setting": with_method(settings={}),
    "whether it is seeded": with_method(seeded=False),
    "data": with_task(checksum="another"),
    "video": with_task(video="v9"),
    "n_segments": with_task(n_segments=4),
    "seed": with_task(seeds=(8,)),
    "scoring": with_task(scoring={"ignore": 1}),
    "measure": lambda made, method, task: (method, replace(task, measure=made.measures.twin)),
    "code of the method: an operator": edited(
        "methods", "rng.random(len(labels)) <", "rng.random(len(labels)) <="
    ),
    "code of the method: a default": edited("methods", "share=None", "share=0.2"),
    "code of the method: a decorator": edited("methods", "def noisy(", "@functools.cache\ndef noisy("),
    "code of the method: a package": edited("methods", "import numpy as np", "import jax.numpy as np"),
    "code that it imports": edited("parts", "m // n", "m // (n + 1)"),
    "code that it imports when it is called": edited("far", "0.25", "0.5"),
    "code of the measure": edited("measures", 'row["mof"]', 'row["f1"]'),
    "code that changes what it imports": edited(
        "parts", "def uniform", "def more(f): return f\nuniform = more(uniform)\ndef uniform"
    ),
}

INDIFFERENT = {
    "label of the method": with_method(label="another"),
    "columns of the method": with_method(columns={"share of noise": 0.4}),
    "columns": with_task(columns={"part": 2}),
    "code that it does not import": edited("other", "UNUSED = 1", "UNUSED = 2"),
    "code of the videos": edited("videos", "1.5", "2.5"),
    "code beside it": edited("methods", "np.minimum(", "np.maximum("),
    "a comment of the method": edited("methods"),
    "a comment within the method": edited("methods", "rng = np", "# changed\n    rng = np"),
    "a docstring": edited("methods", "import made.far", '"""What it does."""\n    import made.far'),
    "the docstring of the module": edited("methods", "", '"""What it holds."""\n'),
    "an annotation": edited(
        "methods", "*, seed, name, share=None", "*, seed: int, name: str, share: float=None"
    ),
    "the style of an import": edited(
        "methods", "from made.parts import uniform", "from .parts import uniform"
    ),
    "the place of an import": edited("methods", "import made.far as far", "from made import far"),
    "a comment of what it imports": edited("parts"),
    "a comment of the measure": edited("measures"),
    "the format of the method": reformatted("methods"),
    "the format of the measure": reformatted("measures"),
    "the file of what it calls": moved,
    "the file of the method": moved_itself,
    "how the video is loaded": lambda made, method, task: (
        method,
        replace(task, load=functools.partial(made.videos.gone, "nowhere")),
    ),
    "nothing": with_method(),
}


def start(made):
    method = Method("m", made.methods.noisy, {"share": 0.4})
    (task,) = tasks_of(made, 1, seeds=(3,), measure=made.measures.share, columns={"part": 1})
    return method, task


@pytest.mark.parametrize("name", DECISIVE)
def test_what_decides_a_row_is_never_served_an_old_one(made, cache, name):
    method, task = start(made)
    before = quiet([method], [task], cache)
    other_method, other_task = DECISIVE[name](made, method, task)
    assert quiet([other_method], [other_task], cache).computed == 1
    if not name.startswith("code"):
        again = quiet([method], [task], cache)
        assert (again.computed, text(again.rows)) == (0, text(before.rows))


@pytest.mark.parametrize("name", INDIFFERENT)
def test_what_does_not_decide_a_row_does_not_lose_it(made, cache, name):
    method, task = start(made)
    before = quiet([method], [task], cache)
    method, task = INDIFFERENT[name](made, method, task)
    after = quiet([method], [task], cache)
    assert after.computed == 0
    assert after.rows[0]["method"] == method.label
    assert after.rows[0]["part"] == task.columns["part"]
    assert after.rows[0]["share"] == before.rows[0]["share"]


def test_an_id_stands_for_a_method_that_is_renamed_or_moved(made, cache):
    assert Method("m", made.methods.noisy).id == "noisy"
    one, other = (
        Method("m", segment, {"share": 0.2}, id="noise")
        for segment in (made.methods.noisy, made.methods.noisy_too)
    )
    tasks = tasks_of(made, 1)
    assert [quiet([method], tasks, cache).computed for method in (one, other, one)] == [1, 1, 0]
    folder = Path(made.__file__).parent
    source = (folder / "methods.py").read_text().replace("def noisy(", "def renamed(")
    (folder / "renamed_home.py").write_text(source)
    code_version.forget()
    home = importlib.import_module("made.renamed_home")
    assert quiet([replace(one, segment=home.renamed)], tasks, cache).computed == 0


def test_settings_in_another_order_are_the_same(made, cache):
    settings = {"share": 0.1, "seed": 1}
    for given in (settings, dict(reversed(settings.items()))):
        outcome = quiet([Method("m", made.methods.noisy, given)], tasks_of(made, 1), cache)
    assert outcome.computed == 0


def test_method_of_the_script_that_runs_is_taken_and_one_of_no_file_refused(made, cache, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
            import sys
            from pathlib import Path
            from dkva.experiments.code_version import forget
            from dkva.experiments.experiment import Method, RowCache, run
            from made.methods import split
            from made.plan import TASKS

            def own(features, n_segments):
                return split(features, n_segments)

            for old, new in (("", ""), ("", "# changed\\n"), ("return split", "return 1 - split")):
                Path(__file__).write_text(Path(__file__).read_text().replace(old, new, 1))
                forget()
                outcome = run([Method("own", own)], TASKS[:2], RowCache(Path(sys.argv[1])), progress=False)
                print(outcome.computed)
        """)
    )
    command = [sys.executable, script, cache.path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WAIT)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["2", "0", "2"], "")
    typed = types.ModuleType("typed_in")
    exec("def cut(features, n_segments):\n    return features[:, 0] > 0", vars(typed))
    sys.modules["typed_in"] = typed
    try:
        with pytest.raises(ValueError, match="typed_in has no source file: put methods"):
            quiet([Method("m", typed.cut)], tasks_of(made, 1), cache)
    finally:
        del sys.modules["typed_in"]


def test_force_computes_anew_and_keeps_the_new_row(made, cache):
    method, tasks = [Method("m", made.methods.counting)], tasks_of(made, 1)
    first = quiet(method, tasks, cache)
    forced = quiet(method, tasks, cache, force=True)
    assert forced.computed == 1
    assert forced.rows != first.rows
    last = quiet(method, tasks, cache)
    assert (last.computed, last.rows) == (0, forced.rows)


# --- what a result came from -----------------------------------------------------------------------


def test_provenance_says_what_made_the_rows(made, cache):
    methods = [Method("noisy", made.methods.noisy, {"share": 0.3}), Method("split", made.methods.split)]
    tasks = tasks_of(made, seeds=(2, 0))
    provenance = quiet(methods, tasks, cache).provenance
    assert provenance["methods"]["noisy"] == {
        "id": "noisy",
        "settings": {"share": 0.3},
        "code": experiment.code_version(made.methods.noisy),
    }
    assert list(provenance["methods"]) == ["noisy", "split"]
    assert (provenance["seeds"], provenance["videos"]) == ([0, 2], 3)
    (facts,) = provenance["runs"]
    assert facts["rows"] == 9
    assert facts["wall_seconds"] >= 0
    assert facts["seconds"] >= 0
    assert facts["workers"] == 1
    assert {"python", "numpy", "jax", "dkva"} <= facts["versions"].keys()
    assert facts["device"].startswith("cpu")
    assert "commit" in facts
    assert "started" in facts
    json.dumps(provenance)
    again = quiet(methods, tasks, cache).provenance
    assert again == provenance  # though computed by no one now
    other = quiet(methods, [replace(tasks[0], checksum="another"), *tasks[1:]], cache).provenance
    assert other["data"] != provenance["data"]


def test_runs_of_one_second_are_told_apart(made, cache):
    for i in range(3):
        quiet([Method("m", made.methods.split, {"turned": i})], tasks_of(made, 1 + i), cache)
    assert len(cache.runs()) == 3
    (facts,) = quiet([Method("m", made.methods.split, {"turned": 2})], tasks_of(made, 3), cache).provenance[
        "runs"
    ]
    assert facts["rows"] == 3


def test_commit_is_that_of_the_checkout_asked_for(made, cache, tmp_path):
    outcome = quiet([Method("m", made.methods.split)], tasks_of(made, 1), cache, code_root=tmp_path)
    assert outcome.provenance["runs"][0]["commit"] is None


def test_outcomes_are_merged(made, cache):
    parts = [
        quiet([Method(name, made.methods.split, {"turned": i})], tasks_of(made, 2), cache)
        for i, name in enumerate("ab")
    ]
    both = merged(parts)
    assert isinstance(both, Outcome)
    assert both.rows == parts[0].rows + parts[1].rows
    assert both.provenance == {"parts": [part.provenance for part in parts]}
    assert both.computed == 4


# --- wrong use -------------------------------------------------------------------------------------


def test_methods_whose_rows_look_alike_and_no_workers_are_refused(made, cache, unchecked):
    method, tasks = Method("m", made.methods.split), tasks_of(made, 1, columns={"part": 1})
    varied = [replace(method, columns={"turned": turned}) for turned in (1, 2)]
    for methods in ([method, replace(method, settings={"turned": 1})], [*varied, varied[0]]):
        with pytest.raises(ValueError, match="two methods are called 'm': give each a label or columns"):
            quiet(methods, tasks, cache)
    for column in ("seed", "part"):
        with pytest.raises(ValueError, match=f"m: rows have a column '{column}' already"):
            quiet([replace(method, columns={column: 1})], tasks, cache)
    for workers in (0, 1.5):
        with pytest.raises(ValueError, match=f"workers is {workers}"):
            quiet([method], tasks, cache, workers=workers)
    with pytest.raises(ValueError, match="unknown scheduler 'slurm': choose processes, dask"):
        quiet([method], tasks, cache, scheduler="slurm")
    assert made.methods.CALLS == []


def test_no_bar_is_drawn_where_there_is_no_terminal(made, cache, capsys, monkeypatch):
    methods = [Method("m", made.methods.split)]
    run(methods, tasks_of(made, 1), cache)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(methods, tasks_of(made, 2), cache)
    out, errors = capsys.readouterr()
    assert out == ""
    assert "rows" in errors
    assert "1/1" in errors


# --- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_videos_that_fail_are_named_and_the_others_kept(made, cache, workers):
    methods, tasks = [Method("m", made.methods.failing)], tasks_of(made, 6)
    tasks[2] = replace(tasks[2], load=functools.partial(made.videos.gone, "v2.npy"))
    expected = [
        "  v0: m: OwnError: v0: no such cut",  # which does not survive the way between two processes
        "  v1: m: KeyError: 'no such cut'",
        "  v2: FileNotFoundError: v2.npy: not found",
    ]
    if workers > 1:
        tasks[4] = replace(tasks[4], load=lambda: made.videos.load(4))  # nor does this task
        expected.append("  v4: ")
    with pytest.raises(ExperimentError) as caught:
        quiet(methods, tasks, cache, workers=workers)
    head, *lines = str(caught.value).splitlines()
    assert head == f"{len(expected)} of 6 videos failed; the rows of the others are kept"
    for line, start in zip(sorted(lines), expected, strict=True):
        assert line.startswith(start)
    assert quiet(methods, [tasks[3], tasks[5]], cache).computed == 0


def test_a_method_that_fails_leaves_the_rows_of_the_others(made, cache):
    methods = [Method("failing", made.methods.failing), Method("split", made.methods.split)]
    tasks = tasks_of(made, 3, seeds=(0, 1))
    with pytest.raises(ExperimentError, match=r"^2 of 3 videos failed") as caught:
        quiet([replace(methods[0], seeded=True), methods[1]], tasks, cache)
    assert str(caught.value).splitlines()[1:] == [
        "  v0: failing, seed 0: OwnError: v0: no such cut",
        "  v0: failing, seed 1: OwnError: v0: no such cut",
        "  v1: failing, seed 0: KeyError: 'no such cut'",
        "  v1: failing, seed 1: KeyError: 'no such cut'",
    ]
    assert quiet([methods[1]], tasks, cache).computed == 0
    assert quiet([replace(methods[0], seeded=True)], tasks[2:], cache).computed == 0


@pytest.mark.parametrize("scheduler", ["processes", "dask"])
def test_a_video_that_always_kills_its_worker_is_named_and_the_others_kept(made, cache, tmp_path, scheduler):
    sign = tmp_path / "sign"
    sign.touch()
    methods = [Method("m", made.methods.deadly, {"sign": str(sign)})]
    tasks = tasks_of(made, 6)
    with pytest.raises(ExperimentError) as caught:
        quiet(methods, tasks, cache, workers=2, scheduler=scheduler, group=2)
    head, *lines = str(caught.value).splitlines()
    assert head == "1 of 6 videos failed; the rows of the others are kept"
    assert len(lines) == 1
    assert lines[0].startswith("  v5: its worker died each time, perhaps of too little memory; run again")
    sign.unlink()
    outcome = quiet(methods, tasks, cache)
    assert outcome.computed == 1
    expected = quiet([Method("m", made.methods.split)], tasks, cache)
    assert text(outcome.rows) == text(expected.rows)


@pytest.mark.parametrize("scheduler", ["processes", "dask"])
def test_a_worker_that_dies_once_loses_no_row(made, cache, tmp_path, scheduler):
    sign = tmp_path / "sign"
    sign.touch()
    methods = [Method("m", made.methods.deadly_once, {"sign": str(sign)})]
    tasks = tasks_of(made, 6)
    outcome = quiet(methods, tasks, cache, workers=2, scheduler=scheduler, group=2)
    assert not sign.exists()
    assert outcome.computed == 6
    expected = quiet([Method("m", made.methods.split)], tasks, cache)
    assert text(outcome.rows) == text(expected.rows)


def test_workers_that_die_while_a_row_is_kept_are_replaced(made, cache, monkeypatch):
    put = RowCache.put
    killed = []

    def put_and_lose_the_workers(self, *arguments):
        put(self, *arguments)
        if killed:
            return
        killed.extend(
            process
            for process in psutil.Process().children()
            if any("spawn_main" in word for word in process.cmdline())
        )
        for process in killed:
            process.kill()
        psutil.wait_procs(killed, timeout=60)
        time.sleep(1)  # until the pools have noticed

    monkeypatch.setattr(RowCache, "put", put_and_lose_the_workers)
    tasks = tasks_of(made, 6)
    outcome = quiet([Method("m", made.methods.split)], tasks, cache, workers=2)
    assert len(killed) == 2
    assert outcome.computed == 6
    monkeypatch.undo()
    assert quiet([Method("m", made.methods.split)], tasks, cache).computed == 0
    whole = quiet([Method("m", made.methods.split)], tasks, cache, force=True)
    assert text(outcome.rows) == text(whole.rows)


def test_a_worker_with_another_source_of_the_method_or_the_measure_is_refused(made):
    (task,) = tasks_of(made, 1)
    (job,) = experiment._jobs([Method("m", made.methods.split)], task)
    measure = code_version.code_version(score_row)
    for mine, measuring, name in (
        (replace(job, code="another"), measure, "made.methods.split"),
        (job, "another", "dkva.metrics.segmentation.score_row"),
    ):
        done = experiment._work((task, [mine], measuring))
        assert done.rows == {}
        (problem,) = done.problems
        assert problem.endswith(f"the worker has other code of {name}: start the workers again")
    assert experiment._work((task, [job], measure)).rows.keys() == {job.key}


# --- more processes --------------------------------------------------------------------------------


def test_rows_do_not_depend_on_workers_and_scheduler(made, tmp_path):
    methods = [
        Method("dkva", segment_video, {"epochs": 2, "smoothing": 0, "kernel": "gaussian"}),
        Method("split", made.methods.split),
    ]
    tasks = tasks_of(made, 3, seeds=(0, 1))
    one, two, dask = (
        quiet(methods, tasks, RowCache(tmp_path / f"{i}.sqlite"), workers=workers, scheduler=scheduler)
        for i, (workers, scheduler) in enumerate([(1, "processes"), (2, "processes"), (1, "dask")])
    )
    assert one.computed == two.computed == dask.computed == 9
    assert text(one.rows) == text(two.rows) == text(dask.rows)
    assert len({row["mof"] for row in one.rows}) > 3
    for outcome, workers in ((two, 2), (dask, 1)):
        assert outcome.provenance["runs"][0]["workers"] == workers
        assert outcome.provenance["runs"][0]["device"].startswith("cpu")
    assert dask.provenance["runs"][0]["scheduler"] == "dask"
    assert "scheduler" not in two.provenance["runs"][0]


SCRIPT = """
    import json
    import sys
    import time
    from pathlib import Path

    from dkva.experiments.experiment import RowCache, run
    from made.plan import METHODS, TASKS

    def main():
        cache, workers, own, others, count = sys.argv[1:6]
        Path(own).touch()
        while not Path(others).exists():
            time.sleep(0.01)
        tasks = TASKS[: int(count)]
        outcome = run(METHODS, tasks, RowCache(Path(cache)), workers=int(workers), progress=False)
        print(json.dumps([outcome.computed, outcome.rows]))

    if __name__ == "__main__":
        main()
"""
TOTAL = 24 * 3


@pytest.fixture
def started(made, tmp_path):
    """Start a run in a process of its own: (cache, workers, file it makes, file it waits for, videos)."""
    script = tmp_path / "experiment_script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    running = []

    def begin(cache, workers=1, own="own", other="own", count=24):
        command = [sys.executable, script, cache, str(workers), tmp_path / own, tmp_path / other, str(count)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def finished(process):
    out, errors = process.communicate(timeout=WAIT)
    assert (process.returncode, errors) == (0, "")
    return json.loads(out)


def kept(path):
    """Keys of the rows that are there."""
    try:
        with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT) as database:
            return {key for (key,) in database.execute("SELECT key FROM rows")}
    except sqlite3.OperationalError:  # it is not there yet
        return set()


def test_a_killed_run_loses_only_the_videos_in_flight(made, started, tmp_path, monkeypatch):
    path = tmp_path / "rows.sqlite"
    process = started(path, workers=2)
    limit = time.monotonic() + WAIT
    while len(kept(path)) < 12 and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.02)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
    before = kept(path)
    assert 12 <= len(before) < TOTAL, "the run was not caught in the middle"
    assert len(before) % 3 == 0  # a video's rows come together
    # What was slow so that the run could be caught is not any more.
    monkeypatch.setattr(made.methods, "time", types.SimpleNamespace(sleep=lambda seconds: None))
    rest, whole = (
        quiet(made.plan.METHODS, made.plan.TASKS, RowCache(tmp_path / name))
        for name in ("rows.sqlite", "whole.sqlite")
    )
    assert (rest.computed, whole.computed) == (TOTAL - len(before), TOTAL)
    assert before < kept(path)
    assert text(rest.rows) == text(whole.rows)


def test_two_runs_at_once_end_with_the_same_complete_rows(made, started, tmp_path):
    path = tmp_path / "rows.sqlite"
    both = started(path, own="a", other="b", count=8), started(path, own="b", other="a", count=8)
    (first, rows), (second, others) = map(finished, both)
    assert text(rows) == text(others)
    assert len(rows) == len(kept(path)) == 8 * 3
    assert first + second >= 8 * 3
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = quiet(made.plan.METHODS, made.plan.TASKS[:8], RowCache(path))
    assert (again.computed, text(again.rows)) == (0, text(rows))
