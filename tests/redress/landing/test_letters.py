"""Which column of a spreadsheet an issue is in: the letter that Excel shows over it, and the row beside it."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook, load_workbook

from redress.councils import Council, load_councils
from redress.demo.records import write_drop
from redress.demo.routes import halton
from redress.demo.routes.layout import read_records
from redress.landing.letters import SourceColumn, columns_of
from redress.landing.manifests import Manifest, rows_file
from redress.landing.store import land
from redress.paths import PROJECT, Home
from redress.sources.definition import FileFeed, FilesDefinition
from redress.sources.files.sheets import column_letter
from redress.sources.files.source import FileSource
from tests.redress.landing.table_source import TableSource

NIGHT = date(2024, 3, 5)
KEY = b"not a secret, only for tests"
HEADINGS = {"case_ref": "Complaint No.", "received_date": "Received", "status": "Status"}
FILLED = {"Complaint No.": "A1", "Received": "2024-03-01", "Status": "open", "Note": "x", "Spare": "y"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def land_files(home: Home, drop: Path, feeds: dict[str, Any] | None = None) -> dict[str, Manifest]:
    council = Council(home.root / "councils" / "barsetshire")
    council.source = FilesDefinition(kind="files", path=str(drop), feeds=feeds or {})
    source = FileSource(council.name, council.source)
    landed = [one for delivery in source.deliveries(NIGHT) for one in land(home, council, source, delivery, KEY)]
    return {manifest.entity: manifest for manifest in landed}


def feed(file: str, **settings: Any) -> dict[str, Any]:
    columns = {"record_type": {"constant": "complaint"}, **HEADINGS}
    return {"file": file, "entities": {"cases": {"columns": columns}}, **settings}


def workbook(path: Path, headings: list[str | None], row: int = 1, column: int = 1, title: str = "Export") -> None:
    """A table with these headings and one record, its first heading at a row and column counted from 1."""
    book = load_workbook(path) if path.exists() else Workbook()
    sheet = book.create_sheet(title)
    if "Sheet" in book.sheetnames:
        book.remove(book["Sheet"])
    for place, heading in enumerate(headings):
        if heading is not None:
            sheet.cell(row, column + place, heading)
            sheet.cell(row + 1, column + place, FILLED[heading])
    book.save(path)


def cell(path: Path, letter: str | None, row: int) -> Any:
    """What Excel shows at this letter and row."""
    return load_workbook(path).worksheets[0][f"{letter}{row}"].value


def source_row(home: Home, manifest: Manifest) -> int:
    rows = duckdb.sql(f"select source_row from '{rows_file(home, manifest)}'").fetchall()
    return int(rows[0][0])


@pytest.mark.parametrize(
    ("headings", "row", "column"),
    [
        (["Complaint No.", "Received", "Status"], 1, 1),
        (["Complaint No.", None, "Received", None, None, "Status"], 1, 1),
        (["Note", "Complaint No.", "Note", "Received", "Status", "Note"], 1, 1),
        (["Complaint No.", "Received", "Status"], 6, 4),
        ([None, "Complaint No.", "Received", "Status"], 3, 27),
        (["Status", "Note", None, "Spare", "Received", "Complaint No."], 2, 700),
    ],
    ids=["plain", "blank headings", "a heading repeated", "begins at D6", "beyond column Z", "beyond column ZZ"],
)
def test_letter_and_row_lead_to_the_cell_of_a_workbook(
    home: Home, drop: Path, headings: list[str | None], row: int, column: int
) -> None:
    path = drop / "complaints.xlsx"
    workbook(path, headings, row, column)
    cases = land_files(home, drop, {"all": feed("complaints.xlsx")})["cases"]
    assert cases.rejected is None
    number = source_row(home, cases)
    assert number == row + 1
    for name, heading in HEADINGS.items():
        found = columns_of(cases)[name]
        assert found.name == heading
        assert cell(path, found.letter, row) == heading
        assert cell(path, found.letter, number) == FILLED[heading]


def test_what_is_constant_is_in_no_column(home: Home, drop: Path) -> None:
    workbook(drop / "complaints.xlsx", list(HEADINGS.values()))
    cases = land_files(home, drop, {"all": feed("complaints.xlsx")})["cases"]
    assert set(columns_of(cases)) == set(HEADINGS)


def test_a_csv_file_under_a_title_has_letters_too(home: Home, drop: Path) -> None:
    (drop / "complaints.csv").write_text(
        "Complaints of the quarter;;;;\n;;;;\n;Complaint No.;;Received;Status\n;A1;;2024-03-01;open\n"
    )
    cases = land_files(home, drop, {"all": feed("complaints.csv")})["cases"]
    assert {name: found.letter for name, found in columns_of(cases).items()} == {
        "case_ref": "B",
        "received_date": "D",
        "status": "E",
    }
    assert source_row(home, cases) == 4


def test_a_file_in_contract_form_with_columns_of_no_name(home: Home, drop: Path) -> None:
    (drop / "cases.csv").write_text(
        "case_ref,,record_type,own_thing,,received_date,status\nA1,x,complaint,z,,2024-03-01,open\n"
    )
    found = columns_of(land_files(home, drop)["cases"])
    assert {name: column.letter for name, column in found.items()} == {
        "case_ref": "A",
        "record_type": "C",
        "received_date": "F",
        "status": "G",
    }


def test_a_column_fed_from_several_has_all_their_letters(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Halton's workbook has the stages of a case side by side, under a title."""
    monkeypatch.setenv("REDRESS_HOME", str(home.root))
    write_drop(tmp_path / "records")
    folder = home.root / "demo" / "halton"
    folder.mkdir(parents=True)
    halton.deliver(read_records(tmp_path / "records" / "halton"), folder, NIGHT)
    council = load_councils(PROJECT / "councils")["halton"]
    source = FileSource(council.name, council.source)
    (delivery,) = source.deliveries(NIGHT)
    landed = {one.entity: one for one in land(home, council, source, delivery, KEY)}
    answered = columns_of(landed["stages"])["responded_date"]
    assert answered.names == ("S1 response", "S2 response", "S3 response")
    sheets = load_workbook(next(folder.glob("*.xlsx")))
    for manifest in landed.values():
        sheet = sheets[manifest.sheet or ""]
        header_row = source_row_of_header(sheet, manifest)
        for column in columns_of(manifest).values():
            headings = [sheet[f"{letter}{header_row}"].value for letter in column.letters]
            assert [" ".join(str(heading).split()) for heading in headings] == list(column.names)


def source_row_of_header(sheet: Any, manifest: Manifest) -> int:
    wanted = columns_of(manifest)[next(iter(columns_of(manifest)))].name
    rows = (row for row in sheet.iter_rows(max_row=30) for cell in row if cell.value == wanted)
    return int(next(rows)[0].row)


def test_sheets_that_put_a_column_elsewhere_give_its_name_alone(home: Home, drop: Path) -> None:
    path = drop / "complaints.xlsx"
    workbook(path, ["Complaint No.", "Received", "Status"], title="East")
    workbook(path, ["Complaint No.", "Status", "Received"], title="West")
    feeds = {name: feed("complaints.xlsx", sheet=name.title()) for name in ("east", "west")}
    found = columns_of(land_files(home, drop, feeds)["cases"])
    assert found["case_ref"] == SourceColumn(("Complaint No.",), ("A",))
    assert found["status"] == SourceColumn(("Status",), (None,))
    assert (found["status"].letter, found["status"].all_letters) == (None, None)


def test_a_table_of_a_database_has_names_and_no_letters(home: Home) -> None:
    feeds = {"v_cases": FileFeed(name="v_cases", file="", **{"entities": feed("")["entities"]})}
    source = TableSource(feeds, {"v_cases": [{name: FILLED[name] for name in HEADINGS.values()}]})
    council = Council(home.root / "councils" / "barsetshire")
    council.source = FilesDefinition(kind="files", path="unused")
    (cases,) = land(home, council, source, source.delivery("tables", NIGHT), KEY)
    assert columns_of(cases)["status"] == SourceColumn(("Status",), (None,))


def test_letters_go_on_as_in_excel() -> None:
    shown = {0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 16383: "XFD"}
    assert {place: column_letter(place) for place in shown} == shown
