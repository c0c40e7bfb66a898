"""Workbooks that are refused before anything else opens them, and what is said."""

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from redress.errors import RejectedFile
from redress.sources.files import safety, sheets
from tests.redress.sources.files.tables import feed, refs, rows_of, source_of

Entries = dict[str, bytes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound workbook."""
    path = tmp_path / "complaints.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Cases")
        sheet.write_row(0, 0, ["Complaint No.", "Received", "Status"])
        sheet.write_row(1, 0, ["A1", "b", "Testperson"])
    return path


def changed(path: Path, change: Callable[[Entries], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def rejection(path: Path) -> str:
    with pytest.raises(RejectedFile) as refused:
        rows_of(source_of(path.parent, {"cases": feed()}))
    assert path.name in str(refused.value)
    assert "Testperson" not in str(refused.value)
    return str(refused.value)


def test_a_sound_workbook_written_anew_is_read(path: Path) -> None:
    changed(path, lambda entries: None)
    assert refs(rows_of(source_of(path.parent, {"cases": feed()}))) == [("A1", 2)]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("XL\\VBAPROJECT.BIN", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "links to other workbooks"),
        ("xl/WORKSHEETS/Sheet1.xml", "an entry twice"),
    ],
)
def test_entries_that_no_plain_workbook_has(path: Path, name: str, sentence: str) -> None:
    changed(path, lambda entries: entries.update({name: b"<x/>"}))
    assert sentence in rejection(path)


def test_a_workbook_that_calls_itself_macro_enabled(path: Path) -> None:
    def enable(entries: Entries) -> None:
        types = entries["[Content_Types].xml"]
        entries["[Content_Types].xml"] = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")

    changed(path, enable)
    assert "macros" in rejection(path)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_xml_that_declares_entities(path: Path, codec: str) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    changed(path, lambda entries: entries.update({"xl/worksheets/sheet1.xml": text.encode(codec)}))
    assert "declares entities" in rejection(path)


def test_a_declaration_on_the_edge_of_what_is_read_at_once_is_seen(path: Path) -> None:
    text = b" " * (safety.CHUNK - 4) + b"<!DOCTYPE x>"
    changed(path, lambda entries: entries.update({"xl/styles.xml": text}))
    assert "declares entities" in rejection(path)


def test_a_zip_bomb_is_refused_by_its_directory(path: Path) -> None:
    changed(path, lambda entries: entries.update({"xl/zeros.xml": b"0" * 60_000_000}))
    assert "unpack" in rejection(path)


def test_too_many_entries(path: Path) -> None:
    changed(path, lambda entries: entries.update({f"xl/{number}": b"" for number in range(safety.MOST_ENTRIES + 1)}))
    assert "unpack" in rejection(path)


@pytest.mark.parametrize("said", [10, 2_000])
def test_an_archive_that_lies_about_its_sizes_is_refused(path: Path, said: int) -> None:
    real = b"0" * 1_000
    changed(path, lambda entries: entries.update({"xl/zeros.xml": real}))
    content = path.read_bytes()
    lie = said.to_bytes(4, "little")
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/zeros.xml"))
    path.write_bytes(content[: entry + 24] + lie + content[entry + 28 :])
    assert "unpack" in rejection(path)


def test_bytes_behind_the_archive_could_be_another_one(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"x"
    assert "not as Excel writes workbooks" in rejection(path)


def test_an_entry_with_a_password(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for entry in re.finditer(b"PK\x01\x02", bytes(content)):
        content[entry.start() + 8] |= 1
    path.write_bytes(content)
    assert "password" in rejection(path)


def test_old_and_encrypted_workbooks(path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000
    path.write_bytes(ole)
    assert "save it as .xlsx" in rejection(path)
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "encrypted with a password" in rejection(path)


def test_what_is_no_workbook_at_all(path: Path) -> None:
    path.write_bytes(b"<html><table>Testperson</table></html>")
    assert "named like a workbook but is none" in rejection(path)
    changed_to_zip_of_csv = path.with_name("x.zip")
    with zipfile.ZipFile(changed_to_zip_of_csv, "w") as archive:
        archive.writestr("complaints.csv", "Complaint No.\nA1\n")
    shutil.move(changed_to_zip_of_csv, path)
    assert "zip archive but no .xlsx workbook" in rejection(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_workbook_cut_off(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "cut off or damaged" in rejection(path)


def test_entries_that_lie_before_the_file_begins(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x05\x06") + 18] = 0x7F
    path.write_bytes(content)
    assert "cut off or damaged" in rejection(path)


def test_a_damaged_entry(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    path.write_bytes(content)
    assert "cut off or damaged" in rejection(path)


@pytest.mark.parametrize("xml", [b"<worksheet><sheetData>", b"", b"<worksheet><c r='?1'><v>1</v></c></worksheet>"])
def test_a_sheet_that_is_not_well_formed(path: Path, xml: bytes) -> None:
    changed(path, lambda entries: entries.update({"xl/worksheets/sheet1.xml": xml}))
    assert "damaged" in rejection(path)


def test_cells_far_apart_do_not_fill_the_memory(path: Path) -> None:
    xml = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    changed(path, lambda entries: entries.update({"xl/worksheets/sheet1.xml": xml % far}))
    assert "1,048,576 rows and 16,384 columns" in rejection(path)
    without_places = b"<row>" + b"<c><v>1</v></c>" * 5_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 4_001
    assert sheets.MOST_CELLS < 5_000 * 4_002
    changed(path, lambda entries: entries.update({"xl/worksheets/sheet1.xml": xml % without_places}))
    assert "reaches over" in rejection(path)


def test_formats_far_below_the_table_do_not_count(path: Path) -> None:
    def colour(entries: Entries) -> None:
        sheet = entries["xl/worksheets/sheet1.xml"]
        row = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
        entries["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", row)

    changed(path, colour)
    assert refs(rows_of(source_of(path.parent, {"cases": feed()}))) == [("A1", 2)]


def test_an_empty_file_that_is_named_like_a_workbook(path: Path) -> None:
    path.write_bytes(b"")
    assert "is empty (0 bytes)" in rejection(path)
