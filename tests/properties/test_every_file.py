"""Whatever file is delivered: every row of it is accepted or held back, or the whole file is kept as rejected."""

import codecs
import csv
import io
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from redress import nightly
from redress.councils import get_council
from redress.landing.manifests import Manifest, manifests, rows_file
from redress.paths import Home
from redress.sources.opening import open_source

NIGHT = date(2024, 3, 5)
HEADINGS = ("Complaint No.", "Received", "State", "Answered", "Asked for Stage 2")
COLUMNS = ("case_ref", "received_date", "status", "record_type", "service_code")
LAST_LINE = "Total"
SOURCE: dict[str, Any] = {
    "kind": "files",
    "dates": ["day_first", "iso"],
    "feeds": {
        "export": {
            "file": "export.*",
            "totals_row": LAST_LINE,
            "entities": {
                "cases": {
                    "columns": {
                        "case_ref": "Complaint No.",
                        "received_date": "Received",
                        "status": {"column": "State", "values": {"Live": "open", "Done": "concluded"}},
                        "record_type": {"constant": "complaint"},
                    }
                },
                "stages": {
                    "columns": {"case_ref": "Complaint No."},
                    "rows": [
                        {
                            "columns": {
                                "stage": {"constant": "1"},
                                "requested_date": "Received",
                                "responded_date": "Answered",
                            }
                        },
                        {"columns": {"stage": {"constant": "2"}, "requested_date": "Asked for Stage 2"}},
                    ],
                },
            },
        }
    },
}

Row = tuple[str, ...]

# Every character is in cp1252 too; no cell is of blanks only, as a row of such cells is none.
WORDS = st.text("Aa0 9é€–'\"/=;,|\t\n-", min_size=1, max_size=8).filter(str.strip)
DAYS = st.dates(date(2023, 12, 1), date(2024, 4, 1)).map(lambda day: f"{day:%d/%m/%Y}")
DATES = st.one_of(DAYS, DAYS, DAYS, st.just(""), WORDS, st.sampled_from(["31/02/2024", "2024-01-05", "45000"]))
STATES = st.sampled_from(["Live", "Done", " live ", "open", "Unheard of", ""])
REFS = st.from_regex(r"[A0][0-9]{1,2}", fullmatch=True) | WORDS.filter(lambda text: not text.startswith(LAST_LINE))
ROWS = st.lists(st.tuples(REFS, DATES, STATES, DATES, DATES), max_size=12)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
DAMAGE = st.lists(st.tuples(st.sampled_from(["byte", "cut", "twice", "drop"]), st.floats(0, 1), st.integers(0, 255)))


@dataclass(frozen=True)
class File:
    """A file as it is delivered, and how many rows it was made of."""

    name: str
    content: bytes
    rows: tuple[Row, ...]


@st.composite
def texts(draw: Callable[[Any], Any]) -> File:
    rows, encoding, delimiter = draw(ROWS), draw(ENCODINGS), draw(st.sampled_from(",;|\t"))
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerows(_decorated(draw, rows))
    return File("export.csv", written.getvalue().encode(encoding), tuple(rows))


@st.composite
def workbooks(draw: Callable[[Any], Any]) -> File:
    rows, written = draw(ROWS), io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(_decorated(draw, rows)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return File("export.xlsx", written.getvalue(), tuple(rows))


@st.composite
def damaged(draw: Callable[[Any], Any], files: st.SearchStrategy[File]) -> File:
    """A file of which bytes are changed, lost or repeated."""
    file = draw(files)
    content = file.content
    for kind, place, byte in draw(DAMAGE):
        at = min(int(place * len(content)), max(len(content) - 1, 0))
        if kind == "byte":
            content = content[:at] + bytes([byte]) + content[at + 1 :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "drop":
            content = content[:at] + content[at + 40 :]
        else:
            content = content[:at] + content[at : at + 200] * 2 + content[at + 200 :]
    return File(file.name, content, file.rows)


def _decorated(draw: Callable[[Any], Any], rows: list[Row]) -> list[Row]:
    """The rows below a title and their headings, with blank rows among them and a closing line of totals."""
    blank: Row = ("",) * len(HEADINGS)
    lines = [("Complaints of the quarter", "", "", "", "")] if draw(st.booleans()) else []
    lines += [HEADINGS, *itertools.chain.from_iterable((row, *[blank] * draw(st.integers(0, 1))) for row in rows)]
    return [*lines, (LAST_LINE, str(len(rows)), "", "", "")] if draw(st.booleans()) else lines


@pytest.fixture(scope="module")
def deliver(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """deliver(file): lands it as the one delivery of a council of its own; the council's name."""
    root, numbers = tmp_path_factory.mktemp("every_file"), itertools.count()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("REDRESS_HOME", str(root / "data"))
        monkeypatch.setenv("REDRESS_COUNCILS", str(root / "councils"))
        monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "not a secret, only for tests")

        def deliver(file: File) -> str:
            council = f"town{next(numbers)}"
            drop, folder = root / "drop" / council, root / "councils" / council
            drop.mkdir(parents=True)
            folder.mkdir(parents=True)
            (drop / file.name).write_bytes(file.content)
            (folder / "source.yml").write_text(json.dumps(SOURCE | {"path": str(drop)}), encoding="utf-8")
            (location,) = nightly.deliveries(council, NIGHT)
            nightly.land(council, location, NIGHT)
            return council

        yield deliver


def landed(council: str) -> dict[str, Manifest]:
    return {manifest.entity: manifest for manifest in manifests(Home.from_environment(), council)}


def rows_read(council: str) -> list[dict[str, str | None]]:
    """The rows as the source hands them out, before anything is made of them."""
    source = open_source(get_council(council))
    (delivery,) = source.deliveries(NIGHT)
    with source.open(delivery) as opened:
        return [row for part in opened.parts for batch in part.read(None).batches for row in batch.to_pylist()]


def filled(row: dict[str, Any], *columns: str) -> bool:
    return any((row.get(column) or "").strip() for column in columns)


def is_accounted_for(council: str, file: File) -> bool:
    """Checks that what was read has landed, or that the file is kept; whether it has landed."""
    home, found = Home.from_environment(), landed(council)
    assert set(found) == {"cases", "stages"}
    for manifest in found.values():
        if manifest.rejected:
            assert not rows_file(home, manifest).exists()
            kept = home.quarantine / council / "rejected" / f"{manifest.extract_id}{Path(file.name).suffix}"
            assert kept.read_bytes() == file.content
        else:
            (count,) = duckdb.sql(f"select count(*) from '{rows_file(home, manifest)}'").fetchall()
            assert count == (manifest.rows,)
    if any(manifest.rejected for manifest in found.values()):
        return False
    read = rows_read(council)
    assert found["cases"].rows == len(read)
    assert found["stages"].rows == sum(filled(row, "Received", "Answered") for row in read) + sum(
        filled(row, "Asked for Stage 2") for row in read
    )
    return True


SOUND = texts() | workbooks()
DAMAGED = damaged(texts()) | damaged(texts()) | damaged(workbooks())
ANYTHING = st.builds(
    File,
    st.sampled_from(["export.csv", "export.xlsx"]),
    st.binary(max_size=400) | st.binary(max_size=40).map(lambda tail: codecs.BOM_UTF16_LE + tail),
    st.just(()),
)


@given(file=SOUND)
@settings(max_examples=12)
def test_every_row_of_a_sound_file_lands(deliver: Callable[[File], str], file: File) -> None:
    lands(deliver(file), file)


@given(file=DAMAGED | ANYTHING)
@settings(max_examples=25)
def test_a_damaged_file_lands_whole_or_is_kept(deliver: Callable[[File], str], file: File) -> None:
    is_accounted_for(deliver(file), file)


@given(file=SOUND | damaged(texts()))
@settings(max_examples=3)
def test_every_landed_row_is_accepted_or_held_back(deliver: Callable[[File], str], file: File) -> None:
    is_accepted_or_held_back(deliver(file))


@pytest.mark.slow
@given(file=SOUND)
@settings(max_examples=100)
def test_every_row_of_many_sound_files_lands(deliver: Callable[[File], str], file: File) -> None:
    lands(deliver(file), file)


@pytest.mark.slow
@given(file=DAMAGED | ANYTHING)
@settings(max_examples=200)
def test_many_damaged_files_land_whole_or_are_kept(deliver: Callable[[File], str], file: File) -> None:
    is_accounted_for(deliver(file), file)


@pytest.mark.slow
@given(file=SOUND | damaged(texts()))
@settings(max_examples=20)
def test_every_row_of_many_files_is_accepted_or_held_back(deliver: Callable[[File], str], file: File) -> None:
    is_accepted_or_held_back(deliver(file))


def lands(council: str, file: File) -> None:
    """Checks that the file's rows are those that landed, in order."""
    assert is_accounted_for(council, file)
    cases = landed(council)["cases"]
    rows = duckdb.sql(f"select raw_case_ref from '{rows_file(Home.from_environment(), cases)}' order by source_row")
    assert [ref.strip() for (ref,) in rows.fetchall()] == [row[0].strip() for row in file.rows]


def is_accepted_or_held_back(council: str) -> None:
    """Checks the load of what has landed: each row went one way."""
    home = Home.from_environment()
    nightly.validate_and_accept(council, NIGHT, delivered=["cases", "stages"])
    (load,) = (home.landing / council / "loads").glob("[0-9]*")
    runs = {run["entity"]: run for run in json.loads((load / "load.json").read_text())["runs"]}
    for entity, manifest in landed(council).items():
        if manifest.rejected:
            assert runs[entity]["verdict"] == "rejected"
            continue
        run = runs[entity]
        assert run["rows_landed"] == manifest.rows
        assert run["rows_landed"] == run["rows_accepted"] + run["rows_quarantined"] + run["rows_unchanged"]
        assert rows_in(load / "accepted" / f"{entity}.parquet") == run["rows_accepted"]
        assert rows_in(home.quarantine / council / load.name / f"{entity}.parquet") == run["rows_quarantined"]


def rows_in(file: Path) -> int:
    """How many rows a file holds; none where it is not there."""
    if not file.exists():
        return 0
    (count,) = duckdb.sql(f"select count(*) from '{file}'").fetchall()[0]
    return int(count)
