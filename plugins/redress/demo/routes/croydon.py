"""Croydon's casework service: on this machine, with a token for a signed request and reports for the token."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from redress.demo.routes.layout import Records, Row, Writing, layout_of
from redress.errors import RedressError

LONDON = ZoneInfo("Europe/London")
CLIENT = "redress-demo"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_SECONDS = 3600
IN_A_CASE = ("stages", "freezes", "causes", "resolutions", "actions", "payments")
REPORTS = ("cases", "ombudsman", "services", "activity")


def _instant(value: str) -> str:
    return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


WRITING: Writing = {
    "date": lambda value: _instant(f"{datetime.combine(date.fromisoformat(value), time(), tzinfo=LONDON)}"),
    "timestamp": _instant,
    "boolean": lambda value: value == "true",
    "integer": int,
    "decimal": json.loads,
    "list": lambda value: value.split(";"),
}
"""A day is given as the instant of London's midnight, which in summer lies on the day before in UTC."""


@dataclass(frozen=True)
class Service:
    """A running service: where it listens, and the secret that requests for a token are signed with."""

    port: int
    secret: str = field(repr=False)

    @property
    def connection(self) -> dict[str, Any]:
        """The Airflow connection to it."""
        return {
            "conn_type": "http",
            "schema": "http",
            "host": "127.0.0.1",
            "port": self.port,
            "login": CLIENT,
            "password": self.secret,
        }


@contextmanager
def serving(records: Records, port: int = 0) -> Iterator[Service]:
    """Serves the records on 127.0.0.1 for as long as the context lasts; on any free port unless one is given.

    Raises RedressError if something else listens on the port.
    """
    secret = secrets.token_urlsafe(48)
    try:
        server = _Server(("127.0.0.1", port), _Handler)
    except OSError:
        raise RedressError(
            f"Something else listens on port {port} of this machine; end it (is it another `redress demo --serve`?)."
        ) from None
    server.reports = _reports(records)
    server.secret = secret
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Service(server.server_address[1], secret)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _reports(records: Records) -> dict[str, list[dict[str, Any]]]:
    """The records of each report by its number; a case holds its stages, points and so on in lists."""
    layout = layout_of("croydon")
    reports = {layout.names[entity]: _objects(entity, records[entity]) for entity in REPORTS}
    inside = {entity: _by_case(records[entity]) for entity in IN_A_CASE}
    for row, case in zip(records["cases"], reports[layout.names["cases"]], strict=True):
        for entity in IN_A_CASE:
            case[layout.names[entity]] = _objects(entity, inside[entity].get(row["case_ref"], []))
    return reports


def _objects(entity: str, rows: list[Row]) -> list[dict[str, Any]]:
    table = layout_of("croydon").table(entity, rows, WRITING)
    return [dict(zip(table.headers, cells, strict=True)) for cells in table.rows]


def _by_case(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["case_ref"], []).append({name: value for name, value in row.items() if name != "case_ref"})
    return found


class _Server(ThreadingHTTPServer):
    reports: dict[str, list[dict[str, Any]]]
    secret: str
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    """POST /token takes a signed assertion and gives a token; GET /getreport takes the token and gives a report."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        form = parse_qs(self.rfile.read(length).decode("utf-8", "replace"))
        if urlsplit(self.path).path != "/token":
            return self._answer(404, '{"error": "not_found"}')
        if form.get("grant_type") != [GRANT] or not self._is_signed(
            form.get("assertion", [""])[0], self._address("/token")
        ):
            return self._answer(401, '{"error": "invalid_grant"}')
        token = {"access_token": self._token(), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return self._answer(200, json.dumps(token))

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        words = parse_qs(asked.query)
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._is_signed(token, self._address("/getreport")):
            return self._answer(401, '{"error": "invalid_token"}')
        report = self.server.reports.get(words.get("ReportId", [""])[0])
        if asked.path != "/getreport" or report is None:
            return self._answer(404, '{"error": "not_found"}')
        first, last = words.get("From", ["0001-01-01"])[0], words.get("Until", ["9999-12-31"])[0]
        return self._answer(200, "".join(json.dumps(record) for record in report if _is_within(record, first, last)))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the requests of a run are in the run's own log."""

    def _address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def _token(self) -> str:
        import jwt

        expires = int(datetime.now(UTC).timestamp()) + TOKEN_SECONDS
        return jwt.encode({"iss": CLIENT, "aud": self._address("/getreport"), "exp": expires}, self.server.secret)

    def _is_signed(self, token: str, audience: str) -> bool:
        import jwt

        try:
            jwt.decode(
                token,
                self.server.secret,
                algorithms=["HS256"],
                audience=audience,
                issuer=CLIENT,
                options={"require": ["iss", "aud", "exp"]},
            )
        except jwt.PyJWTError:
            return False
        return True

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _is_within(record: dict[str, Any], first: str, last: str) -> bool:
    """Whether a record was received in the window asked for; what is not received (a team, a figure) always is."""
    received = record.get("Received")
    return received is None or first <= f"{datetime.fromisoformat(received).astimezone(LONDON):%Y-%m-%d}" <= last
