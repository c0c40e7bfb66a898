"""The spans that figures cover: financial years and quarters, months, days, and the way from one to another."""

import calendar
import difflib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from redress.errors import UsageError

Kind = Literal["year", "quarter", "month", "day", "year_to_date", "season", "calendar_year"]

DAY = timedelta(days=1)
# Not calendar.month_name, which follows the machine's language.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SEASONS = {"Spring": 3, "Summer": 6, "Autumn": 9, "Winter": 12}
EXAMPLES = ("2017/18", "Q2 2018/19", "Q2 2018/19 to date", "October 2018", "31 March 2018")


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days, both included, named as reports name it."""

    start: date
    end: date
    kind: Kind

    @property
    def label(self) -> str:
        """2017/18, Q2 2018/19, October 2018, 31 March 2018 or Q2 2018/19 to date."""
        if self.kind == "year":
            return financial_year(self.start)
        if self.kind == "quarter":
            return _quarter_label(self.start)
        if self.kind == "year_to_date":
            return f"{_quarter_label(self.end)} to date"
        if self.kind == "month":
            return f"{MONTHS[self.start.month - 1]} {self.start.year}"
        if self.kind == "season":
            season = next(name for name, month in SEASONS.items() if month == self.start.month)
            return f"{season} {self.start.year}"
        if self.kind == "calendar_year":
            return str(self.start.year)
        return f"{self.start.day} {MONTHS[self.start.month - 1]} {self.start.year}"

    def __str__(self) -> str:
        return self.label

    def months_later(self, months: int) -> "Period":
        """The same span so many months later (earlier where negative); a month's last day stays a last day."""
        end = _add_months(self.end + DAY, months) - DAY
        return Period(end if self.kind == "day" else _add_months(self.start, months), end, self.kind)

    @property
    def previous(self) -> "Period":
        """The period of the same kind just before."""
        if self.kind == "day":
            return Period(self.start - DAY, self.end - DAY, "day")
        months = {"quarter": 3, "month": 1}.get(self.kind, 12)
        return self.months_later(-months)

    @property
    def last_day(self) -> "Period":
        """The day the period ends on, for figures as at a date."""
        return Period(self.end, self.end, "day")

    @property
    def year(self) -> "Period":
        """The financial year the period ends in."""
        start = date(self.end.year - (self.end.month < 4), 4, 1)
        return Period(start, _add_months(start, 12) - DAY, "year")

    @property
    def quarters(self) -> list["Period"]:
        """The quarters of its financial year, up to the period's end."""
        starts = [_add_months(self.year.start, months) for months in (0, 3, 6, 9)]
        return [Period(start, _add_months(start, 3) - DAY, "quarter") for start in starts if start <= self.end]

    def last_quarters(self, number: int) -> list["Period"]:
        """So many quarters up to the one the period ends in, whatever the year."""
        last = self.quarters[-1]
        return [last.months_later(-3 * back) for back in reversed(range(number))]

    @property
    def to_date(self) -> "Period":
        """From the start of its financial year to its end."""
        return Period(self.year.start, self.end, "year_to_date")


def parse_period(text: str) -> Period:
    """The period that a text names, `Q2 2018/19` for example.

    Raises UsageError with the nearest right form where the text names none.
    """
    found = _year(text) or _quarter(text) or _month(text) or _day(text) or _calendar_year(text)
    if found is None:
        near = difflib.get_close_matches(text, EXAMPLES, n=1, cutoff=0.0)
        raise UsageError(
            f"{text[:40]!r} is not a period; write a financial year as 2017/18, a quarter as Q2 2018/19, "
            f"a month as October 2018 or a day as 31 March 2018 (nearest: {near[0]})."
        )
    return found


def financial_year(day: date) -> str:
    """The financial year a day lies in, written 2017/18."""
    start = day.year - (day.month < 4)
    return f"{start}/{(start + 1) % 100:02d}"


def _year(text: str) -> Period | None:
    match = re.fullmatch(r"(\d{4})/(\d{2})", text.strip())
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        return None
    start = date(int(match[1]), 4, 1)
    return Period(start, _add_months(start, 12) - DAY, "year")


def _quarter(text: str) -> Period | None:
    match = re.fullmatch(r"[Qq]([1-4]) (\d{4}/\d{2})( to date)?", text.strip())
    year = _year(match[2]) if match else None
    if not match or year is None:
        return None
    start = _add_months(year.start, 3 * (int(match[1]) - 1))
    quarter = Period(start, _add_months(start, 3) - DAY, "quarter")
    return quarter.to_date if match[3] else quarter


def _month(text: str) -> Period | None:
    match = re.fullmatch(r"([A-Za-z]+) (\d{4})", text.strip())
    name = match[1].title() if match else ""
    if match and name in MONTHS:
        start = date(int(match[2]), MONTHS.index(name) + 1, 1)
        return Period(start, _add_months(start, 1) - DAY, "month")
    if match and name in SEASONS:
        start = date(int(match[2]), SEASONS[name], 1)
        return Period(start, _add_months(start, 3) - DAY, "season")
    return None


def _calendar_year(text: str) -> Period | None:
    if not re.fullmatch(r"\d{4}", text.strip()):
        return None
    start = date(int(text), 1, 1)
    return Period(start, _add_months(start, 12) - DAY, "calendar_year")


def _day(text: str) -> Period | None:
    match = re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) (\d{4})", text.strip())
    if not match or match[2].title() not in MONTHS:
        return None
    try:
        day = date(int(match[3]), MONTHS.index(match[2].title()) + 1, int(match[1]))
    except ValueError:
        return None
    return Period(day, day, "day")


def _quarter_label(day: date) -> str:
    return f"Q{((day.month - 4) % 12) // 3 + 1} {financial_year(day)}"


def _add_months(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, min(day.day, calendar.monthrange(month // 12, month % 12 + 1)[1]))
