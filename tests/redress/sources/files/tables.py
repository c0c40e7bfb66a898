"""What the tests of files share: a feed with a council's own headings, and reading a file through it."""

from datetime import date
from pathlib import Path
from typing import Any

from redress.sources.definition import FilesDefinition
from redress.sources.files.source import FileSource

NIGHT = date(2024, 3, 5)

CASES = {"case_ref": "Complaint No.", "received_date": ["Date received", "Received"], "status": "Status"}


def source_of(folder: Path, feeds: dict[str, Any] | None = None, **settings: Any) -> FileSource:
    """The source of a folder, with these feeds."""
    return FileSource("barsetshire", FilesDefinition(kind="files", path=str(folder), feeds=feeds or {}, **settings))


def feed(file: str = "complaints.*", columns: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    """A feed of cases under a council's own headings."""
    return {"file": file, "entities": {"cases": {"columns": CASES if columns is None else columns}}, **settings}


def rows_of(source: FileSource) -> list[dict[str, Any]]:
    """Every row of every part of the one delivery that is there."""
    (delivery,) = source.deliveries(NIGHT)
    with source.open(delivery) as opened:
        readings = [part.read(None) for part in opened.parts]
        return [row for reading in readings for batch in reading.batches for row in batch.to_pylist()]


def read_bytes(folder: Path, content: bytes, name: str = "complaints.csv", **settings: Any) -> list[dict[str, Any]]:
    """The rows of a file of this content."""
    (folder / name).write_bytes(content)
    return rows_of(source_of(folder, {"cases": feed(**settings)}))


def refs(rows: list[dict[str, Any]]) -> list[tuple[Any, int]]:
    """Of each row its reference and number."""
    return [(row["Complaint No."], row["source_row"]) for row in rows]
