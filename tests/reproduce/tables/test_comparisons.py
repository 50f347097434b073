"""Cells of comparisons by domain."""

import pytest

from reproduce.tables.comparisons import comparison_cells

pytestmark = pytest.mark.fast


def rows(domains):
    scores = {"ours": [0.5, 0.7, 0.9], "theirs": [0.4, 0.7, 0.8]}
    return [
        {"method": method, "video": f"v{i}", "domain": domain, "mof": s, "iou": s, "f1": s}
        for method, values in scores.items()
        for i, (s, domain) in enumerate(zip(values, domains, strict=True))
    ]


def test_a_line_a_method_with_the_lead_and_each_domain():
    columns, cells = comparison_cells(rows("aab"), "ours")
    assert columns == ["method", "MoF", "IoU", "F1", "mean of the three", "ours − it", "p", "a", "b"]
    assert cells == [
        ["ours", *["75.0 [70.0, 80.0]"] * 4, "", "", "60.0", "90.0"],
        ["theirs", *["67.5 [60.0, 75.0]"] * 4, "+7.5 [+5.0, +10.0]", "0.5", "55.0", "80.0"],
    ]


def test_one_domain_has_no_columns_of_domains_and_may_have_no_intervals():
    columns, _ = comparison_cells(rows("aaa"))
    assert columns[-2:] == ["ours − it", "p"]
    _, cells = comparison_cells(rows("abc"), "theirs")
    assert cells[0][4:7] == ["70.0", "-6.7", "0.5"]
