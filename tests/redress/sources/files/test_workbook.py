"""Excel workbooks: sheets, headings, and what becomes of each kind of cell."""
# ruff: noqa: DTZ001  a cell of Excel has no time zone

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from redress.errors import RejectedFile
from tests.redress.sources.files.tables import feed, refs, rows_of, source_of

HEADINGS = ("Complaint No.", "Received", "Status")


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook with these sheets, saved as Excel saves it."""
    path = folder / "complaints.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm:ss"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return path


def read(folder: Path, **settings: Any) -> list[dict[str, Any]]:
    return rows_of(source_of(folder, {"cases": feed(**settings)}))


def rejection(folder: Path, **settings: Any) -> str:
    with pytest.raises(RejectedFile) as refused:
        read(folder, **settings)
    return str(refused.value)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("00123", "00123"),
        (" spaced ", " spaced "),
        (123, "123"),
        (1234567890123, "1234567890123"),
        (-7, "-7"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (0.0000001, "0.0000001"),
        (1e20, "100000000000000000000"),
        (True, "true"),
        (False, "false"),
        (dt.date(2024, 3, 1), "2024-03-01"),
        (dt.datetime(2024, 3, 1), "2024-03-01"),
        (dt.datetime(2024, 3, 31, 1, 30), "2024-03-31T01:30:00"),
        (dt.datetime(2024, 3, 1, 23, 59, 59), "2024-03-01T23:59:59"),
        (dt.datetime(2024, 3, 1, 9, 29, 59, 999_000), "2024-03-01T09:30:00"),
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=30, minutes=5), "30:05:00"),
        ("=NA()", "#N/A"),
        ("=1/0", "#DIV/0!"),
        ("line\nend", "line\nend"),
    ],
)
def test_a_cell_becomes_the_text_a_clerk_would_write(tmp_path: Path, cell: Any, text: str) -> None:
    path = tmp_path / "complaints.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write(1, 0, "A1")
        forms = {dt.date: "dd/mm/yyyy", dt.datetime: "dd/mm/yyyy hh:mm", dt.time: "hh:mm", dt.timedelta: "[h]:mm"}
        if isinstance(cell, str) and cell.startswith("="):
            sheet.write_formula(1, 2, cell, None, text)
        else:
            sheet.write(1, 2, cell, book.add_format({"num_format": forms.get(type(cell), "General")}))
    assert read(tmp_path) == [{"Complaint No.": "A1", "Received": None, "Status": text, "source_row": 2}]


@pytest.mark.parametrize(
    "form",
    ["dd/mm/yyyy", "[$-F800]dddd, mmmm dd, yyyy", "[$-809]d mmmm yyyy;@", "mmm-yy", "yyyy-mm-dd", "d/m/yy h:mm"],
)
def test_a_date_is_a_date_however_it_is_shown(tmp_path: Path, form: str) -> None:
    with xlsxwriter.Workbook(tmp_path / "complaints.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write(1, 1, 45352, book.add_format({"num_format": form}))
    assert read(tmp_path)[0]["Received"] == "2024-03-01"


def test_a_serial_without_a_date_format_stays_a_number(tmp_path: Path) -> None:
    workbook(tmp_path, Cases=[HEADINGS, ["A1", 45352]])
    assert read(tmp_path)[0]["Received"] == "45352"


def test_dates_counted_from_1904_are_right(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(HEADINGS)
    book.active.append(["A1", dt.date(2024, 3, 1), dt.datetime(2024, 3, 1, 9, 30)])
    book.save(tmp_path / "complaints.xlsx")
    (row,) = read(tmp_path)
    assert (row["Received"], row["Status"]) == ("2024-03-01", "2024-03-01T09:30:00")


def test_rows_have_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    workbook(
        tmp_path, Cases=[[], ["Complaints"], [], HEADINGS, ["A1"], [], [None, " "], ["A2", None, "open"], ["Total", 2]]
    )
    assert refs(read(tmp_path, totals_row="total")) == [("A1", 5), ("A2", 8)]


def test_a_table_need_not_begin_in_the_first_column(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "complaints.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row("C5", HEADINGS)
        sheet.write_row("C6", ["A1", 1, "open"])
        sheet.write_formula("E7", "=NA()", None, "#N/A")
    assert [(row["Status"], row["source_row"]) for row in read(tmp_path)] == [("open", 6), ("#N/A", 7)]


def test_notes_beside_the_table_are_not_part_of_it(tmp_path: Path) -> None:
    workbook(tmp_path, Cases=[HEADINGS, ["A1", 1, "open", None, "a note"], [None, None, None, None, "another"]])
    assert refs(read(tmp_path)) == [("A1", 2)]


def test_headings_merged_over_two_rows_and_over_columns(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "complaints.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:F1", "Complaints of 2024")
        sheet.merge_range("A3:A4", "Complaint\nNo.")
        sheet.merge_range("B3:C3", "Stage 1")
        sheet.merge_range("D3:E3", "Stage 2")
        sheet.merge_range("F3:F4", "Status")
        sheet.write_row("B4", ["Received", "Answered", "Received", "Answered"])
        sheet.write_row("A5", ["A1", "b", "c", "d", "e", "f"])
    columns = {"case_ref": "Complaint No.", "received_date": "Stage 1 Received", "closed_date": "Stage 2 Answered"}
    (row,) = read(tmp_path, columns=columns | {"status": "Status"})
    assert read(tmp_path, columns=columns | {"status": "Status"}, header_row=3) == [row]
    assert row == {
        "Complaint No.": "A1",
        "Stage 1 Received": "b",
        "Stage 1 Answered": None,
        "Stage 2 Received": None,
        "Stage 2 Answered": "e",
        "Status": "f",
        "source_row": 5,
    }


def test_a_heading_over_columns_is_left_out_where_it_is_not_needed(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "complaints.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("B1:C1", "Details")
        sheet.write_row("A2", HEADINGS)
        sheet.write_row("A3", ["A1", "b", "c"])
    assert read(tmp_path) == [{"Complaint No.": "A1", "Received": "b", "Status": "c", "source_row": 3}]


def test_a_heading_repeated_without_another_above_is_rejected(tmp_path: Path) -> None:
    workbook(tmp_path, Cases=[[*HEADINGS, "Status"], ["A1", "b", "c", "d"]])
    assert "names a column twice (Status)" in rejection(tmp_path)


def test_sheets_are_found_by_name_without_regard_to_case(tmp_path: Path) -> None:
    workbook(tmp_path, Cover=[["Notes"]], Cases=[HEADINGS, ["A1"]])
    assert refs(read(tmp_path, sheet="cases ")) == [("A1", 2)]
    assert "'Cover', 'Cases'" in rejection(tmp_path, sheet="Complaints")
    assert "2 visible sheets" in rejection(tmp_path)


def test_the_only_visible_sheet_needs_no_name(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "complaints.xlsx") as book:
        book.add_worksheet("Cases").write_row(0, 0, HEADINGS)
        book.add_worksheet("Lists").hide()
    assert read(tmp_path) == []


def test_a_workbook_with_a_sheet_an_entity_is_one_delivery(tmp_path: Path) -> None:
    workbook(tmp_path, Cases=[HEADINGS, ["A1"]], Teams=[["Team", "Name", "From"], ["T1", "Assessment", "x"]])
    teams = {"columns": {"service_code": "Team", "service_name": "Name", "valid_from": "From"}}
    source = source_of(
        tmp_path,
        {
            "cases": feed(file="complaints.xlsx", sheet="Cases"),
            "teams": {"file": "complaints.xlsx", "sheet": "Teams", "entities": {"services": teams}},
        },
    )
    (delivery,) = source.deliveries(dt.date(2024, 3, 5))
    assert delivery.entities == ("cases", "services")
    with source.open(delivery) as opened:
        assert [(part.name, part.sheet) for part in opened.parts] == [
            ("complaints.xlsx", "Cases"),
            ("complaints.xlsx", "Teams"),
        ]
        readings = [part.read(None) for part in opened.parts]
        assert len({reading.sha256 for reading in readings}) == 1
        assert [sum(batch.num_rows for batch in reading.batches) for reading in readings] == [1, 1]


def test_an_empty_sheet_is_rejected_and_one_with_headings_has_no_rows(tmp_path: Path) -> None:
    workbook(tmp_path, Cases=[])
    assert "sheet 'Cases': none of the first" in rejection(tmp_path)
    workbook(tmp_path, Cases=[HEADINGS])
    assert read(tmp_path) == []


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    workbook(tmp_path, Cases=[HEADINGS, ["A1"]]).rename(tmp_path / "complaints.csv")
    assert refs(read(tmp_path)) == [("A1", 2)]


def test_formulas_are_read_as_they_were_saved_and_refused_if_they_were_not(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "complaints.xlsx") as saved:
        sheet = saved.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for column, value in enumerate(["A1", 45352, "open"]):
            sheet.write_formula(1, column, "=X1", None, value)
    assert read(tmp_path) == [{"Complaint No.": "A1", "Received": "45352", "Status": "open", "source_row": 2}]
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(["A1", "=TODAY()"])
    book.save(tmp_path / "complaints.xlsx")
    assert "cell B2 holds a formula whose value was not saved" in rejection(tmp_path)
