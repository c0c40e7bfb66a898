"""Exact values as people read them: four ways of rounding, none of them by floating point."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_up", "half_even", "truncate", "largest_remainder"]


def round_one(value: Fraction, decimals: int, rounding: Rounding) -> Decimal:
    """One value as shown. Halves go away from zero, to the even digit, or with all else towards zero.

    largest_remainder concerns the parts of a whole; a value alone is then rounded half up.
    """
    scaled = abs(value) * 10**decimals
    if rounding == "half_even":
        digits = round(scaled)
    elif rounding == "truncate":
        digits = int(scaled)
    else:
        digits = int(scaled + Fraction(1, 2))
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
