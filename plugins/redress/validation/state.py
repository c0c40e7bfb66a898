"""Prepares what the rules look at: rows that came in, rows that wait, and what is loaded."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import Entity, load_contract
from redress.duck import text
from redress.landing.door import raw_columns, typed_columns
from redress.landing.manifests import Manifest, rows_file
from redress.paths import Home
from redress.validation.loads import Load, decided_full_extracts

if TYPE_CHECKING:
    import duckdb

ROW_COLUMNS = ("source_file varchar", "source_row bigint", "extract_id varchar", "row_hash varchar")


def prepare(
    con: "duckdb.DuckDBPyConnection",
    home: Home,
    council: str,
    extracts: dict[str, Manifest],
    loads: list[Load],
    extract_date: date,
) -> None:
    """Fills the schemas versions, loaded, arrived and incoming, one table an entity.

    versions: the last decision on each key, deletions included. loaded: the versions in force.
    arrived: every row of tonight's extracts, is_superseded where something newer is loaded.
    incoming: rows to validate, row_id unique in the entity: arrived ones that are not superseded,
    and those waiting in quarantine that tonight's extracts did not replace.
    """
    for schema in ("versions", "loaded", "arrived", "incoming"):
        con.execute(f"create schema {schema}")
    for entity in load_contract().entities.values():
        manifest = extracts.get(entity.name)
        if manifest and manifest.rejected:
            manifest = None
        _create_versions(con, entity, loads)
        full = decided_full_extracts(home, loads, entity.name)
        _create_arrived(con, home, entity, manifest, full[-1].extract_date if full else None)
        _create_incoming(con, home, council, entity, manifest, loads, extract_date)


def files_sql(paths: list[Path]) -> str:
    """A list of files as an argument of read_parquet."""
    return "[" + ", ".join(text(path) for path in paths) + "]"


def _create_versions(con: "duckdb.DuckDBPyConnection", entity: Entity, loads: list[Load]) -> None:
    columns = typed_columns(entity)
    files = [path for load in loads if (path := load.folder / "accepted" / f"{entity.name}.parquet").exists()]
    if files:
        con.execute(f"""
            create table versions.{entity.name} as
            select record_key, {", ".join(columns)}, operation, extract_date, load_number, row_hash
            from (
                select *, row_number() over (partition by record_key order by load_number desc) as recency
                from read_parquet({files_sql(files)})
            )
            where recency = 1
        """)
    else:
        typed = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
        con.execute(f"""
            create table versions.{entity.name} (
                record_key varchar, {typed}, operation varchar, extract_date date, load_number bigint, row_hash varchar
            )
        """)
    con.execute(f"""
        create table loaded.{entity.name} as
        select record_key, {", ".join(columns)}, extract_date, row_hash
        from versions.{entity.name} where operation = 'upsert'
    """)


def _create_arrived(
    con: "duckdb.DuckDBPyConnection",
    home: Home,
    entity: Entity,
    manifest: Manifest | None,
    newest_full: date | None,
) -> None:
    columns = _row_columns(entity)
    if manifest is None:
        declared = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
        con.execute(f"create table arrived.{entity.name} ({declared}, is_superseded boolean)")
        return
    newer = "versions.updated_at > landed.updated_at" if "updated_at" in entity.columns else "false"
    con.execute(
        f"""
        create table arrived.{entity.name} as
        select
            {", ".join(_landed_column(name) for name in columns)},
            coalesce(
                $newest_full > $extract_date
                or versions.extract_date > $extract_date
                or (versions.extract_date = $extract_date and {newer}),
                false
            ) as is_superseded
        from read_parquet($file) as landed
        left join versions.{entity.name} as versions on versions.record_key = landed.record_key
        """,
        {
            "file": str(rows_file(home, manifest)),
            "extract_date": manifest.extract_date,
            "newest_full": newest_full,
            "source_file": manifest.place,
            "has_parts": manifest.parts > 1,
            "extract_id": manifest.extract_id,
        },
    )


def _create_incoming(
    con: "duckdb.DuckDBPyConnection",
    home: Home,
    council: str,
    entity: Entity,
    manifest: Manifest | None,
    loads: list[Load],
    extract_date: date,
) -> None:
    columns = ", ".join(_row_columns(entity))
    waiting = _waiting_sql(home, council, entity, manifest, loads)
    con.execute(
        f"""
        create table incoming.{entity.name} as
        select row_number() over (order by is_waiting, source_row, extract_id) as row_id, *
        from (
            select {columns}, false as is_waiting, $extract_date as extract_date
            from arrived.{entity.name} where not is_superseded
            {waiting}
        )
        """,
        {"extract_date": extract_date},
    )


def _waiting_sql(home: Home, council: str, entity: Entity, manifest: Manifest | None, loads: list[Load]) -> str:
    """Rows the last load left in quarantine. A full extract replaces all of them, a changes extract its keys."""
    if not loads:
        return ""
    file = home.quarantine / council / loads[-1].name / f"{entity.name}.parquet"
    if not file.exists():
        return ""
    replaced = (
        f"(select count(*) from arrived.{entity.name} where not is_superseded) > 0"
        if (manifest and manifest.extract_kind == "full")
        else f"record_key in (select record_key from arrived.{entity.name} where not is_superseded)"
    )
    return f"""
            union all by name
            select {", ".join(_row_columns(entity))}, true as is_waiting, $extract_date as extract_date
            from read_parquet({text(file)})
            where not {replaced}
    """


def _row_columns(entity: Entity) -> dict[str, str]:
    return (
        {"record_key": "varchar"}
        | typed_columns(entity)
        | {f"raw_{name}": "varchar" for name in raw_columns(entity)}
        | dict(column.split() for column in ROW_COLUMNS)
    )


def _landed_column(name: str) -> str:
    if name == "source_file":
        return "case when $has_parts then landed.source_part else $source_file end as source_file"
    return "$extract_id as extract_id" if name == "extract_id" else f"landed.{name}"
