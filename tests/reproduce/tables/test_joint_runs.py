"""Options of the tables of alignment, and a run over their sets."""

import pytest

from dkva.datasets import DataError
from reproduce.collections.joint import JOINT_SETS
from reproduce.tables.joint_runs import options_of, over_sets

pytestmark = pytest.mark.fast

NAMES = ("one", "two")


def options(*arguments, videos=True):
    return options_of("Doc.", list(arguments), JOINT_SETS, NAMES, ("one",), videos=videos)


def test_rows_are_stored_of_a_whole_run_alone():
    assert options().whole
    assert options("--sets", "one_activity").whole
    for given in (["--smoke"], ["--methods", "two"], ["--seeds", "1"], ["--videos", "3"]):
        assert not options(*given).whole
    assert (options().methods, options("--smoke").methods) == (NAMES, ("one",))
    assert options("--methods", "two").methods == ["two"]


def test_one_video_cannot_be_aligned(capsys):
    with pytest.raises(SystemExit):
        options("--videos", "1")
    assert "--videos 1: give 2 at least" in capsys.readouterr().err


def test_a_table_without_a_number_of_videos_is_not_asked_for_one(capsys):
    assert options(videos=False).whole
    with pytest.raises(SystemExit):
        options("--videos", "3", videos=False)
    assert "unrecognized arguments: --videos 3" in capsys.readouterr().err


def test_sets_that_are_not_there_are_said_and_an_error_if_asked_for(capsys):
    seen = []

    def run(given):
        seen.append(given.key)
        if given.key == "breakfast_sample":
            raise DataError("DKVA_DATA", "is not set", "give it")

    assert over_sets(options(), JOINT_SETS, run) == 0
    assert seen == list(JOINT_SETS)
    assert "the Breakfast sample (3 real videos): left out." in capsys.readouterr().out
    assert over_sets(options("--sets", "breakfast_sample"), JOINT_SETS, run) == 2
    seen.clear()
    assert over_sets(options("--smoke"), JOINT_SETS, run) == 0
    assert seen == ["one_activity"]
