import time

import pytest
from rich.progress import Progress

from dkva.cli.segmenting.waiting import ReadingBar, Waiting
from dkva.cli.segmenting.way import Way
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import find

pytestmark = pytest.mark.fast


def way(method):
    return Way(find(method), 2, 0, checked(find(method), {}))


@pytest.mark.parametrize(
    ("method", "says"),
    [("dkva", "frames take long: --batch-size video takes one step an epoch"), ("uniform", "")],
)
def test_one_line_says_what_takes_long(capsys, method, says):
    with Waiting(way(method), patience=0.01) as waiting:
        waiting.of("tea/v")
        waiting._timer.join()
        waiting.of("tea/w")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("note: tea/v: still at work after 0.01 s")
    assert line.endswith(says)


def test_who_does_not_wait_hears_nothing(capsys):
    with Waiting(way("uniform"), patience=0.05) as waiting:
        waiting.of("v")
    with Waiting(way("uniform"), patience=0.05):
        pass
    time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_the_line_of_a_recording_that_is_read_goes_with_it():
    bar = Progress(disable=True)
    bar.add_task("videos")
    told = ReadingBar(bar)
    told("tea/v", 3.0, 60.0)
    told("tea/v", 4.0, 60.0)
    _, line = bar.tasks
    assert (line.description, line.completed, line.total) == ("tea/v: seconds read", 4, 60)
    told("", 0.0, None)
    assert len(bar.tasks) == 1
    told("", 0.0, None)  # of one that was kept nothing was told
    told("w", 1.0, None)
    assert bar.tasks[-1].total is None
