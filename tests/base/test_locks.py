import contextlib
import subprocess
import sys
import threading

import pytest

from dkva.base.locks import only_one

pytestmark = pytest.mark.fast

HOLD = """
import sys, pathlib
from dkva.base.locks import only_one
with only_one(pathlib.Path(sys.argv[1])) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def held_elsewhere(path):
    """Another process that asked for the lock, and what it was told."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process, process.stdout.readline().strip()
    process.kill()
    process.communicate()


def test_one_has_it_and_leaves_nothing(tmp_path):
    path = tmp_path / "lock"
    with only_one(path) as mine:
        with only_one(path) as another:
            assert (mine, another) == (True, False)
        with only_one(path) as another:  # asking took nothing from who has it
            assert not another
    assert not path.exists()
    with only_one(path) as mine:
        assert mine


def test_it_is_free_after_an_error(tmp_path):
    with contextlib.suppress(KeyError), only_one(tmp_path / "lock"):
        raise KeyError
    with only_one(tmp_path / "lock") as mine:
        assert mine


def test_a_process_that_is_killed_has_it_no_longer(tmp_path):
    path = tmp_path / "lock"
    with held_elsewhere(path) as (process, told):
        assert told == "True"
        with only_one(path) as mine:
            assert not mine
        process.kill()
        process.wait()
        assert path.exists()
        with only_one(path) as mine:
            assert mine
            with held_elsewhere(path) as (_, told):
                assert told == "False"


def test_never_two_have_it(tmp_path):
    """Who comes while the last one leaves must not lock a file that is gone."""
    inside, most, turns = [], [], []

    def work():
        for _ in range(200):
            with only_one(tmp_path / "lock") as mine:
                if mine:
                    inside.append(1)
                    most.append(len(inside))
                    turns.append(1)
                    inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(turns) >= 200 // 4


def test_a_folder_that_is_missing(tmp_path):
    with pytest.raises(OSError, match="No such file"), only_one(tmp_path / "missing" / "lock"):
        pass
