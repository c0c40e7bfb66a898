"""Finds the columns of a source by the names they are known by."""

import difflib
import re
from collections.abc import Iterable, Sequence

from redress.contract.mapping.folding import spaced
from redress.errors import RejectedFile


def loosened(name: str) -> str:
    """A header as others of the same name are written: case, spacing, underscores and a colon behind do not count."""
    return re.sub(r"[ :]+\Z", "", spaced(name.replace("_", " ")))


class Header:
    """The columns of one feed, in order, as the source names them."""

    def __init__(self, feed: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._feed = feed
        self._alike: dict[str, list[str]] = {}
        for name in self.columns:
            self._alike.setdefault(loosened(name), []).append(name)

    def find(self, *names: str) -> str | None:
        """The source's column of the first name that it has: by the exact name, else by the loosened one.

        Raises RejectedFile if two columns answer equally well to a name.
        """
        for name in names:
            exact = [column for column in self.columns if column == name]
            alike = exact or self._alike.get(loosened(name), [])
            if len(alike) > 1:
                raise RejectedFile(
                    f"The feed {self._feed} has {len(alike)} columns that could be {name!r} ({quoted(alike)}); "
                    "name one of them exactly in source.yml, or deliver it with one."
                )
            if alike:
                return alike[0]
        return None

    def nearest(self, name: str) -> list[str]:
        """Columns whose names are near to one that is not there."""
        near = difflib.get_close_matches(loosened(name), self._alike, n=3, cutoff=0.5)
        return [column for key in near for column in self._alike[key]][:3]


def quoted(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(repr(name) for name in names)
