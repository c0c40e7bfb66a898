"""The notifiers in real runs: who is told of a night, once; a dead mail server and an error's text change nothing."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.redress.telling.receiving import free_port, webhook

NIGHT = "2020-06-30"
PLANTED = ("BA-1", "BA-2", "BA-3", "P-100", "2011-02-03", "Zebedee Quillfeather")

TELLING = """\
channels:
  lead: {{address: "json://127.0.0.1:{hook}/{council}?wait=0"}}
  dead: {{address: "mailto://127.0.0.1:{dead}?from=redress@barset.example&to=lead@barset.example&wait=0"}}
events:
  load_failed: [lead, dead]
  council_rejected: [dead, lead]
  threshold_passed: [dead, lead]
  overdue_cases: [dead, lead]
  returns_ready: [lead]
digests:
  S1: [dead, lead]
"""

# A DAG with the names of the project's, whose tasks fail and build as told.
SMALL_DAG = """
from airflow.sdk import dag, task
from redress.airflow_run import for_good
from redress.errors import RedressError
from redress_notifiers import LoadFailed, ReturnsReady

@task(task_id="barsetshire.find_deliveries", on_failure_callback=LoadFailed())
@for_good
def says_why():
    raise RedressError("The drop folder of barsetshire is missing; mount it.")

@task(task_id="barsetshire.land_delivery", on_failure_callback=LoadFailed())
@for_good
def quotes_a_record():
    raise ValueError("Zebedee Quillfeather, born 2011-02-03, is no date")

@task(on_success_callback=ReturnsReady())
def build_draft(council, period):
    return {
        "council": council, "period": period, "tables": 2, "figures": 30, "changed_since_signed": 0,
        "folder": "/elsewhere/returns",
    }

@dag(dag_id="annual_returns", schedule=None)
def annual_returns():
    says_why()
    quotes_a_record()
    build_draft.expand_kwargs([{"council": "barsetshire", "period": "2018/19"}])

annual_returns()
"""

# The loads of a night before anybody is to be told, the whole night with channels, its loads again. Then the small DAG
# twice: switched off, and on. What was sent meanwhile is told apart by marks of its own.
RUN = """
import json, os, pathlib, sys, urllib.request
from datetime import date
import redress.airflow_run
from redress.airflow_run import _run_dag, _use_own_metadata, run_nightly, terminal
from redress.paths import Home

night, channels, dags, marks = date.fromisoformat(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3], sys.argv[4]
said = []

def after(tasks):
    said.append({"tasks": {task.task: task.state for task in tasks}, "apprise": "apprise" in sys.modules})
    request = urllib.request.Request(marks, b"{}", {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()

def run(dag):
    after(_run_dag(dag, night, {"councils": [], "allow_removal": False}, lambda outcome: None))

_use_own_metadata(Home.from_environment())
run("nightly_load")
for file, text in channels.items():
    pathlib.Path(file).write_text(text)
after(run_nightly(night).tasks)
run("nightly_load")
redress.airflow_run.DAGS = pathlib.Path(dags)
for switch in ("off", ""):
    os.environ["REDRESS_TELLING"] = switch
    run("annual_returns")
print(json.dumps(said), file=terminal())
"""


@dataclass(frozen=True)
class Told:
    """What the webhook was sent in each phase, how the tasks ended, and what was logged."""

    posts: list[list[tuple[str, Any]]]
    phases: list[dict[str, Any]]
    log: str

    def titles(self, phase: int) -> list[str]:
        """Which council's channel was told, and what about."""
        return [f"{path} {post['title']}" for path, post in self.posts[phase]]


@pytest.fixture(scope="module")
def told(two_councils: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Told:
    councils = Path(two_councils["REDRESS_COUNCILS"])
    drop = councils.parent / "drop" / "barsetshire"
    stages = (drop / "stages.csv").read_text(encoding="utf-8")
    (drop / "stages.csv").write_text(stages.replace("2020-04-17,upheld", "2020-03-17,upheld"), encoding="utf-8")
    (drop / "causes.csv").write_text("case_ref\nBA-1\n", encoding="utf-8")
    dags = tmp_path_factory.mktemp("dags")
    (dags / "annual_returns.py").write_text(SMALL_DAG, encoding="utf-8")
    dead = free_port()
    with webhook() as hook:
        channels = {
            str(councils / name / "telling.yml"): TELLING.format(hook=hook.port, dead=dead, council=name)
            for name in ("barsetshire", "loamshire")
        }
        words = [NIGHT, json.dumps(channels), str(dags), f"http://127.0.0.1:{hook.port}/mark"]
        done = subprocess.run(
            [sys.executable, "-c", RUN, *words], env=two_councils, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr[-3000:]
    posts: list[list[tuple[str, Any]]] = [[]]
    for path, post in hook.posts:
        if path == "/mark":
            posts.append([])
        else:
            posts[-1].append((path, post))
    night_log = Path(two_councils["REDRESS_HOME"]) / "logs" / f"nightly_{NIGHT}.log"
    log = night_log.read_text(encoding="utf-8") + done.stdout + done.stderr
    return Told(posts, json.loads(done.stdout.splitlines()[-1]), log)


def test_nobody_is_told_until_it_is_set_up(told: Told) -> None:
    assert told.posts[0] == []
    assert told.phases[0]["apprise"] is False


def test_each_event_of_a_night_reaches_its_channel(told: Told) -> None:
    *of_council, digest, of_other = sorted(told.titles(1))
    assert of_council == [
        "/barsetshire Barsetshire: 1 case overdue, 30 June 2020",
        "/barsetshire Barsetshire: 1 file rejected, 30 June 2020",
        "/barsetshire Barsetshire: too many records held back (stages), 30 June 2020",
    ]
    assert re.fullmatch(
        r"/barsetshire Family support \(S1\): \d+ open issues, \d+ new, 1 overdue, 30 June 2020", digest
    )
    assert of_other == "/loamshire Loamshire: find deliveries failed, 30 June 2020"
    [failed] = [post for path, post in told.posts[1] if path == "/loamshire"]
    assert "The drop folder of loamshire is missing" in failed["message"]


def test_a_night_that_is_run_again_tells_nobody_twice(told: Told) -> None:
    assert told.titles(2) == []


def test_a_dead_mail_server_changes_no_task(told: Told) -> None:
    before, after = told.phases[0]["tasks"], told.phases[1]["tasks"]
    assert before == {task: state for task, state in after.items() if task in before}
    assert after["barsetshire.accept_records"] == "success"
    assert after["tell_people"] == "success"
    assert "Could not tell dead of council_rejected of barsetshire: [Errno 111] Connection refused" in told.log


def test_telling_can_be_switched_off(told: Told) -> None:
    assert told.phases[3]["tasks"]["barsetshire.find_deliveries"] == "failed"
    assert told.titles(3) == []


def test_an_error_that_is_not_redress_own_is_not_quoted(told: Told) -> None:
    said = {post["title"]: post["message"] for _, post in told.posts[4]}
    assert "The drop folder of barsetshire is missing" in said["Barsetshire: find deliveries failed, 30 June 2020"]
    other = said["Barsetshire: land delivery failed, 30 June 2020"]
    assert "the step of Barsetshire barsetshire.land_delivery of annual_returns failed" in other
    assert "The last line of its log in Airflow says why." in other


def test_a_draft_that_is_built_is_told(told: Told) -> None:
    [message] = [post["message"] for _, post in told.posts[4] if "ready" in post["title"]]
    assert "The draft of the annual return of Barsetshire for 2018/19 has been built: 2 tables, 30 figures." in message


def test_nothing_personal_and_no_case_is_told(told: Told) -> None:
    everything = json.dumps(told.posts)
    assert [value for value in PLANTED if value in everything] == []


@pytest.mark.parametrize(
    ("run_type", "started_by", "told"),
    [
        ("scheduled", [], 1),
        ("asset_triggered", ["scheduled__2020-06-30T01:00:00+00:00"], 1),
        ("backfill", [], 0),
        ("asset_triggered", ["backfill__2020-06-30T01:00:00+00:00"], 0),
    ],
)
def test_nobody_is_told_of_a_backfill(run_type: str, started_by: list[str], told: int) -> None:
    from redress_notifiers import RedressNotifier

    class Counting(RedressNotifier):
        heard = 0

        def tell(self, context: Any) -> None:
            self.heard += 1
            raise ValueError("Zebedee Quillfeather")

    events = [SimpleNamespace(source_run_id=run_id) for run_id in started_by]
    notifier = Counting()
    notifier.notify({"dag_run": SimpleNamespace(run_type=run_type, consumed_asset_events=events)})  # type: ignore[typeddict-item]
    assert notifier.heard == told
