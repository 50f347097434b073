"""Tables of many rows look as Rich writes them, cell by cell."""

import pytest
from rich.console import Console

from reproduce.base.show import filled, lines

pytestmark = pytest.mark.fast


def shown(table, width):
    console = Console(width=width, highlight=False)
    with console.capture() as written:
        console.print(table)
    return written.get()


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "", "1.5 ± 0.25"], ["", "second", "–"]],
        [["動画", "Zürich", "+1.0 [+0.5, +1.5]"]],
        [["[bold]styled[/] or \\[not]", "of a name", "12"], ["b", ":dog:", "3"]],
        [["two\nlines", "of a name", "12"], ["b", "c", "3"]],
        [["a name of many words, which is broken " * 3, "b", "1"], ["", "c", "22"]],
        [],
    ],
    ids=["plain", "wide", "styled", "broken", "long", "empty"],
)
@pytest.mark.parametrize("width", [60, 200])
def test_a_table_looks_as_one_to_which_rows_are_added(rows, width):
    title, columns = "Scores [of all], in %", ["method", "video", "ours ±"]
    by_rows = lines(title, columns, 2)
    for row in rows:
        by_rows.add_row(*row)
    assert shown(filled(title, columns, rows, 2, width), width) == shown(by_rows, width)


def test_many_rows_are_one_cell():
    assert filled("Scores", ["method", "MoF"], [["a", "1"], ["b", "2"]], 1, 80).row_count == 1
    assert filled("Scores", ["method", "MoF"], [["a" * 80, "1"], ["b", "2"]], 1, 80).row_count == 2
