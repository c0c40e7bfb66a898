"""Whatever a file holds: every row with something in it is handed over once, or the file is rejected."""

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.errors import RejectedFile
from tests.redress.sources.files.tables import feed, rows_of, source_of

HEADINGS = ("Complaint No.", "Received", "Status")

blank = st.sampled_from(["", " ", "\t"])
word = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(",;|\t\n\r\"'="), max_size=12)
western = st.text(st.sampled_from("aéü£€–’ \n,;\"|'0"), max_size=12)
rows_of_text = st.lists(st.lists(word | blank, min_size=3, max_size=3), max_size=8)
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 4)),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12),
)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def read(content: bytes, name: str = "complaints.csv", **settings: Any) -> list[tuple[int, tuple[Any, ...]]]:
    """Number and cells of every row handed over, empty cells as empty texts."""
    with folder() as made:
        (made / name).write_bytes(content)
        rows = rows_of(source_of(made, {"cases": feed(**settings)}))
    return [(row["source_row"], tuple(row[heading] or "" for heading in HEADINGS)) for row in rows]


def filled(rows: list[Any], first: int) -> list[tuple[int, tuple[str, ...]]]:
    """Number and cells of every row with something in it."""
    return [(number, tuple(row)) for number, row in enumerate(rows, first) if any(cell.strip() for cell in row)]


@settings(max_examples=60)
@given(
    rows_of_text,
    st.sampled_from([",", ";", "|", "\t"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([[], [["Complaints"]], [["Complaints", "of", "2024"], []]]),
)
def test_csv_as_programs_write_it(
    rows: list[list[str]], delimiter: str, quoting: Any, line_end: str, codec: str, title: list[list[str]]
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerows([*title, HEADINGS, *rows])
    assert read(written.getvalue().encode(codec)) == filled(rows, len(title) + 2)


@given(st.lists(st.lists(western, min_size=3, max_size=3), max_size=8))
def test_csv_from_windows(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows([HEADINGS, *rows])
    assert read(written.getvalue().encode("cp1252"), encoding="cp1252") == filled(rows, 2)


@given(st.lists(st.text(st.sampled_from("ab ,é\t"), max_size=8), max_size=10))
def test_lines_that_no_program_wrote(lines: list[str]) -> None:
    content = "\n".join([",".join(HEADINGS), *lines])
    rows = [line.split(",") for line in lines]
    try:
        assert read(content.encode(), delimiter=",") == [(number, cells[:3]) for number, cells in filled(rows, 2)]
    except RejectedFile:
        wide = [row for row in rows if "".join(row).strip() and (len(row) < 3 or "".join(row[3:]).strip())]
        assert wide or not all(len(row) == 3 for row in rows)


@given(st.binary(max_size=60) | st.text(st.sampled_from('ab",;\n\r\x00é'), max_size=40).map(str.encode))
def test_bytes_below_a_header(content: bytes) -> None:
    try:
        rows = read(b"Complaint No.,Received,Status\n" + content)
    except RejectedFile:
        return
    numbers = [number for number, _ in rows]
    assert numbers == sorted(set(numbers))
    assert len(rows) <= content.count(b"\n") + content.count(b"\r") + 1
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    assert bool(rows) == bool(text.replace('"', "").replace(",", "").strip())


@settings(max_examples=40)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8), st.integers(0, 3), st.integers(0, 2))
def test_workbooks(rows: list[list[Any]], top: int, left: int) -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate([HEADINGS, *rows], top):
            for column, cell in enumerate(row, left):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write(number, column, cell, day if isinstance(cell, date) else None)
    expected = [[_text(cell) for cell in row] for row in rows]
    assert read(written.getvalue(), "complaints.xlsx") == filled(expected, top + 2)


@pytest.fixture(scope="module")
def sound_workbook() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        for number in range(20):
            sheet.write_row(number, 0, HEADINGS if number == 0 else [f"A{number}", number, "open"])
    return written.getvalue()


@pytest.mark.slow
@settings(max_examples=1_000)
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4),
    st.floats(0.5, 1) | st.just(1.0),
)
def test_a_damaged_workbook(sound_workbook: bytes, changes: list[tuple[float, int]], kept: float) -> None:
    content = bytearray(sound_workbook)
    for place, byte in changes:
        content[int(place * len(content))] = byte
    try:
        rows = read(bytes(content[: int(kept * len(content))]), "complaints.xlsx")
    except RejectedFile:
        return
    assert rows == [(number + 1, (f"A{number}", str(number), "open")) for number in range(1, 20)]


def _text(cell: Any) -> str:
    """The cell, written without the reader's own help."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        written = f"{cell:.4f}".rstrip("0").rstrip(".")
        return "0" if written == "-0" else written
    return "" if cell is None else str(cell)
