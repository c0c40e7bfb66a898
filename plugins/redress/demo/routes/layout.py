"""How a council's system lays out the records it holds: its names for tables and columns, and its own words."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from redress.contract import load_contract
from redress.errors import RedressError

LAYOUTS = Path(__file__).parent / "layouts"

Row = dict[str, str]
Records = dict[str, list[Row]]
Writing = Mapping[str, Callable[[str], Any]]
"""By the contract's type (date, boolean, ...): how the system writes a value of it; as it stands otherwise."""


@dataclass(frozen=True)
class Table:
    """A table as the system shows it: a row of cells for each record, None for an empty cell."""

    headers: tuple[str, ...]
    rows: list[list[Any]]


@dataclass(frozen=True)
class Beside:
    """Cells of a case's row that hold one row of another entity: the row for which `row` holds."""

    entity: str
    row: Mapping[str, str]
    columns: Mapping[str, str]

    def find(self, rows: list[Row]) -> Row | None:
        """Takes the row it holds out of those of the case; None if the case has none."""
        found = next((row for row in rows if self.row.items() <= row.items()), None)
        if found is not None:
            rows.remove(found)
        return found


@dataclass(frozen=True)
class Layout:
    """A council's layout, as layouts/<council>.yml gives it.

    names: by entity, what its table is called. columns: by entity, the contract column that each header holds.
    words: by contract column, the council's own word for each value; "" is what it writes for a blank.
    beside: what stands in a case's row beside the case itself.
    """

    names: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    beside: tuple[Beside, ...] = ()

    def table(self, entity: str, rows: list[Row], writing: Writing) -> Table:
        """The rows of an entity under the council's headers, in its words.

        Raises RedressError if a filled column has no header, so that nothing is lost on the way.
        """
        columns = self.columns[entity]
        refuse_loss(entity, rows, set(columns.values()))
        cells = [[self.cell(entity, column, row[column], writing) for column in columns.values()] for row in rows]
        return Table(tuple(columns), cells)

    def cell(self, entity: str, column: str, value: str, writing: Writing) -> Any:
        """The cell for a value of a contract column.

        Raises RedressError for a value the council has no word for.
        """
        words = self.words.get(column, {})
        if value in words:
            return words[value]
        if not value:
            return None
        if words:
            raise RedressError(
                f"The demo has no word for a value of {entity}.{column}; add it to the council's layout."
            )
        return writing.get(load_contract().entities[entity].columns[column].type, str)(value)


@cache
def layout_of(council: str) -> Layout:
    """The layout of a council's system."""
    document = yaml.safe_load((LAYOUTS / f"{council}.yml").read_text(encoding="utf-8"))
    tables = document["tables"]
    return Layout(
        names={entity: table["name"] for entity, table in tables.items()},
        columns={entity: table["columns"] for entity, table in tables.items()},
        words=document["words"],
        beside=tuple(Beside(**one) for one in document.get("beside_the_case", ())),
    )


def refuse_loss(entity: str, rows: list[Row], carried: set[str]) -> None:
    """Raises RedressError if a column that the route does not carry is filled in any row."""
    lost = {column for row in rows for column, value in row.items() if value and column not in carried}
    if lost:
        raise RedressError(f"The demo's route leaves out {', '.join(sorted(lost))} of {entity}; give it a header.")


def read_records(folder: Path) -> Records:
    """The records of a council in contract form, by entity."""
    found = {}
    for entity in load_contract().entities:
        with (folder / f"{entity}.csv").open(encoding="utf-8", newline="") as file:
            found[entity] = list(csv.DictReader(file))
    return found


def by_case(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by the case they belong to."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["case_ref"], []).append(row)
    return found
