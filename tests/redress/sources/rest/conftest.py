"""A service that listens, the Airflow connection to it, and a council's source.yml that reads it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from redress.sources.base import Reading
from redress.sources.connections import Connection
from redress.sources.definition import RestDefinition
from redress.sources.rest import source as rest_source
from redress.sources.rest.source import RestSource
from tests.redress.sources.rest.service import Service

NIGHT = date(2024, 3, 5)
SECRET = "Planted-Secret-of-no-one-0123456789"
SWIFT = {"attempts": 3, "backoff": 0.001, "longest_wait": 0.05, "most_pages": 50}
Rows = list[dict[str, Any]]


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        yield service


@pytest.fixture
def connection(service: Service, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The connection to the service; a test may change it before it reads."""
    said: dict[str, Any] = {
        "id": "barset",
        "conn_type": "http",
        "host": "127.0.0.1",
        "port": service.port,
        "schema": "http",
        "login": "redress",
        "password": SECRET,
    }
    monkeypatch.setattr(rest_source, "get_connection", lambda conn_id: Connection(**said))
    return said


Define = Callable[..., RestSource]


@pytest.fixture
def define(connection: dict[str, Any]) -> Define:
    """A source whose feeds ask for /cases, unless they say otherwise."""

    def define(feeds: dict[str, dict[str, Any]] | None = None, **keys: Any) -> RestSource:
        said = feeds or {"cases": {}}
        entities = {"cases": {"columns": {}}}
        document = {
            "kind": "rest",
            "connection": "barset",
            "feeds": {name: {"endpoint": "cases", "entities": entities, **feed} for name, feed in said.items()},
            **keys,
            "limits": {**SWIFT, **keys.get("limits", {})},
        }
        return RestSource("barsetshire", RestDefinition.model_validate(document))

    return define


def readings(source: RestSource, since: str | None = None, night: date = NIGHT) -> dict[str, tuple[Reading, Rows]]:
    """Every feed of the night, read as the landing store reads it: one after another, each to its end."""
    [delivery] = source.deliveries(night)
    found = {}
    with source.open(delivery) as opened:
        for part in opened.parts:
            reading = part.read(since)
            found[part.feed.name] = reading, [row for batch in reading.batches for row in batch.to_pylist()]
    return found


def rows_of(source: RestSource, feed: str = "cases") -> Rows:
    """The rows of one feed."""
    return readings(source)[feed][1]
