"""Publishes the private build: one reporting file and a Parquet folder, each replaced whole or not at all."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.duck import connect, text
from redress.errors import RedressError
from redress.paths import Home
from redress.returns.signing.publish_figures import TABLE, write_return_figures

if TYPE_CHECKING:
    import duckdb

QUALITY_TABLES = ("dq_issue_spans", "dq_issues", "dq_rule_outcomes", "load_runs")

# Readers of DuckDB 1.x, which most BI drivers are, cannot open the newest format.
STORAGE_VERSION = "v1.5.0"

_PARQUET_VERSION = re.compile(r"parquet\.(\d{6})\Z")


@dataclass(frozen=True)
class Published:
    """What readers now see: rows by table, and the night each council's facts are as at."""

    rows: dict[str, int]
    as_at: dict[str, str]
    reporting: Path
    parquet: Path


def reporting_file(home: Home) -> Path:
    """The warehouse BI tools read."""
    return home.published / "reporting.duckdb"


@contextmanager
def open_reporting(file: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A read-only connection that knows the reporting tables by their bare names.

    The file is attached under another name than its own: opened directly, its catalog is called
    `reporting` as its schema is, and DuckDB then takes `reporting.fct_received` for ambiguous.
    """
    with connect() as con:
        con.execute(f"attach {text(file)} as published (READ_ONLY)")
        con.execute("use published.reporting")
        yield con


def last_publication(home: Home) -> dict[str, Any]:
    """What published.json says; empty before the first publication."""
    file = home.published / "published.json"
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return document


def replace_publication(home: Home, facts: Path | None, quality: Path, failed_tests: list[str]) -> Published:
    """Publishes the facts of one build file and the quality tables of another, or of the same.

    A reader with the old file open keeps it. What a killed run left behind is removed first.
    Raises RedressError if a council's facts would go back to an earlier night.
    """
    home.published.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(home)
    state = _state(facts)
    _refuse_to_go_back(last_publication(home), state["as_at"])
    draft = _draft(home)
    rows = _write_reporting(home, draft, facts, quality)
    folder = _write_parquet(home, draft)
    record = state | {"rows": rows, "failed_tests": failed_tests, "published_at": _now()}
    _put_in_force(home, draft, folder, record)
    return Published(rows, state["as_at"], reporting_file(home), home.published / "parquet")


def replace_return_figures(home: Home) -> int:
    """Publishes return_figures anew beside the tables in force, which stay as they are; returns its rows.

    Nothing happens before the first publication. The caller holds the build's lock.
    """
    final = reporting_file(home)
    if not final.exists():
        return 0
    _remove_leftovers(home)
    draft = _draft(home)
    shutil.copyfile(final, draft)
    with connect() as con:
        con.execute(f"attach {text(draft)} as draft")
        rows = write_return_figures(con, home, "draft.reporting")
        con.execute("detach draft")
    folder = _next_parquet(home)
    for file in sorted((home.published / "parquet").glob("*.parquet")):
        if file.stem != TABLE:
            _link_or_copy(file, folder / file.name)
    with open_reporting(draft) as con:
        _copy_to_parquet(con, TABLE, folder)
    _sync(folder)
    before = last_publication(home)
    record = before | {"rows": dict(sorted((before.get("rows", {}) | {TABLE: rows}).items()))}
    _put_in_force(home, draft, folder, record)
    return rows


def _draft(home: Home) -> Path:
    final = reporting_file(home)
    return final.with_name(f"{final.name}.{os.getpid()}.tmp")


def _put_in_force(home: Home, draft: Path, parquet: Path, record: dict[str, Any]) -> None:
    """Lets a whole draft take the place of what readers see."""
    _make_durable(draft)
    os.replace(draft, reporting_file(home))
    _point_to(home.published / "parquet", parquet)
    _write_record(home, record | {"parquet": parquet.name})
    _remove_old_parquet(home, keep=2)


def _state(facts: Path | None) -> dict[str, Any]:
    if facts is None:
        return {"as_at": {}, "dbt_invocation": None}
    with connect(facts, read_only=True) as con:
        nights = con.execute(
            "select council, as_at_date from reporting.dim_council where as_at_date is not null order by council"
        ).fetchall()
        invocation = con.execute("select invocation_id from config.build_state").fetchone()
    return {
        "as_at": {council: str(night) for council, night in nights},
        "dbt_invocation": invocation[0] if invocation else None,
    }


def _refuse_to_go_back(before: dict[str, Any], as_at: dict[str, str]) -> None:
    for council, night in before.get("as_at", {}).items():
        if as_at.get(council, "") < night:
            raise RedressError(
                f"The facts of {council} are published as at {night} and this build knows them as at "
                f"{as_at.get(council, 'no night')}; publication never goes back: "
                "run the build again up to today, or remove the folder published/ to begin anew."
            )


def _write_reporting(home: Home, draft: Path, facts: Path | None, quality: Path) -> dict[str, int]:
    with connect() as con:
        con.execute(f"attach {text(draft)} as draft (STORAGE_VERSION {text(STORAGE_VERSION)})")
        con.execute("create schema draft.reporting")
        rows = _copy_tables(con, quality, only=QUALITY_TABLES)
        if facts is not None:
            rows |= _copy_tables(con, facts, leave_out=QUALITY_TABLES)
        rows[TABLE] = write_return_figures(con, home, "draft.reporting")
        con.execute("detach draft")
    return dict(sorted(rows.items()))


def _copy_tables(
    con: "duckdb.DuckDBPyConnection", build: Path, only: tuple[str, ...] = (), leave_out: tuple[str, ...] = ()
) -> dict[str, int]:
    con.execute(f"attach {text(build)} as build (READ_ONLY)")
    built = con.execute(
        """
        select table_name from duckdb_tables()
        where database_name = 'build' and schema_name = 'reporting' order by table_name
        """
    ).fetchall()
    tables = [table for (table,) in built if table not in leave_out and (not only or table in only)]
    rows: dict[str, int] = {}
    for table in tables:
        counted = con.execute(f"create table draft.reporting.{table} as from build.reporting.{table}").fetchone()
        rows[table] = int(counted[0]) if counted else 0
    _copy_comments(con, tables)
    con.execute("detach build")
    return rows


def _copy_comments(con: "duckdb.DuckDBPyConnection", tables: list[str]) -> None:
    """What dbt says of tables and columns goes along, for tools that show it."""
    comments = con.execute(
        """
        select 'table draft.reporting.' || table_name, comment from duckdb_tables()
        where database_name = 'build' and schema_name = 'reporting'
            and list_contains($tables, table_name) and comment is not null
        union all
        select 'column draft.reporting.' || table_name || '.' || column_name, comment from duckdb_columns()
        where database_name = 'build' and schema_name = 'reporting'
            and list_contains($tables, table_name) and comment is not null
        """,
        {"tables": tables},
    ).fetchall()
    for place, comment in comments:
        con.execute(f"comment on {place} is {text(comment)}")


def _write_parquet(home: Home, reporting: Path) -> Path:
    """Writes every table of the reporting file into the next versioned folder."""
    folder = _next_parquet(home)
    with open_reporting(reporting) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'reporting'").fetchall()
        for (table,) in tables:
            _copy_to_parquet(con, table, folder)
    _sync(folder)
    return folder


def _next_parquet(home: Home) -> Path:
    number = max((int(name) for name in _parquet_versions(home)), default=0) + 1
    folder = home.published / f"parquet.{number:06d}"
    folder.mkdir()
    return folder


def _copy_to_parquet(con: "duckdb.DuckDBPyConnection", table: str, folder: Path) -> None:
    file = folder / f"{table}.parquet"
    con.execute(f"copy {table} to {text(file)} (format parquet, compression zstd)")
    _make_durable(file)


def _link_or_copy(source: Path, target: Path) -> None:
    """The same file in another folder; a copy where the disk knows no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        _make_durable(target)


def _make_durable(file: Path) -> None:
    """On disk before it gets its name, and read-only for everyone."""
    _sync(file)
    file.chmod(0o444)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point_to(link: Path, folder: Path) -> None:
    if link.exists() and not link.is_symlink():
        raise RedressError(f"{link} is a folder that Redress did not make; move it away and publish again.")
    draft = link.with_name("parquet.link.tmp")
    draft.symlink_to(folder.name)
    os.replace(draft, link)
    _sync(link.parent)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write_record(home: Home, record: dict[str, Any]) -> None:
    draft = home.published / "published.json.tmp"
    draft.write_text(json.dumps(record, indent=2), encoding="utf-8")
    _sync(draft)
    os.replace(draft, home.published / "published.json")


def _parquet_versions(home: Home) -> list[str]:
    matches = (_PARQUET_VERSION.match(path.name) for path in home.published.iterdir())
    return sorted(match.group(1) for match in matches if match)


def _remove_old_parquet(home: Home, keep: int) -> None:
    for number in _parquet_versions(home)[:-keep]:
        shutil.rmtree(home.published / f"parquet.{number}")


def _remove_leftovers(home: Home) -> None:
    """Drafts of killed runs: files that never got their name, and Parquet folders newer than the one in force."""
    for pattern in ("reporting.duckdb.*", "*.tmp"):
        for path in home.published.glob(pattern):
            path.unlink()
    link = home.published / "parquet"
    in_force = os.readlink(link) if link.is_symlink() else ""
    for number in _parquet_versions(home):
        if f"parquet.{number}" > in_force:
            shutil.rmtree(home.published / f"parquet.{number}")
