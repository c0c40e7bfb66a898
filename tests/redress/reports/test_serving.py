"""The served site: what is shown to whom, and what is accepted from whom."""

import json
import logging
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from redress import nightly
from redress.paths import Home
from redress.reports import site_files
from redress.reports.folders import drafted, put_in_force, site_folder
from redress.reports.serving import NO_SITE, Right, Visitor, create_app
from redress.reports.site_files import read_site_file
from redress.validation import acceptances as accepting
from redress.validation.acceptances import acceptances

COUNCIL = "barsetshire"
NIGHT = date(2020, 6, 30)
REASON = "Agreed with the invented reviewing officer"
CASES = """\
case_ref,record_type,received_date,closed_date,status,contact_method,complainant_type
Planted-1,complaint,2020-04-01,2020-04-17,open,email,parent
"""
STAGES = """\
case_ref,stage,requested_date,responded_date,outcome
Planted-1,1,2020-04-01,2020-04-17,upheld
"""
FILES = {
    "index.html": "<h1>Today</h1>",
    "issues.html": "<h1>Issues</h1>",
    "data/known_acceptances.json": json.dumps({COUNCIL: {"night": str(NIGHT), "in_force": [], "ended": []}}),
    "data/decisions.js": "window.redressDecisions = {};",
    "downloads/barsetshire/issues.csv": "case\n",
    "downloads/barsetshire/issues.xlsx": "not really",
    "data_docs/index.html": "<h1>Data Docs</h1>",
}
SECRET = "what nobody may read here"

RIGHTS: dict[str, set[Right]] = {"Quality Lead": {"read", "accept"}, "Reader": {"read"}, "Stranger": set()}
LEAD = {"X-Test-User": "Quality Lead"}


class HeaderGate:
    """Believes a header; a real one asks Airflow (tests/dags/test_web.py)."""

    hosts = frozenset({"reports.example"})

    async def visitor(self, request: Request) -> Visitor | None:
        name = request.headers.get("X-Test-User")
        return Visitor(f"id of {name}", name) if name else None

    def may(self, visitor: Visitor, right: Right) -> bool:
        return right in RIGHTS[visitor.name]

    def login_address(self, back: str) -> str:
        return f"/login?next={quote(back, safe='')}"

    def secret(self) -> str:
        return "a secret for tests only"


def client_of(home: Home, **options: Any) -> TestClient:
    return TestClient(create_app(home, HeaderGate(), **options), follow_redirects=False)


def build(home: Home, files: dict[str, str] = FILES) -> None:
    with drafted(home) as draft:
        for name, text in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_text(text, encoding="utf-8")
        put_in_force(home, draft)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "data")
    build(made)
    return made


@pytest.fixture
def client(home: Home) -> TestClient:
    return client_of(home)


class TestReading:
    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            ("index.html", "text/html; charset=utf-8"),
            ("data/decisions.js", "text/javascript; charset=utf-8"),
            ("downloads/barsetshire/issues.csv", "text/csv; charset=utf-8"),
            (
                "downloads/barsetshire/issues.xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        ],
    )
    def test_gives_the_file_as_what_it_is(self, client: TestClient, path: str, media_type: str) -> None:
        answer = client.get(f"/site/{path}", headers=LEAD)
        assert (answer.status_code, answer.text) == (200, FILES[path])
        assert answer.headers["content-type"] == media_type
        assert answer.headers.get("content-disposition") == ("attachment" if "downloads" in path else None)

    def test_no_other_site_may_frame_or_embed_it_nor_a_shared_cache_keep_it(self, client: TestClient) -> None:
        headers = client.get("/site/index.html", headers=LEAD).headers
        assert headers["cache-control"] == "private, no-cache"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert client.get("/session", headers=LEAD).headers["cache-control"] == "no-store"

    def test_a_file_is_sent_again_when_it_changed_only(self, client: TestClient, home: Home) -> None:
        known = LEAD | {"If-None-Match": client.get("/site/index.html", headers=LEAD).headers["etag"]}
        again = client.get("/site/index.html", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        build(home, {"index.html": "<h1>Next</h1>"})
        assert client.get("/site/index.html", headers=known).text == "<h1>Next</h1>"

    def test_a_folder_is_its_first_page_and_never_a_list(self, client: TestClient) -> None:
        assert client.get("/site/data_docs/", headers=LEAD).text == "<h1>Data Docs</h1>"
        for folder in ("data", "data/", "downloads/barsetshire/"):
            assert client.get(f"/site/{folder}", headers=LEAD).status_code == 404
        assert client.get("/", headers=LEAD).headers["location"] == "site/index.html"

    def test_before_the_first_build_it_says_so(self, tmp_path: Path) -> None:
        answer = client_of(Home(tmp_path)).get("/site/index.html", headers=LEAD | {"Accept": "text/html"})
        assert answer.status_code == 404
        assert NO_SITE in answer.text

    def test_whoever_reads_while_the_site_is_replaced_gets_a_whole_file(self, home: Home, client: TestClient) -> None:
        def one_letter(number: int) -> dict[str, str]:
            return {"index.html": "abcdefghij"[number % 10] * 100_000}

        build(home, one_letter(0))
        stop = threading.Event()

        def replace() -> None:
            for number in range(1, 10_000):
                if stop.is_set():
                    return
                build(home, one_letter(number))

        builder = threading.Thread(target=replace)
        builder.start()
        try:
            answers = [client.get("/site/index.html", headers=LEAD) for _ in range(150)]
        finally:
            stop.set()
            builder.join()
        assert {answer.status_code for answer in answers} == {200}
        assert {(len(answer.text), len(set(answer.text))) for answer in answers} == {(100_000, 1)}
        assert len({answer.text for answer in answers}) > 1, "the site was never replaced; the test proves nothing"

    def test_a_file_of_a_site_removed_meanwhile_is_read_from_the_next(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = iter([home.reports / "site.000000"])
        monkeypatch.setattr(site_files, "site_folder", lambda home: next(folders, site_folder(home)))
        file = read_site_file(home, "index.html")
        assert file is not None
        assert file.content.decode() == FILES["index.html"]


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("site"))
    build(made)
    (made.reports / "secret.txt").write_text(SECRET, encoding="utf-8")
    (site_folder(made) / "link").symlink_to(made.root)
    (site_folder(made) / "link.txt").symlink_to(made.reports / "secret.txt")
    return made


class TestWhatIsOutsideTheSite:
    @pytest.fixture
    def home(self, home: Home) -> Home:
        home.landing.mkdir()
        for file in (home.landing / "secret.txt", home.reports / "secret.txt", site_folder(home) / ".secret.txt"):
            file.write_text(SECRET, encoding="utf-8")
        (site_folder(home) / "link.txt").symlink_to(home.landing / "secret.txt")
        (site_folder(home) / "link").symlink_to(home.landing)
        return home

    @pytest.mark.parametrize(
        "path",
        [
            "../secret.txt",
            "%2e%2e/secret.txt",
            "%2e%2e%2fsecret.txt",
            "..%2f..%2flanding%2fsecret.txt",
            "data/%2e%2e/%2e%2e/secret.txt",
            "data/..%2f..%2fsecret.txt",
            "%252e%252e%252fsecret.txt",
            "..%5csecret.txt",
            "%2fetc%2fpasswd",
            "/etc/passwd",
            ".secret.txt",
            "data/%2e%2e/.secret.txt",
            "link.txt",
            "link/secret.txt",
            "index.html%00.txt",
            "%00",
            "index.html/",
            "index.html/more",
            "a" * 5000,
            "%ff%fe",
            "no_such_page.html",
        ],
    )
    def test_is_not_there(self, client: TestClient, path: str) -> None:
        answer = client.get(f"/site/{path}", headers=LEAD)
        assert answer.status_code == 404
        assert SECRET not in answer.text

    @given(
        parts=st.lists(
            st.sampled_from(
                ["..", ".", "", "data", "index.html", "link", "link.txt", "secret.txt", "~", "\0", "\\", "landing"]
            ),
            max_size=6,
        )
    )
    def test_is_reached_by_no_path(self, shared_home: Home, parts: list[str]) -> None:
        file = read_site_file(shared_home, "/".join(parts))
        assert file is None or file.content.decode() in FILES.values()


class TestWhoMayRead:
    def test_a_browser_is_sent_to_log_in_and_back(self, client: TestClient) -> None:
        for headers in ({"Sec-Fetch-Mode": "navigate"}, {"Accept": "text/html"}):
            answer = client.get("/site/case.html?case=A&council=b", headers=headers)
            assert answer.status_code == 303
            assert answer.headers["location"] == "/login?next=site%2Fcase.html%3Fcase%3DA%26council%3Db"

    def test_a_script_is_told(self, client: TestClient) -> None:
        for path in ("/site/data/decisions.js", "/session"):
            answer = client.get(path, headers={"Sec-Fetch-Mode": "no-cors", "Accept": "text/html"})
            assert (answer.status_code, list(answer.json())) == (401, ["detail"])

    def test_who_may_not_is_told_why(self, client: TestClient) -> None:
        answer = client.get("/site/index.html", headers={"X-Test-User": "Stranger", "Accept": "text/html"})
        assert answer.status_code == 403
        assert "may not see these pages" in answer.text
        assert client.get("/session", headers={"X-Test-User": "Stranger"}).status_code == 403

    def test_the_session_says_who_is_looking(self, client: TestClient) -> None:
        told = client.get("/session", headers={"X-Test-User": "Reader"}).json()
        assert (told["user"], told["may_accept"]) == ("Reader", False)
        told = client.get("/session", headers=LEAD).json()
        assert (told["user"], told["may_accept"]) == ("Quality Lead", True)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a council of one case, which is open and has a closing date (S06), loaded."""
    root = tmp_path_factory.mktemp("loaded")
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_to(root, monkeypatch)
        for folder in (root / "drop", root / "councils" / COUNCIL):
            folder.mkdir(parents=True)
        for entity, text in (("cases", CASES), ("stages", STAGES)):
            (root / "drop" / f"{entity}.csv").write_text(text, encoding="utf-8")
        source = f"kind: files\npath: {root / 'drop'}\n"
        (root / "councils" / COUNCIL / "source.yml").write_text(source, encoding="utf-8")
        for location in nightly.deliveries(COUNCIL, NIGHT):
            nightly.land(COUNCIL, location, NIGHT)
        nightly.validate_and_accept(COUNCIL, NIGHT)
        yield root


def point_to(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_HOME", str(root / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(root / "councils"))
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "a key for tests only, of some length")


class TestAccepting:
    @pytest.fixture
    def home(self, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
        shutil.copytree(loaded, tmp_path / "copy")
        point_to(tmp_path / "copy", monkeypatch)
        made = Home(tmp_path / "copy" / "data")
        build(made)
        return made

    ASKED = {  # noqa: RUF012
        "council": COUNCIL,
        "rule": "S06",
        "case_ref": "Planted-1",
        "record_key": None,
        "column_name": None,
        "reason": REASON,
        "by": "Complaints Manager",
        "until": "2999-12-31",
    }

    def token(self, client: TestClient, user: str = "Quality Lead") -> str:
        return client.get("/session", headers={"X-Test-User": user}).json()["token"]

    def post(self, client: TestClient, path: str = "/accept", **asked: Any) -> Any:
        headers = LEAD | {
            "X-Redress-Token": self.token(client),
            "Sec-Fetch-Site": "same-origin",
            "Origin": "http://testserver",
        }
        return client.post(path, headers=headers, json=asked or self.ASKED)

    def decisions(self, client: TestClient) -> dict[str, Any]:
        text = client.get("/site/data/decisions.js", headers=LEAD).text
        return json.loads(text.removeprefix("window.redressDecisions = ").rstrip(";\n"))

    def test_is_recorded_with_the_users_name_and_shown_at_once(self, client: TestClient, home: Home) -> None:
        answer = self.post(client)
        assert answer.status_code == 201
        covered = len(acceptances(home, COUNCIL)[0].issues)
        assert answer.json() == {
            "number": 1,
            "sentence": f"Acceptance 1 covers {covered} warning{'s' * (covered > 1)} until 31 December 2999.",
        }
        (made,) = acceptances(home, COUNCIL)
        assert (made.user, made.via, made.by, made.reason) == ("Quality Lead", "page", "Complaints Manager", REASON)
        assert made.until == date(2999, 12, 31)
        shown = self.decisions(client)["accepted"]
        assert [entry["number"] for entry in shown] == [1] * covered
        assert shown[0]["key"].startswith("barsetshire|S06|cases|Planted-1|")

    def test_is_taken_back(self, client: TestClient, home: Home) -> None:
        self.post(client)
        asked = {"council": COUNCIL, "number": 1, "reason": "It was a mistake", "by": "Complaints Manager"}
        answer = self.post(client, "/withdraw", **asked)
        assert (answer.status_code, answer.json()["sentence"]) == (200, "Acceptance 1 is withdrawn.")
        withdrawal = acceptances(home, COUNCIL)[0].withdrawal
        assert withdrawal is not None
        assert (withdrawal.user, withdrawal.reason) == ("Quality Lead", "It was a mistake")
        assert self.decisions(client)["accepted"] == []
        assert self.post(client, "/withdraw", **asked).status_code == 422

    @pytest.mark.parametrize(
        "wrong",
        [
            {"rule": "S01"},
            {"rule": "no such rule"},
            {"case_ref": "no such case"},
            {"council": "../barsetshire"},
            {"until": "2020-01-01"},
            {"until": "tomorrow"},
            {"reason": ""},
            {"reason": None},
            {"user": "Somebody Else"},
            {"via": "command"},
        ],
    )
    def test_what_cannot_be_accepted_is_said_in_a_sentence(
        self, client: TestClient, home: Home, wrong: dict[str, Any]
    ) -> None:
        answer = self.post(client, **(self.ASKED | wrong))
        assert 400 <= answer.status_code < 500
        assert answer.json()["detail"].endswith(".") or "S01" in wrong.values()
        assert str(home.root) not in answer.text
        assert acceptances(home, COUNCIL) == []

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"X-Redress-Token": ""}, 403),
            ({"X-Redress-Token": "made up"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "none"}, 403),
            ({"Sec-Fetch-Site": None, "Origin": "https://elsewhere.example"}, 403),
            ({"Sec-Fetch-Site": None, "Origin": "http://testserver.elsewhere.example"}, 403),
            ({"Sec-Fetch-Site": None, "Origin": "null"}, 403),
            ({"Content-Type": "text/plain"}, 415),
            ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
            ({"Content-Type": ""}, 415),
            ({"X-Test-User": "Reader"}, 403),
            ({"X-Test-User": "Stranger"}, 403),
            ({"X-Test-User": ""}, 401),
        ],
    )
    def test_is_refused_unless_the_page_sent_it(
        self, client: TestClient, home: Home, headers: dict[str, str | None], status: int
    ) -> None:
        good: dict[str, str | None] = {
            **LEAD,
            "X-Redress-Token": self.token(client),
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }
        sent = {name: value for name, value in (good | headers).items() if value is not None}
        for path in ("/accept", "/withdraw"):
            answer = client.post(path, headers=sent, content=json.dumps(self.ASKED))
            assert (answer.status_code, list(answer.json())) == (status, ["detail"])
        assert acceptances(home, COUNCIL) == []

    @pytest.mark.parametrize(
        "origin", [{"Origin": "http://testserver"}, {"Origin": "https://reports.example"}, {}], ids=str
    )
    def test_an_older_browser_and_a_script_with_the_token_may(self, client: TestClient, origin: dict[str, str]) -> None:
        headers = LEAD | origin | {"X-Redress-Token": self.token(client)}
        assert client.post("/accept", headers=headers, json=self.ASKED).status_code == 201

    def test_another_users_token_is_refused(self, client: TestClient, home: Home) -> None:
        headers = LEAD | {"X-Redress-Token": self.token(client, "Reader")}
        assert client.post("/accept", headers=headers, json=self.ASKED).status_code == 403
        headers = {"X-Test-User": "Reader", "X-Redress-Token": self.token(client)}
        assert client.post("/accept", headers=headers, json=self.ASKED).status_code == 403
        assert acceptances(home, COUNCIL) == []

    @pytest.mark.parametrize("user", ["Reader", "Stranger"])
    def test_a_token_of_their_own_gives_nobody_the_right(self, client: TestClient, home: Home, user: str) -> None:
        token = URLSafeTimedSerializer(HeaderGate().secret(), salt="redress.acceptances").dumps(f"id of {user}")
        headers = {"X-Test-User": user, "X-Redress-Token": token}
        answer = client.post("/accept", headers=headers, json=self.ASKED)
        assert (answer.status_code, "not accept warnings" in answer.json()["detail"]) == (403, True)
        assert acceptances(home, COUNCIL) == []

    def test_an_old_token_is_refused_and_says_what_to_do(self, home: Home) -> None:
        answer = self.post(client_of(home, token_seconds=-1))
        assert (answer.status_code, "load it again" in answer.json()["detail"]) == (403, True)
        assert acceptances(home, COUNCIL) == []

    @pytest.mark.parametrize(
        ("content", "status"), [("x" * 20_000, 413), ("{", 422), ("[]", 422), ("", 422), ("\ud800", 422)]
    )
    def test_what_is_not_asked_for_is_refused(self, client: TestClient, content: str, status: int) -> None:
        headers = LEAD | {"X-Redress-Token": self.token(client), "Content-Type": "application/json; charset=utf-8"}
        answer = client.post("/accept", headers=headers, content=content.encode("utf-8", "surrogatepass"))
        assert (answer.status_code, list(answer.json())) == (status, ["detail"])

    def test_a_reason_is_in_no_log(
        self, client: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caplog.set_level(logging.DEBUG)
        self.post(client)
        self.post(client, **(self.ASKED | {"until": REASON}))

        def broken(*_: object, reason: str = REASON, **__: object) -> None:
            raise ValueError(f"cannot store {reason}")

        monkeypatch.setattr(accepting, "accept", broken)
        answer = self.post(client)
        assert (answer.status_code, REASON in answer.text) == (500, False)
        assert "ValueError" in caplog.text, "whoever looks for the fault needs to know where it was"
        assert REASON not in caplog.text

    def test_holds_though_the_pages_cannot_be_told(self, client: TestClient, home: Home) -> None:
        (site_folder(home) / "data" / "known_acceptances.json").write_text("{", encoding="utf-8")
        answer = self.post(client)
        assert answer.status_code == 201
        assert answer.json()["sentence"].endswith("The pages show it when they are next built.")
        assert len(acceptances(home, COUNCIL)) == 1
