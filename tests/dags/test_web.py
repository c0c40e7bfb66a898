"""Airflow's own log-in and rules of access before the site, with Airflow below a path of its server."""

import json
import subprocess
import sys
from typing import Any

import pytest

from redress.paths import Home

USERS = {"quality": "user", "reader": "viewer", "stranger": ""}

# What `airflow api-server` puts together, without the routes of Airflow's own page. A process of its own, because
# Airflow reads its settings when it is imported. Prints what came of every request: status, headers, text.
ASK = """
import json, sys
from airflow import models, plugins_manager, settings
from airflow.api_fastapi.app import API_ROOT_PATH, init_auth_manager, init_plugins
from airflow.api_fastapi.core_api.app import init_middlewares
from airflow.models.base import Base
from fastapi import FastAPI
from fastapi.testclient import TestClient

views = [view["href"] for view in plugins_manager._get_ui_plugins()[0]]
loaded = [name for name in ("redress_web", "redress.reports.serving") if name in sys.modules]
app = FastAPI(root_path=API_ROOT_PATH.removesuffix("/"))
init_plugins(app)
init_auth_manager(app)
init_middlewares(app)
models.import_all_models()
Base.metadata.create_all(settings.engine)

client = TestClient(app, base_url="http://reports.example", follow_redirects=False)
tokens, answers = {}, []
for user in json.loads(sys.argv[1]):
    answer = client.post("/airflow/auth/token", json={"username": user, "password": f"{user}-password"})
    tokens[user] = answer.json()["access_token"]
for method, path, user, headers, body in json.loads(sys.argv[2]):
    client.cookies.clear()
    if user:
        client.cookies.set("_token", tokens.get(user, user))
    session = client.get("/airflow/redress/session")
    if session.status_code == 200:
        headers.setdefault("X-Redress-Token", session.json()["token"])
    answer = client.request(method, f"/airflow/redress/{path}", headers=headers, json=body)
    answers.append([answer.status_code, dict(answer.headers), answer.text])
print("FOUND" + json.dumps([views, loaded, answers]))
"""

WANTS_A_PAGE = {"Accept": "text/html,*/*"}
NOTHING_TO_ACCEPT = {"council": "nowhere", "rule": "S06", "case_ref": "BA-1", "reason": "agreed", "by": "Manager"}

REQUESTS: dict[str, tuple[str, str, str, dict[str, str], Any]] = {
    "nobody asks for a page": ("GET", "site/issues.html?rule=S06", "", WANTS_A_PAGE, None),
    "nobody asks for data": ("GET", "site/data/decisions.js", "", {}, None),
    "nobody asks who they are": ("GET", "session", "", {}, None),
    "nobody accepts": ("POST", "accept", "", {}, NOTHING_TO_ACCEPT),
    "a spoilt cookie asks for a page": ("GET", "site/index.html", "spoilt", WANTS_A_PAGE, None),
    "a stranger asks for a page": ("GET", "site/index.html", "stranger", WANTS_A_PAGE, None),
    "a stranger asks who they are": ("GET", "session", "stranger", {}, None),
    "a reader asks for a page": ("GET", "site/index.html", "reader", WANTS_A_PAGE, None),
    "a reader asks who they are": ("GET", "session", "reader", {}, None),
    "a reader accepts": ("POST", "accept", "reader", {}, NOTHING_TO_ACCEPT),
    "the quality lead asks who they are": ("GET", "session", "quality", {}, None),
    "the quality lead accepts": ("POST", "accept", "quality", {}, NOTHING_TO_ACCEPT),
}


@pytest.fixture(scope="module")
def found(airflow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The addresses of the frames, what was imported before an application was asked for, and the answers."""
    home = Home(tmp_path_factory.mktemp("web"))
    home.airflow.mkdir()
    (home.reports / "site").mkdir(parents=True)
    (home.reports / "site" / "index.html").write_text("<h1>Today</h1>", encoding="utf-8")
    passwords = home.root / "passwords.json"
    passwords.write_text(json.dumps({user: f"{user}-password" for user in USERS}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(list(USERS)), json.dumps(list(REQUESTS.values()))],
        env=airflow_environment
        | {
            "REDRESS_HOME": str(home.root),
            "AIRFLOW_HOME": str(home.airflow),
            "AIRFLOW__API__BASE_URL": "http://reports.example/airflow",
            "AIRFLOW__API__SECRET_KEY": "a secret for tests only, of some length",
            "AIRFLOW__API_AUTH__JWT_SECRET": "another secret for tests only, which is at least sixty-four bytes long",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = next(line for line in done.stdout.splitlines() if line.startswith("FOUND"))
    return json.loads(told.removeprefix("FOUND"))


@pytest.fixture(scope="module")
def answers(found: list[Any]) -> dict[str, Any]:
    """Status, headers and text by what was asked."""
    return dict(zip(REQUESTS, found[2], strict=True))


def test_who_is_not_logged_in_is_sent_to_log_in_and_back(answers: dict[str, Any]) -> None:
    status, headers, _ = answers["nobody asks for a page"]
    back = "%2Fairflow%2Fredress%2Fsite%2Fissues.html%3Frule%3DS06"
    assert (status, headers["location"]) == (303, f"/airflow/api/v2/auth/login?next={back}")
    assert answers["a spoilt cookie asks for a page"][0] == 303


@pytest.mark.parametrize("request_name", ["nobody asks for data", "nobody asks who they are", "nobody accepts"])
def test_a_script_that_is_not_logged_in_is_told_so(answers: dict[str, Any], request_name: str) -> None:
    status, _, text = answers[request_name]
    assert (status, json.loads(text)) == (401, {"detail": "Nobody is logged in; log in to Airflow and try again."})


def test_without_the_right_to_read_the_load_nothing_is_shown(answers: dict[str, Any]) -> None:
    status, _, text = answers["a stranger asks for a page"]
    assert status == 403
    assert "may not see these pages" in text
    assert "Today" not in text
    assert answers["a stranger asks who they are"][0] == 403


def test_a_viewer_reads_and_does_not_accept(answers: dict[str, Any]) -> None:
    assert answers["a reader asks for a page"][::2] == [200, "<h1>Today</h1>"]
    known = json.loads(answers["a reader asks who they are"][2])
    assert (known["user"], known["may_accept"]) == ("reader", False)
    status, _, text = answers["a reader accepts"]
    assert (status, "not accept warnings" in text) == (403, True)


def test_who_may_edit_the_load_may_accept(answers: dict[str, Any]) -> None:
    known = json.loads(answers["the quality lead asks who they are"][2])
    assert (known["user"], known["may_accept"]) == ("quality", True)
    status, _, text = answers["the quality lead accepts"]
    assert (status, json.loads(text)) == (422, {"detail": "There is no such council; load the page again."})


def test_only_the_api_server_loads_the_web_application(found: list[Any]) -> None:
    assert found[1] == [], "every task reads the plugin; import what serves pages where it is asked for."


def test_the_frames_show_pages_below_airflows_own_address(found: list[Any]) -> None:
    assert found[0] == ["redress/site/index.html", "redress/site/loads.html"]
