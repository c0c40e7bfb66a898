"""The night in one process: every task is looked at, and one council's failure stops no other."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from redress.airflow_home import LONDON, extract_date_of, moment_of
from redress.airflow_run import NightlyResult, TaskOutcome, run_nightly
from redress.errors import RedressError

NIGHT = date(2020, 6, 30)

RUN = """
import json, sys
from datetime import date
from unittest.mock import patch
from redress.airflow_run import run_nightly, terminal
from redress.paths import Home
from redress.warehouse.publish import open_reporting, reporting_file

def missed():
    with open_reporting(reporting_file(Home.from_environment())) as con:
        return con.execute(
            "select distinct council, cast(extract_date as varchar), substr(verdict_text, length(entity) + 3) "
            "from load_runs where verdict = 'could_not_run' order by all"
        ).fetchall()

def run(councils):
    heard = []
    result = run_nightly(date.fromisoformat(sys.argv[1]), councils, heard.append)
    return {
        "succeeded": result.succeeded,
        "tasks": {f"{t.task} {t.label}".strip(): [t.state, t.error] for t in result.tasks},
        "heard": [[t.task, t.label, t.state] for t in heard],
        "missed": missed(),
        "log": str(result.log),
    }

def night(councils):
    if councils != ["killed"]:
        return run(councils)
    with patch("redress.nightly.run_load", side_effect=SystemExit(9)):
        return run([])

out = terminal()
print(json.dumps([night(councils) for councils in json.loads(sys.argv[2])]), file=out)
"""


def nights(environment: dict[str, str], *councils: list[str]) -> list[dict[str, Any]]:
    """The same night for one list of councils after the other; one process, as Airflow's start takes long.

    ["killed"] is a night for all on which every load is ended from outside, and can say nothing itself.
    """
    done = subprocess.run(
        [sys.executable, "-c", RUN, NIGHT.isoformat(), json.dumps(councils)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1, "the terminal shows more than what was meant for it"
    return json.loads(done.stdout)


def published(environment: dict[str, str], query: str) -> list[tuple[Any, ...]]:
    file = Path(environment["REDRESS_HOME"]) / "published" / "reporting.duckdb"
    with duckdb.connect() as con:
        con.execute(f"attach '{file}' as published (read_only)")
        return con.execute(query).fetchall()


@pytest.fixture(scope="module")
def two_nights(two_councils: dict[str, str]) -> list[dict[str, Any]]:
    return nights(two_councils, ["killed"], [])


@pytest.fixture(scope="module")
def night_without_a_council(two_nights: list[dict[str, Any]]) -> dict[str, Any]:
    """A night on which loamshire cannot be loaded and the load of barsetshire is killed, the first of all."""
    return two_nights[0]


@pytest.fixture(scope="module")
def night_of_all(two_nights: list[dict[str, Any]]) -> dict[str, Any]:
    """The same night again, for every council: barsetshire loads, loamshire still cannot."""
    return two_nights[1]


@pytest.fixture(scope="module")
def night_of_one(night_of_all: dict[str, Any], two_councils: dict[str, str]) -> dict[str, Any]:
    """The same night a third time, for the council that has loaded."""
    return nights(two_councils, ["barsetshire"])[0]


def test_when_no_council_loads_the_warehouse_and_the_pages_say_so(night_without_a_council: dict[str, Any]) -> None:
    tasks = night_without_a_council["tasks"]
    assert not night_without_a_council["succeeded"]
    assert tasks["every_council_loaded"][0] == "upstream_failed"
    for done in ("announce_accepted", "build_and_publish", "build_reports"):
        assert tasks[done] == ["success", None]
    missed = {council: (night, sentence) for council, night, sentence in night_without_a_council["missed"]}
    assert {night for night, _ in missed.values()} == {NIGHT.isoformat()}
    assert "The drop folder of loamshire is missing" in missed["loamshire"][1]
    assert "accept_records was stopped before its end; open the log of" in missed["barsetshire"][1]


def test_only_a_council_that_did_not_load_could_not_run(night_of_all: dict[str, Any]) -> None:
    assert [council for council, *_ in night_of_all["missed"]] == ["loamshire"]


@pytest.mark.slow
def test_a_night_for_one_council_leaves_the_others_out(night_of_one: dict[str, Any]) -> None:
    tasks = night_of_one["tasks"]
    assert night_of_one["succeeded"]
    assert tasks["loamshire.find_deliveries"] == ["skipped", None]
    assert tasks["loamshire.accept_records"] == ["skipped", None]
    assert tasks["barsetshire.accept_records"] == ["success", None]
    assert tasks["every_council_loaded"] == ["success", None]


@pytest.mark.slow
def test_progress_names_the_files(night_of_one: dict[str, Any]) -> None:
    heard = [tuple(each) for each in night_of_one["heard"]]
    for file in ("cases.csv", "services.csv", "stages.csv"):
        started = heard.index(("barsetshire.land_delivery", file, "running"))
        assert heard.index(("barsetshire.land_delivery", file, "success")) > started
    warehouse = [task for task, _, state in heard if state == "success"][-4:]
    assert warehouse[:2] == ["build_and_publish", "build_reports"]
    assert sorted(warehouse[2:]) == ["facts_and_reports_are_built", "tell_people"]


def test_a_lost_council_fails_the_night_and_the_other_is_published(
    night_of_all: dict[str, Any], two_councils: dict[str, str]
) -> None:
    tasks = night_of_all["tasks"]
    assert not night_of_all["succeeded"]
    assert tasks["loamshire.find_deliveries"][0] == "failed"
    assert "The drop folder of loamshire is missing" in tasks["loamshire.find_deliveries"][1]
    assert tasks["loamshire.accept_records"][0] == "upstream_failed"
    assert tasks["every_council_loaded"][0] == "upstream_failed"
    for done in ("land_delivery cases.csv", "land_delivery services.csv", "land_delivery stages.csv", "accept_records"):
        assert tasks[f"barsetshire.{done}"][0] == "success"
    assert tasks["build_and_publish"] == ["success", None]
    rows = published(two_councils, "select case_ref, stage from published.reporting.fct_received order by all")
    assert rows == [("BA-1", 1), ("BA-2", 1), ("BA-3", 0)]


def test_nothing_personal_reaches_the_log_or_the_metadata(
    night_of_all: dict[str, Any], two_councils: dict[str, str]
) -> None:
    log = Path(night_of_all["log"]).read_text(encoding="utf-8")
    metadata = (Path(two_councils["REDRESS_HOME"]) / "airflow" / "nightly.db").read_bytes()
    assert "barsetshire.accept_records" in log
    for value in ("P-100", "2011-02-03"):
        assert value not in log
        assert value.encode() not in metadata


STOP = """
import os, signal, sys
from datetime import date
from redress.airflow_run import run_nightly

def stop(outcome):
    if outcome.task == "barsetshire.land_delivery" and outcome.state == "running":
        os.kill(os.getpid(), signal.SIGINT)

heard = []
try:
    run_nightly(date.fromisoformat(sys.argv[1]), on_progress=lambda outcome: (heard.append(outcome), stop(outcome)))
except KeyboardInterrupt:
    print("stopped", [f"{o.task} {o.state}" for o in heard if o.state == "success" and "land" in o.task])
"""


def test_a_run_can_be_stopped_at_once(night_of_all: dict[str, Any], two_councils: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOP, "2020-07-01"], env=two_councils, capture_output=True, text=True, check=False
    )
    assert done.stdout == "stopped []\n", done.stderr
    assert not list(Path(two_councils["REDRESS_HOME"], "landing", "barsetshire", "loads").glob("*_2020-07-01"))


def test_a_second_run_says_that_one_is_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path))
    with (
        FileLock(tmp_path / "nightly.lock"),
        pytest.raises(RedressError, match=r"Another nightly run is using .*--wait"),
    ):
        run_nightly(NIGHT)


@pytest.mark.parametrize(
    ("moment", "extract_date"),
    [
        ("2020-06-30T02:00:00+01:00", "2020-06-30"),
        ("2020-06-30T23:30:00+00:00", "2020-07-01"),
        ("2020-12-30T23:30:00+00:00", "2020-12-30"),
    ],
)
def test_the_extract_date_is_londons(moment: str, extract_date: str) -> None:
    assert extract_date_of(datetime.fromisoformat(moment)).isoformat() == extract_date


@pytest.mark.parametrize("day", [date(2020, 3, 29), date(2020, 6, 30), date(2020, 10, 25), date(2020, 12, 25)])
def test_a_nights_moment_is_two_oclock_of_its_day(day: date) -> None:
    assert moment_of(day).astimezone(LONDON).hour == 2
    assert extract_date_of(moment_of(day)) == day


@pytest.mark.parametrize(
    ("states", "succeeded"),
    [
        (["success", "skipped"], True),
        (["success", "failed"], False),
        (["success", "upstream_failed"], False),
        (["success", "None"], False),
        ([], False),
    ],
)
def test_a_night_succeeds_only_with_every_task(states: list[str], succeeded: bool) -> None:
    tasks = tuple(TaskOutcome("nightly_load", f"task_{i}", "", state) for i, state in enumerate(states))
    assert NightlyResult(tasks, Path("night.log")).succeeded is succeeded
