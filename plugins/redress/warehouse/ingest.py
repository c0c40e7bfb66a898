"""Brings committed loads and the councils' settings into the private build file, as sets."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import Entity, load_contract
from redress.contract.model import CONTRACT_FILE
from redress.councils import CODE_LISTS, Council
from redress.duck import text
from redress.errors import RedressError
from redress.landing.door import typed_columns
from redress.paths import Home
from redress.validation.issues import create_acceptances
from redress.validation.loads import Load, committed
from redress.validation.missed import Missed
from redress.warehouse.tables import CONFIG, LOADS, METADATA, QUALITY, STANDING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Ingested:
    """What came in: loads by council, and rows by accepted entity."""

    loads: dict[str, int]
    rows: dict[str, int]


def landed_loads(home: Home) -> list[Load]:
    """Committed loads of every council that ever loaded, oldest first within a council."""
    folders = sorted(folder.parent for folder in home.landing.glob("*/loads"))
    return [load for folder in folders for load in committed(home, folder.name)]


def accepted_columns(entity: Entity) -> dict[str, str]:
    """Names and SQL types of accepted.<entity>, in order."""
    return {"council": "varchar", "record_key": "varchar"} | typed_columns(entity) | METADATA


def contract_hash() -> str:
    """Fingerprint of the contract; a build made for another one starts again from landing."""
    return hashlib.sha256(CONTRACT_FILE.read_bytes()).hexdigest()


def can_continue(con: "duckdb.DuckDBPyConnection", landed: Sequence[Load]) -> bool:
    """Whether the build in hand holds only what landing still says, under today's contract and in today's tables.

    Landing is the truth: where it was replaced, or the contract or a table changed, the build is made anew.
    """
    found = con.execute("""
        select schema_name || '.' || table_name, list(column_name order by column_index)
        from duckdb_columns() where schema_name in ('accepted', 'quality', 'config') group by 1
    """).fetchall()
    if dict(found) != {table: list(columns) for table, columns in _tables().items()}:
        return False
    if con.execute("select contract_hash from config.build_state").fetchone() != (contract_hash(),):
        return False
    known = {(load.council, load.number): _fingerprint(load) for load in landed}
    held = con.execute("select council, load_number, extracts from accepted.loads").fetchall()
    return all(known.get((council, number)) == extracts for council, number, extracts in held)


def held_nights(con: "duckdb.DuckDBPyConnection") -> list[date]:
    """The nights of which the build in hand has loads; none where it is new."""
    if con.execute("select 1 from duckdb_tables() where schema_name = 'accepted' and table_name = 'loads'").fetchone():
        return [night for (night,) in con.execute("select distinct extract_date from accepted.loads").fetchall()]
    return []


def ingest(
    con: "duckdb.DuckDBPyConnection",
    councils: Mapping[str, Council],
    landed: Sequence[Load],
    acceptances: Sequence[tuple[object, ...]] = (),
    missed: Sequence[Missed] = (),
) -> Ingested:
    """Appends the loads not yet in the build and writes the councils' settings, in one transaction.

    What stands beside the loads is written anew: acceptances in force (rows of issues.ACCEPTANCES), and nights that
    were missed. Doing it again changes nothing. An entity that a load has no file of, or an empty one, adds no rows.
    Raises RedressError if a file of a load cannot be read.
    """
    import duckdb

    con.execute("begin")
    try:
        _create_tables(con)
        held = set(con.execute("select council, load_number from accepted.loads").fetchall())
        new = [load for load in landed if (load.council, load.number) not in held]
        rows = {
            entity.name: _append(
                con,
                f"accepted.{entity.name}",
                accepted_columns(entity),
                [load.folder / "accepted" / f"{entity.name}.parquet" for load in new],
                entity.of_type("list"),
            )
            for entity in load_contract().entities.values()
        }
        for name, columns in QUALITY.items():
            _append(con, f"quality.{name}", columns, [load.folder / f"{name}.parquet" for load in new])
        _record_loads(con, new)
        create_acceptances(con, "quality.acceptances", acceptances)
        _write_missed(con, missed)
        _write_config(con, councils)
        if con.execute("select count(*) from config.build_state").fetchone() == (0,):
            con.execute("insert into config.build_state values (?, null, null)", [contract_hash()])
        con.execute("commit")
    except duckdb.Error as problem:
        con.execute("rollback")
        reason = str(problem).splitlines()[0].rstrip(".")
        raise RedressError(f"A load cannot be read: {reason}; restore its folder in landing from a copy.") from None
    return Ingested(dict(Counter(load.council for load in new)), rows)


def _create_tables(con: "duckdb.DuckDBPyConnection") -> None:
    for schema in ("accepted", "quality", "config"):
        con.execute(f"create schema if not exists {schema}")
    for table, columns in _tables().items():
        declared = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
        con.execute(f"create table if not exists {table} ({declared})")


def _tables() -> dict[str, dict[str, str]]:
    """Every table the ingest fills, with its columns."""
    tables = {f"accepted.{entity.name}": accepted_columns(entity) for entity in load_contract().entities.values()}
    tables["accepted.loads"] = LOADS
    tables |= {f"quality.{name}": columns for name, columns in (QUALITY | STANDING).items()}
    return tables | {f"config.{name}": columns for name, columns in CONFIG.items()}


def _append(
    con: "duckdb.DuckDBPyConnection",
    table: str,
    columns: Mapping[str, str],
    files: Sequence[Path],
    lists: Sequence[str] = (),
) -> int:
    """Appends the files that exist, by column name; returns the number of rows."""
    present = [path for path in files if path.exists()]
    if not present:
        return 0
    source = f"read_parquet([{', '.join(text(path) for path in present)}], union_by_name = true)"
    delivered = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    taken = [name for name in columns if name in delivered]
    values = ", ".join(f"{_sorted_list(name) if name in lists else name}::{columns[name]} as {name}" for name in taken)
    counted = con.execute(f"insert into {table} by name select {values} from {source}").fetchone()
    return int(counted[0]) if counted else 0


def _sorted_list(column: str) -> str:
    """A ';' list with its values trimmed, once each and in order, so that the same set reads the same."""
    trimmed = f"list_transform(string_split({column}, ';'), lambda value: trim(value))"
    filled = f"list_filter({trimmed}, lambda value: value <> '')"
    return f"nullif(array_to_string(list_sort(list_distinct({filled})), ';'), '')"


def _record_loads(con: "duckdb.DuckDBPyConnection", loads: Sequence[Load]) -> None:
    if loads:
        con.executemany(
            "insert into accepted.loads values (?, ?, ?, ?, false)",
            [(load.council, load.number, load.extract_date, _fingerprint(load)) for load in loads],
        )


def _write_missed(con: "duckdb.DuckDBPyConnection", missed: Sequence[Missed]) -> None:
    con.execute("delete from quality.missed_runs")
    rows = [
        (night.council, name, night.extract_date, night.reason) for night in missed for name in load_contract().entities
    ]
    if rows:
        con.executemany("insert into quality.missed_runs values (?, ?, ?, ?)", rows)


def _fingerprint(load: Load) -> str:
    return ";".join((str(load.extract_date), *sorted(load.extracts)))


def _write_config(con: "duckdb.DuckDBPyConnection", councils: Mapping[str, Council]) -> None:
    """Writes what each council's folder says; is_built turns false where it says something new."""
    for council in _readable(councils):
        settings, codes, closures = _settings_row(council), _code_rows(council), _closure_rows(council)
        facts = (council.title, council.settings.gss_code, council.settings.dfe_code)
        content = json.dumps([facts, settings, codes, closures], default=str)
        config_hash = hashlib.sha256(content.encode()).hexdigest()
        before = con.execute("select config_hash from config.councils where council = ?", [council.name]).fetchone()
        if before == (config_hash,):
            continue
        for table in ("councils", "settings", "codes", "closure_days"):
            con.execute(f"delete from config.{table} where council = ?", [council.name])
        con.execute("insert into config.councils values (?, ?, ?, ?, ?, false)", [council.name, *facts, config_hash])
        con.execute(f"insert into config.settings values ({', '.join('?' * len(settings))})", settings)
        if codes:
            con.executemany("insert into config.codes values (?, ?, ?, ?, ?, ?)", codes)
        if closures:
            con.executemany("insert into config.closure_days values (?, ?)", closures)


def _readable(councils: Mapping[str, Council]) -> Iterator[Council]:
    """Councils whose files can be read; the others keep what was said before, and their load reports it."""
    for council in councils.values():
        with suppress(RedressError):
            _ = council.settings, council.codes
            yield council


def _settings_row(council: Council) -> list[object]:
    settings = council.settings
    corporate = settings.corporate_limits or {}
    return [
        council.name,
        settings.in_time_rule,
        settings.stage2_clock_start,
        settings.stage2_clock_end,
        settings.acknowledgement_limit,
        corporate.get("stage_1"),
        corporate.get("stage_2"),
        corporate.get("stage_3"),
        settings.records_begin,
        settings.count_closure_days,
    ]


def _code_rows(council: Council) -> list[tuple[object, ...]]:
    return [
        (council.name, list_name, code, facts.label, facts.maps_to, facts.group)
        for list_name in CODE_LISTS
        for code, facts in council.codes.of(list_name).items()
    ]


def _closure_rows(council: Council) -> list[tuple[object, ...]]:
    return [(council.name, day) for day in sorted(set(council.settings.closure_days))]
