"""The rows of a statement as Arrow tables of text, a batch at a time, while the rest stays with the server."""

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, Select

from redress.sources.database.text import HoldsBytes, text_array

COPY_BYTES = 8 * 2**20


def by_cursor(connection: Connection, statement: Select[Any], names: Sequence[str], rows: int) -> Generator[pa.Table]:
    """Fetches from the driver's own cursor: its rows need nothing of what SQLAlchemy would add to them.

    The driver must leave the rows with the server. Raises HoldsBytes.
    """
    result = connection.execute(statement)
    cursor: Any = result.cursor
    while fetched := cursor.fetchmany(rows):
        columns = zip(names, zip(*fetched, strict=True), strict=True)
        yield pa.table([_text(name, values) for name, values in columns], names=list(names))
    result.close()


def by_copy(connection: Connection, statement: Select[Any], names: Sequence[str], rows: int) -> Generator[pa.Table]:
    """Has PostgreSQL write CSV, which Arrow reads several times as fast as Python takes rows from a cursor.

    Every column of the statement must be text. Raises pyarrow.ArrowInvalid for a row longer than COPY_BYTES.
    """
    from psycopg import ClientCursor

    driver: Any = connection.connection.driver_connection
    compiled = statement.compile(dialect=connection.dialect)
    query = ClientCursor(driver).mogrify(compiled.string, compiled.params)
    with driver.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format csv)") as copied:
        chunks = _Chunks(copied)
        if not chunks.left:
            return
        reader = csv.open_csv(
            pa.PythonFile(chunks, mode="r"),
            read_options=csv.ReadOptions(use_threads=False, block_size=COPY_BYTES, column_names=list(names)),
            parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        yield from _of_size(reader, rows)


def ahead(tables: Generator[pa.Table]) -> Generator[pa.Table]:
    """The same tables, the next one read while the one before is worked on. Closing it waits for the one under way."""
    with ThreadPoolExecutor(1) as reader:
        upcoming = reader.submit(next, tables, None)
        while (table := upcoming.result()) is not None:
            upcoming = reader.submit(next, tables, None)
            yield table


def _of_size(blocks: Iterable[pa.RecordBatch], rows: int) -> Generator[pa.Table]:
    """Blocks of whatever size, joined and cut to so many rows; nothing is copied."""
    waiting: list[pa.RecordBatch] = []
    for block in blocks:
        waiting.append(block)
        if sum(one.num_rows for one in waiting) >= rows:
            whole = pa.Table.from_batches(waiting)
            kept = whole.num_rows % rows
            for first in range(0, whole.num_rows - kept, rows):
                yield whole.slice(first, rows)
            waiting = whole.slice(whole.num_rows - kept).to_batches()
    if waiting:
        yield pa.Table.from_batches(waiting)


def _text(name: str, values: tuple[Any, ...]) -> pa.Array:
    try:
        return text_array(values)
    except HoldsBytes:
        raise HoldsBytes(name) from None


class _Chunks:
    """What PostgreSQL sends row by row, as a file that is read in blocks."""

    closed = False

    def __init__(self, copied: Any) -> None:
        self._copied = copied
        self.left: bytes = copied.read()

    def read(self, size: int) -> bytes:
        block, row = BytesIO(), self.left
        while row and block.tell() + len(row) <= size:
            block.write(row)
            row = self._copied.read()
        if row and not block.tell():
            block.write(row[:size])
            row = row[size:]
        self.left = row
        return block.getvalue()
