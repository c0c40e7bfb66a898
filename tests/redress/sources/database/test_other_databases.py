"""Databases no server of which runs in the tests: their SQL compiled, their drivers where nobody answers."""

import socket
import traceback
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column
from sqlalchemy.dialects import mssql, oracle

from redress.contract.mapping.definition import Watermark
from redress.errors import RedressError, SourceUnavailable
from redress.sources.connections import Connection
from redress.sources.database import address
from redress.sources.database.address import address_of, kind_of
from redress.sources.database.columns import Column, described
from redress.sources.database.dialects import Oracle, SQLServer, dialect_of, engine_of
from redress.sources.database.failures import Failures
from redress.sources.database.reading import select_of
from redress.sources.database.watermark import Since
from redress.sources.definition import TableFeed
from tests.redress.sources.database.reading_back import connect_to, opened, source_of

SECRET = "pl4nted/s%cret@x"
COLUMNS = [
    Column("case_ref", None, "text"),
    Column("Case Type", None, "padded"),
    Column("order", None, "number"),
    Column("changed", None, "moment"),
]


def compiled(feed: dict[str, Any], dialect: Any, own: Any, since: str | None = None) -> str:
    statement = select_of(TableFeed.model_validate({"entities": {"cases": {}}, **feed}), COLUMNS, own)
    if since:
        mark = Since("v", Watermark(column="changed", overlap="2 hours"), COLUMNS[-1])
        statement = statement.where(mark.condition(column("changed"), since, own))
    return " ".join(str(statement.compile(dialect=dialect)).split())


def test_sql_for_sql_server() -> None:
    assert compiled({"table": "social care.v_cases"}, mssql.dialect(), SQLServer(600), "2020-06-01T10:00:00+01:00") == (
        "SELECT case_ref AS case_ref, rtrim([Case Type]) AS [Case Type], [order] AS [order], "
        "left(convert(varchar(34), changed, 121), 19) + right(convert(varchar(34), changed, 121), 6) AS changed "
        "FROM [social care].v_cases WHERE changed >= CAST(:param_1 AS DATETIMEOFFSET) OR changed IS NULL"
    )


def test_sql_for_oracle() -> None:
    assert compiled({"table": "complaints.v_cases"}, oracle.dialect(), Oracle(600), "2020-06-01T10:00:00+01:00") == (
        'SELECT case_ref AS case_ref, rtrim("Case Type") AS "Case Type", "order" AS "order", '
        "to_char(changed, 'YYYY-MM-DD\"T\"HH24:MI:SS.FF6TZH:TZM') AS changed FROM complaints.v_cases "
        "WHERE changed >= to_timestamp_tz(:to_timestamp_tz_1, 'YYYY-MM-DD\"T\"HH24:MI:SS.FF6TZH:TZM') "
        "OR changed IS NULL"
    )


def test_a_query_of_oracle_has_no_as() -> None:
    assert compiled({"query": "select * from v_cases;"}, oracle.dialect(), Oracle(600)).endswith(
        "FROM (select * from v_cases ) source"
    )


def test_types_that_drivers_name() -> None:
    import oracledb

    found = described(("CASE_REF", oracledb.DB_TYPE_VARCHAR), oracle.dialect())
    assert found == Column("case_ref", "DB_TYPE_VARCHAR", "text")
    assert described(("changed", oracledb.DB_TYPE_TIMESTAMP_TZ), oracle.dialect()).kind == "moment"
    assert described(("changed", 4), mssql.dialect()) == Column("changed", "datetime", "timestamp")


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.parametrize("conn_type", ["mssql", "oracle", "mysql", "mariadb", "postgres"])
def test_a_server_that_does_not_answer(
    conn_type: str, closed_port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    connect_to(
        monkeypatch,
        tmp_path,
        conn_type=conn_type,
        host="127.0.0.1",
        port=closed_port,
        schema="complaints",
        login="reader",
        password=SECRET,
    )
    with pytest.raises(SourceUnavailable) as caught, opened(source_of(feeds={"c": "cases"})):
        pass
    assert str(caught.value) == (
        f"The database barsetshire_db cannot be reached at 127.0.0.1:{closed_port}; see that it runs and that this "
        "machine may connect to it."
    )
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "pl4nted" not in shown
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("conn_type", ["mssql", "oracle", "mysql", "postgres"])
def test_no_address_or_engine_shows_the_password(conn_type: str) -> None:
    connection = Connection("c", conn_type, "db.example", schema="complaints", login="reader", password=SECRET)
    engine = engine_of(connection, dialect_of(connection, 60))
    shown = repr(engine) + str(engine.url) + repr(address_of(connection)) + repr(connection)
    assert "pl4nted" not in shown


@pytest.mark.parametrize(
    ("dialect", "error", "sentence", "later"),
    [
        ("mssql", (18456, b"Login failed for user 'reader'."), "refuses the login", False),
        ("mssql", (4060, b"Cannot open database"), "no database or service complaints", False),
        ("mssql", (208, b"Invalid object name 'secret sql'."), "v_cases: .* has no such table", False),
        ("mssql", (3952, b"Snapshot isolation"), "ALTER DATABASE ... SET ALLOW_SNAPSHOT_ISOLATION ON", False),
        ("mssql", (20003, b"Adaptive Server connection timed out"), "longer than statement_timeout allows", True),
        ("mssql", (20047, b"DBPROCESS is dead or not enabled"), "cut the connection", True),
        ("mssql", (1205, b"deadlock"), "is locked", True),
        ("mssql", (99999, b"secret sql"), "stopped with error 99999", True),
        ("oracle", "ORA-01017", "refuses the login", False),
        ("oracle", "ORA-00942", "v_cases: .* has no such table", False),
        ("oracle", "ORA-00904", "names a column", False),
        ("oracle", "ORA-01456", "would change the database", False),
        ("oracle", "ORA-01555", "was altered", True),
        ("oracle", "ORA-12514", "no database or service complaints", False),
        ("oracle", "DPY-4024", "longer than statement_timeout allows", True),
        ("oracle", "DPY-4011", "cut the connection", True),
        ("oracle", "ORA-00936", r"does not accept the query \(error ORA-00936\)", False),
    ],
)
def test_what_the_errors_of_servers_mean(dialect: str, error: Any, sentence: str, later: bool) -> None:
    connection = Connection("c", dialect, "db.example", schema="complaints", login="reader", password=SECRET)
    if dialect == "mssql":
        import pymssql

        raised: Exception = pymssql.OperationalError(*error)
    else:
        import oracledb

        raised = oracledb.DatabaseError(type("_Error", (), {"full_code": error, "message": "secret sql"})())
    told = Failures(connection, dialect, 600).explain(raised, "v_cases")
    assert isinstance(told, SourceUnavailable) == later
    with pytest.raises(RedressError, match=sentence):
        raise told
    assert "secret sql" not in str(told)


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "find_spec", lambda name: None)
    with pytest.raises(RedressError, match=r"install redress\[sqlserver\]"):
        kind_of(Connection("c", "mssql", "db.example"))


@pytest.mark.parametrize(
    ("connection", "sentence"),
    [
        (Connection("c", "sftp", "db.example"), "of type sftp; a database is one of sqlite, postgres"),
        (Connection("c", "postgres"), "names no host"),
        (Connection("c", "sqlite"), "names no file"),
        (Connection("c", "oracle", "db.example"), "names no service"),
        (
            Connection("c", "postgres", "h", extra={"sslmod": "require"}),
            "extra of .* has sslmod, which PostgreSQL does not",
        ),
    ],
)
def test_a_connection_that_is_not_set_up(connection: Connection, sentence: str) -> None:
    with pytest.raises(RedressError, match=sentence):
        address_of(connection)


def test_a_service_or_a_sid_of_oracle() -> None:
    by_schema = address_of(Connection("c", "oracle", "h", schema="orcl", login="u"))
    by_extra = address_of(Connection("c", "oracle", "h", login="u", extra={"service_name": "orcl"}))
    by_sid = address_of(Connection("c", "oracle", "h", login="u", extra={"sid": "ORCL"}))
    assert by_schema.query == by_extra.query == {"service_name": "orcl"}
    assert by_sid.database == "ORCL"
