"""Invented cases, valid but wilful: answers around every limit, freezes, extensions, early and late requests."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from tests.oracle.records import STAND_IN, Row
from tests.oracle.working_days import Calendar

DAYS = (0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 14, 15, 16, 19, 20, 21, 24, 25, 26, 30, 31, 40, 64, 65, 66, 80)
SHORT = (0, 1, 2, 3, 4, 5, 9, 10, 11, 19, 20, 21)
OUTCOMES = ("upheld", "partially_upheld", "not_upheld", "no_finding", None)
ENDED_OTHERWISE = ("withdrawn", "disengaged", "resolved_on_the_spot", "not_accepted")


class Inventor:
    """Cases of one council up to its extract date, the same for the same seed."""

    def __init__(self, seed: int, as_at: date, calendar: Calendar) -> None:
        self.random = Random(seed)
        self.as_at = as_at
        self.calendar = calendar

    def records(self, number: int) -> dict[str, list[Row]]:
        """That many cases with their stages and freezes."""
        made: dict[str, list[Row]] = {"cases": [], "stages": [], "freezes": []}
        for count in range(number):
            case, stages, freezes = self._case(f"R{count:03d}")
            made["cases"].append(case)
            made["stages"] += stages
            made["freezes"] += freezes
        return made

    def _case(self, ref: str) -> tuple[Row, list[Row], list[Row]]:
        kinds = ("complaint", "corporate_complaint", *STAND_IN)
        kind = self.random.choices(kinds, weights=(75, 15, 3, 3, 4))[0]
        received = self.as_at - timedelta(days=self.random.randrange(0, 420))
        case: Row = {"case_ref": ref, "record_type": kind, "received_date": received}
        case["service_code"] = self.random.choice(("NEW", "NAME", "SPLIT", "LAST-DAY", "OLD", "UNHEARD-OF", None))
        stages = self._stages(case) if kind not in STAND_IN and self.random.random() < 0.95 else []
        freezes = [freeze for stage in stages for freeze in self._freezes(stage)]
        case["status"] = self._status(kind, stages, freezes)
        if case["status"] not in ("open", "frozen") and self.random.random() < 0.85:
            last = max([received, *(day for row in stages for day in _dates(row) if day <= self.as_at)])
            case["closed_date"] = self._after(last, SHORT) or last
        return case, stages, freezes

    def _stages(self, case: Row) -> list[Row]:
        rows: list[Row] = []
        asked: date | None = case["received_date"]
        while asked and len(rows) < 3:
            row = self._stage(case, len(rows) + 1, asked)
            rows.append(row)
            answer: date | None = row.get("responded_date")
            if self.random.random() < 0.4:
                break
            if answer:
                asked = self._after(answer, SHORT)
            elif self.random.random() < 0.3 and row["requested_date"] < self.as_at:
                asked = self._after(row["requested_date"], SHORT)
            else:
                asked = None
            if answer and answer > row["requested_date"] and self.random.random() < 0.15:
                asked = answer - timedelta(days=1)
            if asked and not (answer and asked >= answer):
                case["tags"] = "early_escalation"
        return rows

    def _stage(self, case: Row, stage: int, asked: date) -> Row:
        row: Row = {"case_ref": case["case_ref"], "stage": stage, "requested_date": asked}
        answer = self._after(asked, DAYS) if self.random.random() < 0.85 else None
        until = answer or self.as_at
        row["acknowledged_date"] = self._between(asked, until, SHORT[:6])
        row["extension_agreed_date"] = self._between(asked, until, (0, 9, 10, 11, 24, 25, 26))
        if stage == 2:
            row["statement_agreed_date"] = self._between(asked, until, SHORT)
            row["investigation_report_date"] = self._between(row["statement_agreed_date"] or asked, until, DAYS)
        if stage == 3:
            row |= self._panel(asked, until, planned=answer is None)
        if answer:
            row |= {"responded_date": answer, "outcome": self.random.choice(OUTCOMES)}
        elif self.random.random() < 0.15:
            row["outcome"] = "withdrawn"
        return row

    def _panel(self, asked: date, until: date, planned: bool) -> Row:
        met = self._between(asked, until, (10, 29, 30, 31, 40))
        if met:
            return {"panel_date": met, "panel_report_date": self._between(met, until, (0, 4, 5, 6))}
        return {"panel_date": self.as_at + timedelta(days=self.random.randrange(1, 40)) if planned else None}

    def _freezes(self, stage: Row) -> list[Row]:
        rows: list[Row] = []
        begin = self._after(stage["requested_date"], SHORT) if self.random.random() < 0.25 else None
        while begin and begin <= self.as_at and len(rows) < 2:
            end = self._after(begin, SHORT)
            if end is None and stage.get("responded_date"):
                break
            row = {"case_ref": stage["case_ref"], "stage": stage["stage"], "frozen_from": begin, "frozen_to": end}
            rows.append(row)
            begin = end + timedelta(days=self.random.randrange(1, 30)) if end else None
        return rows

    def _status(self, kind: str, stages: Sequence[Row], freezes: Sequence[Row]) -> str:
        if kind in STAND_IN:
            return self.random.choice(("concluded", "resolved_on_the_spot", "withdrawn"))
        if any(row["frozen_to"] is None for row in freezes):
            return "frozen"
        if not stages:
            return self.random.choice(ENDED_OTHERWISE)
        waiting = [row for row in stages if not row.get("responded_date")]
        if all(row.get("outcome") == "withdrawn" for row in waiting):
            return self.random.choice(("concluded", "concluded", "withdrawn" if waiting else "open"))
        return self.random.choice(("open", "open", *ENDED_OTHERWISE[:2]))

    def _after(self, day: date, numbers: Sequence[int]) -> date | None:
        """A working day some days on, or the day after it; None past the extract date."""
        due = self.calendar.due(day, self.random.choice(numbers))
        assert due is not None
        found = due + timedelta(days=self.random.random() < 0.2)
        return found if found <= self.as_at else None

    def _between(self, begin: date, until: date, numbers: Sequence[int]) -> date | None:
        found = self._after(begin, numbers)
        return found if found and found <= until and self.random.random() < 0.8 else None


def _dates(row: Row) -> list[date]:
    return [value for value in row.values() if isinstance(value, date)]
