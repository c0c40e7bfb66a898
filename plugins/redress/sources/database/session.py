"""A connection to a database in a read-only transaction, from its beginning to its end."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Engine, Select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import Executable

from redress.sources import connections
from redress.sources.database.dialects import Dialect, dialect_of, engine_of
from redress.sources.database.failures import Failures

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Generator["pa.Table"]


@dataclass
class Session:
    """An open transaction. Whatever goes wrong inside explained() is told in one sentence."""

    connection: Connection
    dialect: Dialect
    failures: Failures
    streaming: Rows | None = None

    def execute(self, statement: Executable) -> CursorResult[Any]:
        """Runs a statement, after the rows of the one before have all come in."""
        self._finish()
        self.dialect.allow()
        return self.connection.execute(statement)

    def stream(self, statement: Select[Any], names: Sequence[str], rows: int) -> Rows:
        """Runs a statement whose rows stay with the server until they are taken by next_of, some at a time."""
        self._finish()
        self.streaming = self.dialect.stream(self.connection, statement, names, rows)
        return self.streaming

    def next_of(self, stream: Rows) -> "pa.Table | None":
        """The next rows as text; None after the last. Raises HoldsBytes."""
        if stream is not self.streaming:
            raise RuntimeError("The tables of a database are read one after the other.")
        self.dialect.allow()
        return next(stream, None)

    def leave(self) -> None:
        """Takes no more of the rows that are still to come."""
        if self.streaming:
            self.streaming.close()

    def _finish(self) -> None:
        while self.streaming and self.next_of(self.streaming) is not None:
            pass
        self.streaming = None

    @contextmanager
    def explained(self, part: str) -> Iterator[None]:
        """Raises SourceUnavailable or RedressError instead of what the driver raises."""
        with _explained(self.connection.engine, self.failures, part):
            yield


@contextmanager
def snapshot(connection: connections.Connection, statement_timeout: int) -> Iterator[Session]:
    """A transaction in which every table is seen as of its beginning; nothing is ever committed.

    Raises SourceUnavailable when the database cannot be reached, RedressError when it will not have this user or cannot
    be read as of one moment.
    """
    dialect = dialect_of(connection, statement_timeout)
    engine = engine_of(connection, dialect)
    failures = Failures(connection, engine.dialect.name, statement_timeout)
    with _explained(engine, failures, f"Connection {connection.id}"):
        opened = engine.connect()
    session = Session(opened, dialect, failures)
    try:
        with session.explained(f"Connection {connection.id}"):
            session.connection = dialect.begin(opened)
        yield session
    finally:
        _hang_up(session)


def _hang_up(session: Session) -> None:
    """Ends the connection in mid-stream: closed in order, a driver would fetch every row that is still to come."""
    with suppress(Exception):
        session.dialect.leave(session.connection.connection.driver_connection)
    with suppress(Exception):
        session.leave()
    with suppress(Exception):
        session.connection.invalidate()
    with suppress(Exception):
        session.connection.close()


@contextmanager
def _explained(engine: Engine, failures: Failures, part: str) -> Iterator[None]:
    driver: Any = engine.dialect.loaded_dbapi
    try:
        yield
    except (SQLAlchemyError, driver.Error, OSError) as error:
        raise failures.explain(error, part) from None
