"""Working days of England by counting days one at a time (domain.md, section 3)."""

from collections.abc import Iterable
from datetime import date, timedelta

from holidays import country_holidays

DAY = timedelta(days=1)
BANK_HOLIDAYS = frozenset(country_holidays("GB", subdiv="ENG", years=range(2000, 2031)))

Span = tuple[date, date | None]


class Calendar:
    """The days on which a council's clocks run."""

    def __init__(self, closure_days: Iterable[date] = ()) -> None:
        self.closed = BANK_HOLIDAYS | frozenset(closure_days)

    def counts(self, day: date, frozen: Iterable[Span] = ()) -> bool:
        """Is it a working day outside every freeze (frozen_from <= day < frozen_to)?"""
        if day.weekday() >= 5 or day in self.closed:
            return False
        return not any(begin <= day and (end is None or day < end) for begin, end in frozen)

    def elapsed(self, start: date, end: date, frozen: Iterable[Span] = ()) -> int:
        """Working days in (start, end]; 0 where the end is not after the start."""
        days, day = 0, start
        while day < end:
            day += DAY
            days += self.counts(day, frozen)
        return days

    def due(self, start: date, number: int, frozen: Iterable[Span] = ()) -> date | None:
        """The working day after start that has this number; none while a freeze without an end holds it up."""
        day = start
        while number:
            day += DAY
            if any(begin <= day and end is None for begin, end in frozen):
                return None
            number -= self.counts(day, frozen)
        return day
