"""What the batch rules (V01 to V05) look at: a row an extract, a row a column of it or its source; and removals."""

from statistics import median
from typing import TYPE_CHECKING

from redress.contract import Entity, load_contract
from redress.landing.manifests import Manifest
from redress.paths import Home
from redress.validation.loads import Load, decided_full_extracts

if TYPE_CHECKING:
    import duckdb

EXTRACTS_IN_MEDIAN = 10


def prepare_batch(
    con: "duckdb.DuckDBPyConnection",
    home: Home,
    extracts: dict[str, Manifest],
    loads: list[Load],
    removal_allowed: bool,
) -> None:
    """Fills incoming.batch, batch_columns, batch_source_columns and removed.<entity>.

    The last are the keys that a full extract no longer holds.
    """
    con.execute("create schema removed")
    for entity in load_contract().entities:
        full = decided_full_extracts(home, loads, entity)
        con.execute(f"create table removed.{entity} as {_removed_sql(entity, extracts.get(entity), full)}")
    con.execute("""
        create table incoming.batch (
            entity varchar, extract_id varchar, extract_kind varchar, rows_landed bigint, missing_columns varchar,
            loaded_keys bigint, removed_keys bigint, removal_allowed boolean, median_rows double, is_rejected boolean
        )
    """)
    con.execute("""
        create table incoming.batch_columns (
            entity varchar, column_name varchar, null_share double, previous_null_share double
        )
    """)
    con.execute(
        "create table incoming.batch_source_columns (entity varchar, column_name varchar, is_as_before boolean)"
    )
    for manifest in extracts.values():
        earlier = decided_full_extracts(home, loads, manifest.entity)
        recent = [m.rows for m in earlier[-EXTRACTS_IN_MEDIAN:]]
        con.execute(
            f"""
            insert into incoming.batch
            select $entity, $extract_id, $kind, $rows, $missing,
                (select count(*) from loaded.{manifest.entity}), (select count(*) from removed.{manifest.entity}),
                $allowed, $median, $rejected
            """,
            {
                "entity": manifest.entity,
                "extract_id": manifest.extract_id,
                "kind": manifest.extract_kind,
                "rows": manifest.rows,
                "missing": ";".join(manifest.missing_columns) or None,
                "allowed": removal_allowed,
                "median": median(recent) if recent else None,
                "rejected": manifest.rejected is not None,
            },
        )
        previous = earlier[-1].null_shares if earlier and manifest.extract_kind == "full" else {}
        if manifest.null_shares:
            con.executemany(
                "insert into incoming.batch_columns values (?, ?, ?, ?)",
                [[manifest.entity, name, share, previous.get(name)] for name, share in manifest.null_shares.items()],
            )
        if columns := _compared_columns(manifest):
            con.executemany(
                "insert into incoming.batch_source_columns values (?, ?, ?)",
                [[manifest.entity, name, as_before] for name, as_before in columns.items()],
            )


def _compared_columns(manifest: Manifest) -> dict[str, bool]:
    """Whether each column of the source, as it was or as it is, is as before; none if there was no extract before."""
    if manifest.drift is None or manifest.rejected:
        return {}
    return dict.fromkeys(manifest.source_columns, True) | {drift.column: False for drift in manifest.drift}


def _removed_sql(entity: str, manifest: Manifest | None, earlier: list[Manifest]) -> str:
    """Keys in force that tonight's full extract does not hold, in quarantine or not."""
    nothing = f"select record_key from loaded.{entity} where false"
    if manifest is None or manifest.rejected or manifest.extract_kind != "full":
        return nothing
    if earlier and earlier[-1].extract_date > manifest.extract_date:
        return nothing
    return f"""
        select record_key from loaded.{entity}
        where record_key not in (select record_key from arrived.{entity})
            and extract_date <= date '{manifest.extract_date}'
    """


def apply_removals(con: "duckdb.DuckDBPyConnection", entities: list[str]) -> None:
    """Takes removed keys of these entities, and what hangs on them, out of what is loaded; fills deleted.<entity>.

    What hangs on a case is everything that names it; on a stage, the stages after it, its freezes and causes.
    """
    con.execute("create schema deleted")
    for entity in load_contract().entities.values():
        removed = f"select record_key from removed.{entity.name}" if entity.name in entities else "select null"
        con.execute(f"""
            create table deleted.{entity.name} as
            select record_key, {", ".join(entity.key)} from loaded.{entity.name}
            where record_key in ({removed}) {_hanging_sql(entity)}
        """)
        if entity.name == "stages":
            con.execute("""
                insert into deleted.stages
                select record_key, case_ref, stage from loaded.stages
                where record_key not in (select record_key from deleted.stages) and exists (
                    select 1 from deleted.stages as gone
                    where gone.case_ref = stages.case_ref and gone.stage < stages.stage
                )
            """)
        con.execute(f"""
            delete from loaded.{entity.name} where record_key in (select record_key from deleted.{entity.name})
        """)


def _hanging_sql(entity: Entity) -> str:
    """Conditions that take a row along with its case, or a freeze or cause with its stage."""
    if entity.name == "cases" or "case_ref" not in entity.columns:
        return ""
    with_case = "or case_ref in (select case_ref from deleted.cases)"
    if "stage" not in entity.columns or entity.name == "stages":
        return with_case
    return f"{with_case} or (case_ref, stage) in (select (case_ref, stage) from deleted.stages)"
