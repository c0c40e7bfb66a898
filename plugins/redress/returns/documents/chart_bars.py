"""Bar charts: horizontal bars side by side or stacked, each with its figure, a symbol where a figure is withheld."""

import textwrap
from typing import TYPE_CHECKING, Any

from redress.returns.documents.chart_data import ChartData, Point
from redress.returns.documents.chart_style import FILLS, FONT_SIZE, INK, PAPER, QUIET, WIDTH, layered, plotted

if TYPE_CHECKING:
    import altair as alt

BAR, GAP = 22, 14
LABEL_CHARACTERS = 34


def bars(data: ChartData) -> "alt.LayerChart":
    """One bar a figure: categories down the side, the series of a category beside one another."""
    import altair as alt

    rows = [_row(data, point) for point in data.points]
    many = len(data.series) > 1
    height = len(data.categories) * max(len(data.series) * BAR + GAP, _label_height(data))
    base = plotted(rows)
    position: dict[str, Any] = {"y": _categories(data, many)}
    if many:
        position["yOffset"] = alt.YOffset("series:N", sort=list(data.series), scale=alt.Scale(paddingInner=0.08))
    drawn = base.transform_filter("isValid(datum.size)")
    marks = drawn.mark_bar(stroke=INK, strokeWidth=0.8).encode(
        x=alt.X("size:Q", axis=_axis(data), scale=_scale(data)), color=_colours(data), **position
    )
    ends = drawn.mark_text(align="left", dx=6, baseline="middle").encode(
        x=alt.X("end:Q", scale=_scale(data)), text="shown:N", **position
    )
    return layered(marks, ends, _symbols(base, position)).properties(width=WIDTH, height=height + _extra(data, many))


def stacked(data: ChartData) -> "alt.LayerChart":
    """One bar a category, its parts end to end in the order of the table, each with its figure where it fits."""
    import altair as alt

    rows, widest = [], max(_total(data, category) for category in data.categories) or 1.0
    for category in data.categories:
        start = 0.0
        for point in data.of_category(category):
            size = point.size or 0.0
            fill = FILLS[data.series.index(point.series) % len(FILLS)]
            fits = size / widest * WIDTH * 0.6 > 9 * len(point.shown) + 4
            rows.append(
                {
                    **_row(data, point),
                    "start": start,
                    "stop": start + size,
                    "middle": start + size / 2,
                    "label": point.shown if fits else "",
                    "ink": fill.ink,
                    "halo": fill.colour if fill.pattern else "none",
                }
            )
            start += size
    base = plotted(rows)
    position: dict[str, Any] = {"y": _categories(data, False)}
    drawn = base.transform_filter("datum.size > 0")
    marks = drawn.mark_bar(stroke=INK, strokeWidth=0.8).encode(
        x=alt.X("start:Q", axis=_axis(data), scale=_scale(data, widest)), x2="stop:Q", color=_colours(data), **position
    )
    text = drawn.mark_text(baseline="middle").encode(x="middle:Q", text="label:N", **position)
    halo = text.transform_filter("datum.halo != 'none'").encode(
        stroke=alt.Stroke("halo:N", scale=None), strokeWidth=alt.value(6)
    )
    figures = text.encode(color=alt.Color("ink:N", scale=None))
    height = len(data.categories) * max(BAR + 8 + GAP, _label_height(data))
    hidden = _hidden_ends(data)
    ends = (
        plotted(hidden)
        .mark_text(align="left", dx=6, baseline="middle", fontStyle="italic", fill=QUIET)
        .encode(x="end:Q", text="shown:N", **position)
    )
    return layered(marks, halo, figures, ends).properties(width=WIDTH, height=height + _extra(data, True))


def _row(data: ChartData, point: Point) -> dict[str, Any]:
    size = point.size
    return {
        "category": wrapped(point.category),
        "series": point.series,
        "size": size,
        "end": max(size, 0.0) if size is not None else None,
        "shown": point.shown,
        "symbol": symbol_text(point),
    }


def symbol_text(point: Point) -> str:
    """What stands in the picture in place of a figure."""
    words = {"c": "c (suppressed)", "z": "z (not applicable)", "x": "x (not available)"}
    return "" if point.size is not None else words.get(point.symbol or "", point.shown)


def wrapped(label: str) -> str:
    """A long label on several lines."""
    return "\n".join(textwrap.wrap(label, LABEL_CHARACTERS)) or label


def _label_height(data: ChartData) -> int:
    """What the longest label needs from one category to the next."""
    return max(wrapped(category).count("\n") + 1 for category in data.categories) * (FONT_SIZE + 3) + 8


def _categories(data: ChartData, many: bool) -> "alt.Y":
    import altair as alt

    return alt.Y(
        "category:N",
        sort=[wrapped(category) for category in data.categories],
        axis=alt.Axis(title=None, ticks=False, domain=True, labelExpr="split(datum.label, '\\n')"),
        scale=alt.Scale(paddingInner=0.22 if many else 0.35, paddingOuter=0.12),
    )


def _axis(data: ChartData) -> "alt.Axis":
    import altair as alt

    return alt.Axis(
        title=data.axis_title,
        grid=True,
        tickMinStep=1 if data.unit == "count" else alt.Undefined,
        tickCount=6,
        format=",.0f" if data.unit == "count" else ",~f",
        domain=False,
        ticks=False,
    )


def _scale(data: ChartData, widest: float | None = None) -> "alt.Scale":
    """From 0, with room at the end for the figure."""
    import altair as alt

    sizes = [point.size for point in data.points if point.size is not None]
    lowest, highest = min(0.0, *sizes, 0.0), widest or max(*sizes, 0.0, 0.0)
    if data.unit == "percent" and lowest == 0 and 50 < highest <= 100:
        highest = 100.0
    room = 1.02 if widest else 1.12
    return alt.Scale(domain=[lowest * room, (highest or 1.0) * room], nice=False, zero=True)


def _colours(data: ChartData) -> "alt.Color":
    import altair as alt

    colours = [FILLS[number % len(FILLS)].colour for number in range(len(data.series))]
    legend = alt.Legend(columns=_legend_columns(data)) if len(data.series) > 1 else None
    return alt.Color("series:N", scale=alt.Scale(domain=list(data.series), range=colours), legend=legend)


def _legend_columns(data: ChartData) -> int:
    """As many beside one another as the width holds."""
    longest = max(len(series) for series in data.series)
    return max(1, min(len(data.series), WIDTH // (longest * 8 + 50)))


def _extra(data: ChartData, legend: bool) -> int:
    """Height for the axis and the legend."""
    rows = -(-len(data.series) // _legend_columns(data)) if legend else 0
    return 50 + rows * (FONT_SIZE + 12)


def _symbols(base: "alt.Chart", position: dict[str, Any]) -> "alt.Chart":
    import altair as alt

    symbols: alt.Chart = (
        base.transform_filter("datum.symbol != ''")
        .mark_text(align="left", dx=6, baseline="middle", fontStyle="italic", fill=QUIET, stroke=PAPER, strokeWidth=0)
        .encode(x=alt.datum(0), text="symbol:N", **position)
    )
    return symbols


def _total(data: ChartData, category: str) -> float:
    return sum(point.size or 0.0 for point in data.of_category(category))


def _hidden_ends(data: ChartData) -> list[dict[str, Any]]:
    """At the end of a stacked bar: which of its parts are not drawn."""
    ends = []
    for category in data.categories:
        points = [point for point in data.of_category(category) if point.size is None and point.symbol != "z"]
        if points:
            names = ", ".join(f"{point.series} {point.shown}" for point in points)
            ends.append({"category": wrapped(category), "end": _total(data, category), "shown": names})
    return ends
