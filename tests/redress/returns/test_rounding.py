"""Rounding: the four ways, with the examples that councils printed."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redress.returns.rounding import Rounding, round_one, round_shares


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounding", "shown"),
    [
        (7, 56, "half_up", "13"),
        (7, 56, "half_even", "12"),
        (7, 56, "truncate", "12"),
        (7, 54, "truncate", "12"),
        (2, 135, "half_up", "1"),
        (1, 8, "half_up", "13"),
        (-1, 8, "half_up", "-13"),
        (-1, 8, "truncate", "-12"),
        (3, 8, "half_even", "38"),
        (0, 5, "half_up", "0"),
    ],
)
def test_a_percentage_is_rounded_the_way_it_was_asked_for(
    numerator: int, denominator: int, rounding: Rounding, shown: str
) -> None:
    assert round_one(Fraction(numerator, denominator) * 100, 0, rounding) == Decimal(shown)


def test_harrows_table_2_adds_to_100_by_largest_remainder_and_by_no_other_way() -> None:
    year = [Fraction(count * 100, 135) for count in (72, 54, 7, 0, 2)]
    assert round_shares(year, 0) == [Decimal(n) for n in (53, 40, 5, 0, 2)]
    assert sum(round_one(share, 0, "half_up") for share in year) == 99


PARTS = st.lists(st.integers(min_value=0, max_value=500), min_size=1, max_size=12).filter(any)


@given(PARTS, st.integers(min_value=0, max_value=2))
def test_shares_of_a_whole_add_to_exactly_100_and_none_is_a_whole_unit_off(parts: list[int], decimals: int) -> None:
    shares = [Fraction(part * 100, sum(parts)) for part in parts]
    rounded = round_shares(shares, decimals)
    assert sum(rounded) == 100
    for share, shown in zip(shares, rounded, strict=True):
        assert abs(Fraction(shown) - share) < Fraction(1, 10**decimals)
        assert not (share == 0 and shown != 0)


@given(PARTS)
def test_a_larger_part_is_never_shown_as_smaller(parts: list[int]) -> None:
    shares = [Fraction(part * 100, sum(parts)) for part in parts]
    rounded = round_shares(shares, 0)
    ordered = sorted(zip(shares, rounded, strict=True))
    assert all(one[1] <= two[1] or one[0] == two[0] for one, two in itertools.pairwise(ordered))


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(min_value=0, max_value=3))
def test_rounding_is_the_same_distance_both_sides_of_zero(value: Fraction, decimals: int) -> None:
    for rounding in ("half_up", "half_even", "truncate"):
        assert round_one(-value, decimals, rounding) == -round_one(value, decimals, rounding)
        assert abs(Fraction(round_one(value, decimals, rounding)) - value) < Fraction(1, 10**decimals)
