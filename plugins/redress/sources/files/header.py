"""Finds the row that names the columns, and which of them a feed can use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redress.contract.mapping.headers import loosened
from redress.errors import RejectedFile
from redress.sources.definition import FileFeed
from redress.sources.files.wanted import sought

ROWS_SEARCHED = 30
ROWS_OF_HEADING = 3

Cells = Sequence[str]
Spans = Sequence[tuple[tuple[int, int], tuple[int, int]]]
"""Merged ranges: first and last cell, each as row and column counted from 0."""


@dataclass(frozen=True)
class Header:
    """row: its number, from 1. names: one a column; a column without a heading has none. found: of what was sought."""

    row: int
    names: tuple[str, ...]
    found: int

    @property
    def columns(self) -> dict[str, int]:
        """Each name and its place; of a repeated name the first."""
        places: dict[str, int] = {}
        for place, name in enumerate(self.names):
            if name:
                places.setdefault(name, place)
        return places


def find_header(rows: Iterable[tuple[int, Cells]], feed: FileFeed, spans: Spans = ()) -> Header | None:
    """The header among the first rows of a table, numbered from 1; None if no row looks like one.

    It is the first row in which at least half of what is sought is found, or the row whose number source.yml gives.
    A heading merged with the row below it makes that row the header; one merged over several columns above it is
    put before theirs, where they would be called the same otherwise or source.yml calls them so.
    """
    groups = sought(feed)
    head = dict(rows)
    numbers = (
        [feed.header_row]
        if isinstance(feed.header_row, int)
        else [number for number in sorted(head) if number <= ROWS_SEARCHED]
    )
    for number in numbers:
        row = _last_row_of_heading(number, spans)
        names = _names(head, row, spans, frozenset().union(*groups))
        found = _found(groups, names)
        if any(names) and (feed.header_row != "find" or (found and 2 * found >= len(groups))):
            return Header(row, names, found)
    return None


def rows_to_look_at(feed: FileFeed) -> int:
    """How many rows from the top are needed to find the header."""
    return (feed.header_row if isinstance(feed.header_row, int) else ROWS_SEARCHED) + ROWS_OF_HEADING


def no_header(name: str, where: str, feed: FileFeed) -> RejectedFile:
    """Why a table without a header is refused. Headings of the file are not shown: they may be values of a record."""
    if isinstance(feed.header_row, int):
        return RejectedFile(
            f"{name}{where}: row {feed.header_row}, where source.yml looks for the headings of {feed.name}, is empty; "
            "correct header_row."
        )
    return RejectedFile(
        f"{name}{where}: none of the first {ROWS_SEARCHED} rows names at least half of the {len(sought(feed))} columns "
        f"that {feed.name} is read from; correct the names in source.yml, or give header_row there."
    )


def check_not_repeated(header: Header, wanted: Iterable[str], name: str, where: str) -> None:
    """Raises RejectedFile if two columns bear the name of one that is wanted."""
    twice = [column for column in wanted if header.names.count(column) > 1]
    if twice:
        raise RejectedFile(
            f"{name}{where}: row {header.row} names a column twice ({', '.join(twice)}); "
            "keep one of them and deliver it again."
        )


def _found(groups: list[frozenset[str]], names: Iterable[str]) -> int:
    keys = {loosened(name) for name in names if name}
    return sum(not keys.isdisjoint(group) for group in groups)


def _last_row_of_heading(number: int, spans: Spans) -> int:
    """The row itself, or the one down to which a heading of it is merged."""
    return max([number, *(last[0] + 1 for first, last in spans if first[0] + 1 == number and last[0] > first[0])])


def _names(head: dict[int, Cells], row: int, spans: Spans, known: frozenset[str]) -> tuple[str, ...]:
    own = [_tidy(cell) for cell in head.get(row, ())]
    above = [""] * len(own)
    for (top, left), (bottom, right) in spans:
        heading = _tidy(_cell(head.get(top + 1, ()), left))
        if top + 1 < row <= bottom + 1 and left < len(own):
            own[left] = own[left] or heading
        elif bottom + 2 == row and right > left:
            above[left : right + 1] = [heading] * len(above[left : right + 1])
    return tuple(
        f"{over} {name}" if over and name and (loosened(f"{over} {name}") in known or own.count(name) > 1) else name
        for over, name in zip(above, own, strict=True)
    )


def _cell(cells: Cells, place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _tidy(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split())
