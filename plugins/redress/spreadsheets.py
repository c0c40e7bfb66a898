"""Workbooks and CSV files that people open, filter and send on: dates as dates, and text never a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import xlsxwriter

Cell = str | int | float | date | None
Style = Literal["title", "heading", "text"]

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
"""What Excel takes: rows of a sheet, and characters of a cell."""

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_DAY_NOUGHT = date(1899, 12, 30).toordinal()
_A4 = 9


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and its width in characters. Text that is_long goes on to further lines."""

    heading: str
    width: float
    is_long: bool = False


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula when it is opened, or edited and left again."""
    return bool(_FORMULA.match(text))


def neutral(value: Cell) -> Cell:
    """For CSV: text that a spreadsheet would take for a formula, with an apostrophe before it; the rest as it is."""
    return f"'{value}" if isinstance(value, str) and starts_a_formula(value) else value


def write_csv(file: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Writes UTF-8 with the mark by which Excel knows it, dates as 2020-06-30; returns how many rows there are."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headings)
        for row in rows:
            writer.writerow([neutral(value) for value in row])
            count += 1
    return count


@contextmanager
def open_workbook(file: Path, title: str, made_at: datetime | None = None) -> Iterator["Book"]:
    """A workbook to write, whole on disk when the block ends. made_at (with a zone) goes into its properties."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        properties: dict[str, Any] = {"title": title, "comments": "Internal: not for publication."}
        if made_at:
            properties["created"] = made_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties(properties)
        yield Book(book)


class Book:
    """A workbook being written from its first row to its last: no more than a row of it is in memory."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        self._book = book
        look = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16},
            "heading": {"bold": True, "font_size": 12},
            "text": {},
            "long": {"text_wrap": True},
            # With the prefix, a cell that is edited and left again stays text, too.
            "quoted": {"quote_prefix": True},
            "quoted long": {"quote_prefix": True, "text_wrap": True},
            "date": {"num_format": "dd/mm/yyyy", "align": "left"},
            "head": {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E6EBF0"},
        }
        self._formats = {name: book.add_format(look | own) for name, own in looks.items()}

    def words(
        self,
        name: str,
        lines: Iterable[tuple[Style, str]],
        columns: Sequence[Column] = (),
        rows: Iterable[Sequence[Cell]] = (),
    ) -> None:
        """A sheet to read: lines of text, each a row that runs on to the right, and a table below them if one is given.

        Lines do not wrap; keep them to about 120 characters.
        """
        sheet = self._sheet(name, columns)
        written = list(lines)
        for at, (style, line) in enumerate(written):
            if line:
                sheet.write_string(at, 0, line[:MOST_CHARACTERS], self._formats[style])
        if columns:
            self._head(sheet, len(written), columns)
            for at, row in enumerate(rows, start=len(written) + 1):
                self._row(sheet, at, columns, row)

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
        """A sheet to work with: headings that stay in sight and filter. Returns how many rows there are.

        What passes the most rows that Excel takes goes on to sheets called `name 2` and so on.
        """
        remaining, count, number = iter(rows), 0, 1
        following = next(remaining, None)
        while number == 1 or following is not None:
            sheet = self._sheet(name if number == 1 else f"{name} {number}", columns)
            self._head(sheet, 0, columns)
            at = 0
            while following is not None and at < MOST_ROWS - 1:
                at += 1
                self._row(sheet, at, columns, following)
                following = next(remaining, None)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, at, len(columns) - 1)
            sheet.repeat_rows(0)
            count, number = count + at, number + 1
        return count

    def _sheet(self, name: str, columns: Sequence[Column]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width)
        return sheet

    def _head(self, sheet: Any, at: int, columns: Sequence[Column]) -> None:
        for position, column in enumerate(columns):
            sheet.write_string(at, position, column.heading, self._formats["head"])

    def _row(self, sheet: Any, at: int, columns: Sequence[Column], row: Sequence[Cell]) -> None:
        for position, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                long = columns[position].is_long
                style = ("quoted long" if long else "quoted") if starts_a_formula(value) else "long" if long else "text"
                # write_string and never write: what looks like a formula, a number or an address stays text
                sheet.write_string(at, position, value[:MOST_CHARACTERS], self._formats[style])
            elif isinstance(value, date):
                # the number of the day itself: the library's way there takes as long as all else of the row
                sheet.write_number(at, position, value.toordinal() - _DAY_NOUGHT, self._formats["date"])
            else:
                sheet.write_number(at, position, value, self._formats["text"])
