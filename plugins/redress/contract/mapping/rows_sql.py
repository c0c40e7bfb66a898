"""The query that gives the rows of an entity.

Texts are converted once for each different one, all columns that are converted alike together, and then joined:
a batch holds few different dates and values, and the query stays short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from redress.contract.mapping.columns import Conversion
from redress.contract.mapping.folding import trimmed_sql
from redress.contract.mapping.rows import Cell, RowPlan
from redress.contract.model import Entity


@dataclass
class _Readings:
    """Conversions, by the SQL that does them, and the columns of text each is done to."""

    conversions: list[Conversion] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def of(self, conversion: Conversion, column: str) -> str:
        """The name of the relation (raw, value) that holds every text of a column."""
        sql = conversion.read_sql("texts")
        if sql not in self.columns:
            self.conversions.append(conversion)
        self.columns.setdefault(sql, []).append(column)
        return f"read_{list(self.columns).index(sql)}"

    def with_sql(self) -> list[str]:
        """The common table expressions of them all."""
        return [
            f"read_{number} as ({conversion.read_sql(_texts(columns))})"
            for number, (conversion, columns) in enumerate(zip(self.conversions, self.columns.values(), strict=True))
        ]


def rows_sql(entity: Entity, plans: Sequence[RowPlan], batch: str) -> str:
    """A query of every row of the entity: its fed columns in the contract's order, and source_row."""
    fed = [name for name in entity.columns if any(name in plan.cells for plan in plans)]
    readings = _Readings()
    kept, rows = [], []
    for number, plan in enumerate(plans):
        texts = {cell.text: f"t{at}" for at, cell in enumerate(plan.cells.values()) if cell.sources}
        kept.append(f"kept_{number} as materialized ({_kept_sql(plan, texts, batch)})")
        rows.append(_row_sql(f"kept_{number}", number, plan, texts, fed, readings))
    with_ = ", ".join([*kept, *readings.with_sql()])
    columns = ", ".join([*fed, "source_row"])
    return f"with {with_} select {columns} from ({' union all '.join(rows)}) order by source_row, plan"


def _kept_sql(plan: RowPlan, texts: Mapping[str, str], batch: str) -> str:
    columns = ", ".join(["source_row", *(f"cast({text} as varchar) as {alias}" for text, alias in texts.items())])
    return f"select {columns} from {batch}{f' where {plan.there}' if plan.there else ''}"


def _row_sql(
    kept: str, number: int, plan: RowPlan, texts: Mapping[str, str], fed: Sequence[str], readings: _Readings
) -> str:
    values, joins = [], []
    for name in fed:
        cell = plan.cells.get(name)
        text = f"{kept}.{texts[cell.text]}" if cell and cell.sources else ""
        values.append(f"{_value_sql(f'of_{name}', cell, text)} as {name}")
        if cell and text and not cell.conversion.only_trims:
            joins.append(f" left join {readings.of(cell.conversion, text)} as of_{name} on {text} = of_{name}.raw")
    return f"select {', '.join(values)}{', ' * bool(values)}source_row, {number} as plan from {kept}{''.join(joins)}"


def _value_sql(joined: str, cell: Cell | None, text: str) -> str:
    if cell is None:
        return "cast(null as varchar)"
    if not text:
        return f"(select value from ({cell.conversion.read_sql(f'(select {cell.text} as raw)')}))"
    if cell.conversion.only_trims:
        return f"coalesce({trimmed_sql(text)}, {cell.conversion.blank_sql()})"
    return f"case when {text} is null then {cell.conversion.blank_sql()} else {joined}.value end"


def _texts(columns: Sequence[str]) -> str:
    """A relation of the different texts of columns (kept_0.t1), as raw."""
    every = " union all ".join(
        f"select {column} as raw from {kept}" for kept, column in (name.split(".") for name in dict.fromkeys(columns))
    )
    return f"(select distinct raw from ({every}) where raw is not null)"
