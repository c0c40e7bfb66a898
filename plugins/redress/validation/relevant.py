"""What an acceptance hangs on: of every failing row of a warning, a hash of the values its rule looks at."""

from typing import TYPE_CHECKING

from redress.contract import Entity, load_contract
from redress.councils import Codes
from redress.duck import text
from redress.validation.catalogue import WARNING, load_catalogue
from redress.validation.frames import entity_sql

if TYPE_CHECKING:
    import duckdb

    from redress.validation.engine import Context


def fill_relevant_hashes(con: "duckdb.DuckDBPyConnection", context: "Context") -> None:
    """Table relevant_hashes (rule, entity, row_id, column_name, relevant_hash), a row for each failure of a warning.

    The hash depends on nothing but the values of the frame columns in the rule's looks_at: the same record has the
    same one in another file, row or night. Needs the table failures and the schema rules as run_row_rules leaves them.
    """
    con.execute("""
        create table relevant_hashes (
            rule varchar, entity varchar, row_id bigint, column_name varchar, relevant_hash varchar
        )
    """)
    for entity in load_contract().entities.values():
        found = con.execute(
            """
            select distinct rule, column_name from failures
            where entity = ? and severity = ? and row_id is not null order by all
            """,
            [entity.name, WARNING],
        ).fetchall()
        if found:
            _fill(con, entity, found, context.council.codes)


def _fill(con: "duckdb.DuckDBPyConnection", entity: Entity, found: list[tuple[str, str]], codes: Codes) -> None:
    looks_at = {pair: load_catalogue().looks_at(pair[0], entity.name, pair[1]) for pair in found}
    columns = {name for names in looks_at.values() for name in names}
    con.execute(f"""
        create temporary table looked_at as
        {entity_sql(entity, columns, codes)}
        where the_rows.row_id in (
            select row_id from failures where entity = {text(entity.name)} and severity = '{WARNING}'
        )
    """)
    hashes = " union all ".join(
        f"select {text(rule)} as rule, {text(column)} as column_name, row_id, {_hash(names)} as relevant_hash "
        "from looked_at"
        for (rule, column), names in looks_at.items()
    )
    con.execute(f"""
        insert into relevant_hashes by name
        select failures.rule, failures.entity, failures.row_id, failures.column_name, hashes.relevant_hash
        from failures
        inner join ({hashes}) as hashes using (rule, column_name, row_id)
        where failures.entity = {text(entity.name)}
    """)
    con.execute("drop table looked_at")


def _hash(columns: tuple[str, ...]) -> str:
    """SQL of the hash: of a JSON list, in which null, nothing written and the word null differ."""
    return f"sha256(cast(to_json([{', '.join(f'cast({name} as varchar)' for name in columns)}]) as varchar))"
