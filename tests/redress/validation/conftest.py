"""A night in memory: rows as they would arrive pass the real door, then the real rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from redress.contract import load_contract
from redress.councils import Codes, Settings
from redress.landing.door import Door, raw_columns, typed_columns
from redress.validation import frames
from redress.validation.catalogue import load_catalogue
from redress.validation.engine import Context, run_batch_rules, run_row_rules
from redress.validation.outcomes import create_results
from redress.validation.relevant import fill_relevant_hashes

GOOD_NIGHT = yaml.safe_load(Path(__file__).with_name("good_night.yml").read_text(encoding="utf-8"))

REFERENCES = ("case_ref", "service_code", "action_ref", "payment_ref", "ombudsman_ref")

Rows = dict[str, list[dict[str, Any]]]
Hashes = dict[tuple[str, str, str], str]
"""A hash by rule, column and record key."""


@dataclass(frozen=True)
class Night:
    """What the rules said. failures: (rule, entity, record key or '', column); outcomes by (rule, entity)."""

    failures: list[tuple[str, str, str, str | None]]
    outcomes: dict[tuple[str, str], dict[str, Any]]
    copies: list[tuple[str, str]]

    @property
    def rules(self) -> set[str]:
        """Codes of the rules that failed."""
        return {rule for rule, *_ in self.failures}

    def of(self, rule: str) -> list[tuple[str, str, str | None]]:
        """(entity, record key, column) of each failure of a rule, sorted."""
        return sorted((failure[1:] for failure in self.failures if failure[0] == rule), key=str)

    def outcome(self, rule: str, entity: str) -> str:
        """pass, warn, fail or not_run."""
        return self.outcomes[rule, entity]["outcome"]


@pytest.fixture(scope="session")
def run_night() -> Callable[..., Night]:
    """run_night(rows) with rows in place of the good night's; see _run for what else it takes."""
    return _run


@pytest.fixture(scope="session")
def run_scenarios() -> Callable[[dict[str, Rows]], dict[str, Night]]:
    """run_scenarios({name: rows}): all in one night, each with references of its own; a Night for each."""
    return _run_scenarios


def _run_scenarios(scenarios: dict[str, Rows]) -> dict[str, Night]:
    together: Rows = {}
    for number, rows in enumerate(scenarios.values()):
        for entity, entity_rows in rows.items():
            together.setdefault(entity, []).extend(_renamed(entity, row, number) for row in entity_rows)
    night = _run(together, only=True)
    return {
        name: Night(_own(night.failures, 2, number), night.outcomes, _own(night.copies, 1, number))
        for number, name in enumerate(scenarios)
    }


def _renamed(entity: str, row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row with #number behind every reference, so that rows of two scenarios never meet."""
    full = GOOD_NIGHT["rows"][entity] | row
    return full | {name: f"{full[name]}#{number}" for name in REFERENCES if full.get(name) is not None}


def _own(found: list[tuple[Any, ...]], key: int, number: int) -> list[tuple[Any, ...]]:
    """What was found of one scenario, its number taken out of the record key again."""
    mark = re.compile(rf"#{number}(?!\d)")
    return [(*one[:key], mark.sub("", one[key]), *one[key + 1 :]) for one in found if mark.search(one[key])]


@pytest.fixture(scope="session")
def hash_rows() -> Callable[..., Hashes]:
    """hash_rows(entity, rows): the hashes if every rule that warns of the entity failed on each of its rows.

    Entities without rows are not delivered. It takes what run_night takes besides; typed gives columns of incoming
    rows other values, by record key.
    """
    return _hash_rows


def _hash_rows(
    entity: str, rows: Rows | None = None, *, typed: dict[str, dict[str, Any]] | None = None, **given: Any
) -> Hashes:
    con, context = _prepare(rows, only=True, **given)
    try:
        create_results(con)
        frames.open_schema(con, context.council, context.extract_date)
        for key, values in (typed or {}).items():
            sets = ", ".join(f"{name} = ?" for name in values)
            con.execute(f"update incoming.{entity} set {sets} where record_key = ?", [*values.values(), key])
        frames.prepare_rows(con)
        checks = {(check.rule, check.severity, check.column) for check in load_catalogue().checks(entity)}
        con.execute(f"""
            insert into failures by name
            select checks.*, '{entity}' as entity, the_rows.row_id
            from (values {", ".join(str(check) for check in checks)}) as checks (rule, severity, column_name)
            cross join rules.rows_{entity} as the_rows
        """)
        fill_relevant_hashes(con, context)
        found = con.execute(f"""
            select rule, column_name, record_key, relevant_hash
            from relevant_hashes inner join incoming.{entity} using (row_id)
        """).fetchall()
        hashes = {(rule, column, key): one for rule, column, key, one in found}
        assert len(hashes) == len(found)
        return hashes
    finally:
        con.close()


def _run(rows: Rows | None = None, **given: Any) -> Night:
    con, context = _prepare(rows, **given)
    try:
        run_batch_rules(con, context)
        run_row_rules(con, context)
        return _read(con)
    finally:
        con.close()


def _prepare(
    rows: Rows | None = None,
    *,
    only: bool = False,
    loaded: Rows | None = None,
    waiting: Rows | None = None,
    batch: dict[str, dict[str, Any]] | None = None,
    batch_columns: dict[str, dict[str, dict[str, float]]] | None = None,
    batch_source_columns: dict[str, dict[str, dict[str, bool]]] | None = None,
    settings: dict[str, Any] | None = None,
    codes: dict[str, Any] | None = None,
    extract_date: date = GOOD_NIGHT["extract_date"],
) -> tuple[duckdb.DuckDBPyConnection, Context]:
    """rows, loaded and waiting give what differs from the good night's row of the entity.

    Entities without rows get the good night's row, or with only=True none and are not delivered.
    An entity whose batch says is_rejected or missing_columns arrives as a rejected extract without rows.
    """
    contract, con = load_contract(), duckdb.connect()
    for schema in ("incoming", "loaded"):
        con.execute(f"create schema {schema}")
    council = SimpleNamespace(
        name="testshire",
        settings=Settings(**(settings or GOOD_NIGHT["settings"])),
        codes=Codes.model_validate(GOOD_NIGHT["codes"] if codes is None else codes),
    )
    delivered = set(contract.entities) if not only else set(rows or {})
    rejected = {
        name for name, facts in (batch or {}).items() if facts.get("is_rejected") or facts.get("missing_columns")
    }
    for name, entity in contract.entities.items():
        mine = [] if only else [{}]
        arrived = [] if name in rejected else _texts(name, (rows or {}).get(name, mine))
        table = _behind_door(con, entity, arrived, council.codes, extract_date)
        held = _behind_door(con, entity, _texts(name, (waiting or {}).get(name, [])), council.codes, extract_date)
        con.register("arrived", table)
        con.register("held", held)
        con.execute(f"""
            create table incoming.{name} as
            select row_number() over (order by is_waiting, source_row) as row_id, *, '{name}.csv' as source_file,
                '{name}_1' as extract_id, date '{extract_date}' as extract_date
            from (select *, false as is_waiting from arrived union all by name select *, true from held)
        """)
        con.register(
            "kept", _behind_door(con, entity, _texts(name, (loaded or {}).get(name, [])), council.codes, extract_date)
        )
        con.execute(
            f"create table loaded.{name} as select record_key, {', '.join(typed_columns(entity))}, row_hash from kept"
        )
    _create_batch(con, delivered, rejected, batch or {}, batch_columns or {})
    _create_source_columns(con, batch_source_columns or {})
    return con, Context(council, extract_date, {name: name not in rejected for name in delivered})


def _create_batch(
    con: duckdb.DuckDBPyConnection,
    delivered: set[str],
    rejected: set[str],
    batch: dict[str, dict[str, Any]],
    batch_columns: dict[str, dict[str, dict[str, float]]],
) -> None:
    con.execute("""
        create table incoming.batch (
            entity varchar, extract_id varchar, extract_kind varchar, rows_landed bigint, missing_columns varchar,
            loaded_keys bigint, removed_keys bigint, removal_allowed boolean, median_rows double, is_rejected boolean
        );
        create table incoming.batch_columns (
            entity varchar, column_name varchar, null_share double, previous_null_share double
        )
    """)
    for name in sorted(delivered):
        facts = {
            "extract_kind": "full",
            "rows_landed": con.execute(f"select count(*) from incoming.{name} where not is_waiting").fetchone()[0],
            "missing_columns": None,
            "loaded_keys": con.execute(f"select count(*) from loaded.{name}").fetchone()[0],
            "removed_keys": 0,
            "removal_allowed": False,
            "median_rows": None,
            "is_rejected": name in rejected,
            **batch.get(name, {}),
        }
        columns = ["entity", "extract_id", *facts]
        con.execute(
            f"insert into incoming.batch ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
            [name, f"{name}_1", *facts.values()],
        )
    for name, columns_of in batch_columns.items():
        for column, shares in columns_of.items():
            con.execute(
                "insert into incoming.batch_columns values (?, ?, ?, ?)",
                [name, column, shares["null_share"], shares.get("previous_null_share")],
            )


def _create_source_columns(
    con: duckdb.DuckDBPyConnection, batch_source_columns: dict[str, dict[str, dict[str, bool]]]
) -> None:
    con.execute(
        "create table incoming.batch_source_columns (entity varchar, column_name varchar, is_as_before boolean)"
    )
    for name, columns_of in batch_source_columns.items():
        for column, facts in columns_of.items():
            con.execute(
                "insert into incoming.batch_source_columns values (?, ?, ?)", [name, column, facts["is_as_before"]]
            )


def _texts(entity: str, rows: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    """Rows as a file would hold them: text, or nothing."""
    return [{name: _text(value) for name, value in (GOOD_NIGHT["rows"][entity] | row).items()} for row in rows]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return None if value is None else str(value)


def _behind_door(
    con: duckdb.DuckDBPyConnection, entity: Any, rows: list[dict[str, str | None]], codes: Codes, extract_date: date
) -> pa.Table:
    if not rows:
        return _nothing(con, entity)
    arrays = [pa.array([row.get(name) for row in rows], pa.string()) for name in entity.columns]
    numbers = pa.array(range(2, len(rows) + 2), pa.int64())
    batch = pa.table([*arrays, numbers], names=[*entity.columns, "source_row"])
    return Door(con, entity, codes, extract_date, b"a key for tests only").pass_through(batch)


def _nothing(con: duckdb.DuckDBPyConnection, entity: Any) -> pa.Table:
    """What the door gives for no rows, without the time it takes."""
    texts = [f"raw_{name}" for name in raw_columns(entity)]
    columns = {"record_key": "varchar", **typed_columns(entity), **dict.fromkeys([*texts, "row_hash"], "varchar")}
    nulls = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
    return con.sql(f"select {nulls}, cast(null as bigint) as source_row where false").to_arrow_table()


def _read(con: duckdb.DuckDBPyConnection) -> Night:
    keys = " union all ".join(
        f"select '{name}' as entity, row_id, record_key from incoming.{name}" for name in load_contract().entities
    )
    failures = con.execute(f"""
        select rule, entity, coalesce(record_key, ''), column_name
        from failures left join ({keys}) as keys using (entity, row_id) order by all
    """).fetchall()
    cursor = con.execute("select * from rule_outcomes")
    names = [column[0] for column in cursor.description]
    outcomes = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    copies = con.execute(f"select entity, record_key from copies inner join ({keys}) using (entity, row_id)").fetchall()
    return Night(failures, {(row["rule"], row["entity"]): row for row in outcomes}, copies)
