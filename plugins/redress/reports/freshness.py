"""How old what each source last gave is, beside what settings.yml promises (delivered_every)."""

from typing import Any

from redress.contract import load_contract
from redress.councils import Council
from redress.errors import RedressError
from redress.reports.reading import Reading


def freshness(reading: Reading) -> list[dict[str, Any]]:
    """The rows of freshness.sql, by council and in the order of the contract.

    state: in_time, late, never (promised and never delivered) or no_promise. A council whose settings cannot be read
    promises nothing here; its load says why they cannot.
    """
    _table(reading, "entities", "entity varchar, position integer", list(_entities().items()))
    _table(reading, "promised", "council varchar, entity varchar, days integer", _promised(reading))
    _table(reading, "asked", "council varchar", [(name,) for name, one in reading.councils.items() if _is_asked(one)])
    return reading.query("freshness")


def _entities() -> dict[str, int]:
    return {name: position for position, name in enumerate(load_contract().entities)}


def _promised(reading: Reading) -> list[tuple[Any, ...]]:
    return [
        (name, entity, days)
        for name, council in reading.councils.items()
        for entity, days in _settings_of(council).items()
    ]


def _settings_of(council: Council) -> dict[str, int]:
    try:
        return council.settings.delivered_every
    except RedressError:
        return {}


def _is_asked(council: Council) -> bool:
    """Whether its source answers each time it is asked; files lie there until somebody puts others."""
    try:
        return council.source.kind != "files"
    except RedressError:
        return False


def _table(reading: Reading, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    reading.con.execute(f"create or replace temp table {name} ({columns})")
    if rows:
        reading.con.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
