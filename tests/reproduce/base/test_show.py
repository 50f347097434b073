"""Tables on the terminal are, to the last space, those that rich draws."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from reproduce.base.show import _Lines, lines

pytestmark = pytest.mark.fast

CELLS = st.one_of(
    st.sampled_from(
        ["", "MoF", "+0.5 [+0.2, +0.9]", "learned, kernel", "[bold]x[/bold]", ":cat:", "動画", "a\nb"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text("ab [:]\\\t", max_size=12),
)


def drawn(table, width, terminal):
    out = io.StringIO()
    colours = {"force_terminal": True, "color_system": "truecolor"} if terminal else {}
    Console(file=out, width=width, highlight=False, **colours).print(table)
    return out.getvalue()


@settings(max_examples=40)
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=4)),
    st.text(max_size=60),
    st.sampled_from([20, 40, 200]),
    st.booleans(),
)
@example([["a", "1.0"], ["b, c", "10.0"]], "A title", 200, True)
def test_lines_are_those_of_rich(rows, title, width, terminal):
    table = lines(title, ["method", "MoF", "mIoU", "verdict"][: len(rows[0]) if rows else 3], 2)
    for row in rows:
        table.add_row(*row)
    mine = drawn(table, width, terminal)
    assert type(table) is _Lines
    table.__class__ = Table
    assert mine == drawn(table, width, terminal)
