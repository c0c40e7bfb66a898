"""The same records in two nights: as they were known some weeks before, then what changed since."""

from dataclasses import dataclass
from datetime import date, timedelta

from redress.contract import load_contract
from tests.oracle.records import Row

Records = dict[str, list[Row]]

BETWEEN = timedelta(weeks=6)


@dataclass(frozen=True)
class Night:
    """What one load of a council brings: new and changed rows by entity, and the keys that are gone."""

    extract_date: date
    rows: Records
    deleted: Records


def two_nights(records: Records, gone: Records, as_at: date) -> tuple[Night, Night]:
    """A first night with the records as they then were and those since gone, a second that ends in the records."""
    first = as_at - BETWEEN
    before = {entity: [_known(row, first) for row in rows if _begun(row, first)] for entity, rows in records.items()}
    begun = {row["case_ref"] for row in before["cases"]}
    for entity in ("stages", "freezes"):
        before[entity] = [row for row in before[entity] if row["case_ref"] in begun]
    changed = {entity: [row for row in rows if row not in before[entity]] for entity, rows in records.items()}
    too_many = {entity: rows + gone[entity] for entity, rows in before.items()}
    deleted = {entity: [_key(entity, row) for row in rows] for entity, rows in gone.items()}
    return Night(first, too_many, {}), Night(as_at, changed, deleted)


def _key(entity: str, row: Row) -> Row:
    return {name: row[name] for name in load_contract().entities[entity].key}


def _begun(row: Row, day: date) -> bool:
    begin = row.get("frozen_from") or row.get("requested_date") or row.get("received_date")
    return begin is None or bool(begin <= day)


def _known(row: Row, day: date) -> Row:
    """The row without what happened later; a case with something to come was still open."""
    if "valid_from" in row:
        return row
    later = [name for name, value in row.items() if isinstance(value, date) and value > day and name != "panel_date"]
    known = {name: value for name, value in row.items() if name not in later}
    if "responded_date" in later:
        known.pop("outcome", None)
    if "closed_date" in later:
        known["status"] = "open"
    return known
