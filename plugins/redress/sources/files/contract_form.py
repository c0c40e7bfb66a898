"""Reads a CSV file in contract form, strictly: UTF-8, commas, the contract's names in its first row."""

import codecs
import hashlib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import load_contract
from redress.errors import RejectedFile
from redress.sources.base import Reading

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_LINE = 1024 * 1024
BATCH_BYTES = 8 * 1024 * 1024


def read_contract_form(path: Path, name: str, entity: str) -> Reading:
    """Checks the bytes once, then hands out the contract's columns in batches.

    name: what people know the file by. Raises RejectedFile for bytes or rows that cannot be read.
    """
    sha256 = _check_bytes(path, name)
    header = _header(path, name)
    places = {column: place for place, column in enumerate(header) if column}
    return Reading(dict.fromkeys(places), _batches(path, name, entity, header), sha256, places=places)


def _check_bytes(path: Path, name: str) -> str:
    """The sha256 of the file; refuses bytes that are not UTF-8 and lines no record can need."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, row, line_start, quotes = 0, 1, 0, 0
    with path.open("rb") as file:
        while chunk := file.read(BATCH_BYTES):
            digest.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as problem:
                start = problem.start - (len(problem.object) - len(chunk))
                bad_row = row + chunk.count(b"\n", 0, max(start, 0))
                raise RejectedFile(
                    f"{name} is not UTF-8: row {bad_row}, byte {offset + start + 1}; "
                    "save it as CSV UTF-8 and deliver it again."
                ) from None
            if b"\x00" in chunk:
                raise RejectedFile(
                    f"{name} holds a zero byte (byte {offset + chunk.index(0) + 1}), so it is not a text file; "
                    "save it as CSV UTF-8 and deliver it again."
                )
            line_start = _check_line_lengths(name, chunk, offset, row, line_start)
            row += chunk.count(b"\n")
            quotes += chunk.count(b'"')
            offset += len(chunk)
        if decoder.getstate()[0]:
            raise RejectedFile(
                f"{name} ends in the middle of a character (byte {offset}); it was cut off: deliver it again."
            )
    if quotes % 2:
        raise RejectedFile(
            f"{name} opens a quote that is never closed (rows 1 to {row}, {quotes} quotes in {offset} bytes), "
            "so where its records end is not known; correct it and deliver it again."
        )
    return digest.hexdigest()


def _check_line_lengths(name: str, chunk: bytes, offset: int, row: int, line_start: int) -> int:
    """Where the line open at the end of the chunk began, in bytes from the start of the file."""
    position = 0
    while True:
        newline = chunk.find(b"\n", position)
        end = offset + (len(chunk) if newline < 0 else newline)
        if end - line_start > LONGEST_LINE:
            raise RejectedFile(
                f"{name}: the line at row {row}, byte {line_start + 1}, is longer than {LONGEST_LINE:,} bytes, "
                f"so no record can be read from it; check how it was exported and deliver it again."
            )
        if newline < 0:
            return line_start
        position, line_start, row = newline + 1, offset + newline + 1, row + 1


def _header(path: Path, name: str) -> tuple[str, ...]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            names = tuple(cell.strip() for cell in next(csv.reader(file), []))
        except csv.Error:
            raise RejectedFile(
                f"{name}: the header row cannot be read as CSV; deliver it again with the contract's column names."
            ) from None
    twice = sorted({column for column in names if column and names.count(column) > 1})
    if twice:
        known = [column for column in twice if _is_contract_column(column)]
        raise RejectedFile(
            f"{name}: row 1 names a column twice ({', '.join(known) or 'outside the contract'}); "
            "keep one of them and deliver it again."
        )
    return names


def _is_contract_column(name: str) -> bool:
    return any(name in entity.columns for entity in load_contract().entities.values())


def _batches(path: Path, name: str, entity: str, header: tuple[str, ...]) -> Iterator["pa.Table"]:
    """Text columns of the contract and source_row, a batch at a time; rows empty in all of them are left out."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    wanted = [column for column in header if column in load_contract().entities[entity].columns]
    if not wanted:
        return
    malformed: list[tuple[int, int, int]] = []

    def on_malformed(row: csv.InvalidRow) -> str:
        malformed.append((row.number, row.expected_columns, row.actual_columns))
        return "error"

    rows_read = 1
    try:
        reader = csv.open_csv(
            path,
            read_options=csv.ReadOptions(
                use_threads=False, block_size=BATCH_BYTES, column_names=list(header), skip_rows=1
            ),
            parse_options=csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=on_malformed
            ),
            convert_options=csv.ConvertOptions(
                include_columns=wanted,
                column_types={column: pa.string() for column in wanted},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        for batch in reader:
            numbers = pa.array(np.arange(rows_read + 1, rows_read + 1 + batch.num_rows))
            rows_read += batch.num_rows
            table = pa.Table.from_batches([batch]).append_column("source_row", numbers)
            filled = [pc.is_valid(table[column]) for column in wanted]
            yield table.filter(reduce(pc.or_, filled))
    except pa.ArrowInvalid:
        if not malformed and rows_read == 1 and _is_only_a_header(path):
            return
        raise RejectedFile(_why_unreadable(name, malformed, rows_read)) from None


def _is_only_a_header(path: Path) -> bool:
    with path.open(encoding="utf-8-sig") as file:
        file.readline()
        return not file.read(1)


def _why_unreadable(name: str, malformed: list[tuple[int, int, int]], rows_read: int) -> str:
    if malformed:
        row, expected, actual = malformed[0]
        return (
            f"{name}: row {row} has {actual} fields where the header has {expected}; "
            "correct that row (a comma inside a value needs quotes) and deliver it again."
        )
    return f"{name}: a record after row {rows_read} cannot be read as CSV; correct it and deliver it again."
