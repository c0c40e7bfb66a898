"""A source whose tables are in memory, which can fail, change and be asked again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from redress.contract.mapping.definition import Feed
from redress.errors import RejectedFile, SourceUnavailable
from redress.sources.base import Delivery, ExtractKind, Opened, Part, Reading

Row = dict[str, str | None]


@dataclass
class TableSource:
    """One delivery a night of all feeds. tables: rows by feed. cut_off, broken: feeds that fail half-way."""

    feeds: dict[str, Feed]
    tables: dict[str, list[Row]]
    extract: ExtractKind = "full"
    cut_off: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    types: Mapping[str, str] = field(default_factory=dict)
    asked_since: list[str | None] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def deliveries(self, extract_date: date) -> list[Delivery]:
        return [self.delivery("tables", extract_date)]

    def delivery(self, location: str, extract_date: date) -> Delivery:
        entities = tuple(dict.fromkeys(name for feed in self.feeds.values() for name in feed.entities))
        return Delivery("barsetshire", location, "tables", extract_date, self.extract, entities)

    @contextmanager
    def open(self, delivery: Delivery) -> Iterator[Opened]:
        yield Opened(tuple(self._part(feed) for feed in self.feeds.values()), file=None)

    def landed(self, delivery: Delivery) -> None:
        self.told.append(delivery.location)

    def _part(self, feed: Feed) -> Part:
        def read(since: str | None) -> Reading:
            self.asked_since.append(since)
            rows = self.tables[feed.name]
            columns = {name: self.types.get(name) for row in rows for name in row}
            return Reading(columns, self._batches(feed.name, rows, list(columns)), None, lambda: self._newest(feed))

        return Part(feed, feed.name, read)

    def _batches(self, name: str, rows: list[Row], columns: list[str]) -> Iterator[pa.Table]:
        for number, row in enumerate(rows, start=1):
            arrays = {column: pa.array([row.get(column)], pa.string()) for column in columns}
            yield pa.table(arrays | {"source_row": pa.array([number], pa.int64())})
        if name in self.cut_off:
            raise SourceUnavailable(f"{name} was cut off; the task tries again.")
        if name in self.broken:
            raise RejectedFile(f"{name} cannot be read.")

    def _newest(self, feed: Feed) -> str | None:
        assert feed.watermark
        return max((str(row[feed.watermark.column]) for row in self.tables[feed.name]), default=None)
