"""A workbook's sheets: where each lies in the archive, how far it reaches, and what its reader would not tell."""

import posixpath
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from redress.errors import RejectedFile

MOST_CELLS = 20_000_000
CHUNK = 256 * 1024

_RELATION = "relationships}id"


@dataclass
class Extent:
    """rows, columns: how far its filled cells reach. errors: the text of error cells (#N/A), by row and column."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formula_without_value: str | None = None


def extent_of(path: Path, name: str, sheet: str) -> Extent:
    """Goes once through the XML of a sheet.

    Raises RejectedFile if it is not well formed, if a formula has no value stored with it, or if the cells reach so far
    apart that the table between them is larger than any export.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, sheet)) as content:
            walk = _Walk()
            while chunk := content.read(CHUNK):
                walk.parser.Parse(chunk, False)
            walk.parser.Parse(b"", True)
            walk.end_cell()
    except (expat.ExpatError, KeyError, ValueError):
        raise RejectedFile(
            f"{name}: sheet {sheet!r} is damaged; open the file in Excel, save it and deliver it again."
        ) from None
    found = walk.extent
    if found.formula_without_value:
        raise RejectedFile(
            f"{name}: sheet {sheet!r}: cell {found.formula_without_value} holds a formula whose value was not saved; "
            "open the file in Excel, save it and deliver it again."
        )
    if found.rows * found.columns > MOST_CELLS:
        raise RejectedFile(
            f"{name}: sheet {sheet!r} reaches over {found.rows:,} rows and {found.columns:,} columns; delete what lies "
            "far outside the table, or save the sheet as CSV UTF-8."
        )
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The archive's entry of a sheet. Raises KeyError or ValueError for a workbook that does not lead to it."""
    from defusedxml.ElementTree import ParseError, fromstring

    entries = {entry.casefold(): entry for entry in archive.namelist()}
    try:
        workbook = fromstring(archive.read(entries["xl/workbook.xml"]), forbid_dtd=True)
        relations = fromstring(archive.read(entries["xl/_rels/workbook.xml.rels"]), forbid_dtd=True)
    except ParseError as problem:
        raise ValueError from problem
    found = {one.get("name"): one for one in workbook.iter() if _local(one.tag) == "sheet"}[sheet]
    relation = next((value for name, value in found.items() if name.endswith(_RELATION)), None)
    target = {one.get("Id"): one.get("Target", "") for one in relations.iter()}[relation]
    return entries[posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").casefold()]


class _Walk:
    """The parser's handlers. Row and column count from 0. Texts are gathered only where they are needed."""

    def __init__(self) -> None:
        self.extent = Extent()
        self.row = self.column = -1
        self.kind: str | None = None
        self.has_formula = False
        self.text: list[str] = []
        self.letters: dict[str, int] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "c":
            self.end_cell()
            self._place(attributes.get("r"))
            self.kind = attributes.get("t")
        elif tag in ("v", "is"):
            self.extent.rows = max(self.extent.rows, self.row + 1)
            self.extent.columns = max(self.extent.columns, self.column + 1)
            if self.kind == "e" or self.has_formula:
                self.text = []
                self.parser.CharacterDataHandler = self.text.append
                self.parser.EndElementHandler = self.end_value
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self.end_cell()
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1

    def end_value(self, tag: str) -> None:
        text = "".join(self.text)
        if self.kind == "e":
            self.extent.errors[self.row, self.column] = text
        if text or self.kind == "str":
            self.has_formula = False
        self.parser.CharacterDataHandler = None
        self.parser.EndElementHandler = None

    def end_cell(self) -> None:
        """A formula with which no value was found; an empty text is one."""
        if self.has_formula and self.extent.formula_without_value is None:
            self.extent.formula_without_value = f"{column_letter(self.column)}{self.row + 1}"
        self.has_formula = False

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        letters = reference.rstrip("0123456789")
        if letters not in self.letters:
            self.letters[letters] = _number(letters)
        self.row, self.column = int(reference[len(letters) :]) - 1, self.letters[letters]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def column_letter(column: int) -> str:
    """What a spreadsheet calls a column: A for 0, XFD for 16383."""
    text = ""
    while column >= 0:
        text = chr(ord("A") + column % 26) + text
        column = column // 26 - 1
    return text
