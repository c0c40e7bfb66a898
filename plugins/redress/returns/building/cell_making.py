"""Computes the figure of one cell: a count, rate, share, amount, change or setting."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from redress.councils import Council
from redress.errors import UsageError
from redress.returns.building.axes import Entry
from redress.returns.building.cells import CHANGES, Counter, Style, change, require_change, style_of, value_of
from redress.returns.building.labels import Labels
from redress.returns.definitions.schema import Defaults, Table, Value, Where
from redress.returns.figures import Figure, Predicate
from redress.returns.metrics.metrics import Metrics
from redress.returns.periods import Period, parse_period

MEASURES = {"share": "percent", "amount": "amount", "number": "count"}


@dataclass(frozen=True)
class Maker:
    """All that is needed to build the tables of one return."""

    metrics: Metrics
    council: Council
    labels: Labels
    counter: Counter
    defaults: Defaults
    period: Period
    prefix: str
    structure: str | None = None

    def is_over(self, period: Period) -> bool:
        """Whether the council's data reach the period's end."""
        as_at = self.metrics.span(self.council.name)[1]
        return as_at is not None and as_at >= period.end


@dataclass(frozen=True)
class Column:
    """One flat column: which entry of the columns' axis, which period, which value."""

    entry: Entry
    period: Period
    value: Value


def period_of(word: str, period: Period) -> list[Period]:
    """The periods that a definition's word stands for, seen from the return's period."""
    known: dict[str, Callable[[], list[Period]]] = {
        "this": lambda: [period],
        "previous": lambda: [period.previous],
        "year_before": lambda: [period.months_later(-12)],
        "two_years_before": lambda: [period.months_later(-24)],
        "three_years_before": lambda: [period.months_later(-36)],
        "last_day": lambda: [period.last_day],
        "quarters": lambda: period.quarters,
        "last_eight_quarters": lambda: period.last_quarters(8),
        "year_to_date": lambda: [period.to_date],
    }
    return known[word]() if word in known else [parse_period(word)]


class CellMaker:
    """Makes the figures of one table, not yet rounded."""

    def __init__(
        self,
        maker: Maker,
        table: Table,
        where: frozenset[Predicate],
        predicates: Callable[[Where], frozenset[Predicate]],
    ) -> None:
        self._maker = maker
        self._table = table
        self._where = where
        self._predicates = predicates

    def metric_of(self, row: Entry, column: Column) -> str | None:
        """The metric of a cell: the value's, the row's or column's, else the table's."""
        return column.value.metric or row.metric or column.entry.metric or self._table.metric

    def style(self, row: Entry, column: Column) -> Style:
        """How the figures of a cell are printed."""
        metric = self.metric_of(row, column)
        known = self._maker.metrics.get(metric) if metric and not row.setting else None
        return style_of(column.value, bool(known and known.is_ratio), known.unit if known else "", self._maker.defaults)

    def figure(self, row: Entry, column: Column) -> Figure:
        """One cell, before rounding."""
        if setting := row.setting or column.entry.setting:
            return self.setting(setting, row, column)
        metric = self.metric_of(row, column)
        if metric is None:
            raise UsageError(f"the row {row.head.label!r} names no metric; add metric: to it or to the table.")
        style = self.style(row, column)
        if style.show in CHANGES:
            return self.change(metric, row, column, style)
        return self.counted(metric, row, column, column.period, style)

    def counted(self, metric: str, row: Entry, column: Column, period: Period, style: Style) -> Figure:
        """A count, rate, share or amount of one period."""
        count, value, parts = self._maker.counter.count, column.value, self._maker.metrics.parts(metric)
        own = self._where | self._predicates(value.where)
        conditions = own | row.conditions | column.entry.conditions
        top = count(parts[0], period, conditions)
        whole = None
        if style.show == "share":
            whole_metric, kept = self.whole(value, parts[-1], row, column)
            whole = count(whole_metric, period, _replaced(own | kept, self._predicates(value.share_of_where)))
        elif len(parts) > 1:
            whole = count(parts[1], period, conditions)
        known = self._maker.metrics.get(metric)
        figure = self.blank(metric, row, column, period, style)
        number, bottom = top.number, whole.number if whole else None
        if top.is_of_nothing:
            number = bottom = Fraction(0)
        return replace(
            figure,
            numerator=number,
            denominator=bottom,
            value=value_of(style.show, number, bottom),
            of=top.population,
            over=whole.population if whole else None,
            is_additive=known.is_additive and whole is None,
        )

    def whole(self, value: Value, metric: str, row: Entry, column: Column) -> tuple[str, frozenset[Predicate]]:
        """What a share is a share of: the metric, and which of the cell's conditions hold for the whole."""
        if value.share_of is None or value.share_of == "table":
            return metric, frozenset()
        if value.share_of == "row":
            return metric, row.conditions
        if value.share_of == "column":
            return metric, column.entry.conditions
        return self._maker.metrics.get(value.share_of).name, frozenset()

    def change(self, metric: str, row: Entry, column: Column, style: Style) -> Figure:
        """How a figure differs from that of another period; unknown while the period is not over."""
        against = period_of(require_change(column.value), column.period)[0]
        known = self._maker.metrics.get(metric)
        rate = column.value.share_of is not None or known.is_ratio
        plain = replace(style, show="share" if column.value.share_of else "percent" if rate else "count")
        now = self.counted(metric, row, column, column.period, plain)
        before = self.counted(metric, row, column, against, plain)
        numerator, denominator = change(style.show, now, before)
        if not self._maker.is_over(column.period):
            numerator = denominator = None
        return replace(
            now,
            show=style.show,
            numerator=numerator,
            denominator=denominator,
            value=value_of(style.show, numerator, denominator),
            before=before,
            printed_measure=column.value.printed_measure or style.show,
            is_additive=False,
        )

    def setting(self, name: str, row: Entry, column: Column) -> Figure:
        """A target or limit from settings.yml."""
        targets = self._maker.council.settings.targets
        if name not in targets:
            known = ", ".join(sorted(targets)) or "none"
            raise UsageError(f"settings.yml has no target {name!r} (known: {known}).")
        style = style_of(column.value, False, "other", self._maker.defaults)
        number = Fraction(str(targets[name]))
        figure = self.blank("setting", row, column, column.period, style)
        return replace(figure, numerator=number, value=number, basis="setting", is_additive=False)

    def blank(self, metric: str, row: Entry, column: Column, period: Period, style: Style) -> Figure:
        """A figure that knows where it stands, without a number."""
        known = self._maker.metrics.all.get(metric)
        return Figure(
            id="",
            table=self._table.name,
            slug=self._table.table,
            row=row.head.label,
            column=column.entry.head.label,
            value_label=column.value.label or "",
            period=period,
            metric=metric,
            show=style.show,
            basis=known.basis if known else "",
            numerator=None,
            denominator=None,
            value=None,
            rounded=None,
            shown="",
            of=None,
            row_is_total=row.head.is_total,
            column_is_total=column.entry.head.is_total,
            stage=row.stage or column.entry.stage or self._table.printed.stage or "",
            row_printed=row.printed,
            column_printed=column.entry.printed,
            printed_measure=column.value.printed_measure or MEASURES.get(style.show, style.show),
            holds=column.value.holds,
        )


def _replaced(conditions: frozenset[Predicate], others: frozenset[Predicate]) -> frozenset[Predicate]:
    """Conditions with those on the same dimensions replaced."""
    replaced = {dimension for dimension, _, _ in others}
    return frozenset(one for one in conditions if one[0] not in replaced) | others
