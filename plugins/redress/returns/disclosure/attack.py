"""Plays the reader who wants to know: what can each suppressed number be, by all that is printed?

Independent of the chooser. It builds every world from the ground: a number of cases for each combination of codes and
span that the printed numbers tell apart. A printed number is the sum of its combinations; wholes, parts, quarters and
remainders need no rules of their own then. Each answer is an exact integer programme.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from redress.returns.disclosure.attack_cells import (
    Cell,
    clusters_of,
    difference_of,
    groups_of,
    is_part,
    largest_sets,
    margins_of,
    order_of,
    spans_of,
    sum_of,
)
from redress.returns.disclosure.attack_figures import figures_of, told_by
from redress.returns.disclosure.attack_solver import Sum, solvers_of
from redress.returns.disclosure.codes import Codes
from redress.returns.disclosure.numbers import Coarser, Number, number_of
from redress.returns.disclosure.relations import definition
from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Population

AVERAGES = ("_average", "_median")
"""Measures that are no sum of cases: no subtraction finds them."""


@dataclass(frozen=True)
class CellRange:
    """What a suppressed number can be. high None: no limit. possible: which of 1 to the threshold less 1."""

    number: Number
    figures: tuple[str, ...]
    low: int
    high: int | None
    possible: tuple[int, ...]

    def can_be(self, value: Fraction | int) -> bool:
        """Whether the value lies within the range."""
        return self.low <= value and (self.high is None or value <= self.high)


def attack(
    publication: BuiltReturn, earlier: Sequence[BuiltReturn] = (), coarser: Coarser | None = None
) -> list[CellRange]:
    """The range of each suppressed number of a publication, by what it and earlier ones print."""
    return _Attack(publication, earlier, coarser or {}).run()


@dataclass
class _Facts:
    """What is printed: values, hidden numbers with their places, intervals, sums of tables."""

    values: dict[Number, Fraction] = field(default_factory=dict)
    hidden: dict[Number, list[str]] = field(default_factory=lambda: defaultdict(list))
    between: list[tuple[Number, Number, Fraction, Fraction]] = field(default_factory=list)
    sums: list[tuple[Number, tuple[Number, ...]]] = field(default_factory=list)
    shares: list[tuple[Number, Number]] = field(default_factory=list)
    overlapping: set[str] = field(default_factory=set)
    pounds: set[str] = field(default_factory=set)


class _Attack:
    def __init__(self, publication: BuiltReturn, earlier: Sequence[BuiltReturn], coarser: Coarser) -> None:
        self.coarser = coarser
        self.facts = _Facts()
        self.known: dict[Population, Number] = {}
        for old in earlier:
            self.read(old)
        self.earlier_hidden = set(self.facts.hidden)
        before = dict(self.facts.values)
        self.facts.hidden.clear()
        self.read(publication)
        told_now = {number for _, figure in figures_of(publication) for number in self.told_by(figure)}
        self.only_before = before.keys() - told_now
        self.threshold = max([5, *(table.threshold for table in publication.tables)])
        self.unknowns = 0
        self.sums: dict[Number, Sum] = {}
        self.rows: list[tuple[Sum, float, float]] = []
        self.told_before: set[int] = set()

    def told_by(self, figure: Figure) -> list[Number]:
        """The numbers whose values a figure tells."""
        return [self.number(population) for population, value in told_by(figure) if value is not None]

    def number(self, population: Population) -> Number:
        if population not in self.known:
            self.known[population] = number_of(population, self.coarser)
        return self.known[population]

    def read(self, built: BuiltReturn) -> None:
        """All that a publication prints."""
        facts = self.facts
        for _, figure in figures_of(built):
            told = [(self.number(population), value) for population, value in told_by(figure)]
            for number, value in told:
                if number.measure.endswith(AVERAGES):
                    continue
                if value is not None:
                    facts.values[number] = value
                elif figure.symbol == "c":
                    facts.hidden[number].append(figure.id)
                if figure.show == "amount":
                    facts.pounds.add(number.measure)
                if figure.is_count and not figure.is_additive:
                    facts.overlapping.add(number.measure)
            if figure.show in ("percent", "share") and len(told) == 2:
                facts.between += self.interval(figure, told[0][0], told[1][0])
        for table in built.tables:
            if not table.internal:
                facts.sums += self.lines(table)
        facts.hidden = defaultdict(
            list, {number: places for number, places in facts.hidden.items() if number not in facts.values}
        )

    def interval(
        self, figure: Figure, top: Number, bottom: Number
    ) -> Iterator[tuple[Number, Number, Fraction, Fraction]]:
        """A percentage that is printed without its counts: between what could have been rounded to it."""
        if figure.symbol is not None or figure.numerator is not None or figure.rounded is None:
            return
        unit = Fraction(1, 10 ** max(0, -int(figure.rounded.as_tuple().exponent)))
        value = Fraction(figure.rounded)
        yield top, bottom, (value - unit) / 100, (value + unit) / 100

    def lines(self, table: BuiltTable) -> Iterator[tuple[Number, tuple[Number, ...]]]:
        """Rows and columns that a table prints with their totals, where the table says they are all there is."""
        grid = table.cells
        if table.rows_are_exhaustive:
            for at in range(len(table.columns)):
                column = [(head.is_total, head.group, cells[at]) for head, cells in zip(table.rows, grid, strict=True)]
                yield from self.line(column)
        if table.columns_are_exhaustive:
            for cells in grid:
                alike: dict[Any, list[tuple[bool, str | None, Figure | None]]] = defaultdict(list)
                for head, figure in zip(table.columns, cells, strict=True):
                    if figure is not None:
                        alike[figure.period, figure.value_label, figure.show].append(
                            (head.is_total, head.group, figure)
                        )
                for row in alike.values():
                    yield from self.line(row)

    def line(self, line: list[tuple[bool, str | None, Figure | None]]) -> Iterator[tuple[Number, tuple[Number, ...]]]:
        counted = [
            (is_total, group, self.number(figure.of))
            for is_total, group, figure in line
            if figure is not None
            and figure.of is not None
            and figure.over is None
            and figure.is_additive
            and figure.show in ("count", "amount", "number")
            and not figure.of.measure.endswith(AVERAGES)
        ]
        for is_total, group, whole in counted:
            parts = tuple(part for total, other, part in counted if not total and group in (None, other))
            if is_total and parts:
                yield whole, parts

    def run(self) -> list[CellRange]:
        """Assembles the system and asks it about every suppressed number."""
        facts = self.facts
        numbers = {
            *facts.values,
            *facts.hidden,
            *self.earlier_hidden,
            *(one for line in facts.sums for one in (line[0], *line[1])),
        }
        defined = [row for number in sorted(numbers, key=order_of) for row in definition(number)]
        numbers |= {number for row in defined for number, _ in row.terms}
        for cluster in clusters_of(numbers):
            if cluster[0].measure in facts.overlapping or cluster[0].measure.startswith("largest"):
                self.loosely(cluster)
            else:
                self.from_the_ground(cluster)
        for number, value in facts.values.items():
            self.rows.append((self.sums[number], float(value), float(value)))
            if number in self.only_before:
                self.told_before.add(len(self.rows) - 1)
        for whole, parts in facts.sums:
            if {whole, *parts} <= facts.values.keys():
                continue
            self.require({whole: 1} | dict.fromkeys(parts, -1), 0.0)
        for row in defined:
            self.require(dict(row.terms), 0.0)
        for top, bottom, low, high in facts.between:
            self.between(top, bottom, low, high)
        return self.answers()

    def loosely(self, cluster: list[Number]) -> None:
        """Numbers whose parts overlap: all that holds is that a part is no more than its whole."""
        for number in cluster:
            self.sums[number] = {self.unknown(): 1}
        for whole, part in product(cluster, cluster):
            if whole != part and whole.start <= part.start and part.end <= whole.end and is_part(part, whole):
                self.require({whole: 1, part: -1}, np.inf)

    def from_the_ground(self, cluster: list[Number]) -> None:
        """One unknown for each combination of codes and span that the numbers of a measure tell apart."""
        conditions: dict[str, list[Codes]] = defaultdict(list)
        for number in cluster:
            for name, codes in number.conditions:
                if codes not in conditions[name]:
                    conditions[name].append(codes)
        groups = {name: groups_of(sets) for name, sets in conditions.items()}
        spans = spans_of(cluster)
        axes = {
            name: 1 + max((max(ones, default=0) for ones in sets.values()), default=0) for name, sets in groups.items()
        }
        axes[SPAN] = len(spans)
        inside = {}
        for number in cluster:
            parts = {name: groups[name][codes] for name, codes in number.conditions}
            parts[SPAN] = {at for at, (start, end) in enumerate(spans) if number.start <= start and end <= number.end}
            inside[number] = {name: ones for name, ones in parts.items() if len(ones) < axes[name]}
        blocks = largest_sets({frozenset(parts) for parts in inside.values()})
        cells = [self.block(block, axes) for block in blocks]
        for number, parts in inside.items():
            homes = [at for at, block in enumerate(blocks) if parts.keys() <= block]
            in_each = [sum_of(cells[at][0], cells[at][1], parts) for at in homes]
            self.sums[number] = in_each[0]
            for other in in_each[1:]:
                self.rows.append((difference_of(in_each[0], other), 0.0, 0.0))
        self.join(blocks, cells, axes)

    def block(self, block: frozenset[str], axes: dict[str, int]) -> tuple[list[str], dict[Cell, int]]:
        """The combinations of some dimensions, each with its unknown."""
        order = sorted(block)
        return order, {cell: self.unknown() for cell in product(*(range(axes[name]) for name in order))}

    def join(
        self, blocks: list[frozenset[str]], cells: list[tuple[list[str], dict[Cell, int]]], axes: dict[str, int]
    ) -> None:
        """Two blocks count the same cases: by the dimensions they share they agree."""
        for one, other in combinations(range(len(blocks)), 2):
            shared = sorted(blocks[one] & blocks[other])
            margins = [margins_of(*cells[at], shared) for at in (one, other)]
            for cell in product(*(range(axes[name]) for name in shared)):
                self.rows.append((difference_of(margins[0][cell], margins[1][cell]), 0.0, 0.0))

    def unknown(self) -> int:
        self.unknowns += 1
        return self.unknowns - 1

    def require(self, terms: dict[Number, int], most: float) -> None:
        """A sum of numbers lies between 0 and the most."""
        whole: Sum = defaultdict(int)
        for number, factor in terms.items():
            for place, times in self.sums[number].items():
                whole[place] += factor * times
        self.rows.append((whole, 0.0, most))

    def between(self, top: Number, bottom: Number, low: Fraction, high: Fraction) -> None:
        """low <= top / bottom <= high, in whole numbers."""
        for factor, over, under in ((low, top, bottom), (high, bottom, top)):
            terms = {over: factor.denominator, under: -factor.numerator}
            if over is bottom:
                terms = {bottom: factor.numerator, top: -factor.denominator}
            self.require(terms, np.inf)

    def answers(self) -> list[CellRange]:
        """The range of every suppressed number."""
        order = sorted(self.facts.hidden, key=order_of)
        asked = [self.sums[number] for number in order]
        now = [row for at, row in enumerate(self.rows) if at not in self.told_before]
        by_all, by_this = solvers_of(self.rows, self.unknowns, asked), solvers_of(now, self.unknowns, asked)
        found = []
        for number, of_all, of_this in zip(order, by_all, by_this, strict=True):
            # Numbers that were revised since an earlier publication do not fit its numbers any more.
            solver, terms = of_all if of_all[0].is_possible or not self.told_before else of_this
            low, high = solver.least(terms), solver.most(terms)
            possible = tuple(
                value for value in range(1, self.threshold) if low <= value and solver.can_be(terms, value)
            )
            places = tuple(dict.fromkeys(self.facts.hidden[number]))
            found.append(CellRange(number, places, low, high, possible))
        return found


SPAN = " span"
