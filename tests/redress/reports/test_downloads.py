"""The lists to send on: what is in them, under which names, and that nothing in them is a formula."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from redress.reports.downloads import COLUMNS, downloads_of, write_downloads
from redress.reports.reading import Reading
from tests.redress.reports.issue_log import issue_log
from tests.redress.reports.two_nights import SECRET_BIRTH_DATE


def listed(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The downloads of 240 invented issues."""
    folder = tmp_path_factory.mktemp("site")
    with issue_log(folder / "home", 240) as reading:
        write_downloads(reading, folder)
    return folder / "downloads"


def test_there_is_a_list_for_each_council_and_each_of_its_services(site: Path) -> None:
    assert {folder.name for folder in site.iterdir()} == {"barsetshire", "loamshire"}
    names = {file.name for file in (site / "barsetshire").iterdir()}
    wanted = {"issues", "issues_no_service", *(f"issues_S{number}" for number in range(1, 14))}
    assert names == {f"{name}.{kind}" for name in wanted for kind in ("csv", "xlsx")}


def test_the_lists_of_the_services_add_up_to_the_whole(site: Path) -> None:
    whole = listed(site / "loamshire" / "issues.csv")
    parts = [row for file in (site / "loamshire").glob("issues_*.csv") for row in listed(file)]
    assert sorted(map(str, whole)) == sorted(map(str, parts))
    assert {row["Service code"] for row in listed(site / "loamshire" / "issues_S3.csv")} == {"S3"}
    assert {row["Service"] for row in listed(site / "loamshire" / "issues_S3.csv")} == {"Service 3"}


def test_only_open_issues_are_sent_on(tmp_path: Path) -> None:
    with issue_log(tmp_path / "home", 240) as reading:
        write_downloads(reading, tmp_path)
        states = reading.rows("select state, record_key from issues where council = 'barsetshire' order by all")
    sent = {row["Record key"] for row in listed(tmp_path / "downloads" / "barsetshire" / "issues.csv")}
    assert sent == {row["record_key"].replace("|", " | ") for row in states if row["state"] == "open"}
    assert {row["state"] for row in states} == {"open", "accepted", "resolved"}


def test_a_row_says_where_the_record_is_and_what_to_do(site: Path) -> None:
    (row,) = [row for row in listed(site / "barsetshire" / "issues.csv") if row["Case"] == "BA/0"]
    assert row == {
        "Rule": "D05",
        "What was found": "A step dated outside its stage",
        "Effect": "warning",
        "Service": "",
        "Service code": "",
        "Case": "BA/0",
        "Record": "stages",
        "Record key": "BA/0 | 1",
        "Column": "acknowledged_date",
        "Heading in the file": "Date acknowledged",
        "File": "stages.xlsx",
        "Sheet": "Stages",
        "Row": "2",
        "Column letter": "H",
        "First seen": "2024-05-19",
        "Open since": "2024-06-28",
        "Days open": "0",
        "Times it came back": "2",
        "How to correct": "Correct the date; it lies between the request and the answer of its stage.",
    }


def test_the_workbook_explains_itself_and_holds_the_same_rows(site: Path) -> None:
    book = load_workbook(site / "barsetshire" / "issues_S3.xlsx")
    assert book.sheetnames == ["About this list", "Issues"]
    about = "\n".join(str(cell.value) for row in book["About this list"] for cell in row if cell.value is not None)
    assert "Complaints records to correct: Barset & shire, Service 3" in about
    assert "As found on the night of 28 June 2024." in about
    assert "Correct the record in the system it comes from." in about
    rows = listed(site / "barsetshire" / "issues_S3.csv")
    for rule in {row["Rule"] for row in rows}:
        assert f"\n{rule}\n{sum(row['Rule'] == rule for row in rows)}\n" in about
    assert "S10\n" not in about or "S10" in {row["Rule"] for row in rows}, "rules that do not occur are left out"
    sheet = book["Issues"]
    assert [cell.value for cell in sheet[1]] == [column.heading for column in COLUMNS]
    assert sheet.max_row == len(rows) + 1
    assert sheet["O2"].is_date
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:S{len(rows) + 1}"


def test_formulas_in_what_a_source_wrote_are_text(tmp_path: Path) -> None:
    hostile = """
        update dq_issues set case_ref = '=1+1', record_key = '@SUM(1)', service_code = '+S1', source_file = '-x.csv'
        where rule = 'E03'
    """
    with issue_log(tmp_path / "home", 20, hostile) as reading:
        write_downloads(reading, tmp_path)
    folder = tmp_path / "downloads" / "barsetshire"
    row = next(row for row in listed(folder / "issues.csv") if row["Rule"] == "E03")
    assert (row["Case"], row["Record key"], row["Service code"], row["File"]) == (
        "'=1+1",
        "'@SUM(1)",
        "'+S1",
        "'-x.csv",
    )
    sheet = load_workbook(folder / "issues.xlsx")["Issues"]
    cells = [cell for line in sheet for cell in line if cell.value in ("=1+1", "@SUM(1)", "+S1", "-x.csv")]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_a_service_code_cannot_leave_the_folder_nor_meet_another(tmp_path: Path) -> None:
    codes = """
        update dq_issues set service_code =
            ['../../up', 'A/B', 'A B', 's1', 'S1', 'no_service', '']
            [string_split(case_ref, '/')[2]::integer % 7 + 1]
        where council = 'barsetshire'
    """
    with issue_log(tmp_path / "home", 60, codes) as reading:
        found = [one for one in downloads_of(reading) if one.council == "barsetshire"]
        write_downloads(reading, tmp_path)
    paths = [one.path.casefold() for one in found]
    assert len(set(paths)) == len(paths) == 8
    files = [path.resolve() for path in tmp_path.rglob("*.csv")]
    assert {path.parent for path in files} == {tmp_path / "downloads" / name for name in ("barsetshire", "loamshire")}
    assert sum(one.issues for one in found if not one.is_whole) == next(one.issues for one in found if one.is_whole)


def test_a_council_without_issues_gets_an_empty_list(tmp_path: Path) -> None:
    with issue_log(tmp_path / "home", 20, "delete from dq_issues where council = 'loamshire'") as reading:
        write_downloads(reading, tmp_path)
    assert {file.name for file in (tmp_path / "downloads" / "loamshire").iterdir()} == {"issues.csv", "issues.xlsx"}
    assert listed(tmp_path / "downloads" / "loamshire" / "issues.csv") == []
    book = load_workbook(tmp_path / "downloads" / "loamshire" / "issues.xlsx")
    assert book["Issues"].max_row == 1


def test_real_nights_name_the_teams_records_and_nothing_personal(reading: Reading, tmp_path: Path) -> None:
    write_downloads(reading, tmp_path)
    rows = listed(tmp_path / "downloads" / "barsetshire" / "issues.csv")
    found = {(row["Rule"], row["Case"], row["Effect"], row["Column letter"], row["Row"]) for row in rows}
    assert {("D05", "A3", "warning", "E", "4"), ("R04", "A4", "held back", "C", "5")} <= found
    for file in (tmp_path / "downloads").rglob("*"):
        if file.suffix == ".xlsx":
            book = load_workbook(file)
            text = "".join(str(cell.value) for sheet in book for line in sheet for cell in line)
        else:
            text = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
        assert "PERSON-Z" not in text
        assert SECRET_BIRTH_DATE not in text
