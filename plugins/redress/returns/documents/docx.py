"""Writes a return as a Word document for a committee: key messages, then every section with its tables and charts."""

from collections.abc import Mapping
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from redress.returns.documents import docx_parts as parts
from redress.returns.documents.docx_styles import LANDSCAPE_WIDTH, TEXT_WIDTH, lay_out, set_up
from redress.returns.documents.docx_tables import add_table, plan
from redress.returns.documents.html import paragraphs
from redress.returns.documents.package import settle
from redress.returns.documents.wording import (
    PrintedSection,
    PrintedTable,
    printed_sections,
    status_lines,
    suppression_in_words,
    symbols_used,
    unnumbered,
)
from redress.returns.figures import BuiltReturn

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

    from redress.returns.documents.look import Logo, Look

PIXEL = 2.54 / 96
"""Centimetres of a CSS pixel."""
LOGO_HEIGHT = 2.2
SUMMARY = 4
"""So many statements in the first section that has any are the return's own key messages."""


class Picture(Protocol):
    """What the document needs of a chart."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def png(self) -> bytes: ...
    @property
    def width(self) -> int: ...


def write_docx(built: BuiltReturn, file: Path, charts: Mapping[str, Picture], look: "Look") -> None:
    """Writes the document. Its bytes depend on the return, its charts and the council's look only."""
    from docx import Document

    document = Document()
    set_up(document)
    writer = _Writer(document, built, charts, look)
    writer.title_page()
    contents = writer.contents_page()
    writer.key_messages()
    writer.introduction()
    for section in printed_sections(built):
        writer.section(section)
    writer.notes()
    writer.lists_of_tables_and_charts()
    writer.list_under(contents, "heading", 'TOC \\o "1-1" \\h \\z \\u', "toc 1")
    writer.running_texts()
    _describe(document, built)
    document.save(str(file))
    settle(file)


class _Writer:
    """Writes one document from top to bottom, and remembers its headings and captions for the contents."""

    def __init__(self, document: "Document", built: BuiltReturn, charts: Mapping[str, Picture], look: "Look") -> None:
        self.document = document
        self.look = look
        self.texts = look.texts
        self.built = built
        self.charts = charts
        self.is_landscape = False
        self.figures = 0
        self.places: dict[str, list[tuple[str, str]]] = {"heading": [], "Table": [], "Figure": []}

    def title_page(self) -> None:
        if self.look.logo is not None:
            self._logo(self.look.logo)
        self.document.add_paragraph(self.built.title, style="Title")
        self.document.add_paragraph(self.built.council_name, style="Subtitle")
        for label, value in status_lines(self.built):
            line = self.document.add_paragraph()
            line.add_run(f"{label}: ").bold = True
            line.add_run(value)
        is_public = self.built.is_publication
        notices = [self.texts["publication_notice" if is_public else "internal_notice"]]
        if not self.built.signed_off:
            notices.append(self.texts["draft_notice"])
        for notice in filter(None, notices):
            self.document.add_paragraph(notice, style="Notice")

    def _logo(self, logo: "Logo") -> None:
        from docx.shared import Cm

        picture = self.document.add_paragraph().add_run().add_picture(BytesIO(_as_png(logo)), height=Cm(LOGO_HEIGHT))
        parts.describe(picture, "Logo", logo.alt)

    def contents_page(self) -> "Paragraph":
        """The heading of the contents; what stands under it is filled in when all headings are known."""
        heading = self.document.add_paragraph(self.texts["contents_heading"], style="Contents heading")
        heading.paragraph_format.page_break_before = True
        return heading

    def lists_of_tables_and_charts(self) -> None:
        """At the end: there are too many of them to come before what the committee is to read."""
        for kind, title in (("Table", "List of tables"), ("Figure", "List of charts")):
            if self.places[kind]:
                heading = self.heading(title, starts_page=kind == "Table")
                self.list_under(heading, kind, f'TOC \\h \\z \\c "{kind}"', "table of figures")

    def list_under(self, heading: "Paragraph", kind: str, instruction: str, style: str) -> None:
        """A list of contents, a field with its links already in it; Word adds page numbers."""
        places = self.places[kind]
        after = heading
        for position, (bookmark, text) in enumerate(places):
            entry = self.document.add_paragraph(style=style)
            if position == 0:
                parts.begin_field(entry, instruction, is_dirty=True)
            parts.add_link(entry, bookmark, text)
            if position == len(places) - 1:
                parts.end_field(entry)
            after._p.addnext(entry._p)
            after = entry

    def key_messages(self) -> None:
        """The first statement of every section, so that the committee reads in a page what the year was like.

        A return that sums itself up says it once, in its own words and place.
        """
        spoken = [section.sentences for section in printed_sections(self.built) if section.sentences]
        if any(len(sentences) >= SUMMARY for sentences in spoken[:1]):
            return
        if messages := list(dict.fromkeys(sentences[0].text for sentences in spoken)):
            self.heading(self.texts["key_messages_heading"], starts_page=True)
            self._items(messages)

    def introduction(self) -> None:
        if self.built.introduction.strip():
            self.heading(self.texts["about_heading"], starts_page=not self.places["heading"])
            self._paragraphs(self.built.introduction)

    def section(self, section: PrintedSection) -> None:
        starts_wide = (
            bool(section.tables) and not (section.text or section.sentences) and self._is_wide(section.tables[0])
        )
        self._turn(starts_wide)
        self.heading(section.heading)
        self._paragraphs(section.text, is_kept_with_next=bool(section.sentences or section.tables))
        self._items([sentence.text for sentence in section.sentences])
        for table in section.tables:
            self.table(table)

    def table(self, printed: PrintedTable) -> None:
        self._turn(self._is_wide(printed))
        self._caption("Table", printed.number, unnumbered(printed.table.title))
        if printed.table.description:
            self.document.add_paragraph(printed.table.description).paragraph_format.keep_with_next = True
        if printed.has_figures:
            add_table(self.document, printed, plan(printed))
        else:
            self.document.add_paragraph(printed.words or "There is nothing to show for the period.")
        self._notes_under(printed)
        if printed.has_figures and printed.table.name in self.charts:
            self._picture(self.charts[printed.table.name])

    def _notes_under(self, printed: PrintedTable) -> None:
        from docx.shared import Pt

        last = None
        for note in printed.notes if printed.has_figures else ():
            last = self.document.add_paragraph(note, style="Table note")
            last.paragraph_format.keep_together = True
        if last is not None:
            last.paragraph_format.space_after = Pt(10)

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Cm

        room = LANDSCAPE_WIDTH if self.is_landscape else TEXT_WIDTH
        run = self.document.add_paragraph(style="Picture").add_run()
        inline = run.add_picture(BytesIO(picture.png), width=Cm(min(picture.width * PIXEL, room)))
        parts.describe(inline, picture.title, picture.text)
        self.figures += 1
        caption = self._caption("Figure", self.figures, picture.title)
        caption.paragraph_format.keep_with_next = False
        if picture.note:
            self.document.add_paragraph(picture.note, style="Table note")

    def _is_wide(self, printed: PrintedTable) -> bool:
        return printed.has_figures and plan(printed).is_landscape

    def _turn(self, to_landscape: bool) -> None:
        """Starts a page laid the other way, where it is not so already."""
        from docx.enum.section import WD_SECTION

        if to_landscape != self.is_landscape:
            section = self.document.add_section(WD_SECTION.NEW_PAGE)
            lay_out(section, to_landscape)
            self.is_landscape = to_landscape

    def heading(self, text: str, starts_page: bool = False) -> "Paragraph":
        heading: Paragraph = self.document.add_heading(text, level=1)
        heading.paragraph_format.page_break_before = starts_page or None
        self._remember("heading", heading, text)
        return heading

    def _caption(self, kind: str, number: int, title: str) -> "Paragraph":
        caption = self.document.add_paragraph(style="Caption")
        caption.add_run(f"{kind} ")
        parts.add_field(caption, f"SEQ {kind} \\* ARABIC", str(number))
        caption.add_run(f": {title}")
        self._remember(kind, caption, f"{kind} {number}: {title}")
        return caption

    def _remember(self, kind: str, paragraph: "Paragraph", text: str) -> None:
        number = sum(len(places) for places in self.places.values()) + 1
        bookmark = f"_Toc{number:08d}"
        parts.add_bookmark(paragraph, bookmark, number)
        self.places[kind].append((bookmark, text))

    def _paragraphs(self, text: str, is_kept_with_next: bool = False) -> None:
        for block in paragraphs(text):
            if block["text"]:
                self.document.add_paragraph(block["text"]).paragraph_format.keep_with_next = is_kept_with_next or None
            self._items(block["items"])

    def _items(self, items: list[str]) -> None:
        for item in items:
            self.document.add_paragraph(item, style="List Bullet")

    def notes(self) -> None:
        """What concerns the whole return: its own notes, what a basis is, the symbols, how people are protected."""
        self._turn(to_landscape=False)
        self.heading(self.texts["notes_heading"])
        for note in self.built.notes:
            self.document.add_paragraph(note)
        self._headed(self.texts["basis_heading"], self.texts["basis_introduction"])
        if symbols := symbols_used(self.built):
            self._headed(self.texts["symbols_heading"], self.texts["symbols_introduction"])
            for symbol, name, meaning in symbols:
                line = self.document.add_paragraph()
                line.add_run(f"{symbol}: {name}. ").bold = True
                line.add_run(meaning)
        if suppression := suppression_in_words(self.built):
            self._headed(self.texts["protection_heading"], suppression)

    def _headed(self, heading: str, text: str) -> None:
        self.document.add_heading(heading, level=2)
        self.document.add_paragraph(text)

    def running_texts(self) -> None:
        """Title above and page number below, on every page but the first."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        first = self.document.sections[0]
        first.different_first_page_header_footer = True
        is_named = self.built.council_name in self.built.title
        first.header.paragraphs[0].text = ("" if is_named else f"{self.built.council_name}: ") + self.built.title
        footer = first.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        status = dict(status_lines(self.built))
        footer.add_run(f"{status['Audience']}. {status['Status']}. Page ")
        parts.add_field(footer, "PAGE", "2")
        footer.add_run(" of ")
        parts.add_field(footer, "NUMPAGES", "2")


def _as_png(logo: "Logo") -> bytes:
    if logo.kind == "png":
        return logo.data
    import vl_convert

    return bytes(vl_convert.svg_to_png(logo.data.decode("utf-8"), scale=3))


def _describe(document: "Document", built: BuiltReturn) -> None:
    made = datetime.combine(built.as_at, time())
    properties = document.core_properties
    properties.title = built.title
    properties.subject = f"{built.kind} {built.period.label}"
    properties.author = properties.last_modified_by = built.council_name
    properties.language = "en-GB"
    properties.comments = properties.keywords = ""
    properties.created = properties.modified = made
    properties.revision = built.version
    properties.content_status = dict(status_lines(built))["Status"]
