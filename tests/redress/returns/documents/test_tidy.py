"""The tidy CSV: one figure a row as printed, nothing of what is hidden, nothing a spreadsheet would run."""

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from redress.returns.documents.cells import harmless
from redress.returns.documents.tidy import COLUMNS, write_csv
from redress.returns.figures import BuiltReturn, Head, Population
from tests.redress.returns.documents.office import figure_at, suppressed, with_figure
from tests.redress.returns.samples import YEAR, sample_return

OUTCOMES, RATES, GENDER = "stage1_outcomes_by_service", "stage1_uphold_rate_by_service", "equalities_gender"


def rows(built: BuiltReturn, folder: Path) -> list[dict[str, str]]:
    write_csv(built, folder / "figures.csv")
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(built: BuiltReturn, folder: Path, name: str, at: int, column: int) -> dict[str, str]:
    wanted = figure_at(built, name, at, column).id
    (found,) = (one for one in rows(built, folder) if one["figure_id"] == wanted)
    return found


def test_every_printed_figure_is_one_row_in_the_order_of_print(tmp_path: Path) -> None:
    built = sample_return()
    assert [one["figure_id"] for one in rows(built, tmp_path)] == [figure.id for figure in built.figures]


def test_a_row_says_all_about_its_figure(tmp_path: Path) -> None:
    assert row(sample_return(), tmp_path, RATES, 0, 0) == {
        "figure_id": "barsetshire/annual/2017-18/stage1_uphold_rate_by_service/targeted_services/uphold_rate/percent",
        "council": "barsetshire",
        "return": "annual 2017/18",
        "period": "2017/18",
        "table": RATES,
        "slug": RATES,
        "section": "Outcomes at Stage 1",
        "row": "Targeted Services",
        "row_group": "",
        "column": "Uphold rate",
        "value": "40",
        "unit": "percent",
        "basis": "received",
        "numerator": "20",
        "denominator": "50",
        "shown": "40%",
        "symbol": "",
        "version": "1",
        "as_at": "2018-06-30",
    }


def test_zero_not_applicable_and_suppressed_are_three_things(tmp_path: Path) -> None:
    built = suppressed(sample_return(), GENDER, 2, 0)
    zero, nothing, hidden = (
        row(built, tmp_path, *place) for place in ((OUTCOMES, 1, 2), (RATES, 2, 0), (GENDER, 2, 0))
    )
    told = ("value", "numerator", "denominator", "shown", "symbol")
    assert [zero[name] for name in told] == ["0", "0", "", "0", ""]
    assert [nothing[name] for name in told] == ["", "", "", "z", "z"]
    assert [hidden[name] for name in told] == ["", "", "", "c", "c"]


def test_a_hidden_figure_says_nothing_though_its_number_stands_elsewhere(tmp_path: Path) -> None:
    """The service's total of 50 is in two tables; one of them hides it and was left with its number as text."""
    built = with_figure(suppressed(sample_return(), GENDER, 0, 3), GENDER, 0, 3, shown="50")
    found = row(built, tmp_path, GENDER, 0, 3)
    assert [found[name] for name in ("value", "numerator", "denominator", "shown")] == ["", "", "", "c"]
    assert row(built, tmp_path, OUTCOMES, 0, 3)["numerator"] == "50"


def test_a_publication_tells_an_exact_part_only_where_it_is_printed_as_a_count(tmp_path: Path) -> None:
    """40% is 20 of 50. 50 is printed as the service's total, in two tables; 20 is printed nowhere."""
    service = figure_at(sample_return(), OUTCOMES, 0, 3).of
    built = with_figure(sample_return(), RATES, 0, 0, of=Population("upheld", YEAR), over=service)
    parts = ("numerator", "denominator")
    internal = row(built, tmp_path, RATES, 0, 0)
    assert [internal[name] for name in parts] == ["20", "50"]
    public = row(replace(built, is_publication=True), tmp_path, RATES, 0, 0)
    assert [public[name] for name in parts] == ["", "50"]
    hidden = row(suppressed(suppressed(built, GENDER, 0, 3), OUTCOMES, 0, 3), tmp_path, RATES, 0, 0)
    assert [hidden[name] for name in parts] == ["", ""]


def test_a_number_that_is_not_what_is_printed_is_not_told(tmp_path: Path) -> None:
    """Two figures that claim to count the same and do not: the second stays out of a publication."""
    total = figure_at(sample_return(), OUTCOMES, 3, 3).of
    built = replace(with_figure(sample_return(), RATES, 0, 0, over=total), is_publication=True)
    assert row(built, tmp_path, RATES, 0, 0)["denominator"] == ""


def test_internal_and_hidden_tables_stay_out_of_a_publication(tmp_path: Path) -> None:
    built = sample_return()
    first, second = built.sections
    tables = (replace(first.tables[0], internal=True), replace(first.tables[1], hidden=True))
    built = replace(built, sections=(replace(first, tables=tables), second))
    assert {one["table"] for one in rows(built, tmp_path)} == {OUTCOMES, GENDER}
    assert {one["table"] for one in rows(replace(built, is_publication=True), tmp_path)} == {GENDER}


def test_exact_parts_that_do_not_end_are_fractions(tmp_path: Path) -> None:
    built = with_figure(sample_return(), RATES, 0, 0, numerator=Fraction(1, 3), denominator=Fraction(5, 2))
    found = row(built, tmp_path, RATES, 0, 0)
    assert (found["numerator"], found["denominator"]) == ("1/3", "2.5")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+44 1234", "'+44 1234"),
        ("-cmd", "'-cmd"),
        ("\t=1", "'\t=1"),
        ("-15", "-15"),
        ("+4%", "+4%"),
        ("−15", "−15"),
        ("a = b", "a = b"),
    ],
)
def test_text_that_would_be_a_formula_gets_an_apostrophe(text: str, written: str) -> None:
    assert harmless(text) == written


def test_formulas_are_made_harmless_in_the_file(tmp_path: Path) -> None:
    built = sample_return()
    first, second = built.sections
    table = replace(first.tables[0], rows=(Head('=HYPERLINK("x")'), *first.tables[0].rows[1:]))
    built = replace(built, sections=(replace(first, tables=(table,)), second))
    assert rows(built, tmp_path)[0]["row"] == """'=HYPERLINK("x")"""


def test_the_file_is_utf8_with_unix_line_ends_and_the_stated_columns(tmp_path: Path) -> None:
    write_csv(sample_return(), tmp_path / "figures.csv")
    content = (tmp_path / "figures.csv").read_bytes()
    assert content.decode("utf-8").split("\n")[0] == ",".join(COLUMNS)
    assert b"\r" not in content
    assert content.endswith(b"\n")
