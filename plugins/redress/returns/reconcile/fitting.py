"""Which ways of rounding lead from counts to a printed percentage, and which counts lead to one."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod

from redress.returns.rounding import Rounding, round_one

METHODS: tuple[Rounding, ...] = ("half_up", "half_even", "truncate", "largest_remainder")
NAMES = {
    "half_up": "rounding half up",
    "half_even": "rounding half to even",
    "truncate": "truncation",
    "largest_remainder": "largest remainder",
}
MOST_SPLITS = 200_000
"""More ways to divide a base are not looked through; a table of so many shares is passed over."""


def decimals_of(printed: Decimal) -> int:
    """With how many decimals a value was printed."""
    exponent = printed.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def methods_for(value: Fraction, printed: Decimal) -> frozenset[Rounding]:
    """The ways of rounding that turn a value on its own into what was printed."""
    decimals = decimals_of(printed)
    return frozenset(method for method in METHODS if round_one(value, decimals, method) == printed)


def shares_fit(counts: Sequence[int], whole: int, printed: Sequence[Decimal]) -> bool:
    """Whether largest remainder gives all the printed shares; equal remainders may go to either."""
    if sum(counts) != whole or whole == 0:
        return False
    unit = Decimal(1).scaleb(-max(decimals_of(value) for value in printed))
    values = [Fraction(count * 100, whole) / Fraction(unit) for count in counts]
    raised = [int(shown / unit) - floor(value) for shown, value in zip(printed, values, strict=True)]
    up = [value - floor(value) for value, step in zip(values, raised, strict=True) if step == 1]
    down = [value - floor(value) for value, step in zip(values, raised, strict=True) if step == 0]
    adds_up = sum(printed) == 100 and len(up) + len(down) == len(printed)
    return adds_up and min(up, default=Fraction(1)) >= max(down, default=Fraction(0))


def counts_for(printed: Decimal, whole: int, method: Rounding) -> list[int]:
    """The counts out of a whole that are printed so.

    A share by largest remainder is its percentage rounded down or up, as the other shares have it.
    """
    decimals = decimals_of(printed)
    unit = Fraction(1, 10**decimals)
    exact = Fraction(printed)
    least = max(0, floor((exact - unit) * whole / 100))
    most = min(whole, ceil((exact + unit) * whole / 100))
    found = []
    for count in range(least, most + 1):
        share = Fraction(count * 100, whole)
        if method == "largest_remainder":
            down = round_one(share, decimals, "truncate")
            fits = printed == down or (printed - down == Decimal(1).scaleb(-decimals) and share != Fraction(down))
        else:
            fits = round_one(share, decimals, method) == printed
        if fits:
            found.append(count)
    return found


def rate_methods(printed: Decimal, whole: int) -> frozenset[Rounding]:
    """The ways of rounding by which some count out of a whole is printed so. A rate is no part of a whole: largest
    remainder then is half up."""
    return frozenset(
        method
        for method in METHODS
        if counts_for(printed, whole, "half_up" if method == "largest_remainder" else method)
    )


def split_methods(printed: Sequence[Decimal], whole: int) -> frozenset[Rounding] | None:
    """The ways of rounding by which some counts that add up to the whole are printed as these shares; None where
    there are too many to try."""
    fitting: set[Rounding] = set()
    for method in METHODS:
        candidates = [counts_for(value, whole, method) for value in printed]
        if method == "largest_remainder":
            if prod(map(len, candidates)) > MOST_SPLITS:
                return None
            if any(shares_fit(counts, whole, printed) for counts in product(*candidates)):
                fitting.add(method)
        elif all(candidates) and sum(map(min, candidates)) <= whole <= sum(map(max, candidates)):
            fitting.add(method)
    return frozenset(fitting)


def change_methods(before: int, now: int, printed: Decimal) -> frozenset[Rounding]:
    """The ways of rounding by which a change is printed as this percentage of the earlier count."""
    return methods_for(Fraction((now - before) * 100, before), printed) if before else frozenset()


def change_from_any(now: int, printed: Decimal) -> frozenset[Rounding]:
    """The ways of rounding by which a change to a count from some whole number is printed so."""
    unit = Fraction(1, 10 ** decimals_of(printed))
    ratios = [1 + (Fraction(printed) + step) / 100 for step in (unit, -unit)]
    if ratios[1] <= 0:
        return frozenset(METHODS)
    earlier = range(max(1, floor(now / ratios[0])), ceil(now / ratios[1]) + 1)
    return frozenset(method for before in earlier for method in change_methods(before, now, printed))
