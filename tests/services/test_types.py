"""What PostgreSQL and MariaDB keep, as the text that Redress reads, from a table, a view and a query."""

from pathlib import Path

import pytest

from tests.redress.sources.database.reading_back import connect_to, opened, problem_of, rows, source_of
from tests.services.mariadb import MariaServer
from tests.services.postgres import PostgresServer

pytestmark = pytest.mark.services

TEXT = 'Zoë “quoted”, "and"\na second line'

POSTGRES = [
    ("t", "text", f"'{TEXT}'", TEXT),
    ("v", "varchar(9)", "'v'", "v"),
    ("c", "char(6)", "'c'", "c"),
    ("empty", "text", "''", None),
    ("nothing", "text", "null", None),
    ("i", "integer", "-3", "-3"),
    ("b", "bigint", "9007199254740993", "9007199254740993"),
    ("d", "numeric(30,10)", "1234567890123456789.0000000001", "1234567890123456789.0000000001"),
    ("e", "numeric", "1e20", "100000000000000000000"),
    ("f", "double precision", "0.1", "0.1"),
    ("r", "real", "2", "2"),
    ("y", "boolean", "true", "true"),
    ("n", "boolean", "false", "false"),
    ("day", "date", "'2018-04-01'", "2018-04-01"),
    ("long_ago", "date", "'0044-03-15 BC'", "0044-03-15 BC"),
    ("never", "date", "'infinity'", "infinity"),
    ("at", "timestamp", "'2018-04-01 00:00:00.25'", "2018-04-01 00:00:00.25"),
    ("moment", "timestamptz", "'2018-04-01 00:00:00+01'", "2018-03-31 23:00:00+00"),
    ("hour", "time", "'10:30'", "10:30:00"),
    ("u", "uuid", "'7f0e1f2a-0000-4000-8000-000000000000'", "7f0e1f2a-0000-4000-8000-000000000000"),
    ("j", "jsonb", "'{\"a\": 1}'", '{"a": 1}'),
    ("a", "text[]", "'{x,y}'", "{x,y}"),
]
MARIADB = [
    ("t", "text", f"'{TEXT}'", TEXT),
    ("v", "varchar(9)", "'v'", "v"),
    ("c", "char(6)", "'c'", "c"),
    ("empty", "text", "''", None),
    ("nothing", "text", "null", None),
    ("i", "integer", "-3", "-3"),
    ("b", "bigint unsigned", "18446744073709551615", "18446744073709551615"),
    ("d", "decimal(30,10)", "12345678901234567890.0000000001", "12345678901234567890.0000000001"),
    ("f", "double", "0.1", "0.1"),
    ("y", "boolean", "true", "1"),
    ("one_bit", "bit(1)", "b'1'", "true"),
    ("bits", "bit(4)", "b'1010'", "10"),
    ("day", "date", "'2018-04-01'", "2018-04-01"),
    ("zero", "date", "'0000-00-00'", "0000-00-00"),
    ("at", "datetime(6)", "'2018-04-01 00:00:00.25'", "2018-04-01 00:00:00.250000"),
    ("moment", "timestamp null", "'2018-04-01 00:00:00'", "2018-03-31 23:00:00+00:00"),
    ("hour", "time", "'10:30'", "10:30:00"),
    ("year", "year", "2018", "2018"),
    ("j", "json", "'{\"a\": 1}'", '{"a": 1}'),
    ("kind", "enum('a','b')", "'b'", "b"),
]


def columns(types: list[tuple[str, str, str, str | None]]) -> str:
    return ", ".join(f"{name} {type_}" for name, type_, _, _ in types)


def values(types: list[tuple[str, str, str, str | None]]) -> str:
    return ", ".join(value for _, _, value, _ in types)


def read_from_everywhere(types: list[tuple[str, str, str, str | None]]) -> None:
    expected = {name: read for name, _, _, read in types} | {"source_row": 1}
    for feed in ("kinds.types", "kinds.v_types", "select * from kinds.types"):
        assert rows(source_of(feeds={"types": feed})) == [expected], feed


def types_of(feed: str, *names: str) -> list[str | None]:
    with opened(source_of(feeds={"types": feed})) as found:
        told = found.parts[0].read(None).columns
    return [told[name] for name in names]


def test_postgresql(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    postgres.run(
        "create schema kinds",
        f"create table kinds.types ({columns(POSTGRES)})",
        f"insert into kinds.types values ({values(POSTGRES)})",
        "create view kinds.v_types as select * from kinds.types",
        "create table kinds.photos (case_ref text, photo bytea)",
    )
    connection = {"host": "127.0.0.1", "port": postgres.port, "schema": "postgres", "login": "owner"}
    connect_to(monkeypatch, tmp_path, conn_type="postgres", password=postgres.password, **connection)
    read_from_everywhere(POSTGRES)
    named = ("v", "d", "moment")
    assert types_of("kinds.types", *named) == ["VARCHAR(9)", "NUMERIC(30, 10)", "TIMESTAMP WITH TIME ZONE"]
    assert types_of("select * from kinds.types", *named) == ["varchar", "numeric", "timestamptz"]
    assert "kinds.photos: the column photo holds bytes" in str(problem_of(source_of(feeds={"p": "kinds.photos"})))


def test_mariadb(mariadb: MariaServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mariadb.run(
        "create database kinds character set utf8mb4",
        "set session time_zone = '+01:00'",
        "set session sql_mode = ''",
        f"create table kinds.types ({columns(MARIADB)})",
        f"insert into kinds.types values ({values(MARIADB)})",
        "create view kinds.v_types as select * from kinds.types",
        "create table kinds.photos (case_ref text, photo blob)",
        "insert into kinds.photos values ('BA-1', x'ff00')",
        "create user types@'127.0.0.1' identified by 'typ3s'",
        "grant select on kinds.* to types@'127.0.0.1'",
    )
    connection = {"host": "127.0.0.1", "port": mariadb.port, "login": "types", "password": "typ3s"}
    connect_to(monkeypatch, tmp_path, conn_type="mariadb", **connection)
    read_from_everywhere(MARIADB)
    assert types_of("kinds.types", "v", "d", "moment") == ["VARCHAR(9)", "DECIMAL(30, 10)", "TIMESTAMP"]
    for feed in ("kinds.photos", "select * from kinds.photos"):
        assert "the column photo holds bytes" in str(problem_of(source_of(feeds={"p": feed})))
