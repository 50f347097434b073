import math

import pytest

from dkva.export.comparison import Bar, comparison_figure

pytestmark = pytest.mark.fast

BARS = {
    "ours": Bar(0.8, 0.7, 0.85, {"walk": 0.9, "dance": 0.7}),
    "theirs": Bar(0.5, math.nan, math.nan, {"walk": 0.4, "dance": 0.6}),
}


def test_bars_intervals_and_domains(tmp_path):
    figure = comparison_figure(BARS, "5 sequences", "mean of MoF, IoU and F1")
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [80, 50]
    assert [line.get_xdata().tolist() for line in axes.lines] == [[70, 85]]  # none without an interval
    marks = {each.get_label(): each.get_offsets()[:, 0].tolist() for each in axes.collections}
    assert marks == {"walk": [90, 40], "dance": [70, 60]}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["ours", "theirs"]
    assert axes.get_xlabel() == "mean of MoF, IoU and F1, in %"
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first on top
    figure.savefig(tmp_path / "c.png")


def test_one_domain_needs_no_marks():
    figure = comparison_figure({"ours": Bar(0.8, 0.7, 0.9, {"walk": 0.8})}, "", "score")
    assert not figure.axes[0].collections
    assert not figure.legends


def test_many_domains_are_told_apart():
    domains = {f"d{i}": i / 30 for i in range(30)}
    figure = comparison_figure({"ours": Bar(0.5, 0.4, 0.6, domains)}, "", "score")
    looks = {
        (each.get_facecolor().tobytes(), each.get_paths()[0].vertices.tobytes())
        for each in figure.axes[0].collections
    }
    assert len(looks) == 30
