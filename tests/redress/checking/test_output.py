"""Where a report goes: beside the file, whole or not at all, and never over anything that is no report."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from redress.checking import output
from redress.cli import app
from redress.errors import RedressError, UsageError
from redress.sources.definition import FilesDefinition
from tests.redress.checking.reports import finding, report

CONTRACT_FORM = FilesDefinition(kind="files", path="unused")
FORMS = ("xlsx", "html", "json")
CASES = "case_ref,record_type,received_date,closed_date,status\n"


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    monkeypatch.delenv("REDRESS_PSEUDONYM_KEY", raising=False)
    file = tmp_path / "drop" / "cases.csv"
    file.parent.mkdir()
    file.write_text(CASES + "A1,enquiry,2024-01-05,2024-01-03,concluded\n")
    return file


def redress_check(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["check", *map(str, words), "--date", "2024-02-01"])
    return done.exit_code, done.stdout, done.stderr


def test_each_form_has_its_place_and_the_same_exit_code(cases: Path) -> None:
    code, said, _ = redress_check(cases, "--format", "xlsx")
    assert code == 3
    assert said.splitlines() == [
        "cases.csv would be accepted, 1 record held back (in cases more than the 5% allowed).",
        f"Report: {cases.parent / 'cases-checked.xlsx'}",
    ]
    assert redress_check(cases, "--out", cases.with_name("mine.HTML"))[0] == 3
    code, printed, _ = redress_check(cases, "--format", "json")
    assert code == 3
    assert redress_check(cases, "--out", cases.with_name("mine.json"))[0] == 3
    assert cases.with_name("mine.json").read_text(encoding="utf-8") == printed
    names = {path.name for path in cases.parent.iterdir()}
    assert names == {"cases.csv", "cases-checked.xlsx", "mine.HTML", "mine.json"}


@pytest.mark.parametrize("words", [("--out", "report.txt"), ("--format", "table", "--out", "report.xlsx")])
def test_a_file_of_no_form_is_wrong_usage(cases: Path, words: tuple[str, ...]) -> None:
    code, _, error = redress_check(cases, *words)
    assert code == 2
    assert "--format" in error


def test_a_file_whose_name_says_another_form_is_not_written(cases: Path) -> None:
    code, _, error = redress_check(cases, "--format", "xlsx", "--out", cases.with_name("x.html"))
    assert code == 2
    assert error.startswith("--format xlsx writes a file that ends in .xlsx, and ")
    assert [path.name for path in cases.parent.iterdir()] == ["cases.csv"]
    assert redress_check(cases, "--format", "html", "--out", cases.with_name("x.HTML"))[0] == 3


def test_a_workbook_is_not_to_be_renamed_where_nothing_says_how_to_read_it(cases: Path) -> None:
    book = cases.with_name("cases.xlsx")
    Workbook().save(book)
    code, _, error = redress_check(book)
    assert code == 2
    assert "cases.xlsx is a workbook; give --council with a council whose source.yml reads workbooks" in error
    assert "save the sheet as CSV UTF-8, named <entity>.csv" in error
    cases.rename(cases.with_name("export.csv"))
    assert "rename it to <entity>.csv" in redress_check(cases.with_name("export.csv"))[2]


def test_a_folder_has_its_report_beside_it(tmp_path: Path) -> None:
    (tmp_path / "harrow").mkdir()
    assert output.beside(tmp_path / "harrow", "html", CONTRACT_FORM) == tmp_path / "harrow-checked.html"


def test_a_report_is_never_put_where_it_would_be_taken_for_a_delivery(tmp_path: Path) -> None:
    feeds = {"all": {"file": "complaints*.xlsx", "entities": {"cases": {}}}}
    definition = FilesDefinition.model_validate({"kind": "files", "path": "unused", "feeds": feeds})
    file = tmp_path / "complaints 2024.xlsx"
    assert output.beside(file, "xlsx", definition) == tmp_path / "checked" / "complaints 2024-checked.xlsx"
    assert output.beside(file, "html", definition) == tmp_path / "complaints 2024-checked.html"


@pytest.mark.parametrize("form", FORMS)
def test_an_earlier_report_is_written_over(tmp_path: Path, form: str) -> None:
    file = tmp_path / "folders" / "that" / f"are not there.{form}"
    output.write(report(), form, file)
    before = file.read_bytes()
    output.write(report(finding()), form, file)
    assert file.read_bytes() != before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_report_is_left_alone(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"cases-checked.{form}"
    if form == "xlsx":
        book = Workbook()
        book.save(file)
    else:
        file.write_text("mine")
    before = file.read_bytes()
    with pytest.raises(UsageError, match="is there already and is no report of a check, so it was left alone"):
        output.write(report(), form, file)
    assert file.read_bytes() == before
    file.unlink()
    file.mkdir()
    with pytest.raises(UsageError, match="left alone"):
        output.write(report(), form, file)


@pytest.mark.parametrize("form", FORMS)
def test_a_place_that_cannot_be_written_to_is_said_in_a_sentence(tmp_path: Path, form: str) -> None:
    (tmp_path / "no folder").write_text("")
    with pytest.raises(RedressError, match=r"cannot be written to .*\((Not a directory|File exists)\)"):
        output.write(report(), form, tmp_path / "no folder" / f"x.{form}")


@pytest.mark.parametrize("form", FORMS)
def test_a_report_that_fails_half_way_leaves_nothing(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RedressError, match="No space left on device"):
        output.write(report(), form, tmp_path / f"x.{form}")
    assert list(tmp_path.iterdir()) == []
