"""A reader with the tidy CSV and nothing else of the product: which suppressed counts can be worked out from it?

The reader guesses how printed counts hang together: lines of a table that add up to another, lines of two tables that
are one, percentages of two counts, changes between two. The true figures only say which guesses are right: a reader
who knows the council is taken to guess no wrong ones. Shares no code with the disclosure control or its attack.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from redress.returns.documents.tidy import write_csv
from redress.returns.figures import BuiltReturn

MOST_PARTS = 4
MOST = 10_000
NEAR = 1e-7
Floats = np.ndarray[Any, np.dtype[np.float64]]

Place = tuple[str, str, str]
"""Table, row (with its group) and column."""
Line = Mapping[str, Place]
"""The cells of a row or column, by the label across."""


@dataclass
class Seen:
    """The rows of a tidy CSV: which count stands where, with its figure; percentages and changes beside them."""

    counts: dict[Place, str] = field(default_factory=dict)
    rates: dict[Place, str] = field(default_factory=dict)
    printed: dict[str, Fraction] = field(default_factory=dict)
    steps: dict[str, Fraction] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)


def seen_in(built: BuiltReturn, folder: Path) -> Seen:
    """What the tidy CSV of a return shows."""
    file = folder / "figures.csv"
    write_csv(built, file)
    seen = Seen()
    with file.open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            place = (line["table"], f"{line['row_group']}|{line['row']}", line["column"])
            (seen.counts if line["unit"] == "count" else seen.rates)[place] = line["figure_id"]
            if line["symbol"] == "c":
                assert [line["value"], line["numerator"], line["denominator"]] == ["", "", ""]
                seen.hidden.add(line["figure_id"])
            elif line["value"]:
                seen.printed[line["figure_id"]] = Fraction(line["value"])
                decimals = len(line["value"].partition(".")[2])
                seen.steps[line["figure_id"]] = Fraction(1, 10**decimals)
    return seen


@dataclass
class _Sums:
    """Guesses that are right: sums of counts (by figure id) that lie between two numbers."""

    rows: list[tuple[dict[str, Fraction], float, float]] = field(default_factory=list)

    def add(self, terms: Mapping[str, Fraction | int], low: float = 0.0, high: float = 0.0) -> None:
        whole: dict[str, Fraction] = defaultdict(Fraction)
        for name, times in terms.items():
            whole[name] += times
        self.rows.append(({name: times for name, times in whole.items() if times}, low, high))


class Outsider:
    """Guesses sums from what is printed, checked against the true figures, and solves them."""

    def __init__(self, built: BuiltReturn, publication: BuiltReturn, folder: Path) -> None:
        self.true = {figure.id: figure for figure in built.figures}
        self.seen = seen_in(publication, folder)
        self.value = {
            name: figure.value for name in self.seen.counts.values() if (figure := self.true[name]).value is not None
        }
        self.sums = _Sums()
        self.lines = {table: self._lines(table) for table in dict.fromkeys(place[0] for place in self.seen.counts)}
        for lines in self.lines.values():
            for direction in lines:
                self._adds_up(direction)
        self._equal_lines()
        self._equal_numbers()
        self._rates()

    def _lines(self, table: str) -> list[list[Line]]:
        rows: dict[str, dict[str, Place]] = defaultdict(dict)
        columns: dict[str, dict[str, Place]] = defaultdict(dict)
        for place, name in self.seen.counts.items():
            if place[0] == table and name in self.value:
                rows[place[1]][place[2]] = place
                columns[place[2]][place[1]] = place
        return [list(rows.values()), list(columns.values())]

    def _of(self, place: Place) -> str:
        return self.seen.counts[place]

    def _number(self, place: Place) -> Fraction:
        return self.value[self._of(place)]  # type: ignore[return-value]

    def _adds_up(self, lines: list[Line]) -> None:
        """One line is the sum of others: of all others, of those under a total's heading, or of any few."""
        for whole in lines:
            others = [line for line in lines if line is not whole and line.keys() >= whole.keys()]
            tried = [others] if len(others) > MOST_PARTS else []
            for size in range(2, MOST_PARTS + 1):
                if math.comb(len(others), size) <= 800:
                    tried += [list(some) for some in combinations(others, size)]
            for parts in tried:
                if self._is_sum(whole, parts):
                    for label, place in whole.items():
                        self.sums.add({self._of(place): 1} | {self._of(part[label]): -1 for part in parts})
        for line in lines:
            self._total_within(line)

    def _is_sum(self, whole: Line, parts: list[Line]) -> bool:
        """Right in every cell, and seen to be in enough of them not to be chance."""
        seen = 0
        for label, place in whole.items():
            cells = [place, *(part[label] for part in parts)]
            values = [self._number(cell) for cell in cells]
            if values[0] != sum(values[1:]):
                return False
            is_printed = all(self._of(cell) in self.seen.printed for cell in cells)
            seen += is_printed and sum(value > 0 for value in values[1:]) > 1
        return seen >= 3

    def _total_within(self, line: Line) -> None:
        """A cell that calls itself a total is the sum of the others of its line."""
        for label, place in line.items():
            if "total" in label.lower() or label.lower().rpartition("|")[2].startswith(("all", "total")):
                parts = [other for name, other in line.items() if name != label]
                if len(parts) > 1 and self._number(place) == sum(self._number(part) for part in parts):
                    self.sums.add({self._of(place): 1} | {self._of(part): -1 for part in parts})

    def _equal_lines(self) -> None:
        """Two lines with the same labels and numbers are one."""
        every = [line for lines in self.lines.values() for direction in lines for line in direction if len(line) > 1]
        short = [{label.rpartition("|")[2].lower(): place for label, place in line.items()} for line in every]
        for one, other in combinations(short, 2):
            shared = one.keys() & other.keys()
            if len(shared) < 2:
                continue
            if any(self._number(one[label]) != self._number(other[label]) for label in shared):
                continue
            told = {
                self._number(one[label])
                for label in shared
                if {self._of(one[label]), self._of(other[label])} <= self.seen.printed.keys()
            } - {Fraction(0)}
            if len(told) >= 3 and max(told) >= 5:
                for label in shared:
                    self.sums.add({self._of(one[label]): 1, self._of(other[label]): -1})

    def _equal_numbers(self) -> None:
        """Two counts that mean the same by their headings."""
        first: dict[object, str] = {}
        for name in self.value:
            figure = self.true[name]
            if figure.show == "count" and figure.of is not None:
                same = first.setdefault(figure.of, name)
                if same != name:
                    self.sums.add({name: 1, same: -1})

    def _rates(self) -> None:
        """Percentages that stand, of two counts that are printed somewhere, and changes between two."""
        by_number: dict[object, str] = {}
        for name in self.value:
            figure = self.true[name]
            if figure.show == "count" and figure.of is not None:
                by_number.setdefault(figure.of, name)
        for name in [*self.seen.rates.values(), *self.seen.counts.values()]:
            if name not in self.seen.printed:
                continue
            figure, shown, step = self.true[name], self.seen.printed[name], self.seen.steps[name]
            before = figure.before
            if figure.show in ("percent", "share") and figure.of in by_number and figure.over in by_number:
                self._ratio(by_number[figure.of], by_number[figure.over], shown, step)  # type: ignore[index]
            elif before is not None and before.of in by_number and figure.of in by_number:
                now, then = by_number[figure.of], by_number[before.of]  # type: ignore[index]
                if figure.show == "change_count":
                    self.sums.add({now: 1, then: -1}, float(shown), float(shown))
                elif figure.show == "change_percent":
                    self._ratio(now, then, shown + 100, step)

    def _ratio(self, top: str, bottom: str, shown: Fraction, step: Fraction) -> None:
        """A rate of two counts lies within a step of what is printed; twice that where shares are made to add up."""
        true = self.value[top], self.value[bottom]
        if top == bottom or not true[0] or not true[1] or abs(true[0] * 100 / true[1] - shown) > step:
            return
        self.sums.add({top: 100, bottom: -(shown - step)}, 0.0, math.inf)
        self.sums.add({bottom: shown + step, top: -100}, 0.0, math.inf)

    def ranges(self) -> Iterator[tuple[str, Fraction, int, int, list[int]]]:
        """By suppressed count: its true value, the least and most it can be, and which of 1 to 4 it can be."""
        names = sorted(self.value)
        index = {name: at for at, name in enumerate(names)}
        entries = [
            (at, index[name], float(times))
            for at, (terms, _, _) in enumerate(self.sums.rows)
            for name, times in terms.items()
        ]
        matrix = csr_array(
            ([one[2] for one in entries], ([one[0] for one in entries], [one[1] for one in entries])),
            shape=(len(self.sums.rows), len(names)),
        )
        low, high = (np.array([row[at] for row in self.sums.rows], dtype=float) for at in (1, 2))
        known = np.array([name in self.seen.printed for name in names])
        signed = np.array([self.true[name].show != "count" for name in names])
        given = np.array([float(self.seen.printed.get(name, 0)) for name in names])
        least = np.where(known, given, np.where(signed, -MOST, 0.0))
        most = np.where(known, given, MOST)
        places = matrix.tocoo()
        loose = ~known[places.col]
        size = len(names) + matrix.shape[0]
        links = csr_array(
            (np.ones(loose.sum()), (places.col[loose], places.row[loose] + len(names))), shape=(size, size)
        )
        _, label = connected_components(links, directed=False)
        for at, name in enumerate(names):
            if name not in self.seen.hidden or signed[at]:
                continue
            mine = np.flatnonzero((label[: len(names)] == label[at]) & ~known)
            rows = np.flatnonzero(label[len(names) :] == label[at])
            beside = matrix[rows][:, np.flatnonzero(known)] @ given[known]
            limits = LinearConstraint(matrix[rows][:, mine], low[rows] - beside - NEAR, high[rows] - beside + NEAR)
            part = _Part(limits, least[mine], most[mine], int(np.searchsorted(mine, at)))
            down, up = part.reach(1), part.reach(-1)
            assert down is not None, f"{name}: the guesses contradict what is printed"
            assert up is not None
            possible = [value for value in range(1, 5) if part.reach(0, value) is not None]
            yield name, self.value[name], down, up, possible  # type: ignore[misc]


@dataclass
class _Part:
    """The unknown counts that hang together with one, and what is known of them."""

    limits: LinearConstraint
    least: Floats
    most: Floats
    spot: int

    def reach(self, direction: int, fixed: int | None = None) -> int | None:
        """The one's least (1) or most (-1) in whole numbers, or whether it can be just so; None where it cannot."""
        least, most, cost = self.least.copy(), self.most.copy(), np.zeros(len(self.least))
        if fixed is not None:
            least[self.spot] = most[self.spot] = fixed
        cost[self.spot] = direction
        found = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(least, most),
            constraints=[self.limits] if self.limits.A.shape[0] else [],
        )
        return None if found.x is None else round(found.x[self.spot])


def seen_through(built: BuiltReturn, publication: BuiltReturn, folder: Path) -> list[str]:
    """Suppressed counts that the reader of the CSV can see through, in words."""
    sensitive = {figure.id for table in built.tables if table.suppress for figure in table.figures}
    found = []
    for name, value, low, high, possible in Outsider(built, publication, folder).ranges():
        is_primary = name in sensitive and 0 < value < 5
        if is_primary and possible != [1, 2, 3, 4]:
            found.append(f"{name}: {value} can only be {possible} of 1 to 4")
        elif not is_primary and not low < value < high and not (value == 0 and high > 0):
            found.append(f"{name}: {value} can only be {low} to {high}")
    return found
