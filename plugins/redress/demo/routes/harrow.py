"""Harrow's casework system: a SQLite database with tables under its own names, and a view for those who read cases."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from redress.contract import load_contract
from redress.demo.routes.layout import Records, Writing, layout_of

DATABASE = "casework.sqlite"
VIEW = "v_complaints"

_TYPES = {"date": "date", "timestamp": "timestamp", "boolean": "boolean", "integer": "integer", "decimal": "numeric"}


def _local_time(value: str) -> str:
    return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(sep=" ")


WRITING: Writing = {
    "timestamp": _local_time,
    "boolean": lambda value: int(value == "true"),
    "integer": int,
    "list": lambda value: value.replace(";", ", "),
}


def deliver(records: Records, folder: Path) -> None:
    """Writes the database anew: dates as the database's own dates, times as London's clock shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{DATABASE}.draft"
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as con, con:
        for entity in load_contract().entities:
            _fill(con, entity, records)
        con.execute(f"create view {VIEW} as select * from {layout_of('harrow').names['cases']}")
    os.replace(draft, folder / DATABASE)


def _fill(con: sqlite3.Connection, entity: str, records: Records) -> None:
    layout = layout_of("harrow")
    types = {name: column.type for name, column in load_contract().entities[entity].columns.items()}
    table = layout.table(entity, records[entity], WRITING)
    columns = ", ".join(f"{name} {_TYPES.get(types[held], 'text')}" for name, held in layout.columns[entity].items())
    con.execute(f"create table {layout.names[entity]} ({columns})")
    places = ", ".join("?" * len(table.headers))
    con.executemany(f"insert into {layout.names[entity]} values ({places})", table.rows)
