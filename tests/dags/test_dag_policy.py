"""What every DAG keeps to; each message says how to comply."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from redress.airflow_home import DAGS, POOLS

FILES = sorted(DAGS.glob("*.py"))
MOST_LINES = 120
MOST_SECONDS = 1.0
HEAVY = ("dbt", "duckdb", "great_expectations", "numpy", "pandas", "pyarrow", "redress.validation", "redress.warehouse")

# Reads the folder in a process of its own, so that nothing imported by other tests hides a cost.
READ = """
import json, sys, time
import airflow.sdk
from airflow.dag_processing.dagbag import DagBag

before = set(sys.modules)
started = time.process_time()
bag = DagBag(sys.argv[1])
seconds = time.process_time() - started

def facts(dag):
    return {
        "doc_md": dag.doc_md,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": type(dag.timetable).__name__,
        "tasks": {
            task.task_id: {
                "owner": task.owner,
                "retries": task.retries,
                "backoff": task.retry_exponential_backoff,
                "pool": task.pool,
                "trigger_rule": task.trigger_rule.value,
                "upstream": sorted(task.upstream_task_ids),
            }
            for task in dag.tasks
        },
    }

print(json.dumps({
    "seconds": seconds,
    "errors": {path: str(error) for path, error in bag.import_errors.items()},
    "imported": sorted(set(sys.modules) - before),
    "dags": {dag_id: facts(dag) for dag_id, dag in bag.dags.items()},
}))
"""


def read_dags(environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(DAGS)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def bag(airflow_environment: dict[str, str]) -> dict[str, Any]:
    return read_dags(airflow_environment)


def test_every_file_can_be_read(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert set(bag["dags"]) == {
        *("nightly_load", "nightly_warehouse", "housekeeping"),
        *("annual_returns", "quarterly_returns"),
    }


def test_reading_the_folder_is_quick(bag: dict[str, Any]) -> None:
    # Of the processor, so that a busy machine is no fault of a DAG file.
    assert bag["seconds"] < MOST_SECONDS, (
        f"Reading dags/ takes {bag['seconds']:.2f} s beyond importing Airflow; move imports into the tasks."
    )


def test_reading_the_folder_loads_nothing_heavy(bag: dict[str, Any]) -> None:
    loaded = sorted({heavy for heavy in HEAVY for module in bag["imported"] if f"{module}.".startswith(f"{heavy}.")})
    assert not loaded, f"Reading dags/ imports {loaded}; import them inside the tasks."


@pytest.mark.parametrize("dag_id", [path.stem for path in FILES])
class TestEveryDag:
    def test_has_a_page(self, bag: dict[str, Any], dag_id: str) -> None:
        page = bag["dags"][dag_id]["doc_md"] or ""
        for heading in ("What it does.", "If it fails.", "Who to tell."):
            assert f"**{heading}**" in page, f"dags/{dag_id}.md lacks '{heading}'; an operator at 3 am needs it."

    def test_has_an_owner_and_retries(self, bag: dict[str, Any], dag_id: str) -> None:
        for task_id, task in bag["dags"][dag_id]["tasks"].items():
            assert task["owner"] != "airflow", f"{dag_id}.{task_id} has no owner; use DEFAULT_ARGS."
            assert task["retries"] >= 1, f"{dag_id}.{task_id} is not tried again; use DEFAULT_ARGS."
            assert task["backoff"] > 1, f"{dag_id}.{task_id} is tried again too soon; use DEFAULT_ARGS."

    def test_says_catchup_and_runs_once_at_a_time(self, bag: dict[str, Any], dag_id: str) -> None:
        source = ast.parse((DAGS / f"{dag_id}.py").read_text(encoding="utf-8"))
        stated = {keyword.arg for node in ast.walk(source) if isinstance(node, ast.Call) for keyword in node.keywords}
        assert "catchup" in stated, f"dags/{dag_id}.py leaves catchup to a default; state it."
        assert bag["dags"][dag_id]["catchup"] is False, f"{dag_id} would replay the past by itself; catchup=False."
        assert bag["dags"][dag_id]["max_active_runs"] == 1, f"{dag_id} may overlap itself; set max_active_runs=1."

    def test_uses_pools_that_exist(self, bag: dict[str, Any], dag_id: str) -> None:
        known = {"default_pool", *json.loads(POOLS.read_text(encoding="utf-8"))}
        for task_id, task in bag["dags"][dag_id]["tasks"].items():
            assert task["pool"] in known, f"{dag_id}.{task_id} waits for pool {task['pool']}; add it to pools.json."

    def test_fails_when_a_task_fails(self, bag: dict[str, Any], dag_id: str) -> None:
        tasks = bag["dags"][dag_id]["tasks"]
        for task_id in tasks:
            after = {task["trigger_rule"] for task in tasks.values() if task_id in task["upstream"]}
            assert after != {"all_done"}, (
                f"A failed {dag_id}.{task_id} leaves the run a success, as what follows runs whatever became of it; "
                "add a last task with TriggerRule.NONE_FAILED."
            )

    def test_is_a_short_file(self, bag: dict[str, Any], dag_id: str) -> None:
        lines = len((DAGS / f"{dag_id}.py").read_text(encoding="utf-8").splitlines())
        assert lines < MOST_LINES, f"dags/{dag_id}.py has {lines} lines; a DAG only wires, move the work to redress."


def test_the_pages_are_built_also_when_the_facts_are_not(bag: dict[str, Any]) -> None:
    reports = bag["dags"]["nightly_warehouse"]["tasks"]["build_reports"]
    assert (reports["upstream"], reports["trigger_rule"]) == (["build_and_publish"], "all_done")


def test_a_council_is_a_folder(airflow_environment: dict[str, str], tmp_path: Path) -> None:
    for council in ("barsetshire", "loamshire"):
        (tmp_path / council).mkdir()
        (tmp_path / council / "source.yml").write_text("kind: files\npath: drop\n", encoding="utf-8")
    (tmp_path / "loamshire" / "settings.yml").write_text("not: [valid", encoding="utf-8")

    tasks = read_dags(airflow_environment | {"REDRESS_COUNCILS": str(tmp_path)})["dags"]["nightly_load"]["tasks"]

    steps = ("find_deliveries", "land_delivery", "accept_records")
    groups = {f"{council}.{step}" for council in ("barsetshire", "loamshire") for step in steps}
    assert set(tasks) == groups | {"announce_accepted", "every_council_loaded"}
    for task_id in groups:
        council = task_id.split(".")[0]
        others = [upstream for upstream in tasks[task_id]["upstream"] if not upstream.startswith(f"{council}.")]
        assert others == [], f"{task_id} waits for another council."


def test_the_plugin_is_registered_and_the_library_is_not_imported_as_plugins(
    airflow_environment: dict[str, str],
) -> None:
    code = (
        "import json, sys; from airflow import plugins_manager; plugins, errors = plugins_manager._get_plugins();"
        "print(json.dumps([[p.name for p in plugins], errors, [m for m in sys.argv[1:] if m in sys.modules]]))"
    )
    modules = ["councils", "nightly", "timetables", "cli"]
    done = subprocess.run(
        [sys.executable, "-c", code, *modules], env=airflow_environment, capture_output=True, text=True, check=True
    )
    plugins, errors, imported = json.loads(done.stdout.splitlines()[-1])
    assert ("redress" in plugins, errors) == (True, {})
    assert imported == [], (
        "Airflow imports the library as if each module were a plugin; plugins/.airflowignore keeps it out."
    )
