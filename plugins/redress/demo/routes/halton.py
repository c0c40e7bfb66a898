"""Halton's workbook: a wide sheet with a case's stages side by side, and sheets for what does not fit into a row."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.demo.routes.layout import Beside, Records, Row, Table, Writing, by_case, layout_of, refuse_loss
from redress.errors import RedressError

if TYPE_CHECKING:
    import xlsxwriter

TITLE_ROWS = ("Halton: complaints, enquiries and compliments about children's social care", "All cases as at {date}")
OWN_SHEETS = ("actions", "payments", "resolutions", "ombudsman", "services", "activity")


def _local_time(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=None)


WRITING: Writing = {
    "date": date.fromisoformat,
    "timestamp": _local_time,
    "boolean": lambda value: "Yes" if value == "true" else "No",
    "decimal": float,
    "list": lambda value: value.replace(";", ", "),
}
TYPED_IN: Writing = {**WRITING, "date": lambda value: date.fromisoformat(value).strftime("%d/%m/%Y")}
"""How the sheet of context figures has its dates: typed in as text."""


def deliver(records: Records, folder: Path, extract_date: date) -> None:
    """Writes the workbook anew; the same records give the same bytes."""
    import xlsxwriter

    folder.mkdir(parents=True, exist_ok=True)
    name = f"CSC complaints {extract_date}.xlsx"
    draft = folder / f".{name}.draft"
    with xlsxwriter.Workbook(str(draft)) as book:
        book.set_properties({"created": datetime.combine(extract_date, datetime.min.time())})
        layout = layout_of("halton")
        _write_cases(book, layout.names["cases"], _wide(records), extract_date)
        for entity in OWN_SHEETS:
            writing = TYPED_IN if entity == "activity" else WRITING
            _write(book, book.add_worksheet(layout.names[entity]), layout.table(entity, records[entity], writing))
    os.replace(draft, folder / name)


def _wide(records: Records) -> Table:
    """A row a case: its own cells, and those of its stages, causes and freezes beside them.

    Raises RedressError if a row of any of them finds no place.
    """
    layout = layout_of("halton")
    left = {beside.entity: by_case(records[beside.entity]) for beside in layout.beside}
    cases = layout.table("cases", records["cases"], WRITING)
    headers, rows = [*cases.headers], [[*cells] for cells in cases.rows]
    for beside in layout.beside:
        headers += beside.columns
        for case, cells in zip(records["cases"], rows, strict=True):
            cells += _cells(beside, beside.find(left[beside.entity].get(case["case_ref"], [])))
    homeless = [entity for entity, waiting in left.items() if any(waiting.values())]
    if homeless:
        raise RedressError(
            f"A case of the demo has more {' and '.join(homeless)} than its row has room for; add columns."
        )
    return Table(tuple(headers), rows)


def _cells(beside: Beside, row: Row | None) -> list[Any]:
    if row is None:
        return [None] * len(beside.columns)
    refuse_loss(beside.entity, [row], {"case_ref", *beside.row, *beside.columns.values()})
    layout = layout_of("halton")
    return [layout.cell(beside.entity, column, row[column], WRITING) for column in beside.columns.values()]


def _write_cases(book: "xlsxwriter.Workbook", name: str, table: Table, extract_date: date) -> None:
    """The wide sheet: a title over it, and a row that counts the cases at its end."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    for number, title in enumerate(TITLE_ROWS):
        sheet.write_string(number, 0, title.format(date=extract_date.strftime("%d/%m/%Y")), bold)
    top = len(TITLE_ROWS) + 1
    _write(book, sheet, table, top)
    total = top + len(table.rows) + 1
    sheet.write_string(total, 0, "Total", bold)
    sheet.write_number(total, 1, len(table.rows), bold)


def _write(book: "xlsxwriter.Workbook", sheet: Any, table: Table, top: int = 0) -> None:
    day, moment = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.freeze_panes(top + 1, 1)
    sheet.write_row(top, 0, table.headers, book.add_format({"bold": True, "bottom": 1}))
    for number, cells in enumerate(table.rows, start=top + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)
            elif isinstance(cell, float):
                sheet.write_number(number, column, cell)
            elif cell is not None:
                sheet.write_string(number, column, str(cell))
