"""A workbook's cells as the text a clerk would write for them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | bool | int | float | datetime | date | time | timedelta

_PRECISION = 15


def as_text(value: Cell) -> str:
    """The text of a cell: dates as ISO, with a time of day only where it is not midnight; numbers without exponent.

    A number has the 15 digits that Excel keeps, and no .0. Text stays as it is, leading zeros and all.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, datetime):
        return _date_and_time(value)
    if isinstance(value, timedelta):
        return _duration(value)
    return value.isoformat()


def _number(value: int | float) -> str:
    if float(value).is_integer():
        return str(int(value))
    return format(Decimal(format(value, f".{_PRECISION}g")), "f")


def _date_and_time(value: datetime) -> str:
    """Excel keeps a time as a fraction of a day, so that it is whole only to the nearest second."""
    whole = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == time() else whole.isoformat()


def _duration(value: timedelta) -> str:
    """Hours, minutes and seconds, the hours going on beyond a day."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
