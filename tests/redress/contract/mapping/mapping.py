"""Maps a few rows the way a council's source.yml would."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import yaml

from redress.contract.mapping.definition import DateForm, Feed
from redress.contract.mapping.mapper import Mapper
from redress.councils import Codes

FORMS: tuple[DateForm, ...] = ("iso", "day_first", "day_first_short", "month_name", "excel_serial")


def feed(entities: str | dict[str, Any]) -> Feed:
    """A feed from the entities of a source.yml: its text, or what YAML reads from it."""
    read = yaml.safe_load(entities) if isinstance(entities, str) else entities
    return Feed.model_validate({"name": "complaints", "entities": read})


def mapper(
    entities: str | dict[str, Any],
    columns: Sequence[str],
    codes: Codes | None = None,
    dates: tuple[DateForm, ...] = FORMS,
) -> Mapper:
    return Mapper(feed(entities), codes or Codes(), dates, columns)


def batch(rows: Sequence[dict[str, str | None]]) -> pa.Table:
    """Rows under the source's names, numbered as in a spreadsheet with one row of headers."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    return pa.table({**columns, "source_row": pa.array(range(2, len(rows) + 2), pa.int64())})


def mapped(
    con: Any,
    entities: str | dict[str, Any],
    *rows: dict[str, str | None],
    codes: Codes | None = None,
    dates: tuple[DateForm, ...] = FORMS,
) -> dict[str, list[dict[str, Any]]]:
    """entity -> rows, of a feed whose header is the keys of the rows."""
    table = batch(rows)
    names = [name for name in table.column_names if name != "source_row"]
    return {
        entity: result.to_pylist() for entity, result in mapper(entities, names, codes, dates).map(con, table).items()
    }


def cell(
    con: Any, column: str, rule: str, entity: str = "cases", codes: Codes | None = None, **cells: str | None
) -> str | None:
    """What one column of one row becomes. rule: behind the column's name in source.yml."""
    rows = mapped(con, f"{entity}: {{columns: {{{column}: {rule}}}}}", {**cells}, codes=codes)
    value: str | None = rows[entity][0][column]
    return value


def cells(
    con: Any,
    column: str,
    texts: Sequence[str | None],
    entity: str = "cases",
    rule: str = "X",
    codes: Codes | None = None,
) -> list[str | None]:
    """What the texts of one source column, X, become."""
    rows = mapped(con, f"{entity}: {{columns: {{{column}: {rule}}}}}", *({"X": text} for text in texts), codes=codes)
    return [row[column] for row in rows[entity]]
