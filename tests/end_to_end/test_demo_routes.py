"""The demo's five routes against the same records loaded from files in contract form: nothing else may differ."""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redress.contract import load_contract
from redress.demo.contract_form import councils_in_contract_form
from redress.demo.records import PREFIXES
from redress.duck import connect
from redress.landing.manifests import manifests, rows_file
from redress.paths import PROJECT, Home
from tests.conftest import demo_environment
from tests.redress.demo.routes import reading

NIGHT = date(2020, 6, 30)
COUNCILS = list(PREFIXES)

WHERE_FROM = {"source_row", "source_part", "row_hash"}
"""Of a landed row: where it was read, and the hash over how it was written there."""

OF_THE_LOAD = {"extract_id", "source_file", "source_row", "load_run_key", "columns_dropped", "seconds"}
"""Of a published row: which extract brought it, from where, with what beside it and in what time."""


@pytest.fixture(scope="module")
def as_made(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo's records as they were made, and a councils folder that takes them from there."""
    home = tmp_path_factory.mktemp("as_made") / "data"
    shutil.copytree(published / "demo" / "records", home / "demo" / "records")
    councils_in_contract_form(PROJECT / "councils", home / "councils", COUNCILS)
    return home


def test_the_demo_says_by_which_route_each_council_came(demo_run: subprocess.CompletedProcess[str]) -> None:
    told = [line for line in demo_run.stdout.splitlines() if line.startswith("  ")][:5]
    names = ["Harrow", "Croydon", "Halton", "Central Bedfordshire", "Northamptonshire"]
    assert [line.partition(":")[0].strip() for line in told] == names
    assert len({line.partition(":")[2] for line in told}) == 5


def test_what_landed_is_what_the_files_would_have_landed(
    published: Path, as_made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redress import nightly

    monkeypatch.setenv("REDRESS_HOME", str(as_made))
    monkeypatch.setenv("REDRESS_COUNCILS", str(as_made / "councils"))
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", (published / "demo" / "pseudonym_key").read_text().strip())
    for council in COUNCILS:
        for location in nightly.deliveries(council, NIGHT):
            nightly.land(council, location, NIGHT)
    with connect() as con:
        for council in COUNCILS:
            for entity in load_contract().entities:
                (routed,) = manifests(Home(published), council, entity)
                (direct,) = manifests(Home(as_made), council, entity)
                assert routed.rows == direct.rows, (council, entity)
                files = str(rows_file(Home(published), routed)), str(rows_file(Home(as_made), direct))
                assert differences(con, *(f"read_parquet('{file}')" for file in files)) == (0, 0), (council, entity)


@pytest.mark.slow
def test_every_published_table_is_the_same(
    published: Path,
    as_made: Path,
    redress: Callable[..., subprocess.CompletedProcess[str]],
    query: Callable[..., list[Any]],
) -> None:
    shutil.rmtree(as_made / "landing", ignore_errors=True)
    key = (published / "demo" / "pseudonym_key").read_text().strip()
    night = redress(as_made, "nightly", "--date", str(NIGHT), councils=as_made / "councils", REDRESS_PSEUDONYM_KEY=key)
    assert night.returncode == 0, night.stdout + night.stderr
    tables = [name for (name,) in query(published, "select table_name from duckdb_tables()")]
    assert len(tables) > 20
    tables.remove("return_figures")  # the figures of the five returns, which a night does not build
    with connect() as con:
        for name, home in (("routed", published), ("direct", as_made)):
            con.execute(f"attach '{home / 'published' / 'reporting.duckdb'}' as {name} (read_only)")
        for table in tables:
            assert differences(con, f"routed.reporting.{table}", f"direct.reporting.{table}") == (0, 0), table


def differences(con: Any, one: str, other: str) -> tuple[int, int]:
    """How many rows either has that the other lacks, where they came from left aside."""
    left_out = WHERE_FROM | OF_THE_LOAD
    columns = [row[0] for row in con.execute(f"describe select * from {one}").fetchall()]
    names = ", ".join(f'"{name}"' for name in columns if name not in left_out and not name.startswith("raw_"))
    return lacking(con, names, one, other), lacking(con, names, other, one)


def lacking(con: Any, names: str, one: str, other: str) -> int:
    sql = f"select count(*) from (select {names} from {one} except all select {names} from {other})"
    (count,) = con.execute(sql).fetchall()[0]
    return int(count)


def test_the_systems_can_be_kept_up_for_another_night(tmp_path: Path) -> None:
    """Its exports are what a second terminal needs; Ctrl-C ends it well."""
    command = [sys.executable, "-m", "redress", "demo", "--serve", "--port", "0"]
    with subprocess.Popen(command, env=demo_environment(tmp_path), stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout
            told = [served.stdout.readline() for _ in range(5)]
            exported = dict(line.removeprefix("export ").split("=", 1) for line in told if line.startswith("export "))
            service = json.loads(shlex.split(exported["AIRFLOW_CONN_CROYDON_CASEWORK"])[0])
            address = f"http://127.0.0.1:{service['port']}"
            assert len(reading.report(address, reading.token(address, service), "122109")) == 110
            served.send_signal(signal.SIGINT)
            assert served.wait(timeout=20) == 0
        finally:
            served.kill()
    database = json.loads(shlex.split(exported["AIRFLOW_CONN_HARROW_CASEWORK"])[0])
    assert Path(database["host"]).is_file()
    assert (tmp_path / "demo" / "pseudonym_key").is_file()
    assert str(tmp_path / "demo" / "pseudonym_key") in exported["REDRESS_PSEUDONYM_KEY"]


def test_faults_are_not_served(redress: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    refused = redress(tmp_path, "demo", "--serve", "--dirty")
    assert refused.returncode == 2
    assert "not both" in refused.stderr
