"""A web service of one council: one delivery a night, from the requests that its feeds name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from redress.contract.mapping.definition import Feed
from redress.errors import RedressError
from redress.sources.base import Delivery, Opened, Part, Reading
from redress.sources.connections import get_connection
from redress.sources.definition import EndpointFeed, RestDefinition
from redress.sources.rest.window import filled, newest

if TYPE_CHECKING:
    import pyarrow as pa

    from redress.sources.rest.client import Client
    from redress.sources.rest.records import Rows

Request = tuple[str, tuple[tuple[str, str], ...]]
"""An endpoint and its parameters, filled in. Feeds with the same one share its answers."""


@dataclass(frozen=True)
class RestSource:
    """The web service of one council."""

    council: str
    definition: RestDefinition

    def deliveries(self, extract_date: date) -> list[Delivery]:
        """The one delivery of the night; nothing is asked of the service yet.

        Raises RedressError when the connection is missing, or is no address.
        """
        from redress.sources.rest.address import service_address

        service_address(get_connection(self.definition.connection))
        return [self._delivery(extract_date)]

    def delivery(self, location: str, extract_date: date) -> Delivery:
        """The delivery of the night. Raises RedressError for a place that is not this service."""
        found = self._delivery(extract_date)
        if location != found.location:
            raise RedressError(
                f"{location} is not the source of {self.council}, which is {found.location}; "
                "look at connection in the council's source.yml."
            )
        return found

    @contextmanager
    def open(self, delivery: Delivery) -> Iterator[Opened]:
        """One part a feed. Requests are sent when a part is read, each once a delivery."""
        from redress.sources.rest.client import Client

        definition = self.definition
        with Client(
            get_connection(definition.connection), definition.auth, definition.limits, definition.headers
        ) as client:
            night = _Night(client, definition, delivery.extract_date)
            yield Opened(
                tuple(Part(feed, _title(feed), partial(night.read, feed)) for feed in definition.feeds.values())
            )

    def landed(self, delivery: Delivery) -> None:
        """Nothing is to be done: a service keeps its records."""

    def _delivery(self, extract_date: date) -> Delivery:
        connection = self.definition.connection
        entities = dict.fromkeys(entity for feed in self.definition.feeds.values() for entity in feed.entities)
        return Delivery(
            self.council, f"rest:{connection}", connection, extract_date, self.definition.extract, tuple(entities)
        )


@dataclass
class _Night:
    """What was read in one night, until the feed it is for has taken it."""

    client: "Client"
    definition: RestDefinition
    until: date
    kept: dict[tuple[Request, str], "Rows"] = field(default_factory=dict)

    def read(self, feed: EndpointFeed, since: str | None) -> Reading:
        """Reads a feed's request to its end, unless another feed's was the same."""
        from redress.sources.rest.series import read_series

        request = self._request(feed, since)
        if (request, feed.name) not in self.kept:
            sharing = [other for other in self.definition.feeds.values() if self._may_share(other, feed)]
            for name, rows in read_series(self.client, self.definition, sharing, dict(request[1])).items():
                self.kept[request, name] = rows
        rows = self.kept.pop((request, feed.name))
        seen: set[str] = set()
        return Reading(
            columns=rows.names(),
            batches=self._watched(rows, feed, seen),
            watermark=lambda: newest(seen, feed.dates or self.definition.dates, self.until, since),
        )

    def _request(self, feed: EndpointFeed, since: str | None) -> Request:
        return feed.endpoint, tuple(sorted(filled(self.definition, feed, self.until, since).items()))

    def _may_share(self, other: EndpointFeed, feed: EndpointFeed) -> bool:
        return (other.endpoint, other.parameters) == (feed.endpoint, feed.parameters)

    def _watched(self, rows: "Rows", feed: EndpointFeed, seen: set[str]) -> Iterator["pa.Table"]:
        """The batches; gathers the values of the watermark's column on the way."""
        import pyarrow.compute as pc

        column = feed.watermark.column if feed.watermark else None
        if column and rows.count and column not in rows.names():
            raise RedressError(
                f"Feed {feed.name}: the answer has no {column}, the column of its watermark; correct it in source.yml."
            )
        for batch in rows.batches():
            if column:
                seen.update(value for value in pc.unique(batch[column]).to_pylist() if value)
            yield batch


def _title(feed: Feed) -> str:
    endpoint = feed.endpoint.strip("/") if isinstance(feed, EndpointFeed) else ""
    return f"{endpoint} ({feed.name})" if endpoint else feed.name
