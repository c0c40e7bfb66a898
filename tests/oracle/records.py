"""A council's records as the oracle reads them: each case with its stages and its freezes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.working_days import Calendar, Span

Row = dict[str, Any]

NOT_COUNTED = ("duplicate", "logged_in_error")
STILL_GOING = ("open", "frozen")
STAND_IN = ("compliment", "representation", "enquiry")


@dataclass(frozen=True)
class Rules:
    """What differs from council to council, and the day its records speak for."""

    as_at: date
    in_time_rule: str = "within_limit"
    stage2_clock_start: str = "request"
    stage2_clock_end: str = "response"
    acknowledgement_limit: int = 3
    corporate_limits: Mapping[str, int] | None = None
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True)
class Case:
    """One case and what hangs on it, null where a column is absent."""

    row: Row
    stages: dict[int, Row]
    freezes: dict[int, list[Span]]

    def get(self, column: str) -> Any:
        return self.row.get(column)

    @property
    def ref(self) -> str:
        return str(self.row["case_ref"])

    @property
    def is_going(self) -> bool:
        return self.row["status"] in STILL_GOING

    def date_of(self, stage: int, column: str) -> date | None:
        found: date | None = self.stages.get(stage, {}).get(column)
        return found

    def says_withdrawn(self, stage: int) -> bool:
        return self.stages[stage].get("outcome") == "withdrawn"

    def is_answered(self, stage: int) -> bool:
        """A date beside a withdrawal is the day of the withdrawal, not of an answer."""
        return self.date_of(stage, "responded_date") is not None and not self.says_withdrawn(stage)

    def answered(self) -> list[int]:
        return [stage for stage in sorted(self.stages) if self.is_answered(stage)]

    def unanswered(self) -> list[int]:
        return [stage for stage in sorted(self.stages) if not self.is_answered(stage)]

    def ended(self, as_at: date) -> date | None:
        """The day the case ended: closed_date, else its last answer, else its last recorded date."""
        if self.is_going:
            return None
        if closed := self.get("closed_date"):
            return date.fromisoformat(str(closed))
        if self.get("record_type") in STAND_IN:
            return date.fromisoformat(str(self.row["received_date"]))
        answers = [row["responded_date"] for row in self.stages.values() if row.get("responded_date")]
        rows = [self.row, *self.stages.values()]
        recorded = [value for row in rows for value in row.values() if type(value) is date and value <= as_at]
        last: date = max(answers or recorded)
        return last


def cases_of(records: Mapping[str, Sequence[Row]]) -> list[Case]:
    """The cases that are in facts, from rows by entity."""
    return [
        Case(
            row,
            {s["stage"]: s for s in records.get("stages", ()) if s["case_ref"] == row["case_ref"]},
            {
                stage: [
                    (f["frozen_from"], f.get("frozen_to"))
                    for f in records.get("freezes", ())
                    if f["case_ref"] == row["case_ref"] and f["stage"] == stage
                ]
                for stage in (1, 2, 3)
            },
        )
        for row in records["cases"]
        if row["status"] not in NOT_COUNTED
    ]
