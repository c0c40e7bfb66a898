"""The example of docs/sources/mapping.md, full of the traps of real exports, comes out as the page says."""

import csv
import io
import re
from typing import Any

import pytest
import yaml

from redress.contract.mapping.mapper import Mapper
from redress.councils import Codes
from redress.paths import PROJECT
from redress.sources.definition import FilesDefinition
from tests.redress.contract.mapping.mapping import batch

PAGE = (PROJECT / "docs/sources/mapping.md").read_text(encoding="utf-8")


def block(language: str, begins: str = "") -> str:
    found = re.search(rf"```{language}\n({re.escape(begins)}.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def rows(con: Any) -> dict[str, list[dict[str, str | None]]]:
    definition = FilesDefinition.model_validate(yaml.safe_load(block("yaml", "# councils/barsetshire/source.yml")))
    codes = Codes.model_validate(yaml.safe_load(block("yaml", "# councils/barsetshire/codes.yml")))
    table = batch(list(csv.DictReader(io.StringIO(block("text")))))
    mapper = Mapper(definition.feeds["complaints"], codes, definition.dates, table.column_names[:-1])
    assert mapper.missing == {"cases": (), "stages": ()}
    assert mapper.unused == ("In target",)
    return {entity: result.to_pylist() for entity, result in mapper.map(con, table).items()}


def test_the_cases_are_those_of_the_page(rows: dict[str, list[dict[str, str | None]]]) -> None:
    header, *lines = [line for line in PAGE.splitlines() if line.startswith(("| case_ref |", "| 00"))]
    names = [name.strip() for name in header.strip("|").split("|")]
    shown = [
        dict(zip(names, (cell.strip() or None for cell in line.strip("|").split("|")), strict=True)) for line in lines
    ]
    assert [{name: row[name] for name in names} for row in rows["cases"]] == shown


def test_births_and_ends_are_read(rows: dict[str, list[dict[str, str | None]]]) -> None:
    assert [(row["date_of_birth"], row["closed_date"]) for row in rows["cases"]] == [
        ("2011-02-03", "2018-04-12"),
        ("2003-06-14", None),
        (None, None),
    ]


def test_a_stage_2_without_its_stage_1_comes_alone(rows: dict[str, list[dict[str, str | None]]]) -> None:
    assert [
        (row["case_ref"], row["stage"], row["requested_date"], row["responded_date"], row["outcome"])
        for row in rows["stages"]
    ] == [
        ("0041", "1", "2018-04-01", "2018-04-12", "partially_upheld"),
        ("0042", "2", "2018-04-05", None, None),
        ("0043", "1", "2018-04-03", None, "withdrawn"),
    ]
