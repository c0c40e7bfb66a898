"""Builds that succeed, fail, are killed or collide; and what readers see meanwhile."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from redress.duck import connect
from redress.errors import RedressError
from redress.warehouse import build, dbt, open_reporting, reporting_file
from redress.warehouse.build import failed_file, tonight_file, warehouse_file

CASE = {"case_ref": "C1", "received_date": "2024-05-01"}
STAGE = {"case_ref": "C1", "stage": 1, "requested_date": "2024-05-01"}
ANSWERED = STAGE | {"responded_date": "2024-06-29", "outcome": "upheld"}

# Landed rows that do not add up are what a test of the warehouse finds wrong here.
BAD_COUNTS = {"entity": "cases", "rows_landed": 3, "rows_accepted": 1, "rows_quarantined": 0, "rows_unchanged": 0}


def issue(rule: str, night: str) -> dict[str, object]:
    place = {"entity": "cases", "record_key": "C1", "case_ref": "C1", "column_name": "status", "occurrence": 1}
    return place | {"rule": rule, "severity": "warning", "event": "seen", "event_date": night}


def record(landing) -> dict[str, object]:
    return json.loads((landing.home.published / "published.json").read_text())


class TestGoodNight:
    @pytest.fixture
    def good(self, first_night, anytown):
        anytown.first = first_night[1]
        return anytown

    def test_the_result_says_what_was_done(self, good):
        assert good.first.published
        assert good.first.failed_tests == []
        assert good.first.loads == {"anytown": 1}
        assert good.first.rows["dim_case"] == 1
        assert good.first.changed_cases == 1

    def test_readers_of_duckdb_1_can_open_it(self, good):
        with connect() as con:
            con.execute(f"attach '{reporting_file(good.home)}' as published (read_only)")
            tags = con.execute("select tags from duckdb_databases() where database_name = 'published'").fetchall()
        assert tags[0][0]["storage_version"].startswith("v1.5")

    def test_it_is_read_only(self, good):
        parquet = good.home.published / "parquet" / "fct_received.parquet"
        assert oct(reporting_file(good.home).stat().st_mode)[-3:] == "444"
        assert oct(parquet.stat().st_mode)[-3:] == "444"

    def test_parquet_says_the_same_as_the_file(self, good):
        folder = good.home.published / "parquet"
        with open_reporting(reporting_file(good.home)) as con:
            tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
            assert {f"{name}.parquet" for name in tables} == {path.name for path in folder.iterdir()}
            for name in tables:
                difference = f"(from {name} except from '{folder / name}.parquet')"
                assert con.execute(f"select count(*) from {difference}").fetchone() == (0,), name
                assert con.execute(f"select count(*) from '{folder / name}.parquet'").fetchone() == (
                    good.first.rows[name],
                )

    def test_nothing_private_is_published(self, good):
        with connect() as con:
            con.execute(f"attach '{reporting_file(good.home)}' as published (read_only)")
            found = con.execute(
                "select schema_name, column_name from duckdb_columns() where database_name = 'published'"
            ).fetchall()
        assert {schema for schema, _ in found} == {"reporting"}
        assert {column for _, column in found} & {"person_ref", "date_of_birth", "dob_check"} == set()

    def test_tools_can_show_what_tables_and_columns_mean(self, good):
        unexplained = (
            "select table_name, column_name from duckdb_columns() where schema_name = 'reporting' and comment is null"
        )
        assert good.read(unexplained) == []
        assert good.one("select comment from duckdb_tables() where table_name = 'fct_open'") == (
            "One row per open case and month end, up to the council's extract date."
        )

    def test_published_json_says_what_is_in_force(self, good):
        found = record(good)
        assert found["as_at"] == {"anytown": "2024-06-28"}
        assert found["rows"] == good.first.rows
        assert found["dbt_invocation"] == good.first.invocation_id
        assert found["failed_tests"] == []


def test_the_same_loads_again_change_nothing(anytown):
    project = set(dbt.DBT_PROJECT.rglob("*"))
    before = {path.name: path.read_bytes() for path in (anytown.home.published / "parquet").iterdir()}
    result = anytown.build()
    assert result.loads == {}
    assert result.changed_cases == 0
    assert {path.name: path.read_bytes() for path in (anytown.home.published / "parquet").iterdir()} == before
    assert set(dbt.DBT_PROJECT.rglob("*")) == project, "dbt wrote into its project folder"


def test_a_failing_test_keeps_the_earlier_facts_beside_tonights_issues(anytown):
    load = anytown.load(
        "anytown",
        "2024-06-29",
        cases=[CASE | {"status": "concluded", "closed_date": "2024-06-29"}],
        quality={"events": [issue("S06", "2024-06-29")], "load_runs": [BAD_COUNTS]},
    )
    result = anytown.build()
    assert not result.published
    assert result.failed_tests == [
        "Test landed_rows_add_up failed on 1 rows "
        "(Rows landed = accepted + quarantined + unchanged, for each council, entity and load)."
    ]
    assert anytown.one("select status from dim_case") == "open"
    assert anytown.read("select rule from dq_issues order by 1") == [("E04",), ("S06",)]
    assert anytown.one("select rows_landed from load_runs") == 3
    assert record(anytown)["as_at"] == {"anytown": "2024-06-28"}
    assert record(anytown)["failed_tests"] == result.failed_tests
    assert failed_file(anytown.home).exists()

    (load / "load_runs.parquet").unlink()
    assert anytown.build().published
    assert anytown.one("select status from dim_case") == "concluded"
    assert not failed_file(anytown.home).exists()


def test_a_model_that_cannot_be_built_is_named(anytown):
    payment = {"payment_ref": "P1", "case_ref": "C1", "payment_type": "redress", "agreed_date": "2024-06-03"}
    anytown.load("anytown", "2024-06-29", payments=[payment])
    failed = anytown.build().failed_tests
    assert len(failed) == 1
    assert failed[0].startswith("The model fct_payments could not be run: ")
    assert "amount" in failed[0]
    assert record(anytown)["as_at"] == {"anytown": "2024-06-28"}


def test_quality_tables_that_cannot_be_built_leave_everything_as_it_was(anytown):
    anytown.load("anytown", "2024-06-29", quality={"events": [issue("S06", "2024-06-29") | {"rule": None}]})
    with pytest.raises(RedressError, match=r"The model dq_issue_spans could not be run: .* Nothing was published"):
        anytown.build()
    assert anytown.read("select rule from dq_issues") == [("E04",)]


def test_a_first_night_that_fails_publishes_its_issues_only(landing):
    landing.council("anytown")
    quality = {"events": [issue("S06", "2024-06-28")], "load_runs": [BAD_COUNTS]}
    landing.load("anytown", "2024-06-28", cases=[CASE], quality=quality)
    assert not landing.build().published
    tables = landing.read("select table_name from duckdb_tables() order by 1")
    quality_tables = ["dq_issue_spans", "dq_issues", "dq_rule_outcomes", "load_runs"]
    assert [table for (table,) in tables] == [*quality_tables, "return_figures"]


def test_a_reader_keeps_the_file_it_has_open(anytown):
    with open_reporting(reporting_file(anytown.home)) as reader:
        anytown.load("anytown", "2024-06-29", deleted={"cases": [{"case_ref": "C1"}], "stages": [STAGE]})
        assert anytown.build().published
        assert reader.execute("select count(*) from dim_case").fetchone() == (1,)
    assert anytown.one("select count(*) from dim_case") == 0
    assert anytown.one("select count(*) from fct_received") == 0


def test_publication_never_goes_back_to_an_earlier_night(anytown):
    load = anytown.home.landing / "anytown/loads/000001_2024-06-28"
    load.rename(load.with_name("000001_2024-06-01"))
    with pytest.raises(RedressError, match=r"published as at 2024-06-28 .* never goes back"):
        anytown.build()
    assert record(anytown)["as_at"] == {"anytown": "2024-06-28"}
    assert anytown.one("select count(*) from dim_case") == 1


def test_a_backfill_of_an_earlier_night_leaves_later_ones_in_force(anytown):
    payment = {"payment_ref": "P1", "case_ref": "C1", "payment_type": "redress", "amount": "5.00"}
    anytown.load("anytown", "2024-06-10", payments=[payment | {"agreed_date": "2024-06-03"}])
    anytown.load("anytown", "2024-06-29", stages=[ANSWERED])
    assert anytown.build(as_of=date(2024, 6, 10)).loads == {"anytown": 1}
    assert record(anytown)["as_at"] == {"anytown": "2024-06-28"}
    assert anytown.one("select count(*) from fct_payments") == 1
    assert anytown.one("select count(*) from fct_outcomes") == 0


def is_made_anew(landing, **options) -> bool:
    """Whether the next build starts with nothing but landing; dbt need not run to see it."""
    loads = build.prepare(landing.home, landing.councils, **options).loads
    with connect(tonight_file(landing.home), read_only=True) as con:
        kept = con.execute("select count(*) from duckdb_tables() where schema_name = 'reporting'").fetchone()
    return loads == {"anytown": 1} and kept == (0,)


def test_a_build_goes_on_from_the_last_one(anytown):
    assert not is_made_anew(anytown)


def test_a_full_refresh_begins_again_from_landing(anytown):
    assert is_made_anew(anytown, full_refresh=True)


def test_a_landing_that_was_replaced_is_built_anew(anytown):
    load = anytown.home.landing / "anytown/loads/000001_2024-06-28"
    (load / "load.json").write_text(json.dumps({"extracts": ["other content"]}))
    assert is_made_anew(anytown)


def test_another_contract_is_built_anew(anytown):
    with connect(warehouse_file(anytown.home)) as con:
        con.execute("update config.build_state set contract_hash = 'of another version'")
    assert is_made_anew(anytown)


@pytest.mark.parametrize("damage", ["cut off", "drop schema accepted cascade"])
def test_a_damaged_build_is_made_anew(anytown, damage):
    if damage == "cut off":
        warehouse_file(anytown.home).write_bytes(b"cut off")
    else:
        with connect(warehouse_file(anytown.home)) as con:
            con.execute(damage)
    assert is_made_anew(anytown)


def test_changed_code_builds_every_case_again(anytown):
    with connect(warehouse_file(anytown.home)) as con:
        con.execute("update config.build_state set project_hash = 'of another version'")
    result = anytown.build()
    assert result.loads == {}
    assert result.changed_cases == 1


def test_the_second_build_says_that_one_is_running(anytown):
    running = r"Another build is running in .*; wait until it has ended"
    with FileLock(anytown.home.build / "build.lock"), pytest.raises(RedressError, match=running):
        anytown.build(wait_seconds=0.1)


def test_the_lock_of_a_dead_process_does_not_hold(anytown):
    lock = str(anytown.home.build / "build.lock")
    code = f"import os; from filelock import FileLock; FileLock({lock!r}).acquire(); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    with build.build_lock(anytown.home, wait_seconds=1):
        pass


KILLED = """
import os, sys
from pathlib import Path
from redress.paths import Home
from redress.councils import load_councils
from redress.warehouse import build, ingest
ingest._write_config = lambda *arguments: os._exit(9)
build.build_and_publish(Home(Path(sys.argv[1])), load_councils(Path(sys.argv[2])))
"""


@pytest.mark.slow
def test_what_a_build_killed_at_ingest_left_is_repaired_by_the_next(anytown):
    anytown.load("anytown", "2024-06-29", stages=[ANSWERED])
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(anytown.home.root), str(anytown.councils_folder)],
        env={**os.environ, "PYTHONPATH": str(Path(build.__file__).parents[2])},
        check=False,
        capture_output=True,
    )
    assert process.returncode == 9, process.stderr
    assert anytown.one("select count(*) from fct_outcomes") == 0
    assert anytown.build().published
    assert anytown.one("select outcome from fct_outcomes") == "upheld"
    assert not tonight_file(anytown.home).exists()


def test_drafts_of_killed_publications_are_removed(anytown):
    published = anytown.home.published
    for name in ("reporting.duckdb.99.tmp", "reporting.duckdb.99.tmp.wal", "published.json.tmp"):
        (published / name).write_text("half")
    (published / "parquet.link.tmp").symlink_to("parquet.000001")
    (published / "parquet.000002").mkdir()
    (published / "parquet.000002" / "fct_received.parquet").write_text("half")
    assert build.publish(anytown.home, []).as_at == {"anytown": "2024-06-28"}
    assert sorted(path.name for path in published.iterdir()) == [
        "parquet",
        "parquet.000001",
        "parquet.000002",
        "published.json",
        "reporting.duckdb",
    ]
    assert anytown.one(f"select count(*) from '{published}/parquet/fct_received.parquet'") == 1
    build.publish(anytown.home, [])
    assert sorted(path.name for path in published.glob("parquet.*")) == ["parquet.000002", "parquet.000003"]


def test_a_folder_in_the_place_of_the_link_is_left_alone(anytown):
    link = anytown.home.published / "parquet"
    link.unlink()
    link.mkdir()
    with pytest.raises(RedressError, match="is a folder that Redress did not make"):
        build.publish(anytown.home, [])


def test_publishing_before_any_build_says_so(landing):
    with pytest.raises(RedressError, match="There is no build to publish"):
        build.publish(landing.home, [])
    with pytest.raises(RedressError, match="There is no build in hand"):
        build.transform(landing.home)


@pytest.mark.slow
def test_the_three_steps_alone_do_the_same(anytown):
    anytown.load("anytown", "2024-06-29", stages=[ANSWERED])
    assert build.prepare(anytown.home, anytown.councils).rows["stages"] == 1
    assert build.transform(anytown.home).failed_tests == []
    assert build.publish(anytown.home, []).as_at == {"anytown": "2024-06-29"}
    assert anytown.one("select outcome from fct_outcomes") == "upheld"
