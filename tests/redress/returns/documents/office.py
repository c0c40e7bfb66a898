"""Reads office files as their readers do, from the XML in them, and returns for tests of what stands in them."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from redress.councils import Council
from redress.returns.documents.look import Look, look_of
from redress.returns.figures import BuiltReturn, BuiltTable, Figure

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Cell = str | float


def plain_look(folder: Path) -> Look:
    """The look of a council that changes nothing."""
    (folder / "barsetshire").mkdir(exist_ok=True)
    return look_of(Council(folder / "barsetshire"))


def everything_in(file: Path) -> str:
    """All the text of a package, metadata included."""
    with zipfile.ZipFile(file) as package:
        parts = [package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))]
    return "\n".join(part.decode("utf-8") for part in parts)


def sheets(file: Path) -> dict[str, list[list[Cell]]]:
    """The cells of each worksheet by name, in the workbook's order; numbers as numbers."""
    with zipfile.ZipFile(file) as package:
        texts = _texts(package)
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        targets = {
            one.attrib["Id"]: one.attrib["Target"]
            for one in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        }
        return {
            sheet.attrib["name"]: _rows(package.read(f"xl/{targets[sheet.attrib[RELATION]]}"), texts)
            for sheet in book.iter(f"{MAIN}sheet")
        }


def _texts(package: zipfile.ZipFile) -> list[str]:
    shared = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in entry.iter(f"{MAIN}t")) for entry in shared]


def _rows(xml: bytes, texts: list[str]) -> list[list[Cell]]:
    return [[_cell(cell, texts) for cell in row] for row in ElementTree.fromstring(xml).iter(f"{MAIN}row")]


def _cell(cell: ElementTree.Element, texts: list[str]) -> Cell:
    value = cell.findtext(f"{MAIN}v") or ""
    return texts[int(value)] if cell.attrib.get("t") == "s" else float(value)


def with_figure(built: BuiltReturn, name: str, row: int, column: int, **changes: object) -> BuiltReturn:
    """The return with one figure of a table changed."""

    def changed(table: BuiltTable) -> BuiltTable:
        if table.name != name:
            return table
        cells = [list(line) for line in table.cells]
        figure = cells[row][column]
        assert figure is not None
        cells[row][column] = replace(figure, **changes)  # type: ignore[arg-type]
        return replace(table, cells=tuple(map(tuple, cells)))

    sections = [
        replace(section, tables=tuple(changed(table) for table in section.tables)) for section in built.sections
    ]
    return replace(built, sections=tuple(sections))


def suppressed(built: BuiltReturn, name: str, row: int, column: int) -> BuiltReturn:
    """The return as a publication with one figure hidden; its number is still inside, as a careless step leaves it."""
    return replace(with_figure(built, name, row, column, symbol="c", shown="c"), is_publication=True)


def figure_at(built: BuiltReturn, name: str, row: int, column: int) -> Figure:
    """One figure of a return."""
    (table,) = (table for table in built.tables if table.name == name)
    figure = table.cells[row][column]
    assert figure is not None
    return figure


def words(xml: str) -> str:
    """The text of an XML part without its tags."""
    return re.sub(r"<[^>]+>", " ", xml)
