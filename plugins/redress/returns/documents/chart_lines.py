"""Line, run and percentage charts: periods along the axis, lines named at their end, gaps for withheld figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from redress.returns.analysis.statistics import ControlChart
from redress.returns.documents.chart_data import ChartData, Point
from redress.returns.documents.chart_style import (
    DASHES,
    INK,
    LINES,
    MARKERS,
    PAPER,
    QUIET,
    TEXT_WIDTH,
    WIDTH,
    haloed,
    layered,
    plotted,
)

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 340
LABEL_HEIGHT = 17
WHOLE = 110.0
"""The height of a scale to 100%, with room above for the figure of a point at 100%."""

LIMIT_NAMES = {"upper": "Upper limit", "centre": "Mean", "lower": "Lower limit"}


def lines(data: ChartData) -> "alt.LayerChart":
    """A line a series, told apart by colour, dash and marker, and named where it ends."""
    import altair as alt

    low, high = _span(data, None)
    layers: list[Any] = []
    ends = _spread([_last(data, series) for series in data.series], low, high)
    for number, series in enumerate(data.series):
        layers += _line(data, series, number, low, high)
    named = [
        {"category": data.categories[-1], "at": at, "name": _end_label(data, series)}
        for series, at in zip(data.series, ends, strict=True)
        if at is not None and (len(data.series) > 1)
    ]
    names = (
        plotted(named)
        .mark_text(align="left", dx=12, baseline="middle")
        .encode(x=_x(data), y=alt.Y("at:Q", scale=alt.Scale(domain=[low, high])), text="name:N")
    )
    return layered(*layers, names, *_missing(data, low, high)).properties(width=WIDTH, height=HEIGHT)


def controlled(data: ChartData, statistics: ControlChart | None) -> "alt.LayerChart":
    """One line with its mean and limits, points that chance would seldom give ringed; a plain line without them."""

    low, high = _span(data, statistics)
    layers = _line(data, data.series[0], 0, low, high)
    if statistics is not None:
        layers = [*_limits(data, statistics, low, high), *layers, *_signals(data, statistics, low, high)]
    return layered(*layers, *_missing(data, low, high)).properties(width=WIDTH, height=HEIGHT)


def room(data: ChartData, statistics: ControlChart | None) -> float:
    """Pixels that the names at the right ends need."""
    names = [_end_label(data, series) for series in data.series if _last(data, series) is not None]
    if len(data.series) == 1:
        names = [LIMIT_NAMES["upper"]] if statistics else []
    widest = max((len(name) for name in names), default=0)
    # Half a step lies between the last point and the edge of the plot.
    return max(0.0, widest * TEXT_WIDTH - 0.6 * WIDTH / (len(data.categories) + 1) * 0.6)


def _line(data: ChartData, series: str, number: int, low: float, high: float) -> list[Any]:

    points = data.of_series(series)
    rows = [
        {
            "category": point.category,
            "size": point.size,
            "shown": point.shown,
            "order": data.categories.index(point.category),
            "low": _is_low(points, at, high),
        }
        for at, point in enumerate(points)
    ]
    colour = LINES[number % len(LINES)]
    base = plotted(rows).encode(x=_x(data), y=_y(data, low, high))
    line = base.mark_line(
        color=colour, strokeWidth=2.4, strokeDash=DASHES[number % len(LINES)], invalid="break-paths-show-domains"
    ).encode(order="order:Q")
    markers = base.transform_filter("isValid(datum.size)").mark_point(
        shape=MARKERS[number % len(LINES)], size=70, filled=True, fill=colour, stroke=PAPER, strokeWidth=1.2, opacity=1
    )
    if len(data.series) > 1:
        return [line, markers]
    figures = [
        haloed(
            base.transform_filter(f"isValid(datum.size) && datum.low == {low}")
            .mark_text(dy=14 if low == "true" else -10, baseline="top" if low == "true" else "bottom")
            .encode(text="shown:N")
        )
        for low in ("true", "false")
    ]
    return [line, *figures, markers]


def _is_low(points: Sequence[Point], at: int, high: float) -> bool:
    """Whether a point's figure stands clear of the line below it: where the line rises to both sides."""
    beside = [points[near].size for near in (at - 1, at + 1) if 0 <= near < len(points)]
    sizes = [size for size in beside if size is not None]
    size = points[at].size
    return size is not None and bool(sizes) and min(sizes) > size > high / 8


def _limits(data: ChartData, statistics: ControlChart, low: float, high: float) -> list[Any]:
    import altair as alt

    scale = 100.0 if statistics.kind == "proportions" else 1.0
    rows = [
        {"category": category, "lower": below * scale, "upper": above * scale, "centre": statistics.centre * scale}
        for category, below, above in zip(data.categories, statistics.lower, statistics.upper, strict=True)
    ]
    base = plotted(rows)

    def line(name: str, dash: list[int]) -> Any:
        y = alt.Y(f"{name}:Q", scale=alt.Scale(domain=[low, high]))
        return base.mark_line(color=QUIET, strokeWidth=1.4, strokeDash=dash, interpolate="step").encode(x=_x(data), y=y)

    last = rows[-1]
    named = [{"category": last["category"], "at": last[name], "name": text} for name, text in LIMIT_NAMES.items()]
    for row, at in zip(named, _spread([row["at"] for row in named], low, high), strict=True):
        row["at"] = at
    names = (
        plotted(named)
        .mark_text(align="left", dx=22, baseline="middle", fill=QUIET)
        .encode(x=_x(data), y=alt.Y("at:Q", scale=alt.Scale(domain=[low, high])), text="name:N")
    )
    return [line("lower", [5, 4]), line("upper", [5, 4]), line("centre", [1, 0]), names]


def _signals(data: ChartData, statistics: ControlChart, low: float, high: float) -> list[Any]:
    """A ring round each point of a signal."""

    points = data.of_series(data.series[0])
    positions = sorted({position for signal in statistics.signals for position in signal.points})
    rows = [{"category": points[at].category, "size": points[at].size} for at in positions]
    rings = plotted(rows).mark_point(shape="circle", size=260, filled=False, stroke=INK, strokeWidth=1.8, opacity=1)
    return [rings.encode(x=_x(data), y=_y(data, low, high))]


def _missing(data: ChartData, low: float, high: float) -> list[Any]:
    """Along the foot of the picture: the symbol of each figure that is not drawn."""
    import altair as alt

    rows = [{"category": p.category, "at": low, "symbol": p.shown} for p in data.points if p.size is None]
    unique = list({(row["category"], row["symbol"]): row for row in rows}.values())
    marks = plotted(unique).mark_text(dy=-8, baseline="bottom", fontStyle="italic", fill=QUIET)
    return [marks.encode(x=_x(data), y=alt.Y("at:Q", scale=alt.Scale(domain=[low, high])), text="symbol:N")]


def _x(data: ChartData) -> "alt.X":
    import altair as alt

    return alt.X(
        "category:O",
        sort=list(data.categories),
        axis=alt.Axis(title=None, labelAngle=-35 if len(data.categories) > 7 else 0, ticks=True, grid=False),
        scale=alt.Scale(type="point", padding=0.6),
    )


def _y(data: ChartData, low: float, high: float) -> "alt.Y":
    import altair as alt

    axis = alt.Axis(
        title=data.axis_title,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleX=0,
        titleY=-12,
        titleBaseline="bottom",
        values=[0, 20, 40, 60, 80, 100] if high == WHOLE else alt.Undefined,
        tickMinStep=1 if data.unit == "count" else alt.Undefined,
        tickCount=6,
        format=",~f",
        domain=False,
        ticks=False,
    )
    return alt.Y("size:Q", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))


def _span(data: ChartData, statistics: ControlChart | None) -> tuple[float, float]:
    """From 0 to a little over the largest; where a percentage comes near 100, to a little over 100."""
    sizes = [point.size for point in data.points if point.size is not None]
    if statistics is not None:
        sizes += [limit * (100 if statistics.kind == "proportions" else 1) for limit in statistics.upper]
    highest = max(*sizes, 1.0)
    high = WHOLE if data.unit == "percent" and 50 < highest <= 100 else highest * 1.12
    return min(0.0, *sizes, 0.0) * 1.12, high


def _last(data: ChartData, series: str) -> float | None:
    sizes = [point.size for point in data.of_series(series) if point.size is not None]
    return sizes[-1] if sizes else None


def _end_label(data: ChartData, series: str) -> str:
    drawn: list[Point] = [point for point in data.of_series(series) if point.size is not None]
    return f"{series} {drawn[-1].shown}"


def _spread(at: list[Any], low: float, high: float) -> list[Any]:
    """Heights for names at the ends of lines, moved apart so that none covers another; None stays None."""
    step = (high - low) * LABEL_HEIGHT / (HEIGHT - 60)
    order = sorted((value, position) for position, value in enumerate(at) if value is not None)
    placed = [value for value, _ in order]
    for number in range(1, len(placed)):
        placed[number] = max(placed[number], placed[number - 1] + step)
    over = (placed[-1] - high) if placed else 0.0
    for number in reversed(range(len(placed))):
        ceiling = high if number == len(placed) - 1 else placed[number + 1] - step
        placed[number] = min(placed[number], ceiling) if over > 0 else placed[number]
    result = list(at)
    for (_, position), value in zip(order, placed, strict=True):
        result[position] = value
    return result
