"""A council's database: one delivery a night, all its tables as of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from redress.errors import RedressError
from redress.sources.base import Delivery, Opened, Part, Reading
from redress.sources.connections import get_connection
from redress.sources.definition import DatabaseDefinition

if TYPE_CHECKING:
    from redress.sources.database.reading import FeedReader


class DatabaseSource:
    """The tables, views and queries of one database."""

    def __init__(self, council: str, definition: DatabaseDefinition) -> None:
        self.council = council
        self.definition = definition

    def deliveries(self, extract_date: date) -> list[Delivery]:
        """One: everything as it is when it is read. Nothing is connected yet.

        Raises RedressError when the connection or its driver is missing.
        """
        from redress.sources.database.address import kind_of

        kind_of(get_connection(self.definition.connection))
        return [self.delivery(self._location, extract_date)]

    def delivery(self, location: str, extract_date: date) -> Delivery:
        """The one delivery. Raises RedressError for any other location."""
        if location != self._location:
            raise RedressError(f"{location} is not the database of {self.council}, which is {self._location}.")
        entities = dict.fromkeys(entity for feed in self.definition.feeds.values() for entity in feed.entities)
        return Delivery(
            council=self.council,
            location=location,
            name=self.definition.connection,
            extract_date=extract_date,
            extract_kind=self.definition.extract,
            entities=tuple(entities),
        )

    @contextmanager
    def open(self, delivery: Delivery) -> Iterator[Opened]:
        """Connects and begins the transaction; nothing is ever committed.

        Raises SourceUnavailable, or RedressError when the database will not have this user or cannot be read at once.
        """
        from redress.sources.database.reading import FeedReader
        from redress.sources.database.session import snapshot

        connection = get_connection(self.definition.connection)
        with snapshot(connection, self.definition.statement_timeout) as session:
            readers = [FeedReader(session, feed, self.definition.batch_rows) for feed in self.definition.feeds.values()]
            yield Opened(tuple(_part(reader, delivery) for reader in readers))

    def landed(self, delivery: Delivery) -> None:
        """Nothing to do: a database is not changed by being read."""

    @property
    def _location(self) -> str:
        return f"database:{self.definition.connection}"


def _part(reader: "FeedReader", delivery: Delivery) -> Part:
    def read(since: str | None) -> Reading:
        return reader.read(since if delivery.extract_kind == "changes" else None, delivery.extract_date)

    return Part(feed=reader.feed, name=reader.part, read=read)
