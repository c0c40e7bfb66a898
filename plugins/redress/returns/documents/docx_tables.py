"""Tables of the Word document: a heading row repeated on each page, figures to the right, no merged cells."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redress.returns.documents.cells import heading, text
from redress.returns.documents.docx_styles import LANDSCAPE_WIDTH, TEXT_WIDTH
from redress.returns.documents.wording import PrintedTable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Row

PIXEL = 0.0272
"""Centimetres of a table's text, Arial of 10 points, to a pixel of Excel's Calibri of 11."""
MARGIN_PIXELS = 7
BOLD = 1.1
PADDING = 0.5
ONE_LINE = 14
"""Characters of a heading of figures that should stay on one line."""
SMALLER = 0.86
NARROWEST_FIGURE = 1.4
NARROWEST_LABEL = 4.4
ROWS_KEPT_TOGETHER = 14

HEADING_FILL = "E5EAF0"
RULE = "9AA5B1"
INK = "1F2A37"
REPEATED = "6B7280"


@dataclass(frozen=True)
class Plan:
    """How a table fits the page: as text, column by column, in centimetres."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    label_columns: int
    widths: tuple[float, ...]
    is_landscape: bool
    is_small: bool


def plan(printed: PrintedTable) -> Plan:
    """The table as text. Too wide for an upright page it is set in smaller print, else sideways, else both."""
    table = printed.table
    has_groups = any(row.group for row in table.rows)
    heads = (*(("Group",) if has_groups else ()), printed.rows_title, *map(heading, table.columns))
    rows = tuple(
        (
            *((row.group or row.label,) if has_groups else ()),
            row.label,
            *("" if figure is None else text(figure) for figure in line),
        )
        for row, line in zip(table.rows, table.cells, strict=True)
    )
    labels = 1 + has_groups
    texts = [[head, *(row[column] for row in rows)] for column, head in enumerate(heads)]
    narrow = [_narrowest(column, is_label=position < labels) for position, column in enumerate(texts)]
    pages = ((TEXT_WIDTH, 1.0), (TEXT_WIDTH, SMALLER), (LANDSCAPE_WIDTH, 1.0), (LANDSCAPE_WIDTH, SMALLER))
    room, size = next((page for page in pages if sum(narrow) * page[1] <= page[0]), pages[-1])
    narrow = [width * size for width in narrow]
    wide = [_widest(column, is_label=position < labels) * size for position, column in enumerate(texts)]
    return Plan(heads, rows, labels, _fitted(narrow, wide, room), room == LANDSCAPE_WIDTH, size == SMALLER)


def _narrowest(texts: list[str], is_label: bool) -> float:
    """What a column needs at least: its longest word, and for labels room that few of them break into many lines."""
    head, *cells = texts
    words = max(_width(one) for cell in cells or [""] for one in cell.split() or [""])
    if is_label:
        words = max(words, min(max(map(_width, cells), default=0), NARROWEST_LABEL))
    in_head = max(_width(word) * BOLD for word in head.split())
    return max(max(words, in_head) + PADDING, NARROWEST_FIGURE)


def _widest(texts: list[str], is_label: bool) -> float:
    """What a column would like to have: every label on one line, and long headings of figures on two."""
    head, *cells = texts
    lines = 1 if is_label or len(head) <= ONE_LINE else 2
    return max(_width(head) * BOLD / lines, *map(_width, cells), 0) + PADDING


def _width(text: str) -> float:
    """Of a text on one line."""
    from xlsxwriter.utility import cell_autofit_width

    pixels: int = cell_autofit_width(text)
    return max(0, pixels - MARGIN_PIXELS) * PIXEL


def _fitted(narrow: list[float], wide: list[float], room: float) -> tuple[float, ...]:
    """Widths that fill the room: each column gets what it needs, then of what is left by what it would like."""
    spare = room - sum(narrow)
    if spare <= 0:
        return tuple(width * room / sum(narrow) for width in narrow)
    wishes = [max(0.0, wish - need) for need, wish in zip(narrow, wide, strict=True)]
    granted = min(1.0, spare / sum(wishes)) if sum(wishes) else 0.0
    left = (spare - granted * sum(wishes)) / len(narrow)
    return tuple(need + granted * wish + left for need, wish in zip(narrow, wishes, strict=True))


def add_table(document: "Document", printed: PrintedTable, plan: Plan) -> "Table":
    """Adds the table. Its title and description go into its properties too, where screen readers look for them."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm

    table = printed.table
    grid: Table = document.add_table(rows=1 + len(plan.rows), cols=len(plan.heads))
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    _describe(grid, table.title, table.description)
    for column, width in enumerate(plan.widths):
        grid.columns[column].width = Cm(width)
    rows = list(grid.rows)
    style = document.styles["Table text small" if plan.is_small else "Table text"].style_id
    _fill(rows[0], plan.heads, plan, style, is_bold=True)
    _repeat(rows[0])
    shown_group = None
    together = len(plan.rows) <= ROWS_KEPT_TOGETHER
    for position, (head, texts) in enumerate(zip(table.rows, plan.rows, strict=True), start=1):
        _fill(rows[position], texts, plan, style, is_bold=head.is_total)
        if plan.label_columns > 1 and texts[0] in (shown_group, texts[1]):
            _step_back(rows[position], 0 if texts[0] == shown_group else 1)
        shown_group = texts[0]
        _keep_whole(rows[position])
        _rule(rows[position], "top", INK if head.is_total else RULE)
        if together or position >= len(plan.rows) - 1:
            _keep_with_next(rows[position])
    _keep_with_next(rows[0])
    _rule(rows[-1], "bottom", INK)
    return grid


def _fill(row: "_Row", texts: tuple[str, ...], plan: Plan, style: str, is_bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    for column, (cell, content) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Cm(plan.widths[column])
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style
        paragraph.add_run(content).bold = is_bold or None
        if column >= plan.label_columns:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _step_back(row: "_Row", column: int) -> None:
    """Greys what stands beside or above already, a group's name for example: said again for the ear, not the eye."""
    from docx.shared import RGBColor

    row.cells[column].paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(REPEATED)


def _repeat(row: "_Row") -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    properties = row._tr.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    properties.append(_element("w:tblHeader"))
    for cell in row.cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        shading = _element("w:shd", val="clear", color="auto", fill=HEADING_FILL)
        cell._tc.get_or_add_tcPr().insert_element_before(shading, "w:noWrap", "w:tcMar", "w:vAlign")
    _rule(row, "bottom", INK)


def _keep_whole(row: "_Row") -> None:
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _keep_with_next(row: "_Row") -> None:
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _rule(row: "_Row", side: str, colour: str) -> None:
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(_name("w:tcBorders"))
        if borders is None:
            borders = _element("w:tcBorders")
            properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
        rule = _element(f"w:{side}", val="single", sz="8" if colour == INK else "4", space="0", color=colour)
        if side == "top":
            borders.insert(0, rule)
        else:
            borders.append(rule)


def _describe(grid: "Table", title: str, description: str) -> None:
    properties = grid._tbl.tblPr
    look = properties.find(_name("w:tblLook"))
    if look is not None:
        properties.remove(look)
    properties.append(_element("w:tblLook", firstRow="1", lastRow="0", firstColumn="1", lastColumn="0", noHBand="1"))
    properties.append(_element("w:tblCaption", val=title))
    if description:
        properties.append(_element("w:tblDescription", val=description))


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(_name(f"w:{name}"), value)
    return element


def _name(name: str) -> str:
    from docx.oxml.ns import qn

    in_full: str = qn(name)
    return in_full
