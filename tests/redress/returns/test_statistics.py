"""Limits worked by hand, their refusals, and that chance is not called a signal."""

import itertools
from fractions import Fraction
from math import comb, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.returns.analysis.statistics import ControlChart, Funnel, TooFew, funnel, individuals, proportions


def limits(chart: ControlChart | TooFew) -> ControlChart:
    assert isinstance(chart, ControlChart), chart
    return chart


def points(plot: Funnel | TooFew) -> Funnel:
    assert isinstance(plot, Funnel), plot
    return plot


def test_individuals_limits_by_hand() -> None:
    # Mean 92 / 8 = 11.5; moving ranges 2, 4, 3, 3, 4, 2, 3 have the mean 21 / 7 = 3; 2.66 x 3 = 7.98.
    chart = limits(individuals([10, 12, 8, 11, 14, 10, 12, 15]))
    assert chart.centre == 11.5
    assert chart.upper == pytest.approx([11.5 + 7.98] * 8)
    assert chart.lower == pytest.approx([11.5 - 7.98] * 8)
    assert chart.signals == ()


def test_a_count_has_no_limit_below_nought() -> None:
    chart = limits(individuals([10, 0, 10, 0, 10, 0, 10, 0]))
    assert set(chart.lower) == {0.0}


def test_a_point_beyond_the_limits_is_named() -> None:
    # Mean 117 / 9 = 13; moving ranges 24, 24, 3 and five of 0: mean 51 / 8; upper limit 13 + 2.66 x 6.375 = 29.96.
    chart = limits(individuals([10, 10, 10, 10, 34, 10, 10, 10, 13]))
    (signal,) = chart.signals
    assert (signal.rule, signal.points) == ("beyond_limits", (4,))
    assert "Point 5 lies above the upper limit" in signal.text


def test_eight_points_on_one_side_are_a_shift_and_seven_are_not() -> None:
    low, high = [10, 11] * 4, [14, 15] * 4
    shifts = [signal.points for signal in limits(individuals(low + high)).signals if signal.rule == "shift"]
    assert shifts == [tuple(range(8)), tuple(range(8, 16))]
    assert not [one for one in limits(individuals(low[:7] + high[:7])).signals if one.rule == "shift"]


def test_a_point_on_the_mean_ends_a_run() -> None:
    # The mean is 12: four below, one on it, four below, eight above.
    values = [11, 11, 11, 11, 12, 11, 11, 11, 11, 13, 13, 13, 13, 13, 13, 13, 13]
    shifts = [signal.points for signal in limits(individuals(values)).signals if signal.rule == "shift"]
    assert shifts == [tuple(range(9, 17))]


def test_p_chart_limits_follow_each_periods_cases() -> None:
    # p = 200 / 400 = 0.5: 3 x sqrt(0.25 / 25) = 0.3 for 25 cases, 3 x sqrt(0.25 / 100) = 0.15 for 100.
    counts = [(12, 25), (13, 25), (12, 25), (13, 25), (50, 100), (50, 100), (25, 50), (25, 50)]
    chart = limits(proportions(counts))
    assert chart.centre == 0.5
    assert chart.upper[0] == pytest.approx(0.8)
    assert chart.lower[4] == pytest.approx(0.35)
    assert chart.upper[6] == pytest.approx(0.5 + 3 * sqrt(0.25 / 50))
    assert chart.values[0] == pytest.approx(0.48)
    assert chart.signals == ()


def test_p_chart_signals_lie_beyond_their_own_limits() -> None:
    # p = 0.5, limits for 36 cases 0.25 and 0.75 exactly: 27 of 36 is on the limit, 28 beyond it.
    even = [(18, 36)] * 8
    on, beyond = [*even, (27, 36), (9, 36)], [*even, (28, 36), (8, 36)]
    assert limits(proportions(on)).signals == ()
    assert [signal.points for signal in limits(proportions(beyond)).signals] == [(8,), (9,)]


@pytest.mark.parametrize(
    ("chart", "reason"),
    [
        (individuals([20] * 7), "7 periods; 8 are needed"),
        (individuals([4] * 12), "4.0 cases a period on average, fewer than 5"),
        (proportions([(10, 20)] * 7), "7 periods; 8 are needed"),
        (proportions([(10, 20)] * 8 + [(0, 0)]), "a period had no cases"),
        (proportions([(10, 20)] * 8 + [(1, 2)]), "the smallest period has 2 cases"),
        (funnel([(5, 10)] * 4 + [(2, 4)]), "4 services have 5 or more cases; 5 are needed"),
        (funnel([(0, 10), (1, 10), (0, 10), (1, 10), (1, 10)]), "3 of 50 cases"),
        (funnel([]), "0 services have 5 or more cases"),
    ],
)
def test_too_few_numbers_get_a_reason_instead_of_limits(chart: object, reason: str) -> None:
    assert isinstance(chart, TooFew)
    assert reason in chart.reason


def chance_of_at_most(count: int, cases: int, rate: float) -> float:
    """The binomial distribution, from its definition."""
    return sum(comb(cases, k) * rate**k * (1 - rate) ** (cases - k) for k in range(count + 1))


@settings(deadline=None)  # the first call loads scipy
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)).map(sorted), min_size=5, max_size=9))
def test_funnel_calls_outside_what_chance_seldom_does(counts: list[list[int]]) -> None:
    plot = funnel([(numerator, denominator) for numerator, denominator in counts])
    if isinstance(plot, TooFew):
        return
    for point in plot.points:
        low = chance_of_at_most(point.numerator, point.denominator, plot.centre)
        high = 1 - chance_of_at_most(point.numerator - 1, point.denominator, plot.centre)
        tail = min(low, high)
        expected = None if tail > 0.025 or point.denominator < 5 else "95" if tail > 0.001 else "99.8"
        if min(abs(tail - 0.025), abs(tail - 0.001)) > 1e-9:
            assert point.outside == expected


def test_funnel_narrows_with_cases_and_keeps_the_order_given() -> None:
    plot = points(funnel([(5, 10), (10, 20), (60, 100), (20, 40), (2, 8), (1, 4)]))
    assert [point.denominator for point in plot.points] == [10, 20, 100, 40, 8, 4]
    first, last = plot.curve[9], plot.curve[-1]
    assert last.denominator == 100
    assert last.upper95 - last.lower95 < first.upper95 - first.lower95
    assert all(one.lower998 <= one.lower95 <= one.upper95 <= one.upper998 for one in plot.curve)


def test_a_service_of_few_cases_is_never_called_outside() -> None:
    counts = [(50, 100)] * 5 + [(4, 4)]
    rates = [(95, 100)] * 5 + [(0, 4)]
    for given_counts in (counts, rates):
        assert points(funnel(given_counts)).points[-1].outside is None


@given(st.lists(st.integers(0, 200), min_size=8, max_size=30))
def test_individuals_signals_are_beyond_the_exact_limits(values: list[int]) -> None:
    chart = individuals(values)
    if isinstance(chart, TooFew):
        assert sum(values) < 5 * len(values)
        return
    mean = Fraction(sum(values), len(values))
    ranges = [abs(after - before) for before, after in itertools.pairwise(values)]
    width = Fraction(266, 100) * Fraction(sum(ranges), len(ranges))
    beyond = tuple(place for place, value in enumerate(values) if abs(value - mean) > width)
    assert tuple(signal.points[0] for signal in chart.signals if signal.rule == "beyond_limits") == beyond
