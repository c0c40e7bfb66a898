"""From numbered rows of text below a header to Arrow batches: blank rows, totals and widths."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from redress.errors import RejectedFile
from redress.sources.definition import FileFeed
from redress.sources.files.header import Header, check_not_repeated
from redress.sources.files.wanted import wanted_columns

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 20_000
BATCH_CHARACTERS = 8 * 1024 * 1024

Row = tuple[int, Sequence[str]]

log = logging.getLogger(__name__)


def batches_below(
    header: Header, rows: Iterable[Row], feed: FileFeed, name: str, where: str, ragged: bool
) -> Iterator["pa.Table"]:
    """Every row below the header that is filled under a heading, and its number; columns not wanted come empty.

    ragged: whether rows may end early, as they do in a workbook. Raises RejectedFile for a wanted column named twice,
    and for a row with fewer fields than the header or with values beyond it.
    """
    wanted = wanted_columns(feed, list(header.columns))
    check_not_repeated(header, wanted, name, where)
    places = [header.columns[column] for column in wanted]
    below = (row for row in rows if row[0] > header.row)
    filled = _filled(below, header)
    kept = _without_totals(filled, feed.totals_row, name + where) if feed.totals_row else filled
    for numbers, texts in _batched(_as_wide_as(header, kept, name + where, ragged), places):
        yield _arrow(header, wanted, numbers, texts)


def _filled(rows: Iterable[Row], header: Header) -> Iterator[Row]:
    """Rows with something under a heading, or beyond all of them."""
    unnamed = [place for place, column in enumerate(header.names) if not column]
    for number, cells in rows:
        if not "".join(cells).strip():
            continue
        if unnamed and not any(cell.strip() for place, cell in enumerate(cells) if place not in unnamed):
            continue
        yield number, cells


def _without_totals(rows: Iterable[Row], beginning: str, what: str) -> Iterator[Row]:
    """Rows but for those at the end whose first filled cell begins so."""
    held: list[Row] = []
    for row in rows:
        if next(cell for cell in row[1] if cell.strip()).strip().casefold().startswith(beginning.strip().casefold()):
            held.append(row)
            continue
        yield from held
        held = []
        yield row
    if held:
        log.info("%s: left out as totals at the end: row %s.", what, ", ".join(str(number) for number, _ in held))


def _as_wide_as(header: Header, rows: Iterable[Row], what: str, ragged: bool) -> Iterator[Row]:
    width = len(header.names)
    needed = max(header.columns.values()) + 1
    for number, cells in rows:
        if len(cells) < needed:
            if not ragged:
                raise _wrong_width(what, number, len(cells), width)
            cells = [*cells, *[""] * (needed - len(cells))]
        elif len(cells) > width and not ragged and any(cell.strip() for cell in cells[width:]):
            raise _wrong_width(what, number, len(cells), width)
        yield number, cells


def _wrong_width(what: str, number: int, fields: int, width: int) -> RejectedFile:
    return RejectedFile(
        f"{what}: row {number} has {fields} fields where the header has {width}; "
        "correct that row (a separator inside a value needs quotes) and deliver it again."
    )


def _batched(rows: Iterable[Row], places: list[int]) -> Iterator[tuple[list[int], list[list[str]]]]:
    numbers: list[int] = []
    texts: list[list[str]] = []
    characters = 0
    for number, cells in rows:
        taken = [cells[place] for place in places]
        numbers.append(number)
        texts.append(taken)
        characters += sum(map(len, taken))
        if len(numbers) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield numbers, texts
            numbers, texts, characters = [], [], 0
    if numbers:
        yield numbers, texts


def _arrow(header: Header, wanted: list[str], numbers: list[int], texts: list[list[str]]) -> "pa.Table":
    """Every column of the header; those that are not wanted are empty."""
    import pyarrow as pa

    columns = dict.fromkeys(header.columns, pa.nulls(len(numbers), pa.string()))
    for column, cells in zip(wanted, zip(*texts, strict=True), strict=False):
        columns[column] = pa.array([text or None for text in cells], pa.string())
    return pa.table({**columns, "source_row": pa.array(numbers, pa.int64())})
