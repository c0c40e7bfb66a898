"""Collects a council's rows, entity by entity, and writes them as CSV files in contract form."""

import csv
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from redress.contract import load_contract
from redress.demo.population import Case
from redress.demo.published import Period, Published, read_data
from redress.demo.working_days import WorkingDays
from redress.errors import RedressError

Row = dict[str, Any]

LONDON = ZoneInfo("Europe/London")
END_OF_DAY = time(17, 30)
WEEKEND_SHARE = 0.15
NON_WORKING_ANSWER_SHARE = 0.05
TRIES = 20_000


class Book:
    """The rows of one council in the making, with the chance and the calendar they are made by."""

    def __init__(self, council: str, prefix: str, seed: int) -> None:
        self.council = council
        self.prefix = prefix
        self.rng = Random(f"{council} {seed}")
        self.calendar = WorkingDays()
        self.published = Published(council)
        self.rows: dict[str, list[Row]] = {entity: [] for entity in load_contract().entities}
        self._numbers: Counter[str] = Counter()
        self._cases: dict[str, Row] = {}

    def number(self, kind: str) -> str:
        """The next reference of a kind: HAR-C-000001."""
        self._numbers[kind] += 1
        return f"{self.prefix}-{kind}-{self._numbers[kind]:06d}"

    def add(self, entity: str, **columns: Any) -> Row:
        """Adds a row; columns that are not in the contract are an error of the recipe."""
        unknown = columns.keys() - load_contract().entities[entity].columns.keys()
        if unknown:
            raise RedressError(f"{entity} has no column {', '.join(sorted(unknown))}; correct the recipe.")
        self.rows[entity].append(columns)
        return columns

    def case(self, case: Case) -> str:
        """Adds the case row of a dealt case, under a new reference which the case remembers."""
        case["case_ref"] = self.number("C")
        columns = load_contract().entities["cases"].columns
        row = self.add("cases", **{column: case[column] for column in columns if column in case})
        self._cases[case["case_ref"]] = row
        return str(case["case_ref"])

    def case_row(self, case_ref: str) -> Row:
        return self._cases[case_ref]

    def cause(self, case_ref: str, stage: int, cause: str, finding: str | None = None) -> None:
        """Adds the next point of a case and stage; the first one is the main one."""
        self._numbers[f"cause {case_ref} {stage}"] += 1
        element = self._numbers[f"cause {case_ref} {stage}"]
        self.add(
            "causes",
            case_ref=case_ref,
            stage=stage,
            element=element,
            cause=cause,
            is_main=element == 1,
            finding=finding,
        )

    def services(self) -> None:
        """The service structure of services.csv."""
        for row in read_data("services"):
            if row["council"] == self.council:
                self.add("services", **{column: value for column, value in row.items() if column != "council"})

    def activity(self) -> None:
        """The context figures of context.csv."""
        for row in self.published.context():
            self.add("activity", **row)

    def day(self, period: Period) -> date:
        """A day of receipt: mostly a working day, now and then one at a weekend or a holiday."""
        length = (period.last - period.first).days + 1
        while True:
            day = period.first + timedelta(days=self.rng.randrange(length))
            if self.calendar.is_working(day) or self.rng.random() < WEEKEND_SHARE:
                return day

    def answer_day(self, received: date, days: int) -> date:
        """The day of an answer that takes so many working days; at times the free day right after it."""
        answered = self.calendar.after(received, days)
        following = answered + timedelta(days=1)
        if days and not self.calendar.is_working(following) and self.rng.random() < NON_WORKING_ANSWER_SHARE:
            return following
        return answered

    def received_and_answered(self, received: Period, days: int, answered: Period) -> tuple[date, date]:
        """Days of receipt and answer, each in its period, so many working days apart.

        Raises RedressError if none are found.
        """
        for _ in range(TRIES):
            start = self.day(received)
            end = self.answer_day(start, days)
            if answered.first <= end <= answered.last:
                return start, end
        raise RedressError(
            f"No day in {received.first} to {received.last} is answered after {days} working days in "
            f"{answered.first} to {answered.last}; correct the recipe of {self.council}."
        )

    def write(self, folder: Path) -> None:
        """Writes one CSV file an entity, empty ones with their header."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, entity in load_contract().entities.items():
            rows = self.rows[name]
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(entity.columns)
                for row in rows:
                    stamped = row | ({"updated_at": _last_change(row)} if "updated_at" in entity.columns else {})
                    writer.writerow([_text(stamped.get(column)) for column in entity.columns])


def _last_change(row: Row) -> datetime:
    """The evening of the latest day in the row, birth and plans aside."""
    days = [value for name, value in row.items() if isinstance(value, date) and name != "date_of_birth"]
    return datetime.combine(max(days), END_OF_DAY, tzinfo=LONDON)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ";".join(value)
    return str(value)
