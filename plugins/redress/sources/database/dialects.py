"""What differs between databases: how a read-only snapshot begins, time limits, and text forms of their types."""

import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Integer, Select, Text, case, cast, create_engine, func, literal_column
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.elements import ColumnElement

from redress.sources import connections
from redress.sources.database import streaming
from redress.sources.database.address import address_of, kind_of, options_of
from redress.sources.database.columns import Kind

if TYPE_CHECKING:
    import pyarrow as pa

CONNECT_SECONDS = 20


class Dialect:
    """The parts that differ. statement_timeout: seconds that one statement may take."""

    def __init__(self, statement_timeout: int) -> None:
        self.statement_timeout = statement_timeout

    def connect_args(self) -> dict[str, Any]:
        """What the driver is told on connecting."""
        return {}

    def engine_options(self) -> dict[str, Any]:
        return {}

    def begin(self, connection: Connection) -> Connection:
        """Begins a read-only transaction in which every table is seen as of this moment."""
        raise NotImplementedError

    def stream(
        self, connection: Connection, statement: Select[Any], names: Sequence[str], rows: int
    ) -> Generator["pa.Table"]:
        """The rows of a statement as text, so many at a time, while the rest stays with the server."""
        return streaming.by_cursor(connection, statement, names, rows)

    def leave(self, driver_connection: Any) -> None:
        """Is told that the connection is hung up, whatever is still to come over it."""

    def allow(self) -> None:
        """Is told that a statement, or the fetching of its next rows, begins."""

    def text_of(self, value: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
        """A column as text, or as what the driver turns into a Python value with an unmistakable text."""
        return value

    def moment(self, text: str) -> ColumnElement[Any] | None:
        """A moment with its offset as a value of the database's own type; None: the driver can send it."""
        return None


class PostgreSQL(Dialect):
    """Casts to text in the server: quick, exact, and no value is out of Python's range."""

    def connect_args(self) -> dict[str, Any]:
        return {
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": 60,
            "keepalives_interval": 15,
            "keepalives_count": 4,
            "client_encoding": "utf8",
        }

    def begin(self, connection: Connection) -> Connection:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.exec_driver_sql(
            "select set_config('statement_timeout', %s, false), set_config('TimeZone', 'UTC', false), "
            "set_config('DateStyle', 'ISO', false), set_config('IntervalStyle', 'iso_8601', false), "
            "set_config('default_transaction_read_only', 'on', false)",
            (f"{self.statement_timeout}s",),
        )
        return connection

    def stream(
        self, connection: Connection, statement: Select[Any], names: Sequence[str], rows: int
    ) -> Generator["pa.Table"]:
        return streaming.ahead(streaming.by_copy(connection, statement, names, rows))

    def text_of(self, value: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
        return cast(value, Text)


class MySQL(Dialect):
    """MySQL and MariaDB. Their own text of each value is taken as it comes over the line."""

    def connect_args(self) -> dict[str, Any]:
        from pymysql.converters import encoders
        from pymysql.cursors import SSCursor

        return {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": self.statement_timeout + 60,
            "charset": "utf8mb4",
            "conv": dict(encoders),
            "cursorclass": SSCursor,
        }

    def begin(self, connection: Connection) -> Connection:
        limit = (
            f"max_statement_time = {self.statement_timeout}"
            if getattr(connection.dialect, "is_mariadb", False)
            else f"max_execution_time = {self.statement_timeout * 1000}"
        )
        for statement in (
            f"set session {limit}, time_zone = '+00:00', net_write_timeout = {self.statement_timeout + 60}",
            "set session transaction isolation level repeatable read",
            "set session transaction read only",
            "start transaction with consistent snapshot, read only",
        ):
            connection.exec_driver_sql(statement)
        return connection

    def leave(self, driver_connection: Any) -> None:
        # Its destructor would try to read the rest from the closed connection, and complain on standard error.
        if answer := driver_connection._result:
            answer.unbuffered_active = False

    def text_of(self, value: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
        if kind == "moment":
            return func.concat(value, literal_column("'+00:00'"))
        if kind == "bits":
            return _true_or_false(value, func.concat(cast(value, Integer)))
        return value


class SQLite(Dialect):
    """The file is opened read-only; the first statement fixes what is seen of it."""

    def __init__(self, statement_timeout: int) -> None:
        super().__init__(statement_timeout)
        self._deadline = 0.0

    def connect_args(self) -> dict[str, Any]:
        return {"isolation_level": None, "timeout": CONNECT_SECONDS}

    def begin(self, connection: Connection) -> Connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() > self._deadline, 10_000)
        self.allow()
        connection.exec_driver_sql("pragma query_only = on")
        connection.exec_driver_sql("begin")
        connection.exec_driver_sql("select 1 from sqlite_master limit 1").close()
        return connection

    def allow(self) -> None:
        self._deadline = time.monotonic() + self.statement_timeout

    def text_of(self, value: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
        return _true_or_false(value, value) if kind == "boolean" else value


class SQLServer(Dialect):
    """Has no read-only transactions: what is read is never committed, and the docs ask for a read-only user."""

    def connect_args(self) -> dict[str, Any]:
        return {"login_timeout": CONNECT_SECONDS, "timeout": self.statement_timeout, "read_only": True}

    def begin(self, connection: Connection) -> Connection:
        connection = connection.execution_options(isolation_level="SNAPSHOT")
        connection.exec_driver_sql(f"set lock_timeout {self.statement_timeout * 1000}")
        connection.exec_driver_sql("select top 1 1 from sys.objects").close()
        return connection

    def text_of(self, value: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
        if kind == "moment":
            whole = func.convert(literal_column("varchar(34)"), value, literal_column("121"))
            return func.left(whole, literal_column("19")).concat(func.right(whole, literal_column("6")))
        return func.rtrim(value) if kind == "padded" else value

    def moment(self, text: str) -> ColumnElement[Any] | None:
        from sqlalchemy.dialects.mssql import DATETIMEOFFSET

        return cast(text, DATETIMEOFFSET)


class Oracle(Dialect):
    """A READ ONLY transaction sees every table as of its beginning."""

    def connect_args(self) -> dict[str, Any]:
        return {"tcp_connect_timeout": CONNECT_SECONDS}

    def engine_options(self) -> dict[str, Any]:
        return {"arraysize": 5000}

    def begin(self, connection: Connection) -> Connection:
        driver: Any = connection.connection.driver_connection
        driver.call_timeout = self.statement_timeout * 1000
        connection.rollback()
        connection.exec_driver_sql("set transaction read only")
        return connection

    def text_of(self, value: ColumnElement[Any], kind: Kind) -> ColumnElement[Any]:
        if kind == "moment":
            return func.to_char(value, literal_column("'" + _ORACLE_MOMENT + "'"))
        return func.rtrim(value) if kind == "padded" else value

    def moment(self, text: str) -> ColumnElement[Any] | None:
        return func.to_timestamp_tz(text, literal_column("'" + _ORACLE_MOMENT + "'"))


_ORACLE_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.FF6TZH:TZM'

_DIALECTS: dict[str, type[Dialect]] = {
    "PostgreSQL": PostgreSQL,
    "MySQL": MySQL,
    "MariaDB": MySQL,
    "SQLite": SQLite,
    "SQL Server": SQLServer,
    "Oracle": Oracle,
}


def dialect_of(connection: connections.Connection, statement_timeout: int) -> Dialect:
    """The dialect of a connection. Raises RedressError as kind_of does."""
    return _DIALECTS[kind_of(connection).title](statement_timeout)


def engine_of(connection: connections.Connection, dialect: Dialect) -> Engine:
    """An engine that keeps no connections and shows no parameters. Nothing is connected yet."""
    return create_engine(
        address_of(connection),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=dialect.connect_args() | options_of(connection),
        **dialect.engine_options(),
    )


def _true_or_false(value: ColumnElement[Any], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    """Zero and one as false and true."""
    return case(
        (value == literal_column("1"), literal_column("'true'")),
        (value == literal_column("0"), literal_column("'false'")),
        else_=otherwise,
    )
