"""What every document of a return says in the same words: its tables in order, its status, its symbols, its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from redress.returns.figures import BuiltReturn, BuiltTable, Sentence, Symbol
from redress.returns.periods import MONTHS, Period

SYMBOLS: dict[Symbol, tuple[str, str]] = {
    "c": ("suppressed", "The figure is withheld so that nobody can be identified. It is not zero."),
    "z": ("not applicable", "There is nothing to count or to divide by, a percentage of no cases for example."),
    "x": ("not available", "The figure is not known. It is not zero."),
    "low": ("rounds to zero", "The figure is more than zero and too small to show."),
    "u": ("low reliability", "The figure rests on too few cases to be relied on."),
}
"""The symbols of the Government Statistical Service for what stands in place of a figure."""

SUPPRESSION = (
    "Counts from 1 to {highest} are shown as c where they could identify somebody, and so are percentages worked out "
    "from them. Further figures are shown as c where a hidden one could otherwise be worked out from totals, from "
    "another table or from an earlier publication. A 0 is a true zero."
)


@dataclass(frozen=True)
class PrintedTable:
    """A table that stands in the documents, with its number."""

    number: int
    table: BuiltTable

    @property
    def has_figures(self) -> bool:
        """Whether there is a grid to print, not only words in its place."""
        return bool(self.table.rows and self.table.columns) and not self.words

    @property
    def words(self) -> str:
        """What stands in place of figures; empty for a table of figures."""
        return self.table.text_only or self.table.outside or ""

    @property
    def caption(self) -> str:
        """Table 3: what is counted."""
        return f"Table {self.number}: {self.table.description or self.table.title}"

    @property
    def rows_title(self) -> str:
        """The heading of the column of row headings."""
        return self.table.rows_title or "Measure"

    @property
    def basis(self) -> str:
        """What is counted, and on which basis. Rows or columns of several stages say themselves what they count."""
        text = re.sub(r"\bstage (?=\d)", "Stage ", self.table.basis_text)
        if len({stage for figure in self.table.figures for stage in re.findall(r"stage\d", figure.metric)}) > 1:
            text = text[text.find("Basis:") :] if "Basis:" in text else text
        return text if "Basis:" in text else f"Basis: {self.table.basis.replace('_', ' ')}. {text}".strip()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is printed under it: its basis, the structure where it is not that of the time, its own notes."""
        structure = () if self.table.structure == "time" else ("Services are in today's structure, for all periods.",)
        return (self.basis, *structure, *self.table.notes)


@dataclass(frozen=True)
class PrintedSection:
    """A heading with what stands under it in the documents."""

    heading: str
    text: str
    sentences: tuple[Sentence, ...]
    tables: tuple[PrintedTable, ...]


def printed_sections(built: BuiltReturn) -> tuple[PrintedSection, ...]:
    """The sections as they are printed: without hidden tables, without internal ones in a publication, none empty."""
    sections: list[PrintedSection] = []
    number = 0
    for section in built.sections:
        tables = []
        for table in section.tables:
            if table.hidden or (table.internal and built.is_publication):
                continue
            number += 1
            tables.append(PrintedTable(number, table))
        if tables or section.text or section.sentences:
            sections.append(PrintedSection(section.heading, section.text, section.sentences, tuple(tables)))
    return tuple(sections)


def printed_tables(built: BuiltReturn) -> Iterator[PrintedTable]:
    """The tables of all sections, in order."""
    for section in printed_sections(built):
        yield from section.tables


def status_lines(built: BuiltReturn) -> tuple[tuple[str, str], ...]:
    """What a reader must know before the first figure, as pairs of a label and its value."""
    return (
        ("Council", built.council_name),
        ("Period", period_in_words(built.period)),
        ("Figures as at", day_in_words(built.as_at)),
        ("Status", f"Signed off by {built.signed_off}" if built.signed_off else "Draft, not signed off"),
        ("Version", str(built.version)),
        ("Audience", "For publication" if built.is_publication else "Internal: not for publication"),
        ("Data snapshot", built.snapshot),
    )


def symbols_used(built: BuiltReturn) -> tuple[tuple[str, str, str], ...]:
    """(symbol, name, meaning) of each symbol that stands in a printed table, in the order of SYMBOLS."""
    used = {figure.symbol for printed in printed_tables(built) for figure in printed.table.figures}
    return tuple((symbol, *SYMBOLS[symbol]) for symbol in SYMBOLS if symbol in used)


def suppression_in_words(built: BuiltReturn) -> str:
    """What was done to protect people, for the notes of a return with suppressed figures.

    Empty where there are none, and where the return's own notes, which are printed beside it, say it already.
    """
    if any("suppressed" in note for note in built.notes):
        return ""
    thresholds = {
        printed.table.threshold
        for printed in printed_tables(built)
        if any(figure.symbol == "c" for figure in printed.table.figures)
    }
    return SUPPRESSION.format(highest=max(thresholds) - 1) if thresholds else ""


def unnumbered(title: str) -> str:
    """A table's title without the number of a section that it bears in the council's report: a caption has its own."""
    return re.sub(r"^\d+(\.\d+)*\.?\s+(?=\D)", "", title)


def period_in_words(period: Period) -> str:
    """2017/18 (1 April 2017 to 31 March 2018); a day alone."""
    if period.kind == "day":
        return period.label
    return f"{period.label} ({day_in_words(period.start)} to {day_in_words(period.end)})"


def day_in_words(day: date) -> str:
    """30 June 2018."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def document_name(built: BuiltReturn, extension: str) -> str:
    """harrow-annual-2017-18.html; with -publication where it is one."""
    publication = "-publication" if built.is_publication else ""
    return f"{built.council}-{built.kind}-{_plain(built.period.label)}{publication}.{extension}"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
