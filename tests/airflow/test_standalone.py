"""The same DAGs under a real `airflow standalone`: started, triggered and watched over its REST API."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.standalone

START_SECONDS = 240
RUN_SECONDS = 300

USERS = {"engineer": "admin", "quality": "user", "reader": "viewer"}
"""Airflow's own roles; each password is the name and `-password`."""


class Api:
    """Airflow's REST API, spoken to with a token."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.token = ""

    def __call__(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.root + path,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def log_in(self, user: str) -> str:
        """A token of the user's."""
        return str(self("/auth/token", {"username": user, "password": f"{user}-password"})["access_token"])

    def page(
        self, path: str, user: str = "", body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """What a browser is told: status, address (after it was sent on) and text. The cookie holds the log-in."""
        request = urllib.request.Request(
            self.root + path,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"} | (headers or {}),
        )
        if user:
            request.add_header("Cookie", f"_token={self.log_in(user)}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.url, response.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.url, refused.read().decode()

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        return self(f"/api/v2/dags/{dag_id}/dagRuns")["dag_runs"]

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        tasks = self(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {" ".join(filter(None, (task["task_id"], task["rendered_map_index"]))): task["state"] for task in tasks}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(what: str, found: Callable[[], Any], seconds: float, alive: Callable[[], bool] = lambda: True) -> Any:
    """The first thing found that is true; asks once a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert alive(), f"Airflow ended while waiting for {what}"
        try:
            if result := found():
                return result
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(1)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


@pytest.fixture(scope="module")
def api(two_councils: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A whole Airflow with a data folder of its own, ended with every process it started."""
    port = free_port()
    settings = {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
    }
    folder = tmp_path_factory.mktemp("standalone")
    output, passwords = folder / "output.log", folder / "passwords.json"
    passwords.write_text(json.dumps({user: f"{user}-password" for user in USERS}), encoding="utf-8")
    settings["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"] = str(passwords)
    with output.open("wb") as log:
        airflow = subprocess.Popen(
            [sys.executable, "-m", "redress.airflow_home", "airflow", "standalone"],
            env=two_councils | settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        api = Api(port)

        def healthy() -> bool:
            health = api("/api/v2/monitor/health")
            return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))

        wait_for("a healthy Airflow", healthy, START_SECONDS, lambda: airflow.poll() is None)
        api.token = api.log_in("engineer")
        yield api
    except AssertionError:
        sys.stderr.write(output.read_text(encoding="utf-8", errors="replace")[-5000:])
        raise
    finally:
        os.killpg(airflow.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            airflow.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(airflow.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def night(api: Api) -> dict[str, Any]:
    """The nightly_load of 30 June 2020 with the nightly_warehouse it sets off, both ended."""

    def known() -> bool:
        dags = {dag["dag_id"]: dag["is_paused"] for dag in api("/api/v2/dags")["dags"]}
        expected = ("nightly_load", "nightly_warehouse", "housekeeping", "annual_returns", "quarterly_returns")
        return dags == dict.fromkeys(expected, False)

    wait_for("the five DAGs", known, 120)
    assert api.runs("nightly_load") == [], "a new installation starts a load of its own accord"
    api("/api/v2/dags/nightly_load/dagRuns", {"logical_date": "2020-06-30T01:00:00Z"})

    def ended(dag_id: str) -> dict[str, Any] | None:
        return next((run for run in api.runs(dag_id) if run["state"] in ("success", "failed")), None)

    return {
        dag_id: wait_for(f"the end of {dag_id}", lambda dag_id=dag_id: ended(dag_id), RUN_SECONDS)
        for dag_id in ("nightly_load", "nightly_warehouse")
    }


def test_the_load_fails_for_the_lost_council_only(api: Api, night: dict[str, Any]) -> None:
    load = night["nightly_load"]
    assert load["state"] == "failed"
    assert api.task_states("nightly_load", load["dag_run_id"]) == {
        "barsetshire.find_deliveries": "success",
        "barsetshire.land_delivery cases.csv": "success",
        "barsetshire.land_delivery services.csv": "success",
        "barsetshire.land_delivery stages.csv": "success",
        "barsetshire.accept_records": "success",
        "loamshire.find_deliveries": "failed",
        "loamshire.land_delivery": "upstream_failed",
        "loamshire.accept_records": "upstream_failed",
        "announce_accepted": "success",
        "every_council_loaded": "upstream_failed",
    }


def test_a_lost_drop_folder_is_not_tried_again(api: Api, night: dict[str, Any]) -> None:
    run = night["nightly_load"]["dag_run_id"]
    task = api(f"/api/v2/dags/nightly_load/dagRuns/{run}/taskInstances/loamshire.find_deliveries")
    assert task["try_number"] == 1


def test_the_warehouse_is_published_as_at_the_night(
    api: Api, night: dict[str, Any], two_councils: dict[str, str]
) -> None:
    warehouse = night["nightly_warehouse"]
    assert warehouse["state"] == "success"
    assert warehouse["run_type"] == "asset_triggered"
    assert api.task_states("nightly_warehouse", warehouse["dag_run_id"]) == {
        "build_and_publish": "success",
        "build_reports": "success",
        "facts_and_reports_are_built": "success",
        "tell_people": "success",
    }
    file = Path(two_councils["REDRESS_HOME"]) / "published" / "reporting.duckdb"
    with duckdb.connect() as con:
        con.execute(f"attach '{file}' as published (read_only)")
        assert con.execute(
            "select cast(as_at_date as varchar) from published.reporting.dim_council where council = 'barsetshire'"
        ).fetchall() == [("2020-06-30",)]


def test_messages_between_tasks_hold_counts_and_paths_only(api: Api, night: dict[str, Any]) -> None:
    run = night["nightly_load"]["dag_run_id"]
    accepted = api(
        f"/api/v2/dags/nightly_load/dagRuns/{run}/taskInstances/barsetshire.accept_records/xcomEntries/return_value"
    )
    counts = json.loads(accepted["value"]) if isinstance(accepted["value"], str) else accepted["value"]
    assert counts["landed"] == 6
    assert all(isinstance(value, int) for value in counts.values())


def test_the_pages_are_read_by_who_is_logged_in_only(api: Api, night: dict[str, Any]) -> None:
    status, address, text = api.page("/redress/site/index.html", headers={"Sec-Fetch-Mode": "navigate"})
    assert (status, address) == (200, f"{api.root}/auth/login?next=%2Fredress%2Fsite%2Findex.html")
    assert "barsetshire" not in text.lower()
    assert api.page("/redress/site/data/decisions.js")[0] == 401
    status, address, text = api.page("/redress/site/index.html", "reader")
    assert (status, address, "Barsetshire" in text) == (200, f"{api.root}/redress/site/index.html", True)


def test_a_warning_is_accepted_by_who_may_edit_the_load(
    api: Api, night: dict[str, Any], two_councils: dict[str, str]
) -> None:
    asked = {"council": "barsetshire", "rule": "E04", "case_ref": "BA-2", "reason": "Asked again", "by": "Manager"}
    told = {}
    for user in ("reader", "quality"):
        session = json.loads(api.page("/redress/session", user)[2])
        headers = {"X-Redress-Token": session["token"], "Origin": api.root}
        told[user] = (session["may_accept"], *api.page("/redress/accept", user, asked, headers)[::2])
    assert told["reader"][:2] == (False, 403)
    assert told["quality"][:2] == (True, 201), told["quality"]
    (kept,) = (Path(two_councils["REDRESS_HOME"]) / "landing" / "barsetshire" / "acceptances").glob("*.json")
    assert json.loads(kept.read_text(encoding="utf-8"))["user"] == "quality"
    assert "|E04|cases|BA-2|" in api.page("/redress/site/data/decisions.js", "quality")[2]


def test_housekeeping_cleans_the_metadata(api: Api, night: dict[str, Any]) -> None:
    api("/api/v2/dags/housekeeping/dagRuns", {"logical_date": None})

    def ended() -> str | None:
        return next((run["state"] for run in api.runs("housekeeping") if run["state"] in ("success", "failed")), None)

    assert wait_for("the end of housekeeping", ended, RUN_SECONDS) == "success"
