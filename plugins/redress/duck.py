"""DuckDB connections, all opened the same way: UTC, and closed when the block ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@contextmanager
def connect(path: Path | None = None, read_only: bool = False) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A connection to a file, or to memory where no path is given."""
    import duckdb

    con = duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
    try:
        con.execute("set TimeZone = 'UTC'")
        yield con
    finally:
        con.close()


def text(value: object) -> str:
    """A value as an SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"
