"""Samples of frames against their definition, tried out frame by frame and interval by interval."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.recordings.grid import Grid, GridBuilder

pytestmark = pytest.mark.fast

TICK = Fraction(1, 1000)
# Milliseconds between frames; with slack of a millisecond no frame is shown at a centre's very time.
gaps = st.lists(st.integers(0, 400), min_size=0, max_size=20)
rates = st.sampled_from([1, 3, 5, 7, 30])


def build(times, rate, duration, known=()):
    """The builder's grid, and the frame of each interval as it said them."""
    builder = GridBuilder(rate, tick=float(TICK), times=known)
    shown = []
    for frame in range(len(known), len(times)):
        shown += [(interval, frame - 1) for interval in builder.add(times[frame])]
    shown += [(interval, len(times) - 1) for interval in builder.finish(duration)]
    return builder, shown


def define(times, rate, duration):
    """Frame of each sample, and sample of each frame, in exact numbers."""
    slack = min(TICK, Fraction(1, 4 * rate)) + Fraction(1, 10**9)  # ties are over before they begin
    end = times[-1] + duration - slack
    centres = [times[0] + (i + Fraction(1, 2)) / rate for i in range(int((end - times[0]) * rate) + 1)]
    n = max(1, sum(c < end for c in centres))
    shown = [max(j for j, time in enumerate(times) if j == 0 or time - slack <= c) for c in centres[:n]]
    return shown, [min(n - 1, int((time + slack - times[0]) * rate)) for time in times]


@given(gaps, rates, st.integers(0, 5000), st.integers(1, 200))
def test_against_the_definition(gaps, rate, start, duration):
    times = [Fraction(start, 1000)]
    for gap in gaps:
        times.append(times[-1] + Fraction(gap, 1000))
    frames, samples = define(times, rate, Fraction(duration, 1000))
    builder, shown = build([float(time) for time in times], rate, duration / 1000)
    grid = builder.grid()
    assert shown == list(enumerate(frames))
    assert grid.expand(np.arange(len(frames))).tolist() == samples
    assert (grid.edges[0], grid.edges[-1], len(grid.edges)) == (0, len(times), len(frames) + 1)
    np.testing.assert_allclose(grid.times, [*map(float, times), float(times[-1]) + duration / 1000])
    for interval, frame in enumerate(frames):
        assert builder.shown(interval) == frame


@given(gaps, rates, st.data())
def test_going_on_is_as_if_never_interrupted(gaps, rate, data):
    times = np.cumsum([0.0, *gaps]) / 1000
    whole, shown = build(times, rate, 0.04)
    cut = data.draw(st.integers(1, len(times)))
    rest, later = build(times, rate, 0.04, known=times[:cut])
    assert later == shown[len(shown) - len(later) :]
    np.testing.assert_array_equal(rest.grid().edges, whole.grid().edges)
    np.testing.assert_array_equal(rest.grid().times, whole.grid().times)


@settings(max_examples=40)
@given(st.integers(1, 150), st.sampled_from([24, 25, 30, 60, 24000 / 1001]), st.sampled_from([0.0, 0.001]))
def test_at_the_own_rate_each_frame_is_a_sample(n, rate, tick):
    """Also if times are rounded to milliseconds, as in Matroska."""
    times = np.arange(n) / rate + 0.033
    builder = GridBuilder(rate, tick=tick)
    for time in times.round(3) if tick else times:
        builder.add(time)
    builder.finish(1 / rate)
    np.testing.assert_array_equal(builder.grid().edges, np.arange(n + 1))


def test_every_sixth_frame():
    """30 frames a second, 5 samples: frames 3, 9, 15 … are on screen at the centres."""
    builder, shown = build(np.arange(60) / 30, 5, 1 / 30)
    assert [frame for _, frame in shown] == list(range(3, 60, 6))
    np.testing.assert_array_equal(builder.grid().edges, np.arange(0, 61, 6))
    assert builder.grid().rate == pytest.approx(30)


def test_a_gap_shows_the_frame_before_it():
    builder, shown = build([0, 0.1, 2.0, 2.1], 2, 0.1)
    assert shown == [(0, 1), (1, 1), (2, 1), (3, 1)]
    assert builder.grid().edges.tolist() == [0, 2, 2, 2, 4]  # the frame at 2.0 has no sample of its own
    assert builder.grid().expand(np.array(list("abcd"))).tolist() == list("aadd")


def test_one_frame_is_one_sample():
    builder, shown = build([3.0], 5, 0.04)
    assert shown == [(0, 0)]
    assert builder.grid().edges.tolist() == [0, 1]
    assert builder.grid().times.tolist() == pytest.approx([3, 3.04])


def test_times_that_run_back_are_held():
    builder = GridBuilder(5, period=0.1)
    for time in [0.0, 0.2, 0.1, 0.3]:
        builder.add(time)
    assert (builder.times().tolist(), builder.held, builder.leaps) == ([0.0, 0.2, 0.2, 0.3], 1, [])


@pytest.mark.parametrize("leap", [0.0, 95443.0])
def test_a_clock_that_was_set_anew(leap):
    """The first frame that it shows might be astray; the second shows that it goes on so."""
    builder = GridBuilder(5, period=0.1)
    for time in [50.0, 50.1, leap, leap + 0.1, leap + 0.3]:
        builder.add(time)
    assert builder.times().tolist() == pytest.approx([50.0, 50.1, 50.1, 50.2, 50.4])
    assert (builder.held, builder.leaps) == (1, [50.1])


@pytest.mark.parametrize("leap", [0.0, 95443.0])
def test_a_frame_astray(leap):
    builder = GridBuilder(5, period=0.1)
    for time in [50.0, 50.1, leap, 50.3, 50.4]:
        builder.add(time)
    assert builder.times().tolist() == pytest.approx([50.0, 50.1, 50.1, 50.3, 50.4])
    assert (builder.held, builder.leaps) == (1, [])


def test_frames_without_times_follow_the_last_one():
    builder = GridBuilder(5, period=0.1)
    for time in [None, None, 0.15]:
        builder.add(time)
    assert builder.times().tolist() == pytest.approx([0, 0.1, 0.15])


def test_no_rate_without_times():
    assert Grid(np.arange(4), None).rate is None
    assert Grid(np.arange(2), np.zeros(2)).rate is None


def test_no_grid_while_frames_come():
    builder = GridBuilder(5)
    builder.add(0.0)
    with pytest.raises(ValueError, match="finish first"):
        builder.grid()
