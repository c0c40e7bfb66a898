"""Prepares in DuckDB the frames the rules look at: schema `rules`, from the schemas `incoming` and `loaded`."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import Entity, load_contract
from redress.councils import Codes, Council
from redress.duck import connect, text
from redress.landing.door import raw_columns, typed_columns
from redress.paths import BANK_HOLIDAYS
from redress.validation.declared import declared, standard_codes

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

BELONGS_TO_STAGE = ("freezes", "causes")

_OF_EVERY_ROW = {"extract_date", "first_of_2000", "first_of_1900"}
_SQL = Path(__file__).with_name("frames")
_IN_FORCE = {"cases": "case_ref, received_date, tags", "stages": "case_ref, stage"}
_SERVICE_DATE = {
    "cases": "received_date",
    "ombudsman": "received_date",
    "actions": "agreed_date",
    "activity": "as_at_date",
}


def open_schema(con: "duckdb.DuckDBPyConnection", council: Council, extract_date: date) -> None:
    """Schema `rules`, emptied, with what the rules need to know besides the rows."""
    con.execute("drop schema if exists rules cascade")
    con.execute("create schema rules")
    con.execute("create table rules.settings (extract_date date, records_begin date)")
    con.execute("insert into rules.settings values (?, ?)", [extract_date, council.settings.records_begin])
    con.execute(f"create table rules.codes as {_values(standard_codes(council.codes), 'list_name code standard_code')}")
    columns = (
        (entity.name, column.name, str(column.required))
        for entity in load_contract().entities.values()
        for column in entity.columns.values()
    )
    con.execute(f"""
        create table rules.contract_columns as
        select entity, column_name, cast(is_required as boolean) as is_required
        from ({_values(columns, "entity column_name is_required")})
    """)


def prepare_rows(con: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Views of every entity, the copies of rows, and the calendar; how many rows an entity has to look at.

    rules.rows_*: tonight's rows, one of each set of rows alike (the others are in copies).
    rules.current_*: one row a key of what is loaded and tonight's rows together, the row of tonight first.
    """
    con.execute(_sql("calendar"), {"bank_holidays": str(BANK_HOLIDAYS)})
    counts = {}
    for entity in load_contract().entities.values():
        _prepare_keys(con, entity)
        _prepare_views(con, entity)
        row = con.execute(f"select count(*) from rules.rows_{entity.name}").fetchone()
        counts[entity.name] = int(row[0]) if row else 0
    return counts


def entity_frame(
    con: "duckdb.DuckDBPyConnection", entity: Entity, columns: Iterable[str], codes: Codes
) -> "pd.DataFrame":
    """row_id and these frame columns of an entity's rows, ready for Great Expectations."""
    return con.execute(entity_sql(entity, columns, codes)).df()


def entity_sql(entity: Entity, columns: Iterable[str], codes: Codes) -> str:
    """A select of row_id and these frame columns of an entity's rows, which are the_rows in it."""
    generic = _generic_columns(entity, codes)
    wanted = sorted({f"{generic[name]} as {name}" if name in generic else name for name in columns})
    joins = [f"left join ({sql}) as {name} on the_rows.row_id = {name}.row_id" for name, sql in _own_frames(entity)]
    return f"""
        select {", ".join(["the_rows.row_id", *wanted])}
        from rules.rows_{entity.name} as the_rows {" ".join(joins)}
    """


@cache
def frame_columns(entity: str) -> frozenset[str]:
    """Every column the frame of an entity's rows can have that says something of the row, whatever the night."""
    facts = load_contract().entities[entity]
    names = set(_generic_columns(facts, Codes())) - _OF_EVERY_ROW
    with connect() as con:
        for _, sql in _own_frames(facts):
            (parsed,) = con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone() or ("",)
            selected = json.loads(parsed)["statements"][0]["node"]["select_list"]
            names |= {column["alias"] or column["column_names"][-1] for column in selected}
    return frozenset(names - {"row_id"})


def batch_frame(con: "duckdb.DuckDBPyConnection", name: str) -> "pd.DataFrame":
    """One of the frames `batch...`, with the entity and column each of its rows is about."""
    return con.execute(_sql(name)).df()


def belonging_frame(con: "duckdb.DuckDBPyConnection", entity: str) -> "pd.DataFrame":
    """R02's frame, made when the critical failures of all other rules, and R02's own of what is above, are known."""
    if entity == "stages":
        sql = _sql("belongs_stages")
    elif entity in BELONGS_TO_STAGE:
        sql = _sql("belongs_to_stage").format(entity=entity)
    else:
        sql = _sql("belongs_to_case").format(entity=entity)
    return con.execute(sql).df()


def keep_in_force(con: "duckdb.DuckDBPyConnection", entity: str) -> None:
    """Table rules.<entity>_in_force: the cases or stages that rows can belong to, accepted tonight or else loaded."""
    same_key = " and ".join(f"good.{column} = one.{column}" for column in load_contract().entities[entity].key)
    con.execute(f"""
        create table rules.{entity}_in_force as
        with good as (
            select {_IN_FORCE[entity]} from rules.rows_{entity} as the_rows
            where not exists (
                select 1 from failures
                where failures.entity = '{entity}' and failures.severity = 'critical'
                    and failures.row_id = the_rows.row_id
            )
        )
        select * from good
        union all
        select {_IN_FORCE[entity]} from loaded.{entity} as one where not exists (select 1 from good where {same_key})
    """)


def _prepare_keys(con: "duckdb.DuckDBPyConnection", entity: Entity) -> None:
    """Table rules.keys_<entity>: which rows are copies, and how many different rows share a row's key.

    A key is compared as it was read, or as it came where it cannot be read; null is a value.
    """
    key = ", ".join(f"coalesce(cast({name} as varchar), 'text ' || raw_{name}, chr(30))" for name in entity.key)
    con.execute(f"""
        create table rules.keys_{entity.name} as
        with numbered as (
            select
                row_id,
                concat_ws(chr(31), {key}) as key_text,
                row_number() over (partition by record_key, row_hash order by row_id) > 1 as is_copy
            from incoming.{entity.name}
        )
        select row_id, is_copy, count(*) filter (where not is_copy) over (partition by key_text) as key_versions
        from numbered
    """)
    con.execute(f"insert into copies select '{entity.name}', row_id from rules.keys_{entity.name} where is_copy")


def _prepare_views(con: "duckdb.DuckDBPyConnection", entity: Entity) -> None:
    """Views rules.rows_<entity> and rules.current_<entity>.

    Columns with a closed list hold listed values only, so that R04 alone speaks of others; code_* has the value as
    it came. Where a key came in two versions (R01), current_* has the loaded one, or the bare key as is_ambiguous.
    A stage is_answered when a date was given, readable or not.
    """
    name, columns = entity.name, list(typed_columns(entity))
    listed = {column for column in columns if _has_closed_list(entity, column)}
    typed = [
        f"case when cast(source.{column} as varchar) in ({_literals(entity.columns[column].values)}) "
        f"then source.{column} end as {column}, cast(source.{column} as varchar) as code_{column}"
        if column in listed
        else f"source.{column}"
        for column in columns
    ]
    raws = [f"source.raw_{column}" for column in raw_columns(entity)]
    con.execute(f"""
        create view rules.rows_{name} as
        select source.row_id, source.record_key, source.extract_date, keys.key_versions, {", ".join(typed + raws)}
        from incoming.{name} as source
        inner join rules.keys_{name} as keys using (row_id)
        where not keys.is_copy
    """)
    answered = "{} is not null" if name == "stages" else "null"
    same_key = " and ".join(f"one.{column} = other.{column}" for column in entity.key)
    bare_key = ", ".join(column if column in entity.key else f"null as {column}" for column in columns)
    con.execute(f"""
        create view rules.current_{name} as
        select record_key, {", ".join(columns)}, false as is_ambiguous,
            {answered.format("raw_responded_date")} as is_answered
        from rules.rows_{name} where key_versions = 1
        union all
        select record_key, {", ".join(columns)}, false, {answered.format("responded_date")}
        from loaded.{name} as one
        where not exists (select 1 from rules.rows_{name} as other where other.key_versions = 1 and {same_key})
        union all
        select distinct record_key, {bare_key}, true, null
        from rules.rows_{name} as one
        where key_versions > 1 and not exists (select 1 from loaded.{name} as other where {same_key})
    """)


def _generic_columns(entity: Entity, codes: Codes) -> dict[str, str]:
    """Frame columns that need no SQL file, by name, as SQL on an entity's rows."""
    generic = {
        "extract_date": "the_rows.extract_date",
        "key_versions": "the_rows.key_versions",
        "first_of_2000": "date '2000-01-01'",
        "first_of_1900": "date '1900-01-01'",
    }
    generic |= {name: f"the_rows.{name}" for name in typed_columns(entity)}
    for name in raw_columns(entity):
        column, raw, read = entity.columns[name], f"the_rows.raw_{name}", f"the_rows.{name}"
        if _has_closed_list(entity, name):
            read = generic[f"code_{name}"] = f"the_rows.code_{name}"
        if column.type == "list":
            known = _literals(column.values or declared(codes, column.values_from or ""))
            generic[f"undeclared_{name}"] = (
                f"len(list_filter(string_split({read}, ';'), lambda item: not list_contains([{known}], item)))"
            )
        generic[f"given_{name}"] = f"({raw} is not null)"
        generic[f"parses_{name}"] = f"case when {raw} is not null then {read} is not null end"
    return generic


def _own_frames(entity: Entity) -> list[tuple[str, str]]:
    """SQL of the frames that add columns to an entity's rows, with the name each is joined under."""
    frames = []
    if (_SQL / f"{entity.name}.sql").exists():
        frames.append(("facts_of_row", _sql(entity.name)))
    if entity.name in _SERVICE_DATE:
        sql = _sql("service_validity").format(entity=entity.name, date_column=_SERVICE_DATE[entity.name])
        frames.append(("service_of_row", sql))
    return frames


def _has_closed_list(entity: Entity, column: str) -> bool:
    facts = entity.columns.get(column)
    return facts is not None and facts.values is not None and facts.type != "list"


@cache
def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _literals(values: Iterable[str] | None) -> str:
    return ", ".join(text(value) for value in values or ())


def _values(rows: Iterable[tuple[str, ...]], names: str) -> str:
    """A relation of text columns with these names, also when there are no rows."""
    columns = names.split()
    lines = [f"({_literals(row)})" for row in rows]
    if not lines:
        return f"select {', '.join(f'cast(null as varchar) as {name}' for name in columns)} where false"
    return f"select * from (values {', '.join(lines)}) as listed ({', '.join(columns)})"
