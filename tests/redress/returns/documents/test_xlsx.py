"""The workbook after the guidance on spreadsheets: one table a sheet, numbers as numbers, nothing hidden or merged."""

import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from redress.returns.documents.sheets import literal
from redress.returns.documents.xlsx import write_xlsx
from redress.returns.figures import BuiltReturn, BuiltTable, Head
from tests.redress.returns.documents.office import everything_in, plain_look, sheets, suppressed, with_figure
from tests.redress.returns.samples import crossed, sample_return

RATES, GENDER = "stage1_uphold_rate_by_service", "equalities_gender"


def workbook(built: BuiltReturn, folder: Path) -> Path:
    file = folder / "return.xlsx"
    write_xlsx(built, file, {}, plain_look(folder))
    return file


def of_tables(*tables: BuiltTable) -> BuiltReturn:
    built = sample_return()
    return replace(built, sections=(replace(built.sections[0], tables=tables),))


def test_cover_contents_notes_and_symbols_come_before_one_table_a_sheet(tmp_path: Path) -> None:
    found = sheets(workbook(sample_return(), tmp_path))
    assert list(found) == ["Cover", "Contents", "Notes", "Symbols", "Table_1", "Table_2", "Table_3"]
    assert [[str(cell).strip() for cell in row] for row in found["Contents"][2:]] == [
        ["Sheet", "What it shows"],
        ["Symbols", "Symbols"],
        ["Table_1", "Table 1: Stage 1 outcomes by service"],
        ["Table_2", "Table 2: Stage 1 uphold rate by service"],
        ["Table_3", "Table 3: Gender of the service user by service"],
    ]
    cover = [row[0] for row in found["Cover"]]
    assert cover[0] == "Complaints about children's social care, annual report 2017/18"
    assert {"Figures as at: 30 June 2018.", "Status: Draft, not signed off.", "Version: 1."} <= set(cover)


def test_a_sheet_holds_title_notes_basis_source_and_numbers(tmp_path: Path) -> None:
    found = sheets(workbook(sample_return(), tmp_path))
    assert found["Table_2"] == [
        ["Table 2: Stage 1 uphold rate by service [note 1]"],
        ["Upheld or partially upheld, of complaints with an outcome."],
        ["This worksheet contains one table. Notes are on the sheet Notes."],
        ["[z] not applicable."],
        ["Source: Barsetshire, complaints records as at 30 June 2018."],
        ["Basis: received. Counts complaints received in the period."],
        ["Service", "Uphold rate (%)"],
        ["Targeted Services", 40.0],
        ["Education & Commissioning", 50.0],
        ["Special Needs Service", "[z]"],
    ]
    assert found["Notes"][2:] == [["Note number", "Note text"], [1.0, "z: no complaint had an outcome."]]
    assert found["Symbols"][3][:2] == ["[z]", "not applicable"]


def test_numbers_are_what_is_printed_and_words_stay_words(tmp_path: Path) -> None:
    built = with_figure(
        sample_return(), RATES, 0, 0, value=Fraction(100, 3), rounded=Decimal("33.3"), shown="33.3%", symbol=None
    )
    built = with_figure(built, RATES, 1, 0, shown="1 of 2", symbol="u")
    file = workbook(built, tmp_path)
    assert sheets(file)["Table_2"][-3:-1] == [
        ["Targeted Services", 33.3],
        ["Education & Commissioning", "1 of 2 [u]"],
    ]
    assert "#,##0.0" in everything_in(file)


def test_a_column_of_several_units_shows_them_in_its_cells(tmp_path: Path) -> None:
    counts = crossed("counts", "Counts", ("service", ("A",)), ("outcome", ("Upheld",)), [[3]])
    built = sample_return()
    rate = built.sections[0].tables[1].cells[0][0]
    mixed = replace(counts, cells=(counts.cells[0], (rate, counts.cells[1][1])))
    file = workbook(of_tables(mixed), tmp_path)
    assert sheets(file)["Table_1"][-3:] == [["Service", "Upheld", "Total"], ["A", 3.0, 3.0], ["Total", 40.0, 3.0]]
    assert "#,##0&quot;%&quot;" in everything_in(file)


def test_nothing_is_merged_hidden_frozen_or_blank_within_a_table(tmp_path: Path) -> None:
    file = workbook(sample_return(), tmp_path)
    text = everything_in(file)
    for forbidden in ("mergeCell", 'state="hidden"', 'state="veryHidden"', 'state="frozen"', 'hidden="1"'):
        assert forbidden not in text
    for name, rows in sheets(file).items():
        assert all(cell != "" for row in rows for cell in row), f"{name} has a blank cell"
    with zipfile.ZipFile(file) as package:
        tables = [name for name in package.namelist() if name.startswith("xl/tables/")]
    assert len(tables) == len(sheets(file)) - 1


def test_the_same_return_gives_the_same_bytes(tmp_path: Path) -> None:
    first = workbook(sample_return(), tmp_path).read_bytes()
    assert workbook(sample_return(), tmp_path).read_bytes() == first
    assert workbook(replace(sample_return(), version=2), tmp_path).read_bytes() != first


def test_the_properties_say_who_made_it_when_and_in_what_language(tmp_path: Path) -> None:
    with zipfile.ZipFile(workbook(sample_return(), tmp_path)) as package:
        properties = package.read("docProps/core.xml").decode("utf-8")
    assert "<dc:creator>Barsetshire</dc:creator>" in properties
    assert "<dc:language>en-GB</dc:language>" in properties
    assert re.findall(r">(\d{4}-\d\d-\d\dT[\d:]+Z)<", properties) == ["2018-06-30T00:00:00Z"] * 2


def test_a_hidden_figure_is_nowhere_in_the_file(tmp_path: Path) -> None:
    """A number that no other figure has, so that finding it anywhere is a leak."""
    built = with_figure(
        sample_return(), GENDER, 1, 0, numerator=Fraction(7919), value=Fraction(7919), rounded=Decimal(7919)
    )
    open_file = everything_in(workbook(with_figure(built, GENDER, 1, 0, shown="7919"), tmp_path))
    assert "7919" in open_file
    file = workbook(suppressed(built, GENDER, 1, 0), tmp_path)
    assert "7919" not in everything_in(file)
    assert sheets(file)["Table_3"][-3][1] == "[c]"
    assert ["[c]", "suppressed"] in [row[:2] for row in sheets(file)["Symbols"]]


def test_labels_cannot_be_formulas_links_notes_or_double_headings(tmp_path: Path) -> None:
    table = crossed(
        "hostile",
        "=1+1 $$x$$",
        ("service", ('=HYPERLINK("http://x.test")', "[here](http://x.test)", "???")),
        ("outcome", ("Total", "upheld", "Upheld")),
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    )
    file = workbook(of_tables(table), tmp_path)
    rows = sheets(file)["Table_1"]
    assert rows[0] == ["Table 1: =1+1 $ $x$ $"]
    assert rows[-5] == ["Service", "Total", "upheld", "Upheld (2)", "Total (2)"]
    assert [row[0] for row in rows[-4:-1]] == [
        '=HYPERLINK("http://x.test")',
        "[here] (http://x.test)",
        "recorded as ???",
    ]
    text = everything_in(file)
    assert "<f>" not in text
    assert 'Target="http' not in text
    assert 'quotePrefix="1"' in text


def test_rows_in_groups_have_a_column_for_the_group(tmp_path: Path) -> None:
    table = crossed("ethnicity", "Ethnicity", ("ethnicity", ("Irish", "Indian")), ("year", ("2017/18",)), [[3], [4]])
    groups = (Head("Irish", "White"), Head("Indian", "Asian"), table.rows[2])
    rows = sheets(workbook(of_tables(replace(table, rows=groups)), tmp_path))["Table_1"]
    assert rows[-4:] == [
        ["Group", "Ethnicity", "2017/18", "Total"],
        ["White", "Irish", 3.0, 3.0],
        ["Asian", "Indian", 4.0, 4.0],
        ["Total", "Total", 7.0, 7.0],
    ]


def test_a_table_of_words_says_them(tmp_path: Path) -> None:
    table = replace(sample_return().tables[0], rows=(), columns=(), cells=(), text_only="One learning event was held.")
    assert sheets(workbook(of_tables(table), tmp_path))["Table_1"][-1] == ["One learning event was held."]


@pytest.mark.parametrize("text", ["plain", "Education & Commissioning", "2017/18", "[note]", "(a)", "Ελλάδα 5"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert literal(text) == text
