"""Funnel plots: each service's percentage by its number of cases, between the limits that chance explains."""

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from redress.returns.analysis.statistics import Funnel
from redress.returns.documents.chart_data import ChartData, Point
from redress.returns.documents.chart_style import (
    FONT_SIZE,
    INK,
    LINES,
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

HEIGHT = 420
TOP = 108.0
ROOM = 1.22
"""The axis of cases runs so many times as far as the largest service, for the names of the lines."""

PLOT_WIDTH, PLOT_HEIGHT = WIDTH - 50, HEIGHT - 80
LONGEST_NAME = 30
LINE = FONT_SIZE + 3


Side = Literal["left", "right"]


@dataclass(frozen=True)
class _Box:
    """A rectangle of the plot, in pixels from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def meets(self, other: "_Box") -> bool:
        across = self.left < other.left + other.width and other.left < self.left + self.width
        return across and self.top < other.top + other.height and other.top < self.top + self.height


def plot(data: ChartData, funnel: Funnel) -> "alt.LayerChart":
    """Services as points, the rate of all as a line, 95% and 99.8% limits as curves.

    Services outside the limits are named first, then as many others as fit, the larger before the smaller; the table
    beside the picture has all.
    """
    import altair as alt

    drawn = [point for point in data.points if point.figure.denominator]
    points = [_row(point, limit.outside is not None) for point, limit in zip(drawn, funnel.points, strict=True)]
    largest = max(row["cases"] for row in points)
    x = alt.X(
        "cases:Q",
        axis=alt.Axis(title="Number of cases", grid=False, tickMinStep=1, tickCount=8, format=",.0f"),
        scale=alt.Scale(domain=[0, largest * ROOM], nice=False),
    )

    def y(field: str) -> Any:
        axis = alt.Axis(
            title="Percentage",
            titleAngle=0,
            titleAlign="left",
            titleAnchor="end",
            titleX=0,
            titleY=-12,
            titleBaseline="bottom",
            values=[0, 20, 40, 60, 80, 100],
            domain=False,
            ticks=False,
        )
        return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, TOP], nice=False))

    curve = plotted(_curve(funnel))
    limits = [
        curve.mark_line(color=QUIET, strokeWidth=1.3, strokeDash=dash).encode(x=x, y=y(name))
        for name, dash in (("lower95", [6, 4]), ("upper95", [6, 4]), ("lower998", [2, 3]), ("upper998", [2, 3]))
    ]
    centre = curve.mark_line(color=QUIET, strokeWidth=1.4).encode(x=x, y=y("centre"))
    base = plotted(points).encode(x=x, y=y("percent"))
    marks = base.mark_point(filled=True, size=90, fill=LINES[0], stroke=PAPER, strokeWidth=1, opacity=1, shape="circle")
    rings = base.transform_filter("datum.outside").mark_point(
        filled=False, size=260, stroke=INK, strokeWidth=1.8, opacity=1, shape="circle"
    )
    ends = _line_ends(funnel)
    named = _placed(points, ends, largest)
    sides: tuple[Side, ...] = ("left", "right")
    names = [
        haloed(
            plotted([row for row in named if row["align"] == align])
            .mark_text(align=align, baseline="middle", lineBreak="\n", lineHeight=LINE)
            .encode(x=x, y=y("at"), text="name:N")
        )
        for align in sides
    ]
    lines = (
        plotted(ends).mark_text(align="left", dx=8, baseline="middle", fill=QUIET).encode(x=x, y=y("at"), text="name:N")
    )
    return layered(*limits, centre, lines, *names, marks, rings).properties(width=WIDTH, height=HEIGHT)


def _row(point: Point, outside: bool) -> dict[str, Any]:
    assert point.figure.denominator is not None
    assert point.figure.numerator is not None
    cases = point.figure.denominator
    percent = float(point.figure.numerator / cases * 100)
    return {"name": point.category, "cases": float(cases), "percent": percent, "outside": outside}


def _curve(funnel: Funnel) -> list[dict[str, float]]:
    return [
        {
            "cases": float(limit.denominator),
            "lower95": limit.lower95 * 100,
            "upper95": limit.upper95 * 100,
            "lower998": limit.lower998 * 100,
            "upper998": limit.upper998 * 100,
            "centre": funnel.centre * 100,
        }
        for limit in funnel.curve
    ]


def _line_ends(funnel: Funnel) -> list[dict[str, Any]]:
    """Names at the right end of the lines, moved down where one would cover another."""
    last = funnel.curve[-1]
    ends = [
        (last.upper998, "99.8% limit"),
        (last.upper95, "95% limit"),
        (funnel.centre, "All together"),
        (last.lower95, "95% limit"),
        (last.lower998, "99.8% limit"),
    ]
    rows: list[dict[str, Any]] = []
    above = 2 * TOP
    for at, name in ends:
        above = min(at * 100, above - LINE / PLOT_HEIGHT * TOP)
        rows.append({"cases": float(last.denominator), "at": max(above, 0.0), "name": name})
    return rows


def _placed(points: list[dict[str, Any]], ends: list[dict[str, Any]], largest: float) -> list[dict[str, Any]]:
    """The names that fit: each beside its point, over none of the points, names and line names there already are."""
    scale = PLOT_WIDTH / (largest * ROOM)

    def pixels(cases: float, percent: float) -> tuple[float, float]:
        return cases * scale, (TOP - percent) / TOP * PLOT_HEIGHT

    taken = []
    for row in points:
        left, top = pixels(row["cases"], row["percent"])
        taken.append(_Box(left - 6, top - 6, 12, 12))
    for row in ends:
        left, top = pixels(row["cases"], row["at"])
        taken.append(_Box(left, top - LINE / 2, len(row["name"]) * TEXT_WIDTH, LINE))
    named = []
    for row in sorted(points, key=lambda row: (not row["outside"], -row["cases"])):
        left, top = pixels(row["cases"], row["percent"])
        lines = textwrap.wrap(row["name"], LONGEST_NAME)
        width, height = max(map(len, lines)) * TEXT_WIDTH, len(lines) * LINE
        for align, down in (("left", -0.6), ("right", -0.6), ("left", 0.6), ("right", 0.6), ("left", 0), ("right", 0)):
            start = left + 12 if align == "left" else left - 12 - width
            middle = top + down * height
            box = _Box(start, middle - height / 2, width, height)
            if start < 0 or start + width > PLOT_WIDTH or any(box.meets(other) for other in taken):
                continue
            taken.append(box)
            # Several lines hang from the first one's middle.
            first = middle - (len(lines) - 1) / 2 * LINE
            at = TOP - first / PLOT_HEIGHT * TOP
            cases = (left + (12 if align == "left" else -12)) / scale
            named.append({"name": "\n".join(lines), "cases": cases, "at": at, "align": align})
            break
    return named
