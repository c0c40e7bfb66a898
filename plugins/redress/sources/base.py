"""What every kind of source offers: deliveries that can be found, and read as text in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from redress.councils import Council

if TYPE_CHECKING:
    import pyarrow as pa

ExtractKind = Literal["full", "changes"]


@dataclass(frozen=True)
class Delivery:
    """One extract of one entity, not yet landed."""

    council: str
    entity: str
    location: Path
    extract_date: date
    extract_kind: ExtractKind

    @property
    def name(self) -> str:
        """The name people know it by."""
        return self.location.name


@dataclass(frozen=True)
class Content:
    """An opened delivery: its fingerprint, the names in its header, and its rows as text.

    batches yields Arrow tables of text columns (contract columns only, empty is null) and
    `source_row`, the row number a clerk sees in a spreadsheet (the header is row 1).
    """

    sha256: str
    header: tuple[str, ...]
    batches: Iterator["pa.Table"]


class Source(Protocol):
    """A kind of source. It may raise RejectedFile from either method, or while batches are read."""

    def deliveries(self, extract_date: date) -> list[Delivery]:
        """What is there to take, up to and including the extract date."""
        ...

    def delivery(self, location: Path, extract_date: date) -> Delivery:
        """The delivery at a place deliveries() named."""
        ...

    def open(self, delivery: Delivery) -> Content:
        """Opens one delivery for reading."""
        ...


def open_source(council: Council) -> Source:
    """The source a council's source.yml names."""
    from redress.sources.files import FileSource

    return FileSource(council.name, council.source.folder, council.source.extract)
