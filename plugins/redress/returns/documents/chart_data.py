"""What a table's chart shows: which of its figures, laid out as categories, series and points in time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from redress.returns.definitions.schema import Chart
from redress.returns.documents.cells import number, text
from redress.returns.documents.wording import unnumbered
from redress.returns.figures import BuiltTable, Figure, Symbol

MOST_SERIES = 6
"""More cannot be told apart by colour, lightness and pattern."""

Unit = Literal["count", "percent", "pounds", "number"]

UNITS: dict[str, Unit] = {
    "count": "count",
    "change_count": "count",
    "percent": "percent",
    "share": "percent",
    "change_percent": "percent",
    "change_points": "percent",
    "amount": "pounds",
    "number": "number",
}


@dataclass(frozen=True)
class Point:
    """One figure of a chart. size is what is drawn: the figure as printed, so that no picture tells more.

    It is None where a symbol or a count such as `1 of 2` stands in place of a number.
    """

    category: str
    series: str
    size: float | None
    shown: str
    symbol: Symbol | None
    figure: Figure


@dataclass(frozen=True)
class ChartData:
    """The figures of one chart: a point for each category of each series where the table has a figure."""

    table: BuiltTable
    chart: Chart
    categories: tuple[str, ...]
    series: tuple[str, ...]
    points: tuple[Point, ...]
    unit: Unit
    of_time: bool

    @property
    def title(self) -> str:
        """The chart's own title, or the table's."""
        return self.chart.title or unnumbered(self.table.title)

    @property
    def axis_title(self) -> str:
        """What the axis of the figures counts."""
        names: dict[Unit, str] = {"count": "Number", "percent": "Percentage", "pounds": "Pounds"}
        return names.get(self.unit) or self.points[0].figure.value_label or "Number"

    @property
    def has_hidden(self) -> bool:
        """Whether a suppressed figure is among them."""
        return any(point.symbol == "c" for point in self.points)

    def of_series(self, series: str) -> tuple[Point, ...]:
        """The points of one series, in the order of the categories."""
        return tuple(point for point in self.points if point.series == series)

    def of_category(self, category: str) -> tuple[Point, ...]:
        """The points of one category, in the order of the series."""
        return tuple(point for point in self.points if point.category == category)


def chart_data(table: BuiltTable) -> ChartData | None:
    """The figures that the table's chart shows; None where it has no chart, nothing to draw, or too much to tell apart.

    Totals are left out, since they would dwarf their parts, unless there is nothing else.
    """
    chart = table.chart
    placed = _chosen(table)
    if chart is None or not placed:
        return None
    data = None
    if chart.kind in ("line", "run", "p_chart") and _periods(placed) > 1:
        data = _over_time(table, chart, placed)
    if data is None or len(data.series) > MOST_SERIES:
        data = _by_row(table, chart, placed)
    can_be_drawn = len(data.series) <= MOST_SERIES and any(point.size is not None for point in data.points)
    return data if can_be_drawn else None


@dataclass(frozen=True)
class _Placed:
    """A figure with the name of its row and of its column, without periods and values."""

    figure: Figure
    row: str
    column: str


def _chosen(table: BuiltTable) -> list[_Placed]:
    """The figures of the chart's value, without totals of rows and columns that are parts as well."""
    values = list(dict.fromkeys((figure.value_label, figure.show) for figure in table.figures))
    if table.chart is None or not values:
        return []
    wanted = values[min(table.chart.value, len(values) - 1)]
    placed = [
        _Placed(figure, row, figure.column)
        for row, cells in zip(_row_names(table), table.cells, strict=True)
        for figure in cells
        if figure is not None and (figure.value_label, figure.show) == wanted
    ]
    placed = [one for one in placed if not one.figure.row_is_total] or placed
    return [one for one in placed if not one.figure.column_is_total] or placed


def _row_names(table: BuiltTable) -> list[str]:
    """Row labels, with their group where a label alone could be either of two rows."""
    labels = Counter(row.label for row in table.rows)
    return [f"{row.group}: {row.label}" if labels[row.label] > 1 and row.group else row.label for row in table.rows]


def _periods(placed: Iterable[_Placed]) -> int:
    return len({one.figure.period for one in placed})


def _over_time(table: BuiltTable, chart: Chart, placed: Sequence[_Placed]) -> ChartData:
    """Periods along the axis, oldest first; what is counted as series."""
    periods = sorted({one.figure.period for one in placed})
    in_period = {period.label for period in periods}
    rows = {one.row for one in placed if one.row not in in_period}
    columns = {one.column for one in placed if one.column not in in_period}
    points = []
    for one in placed:
        row = one.row if len(rows) > 1 and one.row in rows else ""
        column = one.column if len(columns) > 1 and one.column in columns else ""
        points.append(_point(one.figure, one.figure.period.label, _joined(row, column)))
    series = tuple(dict.fromkeys(point.series for point in points))
    points.sort(key=lambda point: (series.index(point.series), point.figure.period))
    categories = tuple(period.label for period in periods)
    return ChartData(table, chart, categories, series, tuple(points), UNITS[placed[0].figure.show], True)


def _by_row(table: BuiltTable, chart: Chart, placed: Sequence[_Placed]) -> ChartData:
    """What is compared down the side, and what beside it or stacked on it.

    A stacked bar's parts are the columns, or the rows where there is one column; each period has bars of its own. Side
    by side, rows are the categories, and columns and periods the series.
    """
    several = _periods(placed) > 1
    rows = len({one.row for one in placed}) > 1
    columns = len({one.column for one in placed}) > 1
    stacked = chart.kind == "stacked" and (columns or (rows and several))
    points = []
    for one in placed:
        period = one.figure.period.label if several else ""
        if stacked:
            category = _joined(one.row if rows and columns else "", period)
            points.append(_point(one.figure, category or one.row, one.column if columns else one.row))
        elif rows:
            points.append(_point(one.figure, one.row, _joined(one.column if columns else "", period)))
        else:
            points.append(_point(one.figure, _joined(one.column if columns else "", period) or one.row, ""))
    categories = tuple(dict.fromkeys(point.category for point in points))
    series = tuple(dict.fromkeys(point.series for point in points))
    if len(series) > MOST_SERIES:
        # Too many to be told apart: what was beside one another is compared down the side instead.
        categories, series = series, categories
        points = [_point(point.figure, point.series, point.category) for point in points]
    return ChartData(table, chart, categories, series, tuple(points), UNITS[placed[0].figure.show], False)


def _joined(*names: str) -> str:
    return ", ".join(name for name in names if name)


def _point(figure: Figure, category: str, series: str) -> Point:
    # A figure of low reliability is drawn where a number is printed, not where a count such as `3 of 4` is.
    drawn = number(replace(figure, symbol=None) if figure.symbol == "u" else figure)
    return Point(category, series, None if drawn is None else float(drawn), text(figure), figure.symbol, figure)
