"""The combinations of codes and spans that printed numbers tell apart, and sums of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from redress.returns.disclosure.attack_solver import Sum
from redress.returns.disclosure.codes import Code, Codes
from redress.returns.disclosure.numbers import Number

Cell = tuple[int, ...]


def order_of(number: Number) -> tuple[object, ...]:
    """For orders that are the same at every run."""
    return number.sort_key


def clusters_of(numbers: Iterable[Number]) -> list[list[Number]]:
    """Numbers of one measure whose spans overlap; days stand alone."""
    found: list[list[Number]] = []
    for number in sorted(numbers, key=lambda one: (one.measure, one.is_of_a_day, one.start, one.sort_key)):
        last = found[-1] if found else []
        fits = last and last[0].measure == number.measure and last[0].is_of_a_day == number.is_of_a_day
        if fits and (
            number.start == last[0].start if number.is_of_a_day else number.start <= max(one.end for one in last)
        ):
            last.append(number)
        else:
            found.append([number])
    return found


def is_part(part: Number, whole: Number) -> bool:
    """Whether every case of the part is one of the whole."""
    conditions = dict(part.conditions)
    return all(name in conditions and conditions[name] & codes == conditions[name] for name, codes in whole.conditions)


def groups_of(sets: Sequence[Codes]) -> dict[Codes, set[int]]:
    """The groups of codes that conditions tell apart: by condition, the groups it lets through."""
    named: set[Code] = {code for codes in sets for code in codes.listed}
    answers = {tuple(code in codes for codes in sets) for code in named}
    answers.add(tuple(codes.is_all_but for codes in sets))
    return {codes: {group for group, one in enumerate(sorted(answers)) if one[at]} for at, codes in enumerate(sets)}


def spans_of(cluster: Sequence[Number]) -> list[tuple[date, date]]:
    """The smallest spans that all others are made of."""
    days = {number.start for number in cluster} | {number.end + timedelta(days=1) for number in cluster}
    return [(start, end - timedelta(days=1)) for start, end in pairwise(sorted(days))]


def largest_sets(sets: set[frozenset[str]]) -> list[frozenset[str]]:
    """Those that are no part of another."""
    return sorted((one for one in sets if not any(one < other for other in sets)), key=sorted)


def sum_of(order: list[str], cells: dict[Cell, int], parts: dict[str, set[int]]) -> Sum:
    """The cells that lie in these parts of each axis."""
    allowed = [(at, parts[name]) for at, name in enumerate(order) if name in parts]
    return {place: 1 for cell, place in cells.items() if all(cell[at] in ones for at, ones in allowed)}


def margins_of(order: list[str], cells: dict[Cell, int], shared: list[str]) -> dict[Cell, Sum]:
    """The sums of cells over all axes but the shared ones."""
    places = [order.index(name) for name in shared]
    found: dict[Cell, Sum] = defaultdict(dict)
    for cell, unknown in cells.items():
        found[tuple(cell[at] for at in places)][unknown] = 1
    return found


def difference_of(one: Sum, other: Sum) -> Sum:
    """One sum less the other."""
    return one | {place: -times for place, times in other.items()}
