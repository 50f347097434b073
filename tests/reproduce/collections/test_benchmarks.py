"""The benchmarks as tasks, and what a command line asks of them."""

import pytest
from made_release import release

from dkva.datasets import BENCHMARKS
from reproduce.base.methods import add_methods
from reproduce.collections.benchmarks import SOURCES, open_all, options_of, request_of
from reproduce.ledger.paper import TABLES

pytestmark = pytest.mark.fast


def opened(*arguments):
    options = options_of(None, seeds=2).parse_args([str(argument) for argument in arguments])
    return open_all(request_of(options))


def test_lines_have_the_papers_names():
    named = {source.title for source in SOURCES}
    for table in ("table1", "table4", "table5"):
        assert {key[0] for key in TABLES[table]} <= named
    assert set(BENCHMARKS) <= {source.key for source in SOURCES}


def test_a_set_that_is_there_becomes_tasks_with_the_authors_k(tmp_path):
    release(tmp_path, "HollywoodExtended", ["v1", "v2"])
    (found,) = opened("--data-root", tmp_path, "--datasets", "hollywood_extended", "yti")
    assert found.source.key == "hollywood_extended"
    assert [(task.video, task.n_segments, task.seeds) for task in found.tasks] == [
        ("v1", 3, (0, 1)),
        ("v2", 3, (0, 1)),
    ]
    frames, truth = found.tasks[0].load()
    assert frames.shape == (60, 4)
    assert truth.tolist()[::20] == ["a", "b", "c"]
    assert len({task.checksum for task in found.tasks}) == 2
    assert found.skipped == []


def test_every_problem_of_every_set_is_listed_before_anything_is_computed(tmp_path):
    first = release(tmp_path, "HollywoodExtended", ["v1", "v2", "v3"])
    second = release(tmp_path, "DesktopAssemble", ["w1", "w2"])
    (first / "groundTruth" / "v1").unlink()
    (first / "features" / "v2.txt").write_text("<!DOCTYPE html>\n<html></html>\n")
    (second / "features" / "w1.txt").write_text("")
    (second / "groundTruth" / "w2").write_text("a\n" * 59 + "z\n")
    with pytest.raises(SystemExit) as stop:
        opened("--data-root", tmp_path, "--datasets", "hollywood_extended", "desktop_assembly")
    told = str(stop.value)
    for name in ("v1", "v2.txt", "w1.txt", "w2"):
        assert name in told, told
    assert "nothing was computed" in told
    assert "--skip-broken" in told
    (found,) = opened("--data-root", tmp_path, "--datasets", "hollywood_extended", "--skip-broken")
    assert [task.video for task in found.tasks] == ["v3"]
    assert len(found.skipped) == 2
    assert not any(str(tmp_path) in problem for problem in found.skipped)


def test_a_granularity_that_the_release_lacks_is_said(tmp_path):
    release(tmp_path, "50Salads", ["v1"])
    with pytest.raises(SystemExit, match=r"mappinghigh\.txt"):
        opened("--data-root", tmp_path, "--datasets", "50salads", "--granularity", "high")


def test_a_request_says_what_a_command_line_asks():
    def asked(*arguments, keys=None):
        cli = options_of(None, seeds=3)
        add_methods(cli)
        return request_of(cli.parse_args(arguments), keys)

    whole = asked()
    assert [source.key for source in whole.sources] == [source.key for source in SOURCES]
    assert (whole.seeds, whole.videos, whole.named, whole.partial, whole.usual) == (
        (0, 1, 2),
        None,
        False,
        False,
        True,
    )
    for part in (["--smoke"], ["--videos", "4"], ["--methods", "uniform"]):
        assert asked(*part).partial
    smoke = asked("--smoke", keys=("yti",))  # of a study: on a set that needs no data
    assert ([source.key for source in smoke.sources], smoke.seeds, smoke.videos) == (
        ["basic_motions"],
        (0,),
        2,
    )
    some = asked("--datasets", "yti", "breakfast", keys=("breakfast", "50salads"))
    assert ([source.key for source in some.sources], some.named) == (["breakfast"], True)
    assert not asked("--clusters", "twfinch").usual
    with pytest.raises(SystemExit, match="no data set of this study is asked for: choose of 50salads"):
        asked("--datasets", "yti", keys=("50salads",))
