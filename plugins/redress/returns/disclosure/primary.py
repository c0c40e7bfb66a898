"""Which numbers are too small to be printed, and what hiding each number would cost the reader."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from redress.returns.disclosure.numbers import Number
from redress.returns.disclosure.printed import AVERAGES, Printed, TableSum, Use, parts_of, rest_of, rest_of_sum
from redress.returns.disclosure.relations import Row, total
from redress.returns.figures import BuiltTable

CASES_BEHIND = {
    "working_days_average": "stages_answered",
    "working_days_median": "stages_answered",
    "pounds_agreed": "payments_agreed",
}
"""By measure: the count of the cases that its averages and amounts rest on."""

NO_PARTS = ("escalation_rate", "_per_", "representation")
"""Rates by these words in their name compare two groups, of which neither is a part of the other."""


@dataclass
class Primary:
    """What must be hidden for its own sake: numbers with their threshold, and figures (by identity) of too few cases.

    unprinted are small numbers that nobody prints but everybody could work out (what a total leaves over its rows,
    the cases a rate leaves out), with the rows that say so.
    """

    small: dict[Number, int] = field(default_factory=dict)
    unprinted: dict[Number, int] = field(default_factory=dict)
    values: dict[Number, Fraction] = field(default_factory=dict)
    figures: set[int] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)


def primary(printed: Printed, sums: Iterable[TableSum]) -> Primary:
    """Small numbers in tables whose disclosure control is on."""
    found = Primary()
    for use in printed.uses:
        if use.table is not None and use.table.suppress:
            _of_figure(use, use.table, printed, found)
    for one in sums:
        if one.table.suppress and one.rest is not None and 0 < one.rest < one.table.threshold:
            number = rest_of_sum(one)
            found.unprinted[number] = max(one.table.threshold, found.unprinted.get(number, 0))
            found.values[number] = one.rest
    return found


def part_rows(printed: Printed) -> list[Row]:
    """Of each rate that is a share of its cases: its numerator is no more than its denominator."""
    rows: dict[Row, None] = {}
    for use in printed.uses:
        for top, bottom in _shares(use):
            rows[total(bottom, [top], is_equal=False)] = None
    return list(rows)


def _of_figure(use: Use, table: BuiltTable, printed: Printed, found: Primary) -> None:
    for number, value in use.parts:
        if number.measure in CASES_BEHIND:
            cases = printed.values.get(replace(number, measure=CASES_BEHIND[number.measure]))
            if value and (cases is None or 0 < cases < table.threshold):
                if number.measure.endswith(AVERAGES):
                    found.figures.add(id(use.figure))
                else:
                    found.small[number] = max(table.threshold, found.small.get(number, 0))
        elif value is not None and 0 < value < table.threshold:
            found.small[number] = max(table.threshold, found.small.get(number, 0))
    if use.figure.show == "percent":
        for top, bottom in _shares(use):
            left = printed.values[bottom] - printed.values[top] if {top, bottom} <= printed.values.keys() else None
            if left is not None and 0 < left < table.threshold:
                number = rest_of(bottom, str(top.sort_key))
                found.unprinted[number] = max(table.threshold, found.unprinted.get(number, 0))
                found.values[number] = left
                found.rows.append(total(bottom, [top, number]))


def _shares(use: Use) -> list[tuple[Number, Number]]:
    """Numerator and denominator of a rate, where the one is a part of the other."""
    figure = use.figure
    if figure.show not in ("percent", "share") or any(word in figure.metric for word in NO_PARTS):
        return []
    if len(parts_of(figure)) != 2:
        return []
    (top, above), (bottom, below) = use.parts
    if top == bottom or (above is not None and below is not None and above > below):
        return []
    return [(top, bottom)]


def cost(number: Number, printed: Printed, hidden_before: frozenset[Number]) -> int:
    """What hiding a number costs: small numbers deep in a table of people cost least, totals and headlines most."""
    uses = printed.by_number.get(number, [])
    value = printed.values.get(number, Fraction(0))
    if number in hidden_before:
        return 1
    price = 100 + 5 * min(int(abs(value)).bit_length(), 20)
    for use in uses:
        figure, table = use.figure, use.table
        if table is None:
            price += 60
        elif figure.over is not None or figure.before is not None:
            price += 5
        else:
            price += 10
            price += 60 * (figure.row_is_total + figure.column_is_total)
            price += 0 if table.suppress else 150
            price += 3000 if figure.basis == "supplied" else 0
    return price
