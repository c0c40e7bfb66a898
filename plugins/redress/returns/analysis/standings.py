"""A metric of several councils: each one's figure, median and quartiles, and what makes the figures differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from redress.councils import Council
from redress.returns.figures import Symbol
from redress.returns.metrics.catalogue import Metric
from redress.returns.metrics.metrics import Metrics
from redress.returns.periods import Period

MINIMUM_COUNCILS = 3
"""A median of two is the other council's figure in disguise; from three on it is somebody's, or nobody's."""

MINIMUM_CASES = 5
"""A rate of fewer cases says more about the cases than about the council, and may tell of a child."""

ANY_RECORD = "cases_received"
"""A council that received no case of any kind in a period has no records of it."""

Answer = Mapping[tuple[str | None, ...], Fraction | None]

SETTINGS = {
    "in_time_rule": (
        re.compile(r"in_time(_of_received)?(_rate(_of_received)?)?$|overdue"),
        "what counts as in time differs",
        {
            "within_limit": "within the limit",
            "within_extended": "within the extended limit",
            "agreed_extension": "within an extension agreed in time",
        },
    ),
    "stage2_clock_start": (
        re.compile(r"(stage2|any_stage)_(in_time|timed|band|within|over|working_days)|overdue"),
        "the stage 2 clock starts differently",
        {"request": "at the request", "statement": "at the agreed statement of complaint"},
    ),
    "stage2_clock_end": (
        re.compile(r"(stage2|any_stage)_(in_time|timed|band|within|over|working_days)|overdue"),
        "the stage 2 clock ends differently",
        {"response": "at the adjudication letter", "report": "at the investigation report"},
    ),
}
"""Settings that make figures of the same name differ: which metrics, what to say and each value in words."""


@dataclass(frozen=True)
class Standing:
    """One council's figure. value is None where there are no records of the period, or too few cases for a rate."""

    council: str
    title: str
    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    symbol: Symbol | None = None


@dataclass(frozen=True)
class Benchmark:
    """A metric of several councils. median and quartiles are None where too few councils have a figure.

    Quartiles are interpolated between the ordered values (the first is number 0, the last 1), as spreadsheets do.
    position counts from the highest value; equal values share one. warnings are written to follow the metric's label
    and a colon.
    """

    metric: Metric
    period: Period
    standings: tuple[Standing, ...]
    lower_quartile: Fraction | None
    median: Fraction | None
    upper_quartile: Fraction | None
    position: int | None
    warnings: tuple[str, ...]

    @property
    def known(self) -> list[Standing]:
        """Those with a value."""
        return [standing for standing in self.standings if standing.value is not None]


def compare_councils(
    metrics: Metrics,
    metric: str,
    period: Period,
    councils: Sequence[Council],
    own: str | None = None,
    minimum: int = MINIMUM_COUNCILS,
) -> Benchmark:
    """A metric over a period, council by council, own being the one whose position is told.

    Raises UsageError for a metric that there is not.
    """
    known = metrics.get(metric)
    parts = metrics.parts(metric)
    answers = [metrics.ask(part, None, period, ("council",)) for part in parts]
    recorded = metrics.ask(ANY_RECORD, None, period, ("council",))
    standings = tuple(_standing(metrics, known, answers, recorded, period, council) for council in councils)
    values = sorted(standing.value for standing in standings if standing.value is not None)
    enough = len(values) >= minimum
    mine = next((one.value for one in standings if one.council == own and one.value is not None), None)
    return Benchmark(
        metric=known,
        period=period,
        standings=standings,
        lower_quartile=quantile(values, Fraction(1, 4)) if enough else None,
        median=quantile(values, Fraction(1, 2)) if enough else None,
        upper_quartile=quantile(values, Fraction(3, 4)) if enough else None,
        position=None if mine is None or not enough else 1 + sum(value > mine for value in values),
        warnings=_warnings(metrics, known, standings, councils, period, minimum),
    )


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """The value so far along the ordered values, between two of them where it falls between."""
    place = share * (len(values) - 1)
    below = int(place)
    if below == len(values) - 1:
        return values[below]
    return values[below] + (place - below) * (values[below + 1] - values[below])


def _standing(
    metrics: Metrics,
    metric: Metric,
    answers: Sequence[Answer],
    recorded: Answer,
    period: Period,
    council: Council,
) -> Standing:
    name, title, parts = council.name, council.title, metrics.parts(metric.name)
    begin = council.settings.records_begin
    # Records may end before the period without saying so: a council that received nothing at all has no figure.
    if not (recorded.get((name,)) and all(metrics.has_data(part, name, period, begin) for part in parts)):
        return Standing(name, title, None, None, None, "x")
    numbers = [metrics.value_of(part, answer, (name,)) for part, answer in zip(parts, answers, strict=True)]
    numerator, denominator = numbers[0], numbers[1] if metric.is_ratio else None
    if numerator is None:
        return Standing(name, title, numerator, denominator, None, "x")
    if denominator is None:
        return Standing(name, title, numerator, None, numerator)
    if denominator == 0:
        return Standing(name, title, numerator, denominator, None, "z")
    if denominator < MINIMUM_CASES:
        return Standing(name, title, numerator, denominator, None, "u")
    scale = 100 if metric.unit == "percent" else 1
    return Standing(name, title, numerator, denominator, numerator * scale / denominator)


def _warnings(
    metrics: Metrics,
    metric: Metric,
    standings: Sequence[Standing],
    councils: Sequence[Council],
    period: Period,
    minimum: int,
) -> tuple[str, ...]:
    """Why the figures may not be alike: settings, data that end before the period does, too few councils."""
    compared = [one for one in councils if any(s.council == one.name and s.value is not None for s in standings)]
    says_more = metric.population and metric.label.lower() not in metric.population.lower()
    warnings = [f"of {metric.population.rstrip('.')}."] if says_more else []
    for setting, (concerned, text, words) in SETTINGS.items():
        by_value: dict[str, list[str]] = {}
        for council in compared:
            by_value.setdefault(words[getattr(council.settings, setting)], []).append(council.title)
        if concerned.search(metric.name) and len(by_value) > 1:
            said = "; ".join(f"{value} ({', '.join(names)})" for value, names in by_value.items())
            warnings.append(f"{text}: {said}.")
    short = [one.title for one in compared if (metrics.span(one.name)[1] or period.end) < period.end]
    if short:
        warnings.append(f"the records of {', '.join(short)} end before {period} does.")
    if len(compared) < minimum:
        have = "1 council has a figure" if len(compared) == 1 else f"{len(compared)} councils have a figure"
        warnings.append(f"no median, quartiles or position: {have}; {minimum} are needed.")
    return tuple(warnings)
