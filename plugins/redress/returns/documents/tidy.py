"""Writes a return as a tidy CSV: one figure a row, in the order the documents print them.

UTF-8, lines ended by LF, fields quoted where they need it. Text that a spreadsheet would take for a formula has an
apostrophe before it.
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from redress.returns.documents.cells import harmless, heading, is_withheld, number, text, unit
from redress.returns.documents.wording import printed_sections
from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Head, Population

COLUMNS = (
    *("figure_id", "council", "return", "period", "table", "slug", "section", "row", "row_group", "column"),
    *("value", "unit", "basis", "numerator", "denominator", "shown", "symbol", "version", "as_at"),
)
"""value is the number as rounded for printing, without its unit; empty for a symbol. numerator and denominator are
exact. period is the figure's own, return names the kind and the period of the return."""

OpenNumbers = Mapping[Population, Fraction | None]
"""What is printed as a count, by what it counts."""


class Place(NamedTuple):
    """Where a figure stands in the return."""

    section: str
    table: BuiltTable
    row: Head
    column: Head


def write_csv(built: BuiltReturn, file: Path) -> None:
    """Writes every printed figure of the return to the file.

    Of a publication, a numerator or denominator is left empty unless that very number stands in it as a count: an
    exact part of a rounded rate tells more than the rate, and could give a suppressed count away.
    """
    sections = printed_sections(built)
    tables = [printed.table for section in sections for printed in section.tables]
    open_numbers = _printed_counts(tables) if built.is_publication else None
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for section in sections:
            for printed in section.tables:
                table = printed.table
                for row, cells in zip(table.rows, table.cells, strict=True):
                    for column, figure in zip(table.columns, cells, strict=True):
                        if figure is not None:
                            place = Place(section.heading, table, row, column)
                            writer.writerow(_row(built, place, figure, open_numbers))


def _printed_counts(tables: list[BuiltTable]) -> OpenNumbers:
    return {
        figure.of: figure.numerator
        for table in tables
        for figure in table.figures
        if figure.is_count and figure.of is not None and number(figure) is not None
    }


def _row(built: BuiltReturn, place: Place, figure: Figure, open_numbers: OpenNumbers | None) -> dict[str, str]:
    numerator, denominator = figure.numerator, figure.denominator
    if is_withheld(figure):
        numerator = denominator = None
    elif open_numbers is not None:
        numerator = numerator if figure.of and open_numbers.get(figure.of) == numerator else None
        denominator = denominator if figure.over and open_numbers.get(figure.over) == denominator else None
    fields = {
        "figure_id": figure.id,
        "council": built.council,
        "return": f"{built.kind} {built.period.label}",
        "period": figure.period.label,
        "table": place.table.name,
        "slug": place.table.slug,
        "section": place.section,
        "row": place.row.label,
        "row_group": place.row.group or "",
        "column": heading(place.column),
        "value": _plain(number(figure)),
        "unit": unit(figure),
        "basis": figure.basis,
        "numerator": _exact(numerator),
        "denominator": _exact(denominator),
        "shown": text(figure),
        "symbol": figure.symbol or "",
        "version": str(built.version),
        "as_at": built.as_at.isoformat(),
    }
    return {name: harmless(text) for name, text in fields.items()}


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _exact(value: Fraction | None) -> str:
    """A whole number or a decimal in full where it ends, else a fraction such as 1/3."""
    if value is None or value.denominator == 1:
        return "" if value is None else str(value.numerator)
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{decimal:f}" if Fraction(decimal) == value else str(value)
