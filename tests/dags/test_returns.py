"""The DAGs of returns in one process: what is due is drafted and announced, the rest skipped."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from redress.airflow_home import DAGS, environment
from redress.paths import Home

DEFINITION = """\
title: "Complaints in {{council}}, {{period}}"
period: {period}
working_days_after: {days}
sections:
  - heading: Stage 1
    tables:
      - table: stage1_received
        title: Stage 1 complaints received
        metric: stage1_received
        rows: {{items: [{{label: Stage 1}}]}}
"""

# Runs a DAG twice: on a day after its drafts were due, and with parameters. One process, as Airflow's start takes long.
RUN = """
import json, sys
from datetime import datetime
from redress.airflow_home import LONDON
from redress.airflow_run import _use_own_metadata
from redress.paths import Home

_use_own_metadata(Home.from_environment())
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors

def run(dag_id, moment, conf):
    dag = bag.dags[dag_id]
    for task in dag.tasks:
        task.retries = 0
    run = dag.test(logical_date=datetime.fromisoformat(moment).replace(tzinfo=LONDON), run_conf=conf)
    tasks = {}
    for ti in run.get_task_instances():
        tasks[f"{ti.task_id} {ti.rendered_map_index or ''}".strip()] = str(ti.state)
    return {"state": str(run.state), "tasks": tasks}

print(json.dumps([run(*one) for one in json.loads(sys.argv[2])]))
"""

LOAD = """
from datetime import date
from redress.airflow_run import run_nightly
run_nightly(date(2020, 6, 30), ["barsetshire"])
"""

SERIALIZED = """
import json, sys
import pendulum
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction

dag = DagBag(sys.argv[1]).dags["annual_returns"]
timetable = DagSerialization.from_dict(DagSerialization.to_dict(dag)).timetable
ended = pendulum.datetime(2018, 4, 30, 6)
info = timetable.next_dagrun_info(
    last_automated_data_interval=DataInterval(ended, ended),
    restriction=TimeRestriction(None, None, True),
)
manual = timetable.infer_manual_data_interval(run_after=pendulum.datetime(2018, 6, 1))
print(json.dumps([timetable.summary, *map(str, info.data_interval), str(info.run_after), *map(str, manual)]))
"""


@pytest.fixture(scope="module")
def councils(airflow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which barsetshire has an annual return and loamshire none; nothing is loaded."""
    root = tmp_path_factory.mktemp("returns")
    home = Home(root / "data")
    for council in ("barsetshire", "loamshire"):
        (root / "councils" / council / "returns").mkdir(parents=True)
        (root / "councils" / council / "source.yml").write_text("kind: files\npath: drop\n", encoding="utf-8")
    returns = root / "councils" / "barsetshire" / "returns"
    (returns / "annual.yml").write_text(DEFINITION.format(period="year", days=20), encoding="utf-8")
    return {
        **airflow_environment,
        **environment(home),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(root / "councils"),
    }


def run_in(environment: dict[str, str], code: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", code, str(DAGS), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_scheduler_reads_the_timetable_back_from_its_database(councils: dict[str, str]) -> None:
    """Due on 30 April 2018 at 06:00 in UTC; then 20 working days after 31 March 2019, Easter in between."""
    assert run_in(councils, SERIALIZED) == [
        "20 working days after the end of the financial year",
        "2018-04-30 06:00:00+00:00",
        "2019-04-30 07:00:00+01:00",
        "2019-04-30 07:00:00+01:00",
        "2017-05-01 00:00:00+00:00",
        "2018-06-01 00:00:00+00:00",
    ]


def test_a_draft_that_cannot_be_built_fails_the_run_and_a_council_without_a_return_is_left_out(
    councils: dict[str, str],
) -> None:
    """Nothing is loaded, so that no figure can be computed."""
    (due,) = run_in(councils, RUN, json.dumps([["annual_returns", "2018-05-01T12:00", {}]]))
    assert due["tasks"] == {
        "find_due": "success",
        "build_draft barsetshire 2017/18": "failed",
        "announce_drafts": "skipped",
        "every_draft_built": "upstream_failed",
    }
    assert due["state"] == "failed"


@pytest.fixture(scope="module")
def loaded(two_councils: dict[str, str]) -> dict[str, str]:
    """barsetshire's records up to 30 June 2020, loaded and published; it has a quarterly return and no annual one."""
    returns = Path(two_councils["REDRESS_COUNCILS"]) / "barsetshire" / "returns"
    returns.mkdir()
    (returns / "quarterly.yml").write_text(DEFINITION.format(period="quarter", days=15), encoding="utf-8")
    subprocess.run([sys.executable, "-c", LOAD], env=two_councils, capture_output=True, check=True)
    return two_councils


@pytest.mark.slow
def test_what_is_due_is_drafted_and_announced_and_what_no_council_has_is_skipped(loaded: dict[str, str]) -> None:
    """15 working days after 30 June 2020, a Tuesday, it is 21 July."""
    runs = [["quarterly_returns", "2020-07-21T12:00", {}], ["annual_returns", "2020-07-21T12:00", {}]]
    quarterly, annual = run_in(loaded, RUN, json.dumps(runs))
    assert quarterly == {
        "state": "success",
        "tasks": {
            "find_due": "success",
            "build_draft barsetshire Q1 2020/21": "success",
            "announce_drafts": "success",
            "every_draft_built": "success",
        },
    }
    assert annual == {
        "state": "success",
        "tasks": {
            "find_due": "success",
            "build_draft": "skipped",
            "announce_drafts": "skipped",
            "every_draft_built": "success",
        },
    }
    documents = {file.suffix for file in (Path(loaded["REDRESS_HOME"]) / "returns").rglob("barsetshire-quarterly-*")}
    assert {".html", ".xlsx", ".docx", ".csv"} <= documents
