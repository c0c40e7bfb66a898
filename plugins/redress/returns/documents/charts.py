"""Draws the chart of a table as a picture with its text alternative."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from redress.returns.analysis import statistics
from redress.returns.documents import chart_words
from redress.returns.documents.chart_data import ChartData, chart_data
from redress.returns.documents.chart_style import configured
from redress.returns.documents.chart_svg import png_of, size_of, svg_of, with_ids
from redress.returns.documents.wording import printed_tables
from redress.returns.figures import BuiltReturn, BuiltTable

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Picture:
    """A chart: its title, what it shows in words, a note (why there are no limits, say), and the picture itself."""

    title: str
    text: str
    note: str
    svg: str

    @cached_property
    def png(self) -> bytes:
        """Two pixels for each CSS pixel; made when first asked for."""
        return png_of(self.svg)

    @property
    def width(self) -> int:
        """In CSS pixels."""
        return size_of(self.svg)[0]

    @property
    def height(self) -> int:
        """In CSS pixels."""
        return size_of(self.svg)[1]


Charts = Mapping[str, Picture]
"""Pictures by the name of their table; tables without a chart are not in it."""


def draw_all(built: BuiltReturn) -> Charts:
    """The chart of every table that has one and is printed.

    Limits of percentages tell how many cases a percentage is of, which may be a number that is withheld elsewhere: a
    publication has them only where nothing in it is withheld.
    """
    drawn = [printed.table for printed in printed_tables(built)]
    withholds = built.is_publication and any(figure.symbol == "c" for table in drawn for figure in table.figures)
    pictures = {table.name: draw(table, withholds or (built.is_publication and table.suppress)) for table in drawn}
    return {name: picture for name, picture in pictures.items() if picture is not None}


def draw(table: BuiltTable, only_what_is_printed: bool = False) -> Picture | None:
    """The table's chart; None where it asks for none or no figure can be drawn. The same figures give the same bytes.

    only_what_is_printed leaves out limits that rest on more than the table prints.
    """
    data = chart_data(table)
    if data is None:
        return None
    found = _statistics(data, only_what_is_printed)
    chart, room = _chart(data, found)
    spec = configured(chart.to_dict(validate=False), room)
    svg = svg_of(json.dumps(spec, sort_keys=True))
    return Picture(data.title, chart_words.in_words(data, found), chart_words.note(found), with_ids(svg, table.name))


def _chart(data: ChartData, found: chart_words.Statistics) -> "tuple[alt.LayerChart, float]":
    """The chart, and the room its names need on the right."""
    from redress.returns.documents import chart_bars, chart_funnel, chart_lines

    if isinstance(found, statistics.Funnel):
        return chart_funnel.plot(data, found), 0
    if data.of_time and len(data.series) == 1:
        limits = found if isinstance(found, statistics.ControlChart) else None
        return chart_lines.controlled(data, limits), chart_lines.room(data, limits)
    if data.of_time:
        return chart_lines.lines(data), chart_lines.room(data, None)
    if data.chart.kind == "stacked" and len(data.series) > 1:
        return chart_bars.stacked(data), 0
    return chart_bars.bars(data), 0


def _statistics(data: ChartData, only_what_is_printed: bool) -> chart_words.Statistics:
    """Limits, for the kinds of chart that have them and where no figure is withheld: they would give it away."""
    kind = data.chart.kind
    if kind not in ("run", "p_chart", "funnel"):
        return None
    if data.has_hidden or (only_what_is_printed and kind != "run"):
        return statistics.TooFew("No limits are drawn, because they would tell more than the figures that are printed.")
    if kind != "funnel" and (not data.of_time or len(data.series) > 1):
        return None
    counts = [(point.figure.numerator, point.figure.denominator) for point in data.points]
    if kind == "run":
        values = [numerator for numerator, _ in counts if numerator is not None]
        return statistics.individuals(values) if len(values) == len(counts) else None
    pairs = [(int(part), int(whole)) for part, whole in counts if part is not None and whole is not None]
    whole_numbers = all(Fraction(part or 0).denominator == 1 for part, _ in counts)
    if not whole_numbers or len(pairs) < len(counts):
        return None
    return statistics.funnel(pairs) if kind == "funnel" else statistics.proportions(pairs)
