"""Charts in words: the text alternative of a picture, with its key numbers."""

from redress.returns.analysis.statistics import ControlChart, Funnel, TooFew
from redress.returns.documents.chart_data import ChartData, Point
from redress.returns.documents.wording import SYMBOLS

KINDS = {
    "bar": "Bar chart",
    "stacked": "Stacked bar chart",
    "line": "Line chart",
    "run": "Run chart",
    "p_chart": "Chart of percentages with limits",
    "funnel": "Funnel plot",
}
MOST_NAMED = 12
"""Beyond so many categories only the largest are named; the table beside the picture has all."""

Statistics = ControlChart | Funnel | TooFew | None


def in_words(data: ChartData, statistics: Statistics) -> str:
    """What the picture shows, so that nobody needs to see it: kind, subject, the numbers, what stands out."""
    title = data.title.rstrip(".")
    parts = [f"{KINDS[data.chart.kind]}: {title}."]
    parts += _over_time(data) if data.of_time else _by_category(data)
    parts += _statistics(data, statistics)
    hidden = sum(point.symbol == "c" for point in data.points)
    if hidden:
        parts.append(f"{hidden} {'figure is' if hidden == 1 else 'figures are'} suppressed and not drawn.")
    if len(data.points) > 1:
        parts.append("The figures are in the table beside it.")
    return " ".join(parts)


def note(statistics: Statistics) -> str:
    """Why no limits are drawn; empty where they are or where none belong."""
    return statistics.reason if isinstance(statistics, TooFew) else ""


def _by_category(data: ChartData) -> list[str]:
    if data.series == ("",):
        return [_series("", data.points)]
    if len(data.categories) <= len(data.series) or data.chart.kind == "stacked":
        return [_listing(category, [(p.series, p) for p in data.of_category(category)]) for category in _largest(data)]
    return [_series(series, data.of_series(series)) for series in data.series]


def _largest(data: ChartData) -> list[str]:
    """The categories that are named: all, or the largest in the table's order."""

    def total(category: str) -> float:
        return sum(point.size or 0 for point in data.of_category(category))

    named = set(sorted(data.categories, key=total, reverse=True)[:MOST_NAMED])
    return [category for category in data.categories if category in named]


def _series(series: str, points: tuple[Point, ...]) -> str:
    shown = points
    if len(points) > MOST_NAMED:
        largest = sorted(points, key=lambda point: point.size or 0, reverse=True)[:MOST_NAMED]
        shown = tuple(point for point in points if point in largest)
    return _listing(series, [(point.category, point) for point in shown])


def _listing(name: str, named: list[tuple[str, Point]]) -> str:
    listed = ", ".join(f"{label} {spoken(point)}" if label else spoken(point) for label, point in named)
    return f"{name}: {listed}." if name else f"{listed}."


def _over_time(data: ChartData) -> list[str]:
    return [_listing(series, [(point.category, point) for point in data.of_series(series)]) for series in data.series]


def spoken(point: Point) -> str:
    """The figure as printed, a symbol by its name."""
    return point.shown if point.size is not None or not point.symbol else SYMBOLS[point.symbol][0]


def _statistics(data: ChartData, statistics: Statistics) -> list[str]:
    if isinstance(statistics, ControlChart):
        percent = statistics.kind == "proportions"
        centre = f"{statistics.centre * 100:.0f}%" if percent else f"{statistics.centre:.1f}"
        signals = [signal.text for signal in statistics.signals]
        return [f"The mean is {centre}.", *(signals or ["No point lies outside the limits."])]
    if isinstance(statistics, Funnel):
        outside = outside_names(data, statistics)
        over_all = f"Over all it is {statistics.centre * 100:.0f}%."
        return [over_all, f"Outside the limits: {', '.join(outside)}." if outside else "None lies outside the limits."]
    return []


def outside_names(data: ChartData, funnel: Funnel) -> list[str]:
    """The services outside the funnel's limits."""
    drawn = [point for point in data.points if point.figure.denominator]
    return [point.category for point, limit in zip(drawn, funnel.points, strict=True) if limit.outside is not None]
