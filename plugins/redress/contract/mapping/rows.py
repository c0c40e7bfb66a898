"""The rows that each row of a batch gives an entity: one, or one for each stage, cause or payment side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from redress.contract.mapping.checking import Place
from redress.contract.mapping.columns import Conversion, conversion
from redress.contract.mapping.dates import date_of_sql
from redress.contract.mapping.definition import ColumnRule, DateForm, RowOf, When
from redress.contract.mapping.expressions import Condition, Expression
from redress.contract.mapping.folding import trimmed_sql
from redress.contract.mapping.headers import Header, quoted
from redress.contract.mapping.values import choices
from redress.contract.model import BIRTH_DATE, Column, Entity
from redress.councils import Codes
from redress.duck import text as literal
from redress.errors import RedressError


@dataclass(frozen=True)
class Batch:
    """What all columns of a feed are read with: its header, the council's codes, how dates are written.

    asked: the source's columns that decide whether a row is there.
    """

    header: Header
    codes: Codes
    dates: tuple[DateForm, ...]
    asked: set[str] = field(default_factory=set)

    def column(self, name: str) -> str:
        """SQL for a column of the source."""
        return f"c{self.header.columns.index(name)}"


@dataclass(frozen=True)
class Cell:
    """One column of the contract. text: SQL over the batch; sources: the source's columns in it."""

    text: str
    sources: tuple[str, ...]
    conversion: Conversion


@dataclass(frozen=True)
class RowPlan:
    """One row that each row of the batch gives, or may give.

    there: SQL that is true for the rows of the batch that give it; None where each does.
    not_found: the names under which a column of the contract was looked for in vain.
    """

    cells: Mapping[str, Cell]
    there: str | None
    not_found: Mapping[str, tuple[str, ...]]


def plan_row(
    batch: Batch, entity: Entity, rules: Mapping[str, tuple[Place, ColumnRule]], row: tuple[Place, RowOf] | None
) -> RowPlan:
    """The plan of one row. rules: of all its columns; row: its own part of source.yml, where it has one.

    Raises RedressError for columns that an expression or when names and the header lacks.
    """
    cells: dict[str, Cell] = {}
    not_found: dict[str, tuple[str, ...]] = {}
    for name, (where, rule) in rules.items():
        cell = _cell(batch, where, entity.columns[name], rule)
        if cell:
            cells[name] = cell
        else:
            not_found[name] = rule.column or ()
    if row is None:
        return RowPlan(cells, None, not_found)
    return RowPlan(cells, _there(batch, *row, cells), not_found)


def _cell(batch: Batch, where: Place, column: Column, rule: ColumnRule) -> Cell | None:
    how = conversion(rule, column, choices(column, batch.codes), batch.dates, source_writes=rule.column is not None)
    if rule.constant is not None:
        return Cell(literal(rule.constant), (), how)
    if rule.expression is not None:
        return _computed(batch, Expression(rule.expression, where / "expression"), how)
    found = batch.header.find(*(rule.column or ()))
    return Cell(batch.column(found), (found,), how) if found else None


def _computed(batch: Batch, expression: Expression, how: Conversion) -> Cell:
    sources = _sources(batch, expression)
    sql = expression.sql(
        lambda name: trimmed_sql(batch.column(sources[name])),
        lambda text: date_of_sql(text, how.source_forms, birth=how.column.name == BIRTH_DATE),
    )
    return Cell(f"({sql})", tuple(name for name in batch.header.columns if name in sources.values()), how)


def _sources(batch: Batch, expression: Expression) -> dict[str, str]:
    """The source's column for each name in an expression."""
    named = {name: batch.header.find(name) for name in expression.names}
    for name, found in named.items():
        if not found:
            near = batch.header.nearest(name)
            raise RedressError(
                f"{expression.where}: the source has no column {name!r}; "
                + (f"near to it are {quoted(near)}." if near else "name one that its header has.")
            )
    return {name: found for name, found in named.items() if found}


def _there(batch: Batch, where: Place, row: RowOf, cells: Mapping[str, Cell]) -> str:
    if row.when and row.when.expression is not None:
        return _condition(batch, Condition(row.when.expression, where / "when" / "expression"))
    own = [source for name in row.columns if name in cells for source in cells[name].sources]
    asked = _asked(batch, where / "when", row.when) if row.when else list(dict.fromkeys(own))
    batch.asked.update(asked)
    filled = [f"{trimmed_sql(f'cast({batch.column(name)} as varchar)')} is not null" for name in asked]
    return " or ".join(filled) or "false"


def _condition(batch: Batch, condition: Condition) -> str:
    sources = _sources(batch, condition)
    batch.asked.update(sources.values())
    return condition.sql(
        lambda name: trimmed_sql(f"cast({batch.column(sources[name])} as varchar)"),
        lambda text: date_of_sql(text, batch.dates, birth=False),
    )


def _asked(batch: Batch, where: Place, when: When) -> list[str]:
    names = when.column or ()
    found = [column for name in names if (column := batch.header.find(name))]
    if not found:
        near = [column for name in names for column in batch.header.nearest(name)]
        raise RedressError(
            f"{where}: the source has none of the columns {quoted(names)}; "
            + (f"near to them are {quoted(dict.fromkeys(near))}." if near else "name one that its header has.")
        )
    return found
