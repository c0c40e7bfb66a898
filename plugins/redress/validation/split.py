"""Splits tonight's rows: accepted, quarantined or unchanged. Nothing is lost; the counts are checked."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import Entity
from redress.duck import text
from redress.errors import RedressError
from redress.landing.door import typed_columns

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Counts:
    """What became of an entity's rows in one load. released: rows that waited and came in."""

    landed: int
    accepted: int
    quarantined: int
    unchanged: int
    released: int
    still_waiting: int
    deleted: int

    def check(self, council: str, entity: str) -> None:
        """Raises RedressError unless landed = accepted + quarantined + unchanged."""
        if self.landed != self.accepted + self.quarantined + self.unchanged:
            raise RedressError(
                f"{council} {entity}: {self.landed} rows landed, but {self.accepted} accepted + {self.quarantined} "
                f"quarantined + {self.unchanged} unchanged; nothing of this load was kept: report this as a defect."
            )


def decide(con: "duckdb.DuckDBPyConnection", entity: Entity) -> None:
    """Fills decided.<entity>: row_id and disposition (accepted, quarantined or unchanged).

    Needs the tables failures and copies of the rules engine.
    """
    con.execute("create schema if not exists decided")
    con.execute(
        f"""
        create table decided.{entity.name} as
        select
            incoming.row_id,
            case
                when copies.row_id is not null then 'unchanged'
                when critical.row_id is not null then 'quarantined'
                when loaded.record_key is not null then 'unchanged'
                else 'accepted'
            end as disposition
        from incoming.{entity.name} as incoming
        left join (select row_id from copies where entity = $entity) as copies on copies.row_id = incoming.row_id
        left join (
            select distinct row_id from failures where entity = $entity and severity = 'critical'
        ) as critical on critical.row_id = incoming.row_id
        left join loaded.{entity.name} as loaded
            on loaded.record_key = incoming.record_key and loaded.row_hash = incoming.row_hash
        """,
        {"entity": entity.name},
    )


def count(con: "duckdb.DuckDBPyConnection", entity: Entity) -> Counts:
    """Counts of the decisions on one entity."""
    name = entity.name
    row = con.execute(f"""
        select
            (select count(*) from arrived.{name}),
            count(*) filter (where not is_waiting and disposition = 'accepted'),
            count(*) filter (where not is_waiting and disposition = 'quarantined'),
            count(*) filter (where not is_waiting and disposition = 'unchanged')
                + (select count(*) from arrived.{name} where is_superseded),
            count(*) filter (where is_waiting and disposition = 'accepted'),
            count(*) filter (where is_waiting and disposition = 'quarantined'),
            (select count(*) from deleted.{name})
        from incoming.{name} inner join decided.{name} using (row_id)
    """).fetchone()
    return Counts(*row) if row else Counts(0, 0, 0, 0, 0, 0, 0)


def write_accepted(
    con: "duckdb.DuckDBPyConnection", entity: Entity, council: str, extract_date: date, load_number: int, file: Path
) -> None:
    """Writes accepted/<entity>.parquet: new and changed rows, and deletions; no file where there are none."""
    columns = typed_columns(entity)
    load = f"{text(extract_date)}::date as extract_date, {load_number}::bigint as load_number"
    sql = f"""
        select {text(council)} as council, record_key, {", ".join(columns)}, 'upsert' as operation,
            extract_id, {load}, source_file, source_row, row_hash
        from incoming.{entity.name} inner join decided.{entity.name} using (row_id)
        where disposition = 'accepted'
        union all by name
        select {text(council)} as council, record_key, {", ".join(entity.key)}, 'delete' as operation, {load}
        from deleted.{entity.name}
        where record_key not in (
            select record_key from incoming.{entity.name} inner join decided.{entity.name} using (row_id)
            where disposition = 'accepted'
        )
    """
    _write(con, sql, file)


def write_quarantine(con: "duckdb.DuckDBPyConnection", entity: Entity, file: Path) -> None:
    """Writes every row held after this load, whole, with the codes of the rules that hold it."""
    sql = f"""
        select incoming.* exclude (row_id, is_waiting, extract_date), held.rules
        from incoming.{entity.name} as incoming
        inner join decided.{entity.name} as decided on decided.row_id = incoming.row_id
        inner join (
            select row_id, string_agg(distinct rule, ';' order by rule) as rules
            from failures where entity = {text(entity.name)} and severity = 'critical' group by row_id
        ) as held on held.row_id = incoming.row_id
        where decided.disposition = 'quarantined'
        order by incoming.source_row
    """
    _write(con, sql, file)


def _write(con: "duckdb.DuckDBPyConnection", sql: str, file: Path) -> None:
    con.execute(f"create or replace temp table to_write as {sql}")
    if con.execute("select count(*) from to_write").fetchone() != (0,):
        file.parent.mkdir(parents=True, exist_ok=True)
        con.execute(f"copy to_write to {text(file)} (format parquet, compression zstd)")
    con.execute("drop table to_write")
