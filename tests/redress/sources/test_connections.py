"""Connections: the same wherever they are asked for, and their secrets nowhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from redress.errors import RedressError
from redress.sources.connections import Connection, get_connection, without_secrets

SECRET = "pl4nted/s%cret@x y"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path))


def test_an_address_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_BARSETSHIRE_DB",
        "postgresql://reader:pl4nted%2Fs%25cret%40x%20y@db.example:5433/complaints?sslmode=require",
    )
    found = get_connection("barsetshire_db")
    assert found == Connection(
        "barsetshire_db", "postgres", "db.example", 5433, "complaints", "reader", SECRET, {"sslmode": "require"}
    )
    assert found.password == SECRET
    assert found.extra == {"sslmode": "require"}


def test_json_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {"conn_type": "http", "host": "https://api.example", "password": SECRET, "extra": {"token": "abc"}}
    monkeypatch.setenv("AIRFLOW_CONN_BARSETSHIRE_API", json.dumps(document))
    found = get_connection("barsetshire_api")
    assert (found.conn_type, found.host, found.password) == ("http", "https://api.example", SECRET)
    assert found.extra == {"token": "abc"}


def test_one_that_is_not_there_is_named_with_the_way_to_set_it() -> None:
    with pytest.raises(RedressError, match=r"no Airflow connection nowhere .* AIRFLOW_CONN_NOWHERE"):
        get_connection("nowhere")


def test_an_extra_that_is_no_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ODD", json.dumps({"conn_type": "http", "extra": f'["{SECRET}"]'}))
    with pytest.raises(RedressError, match="extra of the Airflow connection odd is not a JSON object") as caught:
        get_connection("odd")
    assert SECRET not in str(caught.value)


def test_neither_password_nor_extra_is_shown() -> None:
    connection = Connection("c", "http", password=SECRET, extra={"token": SECRET})
    assert "pl4nted" not in repr(connection) + str(connection)


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "https://u:pl4nted%2Fs%25cret%40x%20y@host",
        "u:pl4nted/s%25cret%40x%20y@host",
        "grant_type=jwt&password=pl4nted%2Fs%25cret%40x+y",
        "signed with s1gning-key",
        "Bearer nested-token",
        "-----BEGIN-----: MIIabcdefgh",
    ],
)
def test_secrets_are_masked_however_they_are_written(text: str) -> None:
    connection = Connection(
        "c",
        "http",
        password=SECRET,
        extra={
            "client_secret": "s1gning-key",
            "headers": {"Authorization": "Bearer nested-token"},
            "private_key": "-----BEGIN-----\nMIIabcdefgh\n",
            "token_url": "https://login.example/token",
            "auth": "jwt",
        },
    )
    told = without_secrets(f"401 of https://login.example/token: {text}", connection)
    for secret in ("pl4nted", "s1gning-key", "nested-token", "MIIabcdefgh"):
        assert secret not in told
    assert "***" in told
    assert "https://login.example/token" in told


KEPT_BY_AIRFLOW = """
import subprocess, sys
from datetime import date
from pathlib import Path
from redress import airflow_home, airflow_run
from redress.paths import Home
from redress.sources.connections import get_connection

home = Home.from_environment()
airflow_home.DAGS = airflow_run.DAGS = Path(sys.argv[1])
print("COMMAND", get_connection("kept_db").login, get_connection("kept_db").password == sys.argv[2])
airflow_run._use_own_metadata(home)
outcomes = airflow_run._run_dag("asks", date(2020, 6, 30), {}, lambda outcome: None)
print("NIGHTLY", [outcome.state for outcome in outcomes])
"""
DAG = """
from datetime import datetime, timezone
from airflow.sdk import dag, task
from redress.sources.connections import get_connection

@dag(schedule=None, start_date=datetime(2020, 1, 1, tzinfo=timezone.utc))
def asks():
    @task
    def ask():
        assert get_connection("kept_db").password.startswith("pl4nted")
    ask()

asks()
"""


@pytest.mark.slow
def test_one_that_airflow_keeps_is_found_by_commands_and_by_the_nightly_run(
    airflow_environment: dict[str, str], tmp_path: Path
) -> None:
    """The nightly run in one process has metadata of its own, without the connections people add to the scheduler's."""
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "asks.py").write_text(DAG, encoding="utf-8")
    secret = "pl4nted-in-airflow"
    for command in (
        ["db", "migrate"],
        ["connections", "add", "kept_db", "--conn-uri", f"postgresql://me:{secret}@h/db"],
    ):
        subprocess.run(
            [Path(sys.executable).with_name("airflow"), *command],
            env=airflow_environment,
            check=True,
            capture_output=True,
        )
    ran = subprocess.run(
        [sys.executable, "-c", KEPT_BY_AIRFLOW, tmp_path / "dags", secret],
        env=airflow_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "COMMAND me True" in ran.stdout, ran.stderr
    assert "NIGHTLY ['success']" in ran.stdout, ran.stderr
    assert secret not in ran.stdout + ran.stderr
