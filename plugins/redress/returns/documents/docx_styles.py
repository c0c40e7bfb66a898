"""The look of the Word document: fonts, headings, captions and language, as named styles that people can change."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle

FONT = "Arial"
INK = "1F2A37"
GREY = "4B5563"

PAGE = (21.0, 29.7)
MARGIN = 2.2
TEXT_WIDTH = PAGE[0] - 2 * MARGIN
LANDSCAPE_WIDTH = PAGE[1] - 2 * MARGIN
"""Centimetres of A4."""


@dataclass(frozen=True)
class TextStyle:
    """A paragraph style: size and spaces in points."""

    name: str
    size: float
    bold: bool = False
    colour: str = INK
    before: float = 0
    after: float = 6
    line: float = 1.15
    keep_with_next: bool = False


STYLES = (
    TextStyle("Normal", 11.5, after=8, line=1.25),
    TextStyle("Title", 28, bold=True, before=90, after=10, line=1.1),
    TextStyle("Subtitle", 16, colour=GREY, after=36),
    TextStyle("Heading 1", 19, bold=True, before=22, after=8, keep_with_next=True),
    TextStyle("Heading 2", 14, bold=True, before=14, after=6, keep_with_next=True),
    TextStyle("Contents heading", 19, bold=True, before=18, after=8, keep_with_next=True),
    TextStyle("List Bullet", 11.5, after=5, line=1.25),
    TextStyle("Caption", 11.5, bold=True, before=12, after=5, keep_with_next=True),
    TextStyle("Notice", 11.5, bold=True, before=14, after=0),
    TextStyle("Table text", 10, before=2, after=2, line=1.05),
    TextStyle("Table text small", 8.5, before=1.5, after=1.5, line=1.0),
    TextStyle("Table note", 9.5, colour=GREY, before=3, after=0),
    TextStyle("Picture", 11.5, before=10, after=0, line=1.0, keep_with_next=True),
    TextStyle("Header", 9, colour=GREY, after=12),
    TextStyle("Footer", 9, colour=GREY, after=0),
    TextStyle("toc 1", 11.5, after=5),
    TextStyle("table of figures", 10.5, after=4),
)


def set_up(document: "Document") -> None:
    """Gives a new document its styles, its page and its language, British English."""
    for look in STYLES:
        _apply(_style(document, look.name), look)
    _speak_english(document)
    _remove_rule_under_title(document)
    for section in document.sections:
        lay_out(section, is_landscape=False)


def lay_out(section: object, is_landscape: bool) -> None:
    """Makes a section A4, upright or sideways."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    width, height = (PAGE[1], PAGE[0]) if is_landscape else PAGE
    values = {
        "orientation": WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT,
        "page_width": Cm(width),
        "page_height": Cm(height),
        **dict.fromkeys(("left_margin", "right_margin", "top_margin", "bottom_margin"), Cm(MARGIN)),
    }
    for name, value in values.items():
        setattr(section, name, value)


def _style(document: "Document", name: str) -> "ParagraphStyle":
    from docx.enum.style import WD_STYLE_TYPE

    styles = document.styles
    if name not in [style.name for style in styles]:
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name[0].islower())
    style: ParagraphStyle = styles[name]
    return style


def _apply(style: "ParagraphStyle", look: TextStyle) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    # The template's theme fonts and colours win over named ones, so they go first.
    properties = style.element.get_or_add_rPr()
    for tag in ("w:rFonts", "w:color"):
        for element in properties.findall(qn(tag)):
            properties.remove(element)
    style.font.name = FONT
    style.font.size = Pt(look.size)
    style.font.bold = look.bold
    style.font.italic = False
    style.font.color.rgb = RGBColor.from_string(look.colour)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    layout.line_spacing = look.line
    layout.keep_with_next = look.keep_with_next
    style.hidden = False
    style.quick_style = True


def _speak_english(document: "Document") -> None:
    from docx.oxml.ns import qn

    path = "/".join(qn(tag) for tag in ("w:docDefaults", "w:rPrDefault", "w:rPr", "w:lang"))
    for language in document.styles.element.findall(path):
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "en-GB")


def _remove_rule_under_title(document: "Document") -> None:
    from docx.oxml.ns import qn

    properties = document.styles["Title"].element.pPr
    for element in properties.findall(qn("w:pBdr")):
        properties.remove(element)
