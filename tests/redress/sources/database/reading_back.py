"""What the tests of databases share: a source of a few feeds, and what it hands over."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from redress.errors import RedressError
from redress.sources.base import Opened, Part
from redress.sources.database.source import DatabaseSource
from redress.sources.definition import DatabaseDefinition

NIGHT = date(2020, 6, 30)
CONNECTION = "barsetshire_db"


def connect_to(monkeypatch: pytest.MonkeyPatch, home: Any, **connection: Any) -> None:
    """Makes the Airflow connection that the sources of these tests name."""
    monkeypatch.setenv("REDRESS_HOME", str(home))
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONNECTION.upper()}", json.dumps(connection))


def source_of(extract: str = "full", feeds: dict[str, Any] | None = None, **settings: Any) -> DatabaseSource:
    """A source; each feed is a table's name, a SELECT, or its settings."""
    definition = {"kind": "database", "connection": CONNECTION, "extract": extract, **settings}
    return DatabaseSource(
        "barsetshire",
        DatabaseDefinition.model_validate(definition | {"feeds": {n: _feed(f) for n, f in (feeds or {}).items()}}),
    )


def _feed(feed: Any) -> dict[str, Any]:
    if isinstance(feed, str):
        feed = {"query" if " " in feed.strip() and feed.lower().startswith(("select", "with")) else "table": feed}
    return {"entities": {"cases": {}}, **feed}


@contextmanager
def opened(source: DatabaseSource) -> Iterator[Opened]:
    (delivery,) = source.deliveries(NIGHT)
    with source.open(delivery) as found:
        yield found


def rows_of(part: Part, since: str | None = None) -> list[dict[str, Any]]:
    """Every row a part hands over."""
    return [row for batch in part.read(since).batches for row in batch.to_pylist()]


def problem_of(source: DatabaseSource, since: str | None = None) -> RedressError:
    """What reading the source's feeds raises."""
    with pytest.raises(RedressError) as caught:
        rows(source, since)
    return caught.value


def rows(source: DatabaseSource, since: str | None = None) -> list[dict[str, Any]]:
    """Every row of a source of one feed."""
    with opened(source) as found:
        (part,) = found.parts
        return rows_of(part, since)
