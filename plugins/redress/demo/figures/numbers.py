"""Periods as printed, and the four ways in which councils round."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from redress.errors import RedressError

Rounding = Literal["half_up", "half_even", "truncate", "largest_remainder"]

# Not calendar.month_name, which follows the machine's language.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAY = timedelta(days=1)


def bounds(period: str) -> tuple[date, date]:
    """First and last day of a period: 2017/18, Q2 2018/19, 31 March 2018, September 2018, autumn 2018, 2011.

    Raises RedressError for any other wording.
    """
    if match := re.fullmatch(r"(?:Q([1-4]) )?(\d{4})/\d{2}", period):
        quarter, year = match.groups()
        start = add_months(date(int(year), 4, 1), 3 * (int(quarter) - 1) if quarter else 0)
        return start, add_months(start, 3 if quarter else 12) - DAY
    if match := re.fullmatch(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})", period):
        day = date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
        return day, day
    if (match := re.fullmatch(r"([A-Z][a-z]+) (\d{4})", period)) and match[1] in MONTHS:
        start = date(int(match[2]), MONTHS.index(match[1]) + 1, 1)
        return start, add_months(start, 1) - DAY
    if match := re.fullmatch(r"autumn (\d{4})", period):
        return date(int(match[1]), 9, 1), date(int(match[1]), 11, 30)
    if match := re.fullmatch(r"(\d{4})(?: census)?", period):
        return date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)
    raise RedressError(f"The period {period!r} in published_figures.csv is not understood; correct the row.")


def add_months(first_of_month: date, months: int) -> date:
    """The first day of the month so many months later (earlier where negative)."""
    month = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def months_before(period: tuple[date, date], months: int) -> tuple[date, date]:
    """The same span of whole months, so many months earlier."""
    return add_months(period[0], -months), add_months(period[1] + DAY, -months) - DAY


def round_one(value: Fraction, decimals: int, rounding: Rounding) -> Decimal:
    """One value as shown. Halves go away from zero, to the even digit, or with all else towards zero."""
    scaled = abs(value) * 10**decimals
    digits = {
        "half_up": int(scaled + Fraction(1, 2)),
        "half_even": round(scaled),
        "truncate": int(scaled),
    }[rounding]
    return Decimal(-digits if value < 0 else digits).scaleb(-decimals)


def round_shares(values: Sequence[Fraction], decimals: int) -> list[Decimal]:
    """Shares of one whole as shown, so that they add up to what their sum is shown as.

    What truncation leaves over goes to the largest remainders; of equal ones to the larger share, then the first.
    """
    scaled = [value * 10**decimals for value in values]
    digits = [int(value) for value in scaled]
    left_over = int(sum(scaled, Fraction(1, 2))) - sum(digits)
    order = sorted(range(len(scaled)), key=lambda part: (digits[part] - scaled[part], -scaled[part]))
    for part in order[:left_over]:
        digits[part] += 1
    return [Decimal(digit).scaleb(-decimals) for digit in digits]
