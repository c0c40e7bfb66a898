"""One council's drop as text, with the faults seeded into it and the answer key they make."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from redress.contract import load_contract

KEY_COLUMNS = ("rule", "entity", "record_key", "column_name", "description")
HANGING_ON_A_CASE = ("stages", "freezes", "causes", "resolutions", "actions", "payments", "ombudsman")
HANGING_ON_A_STAGE = ("causes", "freezes")

Row = dict[str, str]
Condition = Callable[[Row], bool]


class NothingLeft(Exception):
    """No row is left that this kind of fault can be seeded into."""


class Drop:
    """One council's files as text, the faults seeded so far and the cases they have touched.

    A case bears one fault at most, so that no fault changes what another one triggers.
    """

    def __init__(self, folder: Path, rng: Random) -> None:
        self.folder = folder
        self.rng = rng
        self.rows = {entity: read_rows(folder / f"{entity}.csv") for entity in load_contract().entities}
        self.answers: list[Row] = []
        self.touched: set[str] = set()
        self._number = 900_000

    def pick(self, entity: str, condition: Condition) -> Row:
        """A row at random whose case no fault has touched yet, and which now counts as touched.

        Raises NothingLeft if there is none.
        """
        found = [row for row in self.rows[entity] if owner(row) not in self.touched and condition(row)]
        if not found:
            raise NothingLeft
        row = self.rng.choice(found)
        self.touched.add(owner(row))
        return row

    def case(self, row: Row) -> Row:
        """The case a row belongs to."""
        return next(case for case in self.rows["cases"] if case["case_ref"] == row["case_ref"])

    def of_case(self, entity: str, row: Row) -> list[Row]:
        """The rows of an entity that belong to the same case."""
        return [other for other in self.rows[entity] if other["case_ref"] == row["case_ref"]]

    def add(self, entity: str, row: Row) -> Row:
        """Appends a row; columns not given are empty."""
        whole = {column: row.get(column, "") for column in load_contract().entities[entity].columns}
        self.rows[entity].append(whole)
        return whole

    def new_reference(self, example: str) -> str:
        """A reference like the example that no row has."""
        self._number += 1
        return f"{example[:6]}{self._number}"

    def expect(self, rule: str, entity: str, row: Row, column: str, description: str) -> None:
        """Notes in the answer key that this rule must find this row."""
        key = "|".join(row[column_name] for column_name in load_contract().entities[entity].key)
        self.answers.append(dict(zip(KEY_COLUMNS, (rule, entity, key, column, description), strict=True)))

    def expect_held_with_case(self, case: Row) -> None:
        """Notes that everything of a case held in quarantine waits with it."""
        for entity in HANGING_ON_A_CASE:
            for row in self.of_case(entity, case):
                self.expect("R02", entity, row, "case_ref", "its case is held in quarantine")

    def expect_held_with_stage(self, stage: Row) -> None:
        """Notes that causes and freezes of a stage held in quarantine wait with it."""
        for entity in HANGING_ON_A_STAGE:
            for row in self.of_case(entity, stage):
                if row["stage"] == stage["stage"]:
                    self.expect("R02", entity, row, "case_ref", "its stage is held in quarantine")

    def write(self) -> None:
        """Writes the entities back, and answer_key.csv beside them."""
        for entity, rows in self.rows.items():
            write_rows(self.folder / f"{entity}.csv", tuple(load_contract().entities[entity].columns), rows)
        write_rows(self.folder / "answer_key.csv", KEY_COLUMNS, self.answers)


def owner(row: Row) -> str:
    """What a row belongs to: its case, or itself where it has none."""
    return row.get("case_ref") or row.get("ombudsman_ref") or row.get("action_ref") or ""


def shift(day: str, days: int) -> str:
    """An ISO date so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Writes rows with these columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
