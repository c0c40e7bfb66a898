"""Writes a return as one accessible HTML file that needs neither scripts nor a network."""

import base64
import re
import traceback
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.errors import RedressError
from redress.returns.documents.cells import heading, text
from redress.returns.documents.charts import Charts, Picture
from redress.returns.documents.look import PAGE, Look
from redress.returns.documents.wording import (
    SYMBOLS,
    PrintedTable,
    day_in_words,
    period_in_words,
    printed_sections,
    printed_tables,
    status_lines,
    suppression_in_words,
    symbols_used,
)
from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Head

if TYPE_CHECKING:
    from markupsafe import Markup

PORTRAIT, LANDSCAPE = 174, 261
"""Millimetres between the margins of an A4 page, upright and on its side."""

CHARACTER, SMALL_CHARACTER, GAP, LABEL = 1.75, 1.6, 3.2, 48
"""Millimetres of a character of a table in print and in small print, of the space between columns, of row headings."""

SHORT = 25
"""A table of no more rows is not parted by a page's end."""


def page(built: BuiltReturn, charts: Charts, look: Look, for_pdf: bool = False) -> str:
    """The whole page. for_pdf embeds charts as pictures and parts tables that are wider than a page.

    Raises RedressError that names the template and line where one of the council's own does not work.
    """
    from jinja2 import TemplateSyntaxError

    environment = look.environment()
    environment.filters |= {"paragraphs": paragraphs, "css_string": css_string}
    try:
        html = environment.get_template(PAGE).render(**_content(built, charts, look, for_pdf))
    except TemplateSyntaxError as problem:
        where = f"{problem.filename or problem.name}, line {problem.lineno}"
        raise RedressError(f"{where}: {str(problem.message).rstrip('.')}; correct the template.") from None
    except RecursionError:
        raise RedressError(
            f"A template in {_named(look)} includes or extends itself; extend shared/{PAGE} instead."
        ) from None
    except Exception as problem:
        where = _place(problem, look)
        if not where:
            raise
        raise RedressError(f"{where}: {str(problem).rstrip('.')}; correct the template.") from None
    _require_complete(html, look)
    return html


def _content(built: BuiltReturn, charts: Charts, look: Look, for_pdf: bool) -> dict[str, Any]:
    return {
        "built": built,
        "texts": look.texts,
        "style": look.style,
        "logo": look.logo,
        "sections": printed_sections(built),
        "charts": charts,
        "status": status_lines(built),
        "symbols": symbols_used(built),
        "suppression": suppression_in_words(built),
        "period": period_in_words(built.period),
        "as_at": day_in_words(built.as_at),
        "for_pdf": for_pdf,
        "figure_numbers": {name: number for number, name in enumerate(_in_order(built, charts), start=1)},
        "grid": lambda printed: grid(printed, in_parts=for_pdf),
        "drawing": lambda picture, number: drawing(picture, number, for_pdf),
    }


def _in_order(built: BuiltReturn, charts: Charts) -> list[str]:
    return [printed.table.name for printed in printed_tables(built) if printed.table.name in charts]


def grid(printed: PrintedTable, in_parts: bool) -> dict[str, Any]:
    """What the template needs of a table: its headings, its rows by group, its columns in one part or in several."""
    table = printed.table
    return {
        "columns": table.columns,
        "headings": [heading(column) for column in table.columns],
        "own_headings": [_two_levels(column)[1] for column in table.columns],
        "rows_title": printed.rows_title,
        "groups_title": "Group",
        "has_groups": any(row.group for row in table.rows),
        "parts": [
            {"columns": columns, "spans": _spans(table.columns, columns)}
            for columns in (_parts(table) if in_parts and printed.has_figures else [range(len(table.columns))])
        ],
        "fit": _fit(table) if printed.has_figures else "",
        "is_short": len(table.rows) <= SHORT,
        "may_scroll": len(table.columns) > 1 or any(row.group for row in table.rows),
        "bodies": _bodies(table),
        "cell": _cell,
    }


def _bodies(table: BuiltTable) -> list[list[tuple[int, Head, bool]]]:
    """The rows, in bodies by group: position, heading, and whether it is the first of its group."""
    found: list[list[tuple[int, Head, bool]]] = []
    for position, row in enumerate(table.rows):
        is_first = not found or found[-1][-1][1].group != row.group
        if is_first:
            found.append([])
        found[-1].append((position, row, is_first))
    return found


def _spans(heads: Sequence[Head], columns: range) -> list[tuple[str, range]]:
    """The headings of some columns: those of one group side by side under the group's name, others without one.

    Empty where no group has two of them side by side: one row of headings is enough.
    """
    spans: list[tuple[str, range]] = []
    for name, together in groupby(columns, key=lambda at: _two_levels(heads[at])[0] or at):
        run = list(together)
        is_group = isinstance(name, str) and len(run) > 1
        spans += [(str(name), range(run[0], run[-1] + 1))] if is_group else [("", range(at, at + 1)) for at in run]
    return spans if any(name for name, _ in spans) else []


def _two_levels(head: Head) -> tuple[str, str]:
    """What a column's heading has in common with its neighbours, and what is its own: 2017/18, and Share."""
    group, _, own = heading(head).rpartition(", ")
    return group, own


def _widths(table: BuiltTable, character: float) -> list[float]:
    """Millimetres each column of figures needs in print: its longest figure, or word of its heading."""
    grouped = {at for name, run in _spans(table.columns, range(len(table.columns))) if name for at in run}
    words = [
        (_two_levels(head)[1] if at in grouped else heading(head)).split() for at, head in enumerate(table.columns)
    ]
    return [
        max([3, *map(len, words[at]), *(len(text(figure)) for figure in _column(table, at))]) * character + GAP
        for at in range(len(table.columns))
    ]


def _column(table: BuiltTable, at: int) -> list[Figure]:
    return [figure for row in table.cells if (figure := row[at]) is not None]


def _labels_width(table: BuiltTable, character: float) -> float:
    labels = max(len(row.label) for row in table.rows) * character
    groups = max(len(row.group or "") for row in table.rows) * character
    return min(labels, LABEL) + min(groups, LABEL / 2) + GAP


def _fit(table: BuiltTable) -> str:
    """How it fits an upright page of print: as it is, in smaller print (compact), or only on its side (wide)."""
    for name, character in (("", CHARACTER), ("compact", SMALL_CHARACTER)):
        if _labels_width(table, character) + sum(_widths(table, character)) <= PORTRAIT:
            return name
    return "wide"


def _parts(table: BuiltTable) -> list[range]:
    """The columns that stand beside one another on a page, about as many in each part."""
    room = LANDSCAPE - _labels_width(table, SMALL_CHARACTER)
    count = len(table.columns)
    parts = max(1, ceil(sum(_widths(table, SMALL_CHARACTER)) / room))
    size = ceil(count / parts) or 1
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def _cell(figure: Figure | None) -> dict[str, str]:
    """What a cell prints, its anchor, and the name of its symbol for those who cannot see it."""
    if figure is None:
        return {"id": "", "text": "", "name": ""}
    name = SYMBOLS[figure.symbol][0] if figure.symbol else ""
    return {"id": anchor(figure.id), "text": text(figure), "name": name}


def drawing(picture: Picture, number: int, for_pdf: bool) -> "Markup":
    """The chart as one image with a name and what it shows in words: part of the page, or in a PDF a picture in it."""
    from markupsafe import Markup, escape

    if for_pdf:
        data = base64.b64encode(picture.svg.encode()).decode("ascii")
        return Markup(f'<img class="chart" src="data:image/svg+xml;base64,{data}" alt="{escape(picture.text)}">')
    name = f"figure-{number}"
    opening = f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-text" '
    named = (
        f'<title id="{name}-title">{escape(picture.title)}</title><desc id="{name}-text">{escape(picture.text)}</desc>'
    )
    svg = picture.svg.replace("<svg ", opening, 1)
    end = svg.index(">") + 1
    return Markup(svg[:end] + named + svg[end:])


def css_string(text: str) -> "Markup":
    """Text as a string of CSS that cannot end the string or the style."""
    from markupsafe import Markup

    return Markup('"' + re.sub(r"""["\\\n<>&]""", lambda found: f"\\{ord(found[0]):x} ", text) + '"')


def anchor(text: str) -> str:
    """Text as the name of a place on the page: a figure's id as it is, without the blanks that no name may hold."""
    return re.sub(r"\s+", "-", text.strip())


def paragraphs(text: str) -> list[dict[str, Any]]:
    """A text of a definition as paragraphs and lists: blank lines part them, lines that begin with `- ` are items."""
    found: list[dict[str, Any]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        items = re.split(r"(?:^|\n)\s*- ", block)
        if items[0].strip():
            found.append({"text": " ".join(items[0].split()), "items": []})
        if len(items) > 1:
            found.append({"text": "", "items": [" ".join(item.split()) for item in items[1:]]})
    return found


class _Loaded(HTMLParser):
    """Finds what a page would load from elsewhere, and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Any tag with a source of its own, a stylesheet or a script."""
        given = dict(attrs)
        address = given.get("src") or given.get("data") or given.get("poster") or given.get("srcset")
        if tag in ("link", "image", "use"):
            address = address or given.get("href") or given.get("xlink:href")
        if tag in ("script", "iframe", "object", "embed") or (address and not address.startswith(("data:", "#"))):
            self.found.append(f"<{tag}>")


def _require_complete(html: str, look: Look) -> None:
    loaded = _Loaded()
    loaded.feed(html)
    if loaded.found:
        raise RedressError(
            f"A template in {_named(look)} has {loaded.found[0]}, which loads or runs something; a return is one "
            "file without scripts that needs no network: write the content into the template."
        )


def _place(problem: Exception, look: Look) -> str:
    """The line of a council's own template that a problem arose in; empty where none took part."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if any(Path(frame.filename).is_relative_to(folder) for folder in look.templates)]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else ""


def _named(look: Look) -> str:
    return ", ".join(str(folder) for folder in look.templates) or "the shared ones"
