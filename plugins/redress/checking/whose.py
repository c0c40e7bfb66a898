"""Whose records a file holds, where nobody says so: told by where it lies and what it is called."""

import os
from collections.abc import Iterator
from pathlib import Path

from redress.councils import Council, get_council, load_councils
from redress.errors import RedressError, UsageError
from redress.paths import councils_folder, fill_environment
from redress.sources.definition import FilesDefinition
from redress.sources.files.names import naming

VARIABLE = "REDRESS_COUNCIL"


class Unclear(UsageError):
    """Several councils fit. councils: which."""

    def __init__(self, path: Path, councils: list[Council]) -> None:
        self.councils = councils
        super().__init__(
            f"Whose records {path.name} holds is not clear ({', '.join(one.name for one in councils)}); "
            f"say it with --council, or set {VARIABLE}."
        )


def council_of(path: Path) -> Council | None:
    """The council of a file or folder: REDRESS_COUNCIL, the only one there is, or the only one that fits.

    A council fits by its drop folder, then by a folder of its name around the file, then by a feed that bears the name
    of the file. None where no council is set up. Raises Unclear where none or several fit.
    """
    if name := os.environ.get(VARIABLE):
        return get_council(name)
    councils = list(load_councils().values()) if councils_folder().is_dir() else []
    if len(councils) < 2:
        return councils[0] if councils else None
    around = [path.resolve(), *path.resolve().parents]
    fitting = (
        [one for one in councils if (folder := _drop_folder(one)) and folder in around],
        [one for one in councils if one.name in {folder.name.casefold() for folder in around}],
        [one for one in councils if any(_feeds_name(one, name) for name in _names(path))],
    )
    for found in fitting:
        if len(found) == 1:
            return found[0]
    raise Unclear(path, next((found for found in fitting if found), councils))


def _drop_folder(council: Council) -> Path | None:
    source = _files(council)
    try:
        return (
            Path(fill_environment(source.path)).expanduser().resolve() if source and "://" not in source.path else None
        )
    except RedressError:
        return None


def _feeds_name(council: Council, name: str) -> bool:
    source = _files(council)
    return bool(source and source.feeds and naming(source)(name))


def _files(council: Council) -> FilesDefinition | None:
    """Its source, if that is files and its source.yml can be read: a broken one is nobody else's matter."""
    try:
        return council.source if isinstance(council.source, FilesDefinition) else None
    except RedressError:
        return None


def _names(path: Path) -> Iterator[str]:
    yield from (one.name for one in path.iterdir()) if path.is_dir() else (path.name,)
