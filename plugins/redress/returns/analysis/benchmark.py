"""Sets a council's figures beside those of the other councils of the warehouse, as a table of a return or alone."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from redress.councils import Council, get_council, load_councils
from redress.paths import Home
from redress.returns.analysis.standings import MINIMUM_CASES, MINIMUM_COUNCILS, Benchmark, compare_councils
from redress.returns.building.cell_making import Maker
from redress.returns.building.cells import printed, style_of
from redress.returns.building.tabulation import slug
from redress.returns.definitions.schema import Table, Value
from redress.returns.figures import BuiltTable, Figure, Head, Symbol
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import Period

SUMMARY = {
    "Lower quartile": "lower_quartile",
    "Median": "median",
    "Upper quartile": "upper_quartile",
    "Own position": "position",
}
NOTES = (
    "The position counts from the highest value, be that better or worse; equal values share one.",
    f"A rate of fewer than {MINIMUM_CASES} cases is not shown (u), nor a council without records of the period (x).",
)
"""Printed under every benchmark."""


def benchmark(
    home: Home,
    metric: str,
    period: Period,
    councils: Sequence[str] = (),
    own: str | None = None,
    minimum: int = MINIMUM_COUNCILS,
) -> Benchmark:
    """A metric of several councils (all of the warehouse unless named) over a period, own among them.

    Raises UsageError for a metric or council that there is not.
    """
    chosen = [get_council(name) for name in councils] or list(load_councils().values())
    with open_metrics(home) as metrics:
        return compare_councils(metrics, metric, period, chosen, own, minimum)


def benchmark_of(maker: Maker, table: Table) -> BuiltTable:
    """The table of a return that sets the metrics of `benchmark:` beside those of the other councils.

    Raises UsageError for a metric that there is not.
    """
    own = maker.council
    others = [council for name, council in load_councils().items() if name != own.name]
    councils = [own, *sorted(others, key=lambda council: council.title)]
    found = [compare_councils(maker.metrics, name, maker.period, councils, own.name) for name in table.benchmark]
    heads = [*(Head(council.title) for council in councils), *(Head(label) for label in SUMMARY)]
    columns = [column for one in found for column in _columns(one)]
    cells = tuple(
        tuple(_cell(maker, table, one, what, council, head.label, label) for one, what, label in columns)
        for head, council in zip(heads, [*councils, *([None] * len(SUMMARY))], strict=True)
    )
    return BuiltTable(
        name=table.name,
        slug=table.table,
        title=table.title or "Beside other councils",
        description=table.description or "",
        rows=tuple(heads),
        columns=tuple(Head(label) for _, _, label in columns),
        cells=cells,
        basis=found[0].metric.basis if found else "",
        basis_text="Every council's figures are counted by the same definition; the notes say where its rules differ.",
        rows_title="Council",
        suppress=bool(table.disclosure.suppress),
        threshold=table.disclosure.threshold or maker.defaults.threshold,
        notes=(*table.notes, *_notes(found), *NOTES),
        internal=table.internal,
        hidden=table.hidden,
        printed_sections=tuple(table.printed.sections),
        printed_period=table.printed.period,
    )


def _notes(found: Sequence[Benchmark]) -> list[str]:
    """What makes the figures differ; what holds for several metrics is said once."""
    labels: dict[str, list[str]] = {}
    for one in found:
        for warning in one.warnings:
            labels.setdefault(warning, []).append(one.metric.label)
    return [f"{'; '.join(names)}: {warning}" for warning, names in labels.items()]


def _columns(one: Benchmark) -> list[tuple[Benchmark, str, str]]:
    """A metric's columns: the value, and for a rate the cases it rests on."""
    columns = [(one, "value", one.metric.label)]
    return [*columns, (one, "cases", f"{one.metric.label}, cases")] if one.metric.is_ratio else columns


def _cell(
    maker: Maker, table: Table, one: Benchmark, what: str, council: Council | None, row: str, column: str
) -> Figure | None:
    figure = _blank(maker, table, one, row, column)
    if council is None:
        return _summary(maker, one, figure, row) if what == "value" else None
    standing = next(standing for standing in one.standings if standing.council == council.name)
    if what == "cases":
        count = replace(figure, show="count", value=standing.denominator, numerator=standing.denominator)
        is_few = standing.symbol == "u" and council != maker.council
        return _shown(maker, one, count, standing.symbol if standing.denominator is None or is_few else None)
    parts = maker.metrics.parts(one.metric.name)
    # Only the council's own figure is a number of this return; those of others are in no other table.
    own = (
        [maker.metrics.population(part, one.period, frozenset()) for part in parts] if council == maker.council else []
    )
    figure = replace(
        figure,
        numerator=standing.numerator,
        denominator=standing.denominator,
        value=standing.value,
        of=own[0] if own else None,
        over=own[1] if len(own) > 1 else None,
    )
    return _shown(maker, one, figure, standing.symbol)


def _summary(maker: Maker, one: Benchmark, figure: Figure, row: str) -> Figure:
    value = getattr(one, SUMMARY[row])
    if value is None:
        return _shown(maker, one, figure, "z")
    if row == "Own position":
        text = f"{value} of {len(one.known)}"
        return replace(figure, show="number", numerator=Fraction(value), value=Fraction(value), shown=text)
    scale = 100 if figure.show == "percent" else 1
    return _shown(maker, one, replace(figure, numerator=value / scale, denominator=Fraction(1), value=value), None)


def _shown(maker: Maker, one: Benchmark, figure: Figure, symbol: Symbol | None) -> Figure:
    if symbol is not None:
        return replace(figure, value=None, rounded=None, shown=symbol, symbol=symbol)
    unit = "cases" if figure.show == "count" else one.metric.unit
    # Rates of few cases are left out already, so that those printed are all printed as percentages.
    defaults = maker.defaults.model_copy(update={"small_base": 0})
    return printed(figure, style_of(Value(show=figure.show), figure.show == "percent", unit, defaults))


def _blank(maker: Maker, table: Table, one: Benchmark, row: str, column: str) -> Figure:
    style = style_of(Value(), one.metric.is_ratio, one.metric.unit, maker.defaults)
    return Figure(
        id="/".join([maker.prefix, table.name, slug(row), slug(column)]),
        table=table.name,
        slug=table.table,
        row=row,
        column=column,
        value_label="",
        period=one.period,
        metric=one.metric.name,
        show=style.show,
        basis=one.metric.basis,
        numerator=None,
        denominator=None,
        value=None,
        rounded=None,
        shown="",
        of=None,
        is_additive=False,
    )
