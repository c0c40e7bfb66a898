"""A web service that gives a token for a signed assertion and, for the token, a report's records run together."""

import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
CLIENT = "redress-demo"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_SECONDS = 3600
LONGEST_FORM = 10_000


class ReportingService(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only. reports: the records of each report, by its number.

    Raises OSError if something else listens on the port.
    """

    daemon_threads = True

    def __init__(self, port: int, secret: str, reports: dict[str, list[dict[str, Any]]]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.secret = secret
        self.reports = reports


class _Handler(BaseHTTPRequestHandler):
    server: ReportingService
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """A token, at /token."""
        form = self._form()
        if urlsplit(self.path).path != "/token":
            self._answer(404, '{"error": "not_found"}')
        elif form.get("grant_type") == GRANT and self._is_signed(form.get("assertion", ""), "/token"):
            token = {"access_token": self._token(), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
            self._answer(200, json.dumps(token))
        else:
            self._answer(401, '{"error": "invalid_grant"}')

    def do_GET(self) -> None:
        """A report, at /getreport: its records in the window asked for."""
        asked = urlsplit(self.path)
        words = _first_of_each(asked.query)
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        report = self.server.reports.get(words.get("ReportId", ""))
        if scheme.lower() != "bearer" or not self._is_signed(token, "/getreport"):
            self._answer(401, '{"error": "invalid_token"}')
        elif asked.path != "/getreport" or report is None:
            self._answer(404, '{"error": "not_found"}')
        else:
            first, last = words.get("From", "0001-01-01"), words.get("Until", "9999-12-31")
            self._answer(200, "".join(json.dumps(record) for record in report if _is_within(record, first, last)))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the requests of a run are in the run's own log."""

    def _form(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "")
        size = min(int(length), LONGEST_FORM) if length.isdecimal() else 0
        return _first_of_each(self.rfile.read(size).decode("utf-8", "replace"))

    def _address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def _token(self) -> str:
        import jwt

        expires = int(datetime.now(UTC).timestamp()) + TOKEN_SECONDS
        return jwt.encode({"iss": CLIENT, "aud": self._address("/getreport"), "exp": expires}, self.server.secret)

    def _is_signed(self, token: str, path: str) -> bool:
        """Whether a token was signed with the secret, for this path of the service, and has not run out."""
        import jwt

        try:
            jwt.decode(
                token,
                self.server.secret,
                algorithms=["HS256"],
                audience=self._address(path),
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


def _first_of_each(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _is_within(record: dict[str, Any], first: str, last: str) -> bool:
    """Whether a record was received in the window asked for; what is not received (a team, a figure) always is."""
    received = record.get("Received")
    return received is None or first <= f"{datetime.fromisoformat(received).astimezone(LONDON):%Y-%m-%d}" <= last
