"""The issue log: every failing row seen, and every open issue found resolved. Appended to, never changed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import load_contract
from redress.duck import text
from redress.validation.loads import Load
from redress.validation.state import files_sql

if TYPE_CHECKING:
    import duckdb

IDENTITY = ("rule", "entity", "record_key", "column_name", "occurrence")

COLUMNS = {
    "council": "varchar",
    "rule": "varchar",
    "severity": "varchar",
    "entity": "varchar",
    "record_key": "varchar",
    "case_ref": "varchar",
    "service_code": "varchar",
    "column_name": "varchar",
    "occurrence": "bigint",
    "relevant_hash": "varchar",
    "source_file": "varchar",
    "source_row": "bigint",
    "extract_id": "varchar",
    "event": "varchar",
    "event_date": "date",
    "load_number": "bigint",
    "is_withdrawn": "boolean",
}
"""A file of an earlier version lacks some of them; they read as null. relevant_hash is of a sighting, is_withdrawn of
a resolution: true where the record is gone, false where it is there and right."""

ACCEPTANCES = {
    "council": "varchar",
    "number": "bigint",
    "rule": "varchar",
    "entity": "varchar",
    "record_key": "varchar",
    "column_name": "varchar",
    "occurrence": "bigint",
    "relevant_hash": "varchar",
    "accepted_on": "date",
    "accepted_until": "date",
    "accepted_by": "varchar",
    "ended_on": "date",
}
"""An acceptance, a row for each issue it covers; ended_on is the night on which it ended by itself, null in force."""

_KEPT = (*IDENTITY, "severity", "case_ref", "service_code", "source_file", "source_row", "extract_id")
"""What a resolution repeats of the last sighting."""

_LOOKED_AT = "checked.entity = open_issues.entity and checked.record_key is not distinct from open_issues.record_key"


def write_events(
    con: "duckdb.DuckDBPyConnection", council: str, loads: list[Load], extract_date: date, load_number: int, file: Path
) -> None:
    """Writes events.parquet: `seen` for each failing row, `resolved` for open issues checked and not seen.

    An issue is one rule on one column of one key; occurrence tells rows apart that share a key.
    Needs the tables seen and rule_outcomes.
    """
    create_open(con, loads)
    _create_checked(con)
    same = " and ".join(f"seen.{name} is not distinct from open_issues.{name}" for name in IDENTITY)
    kept = ", ".join(_KEPT)
    night = f"{text(council)} as council, date '{extract_date}' as event_date, {load_number}::bigint as load_number"
    con.execute(f"""
        copy (
            select {", ".join(COLUMNS)}
            from (
                select {kept}, relevant_hash, {night}, 'seen' as event, null::boolean as is_withdrawn
                from seen
                union all by name
                select {kept}, null::varchar as relevant_hash, {night}, 'resolved' as event,
                    exists (select 1 from checked where {_LOOKED_AT} and checked.rule is null) as is_withdrawn
                from open_issues
                where not exists (select 1 from seen where {same})
                    and exists (
                        select 1 from checked
                        where {_LOOKED_AT} and (checked.rule is null or checked.rule = open_issues.rule)
                    )
            )
        ) to {text(file)} (format parquet, compression zstd)
    """)


def create_acceptances(con: "duckdb.DuckDBPyConnection", table: str, accepted: Sequence[tuple[object, ...]]) -> None:
    """Makes the table anew from the acceptances in force: rows in the order of ACCEPTANCES."""
    declared = ", ".join(f"{name} {sql_type}" for name, sql_type in ACCEPTANCES.items())
    con.execute(f"create or replace table {table} ({declared})")
    if accepted:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(ACCEPTANCES))})", accepted)


def collect_seen(con: "duckdb.DuckDBPyConnection") -> None:
    """Fills the table seen: a row for each row of failures, with the key, file and row number it came from.

    Its service is the row's own; else that of its case, as it came tonight or as it is loaded. is_accepted tells
    whether an acceptance stands for it. Needs the tables relevant_hashes and acceptances.
    """
    incoming = " union all ".join(
        f"""
        select '{entity.name}' as entity, row_id, record_key, source_file, source_row, extract_id,
            {"raw_case_ref" if "case_ref" in entity.columns else "null"} as case_ref,
            {"service_code" if "service_code" in entity.columns else "null"} as service_code
        from incoming.{entity.name}
        """
        for entity in load_contract().entities.values()
    )
    con.execute(f"""
        create table seen as
        with found as (
            select
                failures.rule, failures.severity, failures.entity, failures.row_id,
                coalesce(rows_in.record_key, '') as record_key, rows_in.case_ref,
                coalesce(rows_in.service_code, cases_in.service_code, cases_loaded.service_code) as service_code,
                failures.column_name,
                row_number() over (
                    partition by failures.rule, failures.entity, coalesce(rows_in.record_key, ''), failures.column_name
                    order by rows_in.source_row
                ) as occurrence,
                relevant_hashes.relevant_hash,
                rows_in.source_file,
                rows_in.source_row,
                coalesce(rows_in.extract_id, batch.extract_id) as extract_id
            from failures
            left join ({incoming}) as rows_in
                on rows_in.entity = failures.entity and rows_in.row_id = failures.row_id
            left join incoming.batch as batch on batch.entity = failures.entity
            left join relevant_hashes
                on relevant_hashes.rule = failures.rule
                    and relevant_hashes.entity = failures.entity and relevant_hashes.row_id = failures.row_id
                    and relevant_hashes.column_name is not distinct from failures.column_name
            left join (
                select raw_case_ref as case_ref, max(service_code) as service_code
                from incoming.cases group by raw_case_ref
            ) as cases_in on cases_in.case_ref = rows_in.case_ref
            left join loaded.cases as cases_loaded on cases_loaded.case_ref = rows_in.case_ref
        )
        select found.*, exists (
            select 1 from acceptances
            where {" and ".join(f"acceptances.{name} is not distinct from found.{name}" for name in IDENTITY)}
                and acceptances.relevant_hash = found.relevant_hash
        ) as is_accepted
        from found
    """)


def events_sql(loads: Sequence[Load]) -> str:
    """A query for the events of these loads in the columns of today; what an earlier version did not write is null."""
    nothing = ", ".join(f"null::{sql_type} as {name}" for name, sql_type in COLUMNS.items())
    files = [path for load in loads if (path := load.folder / "events.parquet").exists()]
    written = f"union all by name select * from read_parquet({files_sql(files)}, union_by_name = true)" if files else ""
    return f"select * from (select {nothing} where false) {written}"


def create_open(con: "duckdb.DuckDBPyConnection", loads: list[Load], where: str = "true") -> None:
    """Table open_issues, in the columns of COLUMNS: the last sighting of every issue that stands.

    where: SQL on events that keeps or leaves all events of an issue.
    """
    con.execute(f"""
        create table open_issues as
        select {", ".join(COLUMNS)}
        from (
            select *, row_number() over (partition by {", ".join(IDENTITY)} order by load_number desc) as recency
            from ({events_sql(loads)})
            where {where}
        )
        where recency = 1 and event = 'seen'
    """)


def _create_checked(con: "duckdb.DuckDBPyConnection") -> None:
    """Keys and rules looked at tonight: rows validated, keys that are gone, and batches (record_key '')."""
    con.execute("""
        create table checked (entity varchar, record_key varchar, rule varchar);
        insert into checked select entity, '', rule from rule_outcomes where is_checked
    """)
    for entity in load_contract().entities:
        con.execute(f"""
            insert into checked
            select '{entity}', incoming.record_key, outcomes.rule
            from (
                select distinct record_key from incoming.{entity}
                where record_key in (select record_key from open_issues where entity = '{entity}')
            ) as incoming
            cross join (select rule from rule_outcomes where entity = '{entity}' and is_checked) as outcomes
            union all
            select '{entity}', open_issues.record_key, null
            from open_issues
            where open_issues.entity = '{entity}' and open_issues.record_key <> ''
                and open_issues.record_key not in (select record_key from loaded.{entity})
                and open_issues.record_key not in (select record_key from incoming.{entity})
        """)
