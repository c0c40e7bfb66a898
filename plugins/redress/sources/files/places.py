"""Where files lie: the few things that are done with a folder, wherever it is."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from redress.errors import RedressError
from redress.paths import fill_environment
from redress.sources.definition import FilesDefinition

_CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]*://[^@]*:[^@]*@", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A file as it is listed. modified: seconds since 1970, where the place says so."""

    name: str
    size: int
    modified: float | None


class Place(Protocol):
    """A folder. Its methods raise SourceUnavailable when it cannot be reached, RedressError when it is not set up."""

    @property
    def address(self) -> str:
        """As people write it, without login or password."""
        ...

    def files(self) -> list[Found]:
        """The files in the folder itself, not those in folders below it."""
        ...

    def look(self, name: str) -> Found | None:
        """One file as it is now; None if it is not there."""
        ...

    def address_of(self, name: str) -> str:
        """The address of a file in the folder."""
        ...

    def name_at(self, address: str) -> str | None:
        """The name of the file at an address; None for an address outside the folder."""
        ...

    def on_this_machine(self, found: Found) -> AbstractContextManager[Path]:
        """The file, or a copy of it that is gone afterwards.

        Raises SourceUnavailable if it is not what was found, before or after it was copied.
        """
        ...

    def move(self, name: str, folder: str) -> None:
        """Moves a file into a folder at the same place, under another name where its own is taken there."""
        ...


@contextmanager
def place_of(council: str, definition: FilesDefinition) -> Iterator[Place]:
    """The folder of a source.yml, for as long as it is needed.

    Raises RedressError for an address with a password in it, which is not shown.
    """
    path = fill_environment(definition.path)
    if _CREDENTIALS.match(path):
        raise RedressError(
            f"path in the source.yml of {council} holds a password; take it out and put login and password into an "
            "Airflow connection, named by connection."
        )
    if "://" not in path or path.startswith("file://"):
        from redress.sources.files.local import LocalPlace

        folder = unquote(urlsplit(path).path) if path.startswith("file://") else path
        yield LocalPlace(council, Path(folder).expanduser().resolve())
        return
    from redress.sources.files.remote import remote_place

    with remote_place(council, path, definition.connection) as place:
        yield place


def other_names(name: str) -> Iterator[str]:
    """The name itself, then the names that are tried where it is taken: cases.csv, cases_2.csv, cases_3.csv."""
    yield name
    path = Path(name)
    for number in range(2, 10_000):
        yield f"{path.stem}_{number}{path.suffix}"
