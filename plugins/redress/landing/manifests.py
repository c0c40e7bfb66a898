"""What is known of each landed extract, and the folders extracts lie in."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import redress
from redress.landing.drift import Drift
from redress.paths import Home, safe_name


@dataclass(frozen=True)
class Manifest:
    """What is known of one landed extract. No value of any record is in it.

    source_file, sheet: what people know it by; parts: how many tables it was read from. rows_of names the earlier
    extract with the same content, where the rows are kept once. source_columns: the source's columns in order, with
    their types where it says them. source_places: where a spreadsheet shows them, from 0 for A; None where sheets
    differ, nothing where the source is no file. fed_from: the source columns each column of the contract was read from.
    drift: what changed in them since the last extract, None where there was none. watermark: the newest change the
    extract holds. rows_with_person and persons_found: the coverage of the demographics, where they come from a second
    system.
    """

    extract_id: str
    council: str
    entity: str
    extract_kind: str
    extract_date: date
    source_file: str
    sha256: str
    sheet: str | None = None
    parts: int = 1
    rows: int = 0
    columns_dropped: int = 0
    missing_columns: tuple[str, ...] = ()
    null_shares: dict[str, float] = field(default_factory=dict)
    source_columns: dict[str, str | None] = field(default_factory=dict)
    source_places: dict[str, int | None] = field(default_factory=dict)
    fed_from: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drift: tuple[Drift, ...] | None = None
    watermark: str | None = None
    marks: dict[str, str] = field(default_factory=dict)
    rows_with_person: int | None = None
    persons_found: int | None = None
    rejected: str | None = None
    rows_of: str | None = None
    number: int = 0
    contract_version: int = 0
    code_version: str = redress.__version__

    @property
    def place(self) -> str:
        """Where its rows are from, for people: the file, and the sheet of it."""
        return f"{self.source_file}, sheet {self.sheet}" if self.sheet else self.source_file

    @property
    def window(self) -> tuple[date | None, date]:
        """From when to when the extract speaks; a full one has no beginning."""
        return (None, self.extract_date)


def manifests(home: Home, council: str, entity: str | None = None) -> list[Manifest]:
    """Every landed extract of a council (or of one entity of it), oldest first."""
    folder = home.landing / safe_name(council, "council")
    found = [_read_manifest(path) for path in folder.glob(f"{entity or '*'}/[!.]*/manifest.json")]
    return sorted(
        found, key=lambda manifest: (manifest.extract_date, manifest.entity, manifest.number, manifest.extract_id)
    )


def find_manifest(home: Home, council: str, entity: str, extract_id: str) -> Manifest | None:
    """What is known of one extract; None if it is not in landing."""
    file = extract_folder(home, council, entity, extract_id) / "manifest.json"
    return _read_manifest(file) if file.is_file() else None


def extract_folder(home: Home, council: str, entity: str, extract_id: str) -> Path:
    """Where a landed extract lies."""
    return home.landing / safe_name(council, "council") / entity / extract_id


def rows_file(home: Home, manifest: Manifest) -> Path:
    """Where the rows of a landed extract lie."""
    folder = extract_folder(home, manifest.council, manifest.entity, manifest.rows_of or manifest.extract_id)
    return folder / "rows.parquet"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes manifest.json into the folder of an extract."""
    document: dict[str, Any] = asdict(manifest) | {"window": manifest.window}
    (folder / "manifest.json").write_text(json.dumps(document, indent=2, default=str), encoding="utf-8")


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A folder that appears under its final name whole, or not at all."""
    draft = draft_folder(final)
    try:
        yield draft
        os.rename(draft, final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def draft_folder(final: Path) -> Path:
    """A new, empty folder beside the final one, on which nobody looks."""
    draft = final.with_name(f".{final.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    return draft


def _read_manifest(path: Path) -> Manifest:
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["window"]
    document["extract_date"] = date.fromisoformat(document["extract_date"])
    document["missing_columns"] = tuple(document["missing_columns"])
    if document.get("drift") is not None:
        document["drift"] = tuple(Drift(**one) for one in document["drift"])
    document["fed_from"] = {column: tuple(names) for column, names in document.get("fed_from", {}).items()}
    return Manifest(**document)
