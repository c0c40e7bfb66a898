"""How charts look: sizes, type, and fills that are told apart by colour, by lightness and by pattern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

WIDTH = 720
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
FONT_SIZE = 14
INK = "#0b0c0c"
QUIET = "#505a5f"
GRID = "#d8dcde"
PAPER = "#ffffff"


@dataclass(frozen=True)
class Fill:
    """A fill of bars: its colour, what is drawn over it, and the colour of figures printed on it."""

    colour: str
    ink: str
    pattern: str | None = None
    halo: str | None = None


# The categorical palette of the Government Analysis Function, in an order in which neighbours differ in lightness too.
FILLS = (
    Fill("#12436d", "#ffffff"),
    Fill("#28a197", INK),
    Fill("#eaf0f5", INK, '<path d="M-2,2l4,-4M0,8l8,-8M6,10l4,-4" stroke="#12436d" stroke-width="1.6"/>'),
    Fill("#f46a25", INK, '<circle cx="4" cy="4" r="1.3" fill="#ffffff"/>'),
    Fill("#801650", "#ffffff", '<path d="M-2,6l4,4M0,0l8,8M6,-2l4,4" stroke="#ffffff" stroke-width="1"/>'),
    Fill("#a285d1", INK, '<path d="M0,2h8M0,6h8" stroke="#3d3d3d" stroke-width="1"/>'),
)
DASHES = ([1, 0], [7, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 4])
MARKERS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
LINES = ("#12436e", "#801651", "#1d766e", "#b3430b", "#3d3d3d", "#6b4aa3")
"""Colours of lines and markers: the palette, darker where a thin line would be too faint. None is one of FILLS, which
are drawn with their pattern."""

TEXT_WIDTH = 7.4
"""Pixels a character of FONT_SIZE takes on average, rounded up."""


def plotted(rows: Sequence[Mapping[str, Any]]) -> "alt.Chart":
    """A chart of some rows, which become part of its specification."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=list(rows)))


def layered(*layers: Any) -> "alt.LayerChart":
    """Marks over one another, the first at the bottom."""
    import altair as alt

    return alt.LayerChart(layer=list(layers))


def haloed(text: "alt.Chart") -> "alt.LayerChart":
    """Text that stays legible where a line runs through it."""
    import altair as alt

    return layered(text.encode(stroke=alt.value(PAPER), strokeWidth=alt.value(5)), text)


def configured(spec: dict[str, Any], room: float) -> dict[str, Any]:
    """The specification with the look of all charts, and room on the right for the names of lines, in pixels."""
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    spec["padding"] = {"left": 4, "right": 4 + room, "top": 6, "bottom": 4}
    spec["config"] = {
        "font": FONT,
        "background": PAPER,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": FONT_SIZE,
            "titleFontSize": FONT_SIZE,
            "titleFontWeight": "normal",
            "labelColor": INK,
            "titleColor": INK,
            "domainColor": QUIET,
            "tickColor": QUIET,
            "gridColor": GRID,
            "labelLimit": 300,
            "labelPadding": 6,
            "titlePadding": 10,
        },
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "title": None,
            "labelFontSize": FONT_SIZE,
            "labelColor": INK,
            "labelLimit": 640,
            "symbolType": "square",
            "symbolSize": 200,
            "symbolStrokeWidth": 1,
            "columnPadding": 22,
            "offset": 10,
        },
        "text": {"fontSize": FONT_SIZE, "fill": INK},
    }
    return spec
