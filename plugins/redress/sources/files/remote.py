"""A folder on a server or in an object store, through fsspec."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from redress.errors import RedressError, SourceUnavailable
from redress.sources.files.local import changed
from redress.sources.files.places import Found, other_names
from redress.sources.files.stores import Store, address_of, failure, open_store

CHUNK = 1024 * 1024

_MODIFIED = ("mtime", "LastModified", "last_modified", "modified", "created")

T = TypeVar("T")


@contextmanager
def remote_place(council: str, address: str, connection: str | None) -> Iterator["RemotePlace"]:
    """The folder at an address, connected to for as long as it is needed.

    Raises RedressError if the address or the connection cannot be right, SourceUnavailable if nobody answers.
    """
    parts = urlsplit(address)
    with open_store(council, parts, connection) as store:
        yield RemotePlace(council, parts, store)


@dataclass(frozen=True)
class RemotePlace:
    """A folder behind an address."""

    council: str
    parts: SplitResult
    store: Store

    @property
    def address(self) -> str:
        """Without a login."""
        return address_of(self.parts)

    def files(self) -> list[Found]:
        try:
            listed = self._ask(self.store.list)
        except FileNotFoundError:
            raise RedressError(
                f"{self.council}: there is no folder {self.address}; create it, or correct path in source.yml."
            ) from None
        return [_found(facts) for facts in listed if facts["type"] == "file"]

    def look(self, name: str) -> Found | None:
        try:
            facts = self._ask(lambda: self.store.look(name))
        except FileNotFoundError:
            return None
        return _found(facts) if facts["type"] == "file" else None

    def address_of(self, name: str) -> str:
        return f"{self.address}/{name}"

    def name_at(self, address: str) -> str | None:
        folder, _, name = address.rpartition("/")
        return name if folder == self.address and name not in ("", ".", "..") else None

    @contextmanager
    def on_this_machine(self, found: Found) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="redress-") as folder:
            copy = Path(folder) / "fetched"
            self._fetch(found, copy)
            yield copy

    def move(self, name: str, folder: str) -> None:
        if "://" in folder:
            raise RedressError(
                f"{self.council}: move_to in source.yml is an address; give a folder of {self.address}, or one from "
                "the root of the same server (/landed)."
            )
        try:
            self._ask(lambda: self.store.make_folder(folder))
            taken = {name_of(facts) for facts in self._ask(lambda: self.store.list(folder))}
            free = next(other for other in other_names(name) if other not in taken)
            self._ask(lambda: self.store.rename(name, folder, free))
        except FileNotFoundError:
            raise changed(name) from None

    def _fetch(self, found: Found, copy: Path) -> None:
        if self.look(found.name) != found:
            raise changed(found.name)
        arrived = 0
        with copy.open("wb") as file:
            for chunk in self._chunks(found.name):
                arrived += len(chunk)
                if arrived > found.size:
                    break
                file.write(chunk)
        if self.look(found.name) != found:
            raise changed(found.name)
        if arrived != found.size:
            amount = "more" if arrived > found.size else f"{arrived:,}"
            raise SourceUnavailable(
                f"{found.name} was announced with {found.size:,} bytes at {self.address}, but {amount} arrived; "
                "it is fetched again at the next try."
            )

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            chunks = self.store.read(name, CHUNK)
            while chunk := self._ask(lambda: next(chunks, b"")):
                yield chunk
        except FileNotFoundError:
            raise changed(name) from None

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except FileNotFoundError:
            raise
        except Exception as problem:
            raise failure(self.council, self.address, problem) from None


def name_of(facts: dict[str, Any]) -> str:
    """The last part of a listed path."""
    return str(facts["name"]).rstrip("/").rpartition("/")[2]


def _found(facts: dict[str, Any]) -> Found:
    modified = next((facts[key] for key in _MODIFIED if facts.get(key)), None)
    seconds = modified.timestamp() if isinstance(modified, datetime) else modified
    return Found(name_of(facts), facts["size"] or 0, seconds if isinstance(seconds, (int, float)) else None)
