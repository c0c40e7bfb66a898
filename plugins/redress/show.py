"""Tables and progress in the terminal."""

from collections.abc import Iterable, Sequence
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text


def table(console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table; numbers stand to the right, text is shown as it is."""
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
        whole = position == 0 or any(isinstance(line[position], date) for line in lines)
        grid.add_column(heading, justify="right" if numeric else "left", overflow="fold", no_wrap=whole)
    for line in lines:
        grid.add_row(*(Text(_cell(value)) for value in line))
    console.print(grid)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
