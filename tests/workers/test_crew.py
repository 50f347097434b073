"""Names of schedulers, and what is told of work that fails."""

import pytest

from dkva.workers.crew import Failed, attempted, check_scheduler, described

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("name", ["", "slurm", "127.0.0.1:8786", "Dask"])
def test_an_unknown_scheduler_is_one_line(name):
    with pytest.raises(
        ValueError, match=r"unknown scheduler .*: choose processes, dask, or the address"
    ) as caught:
        check_scheduler(name)
    assert "\n" not in str(caught.value)


def test_known_schedulers(tmp_path):
    (tmp_path / "scheduler.json").touch()
    for name in (
        "processes",
        "dask",
        "tcp://10.0.0.1:8786",
        "tls://host:1",
        str(tmp_path / "scheduler.json"),
    ):
        assert check_scheduler(name) == name


def test_an_exception_is_told_on_one_line():
    assert described(ValueError("two\n  lines")) == "ValueError: two lines"


def test_work_that_raises_is_a_failure_and_not_an_end():
    assert attempted(str, 3) == "3"
    assert attempted(int, "three") == Failed("ValueError: invalid literal for int() with base 10: 'three'")
