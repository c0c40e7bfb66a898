"""Records of an answer as rows of text: nested fields under dotted names, lists of records as rows of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from redress.errors import RejectedFile
from redress.sources.definition import EndpointFeed

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_A_BATCH = 10_000
MOST_COLUMNS = 2_000
OWN_TEXT = "#text"
LIST_SEPARATOR = ";"


Record = Mapping[str, Any]
Nested = tuple[Record, tuple[Record, ...]]
"""A record, and those it lies in, the nearest first."""


class Number(str):
    """A number, as it is written in the answer."""

    __slots__ = ()


class Rows:
    """The rows of one feed, gathered from answer after answer, and the kind of each column: string, number, boolean.

    records: how many there were; count: how many rows they gave, which differs where `each` is set.
    """

    def __init__(self, feed: EndpointFeed) -> None:
        self.feed = feed
        self.columns: dict[str, str | None] = {}
        self.records = 0
        self.count = 0
        self._tables: list[pa.Table] = []
        self._waiting: list[dict[str, str | None]] = []

    def add(self, record: Record) -> None:
        """Adds the rows a record gives. Raises RejectedFile when it cannot be laid out as a row."""
        self.records += 1
        for element, outer in elements(record, self.feed.each.split("[].") if self.feed.each else ()):
            fields = list(flattened(element))
            for level, parent in enumerate(outer, start=1):
                fields += flattened(parent, "parent." * level)
            self._waiting.append(self._row(fields))
            self.count += 1
            self._settle(ROWS_A_BATCH)

    def extend(self, page: "Rows") -> None:
        """Takes over the rows of a page that was read whole."""
        for name, kind in page.columns.items():
            self.columns[name] = _common(self.columns.get(name), kind)
        self._check_columns()
        if page._tables:
            self._settle()
            self._tables += page._tables
        self._waiting += page._waiting
        self.records += page.records
        self.count += page.count
        self._settle(ROWS_A_BATCH)

    def batches(self) -> Iterator["pa.Table"]:
        """All rows, under all columns that any of them has, numbered from 1."""
        import numpy as np
        import pyarrow as pa

        self._settle()
        names, number = self.names(), 1
        for table in self._tables:
            columns = {
                name: table[name] if name in table.column_names else pa.nulls(table.num_rows, pa.string())
                for name in names
            }
            yield pa.table({**columns, "source_row": np.arange(number, number + table.num_rows)})
            number += table.num_rows

    def names(self) -> dict[str, str | None]:
        """The columns and their kinds, in order of appearance, those that may be left out last."""
        if not self.count:
            return self.columns
        return {**self.columns, **{name: None for name in self.feed.optional if name not in self.columns}}

    def _row(self, fields: list[tuple[str, Any]]) -> dict[str, str | None]:
        row: dict[str, str | None] = {}
        for name, value in fields:
            if name in row:
                raise RejectedFile(
                    f"Feed {self.feed.name}: a record holds the field {name} twice; ask the service's keeper."
                )
            text, kind = _as_text(value)
            row[name] = text
            self.columns[name] = _common(self.columns.get(name), kind)
        self._check_columns()
        return row

    def _check_columns(self) -> None:
        if "source_row" in self.columns:
            raise RejectedFile(
                f"Feed {self.feed.name}: the answer has a field source_row, which is the name for the number of a row; "
                "ask the service's keeper for another one."
            )
        if len(self.columns) > MOST_COLUMNS:
            raise RejectedFile(
                f"Feed {self.feed.name}: the records have more than {MOST_COLUMNS:,} different fields, so they are "
                "no table; correct records or each in source.yml."
            )

    def _settle(self, at_least: int = 1) -> None:
        """Turns the rows that wait into a table, once there are so many."""
        if len(self._waiting) < at_least:
            return
        import pyarrow as pa

        names = dict.fromkeys(name for row in self._waiting for name in row)
        columns = {name: _text_array([row.get(name) for row in self._waiting]) for name in names}
        self._tables.append(pa.table(columns) if columns else pa.table({"source_row": pa.nulls(len(self._waiting))}))
        self._waiting = []


def elements(record: Record, lists: Sequence[str], outer: tuple[Record, ...] = ()) -> Iterator[Nested]:
    """The records in a list within a record, each with the records around it, the nearest first.

    lists: the path of each list within the one before; without any the record itself. An object on the way to a list is
    part of the record it lies in; a single record stands for a list of one. Keys may hold dots themselves.
    Raises RejectedFile when a list lies on the way.
    """
    if not lists:
        yield record, outer
        return
    path = lists[0].split(".")
    key = next((key for n in range(1, len(path) + 1) if (key := ".".join(path[:n])) in record), None)
    if key is None:
        return
    rest = {name: value for name, value in record.items() if name != key}
    value = record[key]
    if key == lists[0]:
        for inner in _listed(value):
            yield from elements(inner, lists[1:], (rest, *outer))
    elif isinstance(value, list):
        raise RejectedFile(f"{key} is a list on the way of each: {lists[0]}; write it as {key}[] in source.yml.")
    elif isinstance(value, dict):
        lifted = {key if name == OWN_TEXT else f"{key}.{name}": inner for name, inner in value.items()}
        yield from elements({**lifted, **rest}, lists, outer)


def flattened(record: Record, before: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a record and those within them, under dotted names."""
    for key, value in record.items():
        name = before.removesuffix(".") if key == OWN_TEXT and before else f"{before}{key}"
        if isinstance(value, dict) and value:
            yield from flattened(value, f"{name}.")
        else:
            yield name, None if value == {} else value


def _listed(value: Any) -> list[Record]:
    if value is None or value == "":
        return []
    values = value if isinstance(value, list) else [value]
    return [one if isinstance(one, dict) else {"value": one} for one in values if one is not None]


def _as_text(value: Any) -> tuple[str | None, str | None]:
    """A value as text, empty as null, and its kind."""
    if value is None or value == "" or value == []:
        return None, None
    if isinstance(value, bool):
        return ("true" if value else "false"), "boolean"
    if isinstance(value, Number):
        return value, "number"
    if isinstance(value, list):
        texts = [_as_text(one)[0] for one in value if not isinstance(one, (dict, list))]
        if len(texts) == len(value):
            return LIST_SEPARATOR.join(text for text in texts if text) or None, "list"
        return json.dumps(value, ensure_ascii=False), "list"
    return value, "string"


def _common(one: str | None, other: str | None) -> str | None:
    if one is None or other is None or one == other:
        return one or other
    return "string"


def _text_array(texts: list[str | None]) -> "pa.Array":
    import pyarrow as pa

    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([text and text.encode("utf-8", "replace").decode() for text in texts], pa.string())
