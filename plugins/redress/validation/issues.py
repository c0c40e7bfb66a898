"""The issue log: every failing row seen, and every open issue found resolved. Appended to, never changed."""

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
    "column_name": "varchar",
    "occurrence": "bigint",
    "source_file": "varchar",
    "source_row": "bigint",
    "extract_id": "varchar",
    "event": "varchar",
    "event_date": "date",
    "load_number": "bigint",
}


def write_events(
    con: "duckdb.DuckDBPyConnection", council: str, loads: list[Load], extract_date: date, load_number: int, file: Path
) -> None:
    """Writes events.parquet: `seen` for each failing row, `resolved` for open issues checked and not seen.

    An issue is one rule on one column of one key; occurrence tells rows apart that share a key.
    Needs the tables seen and rule_outcomes.
    """
    _create_open(con, loads)
    _create_checked(con)
    same = " and ".join(f"seen.{name} is not distinct from open_issues.{name}" for name in IDENTITY)
    con.execute(f"""
        copy (
            select {text(council)} as council, seen.*,
                'seen' as event, date '{extract_date}' as event_date, {load_number}::bigint as load_number
            from seen
            union all by name
            select {text(council)} as council, open_issues.* exclude (event, event_date, load_number, council),
                'resolved' as event, date '{extract_date}' as event_date, {load_number}::bigint as load_number
            from open_issues
            where not exists (select 1 from seen where {same})
                and exists (
                    select 1 from checked
                    where checked.entity = open_issues.entity
                        and checked.record_key is not distinct from open_issues.record_key
                        and (checked.rule is null or checked.rule = open_issues.rule)
                )
        ) to {text(file)} (format parquet, compression zstd)
    """)


def collect_seen(con: "duckdb.DuckDBPyConnection") -> None:
    """Fills the table seen: a row for each row of failures, with the key, file and row number it came from."""
    incoming = " union all ".join(
        f"""
        select '{entity.name}' as entity, row_id, record_key, source_file, source_row, extract_id,
            {"raw_case_ref" if "case_ref" in entity.columns else "null"} as case_ref
        from incoming.{entity.name}
        """
        for entity in load_contract().entities.values()
    )
    con.execute(f"""
        create table seen as
        select
            failures.rule, failures.severity, failures.entity, coalesce(rows_in.record_key, '') as record_key,
            rows_in.case_ref, failures.column_name,
            row_number() over (
                partition by failures.rule, failures.entity, coalesce(rows_in.record_key, ''), failures.column_name
                order by rows_in.source_row
            ) as occurrence,
            rows_in.source_file,
            rows_in.source_row,
            coalesce(rows_in.extract_id, batch.extract_id) as extract_id
        from failures
        left join ({incoming}) as rows_in
            on rows_in.entity = failures.entity and rows_in.row_id = failures.row_id
        left join incoming.batch as batch on batch.entity = failures.entity
    """)


def _create_open(con: "duckdb.DuckDBPyConnection", loads: list[Load]) -> None:
    files = [path for load in loads if (path := load.folder / "events.parquet").exists()]
    if not files:
        declared = ", ".join(f"{name} {sql_type}" for name, sql_type in COLUMNS.items())
        con.execute(f"create table open_issues ({declared})")
        return
    con.execute(f"""
        create table open_issues as
        select {", ".join(COLUMNS)}
        from (
            select *, row_number() over (partition by {", ".join(IDENTITY)} order by load_number desc) as recency
            from read_parquet({files_sql(files)})
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
