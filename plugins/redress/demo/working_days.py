"""Counts working days for made-up dates, with the bank holidays of the warehouse's own seed."""

import csv
from datetime import date
from pathlib import Path

import numpy as np

from redress.paths import BANK_HOLIDAYS


class WorkingDays:
    """Monday to Friday without the bank holidays of England."""

    def __init__(self, holidays: Path = BANK_HOLIDAYS) -> None:
        with holidays.open(encoding="utf-8", newline="") as file:
            self.holidays = {
                date.fromisoformat(row["holiday_date"]): row["holiday_name"] for row in csv.DictReader(file)
            }
        days = np.array(list(self.holidays), dtype="datetime64[D]")
        self._calendar = np.busdaycalendar(holidays=days)

    def is_working(self, day: date) -> bool:
        return bool(np.is_busday(np.datetime64(day), busdaycal=self._calendar))

    def after(self, day: date, number: int) -> date:
        """The day on which so many working days have elapsed; the day itself for none.

        Counted from the working day before where the start is not one, so that Monday is
        always day 1 of what arrived on Saturday.
        """
        if number == 0:
            return day
        offset = np.busday_offset(np.datetime64(day), number, roll="backward", busdaycal=self._calendar)
        found: date = offset.astype(object)
        return found

    def elapsed(self, start: date, end: date) -> int:
        """Working days in (start, end]."""
        one = np.timedelta64(1, "D")
        return int(np.busday_count(np.datetime64(start) + one, np.datetime64(end) + one, busdaycal=self._calendar))
