"""When drafts of returns are due: so many working days after the end of a financial year or quarter.

Working days are counted with the bank holidays of England, not with a council's own closure days.
"""

import csv
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

import yaml

from redress.airflow_home import LONDON
from redress.councils import Council, load_councils
from redress.errors import UsageError
from redress.paths import BANK_HOLIDAYS
from redress.returns.periods import Period, parse_period

Kind = Literal["annual", "quarterly"]

DRAFTED_AT = time(7, tzinfo=LONDON)
"""After the night's load, before the office opens."""

MONTHS: dict[Kind, int] = {"annual": 12, "quarterly": 3}
NOT_SAID = 20
"""The days after which a draft is built where the return does not say (`working_days_after`)."""

DAY = timedelta(days=1)
SATURDAY = 5


@cache
def bank_holidays() -> frozenset[date]:
    """The bank holidays that are known, from the seed of the warehouse's calendar."""
    with BANK_HOLIDAYS.open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["holiday_date"]) for row in csv.DictReader(file))


def is_known(day: date) -> bool:
    """Whether the bank holidays of the day's year are known."""
    return min(bank_holidays()).year <= day.year <= max(bank_holidays()).year


def working_day_after(day: date, number: int) -> date:
    """The so-manyth working day after a day; the next day, working or not, for none."""
    if number == 0:
        return day + DAY
    while number:
        day += DAY
        number -= day.weekday() < SATURDAY and day not in bank_holidays()
    return day


def due(period: Period, number: int) -> datetime:
    """When the draft of a period is due: at 7 in the morning, London time."""
    return datetime.combine(working_day_after(period.end, number), DRAFTED_AT)


def last_period_due(kind: Kind, number: int, moment: datetime) -> Period:
    """The latest period whose draft was due by the moment."""
    day = moment.astimezone(LONDON).date()
    period = _period_of(kind, day)
    while due(period, number) > moment:
        period = period.months_later(-MONTHS[kind])
    return period


def last_due(kind: Kind, numbers: Collection[int], moment: datetime) -> datetime | None:
    """When drafts were due last, at the moment or before it; None where none ever are."""
    return max((due(last_period_due(kind, number, moment), number) for number in numbers), default=None)


def next_due(kind: Kind, numbers: Collection[int], moment: datetime) -> datetime | None:
    """When drafts are due next, after the moment; None where none are or the bank holidays are not known so far."""
    periods = {number: last_period_due(kind, number, moment).months_later(MONTHS[kind]) for number in numbers}
    found = min((due(period, number) for number, period in periods.items()), default=None)
    return found if found is not None and is_known(found.date()) else None


def next_run(
    kind: Kind,
    numbers: Collection[int],
    now: datetime,
    last_ended: datetime | None = None,
    earliest: datetime | None = None,
    catches_up: bool = False,
) -> tuple[datetime, datetime] | None:
    """The interval of the next run: from the end of the run before to the moment drafts are due.

    Whatever falls due in the interval is to be drafted. Without catching up, a run that was missed is made up for
    once, by one that reaches over all that was missed; before the first run nothing was. None where no run is to come.
    """
    since = last_ended or (earliest if catches_up and earliest else now)
    found = next_due(kind, numbers, since)
    if found is None:
        return None
    if last_ended is not None and not catches_up:
        found = max(found, last_due(kind, numbers, now) or found)
    start = last_ended or last_due(kind, numbers, found - timedelta(seconds=1)) or found
    return start, found


def days_after(kind: Kind) -> dict[str, int]:
    """The councils that have such a return, each with the working days after which its draft is due."""
    return {
        name: _days_after(council, kind)
        for name, council in load_councils().items()
        if (council.folder / "returns" / f"{kind}.yml").exists()
    }


def drafts_due(kind: Kind, after: datetime, until: datetime, councils: Iterable[str] = ()) -> list[dict[str, str]]:
    """The drafts that fell due after one moment and until another: council and period, the latest for each.

    Raises UsageError for a council that has no such return.
    """
    chosen = _chosen(kind, councils)
    periods = {name: last_period_due(kind, number, until) for name, number in chosen.items()}
    return [
        {"council": name, "period": period.label}
        for name, period in periods.items()
        if due(period, chosen[name]) > after
    ]


def drafts_of(kind: Kind, period: str, councils: Iterable[str] = ()) -> list[dict[str, str]]:
    """The drafts of a period that somebody names, due or not.

    Raises UsageError for what is no period and for a council that has no such return.
    """
    label = parse_period(period).label
    return [{"council": name, "period": label} for name in _chosen(kind, councils)]


def _chosen(kind: Kind, councils: Iterable[str]) -> dict[str, int]:
    known = days_after(kind)
    chosen = list(councils) or list(known)
    for name in chosen:
        if name not in known:
            raise UsageError(
                f"There is no {kind} return of {name[:40]!r} (known: {', '.join(known) or 'none'}); "
                f"name one of these or write councils/{name[:40]}/returns/{kind}.yml."
            )
    return {name: known[name] for name in chosen}


def _days_after(council: Council, kind: Kind) -> int:
    """What the return says; a file that cannot be read is for the build to complain of, not for the timetable."""
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load((council.folder / "returns" / f"{kind}.yml").read_text(encoding="utf-8"), loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return NOT_SAID
    number = content.get("working_days_after") if isinstance(content, dict) else None
    return number if isinstance(number, int) and number >= 0 else NOT_SAID


def _period_of(kind: Kind, day: date) -> Period:
    alone = Period(day, day, "day")
    return alone.year if kind == "annual" else alone.quarters[-1]
