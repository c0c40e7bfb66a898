"""Builds that succeed, fail, are killed or collide; and what readers see meanwhile."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from redress.duck import connect
from redress.errors import RedressError
from redress.warehouse import build, open_reporting, reporting_file
from redress.warehouse.build import failed_file, tonight_file, warehouse_file

CASE = {"case_ref": "C1", "received_date": "2024-05-01"}
STAGE = {"case_ref": "C1", "requested_date": "2024-05-01"}
ISSUE = {
    "rule": "E04",
    "severity": "warning",
    "entity": "cases",
    "record_key": "C1",
    "case_ref": "C1",
    "column_name": "advocate_supported",
    "source_row": 2,
    "event": "seen",
}
# Landed rows that do not add up are what a test of the warehouse finds wrong here.
BAD_COUNTS = {"entity": "cases", "rows_landed": 3, "rows_accepted": 1, "rows_quarantined": 0, "rows_unchanged": 0}


def issue(night: str) -> dict[str, object]:
    return ISSUE | {"event_date": night}


def first_night(landing):
    landing.council("anytown")
    landing.load("anytown", "2024-06-28", cases=[CASE], stages=[STAGE], quality={"events": [issue("2024-06-28")]})
    result = landing.build()
    assert result.published
    return result


def published_as_at(landing) -> str:
    return json.loads((landing.home.published / "published.json").read_text())["as_at"]["anytown"]


@pytest.fixture(scope="module")
def good(new_landing):
    """One good night, published. Tests that change it make a night of their own on top."""
    landing = new_landing("good")
    landing.first = first_night(landing)
    return landing


class TestGoodNight:
    def test_the_result_says_what_was_done(self, good):
        assert good.first.failed_tests == []
        assert good.first.loads == {"anytown": 1}
        assert good.first.rows["dim_case"] == 1
        assert good.first.changed_cases == 1

    def test_the_published_file_can_be_opened_by_duckdb_1(self, good):
        with connect() as con:
            con.execute(f"attach '{reporting_file(good.home)}' as published (read_only)")
            (tags,) = con.execute("select tags from duckdb_databases() where database_name = 'published'").fetchone()
        assert tags["storage_version"].startswith("v1.5")

    def test_the_published_files_are_read_only(self, good):
        file = reporting_file(good.home)
        parquet = good.home.published / "parquet" / "fct_received.parquet"
        assert oct(file.stat().st_mode)[-3:] == oct(parquet.stat().st_mode)[-3:] == "444"

    def test_parquet_says_the_same_as_the_file(self, good):
        folder = good.home.published / "parquet"
        with open_reporting(reporting_file(good.home)) as con:
            tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
            assert {f"{name}.parquet" for name in tables} == {path.name for path in folder.iterdir()}
            for name in tables:
                assert con.execute(f"select count(*) from {name}").fetchone() == (
                    con.execute(f"select count(*) from '{folder / name}.parquet'").fetchone()
                )

    def test_nothing_but_the_reporting_schema_is_published(self, good):
        with connect() as con:
            con.execute(f"attach '{reporting_file(good.home)}' as published (read_only)")
            schemas = con.execute(
                "select distinct schema_name from duckdb_tables() where database_name = 'published'"
            ).fetchall()
        assert schemas == [("reporting",)]

    def test_no_personal_reference_is_published(self, good):
        columns = {name for (name,) in good.read("select column_name from duckdb_columns() where schema_name = 'reporting'")}
        assert columns & {"person_ref", "date_of_birth", "dob_check", "updated_at"} == set()

    def test_published_json_says_what_is_in_force(self, good):
        record = json.loads((good.home.published / "published.json").read_text())
        assert record["as_at"] == {"anytown": "2024-06-28"}
        assert record["rows"] == good.first.rows
        assert record["dbt_invocation"] == good.first.invocation_id
        assert record["failed_tests"] == []

    def test_dbt_writes_nothing_into_its_project(self, good):
        project = build.dbt.PROJECT
        assert not (project / "target").exists()
        assert not (project / "logs").exists()


def test_the_same_loads_again_change_nothing(good):
    before = {path.name: path.read_bytes() for path in (good.home.published / "parquet").iterdir()}
    result = good.build()
    assert result.loads == {}
    assert result.changed_cases == 0
    assert {path.name: path.read_bytes() for path in (good.home.published / "parquet").iterdir()} == before


def test_a_failing_test_keeps_the_earlier_facts_beside_tonights_issues(landing):
    first_night(landing)
    landing.load(
        "anytown",
        "2024-06-29",
        cases=[CASE | {"status": "concluded", "closed_date": "2024-06-29"}],
        quality={"events": [issue("2024-06-29") | {"rule": "S06"}], "load_runs": [BAD_COUNTS]},
    )
    result = landing.build()
    assert not result.published
    assert result.failed_tests == [
        "Test landed_rows_add_up failed on 1 rows "
        "(Rows landed = accepted + quarantined + unchanged, for each council, entity and load)."
    ]
    assert landing.one("select status from dim_case") == "open"
    assert landing.read("select rule from dq_issues order by 1") == [("E04",), ("S06",)]
    assert landing.one("select rows_landed from load_runs") == 3
    assert published_as_at(landing) == "2024-06-28"
    assert failed_file(landing.home).exists()

    (landing.home.landing / "anytown/loads/000002_2024-06-29/load_runs.parquet").unlink()
    repaired = landing.build()
    assert repaired.published
    assert landing.one("select status from dim_case") == "concluded"
    assert not failed_file(landing.home).exists()


def test_a_first_night_that_fails_publishes_its_issues_only(landing):
    landing.council("anytown")
    landing.load(
        "anytown",
        "2024-06-28",
        cases=[CASE],
        quality={"events": [issue("2024-06-28")], "load_runs": [BAD_COUNTS]},
    )
    result = landing.build()
    assert not result.published
    assert landing.read("select table_name from duckdb_tables() order by 1") == [
        ("dq_issues",),
        ("dq_rule_outcomes",),
        ("load_runs",),
    ]


def test_a_reader_keeps_the_file_it_has_open(landing):
    first_night(landing)
    with open_reporting(reporting_file(landing.home)) as reader:
        landing.load("anytown", "2024-06-29", deleted={"cases": [{"case_ref": "C1"}], "stages": [STAGE | {"stage": 1}]})
        assert landing.build().published
        assert reader.execute("select count(*) from dim_case").fetchone() == (1,)
    assert landing.one("select count(*) from dim_case") == 0
    assert landing.one("select count(*) from fct_received") == 0


def test_publication_never_goes_back_to_an_earlier_night(landing):
    first_night(landing)
    load = landing.home.landing / "anytown/loads/000001_2024-06-28"
    load.rename(load.with_name("000001_2024-06-01"))
    with pytest.raises(RedressError, match="published as at 2024-06-28 .* never goes back"):
        landing.build()
    assert published_as_at(landing) == "2024-06-28"
    assert landing.one("select count(*) from dim_case") == 1


def test_a_backfill_of_an_earlier_night_leaves_later_ones_in_force(landing):
    first_night(landing)
    landing.load("anytown", "2024-06-10", payments=[{"payment_ref": "P1", "case_ref": "C1", "payment_type": "redress", "amount": "5.00", "agreed_date": "2024-06-03"}])
    from datetime import date

    assert landing.build(as_of=date(2024, 6, 10)).published
    assert published_as_at(landing) == "2024-06-28"
    assert landing.one("select count(*) from fct_payments") == 1


def test_a_night_can_be_built_as_it_was(landing):
    from datetime import date

    landing.council("anytown")
    landing.load("anytown", "2024-06-28", cases=[CASE], stages=[STAGE])
    landing.load("anytown", "2024-06-29", stages=[STAGE | {"responded_date": "2024-06-29", "outcome": "upheld"}])
    assert landing.build(as_of=date(2024, 6, 28)).loads == {"anytown": 1}
    assert landing.one("select count(*) from fct_outcomes") == 0
    assert landing.build(as_of=date(2024, 6, 29)).loads == {"anytown": 1}
    assert landing.one("select outcome from fct_outcomes") == "upheld"


def test_a_full_refresh_begins_again_from_landing(landing):
    first_night(landing)
    with connect(warehouse_file(landing.home)) as con:
        con.execute("update reporting.dim_case set status = 'tampered'")
    landing.build()
    assert landing.one("select status from dim_case where status = 'tampered'") == "tampered"
    assert landing.build(full_refresh=True).loads == {"anytown": 1}
    assert landing.one("select status from dim_case") == "open"


def test_a_landing_that_was_replaced_is_built_anew(landing):
    first_night(landing)
    load = landing.home.landing / "anytown/loads/000001_2024-06-28"
    (load / "load.json").write_text(json.dumps({"extracts": ["other content"]}))
    assert landing.build().loads == {"anytown": 1}


def test_changed_code_builds_every_case_again(landing, monkeypatch):
    first_night(landing)
    monkeypatch.setattr(build.dbt, "project_hash", lambda: "other code")
    result = landing.build()
    assert result.loads == {}
    assert result.changed_cases == 1
    assert landing.build().changed_cases == 0


class TestOneAtATime:
    def test_the_second_build_says_that_one_is_running(self, good):
        with (
            FileLock(good.home.build / "build.lock"),
            pytest.raises(RedressError, match=r"Another build is running in .*; wait until it has ended"),
        ):
            good.build(wait_seconds=0.1)

    def test_the_lock_of_a_dead_process_does_not_hold(self, good):
        code = f"import os; from filelock import FileLock; FileLock({str(good.home.build / 'build.lock')!r}).acquire(); os._exit(9)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
        with build.build_lock(good.home, wait_seconds=1):
            pass


KILLED = """
import os, sys
from pathlib import Path
from redress.paths import Home
from redress.councils import load_councils
from redress.warehouse import build, dbt, ingest, publish
home, councils, moment = Home(Path(sys.argv[1])), load_councils(Path(sys.argv[2])), sys.argv[3]
def die(*args, **kwargs):
    os._exit(9)
module, name = {
    "ingest": (ingest, "_write_config"),
    "dbt": (build, "_accept"),
    "models": (dbt.Project, "run"),
    "promoted": (build, "_publish"),
    "parquet": (publish, "_make_durable"),
    "between the two replaces": (publish, "_point_to"),
    "record": (publish, "_write_record"),
}[moment]
setattr(module, name, die)
build.build_and_publish(home, councils)
"""


@pytest.fixture(scope="module")
def killed(new_landing):
    landing = new_landing("killed")
    first_night(landing)
    landing.load("anytown", "2024-06-29", stages=[STAGE | {"responded_date": "2024-06-29", "outcome": "upheld"}])
    return landing


@pytest.mark.parametrize(
    "moment", ["ingest", "models", "dbt", "promoted", "parquet", "between the two replaces", "record"]
)
def test_a_killed_build_leaves_readers_a_whole_warehouse(killed, moment):
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(killed.home.root), str(killed.councils_folder), moment],
        env={**os.environ, "PYTHONPATH": str(Path(build.__file__).parents[2])},
        check=False,
        capture_output=True,
    )
    assert process.returncode == 9, process.stderr
    answered = killed.one("select count(*) from fct_outcomes")
    assert answered == (1 if moment in ("between the two replaces", "record") else 0)
    for file in (killed.home.published / "parquet").iterdir():
        assert duckdb.execute(f"select count(*) from '{file}'").fetchone() is not None


def test_the_next_run_repairs_what_killed_ones_left(killed):
    assert killed.build().published
    assert killed.one("select outcome from fct_outcomes") == "upheld"
    published = {path.name for path in killed.home.published.iterdir()}
    versions = {name for name in published if name.startswith("parquet.")}
    assert published - versions == {"reporting.duckdb", "parquet", "published.json"}
    assert len(versions) == 2
    assert not tonight_file(killed.home).exists()
    assert published_as_at(killed) == "2024-06-29"


def test_a_folder_in_the_place_of_the_link_is_left_alone(landing):
    (landing.home.published / "parquet").mkdir(parents=True)
    with pytest.raises(RedressError, match="is a folder that Redress did not make"):
        first_night(landing)


def test_publishing_before_any_build_says_so(landing):
    with pytest.raises(RedressError, match="There is no build to publish"):
        build.publish(landing.home, [])
    with pytest.raises(RedressError, match="There is no build in hand"):
        build.transform(landing.home)


def test_the_three_steps_alone_do_the_same(landing):
    landing.council("anytown")
    landing.load("anytown", "2024-06-28", cases=[CASE], stages=[STAGE])
    assert build.prepare(landing.home, landing.councils).rows["cases"] == 1
    assert build.transform(landing.home).failed_tests == []
    assert build.publish(landing.home, []).as_at == {"anytown": "2024-06-28"}
    assert landing.one("select count(*) from fct_received") == 1
