"""What the pages are made of: the published tables by their names, and prepared ones that join what pages share."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.councils import Council
from redress.duck import text
from redress.errors import RedressError
from redress.landing.letters import columns_of
from redress.landing.manifests import find_manifest
from redress.paths import Home
from redress.warehouse.build import failed_file, warehouse_file
from redress.warehouse.publish import open_reporting, reporting_file

if TYPE_CHECKING:
    import duckdb

_SQL = Path(__file__).with_name("sql")

FACTS = {
    "dim_service": "council varchar, service_code varchar, service_name varchar, top_level varchar, valid_from date",
}
"""Tables that are not there before the first build with passing tests, with the columns the prepared tables need."""

PLACED_DAYS = 92
"""So long after it was resolved, where an issue stood in the file is shown no more: who looks has a newer file."""


@dataclass(frozen=True)
class Reading:
    """One look at the published warehouse, from which a whole site is made.

    con knows the published tables by their names, and these prepared ones: nights (council, council_name, night,
    night_before, loaded_night, is_newest; night is null where nothing was ever loaded), services (council,
    service_code, service_name, service_area), extracts and source_columns (of what issues name), and issues (see
    sql/). With a build at hand (has_build) its accepted records are attached as `build` (build.accepted.cases and so
    on); it is the one the quality tables are from.
    """

    home: Home
    councils: Mapping[str, Council]
    con: "duckdb.DuckDBPyConnection"
    built_at: datetime
    has_build: bool

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows of a query, a dictionary each."""
        asked = self.con.execute(sql, parameters or {})
        names = [column[0] for column in asked.description or ()]
        return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]

    def query(self, name: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows of sql/<name>.sql."""
        return self.rows(sql_of(name), parameters)

    def insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Appends rows to a prepared table at once; one by one, tens of thousands would take seconds."""
        import pandas as pd

        if rows:
            names = [column[0] for column in self.con.execute(f"select * from {table} limit 0").description or ()]
            self.con.register("to_insert", pd.DataFrame(rows, columns=names))
            self.con.execute(f"insert into {table} select * from to_insert")
            self.con.unregister("to_insert")

    def has(self, table: str) -> bool:
        """Whether a table is published."""
        return bool(self.con.execute("select 1 from duckdb_tables() where table_name = ?", [table]).fetchone())


@contextmanager
def open_reading(home: Home, councils: Mapping[str, Council]) -> Iterator[Reading]:
    """A reading of what is published now. The caller holds the build's lock.

    Raises RedressError if nothing is published yet, or by a version of Redress that had other tables.
    """
    import duckdb

    if not reporting_file(home).exists():
        raise RedressError("Nothing is published yet, so there is nothing to report on; run `redress nightly` first.")
    with open_reporting(reporting_file(home)) as con:
        builds = [file for file in (failed_file(home), warehouse_file(home)) if file.exists()]
        if builds:
            con.execute(f"attach {text(builds[0])} as build (READ_ONLY)")
        reading = Reading(home, councils, con, datetime.now(UTC), bool(builds))
        try:
            _prepare(reading)
        except duckdb.BinderException:
            raise RedressError(
                f"{reporting_file(home)} was published by another version of Redress; run `redress rebuild` first."
            ) from None
        yield reading


@cache
def sql_of(name: str) -> str:
    """The text of sql/<name>.sql."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _prepare(reading: Reading) -> None:
    con = reading.con
    for table, columns in FACTS.items():
        if not reading.has(table):
            con.execute(f"create temp table {table} ({columns})")
    con.execute("create temp table names (council varchar, council_name varchar)")
    if reading.councils:
        con.executemany(
            "insert into names values (?, ?)", [(name, one.shown_title) for name, one in reading.councils.items()]
        )
    for name in ("nights", "services"):
        con.execute(f"create temp table {name} as {sql_of(name)}")
    _prepare_extracts(reading)
    con.execute(f"create temp table issues as {sql_of('issues')}")


def _prepare_extracts(reading: Reading) -> None:
    """Tables extracts, a row a landed extract, and source_columns, a row a column of it that a file had.

    Only of the extracts that issues name: every night lands more.
    """
    con = reading.con
    con.execute("""
        create temp table extracts (
            council varchar, entity varchar, extract_id varchar, extract_date date, extract_kind varchar,
            source_file varchar, sheet varchar, rows bigint, is_rejected boolean
        );
        create temp table source_columns (
            council varchar, entity varchar, extract_id varchar, column_name varchar, source_column varchar,
            letter varchar
        )
    """)
    named = con.execute(
        """
        select distinct council, entity, extract_id from dq_issues inner join nights using (council)
        where extract_id is not null and (resolved_on is null or resolved_on > night - $days::integer)
        order by all
        """,
        {"days": PLACED_DAYS},
    ).fetchall()
    landed = [manifest for names in named if (manifest := find_manifest(reading.home, *names))]
    extracts = [
        (m.council, m.entity, m.extract_id, m.extract_date, m.extract_kind, m.source_file, m.sheet, m.rows,
         m.rejected is not None)
        for m in landed
    ]  # fmt: skip
    columns = [
        (m.council, m.entity, m.extract_id, name, column.name, column.letter)
        for m in landed
        for name, column in columns_of(m).items()
    ]
    reading.insert("extracts", extracts)
    reading.insert("source_columns", columns)
