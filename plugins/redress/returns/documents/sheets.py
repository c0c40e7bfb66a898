"""What stands on one worksheet: a printed table as rows of numbers and text, with its texts, widths and formats."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from redress.returns.documents.cells import distinct, harmless, heading, number, one_unit, text, unit
from redress.returns.documents.wording import SYMBOLS, PrintedTable, day_in_words, unnumbered
from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Head

Cell = str | int | float
Place = tuple[int, int]

NOTE = "$${}$$"
"""How gptables is told of a note: the reference becomes [note 1] in the order of the sheets."""

WIDEST_LABEL = 45
WIDEST_FIGURE = 24
NARROWEST = 9

_UNIT_IN_HEADING = {"percent": "%", "percentage points": "percentage points", "pounds": "£"}
_UNIT_BESIDE = {"percent": '{}"%"', "percentage points": "{}", "pounds": '"£"{}'}


@dataclass(frozen=True)
class Grid:
    """A table's headings and body. Places are (row, column) of the body, counted from 0."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    label_columns: int
    totals: tuple[int, ...] = ()
    number_formats: Mapping[Place, str] = field(default_factory=dict)

    @property
    def formula_like(self) -> list[Place]:
        """Where text stands that a spreadsheet would take for a formula when somebody edits the cell."""
        return [
            (row, column)
            for row, line in enumerate(self.rows)
            for column, value in enumerate(line)
            if isinstance(value, str) and harmless(value) != value
        ]

    @property
    def widths(self) -> list[int]:
        """Of each column, in characters: labels in full, headings of figures on several lines."""
        widest = [WIDEST_LABEL if column < self.label_columns else WIDEST_FIGURE for column in range(len(self.columns))]
        return [min(self._width(column), most) for column, most in enumerate(widest)]

    def _width(self, column: int) -> int:
        head = self.columns[column]
        longest_word = max(len(word) for word in head.split())
        cells = max(len(str(row[column])) for row in self.rows)
        return max(longest_word, ceil(len(head) / 3), cells, NARROWEST) + 1


@dataclass(frozen=True)
class Sheet:
    """One worksheet: the texts above the table, and the table."""

    name: str
    title: str
    subtitle: str
    scope: str
    source: str
    legend: tuple[str, ...]
    notes: tuple[str, ...]
    grid: Grid


def sheet_of(printed: PrintedTable, built: BuiltReturn) -> Sheet:
    """The worksheet of a printed table; where words stand in place of figures, a table of those words."""
    table = printed.table
    grid = _figures(printed) if printed.has_figures else _words(printed)
    return Sheet(
        name=f"Table_{printed.number}",
        title=literal(f"Table {printed.number}: {unnumbered(table.title)}"),
        subtitle=literal(table.description),
        scope=literal(printed.basis if printed.has_figures else ""),
        source=literal(f"Source: {built.council_name}, complaints records as at {day_in_words(built.as_at)}."),
        legend=_legend(table),
        notes=tuple(literal(note) for note in printed.notes[1:]),
        grid=grid,
    )


def _words(printed: PrintedTable) -> Grid:
    return Grid(columns=("In place of figures",), rows=((literal(printed.words or "No figures"),),), label_columns=1)


def _figures(printed: PrintedTable) -> Grid:
    table = printed.table
    has_groups = any(row.group for row in table.rows)
    label_columns = 1 + has_groups
    heads = (*(("Group",) if has_groups else ()), printed.rows_title)
    units = [one_unit([line[column] for line in table.cells]) for column in range(len(table.columns))]
    columns = [_heading_with_unit(heading(head), unit) for head, unit in zip(table.columns, units, strict=True)]
    return Grid(
        columns=tuple(distinct(literal(head) for head in (*heads, *columns))),
        rows=tuple(
            (*_labels(row, has_groups), *(_cell(figure) for figure in line))
            for row, line in zip(table.rows, table.cells, strict=True)
        ),
        label_columns=label_columns,
        totals=tuple(index for index, row in enumerate(table.rows) if row.is_total),
        number_formats={
            (row, label_columns + column): _number_format(figure, is_mixed=units[column] is None)
            for row, line in enumerate(table.cells)
            for column, figure in enumerate(line)
            if figure is not None and number(figure) is not None
        },
    )


def _labels(row: Head, has_groups: bool) -> tuple[str, ...]:
    labels = (row.group or row.label, row.label) if has_groups else (row.label,)
    return tuple(literal(label) for label in labels)


def _heading_with_unit(head: str, unit: str | None) -> str:
    if unit not in _UNIT_IN_HEADING or unit in head or _UNIT_IN_HEADING[unit] in head:
        return head
    return f"{head} ({_UNIT_IN_HEADING[unit]})"


def _cell(figure: Figure | None) -> Cell:
    """A number as a number, a symbol in square brackets; [z] where the table has nothing to print."""
    if figure is None:
        return "[z]"
    exact = number(figure)
    if exact is not None:
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    if figure.symbol is None:
        return literal(text(figure))
    printed = text(figure)
    return f"[{figure.symbol}]" if printed == figure.symbol else literal(f"{printed} [{figure.symbol}]")


def _number_format(figure: Figure, is_mixed: bool) -> str:
    """Decimals as printed; the unit stands beside the number only where the column's heading cannot say it."""
    decimals = -min(0, int(figure.rounded.as_tuple().exponent)) if figure.rounded is not None else 0
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _UNIT_BESIDE.get(unit(figure), "{}").format(plain) if is_mixed else plain


def _legend(table: BuiltTable) -> tuple[str, ...]:
    used = {figure.symbol for figure in table.figures}
    if any(figure is None for line in table.cells for figure in line):
        used.add("z")
    return tuple(f"[{symbol}] {name}." for symbol, (name, _) in SYMBOLS.items() if symbol in used)


def literal(text: str) -> str:
    """Text that gptables writes as it is: no note reference, no link, and with a letter or digit in it.

    gptables reads $$x$$ as a reference and [a](b) as a link, and refuses cells of signs alone.
    """
    plain = re.sub(r"\]\s*\(", "] (", text.replace("$$", "$ $")).strip()
    if plain and not re.search(r"[a-zA-Z0-9]", plain):
        return f"recorded as {plain}"
    return plain
