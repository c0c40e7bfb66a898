"""Tables and progress in the terminal."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

SPARED = 8
"""The width a column that folds keeps at least, where others may not fold."""

BESIDE_A_CELL = 2
"""Blanks between two columns: the padding of the cell and the line of the box."""


def table(
    console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], whole: Collection[str] = ()
) -> None:
    """Prints a table; numbers stand to the right, text is shown as it is.

    whole: headings of columns to copy from: no cell of them folds or is cut, though the table be wider than the window.
    """
    grid = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    lines = [list(row) for row in rows]
    for position, heading in enumerate(headings):
        numeric = bool(lines) and all(isinstance(line[position], int | float | None) for line in lines)
        is_whole = position == 0 or heading in whole or any(isinstance(line[position], date) for line in lines)
        grid.add_column(heading, justify="right" if numeric else "left", overflow="fold", no_wrap=is_whole)
    for line in lines:
        grid.add_row(*(Text(_cell(value)) for value in line))
    if whole:
        widths = [
            cell_len(text) if column.no_wrap else min(cell_len(text), SPARED)
            for column in grid.columns
            for text in [max(map(str, (column.header, *column.cells)), key=cell_len)]
        ]
        least = sum(widths) + BESIDE_A_CELL * len(widths) + 1
        grid.width = least if least > console.width else None
    console.print(grid, crop=not whole)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
