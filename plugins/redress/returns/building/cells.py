"""Computes one figure: its exact numerator and denominator, its value, and how it is printed."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from redress.councils import Council
from redress.errors import UsageError
from redress.returns.definitions.schema import Defaults, Value
from redress.returns.figures import Figure, Population, Predicate, Show, Symbol
from redress.returns.metrics.metrics import SUPPLIED, Key, Metrics
from redress.returns.periods import Period
from redress.returns.rounding import Rounding, round_one, round_shares

PERCENTAGES: tuple[Show, ...] = ("percent", "share")
CHANGES: tuple[Show, ...] = ("change_count", "change_percent", "change_points")
DECIMALS: dict[str, int] = {"count": 0, "amount": 2, "change_count": 0}
NOT_APPLICABLE: Symbol = "z"
ANY = "*"


@dataclass(frozen=True)
class Style:
    """How figures of one value are rounded and printed."""

    show: Show
    rounding: Rounding
    decimals: int
    of_nothing: str
    small_base: int
    trims_zeros: bool = False


@dataclass(frozen=True)
class Counted:
    """A number with what it counts; None where it is unknown, or (is_of_nothing) where there is nothing to average."""

    number: Fraction | None
    population: Population
    is_of_nothing: bool = False


def style_of(value: Value, is_ratio: bool, unit: str, defaults: Defaults) -> Style:
    """What a value's definition and the return's defaults say about printing it."""
    show: Show = value.show or ("percent" if is_ratio and unit == "percent" else _natural(unit))
    decimals = value.decimals if value.decimals is not None else DECIMALS.get(show, _decimals(show, unit, defaults))
    small_base = defaults.small_base if value.small_base is None else value.small_base
    return Style(
        show=show,
        rounding=value.rounding or defaults.rounding,
        decimals=decimals,
        of_nothing=value.of_nothing or defaults.of_nothing,
        small_base=small_base,
        trims_zeros=show == "number" and unit != "working_days" and value.decimals is None,
    )


def _natural(unit: str) -> Show:
    if unit == "pounds":
        return "amount"
    return "number" if unit in ("percent", "working_days", "other") else "count"


def _decimals(show: Show, unit: str, defaults: Defaults) -> int:
    if show == "number":
        return 1 if unit == "working_days" else 2
    return defaults.decimals


class Counter:
    """Counts metrics for one council under conditions, asking for whole groups at a time."""

    def __init__(self, metrics: Metrics, council: Council) -> None:
        self._metrics = metrics
        self._council = council.name
        self._begin = council.settings.records_begin

    def count(self, metric: str, period: Period, conditions: frozenset[Predicate]) -> Counted:
        """A simple or derived metric under conditions; unknown, not 0, in a period without records.

        Raises UsageError where it cannot be split by one of the dimensions.
        """
        population = self._metrics.population(metric, period, conditions)
        if not self._metrics.has_data(metric, self._council, period, self._begin):
            return Counted(None, population)
        names, codes, where = _as_groups(conditions)
        answer = self._metrics.ask(metric, self._council, period, names, where)
        number = self._metrics.value_of(metric, answer, codes)
        is_of_nothing = number is None and self._metrics.get(metric).basis != SUPPLIED
        return Counted(number, population, is_of_nothing)

    def members(
        self, metric: str, period: Period, by: str, conditions: frozenset[Predicate], crossed: str | None = None
    ) -> set[str | None]:
        """The codes of a dimension that a metric counts anything of under conditions; None is a blank.

        Asked for in groups, as `count` asks, and split by the dimension it is crossed with, so that the same answer
        serves the cells.
        """
        others = frozenset(one for one in conditions if one[0] not in (by, crossed))
        free = frozenset((name, "in", (ANY,)) for name in (by, crossed) if name)
        names, codes, where = _as_groups(others | free)
        if by not in names:
            names, codes, where = [by], (ANY,), others
        answer = self._metrics.ask(metric, self._council, period, names, where)
        place = names.index(by)
        found = {key[place] for key, value in answer.items() if value and _fits(key, codes)}
        own = [one for one in conditions if one[0] == by]
        return {code for code in found if all((code in listed) == (how == "in") for _, how, listed in own)}


def _as_groups(conditions: frozenset[Predicate]) -> tuple[list[str], Key, frozenset[Predicate]]:
    """Conditions on one code as groups to ask for, with the group's codes; the other conditions stay conditions."""
    single = sorted((one for one in conditions if one[1] == "in" and len(one[2]) == 1), key=str)
    names = [dimension for dimension, _, _ in single]
    if len(set(names)) < len(names):
        return [], (), conditions
    return names, tuple(codes[0] for _, _, codes in single), conditions.difference(single)


def _fits(key: Key, codes: Key) -> bool:
    return all(wanted in (ANY, code) for code, wanted in zip(key, codes, strict=True))


def value_of(show: Show, numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    """The exact value of a figure; None for 0 of 0 and for what is unknown."""
    if numerator is None or denominator == 0:
        return None
    return numerator / (denominator or 1) * (100 if show in (*PERCENTAGES, "change_percent", "change_points") else 1)


def change(show: Show, now: Figure, before: Figure) -> tuple[Fraction | None, Fraction | None]:
    """Numerator and denominator of a change between two figures of the same kind."""
    if show == "change_points":
        if now.numerator is None or before.numerator is None:
            return None, None
        if now.value is None or before.value is None:
            return Fraction(0), Fraction(0)
        return (now.value - before.value) / 100, Fraction(1)
    if now.numerator is None or before.numerator is None:
        return None, None
    difference = now.numerator - before.numerator
    return (difference, before.numerator) if show == "change_percent" else (difference, None)


def printed(figure: Figure, style: Style) -> Figure:
    """The figure with what is printed of it."""
    if figure.value is None:
        if figure.numerator is None:
            return replace(figure, rounded=None, shown="x", symbol="x")
        if style.of_nothing != NOT_APPLICABLE:
            return replace(
                figure, rounded=Decimal(style.of_nothing), shown=_with_unit(Decimal(style.of_nothing), style)
            )
        return replace(figure, rounded=None, shown=NOT_APPLICABLE, symbol=NOT_APPLICABLE)
    return _shown(figure, round_one(figure.value, style.decimals, style.rounding), style)


def rounded_together(cells: list[list[Figure]], styles: list[list[Style]]) -> list[list[Figure]]:
    """Every figure as printed; parts of one whole together where the rounding is by largest remainder."""
    finished = [
        [printed(figure, style) for figure, style in zip(row, row_styles, strict=True)]
        for row, row_styles in zip(cells, styles, strict=True)
    ]
    wholes: dict[tuple[Population | None, str], list[tuple[int, int]]] = defaultdict(list)
    for at, row in enumerate(cells):
        for place, figure in enumerate(row):
            is_part = figure.value is not None and not (figure.row_is_total or figure.column_is_total)
            if styles[at][place].rounding == "largest_remainder" and figure.over and is_part:
                wholes[figure.over, figure.value_label].append((at, place))
    for places in wholes.values():
        parts = [cells[at][place] for at, place in places]
        if sum(part.numerator or 0 for part in parts) > (parts[0].denominator or 0):
            continue
        style = styles[places[0][0]][places[0][1]]
        for (at, place), part in zip(places, printed_shares(parts, style), strict=True):
            finished[at][place] = part
    return finished


def printed_shares(figures: list[Figure], style: Style) -> list[Figure]:
    """Parts of one whole, rounded together so that they add up to what their sum is shown as."""
    rounded = round_shares([figure.value or Fraction(0) for figure in figures], style.decimals)
    return [_shown(figure, value, style) for figure, value in zip(figures, rounded, strict=True)]


def _shown(figure: Figure, rounded: Decimal, style: Style) -> Figure:
    small = style.show in PERCENTAGES and figure.denominator is not None and figure.denominator < style.small_base
    if small and figure.numerator is not None:
        return replace(figure, rounded=rounded, shown=f"{figure.numerator} of {figure.denominator}", symbol="u")
    if rounded == 0 and figure.value and style.show in PERCENTAGES:
        return replace(figure, rounded=rounded, shown="low", symbol="low")
    return replace(figure, rounded=rounded, shown=_with_unit(rounded, style))


def _with_unit(value: Decimal, style: Style) -> str:
    number = f"{abs(value):,.{style.decimals}f}"
    if style.trims_zeros and "." in number:
        number = number.rstrip("0").rstrip(".")
    sign = "−" if value < 0 else "+" if style.show in CHANGES and value > 0 else ""
    if style.show in (*PERCENTAGES, "change_percent"):
        return f"{sign}{number}%"
    if style.show == "amount":
        return f"{sign}£{number}"
    return f"{sign}{number}"


def require_change(value: Value) -> str:
    """The period word a change is against.

    Raises UsageError where the definition does not say.
    """
    if value.against is None:
        raise UsageError(f"A value with show: {value.show} needs against:, the period it is compared with.")
    return value.against
