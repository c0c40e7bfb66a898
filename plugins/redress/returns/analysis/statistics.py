"""Limits that tell a change from chance: run charts, p-charts and funnel plots, or the reason why there are none.

Sources: Wheeler, Understanding Variation (individuals charts); Montgomery, Introduction to Statistical Quality
Control (p-charts); Spiegelhalter, Funnel plots for comparing institutional performance (2005).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Literal

MINIMUM_POINTS = 8
"""Fewer periods than a shift is long show no more than a guess."""

MINIMUM_CASES = 5
"""No trend and no outlier is claimed from fewer cases."""

MINIMUM_SERVICES = 5
"""Of fewer services one alone makes most of the average it is compared with."""

SHIFT = 8
INDIVIDUALS_FACTOR = Fraction(266, 100)
"""3 standard deviations in mean moving ranges of two: 3 / 1.128."""

P_CHART_FACTOR = 3
TAIL_95, TAIL_998 = 0.025, 0.001
LONGEST_CURVE = 400

Rule = Literal["beyond_limits", "shift"]


@dataclass(frozen=True)
class TooFew:
    """Why no limits are drawn: a sentence to print under the plain chart."""

    reason: str


@dataclass(frozen=True)
class Signal:
    """What chance alone would seldom do: the rule, the positions of the points and a sentence."""

    rule: Rule
    points: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class ControlChart:
    """Values in the order of time with their mean and limits. Proportions are 0 to 1; limits are one a point."""

    kind: Literal["individuals", "proportions"]
    values: tuple[float, ...]
    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class FunnelLimit:
    """Between which proportions chance alone keeps a service of so many cases, 95 and 99.8 times in 100."""

    denominator: int
    lower95: float
    upper95: float
    lower998: float
    upper998: float


@dataclass(frozen=True)
class FunnelPoint(FunnelLimit):
    """A service on the funnel; outside names the limits it lies beyond, if any."""

    numerator: int
    outside: Literal["95", "99.8"] | None

    @property
    def proportion(self) -> float:
        """0 to 1."""
        return self.numerator / self.denominator


@dataclass(frozen=True)
class Funnel:
    """Services in the order given, around the proportion of all together; curve draws the limits."""

    centre: float
    points: tuple[FunnelPoint, ...]
    curve: tuple[FunnelLimit, ...]


def individuals(values: Sequence[int | Fraction]) -> ControlChart | TooFew:
    """Individuals (XmR) chart of counts: the mean, and 2.66 mean moving ranges to either side.

    A lower limit under 0 is drawn at 0, which no count can pass.
    """
    if len(values) < MINIMUM_POINTS:
        return _too_few_points(len(values))
    exact = [Fraction(value) for value in values]
    centre = sum(exact, Fraction(0)) / len(exact)
    if centre < MINIMUM_CASES:
        return TooFew(
            f"No limits are drawn: with {float(centre):.1f} cases a period on average, fewer than {MINIMUM_CASES}, "
            "chance explains most of what can be seen."
        )
    moves = [abs(after - before) for before, after in pairwise(exact)]
    moving_range = sum(moves, Fraction(0)) / len(moves)
    lower = max(Fraction(0), centre - INDIVIDUALS_FACTOR * moving_range)
    upper = centre + INDIVIDUALS_FACTOR * moving_range
    beyond = [not lower <= value <= upper for value in exact]
    return ControlChart(
        kind="individuals",
        values=tuple(float(value) for value in exact),
        centre=float(centre),
        lower=(float(lower),) * len(exact),
        upper=(float(upper),) * len(exact),
        signals=_signals(beyond, [value - centre for value in exact]),
    )


def proportions(counts: Sequence[tuple[int, int]]) -> ControlChart | TooFew:
    """p-chart of (numerator, denominator) a period: the proportion p of all periods together, and for a period of
    n cases 3 times the root of p(1 - p)/n to either side, within 0 and 1.

    The formula rests on the normal curve, so that p and 1 - p of every period's cases must come to 5 or more.
    """
    if len(counts) < MINIMUM_POINTS:
        return _too_few_points(len(counts))
    smallest = min(denominator for _, denominator in counts)
    if smallest == 0:
        return TooFew("No limits are drawn: a period had no cases, and 0 of 0 is no percentage.")
    centre = Fraction(sum(numerator for numerator, _ in counts), sum(denominator for _, denominator in counts))
    expected = min(centre, 1 - centre) * smallest
    if expected < MINIMUM_CASES:
        return TooFew(
            f"No limits are drawn: the smallest period has {smallest} {_cases(smallest)}, of which chance would put "
            f"{float(expected):.1f} on one side; limits need {MINIMUM_CASES} or more."
        )
    values = [Fraction(numerator, denominator) for numerator, denominator in counts]
    # Compared as squares, which are exact: a root is not.
    variances = [centre * (1 - centre) / denominator for _, denominator in counts]
    beyond = [
        (value - centre) ** 2 > P_CHART_FACTOR**2 * variance for value, variance in zip(values, variances, strict=True)
    ]
    widths = [P_CHART_FACTOR * sqrt(variance) for variance in variances]
    return ControlChart(
        kind="proportions",
        values=tuple(float(value) for value in values),
        centre=float(centre),
        lower=tuple(max(0.0, float(centre) - width) for width in widths),
        upper=tuple(min(1.0, float(centre) + width) for width in widths),
        signals=_signals(beyond, [value - centre for value in values]),
    )


def funnel(counts: Sequence[tuple[int, int]]) -> Funnel | TooFew:
    """Funnel plot of (numerator, denominator) a service, with exact binomial limits around the whole's proportion.

    A service lies outside where chance alone gives a count as far out on that side fewer than 2.5 (95%) or 0.1
    (99.8%) times in 100. One of fewer than 5 cases is drawn, never called outside.
    """
    large = sum(denominator >= MINIMUM_CASES for _, denominator in counts)
    if large < MINIMUM_SERVICES:
        return TooFew(
            f"No funnel is drawn: {large} {'service has' if large == 1 else 'services have'} {MINIMUM_CASES} or more "
            f"cases; {MINIMUM_SERVICES} are needed."
        )
    inside, whole = (sum(part) for part in zip(*counts, strict=True))
    if min(inside, whole - inside) < MINIMUM_CASES:
        return TooFew(
            f"No funnel is drawn: {inside} of {whole} cases over all services leaves fewer than {MINIMUM_CASES} "
            "on one side."
        )
    drawn = [(numerator, denominator) for numerator, denominator in counts if denominator > 0]
    largest = max(denominator for _, denominator in drawn)
    step = max(1, largest // LONGEST_CURVE)
    curve = [*range(1, largest, step), largest]
    rate = inside / whole
    points = [
        FunnelPoint(
            denominator=limit.denominator,
            lower95=limit.lower95,
            upper95=limit.upper95,
            lower998=limit.lower998,
            upper998=limit.upper998,
            numerator=numerator,
            outside=_outside(numerator, limit),
        )
        for (numerator, _), limit in zip(drawn, _limits([below for _, below in drawn], rate), strict=True)
    ]
    return Funnel(rate, tuple(points), tuple(_limits(curve, rate)))


def _limits(denominators: Sequence[int], rate: float) -> Iterator[FunnelLimit]:
    from scipy.stats import binom

    counts = [
        quantile(tail, denominators, rate)
        for tail in (TAIL_95, TAIL_998)
        for quantile in (binom.ppf, binom.isf)  # the least count not outside, and the most
    ]
    for denominator, lower95, upper95, lower998, upper998 in zip(denominators, *counts, strict=True):
        yield FunnelLimit(
            denominator,
            float(lower95) / denominator,
            float(upper95) / denominator,
            float(lower998) / denominator,
            float(upper998) / denominator,
        )


def _outside(numerator: int, limit: FunnelLimit) -> Literal["95", "99.8"] | None:
    proportion = numerator / limit.denominator
    if limit.denominator < MINIMUM_CASES or limit.lower95 <= proportion <= limit.upper95:
        return None
    return "95" if limit.lower998 <= proportion <= limit.upper998 else "99.8"


def _signals(beyond: Sequence[bool], distances: Sequence[Fraction]) -> tuple[Signal, ...]:
    """Points beyond the limits, then shifts: 8 or more points in a row on one side of the mean (one on it ends it)."""
    signals = [
        Signal(
            "beyond_limits",
            (position,),
            f"Point {position + 1} lies {'above the upper' if distance > 0 else 'below the lower'} limit.",
        )
        for position, (is_beyond, distance) in enumerate(zip(beyond, distances, strict=True))
        if is_beyond
    ]
    for run in _runs(distances):
        side = "above" if distances[run[0]] > 0 else "below"
        if len(run) >= SHIFT:
            signals.append(
                Signal("shift", run, f"Points {run[0] + 1} to {run[-1] + 1} ({len(run)} in a row) lie {side} the mean.")
            )
    return tuple(signals)


def _runs(distances: Sequence[Fraction]) -> Iterator[tuple[int, ...]]:
    run: list[int] = []
    for position, distance in enumerate(distances):
        if run and distance * distances[run[-1]] <= 0:
            yield tuple(run)
            run = []
        if distance != 0:
            run.append(position)
    if run:
        yield tuple(run)


def _too_few_points(points: int) -> TooFew:
    return TooFew(
        f"No limits are drawn: {points} {'period' if points == 1 else 'periods'}; {MINIMUM_POINTS} are needed."
    )


def _cases(count: int) -> str:
    return "case" if count == 1 else "cases"
