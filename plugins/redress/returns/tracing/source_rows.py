"""From a case back to where its records came from: file, row and extract, and what changed since a load."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redress.contract import Entity, load_contract
from redress.duck import connect, text
from redress.errors import RedressError
from redress.paths import Home

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class SourceRow:
    """Where the version of a record in force came from. The header of a file is row 1."""

    reference: str
    entity: str
    record_key: str
    source_file: str
    source_row: int
    extract_id: str


@dataclass(frozen=True)
class DataState:
    """What the warehouse of a council rests on: its last load, and a fingerprint of its settings."""

    load_number: int
    settings_hash: str


def source_rows(
    home: Home, council: str, references: Collection[str], entities: Collection[str], stage: str | None = None
) -> dict[str, list[SourceRow]]:
    """By reference, the record of each case and its records of the entities; of one stage only, where that is given.

    What belongs to no case is found by its own reference.
    """
    found: dict[str, list[SourceRow]] = {reference: [] for reference in references}
    with _accepted(home) as con:
        con.execute("create temp table wanted as select unnest($references) as reference", {"references": [*found]})
        for name in sorted({"cases", *entities}, key=lambda name: (name != "cases", name)):
            entity = load_contract().entities[name]
            of_stage = f"stage::varchar = {text(stage)}" if stage and "stage" in entity.columns else "true"
            rows = con.execute(
                f"""
                with versions as (
                    select
                        {_reference(entity)} as reference, * exclude (council),
                        row_number() over (partition by record_key order by load_number desc) as recency
                    from accepted.{name} where council = ?
                )
                select reference, '{name}', record_key, source_file, source_row, extract_id
                from versions inner join wanted using (reference)
                where recency = 1 and operation = 'upsert' and {of_stage}
                order by reference, source_file, source_row
                """,
                [council],
            ).fetchall()
            for row in rows:
                found[row[0]].append(SourceRow(*row))
    return found


def changed_since(home: Home, council: str, load_number: int) -> set[str]:
    """References whose records were added, corrected or removed in loads after one.

    A record that was removed is known by its last version; one that moved, by both cases.
    """
    changed: set[str] = set()
    with _accepted(home) as con:
        for entity in load_contract().entities.values():
            rows = con.execute(
                f"""
                with versions as (
                    select
                        {_reference(entity)} as reference, load_number,
                        max(load_number) over (partition by record_key) as last_load
                    from accepted.{entity.name} where council = ?
                )
                select distinct reference from versions where last_load > ? and reference is not null
                """,
                [council, load_number],
            ).fetchall()
            changed.update(reference for (reference,) in rows)
    return changed


def data_state(home: Home, council: str) -> DataState:
    """What the facts published now rest on."""
    with _accepted(home) as con:
        row = con.execute(
            """
            select
                coalesce((select max(load_number) from accepted.loads where council = $council and is_built), 0),
                coalesce((select config_hash from config.councils where council = $council), '')
            """,
            {"council": council},
        ).fetchone()
    return DataState(int(row[0]), str(row[1])) if row else DataState(0, "")


def _reference(entity: Entity) -> str:
    """What a record is known by: its case, or, as metrics have it, its own reference where it has none."""
    if entity.name == "ombudsman":
        return "coalesce(case_ref, record_key)"
    return "case_ref" if "case_ref" in entity.columns else "record_key"


@contextmanager
def _accepted(home: Home) -> Iterator["duckdb.DuckDBPyConnection"]:
    """The accepted records that the published facts were built from."""
    file = home.build / "warehouse.duckdb"
    if not file.exists():
        raise RedressError(f"There is no warehouse in {home.build} to trace figures in; run `redress rebuild`.")
    with connect(file, read_only=True) as con:
        yield con
