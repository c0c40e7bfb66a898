"""Workbooks and CSV files as people open them, read back with openpyxl."""

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from redress import spreadsheets
from redress.spreadsheets import Cell, Column, neutral, open_workbook, starts_a_formula, write_csv

ATTACKS = (
    '=HYPERLINK("http://example.invalid","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
)
COLUMNS = (Column("Text", 20), Column("Day", 12), Column("Number", 8))


def day(*parts: int) -> datetime:
    """A day as openpyxl reads it."""
    return datetime.combine(date(*parts), time())


def write(file: Path, rows: list[tuple[Cell, ...]]) -> int:
    with open_workbook(file, "A list", datetime(2024, 6, 28, 2, 14, tzinfo=UTC)) as book:
        book.words("About", [("title", "=1+1 is a title"), ("text", "")], COLUMNS[:1], [("-a rule",)])
        return book.table("Issues", COLUMNS, rows)


def test_the_sheet_filters_and_keeps_its_headings_in_sight(tmp_path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [("a", date(2024, 6, 28), 12), (None, None, None), ("b", date(1900, 3, 1), 1.5)]
    assert write(tmp_path / "list.xlsx", rows) == 3
    sheet = load_workbook(tmp_path / "list.xlsx")["Issues"]
    assert [cell.value for cell in sheet[1]] == ["Text", "Day", "Number"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C4")
    assert [cell.value for cell in sheet[2]] == ["a", day(2024, 6, 28), 12]
    assert [cell.value for cell in sheet[3]] == [None, None, None]
    assert [cell.value for cell in sheet[4]] == ["b", day(1900, 3, 1), 1.5]
    assert sheet["B2"].is_date
    assert sheet.column_dimensions["A"].width >= 20


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_is_never_a_formula_in_a_workbook(tmp_path: Path, attack: str) -> None:
    write(tmp_path / "list.xlsx", [(attack, None, None)])
    cell = load_workbook(tmp_path / "list.xlsx")["Issues"]["A2"]
    assert cell.data_type == "s"
    assert unescape(str(cell.value)) == attack
    assert cell.quotePrefix, "Excel would take it for a formula once the cell is edited"


def test_words_to_read_are_text_too(tmp_path: Path) -> None:
    write(tmp_path / "list.xlsx", [])
    about = load_workbook(tmp_path / "list.xlsx")["About"]
    assert [(cell.value, cell.data_type) for cell in about["A"] if cell.value] == [
        ("=1+1 is a title", "s"),
        ("Text", "s"),
        ("-a rule", "s"),
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_in_csv_gets_an_apostrophe_where_it_would_be_a_formula(tmp_path: Path, attack: str) -> None:
    write_csv(tmp_path / "list.csv", ["Text"], [[attack]])
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.reader(lines)) == [["Text"], [f"'{attack}"]]


def test_csv_is_what_excel_reads_as_utf_8(tmp_path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [("Zoë, “A”", date(2024, 6, 28), 12), (None, None, -3)]
    assert write_csv(tmp_path / "list.csv", ["Text", "Day", "Number"], rows) == 2
    written = (tmp_path / "list.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode("utf-8-sig").split("\r\n") == ["Text,Day,Number", '"Zoë, “A”",2024-06-28,12', ",,-3", ""]


@given(st.text())
def test_whatever_begins_a_formula_is_neutral_and_the_rest_is_as_it_was(text: str) -> None:
    made = neutral(text)
    assert isinstance(made, str)
    assert not starts_a_formula(made)
    assert made.removeprefix("'") == text or text.startswith("'")


def test_numbers_are_left_alone() -> None:
    assert [neutral(value) for value in (-3, -1.5, None, date(2024, 1, 1))] == [-3, -1.5, None, date(2024, 1, 1)]


def test_what_passes_the_rows_of_a_sheet_goes_on_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 4)
    assert write(tmp_path / "list.xlsx", [(f"row {number}", None, number) for number in range(6)]) == 6
    book = load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames == ["About", "Issues", "Issues 2"]
    assert [cell.value for cell in book["Issues 2"]["A"]] == ["Text", "row 3", "row 4", "row 5"]
    assert book["Issues 2"].auto_filter.ref == "A1:C4"


def test_text_longer_than_a_cell_takes_is_cut(tmp_path: Path) -> None:
    write(tmp_path / "list.xlsx", [("x" * 40_000, None, None)])
    assert len(str(load_workbook(tmp_path / "list.xlsx")["Issues"]["A2"].value)) == 32_767
