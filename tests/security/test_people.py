"""Names and birth dates that came with the records are in nothing that people read: pages, logs, Airflow, warehouse."""

import csv
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress.airflow_home import environment
from redress.contract import load_contract
from redress.paths import PROJECT, Home

NAME = "Quillfeather"
BIRTH_DATES = ("2011-02-03", "2013-11-17", "1899-04-05")
pytestmark = pytest.mark.slow

PLANTED = (NAME, "PERSON-Z", *BIRTH_DATES)

CASE = {
    "record_type": "complaint",
    "received_date": "2024-03-04",
    "status": "open",
    "service_code": "S1",
    "person_ref": "PERSON-Z 1",
    "date_of_birth": BIRTH_DATES[0],
}
# What the contract does not know, a name in the place of a code, of a date and of a number, a birth date in the wrong
# column, and a birth date that a rule objects to.
CASES = [
    {"case_ref": "A1", "child_name": f"Zebedee {NAME}", "address": f"1 {NAME} Lane"},
    {"case_ref": "A2", "status": f"told Zebedee {NAME}"},
    {"case_ref": "A3", "received_date": f"3 February, {NAME}"},
    {"case_ref": "A4", "closed_date": f"{BIRTH_DATES[1]} {NAME}"},
    {"case_ref": "A5", "date_of_birth": BIRTH_DATES[2]},
    {"case_ref": "A6", "own_complaint": NAME, "gender": NAME, "contact_method": NAME},
]
STAGES = [
    {"case_ref": "A1", "stage": "1", "requested_date": "2024-03-04", "outcome": f"agreed with {NAME}"},
    {"case_ref": "A5", "stage": "1", "requested_date": "2024-03-04", "acknowledged_date": f"by {NAME}"},
]
SERVICES = [{"service_code": "S1", "service_name": "Family support", "valid_from": "2015-04-01"}]


def _write(file: Path, entity: str, rows: list[dict[str, str]], *more: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [*load_contract().entities[entity].columns, *more], restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder after two nights as the command runs them, a check and an acceptance; and what was printed."""
    root = tmp_path_factory.mktemp("people")
    home, drop, council = Home(root / "data"), root / "drop", root / "councils" / "barsetshire"
    drop.mkdir()
    council.mkdir(parents=True)
    (council / "source.yml").write_text(f"kind: files\npath: {drop}\n", encoding="utf-8")
    _write(drop / "cases.csv", "cases", [CASE | one for one in CASES], "child_name", "address")
    _write(drop / "stages.csv", "stages", STAGES)
    _write(drop / "services.csv", "services", SERVICES)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "REDRESS"))}
    variables = {
        **kept,
        **environment(home),
        "PYTHONPATH": str(PROJECT / "plugins"),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(root / "councils"),
        "REDRESS_PSEUDONYM_KEY": "not a secret, only for tests",
    }

    def redress(*arguments: str, codes: tuple[int, ...] = (0, 3)) -> str:
        command = [sys.executable, "-m", "redress", *arguments]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=300)
        said = done.stdout + done.stderr
        assert done.returncode in codes, said
        return said

    said = redress("nightly", "--date", "2024-07-01")
    said += redress("accept", "D08", "A5", "--reason", "Checked", "--by", "quality lead", "--council", "barsetshire")
    (drop / "stages.csv").write_text(f"{NAME}\n\x00{NAME}", encoding="utf-8")  # a file that is rejected whole
    said += redress("nightly", "--date", "2024-07-02")
    for form in ("json", "html", "xlsx"):
        out = home.reports / f"checked.{form}"
        said += redress("check", str(drop / "cases.csv"), "--date", "2024-07-01", "--format", form, "--out", str(out))
    return home.root, said


def _read_by_people(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, workbooks opened."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield from ((f"{path}: {name}", book.read(name)) for name in book.namelist())


@pytest.mark.parametrize("room", ["reports", "logs", "airflow", "published"])
def test_nothing_planted_is_in_any_file(morning: tuple[Path, str], room: str) -> None:
    files = list(_read_by_people(morning[0] / room))
    assert files
    found = [name for name, content in files for planted in PLANTED if planted.encode() in content]
    # dbt's copy of the project has the dates of its own worked examples; nothing of a council is in it.
    assert [name for name in found if "/logs/dbt/" not in name] == []


def test_nothing_planted_is_in_the_published_warehouse(morning: tuple[Path, str]) -> None:
    """Compressed columns are not plain bytes: every value of every table is read."""
    with duckdb.connect() as con:
        con.execute(f"attach '{morning[0] / 'published' / 'reporting.duckdb'}' as published (read_only)")
        tables = [one for (one,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        assert "dq_issues" in tables
        for table in tables:
            _refuse_planted(table, con.execute(f"select * from published.reporting.{table}").fetchall())


def test_nothing_planted_is_in_airflow_s_database(morning: tuple[Path, str]) -> None:
    files = list((morning[0] / "airflow").glob("*.db"))
    assert files
    for file in files:
        with sqlite3.connect(file) as con:
            for (table,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
                _refuse_planted(table, con.execute(f'select * from "{table}"').fetchall())


def _refuse_planted(place: str, rows: list[tuple[Any, ...]]) -> None:
    if place == "dim_date":  # every day there is
        return
    text = "\n".join(str(value) for row in rows for value in row)
    assert [planted for planted in PLANTED if planted in text] == [], place


def test_nothing_planted_was_printed(morning: tuple[Path, str]) -> None:
    assert [planted for planted in PLANTED if planted in morning[1]] == []


def test_the_records_were_looked_at(morning: tuple[Path, str]) -> None:
    """Otherwise all of the above would hold of an empty folder."""
    with duckdb.connect() as con:
        con.execute(f"attach '{morning[0] / 'published' / 'reporting.duckdb'}' as published (read_only)")
        asked = con.execute("select distinct rule, case_ref from published.reporting.dq_issues where rule <> 'E03'")
        found = set(asked.fetchall())
    held = {("R04", f"A{number}") for number in (1, 2, 3, 4, 5, 6)}
    assert held | {("D08", "A5")} <= found
