import threading
import time

import pytest

from dkva.recordings.ahead import ahead

pytestmark = pytest.mark.fast


class Counted:
    """Whole numbers, how many were taken, by which thread, and whether it was closed."""

    def __init__(self, stop=None):
        self.taken, self.threads, self.closed, self.stop = 0, set(), False, stop

    def items(self):
        try:
            while self.taken != self.stop:
                self.threads.add(threading.get_ident())
                self.taken += 1
                yield self.taken - 1
        finally:
            self.closed = True


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("waited for 5 s")


def test_all_items_in_order_by_one_other_thread():
    counted = Counted(stop=1000)
    with ahead(counted.items(), 3) as items:
        assert list(items) == list(range(1000))
    assert counted.closed
    assert len(counted.threads) == 1
    assert counted.threads != {threading.get_ident()}


def test_no_more_wait_than_there_is_room():
    counted = Counted()
    with ahead(counted.items(), 3) as items:
        wait_for(lambda: counted.taken == 4)  # three wait, and one has no room
        time.sleep(0.25)
        assert counted.taken == 4
        next(items)
        wait_for(lambda: counted.taken == 5)
    assert counted.closed
    assert counted.taken <= 6
    assert not [thread for thread in threading.enumerate() if thread.name == "dkva-ahead"]


def test_an_error_comes_behind_what_was_made_before():
    def items():
        yield 1
        yield None
        raise OSError("no more")

    seen = []
    with pytest.raises(OSError, match="no more"), ahead(items(), 5) as given:
        for each in given:
            seen.append(each)  # noqa: PERF402 -- those before the error
    assert seen == [1, None]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_whoever_uses_them_may_stop(error):
    counted = Counted()
    with pytest.raises(error), ahead(counted.items(), 2) as items:
        next(items)
        raise error
    assert counted.closed


def test_no_items():
    with ahead(iter(()), 1) as items:
        assert list(items) == []
