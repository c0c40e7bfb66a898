"""Counts the values that no list of the contract or of the council knows."""

from typing import TYPE_CHECKING

from redress.contract.mapping.mapper import Mapper
from redress.contract.mapping.people import entities
from redress.contract.mapping.values import Choices, choices
from redress.contract.model import PERSONAL, Column

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LONGEST_VALUE = 60
LONG_TEXT = f"(texts of more than {LONGEST_VALUE} characters)"
"""Stands for them all: whoever maps a column of free text by mistake is not to see it quoted."""

TABLE = "mapped_rows"


def unmapped(
    con: "duckdb.DuckDBPyConnection", mapper: Mapper, entity: str, table: "pa.Table"
) -> dict[str, dict[str, int]]:
    """Column -> value -> number of rows, the most frequent first; columns that hold no such value are left out.

    table: rows of the entity, as the mapper gave them. Looks at columns with a closed or open list only.
    """
    columns = [column for name, column in entities()[entity].columns.items() if name in mapper.fed_from[entity]]
    con.register(TABLE, table)
    try:
        counts = {
            column.name: _counts(con, column, known)
            for column in columns
            if column.name not in PERSONAL and (known := choices(column, mapper.codes))
        }
    finally:
        con.unregister(TABLE)
    return {name: count for name, count in counts.items() if count}


def _counts(con: "duckdb.DuckDBPyConnection", column: Column, known: Choices) -> dict[str, int]:
    value = f"unnest(string_split({column.name}, ';'))" if column.type == "list" else column.name
    sql = f"""
        with counted as (
            select value, count(*) as rows
            from (select trim({value}) as value from {TABLE})
            where value <> ''
            group by value
            having not list_contains(cast($known as varchar[]), value)
        )
        select case when length(value) > {LONGEST_VALUE} then $long else value end as shown, sum(rows)
        from counted
        group by shown
        order by sum(rows) desc, shown
    """
    found = con.execute(sql, {"known": sorted(known.known), "long": LONG_TEXT}).fetchall()
    return {value: int(rows) for value, rows in found}
