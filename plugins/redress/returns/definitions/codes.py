"""Refuses a code that no record can have, where the contract, the council's codes.yml or dbt closes the list."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from redress.contract import load_contract
from redress.councils import Codes, Council
from redress.errors import UsageError
from redress.returns.definitions.schema import Axis, Condition, Return, Statement, Table, Where
from redress.returns.metrics.catalogue import code_text
from redress.validation.declared import ETHNICITY_CODES, ETHNICITY_GROUPS, declared
from redress.yaml_files import line_of, nearest

Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str, Condition]]
"""Where a condition stands, its dimension, and the condition."""

# Dimensions whose codes dbt derives; its tests hold the tables to these lists.
DERIVED = {
    "band": ("within_limit", "within_extended", "over"),
    "ethnicity_code": ETHNICITY_CODES,
    "ethnicity_group": (*ETHNICITY_GROUPS, "not_recorded"),
    "route": (
        *("stage_1", "stage_2", "stage_3", "withdrawn", "disengaged", "resolved_on_the_spot", "not_accepted", "closed"),
    ),
    "transaction_kind": ("representation", "stage1", "stage2", "stage3", "ombudsman"),
    "voice": ("child", "adult", "not_recorded"),
}
# Dimensions that have another name than the column whose open list they show.
OPEN = {"activity_measure": "activity_measures"}
MOST_NAMED = 15


def check_codes(content: Return, council: Council, file: Path) -> None:
    """Raises UsageError with file, line, key and the codes there are for the first code that would count nothing."""
    for place, table, dimension, condition in _conditions(content):
        known = known_codes(dimension, council.codes)
        for code in (code_text(one) for one in _codes(condition)):
            if known is None or code is None or code in known:
                continue
            key = ".".join(str(part) for part in place)
            allowed = f" (known: {', '.join(known)})" if len(known) <= MOST_NAMED else nearest(code, known)
            of_table = f"of the table {table!r} " if table else ""
            raise UsageError(
                f"{file}, line {line_of(file, place)}: {key}: the code {code[:60]!r} {of_table}is none of "
                f"{dimension}{allowed}; nothing would be counted."
            )


def known_codes(dimension: str, codes: Codes) -> tuple[str, ...] | None:
    """Every code a dimension can have for a council, as text; None where only the records say.

    An open list closes once the council declares a code of its own.
    """
    if dimension in DERIVED:
        return DERIVED[dimension]
    closed, open_lists = _lists()
    if dimension in closed:
        return closed[dimension]
    name = open_lists.get(dimension)
    if name is None or not codes.of(name):
        return None
    return (*codes.of(name), *(code for code in declared(codes, name) if code not in codes.of(name)))


@cache
def _lists() -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """By dimension: the closed lists of the contract's columns of that name, and the names of the open ones."""
    closed: dict[str, tuple[str, ...]] = {}
    open_lists = dict(OPEN)
    for entity in load_contract().entities.values():
        for column in entity.columns.values():
            values = ("true", "false") if column.type == "boolean" else column.values
            if values:
                closed[column.name] = tuple(dict.fromkeys((*closed.get(column.name, ()), *values)))
            if column.values_from:
                open_lists[column.name] = column.values_from
    return closed, open_lists


def _conditions(content: Return) -> Iterator[tuple[Place, str | None, str, Condition]]:
    for number, section in enumerate(content.sections):
        here: Place = ("sections", number)
        for place, dimension, condition in _of_statements(section.statements, here):
            yield place, None, dimension, condition
        for at, table in enumerate(section.tables):
            for place, dimension, condition in _of_table(table, (*here, "tables", at)):
                yield place, table.name, dimension, condition


def _of_table(table: Table, here: Place) -> Found:
    yield from _of_where(table.where, (*here, "where"))
    for name, axis in (("rows", table.rows), ("columns", table.columns)):
        yield from _of_axis(axis, (*here, name)) if axis else ()
    for at, value in enumerate(table.values):
        yield from _of_where(value.where, (*here, "values", at, "where"))
        yield from _of_where(value.share_of_where, (*here, "values", at, "share_of_where"))
    yield from _of_statements(table.statements, here)


def _of_axis(axis: Axis, here: Place) -> Found:
    for at, item in enumerate(axis.items):
        if axis.by:
            yield (*here, "items", at, "code"), axis.by, item.code
        yield from _of_where(item.where, (*here, "items", at, "where"))


def _of_statements(statements: list[Statement], here: Place) -> Found:
    for at, statement in enumerate(statements):
        yield from _of_where(statement.where, (*here, "statements", at, "where"))
        yield from _of_where(statement.share_of_where, (*here, "statements", at, "share_of_where"))


def _of_where(where: Where, here: Place) -> Found:
    for dimension, condition in where.items():
        yield (*here, dimension), dimension, condition


def _codes(condition: Any) -> Iterator[Any]:
    """The codes of a condition, whatever its form."""
    if isinstance(condition, dict):
        condition = list(condition.values())
    if isinstance(condition, list):
        for one in condition:
            yield from _codes(one)
    else:
        yield condition
