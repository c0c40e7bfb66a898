"""Rows of the contract's columns as they may be shown on a screen."""

import re
from typing import TYPE_CHECKING

from redress.contract import Column
from redress.contract.mapping.people import entities
from redress.contract.mapping.values import SERVICE_COLUMNS, choices
from redress.contract.model import PERSONAL
from redress.councils import Codes
from redress.sources.codelike import is_prose

if TYPE_CHECKING:
    import pyarrow as pa

MASK = "***"
NOT_UNDERSTOOD = "(not understood)"
NOT_SHOWN = "(not shown)"

_SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\d[T ].*", re.ASCII),
    "boolean": re.compile("true|false"),
    "integer": re.compile(r"-?\d+"),
    "decimal": re.compile(r"-?\d+(\.\d+)?"),
}


def masked_rows(rows: "pa.Table", entity: str, codes: Codes) -> list[dict[str, str]]:
    """The rows with `***` for what is personal, and no text that its column has no place for.

    So whoever maps a column of names or of free text by mistake is shown neither: of text without a list only what
    looks like a reference or a code is shown.
    """
    columns = [column for name, column in entities()[entity].columns.items() if name in rows.column_names]
    texts = {column.name: rows[column.name].to_pylist() for column in columns}
    return [
        {column.name: _shown(column, texts[column.name][row], codes) for column in columns}
        for row in range(rows.num_rows)
    ]


def _shown(column: Column, value: str | None, codes: Codes) -> str:
    if value is None or not value.strip():
        return ""
    if column.name in PERSONAL:
        return MASK
    if column.type in _SHAPES:
        return value if _SHAPES[column.type].fullmatch(value.strip()) else NOT_UNDERSTOOD
    known = choices(column, codes)
    if known and column.name not in SERVICE_COLUMNS:
        items = value.split(";") if column.type == "list" else [value]
        return value if all(item.strip() in known.known for item in items) else NOT_UNDERSTOOD
    if known and value in known.known:
        return value
    is_reference = bool(re.search(r"\d", value)) or (value.isupper() and not column.name.endswith("_ref"))
    return value if is_reference and not is_prose(value) else NOT_SHOWN


def misshapen(values: "pa.ChunkedArray", column: Column) -> int:
    """In how many rows a column of dates, numbers or yes and no holds something else."""
    import pyarrow.compute as pc

    shape = _SHAPES.get(column.type)
    if not shape:
        return 0
    fits = pc.match_substring_regex(values, rf"^\s*(?:{shape.pattern})\s*$")
    return int(pc.sum(pc.invert(fits)).as_py() or 0)
