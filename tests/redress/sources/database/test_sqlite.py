"""A SQLite file as a source: what is read, of which moment, and what is told when it cannot be."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redress.errors import RedressError, SourceUnavailable
from redress.paths import PROJECT
from tests.redress.sources.database.reading_back import (
    CONNECTION,
    NIGHT,
    connect_to,
    opened,
    problem_of,
    rows,
    rows_of,
    source_of,
)

Run = Callable[..., None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "complaints 100%?.db"


@pytest.fixture
def run(file: Path) -> Run:
    def run(*statements: str) -> None:
        with sqlite3.connect(file) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return run


@pytest.fixture(autouse=True)
def connected(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connect_to(monkeypatch, tmp_path / "data", conn_type="sqlite", host=str(file))


def test_the_delivery_is_the_database(run: Run) -> None:
    run("create table cases (case_ref text)")
    source = source_of("changes", {"c": "cases", "s": {"table": "cases", "entities": {"stages": {}, "causes": {}}}})
    (delivery,) = source.deliveries(NIGHT)
    assert (delivery.location, delivery.name, delivery.extract_date) == (f"database:{CONNECTION}", CONNECTION, NIGHT)
    assert (delivery.extract_kind, delivery.entities) == ("changes", ("cases", "stages", "causes"))
    assert source.delivery(delivery.location, NIGHT) == delivery
    with pytest.raises(RedressError, match="is not the database of barsetshire"):
        source.delivery("database:another", NIGHT)
    with source.open(delivery) as found:
        assert [part.name for part in found.parts] == ["cases", "cases"]
        assert found.file is None


def test_values_become_text(run: Run) -> None:
    run(
        """create table kinds (t text, e text, n text, i integer, big integer, r real, whole real, d decimal(10,2),
           y boolean, day date, mixed text)""",
        """insert into kinds values ('Zoë
a line', '', null, -3, 9223372036854775807, 0.1, 2.0, 12.50, 1, '2018-04-01', 7)""",
        "insert into kinds values ('x', 'y', 'z', null, 2, 1e-7, 1e20, 3, 0, null, 'seven')",
        "insert into kinds (y) values ('maybe')",
    )
    with opened(source_of(feeds={"kinds": "kinds"})) as found:
        told = found.parts[0].read(None).columns
        first, second, third = rows_of(found.parts[0])
    assert (told["t"], told["d"], told["y"]) == ("TEXT", "DECIMAL(10, 2)", "BOOLEAN")
    assert first == {
        "t": "Zoë\na line",
        "e": None,
        "n": None,
        "i": "-3",
        "big": "9223372036854775807",
        "r": "0.1",
        "whole": "2",
        "d": "12.5",
        "y": "true",
        "day": "2018-04-01",
        "mixed": "7",
        "source_row": 1,
    }
    assert (second["y"], second["mixed"], third["y"]) == ("false", "seven", "maybe")


def test_bytes_are_refused_by_the_columns_name(run: Run) -> None:
    run("create table photos (case_ref text, photo)", "insert into photos values ('BA-1', x'ff00')")
    assert "photos: the column photo holds bytes" in str(problem_of(source_of(feeds={"p": "photos"})))
    run("create table declared (case_ref text, photo blob)")
    assert "declared: the column photo holds bytes" in str(problem_of(source_of(feeds={"p": "declared"})))
    assert rows(source_of(feeds={"p": "select case_ref from photos"})) == [{"case_ref": "BA-1", "source_row": 1}]


def test_names_are_quoted(run: Run) -> None:
    run('create table "Odd ""Table" ("Case Ref" text, "select" text, "o\'clock" text, "100%" text, "a:b" text)')
    run('insert into "Odd ""Table" values (1, 2, 3, 4, 5)')
    assert rows(source_of(feeds={"odd": {"table": 'Odd "Table'}})) == [
        {"Case Ref": "1", "select": "2", "o'clock": "3", "100%": "4", "a:b": "5", "source_row": 1}
    ]


def test_a_query_may_hold_anything_a_select_may(run: Run) -> None:
    run("create table cases (case_ref text, seen text)", "insert into cases values ('BA-1', '10:30:00')")
    query = (
        "with c as (select * from cases) select case_ref, 'a:b :since %s' as t from c where seen = '10:30:00' -- so;"
    )
    assert rows(source_of(feeds={"q": query})) == [{"case_ref": "BA-1", "t": "a:b :since %s", "source_row": 1}]


def test_all_tables_are_seen_as_of_one_moment(run: Run) -> None:
    run("pragma journal_mode = wal", "create table cases (case_ref text)", "create table stages (case_ref text)")
    with opened(source_of(feeds={"cases": "cases", "stages": "stages"})) as found:
        run("insert into cases values ('BA-1')", "insert into stages values ('BA-1')")
        assert [rows_of(part) for part in found.parts] == [[], []]
    assert len(rows(source_of(feeds={"cases": "cases"}))) == 1


def test_nothing_can_be_written(run: Run, file: Path) -> None:
    run("create table cases (case_ref text)")
    before = file.read_bytes()
    for query in (
        "insert into cases values ('x')",
        "select 1) ; insert into cases values ('x'); select * from (select 1",
    ):
        assert not isinstance(problem_of(source_of(feeds={"q": {"query": query}})), SourceUnavailable)
    assert file.read_bytes() == before


def test_a_statement_has_so_many_seconds(run: Run) -> None:
    run("create table cases (case_ref text)")
    forever = "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c where n < 0"
    problem = problem_of(source_of(feeds={"slow": forever}, statement_timeout=1))
    assert isinstance(problem, SourceUnavailable)
    assert "statement_timeout allows (1 s)" in str(problem)


@pytest.mark.parametrize(
    ("overlap", "expected"), [("1 day", {"SAME", "NEW", "NEVER"}), ("2 days", {"OLD", "SAME", "NEW", "NEVER"})]
)
@pytest.mark.parametrize(
    ("type_", "old", "same", "new"),
    [
        ("timestamp", "2020-06-01 10:00:00", "2020-06-02 12:00:00", "2020-06-03 09:30:00"),
        ("text", "2020-06-01T10:00:00Z", "2020-06-02T12:00:00Z", "2020-06-03T09:30:00Z"),
        ("date", "2020-06-01", "2020-06-02", "2020-06-03"),
    ],
)
def test_changes_are_what_changed_since_and_a_little_more(
    run: Run, type_: str, old: str, same: str, new: str, overlap: str, expected: set[str]
) -> None:
    run(f"create table cases (case_ref text, changed {type_})")
    run(f"insert into cases values ('OLD', '{old}'), ('SAME', '{same}'), ('NEW', '{new}'), ('NEVER', null)")
    mark = {"watermark": {"column": "changed", "overlap": overlap}}
    for feed in ({"table": "cases", **mark}, {"query": "select * from cases", **mark}):
        with opened(source_of("changes", {"c": feed})) as found:
            reading = found.parts[0].read(None)
            assert sum(batch.num_rows for batch in reading.batches) == 4
            assert reading.watermark() == new
            assert {row["case_ref"] for row in rows_of(found.parts[0], new)} == expected


def test_a_full_extract_is_everything(run: Run) -> None:
    run(
        "create table cases (case_ref text, changed text)",
        "insert into cases values ('A', '2020-01-01'), ('B', '2020-06-01')",
    )
    feed = {"table": "cases", "watermark": {"column": "changed"}}
    assert len(rows(source_of("full", {"c": feed}), "2020-06-01")) == 2
    assert len(rows(source_of("changes", {"c": "cases"}), "2020-06-01")) == 2


def test_a_change_dated_ahead_does_not_hide_those_that_follow(run: Run) -> None:
    run("create table cases (case_ref text, changed text)", "insert into cases values ('AHEAD', '2099-01-01 00:00:00')")
    source = source_of("changes", {"c": {"table": "cases", "watermark": {"column": "changed"}}})
    with opened(source) as found:
        newest = found.parts[0].read(None).watermark()
    assert newest == "2020-07-01 00:00:00"
    run("insert into cases values ('NEXT', '2020-06-30 20:00:00')")
    assert {row["case_ref"] for row in rows(source, newest)} == {"AHEAD", "NEXT"}


def test_an_empty_answer_keeps_the_watermark(run: Run) -> None:
    run("create table cases (case_ref text, changed text)")
    source = source_of("changes", {"c": {"table": "cases", "watermark": {"column": "changed"}}})
    with opened(source) as found:
        assert found.parts[0].read(None).watermark() is None
        assert found.parts[0].read("2020-06-01 00:00:00").watermark() == "2020-06-01 00:00:00"


def test_a_number_as_watermark_has_no_overlap(run: Run) -> None:
    run(
        "create table cases (case_ref text, version integer)",
        "insert into cases values ('A', 9), ('B', 10), ('C', 100)",
    )
    watermark: dict[str, Any] = {"column": "version"}
    feed = {"table": "cases", "watermark": watermark}
    assert "overlap: 0 days" in str(problem_of(source_of("changes", {"c": feed}), "10"))
    watermark["overlap"] = "0 days"
    assert {row["case_ref"] for row in rows(source_of("changes", {"c": feed}), "10")} == {"B", "C"}


@pytest.mark.parametrize(
    ("feed", "sentence"),
    [
        ("nowhere", r"nowhere: the database barsetshire_db has no such table"),
        ("select elsewhere from cases", "the query of c: the query names a column"),
        ("select from where", "does not accept the query"),
        ({"table": "cases", "watermark": {"column": "changed"}}, r"no column changed .* \(it has case_ref\)"),
        ({"query": "select case_ref as source_row from cases"}, "source_row is a name Redress needs"),
    ],
)
def test_what_is_wrong_is_told(run: Run, feed: Any, sentence: str) -> None:
    run("create table cases (case_ref text)", "insert into cases values ('Testperson')")
    with pytest.raises(RedressError, match=sentence) as caught:
        rows(source_of(feeds={"c": feed}))
    assert not isinstance(caught.value, SourceUnavailable)
    assert "Testperson" not in str(caught.value)


def test_a_text_in_no_encoding_is_not_shown(run: Run) -> None:
    run("create table cases (case_ref text)", "insert into cases values (cast(x'54657374ff706572736f6e' as text))")
    problem = problem_of(source_of(feeds={"c": "cases"}))
    assert "not in its own encoding" in str(problem)
    assert "Test" not in str(problem)


def test_a_file_that_is_not_there_and_one_that_is_no_database(file: Path) -> None:
    problem = problem_of(source_of(feeds={"c": "cases"}))
    assert isinstance(problem, SourceUnavailable)
    assert str(problem).startswith(f"There is no file {file}, where the Airflow connection {CONNECTION} ")
    assert not file.exists()
    file.mkdir()
    assert f"The file {file} of the database {CONNECTION} cannot be opened" in str(
        problem_of(source_of(feeds={"c": "cases"}))
    )
    file.rmdir()
    file.write_text("case_ref,received_date\n" * 100, encoding="utf-8")
    assert "no database or service" in str(problem_of(source_of(feeds={"c": "cases"})))


MEMORY = """
import resource
from tests.redress.sources.database.reading_back import opened, source_of

source = source_of(feeds={"cases": "cases"})
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with opened(source_of(feeds={"few": "select * from cases limit 1"})) as found:
    list(found.parts[0].read(None).batches)
before = peak()
with opened(source) as found:
    rows = sum(batch.num_rows for batch in found.parts[0].read(None).batches)
print(rows, round(peak() - before))
"""


@pytest.mark.slow
def test_a_million_rows_take_no_more_memory_than_a_batch(run: Run) -> None:
    run(
        """create table cases as with recursive c(n) as (select 1 union all select n + 1 from c where n < 1000000)
           select n as case_ref, 'complaint' as a, '2018-04-01' as b, 'an invented text of some length ' || n as c,
           1.5 as d, n as e, n as f, n as g, n as h, n as i, n as j, n as k, 'concluded' as l, 'parent' as m from c"""
    )
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{PROJECT / 'plugins'}:{PROJECT}"},
    )
    read, grown = map(int, ran.stdout.split())
    assert read == 1_000_000
    assert grown < 500
