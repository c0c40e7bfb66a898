"""Passwords, keys and tokens of a council's systems are in nothing that a night writes or says."""

import base64
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import duckdb
import pytest

from redress.airflow_home import environment
from redress.paths import PROJECT, Home
from tests.redress.sources.rest.service import Answer, Request, Service, as_json
from tests.services.processes import free_port
from tests.services.sftp import LOGIN, SftpServer, sftp_server

CASES = [{"case_ref": "A1", "record_type": "complaint", "received_date": "2024-03-01", "status": "open"}]
PASSWORDS = {name: f"Pl4nted of {name} & /none?=" for name in ("records", "service", "lost_records", "lost_service")}
TOKEN = "planted-token-0123456789-of-no-service"
WRONG_PASSWORD = "Pl4nted of lost_drop & /none?="
GOOD, LOST = ("recordshire", "serviceshire", "dropshire"), ("lostrecordshire", "lostserviceshire", "lostdropshire")


@dataclass(frozen=True)
class Night:
    """What a night left: its data folder, what it printed, and what must not be in either."""

    home: Path
    variables: dict[str, str]
    done: subprocess.CompletedProcess[str]
    secrets: set[str]
    service: Service


def variables(root: Path, connections: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The environment of a night whose connections are in it, as a secrets manager hands them over."""
    home = Home(root / "data")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "REDRESS"))},
        **environment(home),
        "PYTHONPATH": str(PROJECT / "plugins"),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(root / "councils"),
        "REDRESS_PSEUDONYM_KEY": "not a secret, only for tests",
        **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(facts) for name, facts in connections.items()},
    }


def define(root: Path, council: str, **source: Any) -> None:
    (root / "councils" / council).mkdir(parents=True)
    (root / "councils" / council / "source.yml").write_text(json.dumps(source), encoding="utf-8")


def define_councils(root: Path) -> None:
    """Each kind of source twice: one that can be read, and one that cannot."""
    jwt = {"type": "jwt_bearer", "token": "token"}
    limits = {"attempts": 2, "backoff": 0.001}
    for council, prefix in ((GOOD, ""), (LOST, "lost_")):
        entities = {"entities": {"cases": {}}}
        records = {"cases": {"table": "cases", **entities}}
        define(root, council[0], kind="database", connection=f"{prefix}records", feeds=records)
        feeds = {"cases": {"endpoint": f"{prefix}cases", **entities}}
        define(root, council[1], kind="rest", connection=f"{prefix}service", auth=jwt, limits=limits, feeds=feeds)
        define(root, council[2], kind="files", connection=f"{prefix}drop", path="sftp://127.0.0.1/drop")


def connections(root: Path, service: Service, server: SftpServer) -> dict[str, dict[str, Any]]:
    here = {"host": "127.0.0.1", "login": "redress"}
    http = {**here, "conn_type": "http", "schema": "http", "port": service.port}
    sftp = {"host": "127.0.0.1", "conn_type": "sftp", "port": server.port, "login": LOGIN}
    return {
        "records": {"conn_type": "sqlite", "host": str(root / "records.db"), "password": PASSWORDS["records"]},
        "lost_records": {**here, "conn_type": "postgres", "port": free_port(), "password": PASSWORDS["lost_records"]},
        "service": {**http, "password": PASSWORDS["service"]},
        "lost_service": {**http, "password": PASSWORDS["lost_service"]},
        "drop": {**sftp, "extra": server.extra(private_key=server.user_key)},
        "lost_drop": {**sftp, "password": WRONG_PASSWORD, "extra": server.extra()},
    }


def gives_back_what_it_was_sent(request: Request) -> Answer:
    """An error page with the request in it, as some services make them."""
    page = f"<html>{request.headers} {request.query} {request.form}</html>"
    return Answer(page.encode(), 500, {"X-Request": request.headers.get("authorization", "")})


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """One night in which three councils' sources are read, and three fail."""
    root = tmp_path_factory.mktemp("secrets")
    define_councils(root)
    with sqlite3.connect(root / "records.db") as con:
        con.execute(f"create table cases ({', '.join(CASES[0])})")
        con.execute("insert into cases values (?, ?, ?, ?)", list(CASES[0].values()))
    (root / "server" / "drop").mkdir(parents=True)
    rows = [list(CASES[0]), list(CASES[0].values())]
    (root / "server" / "drop" / "cases.csv").write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    with Service() as service, sftp_server(root / "server") as server:
        service.says("/token", as_json({"access_token": TOKEN, "expires_in": 600}))
        service.says("/cases", as_json(CASES))
        service.says("/lost_cases", gives_back_what_it_was_sent)
        known = variables(root, connections(root, service, server))
        done = redress(known, "nightly", "--date", "2024-03-05")
        signed = {request.form["assertion"] for request in service.asked_for("/token")}
        key_lines = {line for line in server.user_key.splitlines() if not line.startswith("--")}
        secrets = {*PASSWORDS.values(), WRONG_PASSWORD, TOKEN, *signed, *key_lines}
        yield Night(root / "data", known, done, secrets, service)


def redress(known: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """The command, as a person would run it."""
    return subprocess.run(
        [sys.executable, "-m", "redress", *words],
        env=known,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def spellings(secret: str) -> set[bytes]:
    """A secret as it is, and as it stands in addresses, JSON and headers."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)}
    coded = {base64.b64encode(text.encode()) for text in (secret, f"redress:{secret}", f"{LOGIN}:{secret}")}
    return {text.encode() for text in plain} | coded


def content_of(path: Path) -> bytes:
    """What can be read in a file; of a table its cells, which are compressed."""
    if path.suffix == ".parquet":
        return repr(duckdb.read_parquet(str(path)).fetchall()).encode()
    return path.read_bytes()


def holding(home: Path, secrets: set[str]) -> list[str]:
    """The files of a data folder that hold one of the secrets, however it is spelt."""
    marks = {mark for secret in secrets for mark in spellings(secret)}
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    contents = {str(path.relative_to(home)): content_of(path) for path in files}
    return [name for name, content in contents.items() if any(mark in content for mark in marks)]


def test_the_other_councils_go_on(night: Night) -> None:
    assert night.done.returncode == 1, night.done.stdout + night.done.stderr
    for council in GOOD:
        assert list((night.home / "landing" / council / "cases").glob("*/rows.parquet"))
    for council in LOST:
        (note,) = (night.home / "landing" / council).rglob("*.json")
        assert note.parent.name == "missed"
    failed = [line for line in night.done.stdout.splitlines() if line.startswith("Failed: ")]
    assert [any(council in line for line in failed) for council in LOST] == [True] * 3


def test_the_secrets_were_in_use(night: Night) -> None:
    """Each request carried its token, and the key opened the drop: nothing is proved by secrets that lie idle."""
    bearers = {
        request.headers["authorization"]
        for path in ("/cases", "/lost_cases")
        for request in night.service.asked_for(path)
    }
    assert bearers == {f"Bearer {TOKEN}"}
    assert len(night.service.asked_for("/lost_cases")) == 2


def test_no_secret_is_in_any_file(night: Night) -> None:
    assert (night.home / "airflow" / "nightly.db").exists()
    assert list((night.home / "logs").rglob("*.log"))
    assert holding(night.home, night.secrets) == []


def said_in(done: subprocess.CompletedProcess[str], secrets: set[str]) -> list[str]:
    """The secrets that a command printed."""
    said = (done.stdout + done.stderr).encode()
    return [secret for secret in secrets for mark in spellings(secret) if mark in said]


def test_no_secret_is_printed(night: Night) -> None:
    assert said_in(night.done, night.secrets) == []


@pytest.mark.slow
@pytest.mark.parametrize("council", [*GOOD, *LOST])
def test_no_secret_is_printed_when_a_source_is_tried(night: Night, council: str) -> None:
    """--debug shows the whole traceback."""
    done = redress(night.variables, "--debug", "source", "test", "--council", council, "--date", "2024-03-06")
    assert done.returncode == (0 if council in GOOD else 1)
    assert ("Traceback" in done.stderr) == (council in LOST)
    assert said_in(done, night.secrets) == []


@pytest.mark.slow
def test_no_secret_is_left_by_a_night_that_succeeds(night: Night) -> None:
    chosen = [word for council in GOOD for word in ("--council", council)]
    done = redress(night.variables, "nightly", "--date", "2024-03-07", *chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said_in(done, night.secrets) == []
    assert holding(night.home, night.secrets) == []


@pytest.mark.parametrize("spelt", [str, quote_plus, json.dumps, lambda text: base64.b64encode(text.encode()).decode()])
def test_a_secret_that_were_written_would_be_found(night: Night, tmp_path: Path, spelt: Any) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "night.log").write_text(f"connecting with {spelt(PASSWORDS['service'])} ...", encoding="utf-8")
    assert holding(tmp_path, night.secrets) == ["logs/night.log"]
