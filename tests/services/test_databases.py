"""PostgreSQL and MariaDB as sources, against real servers: one snapshot, nothing written, nothing missed."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from redress.councils import Council
from redress.errors import RedressError, SourceUnavailable
from redress.landing.store import land
from redress.paths import Home
from redress.sources.base import Delivery, Opened, Part, Reading
from redress.sources.database.source import DatabaseSource
from tests.redress.sources.database.reading_back import (
    NIGHT,
    connect_to,
    opened,
    problem_of,
    rows,
    rows_of,
    source_of,
)
from tests.services.mariadb import mariadb_server
from tests.services.postgres import postgres_server
from tests.services.processes import kill

pytestmark = pytest.mark.services

READER = "rd/r%pw@x"
FIVE_MILLION = {
    "postgres": "select n from generate_series(1, 5000000) as s(n)",
    "mariadb": "select seq as n from seq_1_to_5000000",
}
SLEEP = {"postgres": "select pg_sleep(30) as n", "mariadb": "select sleep(30) as n"}


@dataclass
class Database:
    """A running server with a schema `complaints` and a user that may only read it."""

    kind: str
    server: Any

    def run(self, *statements: str) -> None:
        self.server.run(*statements)

    def table(self, name: str, columns: str) -> str:
        """Makes a table anew; gives its name."""
        self.run(f"drop table if exists complaints.{name}", f"create table complaints.{name} ({columns})")
        return f"complaints.{name}"

    def transaction(self) -> Any:
        """A connection of the owner's that commits when told."""
        connection = self.server.connect()
        if self.kind == "postgres":
            connection.autocommit = False
        else:
            connection.autocommit(False)
        return connection

    def connection(self, **other: Any) -> dict[str, Any]:
        return {
            "conn_type": {"postgres": "postgres", "mariadb": "mysql"}[self.kind],
            "host": "127.0.0.1",
            "port": self.server.port,
            "schema": {"postgres": "postgres", "mariadb": "complaints"}[self.kind],
            "login": "reader",
            "password": READER,
            **other,
        }


def prepare(kind: str, server: Any) -> Database:
    if kind == "postgres":
        server.run(
            f"create role reader login password '{READER}'",
            "create schema complaints",
            "grant usage on schema complaints to reader",
            "alter default privileges in schema complaints grant select on tables to reader",
        )
    else:
        server.run(
            "create database complaints character set utf8mb4",
            f"create user reader@'127.0.0.1' identified by '{READER}'",
            "grant select on complaints.* to reader@'127.0.0.1'",
        )
    return Database(kind, server)


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def database(request: pytest.FixtureRequest) -> Database:
    return prepare(request.param, request.getfixturevalue(request.param))


@pytest.fixture(autouse=True)
def connected(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connect_to(monkeypatch, tmp_path / "data", **database.connection())


@contextmanager
def one_of_its_own(kind: str) -> Iterator[Database]:
    """A server that a test may kill."""
    with {"postgres": postgres_server, "mariadb": mariadb_server}[kind]() as server:
        yield prepare(kind, server)


def test_rows_read_are_the_rows_there(database: Database) -> None:
    numbers = database.table("numbers", "n integer primary key")
    database.run(f"insert into {numbers} {FIVE_MILLION[database.kind].replace('5000000', '12345')}")
    with opened(source_of(feeds={"numbers": numbers}, batch_rows=1000)) as found:
        batches = list(found.parts[0].read(None).batches)
    assert max(batch.num_rows for batch in batches) <= 1000
    read = [row for batch in batches for row in batch.to_pylist()]
    assert sorted(int(row["n"]) for row in read) == list(range(1, 12346))
    assert [row["source_row"] for row in read] == list(range(1, 12346))


def test_all_tables_are_seen_as_of_one_moment(database: Database) -> None:
    cases = database.table("cases", "case_ref varchar(9)")
    stages = database.table("stages", "case_ref varchar(9)")
    with opened(source_of(feeds={"cases": cases, "stages": stages})) as found:
        database.run(f"insert into {cases} values ('BA-1')")
        assert rows_of(found.parts[0]) == []
        database.run(f"insert into {stages} values ('BA-1')")
        assert rows_of(found.parts[1]) == []
        assert rows_of(found.parts[0]) == []
    assert [row["case_ref"] for row in rows(source_of(feeds={"cases": cases}))] == ["BA-1"]


def test_names_are_quoted(database: Database) -> None:
    quoted = '"{}"' if database.kind == "postgres" else "`{}`"
    names = ["Case Ref", "select", "o'clock", 'say "so"', "100%", "a:b", "back`tick"]
    if database.kind == "mariadb":
        names[-1] = "back``tick"
    columns = ", ".join(
        quoted.format(name.replace('"', '""') if quoted[0] == '"' else name) + " text" for name in names
    )
    table = quoted.format("Odd Table")
    database.run(f"drop table if exists complaints.{table}", f"create table complaints.{table} ({columns})")
    values = ", ".join(f"'{number}'" for number in range(len(names)))
    database.run(f"insert into complaints.{table} values ({values})")
    (row,) = rows(source_of(feeds={"odd": "complaints.Odd Table"}))
    plain = [name.replace("``", "`") for name in names]
    assert row == {name: str(number) for number, name in enumerate(plain)} | {"source_row": 1}


def test_a_query_may_hold_anything_a_select_may(database: Database) -> None:
    cases = database.table("colons", "case_ref varchar(9), at_time varchar(20)")
    database.run(f"insert into {cases} values ('50% :x', '10:30:00')")
    query = f"select case_ref, 'a:b :since %s %(x)s' as t from {cases} where at_time = '10:30:00' -- and that is all;"
    assert rows(source_of(feeds={"q": query})) == [{"case_ref": "50% :x", "t": "a:b :since %s %(x)s", "source_row": 1}]


def test_nothing_can_be_written(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not even by a user who may write."""
    cases = database.table("untouched", "case_ref varchar(9)")
    if database.kind == "postgres":
        connect_to(monkeypatch, tmp_path, **database.connection(login="owner", password=database.server.password))
        database.run(
            "create or replace function complaints.sly() returns text language sql as "
            f"$$ insert into {cases} values ('sly') returning case_ref $$"
        )
        tries = [
            f"with w as (insert into {cases} values ('w') returning *) select * from w",
            "select complaints.sly() as s",
            f"select 1 as n) as q; commit; insert into {cases} values ('s'); select * from (select 1 as n",
        ]
    else:
        database.run(
            "create or replace user writer@'127.0.0.1' identified by 'wr1ter'",
            "grant all on complaints.* to writer@'127.0.0.1'",
            "create or replace function complaints.sly() returns text modifies sql data "
            f"begin insert into {cases} values ('sly'); return 'sly'; end",
        )
        connect_to(monkeypatch, tmp_path, **database.connection(login="writer", password="wr1ter"))
        tries = [
            "select complaints.sly() as s",
            f"select 1 as n) as q; insert into {cases} values ('s'); select * from (select 1 as n",
        ]
    for query in tries:
        problem = problem_of(source_of(feeds={"q": {"query": query}}))
        assert not isinstance(problem, SourceUnavailable), query
        assert "q" in str(problem)
        assert "insert" not in str(problem)
    assert rows(source_of(feeds={"cases": cases})) == []


def test_a_statement_has_so_many_seconds(database: Database) -> None:
    problem = problem_of(source_of(feeds={"slow": SLEEP[database.kind]}, statement_timeout=1))
    assert isinstance(problem, SourceUnavailable)
    assert "the query of slow" in str(problem)
    assert "statement_timeout allows (1 s)" in str(problem)


def test_a_record_committed_late_is_not_missed(database: Database) -> None:
    """Two real transactions: the first to write is the last to commit, after the extract between."""
    changes = database.table("changes", "case_ref varchar(9), updated_at timestamp")
    late, prompt = database.transaction(), database.transaction()
    source = source_of(
        "changes", {"c": {"table": changes, "watermark": {"column": "updated_at", "overlap": "10 minutes"}}}
    )
    late.cursor().execute(f"insert into {changes} values ('LATE', '2020-06-01 10:00:00')")
    prompt.cursor().execute(f"insert into {changes} values ('OLD', '2020-06-01 09:00:00')")
    prompt.cursor().execute(f"insert into {changes} values ('PROMPT', '2020-06-01 10:05:00')")
    prompt.commit()
    with opened(source) as found:
        reading = found.parts[0].read(None)
        assert {row["case_ref"] for batch in reading.batches for row in batch.to_pylist()} == {"OLD", "PROMPT"}
        since = reading.watermark()
    late.commit()
    assert {row["case_ref"] for row in rows(source, since)} == {"LATE", "PROMPT"}
    late.close()
    prompt.close()


@pytest.mark.parametrize(
    ("type_", "before", "since_then"),
    [
        ("date", "2020-06-01", "2020-06-03"),
        ("timestamp", "2020-06-01 23:59:59", "2020-06-03 12:00:00"),
        ("varchar(30)", "2020-06-01T23:59:59Z", "2020-06-03T12:00:00Z"),
    ],
)
def test_a_watermark_is_compared_as_what_it_is(database: Database, type_: str, before: str, since_then: str) -> None:
    table = database.table("marks", f"case_ref varchar(9), changed {type_} null")
    database.run(f"insert into {table} values ('OLD', '{before}'), ('NEW', '{since_then}'), ('NEVER', null)")
    feed = {"watermark": {"column": "changed", "overlap": "1 day"}}
    for source in (
        source_of("changes", {"m": {"table": table, **feed}}),
        source_of("changes", {"m": {"query": f"select * from {table}", **feed}}),
    ):
        with opened(source) as found:
            newest = found.parts[0].read(None).watermark()
        assert newest is not None
        assert newest.startswith(since_then)
        assert {row["case_ref"] for row in rows(source, newest)} == {"NEW", "NEVER"}


def test_a_number_as_watermark_has_no_overlap(database: Database) -> None:
    table = database.table("numbered", "case_ref varchar(9), version bigint")
    database.run(f"insert into {table} values ('A', 9), ('B', 10), ('C', 100)")
    feed = {"table": table, "watermark": {"column": "version"}}
    assert "overlap: 0 days" in str(problem_of(source_of("changes", {"n": feed}), "10"))
    feed["watermark"] = {"column": "version", "overlap": "0 days"}
    assert {row["case_ref"] for row in rows(source_of("changes", {"n": feed}), "10")} == {"B", "C"}


def test_a_row_of_nothing_is_a_row(database: Database) -> None:
    table = database.table("nothing", "case_ref varchar(9)")
    database.run(f"insert into {table} values (null), (''), ('BA-1'), (null)")
    read = [row["case_ref"] for row in rows(source_of(feeds={"n": table}))]
    assert sorted(read, key=str) == ["BA-1", None, None, None]


def test_lines_within_texts_stay_where_they_are(database: Database) -> None:
    """Over more bytes than are read at once, so that some lie across a boundary."""
    letters = database.table("letters", "n integer, text_of text")
    line = 'an invented line, "quoted"\n'
    numbers = FIVE_MILLION[database.kind].replace("5000000", "30000")
    database.run(f"insert into {letters} select n, repeat('{line}', 20) from ({numbers}) as q")
    read = rows(source_of(feeds={"l": letters}))
    assert sorted(int(row["n"]) for row in read) == list(range(1, 30_001))
    assert {row["text_of"] for row in read} == {line * 20}


def test_columns_of_one_name_are_refused(database: Database) -> None:
    problem = problem_of(source_of(feeds={"q": "select 1 as case_ref, 2 as case_ref"}))
    assert not isinstance(problem, SourceUnavailable)
    assert "the query of q: " in str(problem)


def test_one_table_may_be_looked_at_before_the_next(database: Database) -> None:
    """As `redress source test` does: five rows of each, however many there are."""
    first = source_of(
        feeds={"many": FIVE_MILLION[database.kind].replace("5000000", "50000"), "one": "select 1 as n"}, batch_rows=10
    )
    with opened(first) as found:
        assert next(found.parts[0].read(None).batches).num_rows == 10
        assert rows_of(found.parts[1]) == [{"n": "1", "source_row": 1}]


def test_tables_are_not_read_at_the_same_time(database: Database) -> None:
    query = FIVE_MILLION[database.kind].replace("5000000", "50000")
    with opened(source_of(feeds={"a": query, "b": query}, batch_rows=10)) as found:
        first = found.parts[0].read(None).batches
        next(first)
        next(found.parts[1].read(None).batches)
        with pytest.raises(RuntimeError, match="one after the other"):
            next(first)


WRONG: list[tuple[Callable[[Database], dict[str, Any]], dict[str, Any], str, bool]] = [
    (lambda database: {"password": "pl4nted wrong"}, {"n": "select 1 as n"}, "refuses the login", False),
    (lambda database: {"schema": "elsewhere"}, {"n": "select 1 as n"}, "points|refuses the login", False),
    (lambda database: {"port": 1}, {"n": "select 1 as n"}, "cannot be reached at 127.0.0.1:1", True),
    (lambda database: {}, {"n": "complaints.nowhere"}, "complaints.nowhere: .* has no such table", False),
    (lambda database: {}, {"n": "select nothing as n from complaints.told"}, "names a column", False),
    (lambda database: {}, {"n": "select from where"}, "does not accept the query", False),
    (
        lambda database: {},
        {"n": {"table": "complaints.told", "watermark": {"column": "changed"}}},
        "no column changed to be its watermark",
        False,
    ),
]


@pytest.mark.parametrize(("other", "feeds", "sentence", "later"), WRONG)
def test_what_is_wrong_is_told_in_one_sentence(
    database: Database,
    other: Any,
    feeds: dict[str, Any],
    sentence: str,
    later: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    told = database.table("told", "case_ref varchar(20)")
    database.run(f"insert into {told} values ('Testperson')")
    connect_to(monkeypatch, tmp_path, **database.connection(**other(database)))
    with pytest.raises(RedressError, match=sentence) as caught, opened(source_of(feeds=feeds)) as found:
        rows_of(found.parts[0])
    assert isinstance(caught.value, SourceUnavailable) == later
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    for secret in (READER, "rd%2Fr%25pw%40x", "pl4nted", "Testperson"):
        assert secret not in shown


def test_a_table_the_user_may_not_read(database: Database) -> None:
    private = database.table("private", "case_ref varchar(9)")
    if database.kind == "postgres":
        database.run(f"revoke select on {private} from reader")
        assert "have SELECT on it granted" in str(problem_of(source_of(feeds={"p": private})))
    else:
        database.run("create database if not exists secret", "create table if not exists secret.private (n int)")
        assert "have SELECT on it granted" in str(problem_of(source_of(feeds={"p": "secret.private"})))


class KillsTheServer:
    """The source, whose server goes down after the first rows have been read."""

    def __init__(self, source: DatabaseSource, server: Any) -> None:
        self.source = source
        self.server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    @contextmanager
    def open(self, delivery: Delivery) -> Iterator[Opened]:
        with self.source.open(delivery) as found:
            yield replace(found, parts=tuple(replace(part, read=self._reading(part)) for part in found.parts))

    def _reading(self, part: Part) -> Callable[[str | None], Reading]:
        def read(since: str | None) -> Reading:
            reading = part.read(since)
            return replace(reading, batches=self._until_killed(reading.batches))

        return read

    def _until_killed(self, batches: Iterator[Any]) -> Iterator[Any]:
        yield next(batches)
        kill(self.server.process)
        yield from batches


def test_a_server_that_goes_down_leaves_nothing_landed(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with one_of_its_own(database.kind) as database:
        columns = "case_ref varchar(9), record_type varchar(20), received_date date, status varchar(300)"
        services = database.table("services", "service_code varchar(9), service_name text, valid_from date")
        cases = database.table("cases", columns)
        numbers = FIVE_MILLION[database.kind].replace("5000000", "100000")
        filled = "rpad('open', 300, ' ')"
        database.run(
            f"insert into {services} values ('S1', 'Family support', '2015-04-01')",
            f"insert into {cases} select concat('BA', n), 'complaint', '2020-04-01', {filled} from ({numbers}) as q",
        )
        connect_to(monkeypatch, tmp_path / "data", **database.connection())
        feeds = {"services": {"table": services, "entities": {"services": {}}}, "cases": cases}
        source = source_of(feeds=feeds, batch_rows=1000)
        home, council = Home(tmp_path / "data"), Council(tmp_path / "councils" / "barsetshire")
        council.source = source.definition
        (delivery,) = source.deliveries(NIGHT)
        cut = KillsTheServer(source, database.server)
        with pytest.raises(SourceUnavailable, match="cut the connection while it was read") as caught:
            land(home, council, cut, delivery, b"not a secret, only for tests")  # type: ignore[arg-type]
    assert READER not in "".join(traceback.format_exception(caught.value))
    assert [path for path in home.landing.rglob("*") if path.is_file()] == []
