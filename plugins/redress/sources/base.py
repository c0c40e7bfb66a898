"""What every kind of source offers: deliveries that can be found, and opened as tables of text."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from redress.contract.mapping.definition import Feed

if TYPE_CHECKING:
    import pyarrow as pa

ExtractKind = Literal["full", "changes"]


@dataclass(frozen=True)
class Delivery:
    """What is read in one go and lands together, or not at all: a file, or all tables of a database.

    location: the address by which the source finds it again; it holds no password.
    entities: what it may hold.
    """

    council: str
    location: str
    name: str
    extract_date: date
    extract_kind: ExtractKind
    entities: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A table that is being read: its columns as the source names them, in order, and its rows as text.

    columns: the source's name and type of each (None where the source does not say).
    batches: Arrow tables of text columns under those names (empty is null), and `source_row`: the row number that
    a clerk sees in a spreadsheet (the header is row 1), or the number of the row in the answer, from 1.
    sha256: of the bytes it was read from, where there are any; the rows themselves are its fingerprint otherwise.
    watermark: after the last batch, the newest value of the feed's watermark column.
    places: where a spreadsheet shows each column, from 0 for A; nothing where the source is no file.
    """

    columns: Mapping[str, str | None]
    batches: Iterator["pa.Table"]
    sha256: str | None = None
    watermark: Callable[[], str | None] = field(default=lambda: None)
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One table of an opened delivery, not yet read.

    name: what people know it by: cases.csv, a workbook, a view. sheet: which sheet of the workbook.
    read: takes the watermark of the last extract (None: read all). It, and the batches after it, may raise
    RejectedFile when what is there cannot be read, and SourceUnavailable when it may be there later.
    """

    feed: Feed
    name: str
    read: Callable[[str | None], Reading]
    sheet: str | None = None


@dataclass(frozen=True)
class Opened:
    """An opened delivery. file: a copy on this machine while it is open, kept when it must be rejected."""

    parts: tuple[Part, ...]
    file: Path | None = None


class Source(Protocol):
    """A kind of source."""

    def deliveries(self, extract_date: date) -> list[Delivery]:
        """What is there to take, up to and including the extract date, oldest first.

        Raises SourceUnavailable when the source cannot be reached, RedressError when it is not set up.
        """
        ...

    def delivery(self, location: str, extract_date: date) -> Delivery:
        """The delivery at a place that deliveries() named. Raises RedressError for any other place."""
        ...

    def open(self, delivery: Delivery) -> AbstractContextManager[Opened]:
        """Opens a delivery for as long as it is read. Raises SourceUnavailable."""
        ...

    def landed(self, delivery: Delivery) -> None:
        """Is told that everything of a delivery has landed, or was rejected and kept."""
        ...
