"""Exact answers to the attack's questions: what a sum of whole unknowns can be, by what is known of other sums."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

MOST = 100_000
"""No number of cases is larger; a suppressed one that can be as large is called unlimited."""

Sum = dict[int, int]
"""Unknowns by place, with how often each is counted."""


class Solver:
    """Asks one component of the system, and remembers every world it has seen."""

    def __init__(self, matrix: Any, low: Any, high: Any) -> None:
        self.matrix, self.low, self.high = matrix, low, high
        self.worlds: list[Any] = []

    @cached_property
    def is_possible(self) -> bool:
        """Whether any world fits."""
        return self.solve(np.zeros(self.matrix.shape[1]), None) is not None

    def least(self, terms: Any) -> int:
        """The smallest number that a sum of unknowns can be."""
        world = self.solve(terms, None)
        if world is None:
            raise RuntimeError("The printed numbers contradict each other.")
        return int(terms @ world)

    def most(self, terms: Any) -> int | None:
        """The largest number that a sum can be; None where there is no limit."""
        world = self.solve(-terms, (terms, 0, MOST))
        found = None if world is None else int(terms @ world)
        return None if found is None or found >= MOST else found

    def can_be(self, terms: Any, value: int) -> bool:
        """Whether a sum can be just this."""
        if any(terms @ world == value for world in self.worlds):
            return True
        return self.solve(np.zeros(len(terms)), (terms, value, value)) is not None

    def solve(self, cost: Any, extra: tuple[Any, float, float] | None) -> Any | None:
        """The cheapest world; None where there is none."""
        if not len(cost):
            return cost if extra is None or extra[1] <= 0 else None
        constraints = [LinearConstraint(self.matrix, self.low, self.high)]
        if extra is not None:
            constraints.append(LinearConstraint(csr_array(extra[0][None, :]), extra[1], extra[2]))
        found = milp(cost, integrality=np.ones(len(cost)), bounds=Bounds(0, np.inf), constraints=constraints)
        if found.x is None:
            if found.status == 2:
                return None
            raise RuntimeError(f"The attack came to no end: {found.message}")
        world = np.rint(found.x)
        sums = self.matrix @ world
        if not (np.all(sums >= self.low) and np.all(sums <= self.high)):
            raise RuntimeError("The solver's world does not fit in whole numbers.")
        self.worlds.append(world)
        return world


_NOTHING = Solver(csr_array((0, 0)), np.zeros(0), np.zeros(0))
"""Answers for sums without unknowns left: they are 0."""


def solvers_of(
    rows: Sequence[tuple[Sum, float, float]], size: int, asked: Sequence[Sum]
) -> Iterator[tuple[Solver, Any]]:
    """For each sum that is asked about: the component it lies in, and the sum's factors there."""
    rows, nothing = _without_nothings(rows)
    asked = [{place: times for place, times in terms.items() if place not in nothing} for terms in asked]
    alike = _alike(rows, size, asked)
    rows = [(_folded(terms, alike), low, high) for terms, low, high in rows]
    asked = [_folded(terms, alike) for terms in asked]
    entries = [(at, place, times) for at, (terms, _, _) in enumerate(rows) for place, times in terms.items() if times]
    at_row = np.array([at for at, _, _ in entries], dtype=int)
    at_column = np.array([place for _, place, _ in entries], dtype=int)
    matrix = csr_array(
        (np.array([times for _, _, times in entries], dtype=float), (at_row, at_column)), shape=(len(rows), size)
    )
    low = np.array([one for _, one, _ in rows])
    high = np.array([one for _, _, one in rows])
    joins = [(min(terms), place) for terms in asked if terms for place in terms]
    links = csr_array(
        (
            np.ones(len(entries) + len(joins)),
            (
                np.concatenate([at_row + size, np.array([one for one, _ in joins], dtype=int)]),
                np.concatenate([at_column, np.array([other for _, other in joins], dtype=int)]),
            ),
        ),
        shape=(size + len(rows), size + len(rows)),
    )
    _, label = connected_components(links, directed=False)
    made: dict[int, tuple[Solver, Any]] = {}
    for terms in asked:
        if not terms:
            yield _NOTHING, np.zeros(0)
            continue
        name = int(label[min(terms)])
        if name not in made:
            columns = np.flatnonzero(label[:size] == name)
            inside = np.flatnonzero(label[size:] == name)
            made[name] = (Solver(matrix[inside][:, columns], low[inside], high[inside]), columns)
        solver, columns = made[name]
        factors = np.zeros(len(columns))
        for place, times in terms.items():
            factors[np.searchsorted(columns, place)] = times
        yield solver, factors


def _without_nothings(
    rows: Sequence[tuple[Sum, float, float]],
) -> tuple[list[tuple[Sum, float, float]], set[int]]:
    """The rows without the unknowns that must be 0, because a sum of them is printed as 0; and those unknowns."""
    kept, nothing = list(rows), set[int]()
    while True:
        fresh = {
            place
            for terms, _, high in kept
            if high == 0 and all(times > 0 for times in terms.values())
            for place in terms
        }
        if not fresh:
            return kept, nothing
        nothing |= fresh
        kept = [
            ({place: times for place, times in terms.items() if place not in fresh}, low, high)
            for terms, low, high in kept
        ]
        kept = [row for row in kept if row[0] or row[1] > 0]


def _alike(rows: Sequence[tuple[Sum, float, float]], size: int, asked: Sequence[Sum]) -> list[int]:
    """By unknown, the first one that is counted in the same sums as often: one stands for all of them."""
    where: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for at, terms in enumerate([*(row[0] for row in rows), *asked]):
        for place, times in terms.items():
            where[place].append((at, times))
    first: dict[tuple[tuple[int, int], ...], int] = {}
    return [first.setdefault(tuple(found), place) for place, found in enumerate(where)]


def _folded(terms: Sum, alike: Sequence[int]) -> Sum:
    return {place: times for place, times in terms.items() if alike[place] == place}
