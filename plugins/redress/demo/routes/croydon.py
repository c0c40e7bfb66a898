"""Croydon's casework service: its reports, and the lists inside a case, as a web service hands them out."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

from redress.demo.routes.layout import Records, Row, Writing, by_case, layout_of
from redress.demo.routes.reporting_service import CLIENT, ReportingService
from redress.errors import RedressError

LONDON = ZoneInfo("Europe/London")
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
        server = ReportingService(port, secret, _reports(records))
    except OSError:
        raise RedressError(
            f"Something else listens on port {port} of this machine; end it (is it another `redress demo --serve`?)."
        ) from None
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
    inside = {entity: by_case(records[entity]) for entity in IN_A_CASE}
    for row, case in zip(records["cases"], reports[layout.names["cases"]], strict=True):
        for entity in IN_A_CASE:
            rows = inside[entity].get(row["case_ref"], [])
            case[layout.names[entity]] = _objects(entity, [_without_case(one) for one in rows])
    return reports


def _objects(entity: str, rows: list[Row]) -> list[dict[str, Any]]:
    table = layout_of("croydon").table(entity, rows, WRITING)
    return [dict(zip(table.headers, cells, strict=True)) for cells in table.rows]


def _without_case(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "case_ref"}
