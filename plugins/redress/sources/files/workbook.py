"""Reads one sheet of an Excel workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from redress.errors import RejectedFile
from redress.sources.base import Reading
from redress.sources.definition import FileFeed
from redress.sources.files.cells import as_text
from redress.sources.files.encoding import sha256_of
from redress.sources.files.header import Spans, find_header, no_header, rows_to_look_at
from redress.sources.files.safety import check_workbook
from redress.sources.files.sheets import Extent, extent_of
from redress.sources.files.table import Row, batches_below

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


def read_sheet(path: Path, name: str, feed: FileFeed) -> Reading:
    """The table of the feed's sheet. name: what people know the file by. source_row is Excel's row number.

    Raises RejectedFile for a workbook that is refused or damaged, has no such sheet, or no header in it.
    """
    check_workbook(path, name)
    sha256 = sha256_of(path)
    title = _title(path, name, feed)
    where = f": sheet {title!r}"
    extent = extent_of(path, name, title)
    sheet = _sheet(path, name, title)
    left = sheet.start[1] if sheet.start else 0
    head = _rows(sheet, extent, left, rows_to_look_at(feed))
    header = find_header(head, feed, _spans(sheet, left))
    if not header:
        raise no_header(name, where, feed)
    batches = batches_below(header, _rows(sheet, extent, left), feed, name, where, ragged=True)
    places = {column: left + place for column, place in header.columns.items()}
    return Reading(dict.fromkeys(places), batches, sha256, places=places)


def _title(path: Path, name: str, feed: FileFeed) -> str:
    """The name of the sheet, as the workbook writes it; without one in source.yml, that of the only visible sheet."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    with _workbook(path, name) as workbook:
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    titles = [sheet.name for sheet in sheets]
    there = ", ".join(repr(title) for title in titles) or "none"
    if feed.sheet is None:
        visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        if len(visible) == 1:
            return visible[0]
        raise RejectedFile(
            f"{name} has {len(visible)} visible sheets ({there}); say in source.yml which one {feed.name} is (sheet:)."
        )
    asked = feed.sheet.strip().casefold()
    found = [title for title in titles if title.strip().casefold() == asked]
    if not found:
        raise RejectedFile(
            f"{name} has no sheet {feed.sheet!r} (there: {there}); correct sheet in source.yml, or the workbook."
        )
    return found[0]


def _sheet(path: Path, name: str, title: str) -> "CalamineSheet":
    with _workbook(path, name) as workbook:
        return workbook.get_sheet_by_name(title)


@contextmanager
def _workbook(path: Path, name: str) -> Iterator["CalamineWorkbook"]:
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    except (RejectedFile, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # the reader's own failures may be panics, which are no Exception
        raise RejectedFile(
            f"{name} cannot be read as a workbook; open it in Excel, save it as .xlsx and deliver it again."
        ) from None


def _rows(sheet: "CalamineSheet", extent: Extent, left: int, most: int | None = None) -> Iterator[Row]:
    """Rows with Excel's number, beginning with row 1. left: the column, from 0, that their first cell is in."""
    errors: dict[int, dict[int, str]] = {}
    for (row, column), text in extent.errors.items():
        errors.setdefault(row, {})[column - left] = text
    for row, values in enumerate(islice(sheet.iter_rows(), most)):
        cells = [as_text(value) for value in values]
        for column, text in errors.get(row, {}).items():
            cells[column] = text
        yield row + 1, cells


def _spans(sheet: "CalamineSheet", left: int) -> Spans:
    merged = sheet.merged_cell_ranges or []
    return [((top, first - left), (bottom, last - left)) for (top, first), (bottom, last) in merged if first >= left]
