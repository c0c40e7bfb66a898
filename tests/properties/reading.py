"""Reads delivered files in plain Python: rows as they arrived, and cells as the values they stand for."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from redress.contract import Column, Entity

SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
BANDS = [("0-4", 4), ("5-9", 9), ("10-15", 15), ("16-17", 17), ("18", 18), ("19-24", 24), ("25-64", 64), ("65+", 109)]


@dataclass(frozen=True)
class Arrived:
    """One row of a delivered file; of a date of birth it knows what the door keeps."""

    key: str
    extract_id: str
    source_row: int
    cells: dict[str, str | None]
    birth: tuple[str | None, str] | None = None

    def is_copy_of(self, other: "Arrived") -> bool:
        return (self.cells, self.birth) == (other.cells, other.birth)

    @property
    def case_ref(self) -> str | None:
        return self.cells.get("case_ref")


def read(entity: Entity, content: bytes, extract_id: str, day: date) -> list[Arrived]:
    """The rows of a file that have anything in a column of the contract."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    header = [name.strip() for name in lines[0]]
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        found = dict(zip(header, line, strict=False))
        cells = {name: found[name] if found.get(name, "").strip(SPACES) else None for name in entity.columns}
        if any(found.get(name) for name in entity.columns):
            key = "|".join(_key_part(entity.columns[name], cells[name]) for name in entity.key)
            birth = _birth(cells, cells.pop("date_of_birth"), day) if "date_of_birth" in cells else None
            rows.append(Arrived(key, extract_id, number, cells, birth))
    return rows


def header_of(content: bytes) -> set[str]:
    """The names in the first row of a file."""
    first = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")), [])
    return {name.strip() for name in first} - {""}


def _birth(cells: dict[str, str | None], cell: str | None, day: date) -> tuple[str | None, str]:
    """The age band at receipt (the source's own where that cannot be told), and what is wrong with the birth date."""
    born, received = _date(cell or ""), _date(cells["received_date"] or "")
    if born is None:
        return cells["age_band"], "unparsable" if cell else "missing"
    if cells["gender"] == "unborn":
        return "unborn", "ok"
    band = cells["age_band"]
    if received and born <= received:
        age = received.year - born.year - ((received.month, received.day) < (born.month, born.day))
        band = next((name for name, oldest in BANDS if age <= oldest), band)
    else:
        age = 0
    if born > day:
        return band, "after_extract"
    if received and born > received:
        return band, "after_receipt"
    return band, "too_old" if age >= 110 else "ok"


def _key_part(column: Column, cell: str | None) -> str:
    value = typed(column, cell)
    return str(value) if value is not None else cell or ""


def typed(column: Column, cell: str | None) -> Any:
    """A cell as the value it stands for; None where it stands for none."""
    if cell is None:
        return None
    match column.type:
        case "date":
            return _date(cell)
        case "timestamp":
            return _timestamp(cell)
        case "integer":
            return int(cell) if re.fullmatch(r"-?[0-9]{1,18}", cell) else None
        case "decimal":
            is_one = re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", cell)
            return Decimal(cell).quantize(Decimal("0.01"), ROUND_HALF_UP) if is_one else None
        case "boolean":
            return {"true": True, "false": False}.get(cell.lower())
        case "list":
            return ";".join(item for part in cell.split(";") if (item := part.strip(SPACES))) or None
    return cell


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) else None
    except ValueError:
        return None


def _timestamp(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell).astimezone(UTC).replace(tzinfo=None) if "+" in cell or "Z" in cell else None
    except (ValueError, OverflowError):
        return None
