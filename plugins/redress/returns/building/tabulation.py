"""Builds one table of a return: its rows, columns and periods, and a figure in each cell."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from redress.errors import UsageError
from redress.returns.building.axes import Entries, Entry, entries_of, predicates
from redress.returns.building.cell_making import CellMaker, Column, Maker, period_of
from redress.returns.building.cells import rounded_together
from redress.returns.building.labels import heading
from redress.returns.building.sensitivity import is_sensitive
from redress.returns.definitions.schema import Axis, Table, Value, Where
from redress.returns.figures import BuiltTable, Figure, Head, Predicate
from redress.returns.metrics.catalogue import Metric

TODAY = {"service": "service_today", "service_area": "service_area_today"}
BASES = {
    "received": "received in the period",
    "responded": "answered in the period, whenever received",
    "concluded": "ended in the period, whenever received",
    "decided": "decided, or agreed, in the period",
    "as_at": "open on the date",
    "cohort": "received in the period and followed to the date of the data",
    "supplied": "supplied by the service",
    "setting": "set by law or by the council",
}


def build_table(maker: Maker, table: Table) -> BuiltTable:
    """One table of the return.

    Raises UsageError that names the table where its definition asks for what there is not.
    """
    try:
        return TableBuilder(maker, table).build()
    except UsageError as problem:
        raise UsageError(f"{maker.prefix}, table {table.name}: {problem}") from None


class TableBuilder:
    """The steps of building one table."""

    def __init__(self, maker: Maker, table: Table) -> None:
        self.maker = maker
        self.table = table
        self.structure = maker.structure or table.structure
        self.where = self.predicates(table.where)
        self.cells = CellMaker(maker, table, self.where, self.predicates)
        self.periods = [one for word in table.periods for one in period_of(word, maker.period)]

    def build(self) -> BuiltTable:
        """The whole table, rounded, named and sorted."""
        table = self.table
        rows, columns = self.entries(table.rows), self.entries(table.columns)
        flat = [
            Column(entry, period, value)
            for entry in columns.entries
            for period in self.periods
            for value in table.values
        ]
        counted = [[self.cells.figure(row, column) for column in flat] for row in rows.entries]
        cells = rounded_together(counted, [[self.cells.style(row, column) for column in flat] for row in rows.entries])
        order = self.order(rows, cells)
        heads = [self.head(column) for column in flat]
        metric = self.first_metric(rows)
        return BuiltTable(
            name=table.name,
            slug=table.table,
            title=table.title or table.name.replace("_", " ").capitalize(),
            description=table.description or "",
            rows=tuple(self.row_head(rows.entries[at]) for at in order),
            columns=tuple(heads),
            cells=self.identified([cells[at] for at in order], [rows.entries[at] for at in order], heads),
            basis=metric.basis if metric else "setting",
            basis_text=_basis_text(metric) if cells else "",
            rows_title=heading(table.rows.by) if table.rows and table.rows.by else "",
            rows_are_exhaustive=rows.is_exhaustive,
            columns_are_exhaustive=columns.is_exhaustive,
            rows_by=rows.by,
            columns_by=columns.by,
            suppress=is_sensitive(table) if table.disclosure.suppress is None else table.disclosure.suppress,
            threshold=table.disclosure.threshold or self.maker.defaults.threshold,
            structure=self.structure,
            chart=table.chart,
            notes=tuple(table.notes),
            differences=tuple(table.differences),
            internal=table.internal,
            hidden=table.hidden,
            text_only=table.text_only,
            outside=table.outside,
            printed_sections=tuple(table.printed.sections),
            printed_period=table.printed.period,
        )

    def restructured(self, dimension: str) -> str:
        """The dimension that stands for this one in the structure asked for."""
        return TODAY.get(dimension, dimension) if self.structure == "today" else dimension

    def predicates(self, where: Where) -> frozenset[Predicate]:
        """Conditions of the definition, in the structure asked for."""
        return predicates(where, self.restructured)

    def entries(self, axis: Axis | None) -> Entries:
        """The rows or the columns."""
        if self.table.outside or self.table.text_only:
            return Entries((), False)
        return entries_of(axis, self.members, self.maker.labels, self.restructured)

    def crossed_with(self, by: str) -> str | None:
        """The dimension of the other axis, where it has one that the table sets no condition on."""
        axes = [self.restructured(axis.by) for axis in (self.table.rows, self.table.columns) if axis and axis.by]
        others = [name for name in axes if name != by and name not in self.table.where]
        return others[0] if others else None

    def members(self, by: str) -> list[str | None]:
        """Which members of a dimension the table's metrics count in its periods."""
        named = {self.table.metric, *(value.metric for value in self.table.values)}
        found: set[str | None] = set()
        parts = {part for name in named if name for part in self.maker.metrics.parts(name)}
        for part, period in product(sorted(parts), self.periods):
            found |= self.maker.counter.members(part, period, by, self.where, self.crossed_with(by))
        return sorted(found, key=lambda code: (code is None, str(code)))

    def order(self, rows: Entries, cells: list[list[Figure]]) -> list[int]:
        """The rows' order as printed. Sorted by value: by the latest period's total; blanks and totals stay last."""
        places = list(range(len(rows.entries)))
        if self.table.rows is None or self.table.rows.sort != "value" or not cells:
            return places
        first = cells[0]
        leading = max(range(len(first)), key=lambda at: (first[at].column_is_total, first[at].period.end, -at))

        def rank(at: int) -> tuple[bool, bool, Fraction, int]:
            entry = rows.entries[at]
            is_blank = any(None in codes for _, _, codes in entry.conditions)
            return entry.head.is_total, is_blank, -(cells[at][leading].value or Fraction(0)), at

        return sorted(places, key=rank)

    def row_head(self, entry: Entry) -> Head:
        """A row's heading; a table of one row is headed by its title."""
        return replace(entry.head, label=entry.head.label or "All")

    def head(self, column: Column) -> Head:
        """A column's heading in one line: the entry, the period and the value, as far as there are several."""
        parts = [
            column.entry.head.label,
            column.period.label if len(self.periods) > 1 else "",
            (column.value.label or _value_name(column.value)) if len(self.table.values) > 1 else "",
        ]
        label = ", ".join(part for part in parts if part)
        return Head(label or column.period.label, column.entry.head.group, column.entry.head.is_total)

    def identified(
        self, cells: Sequence[Sequence[Figure]], entries: Sequence[Entry], heads: Sequence[Head]
    ) -> tuple[tuple[Figure | None, ...], ...]:
        """Every figure with its id: the return, table, row and column, readable and the same at every build."""
        seen: dict[str, int] = {}
        finished = []
        for entry, row in zip(entries, cells, strict=True):
            line = []
            for head, figure in zip(heads, row, strict=True):
                name = "/".join(
                    [
                        self.maker.prefix,
                        self.table.name,
                        slug(f"{entry.head.group or ''} {entry.head.label or 'all'}"),
                        slug(head.label),
                    ]
                )
                seen[name] = seen.get(name, 0) + 1
                line.append(replace(figure, id=name if seen[name] == 1 else f"{name}-{seen[name]}"))
            finished.append(tuple(line))
        return tuple(finished)

    def first_metric(self, rows: Entries) -> Metric | None:
        """The metric whose basis the table is printed with."""
        named = [
            self.table.metric,
            *(value.metric for value in self.table.values),
            *(row.metric for row in rows.entries),
        ]
        return next((self.maker.metrics.get(name) for name in named if name), None)


def slug(label: str) -> str:
    """A label as a part of a figure's id."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower().replace("/", "-")).strip("-")


def _basis_text(metric: Metric | None) -> str:
    """What the table counts and on which basis, as printed under it."""
    basis = f"Basis: {BASES[metric.basis if metric and metric.basis in BASES else 'setting']}."
    if metric is None or not metric.population or metric.basis == "supplied":
        return basis
    return f"Counts: {metric.population.rstrip('.')}. {basis}"


def _value_name(value: Value) -> str:
    return {"share": "percent", "change_count": "change", "change_percent": "percent change",
            "change_points": "percentage points"}.get(value.show or "", value.show or "number")  # fmt: skip
