"""Looks at a file, or at every file of a folder, as the readers of files will: tables with all their columns."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract.mapping.definition import ColumnRule, EntityMapping
from redress.errors import UsageError
from redress.sources.definition import FileFeed
from redress.sources.files.names import is_unfinished
from redress.sources.proposing.table import ROWS_SEARCHED, Table, guess_header_row, known_headers, sampled

if TYPE_CHECKING:
    from redress.sources.base import Reading

DELIMITERS = (",", ";", "|", "\t")
TABLE_FILES = (".csv", ".txt", ".tsv", ".xlsx")

Rows = Sequence[Sequence[str]]


def tables_of(path: Path) -> list[Table]:
    """Every table of a file or folder that has a header.

    Raises UsageError where there is none, RejectedFile for a file that cannot be read.
    """
    if not path.exists():
        raise UsageError(f"There is nothing at {path}; give a CSV file, a workbook or a folder of them.")
    files = [path] if path.is_file() else sorted(_files_in(path))
    tables = [table for file in files for table in _tables_in(file)]
    if not tables:
        raise UsageError(
            f"No table with a header and rows was found at {path}; give a CSV file, a workbook or a folder of them."
        )
    return tables


def _files_in(folder: Path) -> Iterator[Path]:
    for file in folder.iterdir():
        if file.is_file() and file.suffix.lower() in TABLE_FILES and not is_unfinished(file.name):
            yield file


def _tables_in(file: Path) -> Iterator[Table]:
    from redress.sources.files.safety import is_workbook

    if is_workbook(file, file.name):
        yield from _sheets_of(file)
    elif table := _csv_of(file):
        yield table


def _csv_of(file: Path) -> Table | None:
    from redress.sources.files.encoding import encoding_of
    from redress.sources.files.text import read_text

    codec = encoding_of(file, file.name, "detect")
    heads = {delimiter: _head(file, codec, delimiter) for delimiter in DELIMITERS}
    delimiter, head = max(heads.items(), key=lambda item: _looks_like_a_table(item[1]))
    row = guess_header_row(head)
    if row is None:
        return None
    feed = _feed(file.name, row, head[row - 1]).model_copy(update={"delimiter": delimiter})
    names = list(read_text(file, file.name, feed).columns)
    names, repeated = _without_repeated(names, head[row - 1])
    reading = read_text(file, file.name, _feed(file.name, row, names).model_copy(update={"delimiter": delimiter}))
    return _table(file.name, reading, names, row, None, repeated)


def _sheets_of(file: Path) -> Iterator[Table]:
    from redress.sources.files.safety import check_workbook
    from redress.sources.files.workbook import read_sheet

    check_workbook(file, file.name)
    for sheet, head in _heads_of_sheets(file):
        row = guess_header_row(head)
        if row is None:
            continue
        names = list(read_sheet(file, file.name, _feed(file.name, row, head[row - 1], sheet)).columns)
        names, repeated = _without_repeated(names, head[row - 1])
        reading = read_sheet(file, file.name, _feed(file.name, row, names, sheet))
        if table := _table(file.name, reading, names, row, sheet, repeated):
            yield table


def _heads_of_sheets(file: Path) -> list[tuple[str, Rows]]:
    """The visible sheets and their first rows. Raises RejectedFile for a sheet that would fill the memory."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    from redress.sources.files.cells import as_text
    from redress.sources.files.sheets import extent_of

    with CalamineWorkbook.from_path(file) as workbook:
        shown = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        for name in shown:
            extent_of(file, file.name, name)
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in shown]
        return [
            (name, [[as_text(cell) for cell in row] for row in islice(sheet.iter_rows(), ROWS_SEARCHED)])
            for name, sheet in sheets
        ]


def _head(file: Path, codec: str, delimiter: str) -> Rows:
    with file.open(encoding=codec, newline="") as lines:
        try:
            return list(islice(csv.reader(lines, delimiter=delimiter), ROWS_SEARCHED))
        except csv.Error:
            return []


def _looks_like_a_table(head: Rows) -> tuple[int, int]:
    """Known headers in the best row, then the number of its columns."""
    return max(((known_headers(row), len(row)) for row in head), default=(0, 0))


def _feed(file: str, row: int, names: Sequence[str], sheet: str | None = None) -> FileFeed:
    """A feed that asks for every column of a table."""
    wanted = tuple(dict.fromkeys(name for name in names if name.strip())) or ("case_ref",)
    mapping = EntityMapping(columns={"case_ref": ColumnRule(column=wanted)})
    return FileFeed(name="sample", file=file, sheet=sheet, header_row=row, entities={"cases": mapping})


def _without_repeated(names: Sequence[str], cells: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The names that one column alone bears, and the others."""
    written = [" ".join(cell.split()) for cell in cells]
    repeated = tuple(name for name in names if written.count(name) > 1)
    return [name for name in names if name not in repeated], repeated


def _table(
    file: str, reading: "Reading", names: Sequence[str], row: int, sheet: str | None, repeated: tuple[str, ...]
) -> Table | None:
    import pyarrow as pa

    batches = list(reading.batches)
    if not batches and known_headers(names) < 2:
        return None
    empty = pa.table({name: pa.array([], pa.string()) for name in names})
    columns, rows, totals = sampled(pa.concat_tables(batches) if batches else empty, names)
    return Table(file, columns, rows, row, sheet, repeated, totals)
