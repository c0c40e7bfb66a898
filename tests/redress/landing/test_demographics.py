"""Persons from a second system: joined by reference, one system wins, coverage counted, nobody lost."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from redress.contract.mapping.definition import ContractFeed, EntityMapping
from redress.councils import Council
from redress.errors import RedressError
from redress.landing.manifests import Manifest, rows_file
from redress.landing.store import land
from redress.paths import Home
from tests.redress.landing.table_source import Row, TableSource

KEY = b"not a secret, only for tests"
NIGHT = date(2024, 3, 5)
PERSONS = """\
Person No;Born;Sex;Ethnic origin
P1;01/02/2010;Female;White British
P2;03/04/2011;Male;
P2;03/04/2011;Male;
P3;05/06/2012;Male;Kurdish
P3;05/06/2012;Female;Kurdish
"""
MAPPED = """\
kind: files
path: unused
demographics:
  source:
    kind: files
    path: {folder}
    dates: [day_first]
    feeds:
      persons:
        file: persons*.csv
        entities:
          people:
            columns:
              person_ref: Person No
              date_of_birth: Born
              gender: {{column: Sex, values: {{Female: female, Male: male}}}}
              ethnicity: Ethnic origin
"""


def case(ref: str, person: str | None, **more: str | None) -> Row:
    return {
        "case_ref": ref, "record_type": "complaint", "received_date": "2024-03-01", "status": "open",
        "person_ref": person, "gender": None, "ethnicity": None, **more,
    }  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def council(tmp_path: Path) -> Council:
    folder, persons = tmp_path / "councils" / "barsetshire", tmp_path / "persons"
    folder.mkdir(parents=True)
    persons.mkdir()
    (folder / "source.yml").write_text(MAPPED.format(folder=persons), encoding="utf-8")
    (persons / "persons_2024.csv").write_text(PERSONS, encoding="utf-8")
    return Council(folder)


def land_cases(home: Home, council: Council, *rows: Row) -> Manifest:
    feed = ContractFeed(name="cases", entities={"cases": EntityMapping()})
    source = TableSource({"cases": feed}, {"cases": list(rows)})
    (manifest,) = land(home, council, source, source.delivery("tables", NIGHT), KEY)
    return manifest


def landed(home: Home, manifest: Manifest, columns: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"select {columns} from '{rows_file(home, manifest)}' order by case_ref").fetchall()


def test_what_a_case_lacks_comes_from_the_second_system(home: Home, council: Council) -> None:
    manifest = land_cases(home, council, case("A1", "P1"), case("A2", " P2 "), case("A3", "P9"), case("A4", None))
    assert landed(home, manifest, "case_ref, gender, ethnicity, age_band, dob_check") == [
        ("A1", "female", "White British", "10-15", "ok"),
        ("A2", "male", None, "10-15", "ok"),
        ("A3", None, None, None, "missing"),
        ("A4", None, None, None, "missing"),
    ]
    assert (manifest.rows_with_person, manifest.persons_found) == (3, 2)


def test_the_records_win_unless_source_yml_says_otherwise(home: Home, council: Council) -> None:
    recorded = case("A1", "P1", gender="other", ethnicity="WIRI")
    manifest = land_cases(home, council, recorded)
    assert landed(home, manifest, "gender, ethnicity") == [("other", "WIRI")]
    demographics = council.source.demographics
    assert demographics
    people_win = demographics.model_copy(update={"wins_for": {"ethnicity": "people"}})
    council.source = council.source.model_copy(update={"demographics": people_win})
    manifest = land_cases(home, council, recorded)
    assert landed(home, manifest, "gender, ethnicity") == [("other", "White British")]


def test_a_person_told_of_in_two_ways_keeps_only_what_both_say(home: Home, council: Council) -> None:
    manifest = land_cases(home, council, case("A1", "P3"))
    assert landed(home, manifest, "gender, ethnicity, age_band") == [(None, "Kurdish", "10-15")]


def test_a_correction_in_the_second_system_makes_news_of_the_same_cases(home: Home, council: Council) -> None:
    first = land_cases(home, council, case("A1", "P1"))
    persons = next((home.root.parent / "persons").iterdir())
    persons.write_text(PERSONS.replace("P1;01/02/2010", "P1;01/02/2002"), encoding="utf-8")
    second = land_cases(home, council, case("A1", "P1"))
    assert first.sha256 != second.sha256
    assert landed(home, second, "age_band") == [("19-24",)]


def test_no_second_system_stops_the_landing_and_says_why(home: Home, council: Council) -> None:
    next((home.root.parent / "persons").iterdir()).unlink()
    with pytest.raises(RedressError, match=r"demographics of barsetshire were not delivered"):
        land_cases(home, council, case("A1", "P1"))
    assert not list(home.landing.rglob("manifest.json"))


def test_no_date_of_birth_and_no_reference_is_written(home: Home, council: Council) -> None:
    manifest = land_cases(home, council, case("A1", "P1"))
    written = str(landed(home, manifest, "*")) + rows_file(home, manifest).with_name("manifest.json").read_text()
    for personal in ("2010-02-01", "01/02/2010", "2010, 2, 1", "'P1'"):
        assert personal not in written
