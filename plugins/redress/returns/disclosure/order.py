"""Keeps a table's order from telling what it hides: rows sorted by size say which suppressed one is larger."""

from dataclasses import replace
from fractions import Fraction

from redress.returns.figures import BuiltTable, Figure

Row = tuple[Figure | None, ...]


def in_silent_order(before: BuiltTable, after: BuiltTable) -> BuiltTable:
    """The table with rows whose leading figure is hidden behind the others, by name. before has the true figures.

    Of tables in any other order than by value nothing is moved. Totals stay where they are, at the end.
    """
    at = _leading(before)
    if at is None:
        return after
    lines = list(zip(after.rows, after.cells, before.cells, strict=True))
    parts = [line for line in lines if not line[0].is_total]
    totals = [line for line in lines if line[0].is_total]
    if lines != [*parts, *totals] or not _falls([true[at] for _, _, true in parts]):
        return after
    hidden = sorted((line for line in parts if _is_hidden(line[1][at])), key=lambda line: line[0].label)
    shown = [line for line in parts if not _is_hidden(line[1][at])]
    ordered = [*shown, *hidden, *totals]
    return replace(after, rows=tuple(head for head, _, _ in ordered), cells=tuple(cells for _, cells, _ in ordered))


def _leading(table: BuiltTable) -> int | None:
    """The column that a table sorted by value is sorted by: the total of the latest period."""
    if not table.cells:
        return None
    first = [(at, figure) for at, figure in enumerate(table.cells[0]) if figure is not None]
    if not first:
        return None
    return max(first, key=lambda one: (one[1].column_is_total, one[1].period.end, -one[0]))[0]


def _falls(figures: list[Figure | None]) -> bool:
    """Whether the values fall from row to row; a row of blanks may stand last whatever it has."""
    values = [(figure.value if figure is not None else None) or Fraction(0) for figure in figures]
    body = values[:-1] if len(values) > 3 else values
    return len(values) > 1 and (body == sorted(body, reverse=True))


def _is_hidden(figure: Figure | None) -> bool:
    return figure is not None and figure.symbol == "c"
