"""Answers a question about one metric: `redress figures`."""

import csv
import difflib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote, unquote

from redress.councils import Council
from redress.errors import UsageError
from redress.returns.building.cells import Style, printed, style_of, value_of
from redress.returns.building.labels import Labels
from redress.returns.definitions.schema import Defaults, Value
from redress.returns.figures import Figure, Population, Predicate
from redress.returns.metrics.catalogue import Metric
from redress.returns.metrics.metrics import Key, Metrics
from redress.returns.periods import Period, parse_period

PREFIX = "figures"
NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Answer:
    """The figures of a metric for some councils and periods, in the order they are shown."""

    metric: Metric
    by: tuple[str, ...]
    figures: tuple[tuple[Council, Figure, tuple[str, ...]], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """Column headings of the table and of the CSV."""
        return ("council", "period", *self.by, "numerator", "denominator", "shown", "figure_id")

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """One row a figure."""
        return [
            (
                council.name,
                figure.period.label,
                *labels,
                _plain(figure.numerator),
                _plain(figure.denominator),
                figure.shown,
                figure.id,
            )
            for council, figure, labels in self.figures
        ]

    def as_csv(self) -> str:
        """The rows as CSV, with their headings."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.headings, *self.rows])
        return text.getvalue()


def ask(metrics: Metrics, metric: str, by: Sequence[str], period: Period | None, councils: Sequence[Council]) -> Answer:
    """A metric over a period (every financial year with data where none is given), split by dimensions.

    Raises UsageError for names that do not exist, with the nearest that do, and for a period without data.
    """
    known = metrics.get(metric)
    for dimension in by:
        metrics.check_dimension(metric, dimension)
    style = style_of(Value(), known.is_ratio, known.unit, Defaults(decimals=1, small_base=0))
    found = []
    for council in councils:
        for one in _periods(metrics, council, period):
            labels = Labels(council, metrics.service_names(council.name, one))
            found += [(council, *figure) for figure in _figures(metrics, known, council, one, by, labels, style)]
    if not found:
        raise UsageError(f"{known.label} counts nothing in {period or 'any year'}.")
    return Answer(known, tuple(by), tuple(found))


def figure_id(metric: str, council: str, period: Period, codes: Mapping[str, str | None]) -> str:
    """The name of a figure that was asked for, from which it can be asked for again."""
    conditions = [f"{name}={quote(code, safe='') if code is not None else ''}" for name, code in codes.items()]
    return "/".join([PREFIX, council, metric, period.label.replace("/", "-").replace(" ", "_"), *conditions])


def asked(metrics: Metrics, name: str) -> tuple[str, list[Population]]:
    """Council and counted populations (numerator, then denominator) of a figure that `redress figures` named.

    Raises UsageError where the name cannot be read, or names a council, period or code without data.
    """
    parts = name.split("/")
    if len(parts) < 4 or parts[0] != PREFIX:
        raise UsageError(f"{name[:80]!r} is not the id of a figure; take one from `redress figures` or from a return.")
    _, council, metric, period, *conditions = parts
    span = parse_period(period.replace("_", " ").replace("-", "/"))
    metrics.get(metric)
    _check_data(metrics, council, council, span)
    predicates: set[Predicate] = set()
    for condition in conditions:
        dimension, _, text = condition.partition("=")
        metrics.check_dimension(metric, dimension)
        code = unquote(text) or None
        _check_code(metrics, metric, council, span, dimension, code)
        predicates.add((dimension, "in", (code,)))
    return council, [metrics.population(part, span, frozenset(predicates)) for part in metrics.parts(metric)]


def _check_code(metrics: Metrics, metric: str, council: str, period: Period, dimension: str, code: str | None) -> None:
    """A code that nothing has would be explained as a true zero, which a slip of the pen is not."""
    keys = {key for part in metrics.parts(metric) for key in metrics.ask(part, council, period, [dimension])}
    known = {key[0] for key in keys}
    if code in known:
        return
    names = sorted(str(one) for one in known if one is not None)
    near = difflib.get_close_matches(str(code), names, n=3, cutoff=0.5)
    there = f"did you mean {' or '.join(near)}" if near else f"there are {', '.join(names[:12]) or 'none'}"
    wanted = "blank" if code is None else repr(code[:60])
    raise UsageError(f"{metric} of {council} in {period} counts nothing with {dimension} {wanted} ({there}).")


def _check_data(metrics: Metrics, council: str, title: str, period: Period) -> None:
    first, as_at = metrics.span(council)
    if first is None or as_at is None:
        near = difflib.get_close_matches(council, metrics.councils(), n=2)
        known = f"did you mean {' or '.join(near)}?" if near else f"loaded: {', '.join(metrics.councils())}."
        raise UsageError(f"There are no records of a council {council[:40]!r}; {known}")
    if period.end < first or period.start > as_at:
        raise UsageError(f"{period} has no data of {title}: its records run from {first} to {as_at}.")


def _periods(metrics: Metrics, council: Council, period: Period | None) -> list[Period]:
    first, as_at = metrics.span(council.name)
    if first is None or as_at is None:
        return []
    if period is None:
        last, one = Period(as_at, as_at, "day").year, Period(first, first, "day").year
        years = [one]
        while years[-1] < last:
            years.append(years[-1].months_later(12))
        return years
    _check_data(metrics, council.name, council.title, period)
    return [period]


def _figures(
    metrics: Metrics, known: Metric, council: Council, period: Period, by: Sequence[str], labels: Labels, style: Style
) -> list[tuple[Figure, tuple[str, ...]]]:
    parts = metrics.parts(known.name)
    answers = [metrics.ask(part, council.name, period, by) for part in parts]
    keys: set[Key] = {key for answer in answers for key in answer} or (set() if by else {()})
    found = []
    for key in sorted(keys, key=lambda key: tuple((code is None, str(code)) for code in key)):
        numbers = [metrics.value_of(part, answer, key) for part, answer in zip(parts, answers, strict=True)]
        codes = dict(zip(by, key, strict=True))
        names = tuple(NOT_RECORDED if code is None else labels.of(name, code) for name, code in codes.items())
        figure = _figure(known, council, period, codes, numbers, style)
        found.append((printed(figure, style), names))
    return found


def _figure(
    known: Metric,
    council: Council,
    period: Period,
    codes: Mapping[str, str | None],
    numbers: Sequence[Fraction | None],
    style: Style,
) -> Figure:
    top, bottom = numbers[0], numbers[1] if len(numbers) > 1 else None
    return Figure(
        id=figure_id(known.name, council.name, period, codes),
        table=PREFIX,
        slug=PREFIX,
        row="",
        column="",
        value_label=known.label,
        period=period,
        metric=known.name,
        show=style.show,
        basis=known.basis,
        numerator=top,
        denominator=bottom,
        value=value_of(style.show, top, bottom),
        rounded=None,
        shown="",
        of=None,
    )


def _plain(number: Fraction | None) -> str:
    if number is None:
        return ""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"
