"""The source of kind files: finds what is delivered, opens it, and puts away what has landed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract.mapping.definition import Feed
from redress.errors import RedressError, RejectedFile, SourceUnavailable
from redress.sources.base import Delivery, Opened, Part, Reading
from redress.sources.definition import FileFeed, FilesDefinition
from redress.sources.files.contract_form import read_contract_form
from redress.sources.files.names import Named, expected, naming
from redress.sources.files.places import Found, Place, place_of
from redress.sources.files.safety import is_workbook
from redress.sources.files.text import read_text
from redress.sources.files.whole import whole_files
from redress.sources.files.workbook import read_sheet

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileSource:
    """The folder of one council."""

    council: str
    definition: FilesDefinition
    _opened: dict[str, Found] = field(default_factory=dict, init=False, repr=False, compare=False)

    def deliveries(self, extract_date: date) -> list[Delivery]:
        """Whole files that source.yml names, oldest first; those dated after the extract date are left alone.

        Raises SourceUnavailable if the folder cannot be reached, RedressError if it is not there or not set up.
        """
        with self._place() as place:
            named = naming(self.definition)
            listed = place.files()
            due = [file for file in listed if _is_due(named(file.name), extract_date)]
            found = [
                self._delivery(place, file.name, known, extract_date)
                for file in whole_files(place, self.definition, listed, due)
                if (known := named(file.name))
            ]
        return sorted(found, key=lambda delivery: (delivery.extract_date, delivery.entities, delivery.name))

    def delivery(self, location: str, extract_date: date) -> Delivery:
        """The delivery that a file in the folder is.

        Raises RedressError for a file elsewhere, or one that is not a delivery of that night.
        """
        with self._place() as place:
            name = place.name_at(location)
            known = naming(self.definition)(name) if name else None
            if not name or not known or not _is_due(known, extract_date) or not place.look(name):
                raise RedressError(
                    f"{Path(location).name} is not a delivery of {self.council} for {extract_date}; put a file named "
                    f"{expected(self.definition)} into {place.address}."
                )
            return self._delivery(place, name, known, extract_date)

    @contextmanager
    def open(self, delivery: Delivery) -> Iterator[Opened]:
        """A part for each of the file's feeds.

        Raises SourceUnavailable if the file cannot be fetched, or is not the same when all of it has been read.
        """
        with self._place() as place:
            found = place.look(delivery.name)
            if not found:
                raise RedressError(f"{delivery.name} is no longer in {place.address}; deliver it again.")
            known = naming(self.definition)(delivery.name)
            feeds = known.feeds if known else ()
            if found.size > self.definition.largest_file:
                yield Opened(tuple(self._refused(feed, found) for feed in feeds))
                return
            self._opened[delivery.location] = found
            with place.on_this_machine(found) as path:
                yield Opened(tuple(_part(feed, path, found.name) for feed in feeds), path)

    def landed(self, delivery: Delivery) -> None:
        """Moves the file and its marker to move_to, unless it has been delivered anew since it was read.

        Raises SourceUnavailable if it cannot be moved.
        """
        if self.definition.move_to is None:
            return
        with self._place() as place:
            found = place.look(delivery.name)
            if not found:
                return
            if self._opened.get(delivery.location, found) != found:
                log.info("%s stays in %s: it has been delivered anew.", delivery.name, place.address)
                return
            marker = self.definition.marker.replace("{name}", delivery.name)
            if self.definition.ready == "marker" and place.look(marker):
                place.move(marker, self.definition.move_to)
            place.move(delivery.name, self.definition.move_to)

    @contextmanager
    def _place(self) -> Iterator[Place]:
        with place_of(self.council, self.definition) as place:
            yield place

    def _delivery(self, place: Place, name: str, known: Named, extract_date: date) -> Delivery:
        return Delivery(
            council=self.council,
            location=place.address_of(name),
            name=name,
            extract_date=known.dated or extract_date,
            extract_kind=self.definition.extract,
            entities=known.entities,
        )

    def _refused(self, feed: Feed, found: Found) -> Part:
        def read(since: str | None) -> Reading:
            raise RejectedFile(
                f"{found.name} has {found.size:,} bytes, more than the {self.definition.largest_file:,} that "
                "source.yml allows; deliver a smaller extract, or raise largest_file."
            )

        return Part(feed, found.name, read, _sheet(feed))


def _is_due(known: Named | None, extract_date: date) -> bool:
    return known is not None and (known.dated or extract_date) <= extract_date


def _part(feed: Feed, path: Path, name: str) -> Part:
    def read(since: str | None) -> Reading:
        with _failures(name):
            reading = _read(feed, path, name)
        return replace(reading, batches=_guarded(reading.batches, name))

    return Part(feed, name, read, _sheet(feed))


def _sheet(feed: Feed) -> str | None:
    return feed.sheet if isinstance(feed, FileFeed) else None


def _read(feed: Feed, path: Path, name: str) -> Reading:
    if not isinstance(feed, FileFeed):
        return read_contract_form(path, name, next(iter(feed.entities)))
    return read_sheet(path, name, feed) if is_workbook(path, name) else read_text(path, name, feed)


def _guarded(batches: Iterator["pa.Table"], name: str) -> Iterator["pa.Table"]:
    while True:
        with _failures(name):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


@contextmanager
def _failures(name: str) -> Iterator[None]:
    """A disk or share that fails in mid-file may work later."""
    try:
        yield
    except OSError as problem:
        raise SourceUnavailable(
            f"{name} cannot be read to its end ({problem.strerror or 'the disk or share fails'}); "
            "look at where it lies, and run it again."
        ) from None
