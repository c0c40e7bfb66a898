"""Whole numbers that hang together: can they be otherwise, given those a reader knows?

All numbers are whole (pounds are counted in pence). A world is a value for each that fits every row.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, csr_array, eye_array, hstack
from scipy.sparse.csgraph import connected_components

from redress.returns.disclosure.numbers import Number
from redress.returns.disclosure.relations import Row

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

NEAR = 1e-6


@dataclass(frozen=True)
class Bound:
    """How far a number can go in one direction before it must stop.

    gain is, by number, how much further it could go at most if that number were hidden too (or, of a hidden one, how
    much less far if it were not). world is a world in which it goes that far, if the solver found a whole one.
    is_beyond: it cannot even come back to the target.
    """

    value: float
    gain: Floats
    world: Integers | None
    held_by: tuple[int, ...]
    is_beyond: bool = False


class System:
    """Rows over numbers, in a fixed order."""

    def __init__(self, rows: Sequence[Row], signed: frozenset[Number] = frozenset()) -> None:
        self.rows = list(rows)
        self.numbers = sorted({number for row in rows for number, _ in row.terms}, key=lambda number: number.sort_key)
        self.index = {number: at for at, number in enumerate(self.numbers)}
        entries: dict[tuple[int, int], int] = {}
        for at, row in enumerate(rows):
            for number, factor in row.terms:
                entries[at, self.index[number]] = entries.get((at, self.index[number]), 0) + factor
        places = sorted(entries)
        self.matrix = csr_array(
            (
                np.array([entries[place] for place in places], dtype=np.int64),
                (np.array([at for at, _ in places], dtype=int), np.array([at for _, at in places], dtype=int)),
            ),
            shape=(len(self.rows), len(self.numbers)),
        )
        self.is_equal = np.array([row.is_equal for row in rows], dtype=bool)
        self.lower = np.array([-np.inf if number in signed else 0.0 for number in self.numbers])

    def fits(self, world: Integers) -> bool:
        """Whether a world fits every row, in whole numbers."""
        sums = self.matrix @ world
        return bool(np.all(sums[self.is_equal] == 0) and np.all(sums >= 0) and np.all(world >= self.lower))

    def components(self, constant: Flags) -> list[tuple[list[Row], list[int]]]:
        """Rows and numbers that hang together, leaving aside those that cannot change."""
        places = self.matrix.tocoo()
        loose = ~constant[places.col]
        rows, columns = places.row[loose], places.col[loose]
        size = len(self.rows) + len(self.numbers)
        graph = csr_array((np.ones(len(rows)), (rows, columns + len(self.rows))), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        found: dict[int, tuple[list[Row], list[int]]] = {}
        for at in range(len(self.numbers)):
            if not constant[at]:
                found.setdefault(int(label[len(self.rows) + at]), ([], []))[1].append(at)
        for at, row in enumerate(self.rows):
            if int(label[at]) in found:
                found[int(label[at])][0].append(row)
        return [one for one in found.values() if one[0]]


class Piece:
    """Unknown numbers of a system that hang together, the others being known."""

    def __init__(self, system: System, rows: Integers, unknown: Integers, known: Flags, world: Integers) -> None:
        self.system = system
        self.unknown = unknown
        self.base = world
        self._rows = rows
        part = system.matrix[rows]
        self._known = np.flatnonzero(known)
        self._matrix = csc_array(part)[:, unknown].astype(float)
        self._beside = csc_array(part)[:, self._known].astype(float)
        self._equal = system.is_equal[rows]
        self._right = -(self._beside @ world[self._known].astype(float))
        self._lower = system.lower[unknown]

    @cached_property
    def _parts(self) -> tuple[Any, Floats, Any, Floats]:
        rows = csr_array(self._matrix)
        return rows[self._equal], self._right[self._equal], -rows[~self._equal], -self._right[~self._equal]

    def reach(self, at: int, direction: Literal["up", "down"], target: int) -> Bound:
        """How far a number can go towards the target, fractions allowed."""
        place = int(np.searchsorted(self.unknown, at))
        sign = -1.0 if direction == "up" else 1.0
        cost = np.zeros(len(self.unknown))
        cost[place] = sign
        low, high = self._lower.copy(), np.full(len(self.unknown), np.inf)
        if direction == "up":
            high[place] = target
        else:
            low[place] = target
        equal, equal_right, least, least_right = self._parts
        found = linprog(
            cost,
            A_ub=least if least.shape[0] else None,
            b_ub=least_right if least.shape[0] else None,
            A_eq=equal if equal.shape[0] else None,
            b_eq=equal_right if equal.shape[0] else None,
            bounds=np.column_stack([low, high]),
            method="highs",
        )
        if found.status == 2:
            # The known numbers allow some world, so this one lies wholly beyond the target.
            return Bound(float(target), np.zeros(len(self.system.numbers)), None, (), is_beyond=True)
        if found.status != 0:
            raise RuntimeError(f"The bound of {self.system.numbers[at]} was not found: {found.message}")
        price = np.zeros(len(self._rows))
        if equal.shape[0]:
            price[self._equal] = found.eqlin.marginals
        if least.shape[0]:
            price[~self._equal] = -found.ineqlin.marginals
        slope = -(self._beside.T @ price)
        slope[np.abs(slope) < NEAR] = 0.0
        gain = np.zeros(len(self.system.numbers))
        gain[self._known] = np.where(slope < 0, np.inf, slope * self.base[self._known])
        gain[self.unknown] = np.maximum(found.lower.marginals, 0) * np.maximum(self.base[self.unknown], 0)
        gain[at] = 0.0
        held = tuple(int(one) for one in self._known[slope != 0])
        return Bound(float(found.x[place]), gain, self._world(found.x), held)

    def find(self, at: int, value: int) -> Integers | None:
        """A world in which the number has this value, if there is one."""
        place = int(np.searchsorted(self.unknown, at))
        low, high = self._lower.copy(), np.full(len(self.unknown), np.inf)
        low[place] = high[place] = value
        found = milp(
            np.zeros(len(self.unknown)),
            integrality=np.ones(len(self.unknown)),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(
                csr_array(self._matrix), self._right, np.where(self._equal, self._right, np.inf)
            ),
        )
        if found.x is None:
            if found.status == 2:
                return None
            raise RuntimeError(f"Whether {self.system.numbers[at]} can be {value} was not decided: {found.message}")
        return self._world(found.x)

    @property
    def beside(self) -> Integers:
        """The known numbers that stand in a row with an unknown one of this piece."""
        touching = np.flatnonzero(np.diff(self._beside.indptr))
        return np.asarray(self._known[touching])

    def _world(self, found: Floats) -> Integers | None:
        world = self.base.copy()
        world[self.unknown] = np.rint(found).astype(np.int64)
        return world if self.system.fits(world) else None


def pieces(system: System, unknown: Flags, world: Integers) -> dict[int, Piece]:
    """By unknown number: the piece it is in. world has the values of the known ones and a world for the others."""
    places = system.matrix.tocoo()
    inside = unknown[places.col]
    rows, columns = places.row[inside], places.col[inside]
    height = len(system.rows)
    size = height + len(system.numbers)
    graph = csr_array((np.ones(len(rows)), (rows, columns + height)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    found: dict[int, Piece] = {}
    made: dict[int, Piece] = {}
    row_label, column_label = label[:height], label[height:]
    for at in np.flatnonzero(unknown):
        name = int(column_label[at])
        if name not in made:
            columns_in = np.flatnonzero(unknown & (column_label == name))
            made[name] = Piece(system, np.flatnonzero(row_label == name), columns_in, ~unknown, world)
        found[int(at)] = made[name]
    return found


def some_world(system: System, known: dict[int, int], row_costs: Sequence[int]) -> tuple[Integers | None, list[int]]:
    """A world with these known values or, if there is none, the rows that have to give way, the cheapest there are."""
    size, height = len(system.numbers), len(system.rows)
    low, high = system.lower.copy(), np.full(size, np.inf)
    for at, value in known.items():
        low[at] = high[at] = value
    matrix, right = csr_array(system.matrix.astype(float)), np.zeros(height)
    most = np.where(system.is_equal, 0.0, np.inf)
    found = milp(
        np.zeros(size),
        integrality=np.ones(size),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(matrix, right, most),
    )
    if found.x is not None:
        world = np.rint(found.x).astype(np.int64)
        if system.fits(world):
            return world, []
    each = eye_array(height, format="csr")
    found = milp(
        np.concatenate([np.zeros(size), row_costs, row_costs]),
        bounds=Bounds(np.concatenate([low, np.zeros(2 * height)]), np.concatenate([high, np.full(2 * height, np.inf)])),
        constraints=LinearConstraint(hstack([matrix, each, -each], format="csr"), right, most),
    )
    give = found.x[size : size + height] + found.x[size + height :]
    wrong = [int(at) for at in np.flatnonzero(give > NEAR)]
    return None, wrong or list(range(height))


def without_loose_ends(rows: Sequence[Row], named: frozenset[Number]) -> list[Row]:
    """The rows without numbers that nobody names and that stand in one row only: they say nothing of the others."""
    kept = list(dict.fromkeys(rows))
    while True:
        count = Counter(number for row in kept for number, _ in row.terms)
        loose = {number for number, times in count.items() if times == 1 and number not in named}
        if not loose:
            return kept
        kept = list(dict.fromkeys(left for row in kept if (left := _without(row, loose)) is not None))


def _without(row: Row, loose: set[Number]) -> Row | None:
    """What a row still says where some of its numbers may be anything from 0 up; None where that is nothing."""
    factors = [factor for number, factor in row.terms if number in loose]
    if not factors:
        return row
    takes, gives = max(factors) > 0, min(factors) < 0
    if takes and (gives or not row.is_equal):
        return None
    left = tuple((number, -factor if takes else factor) for number, factor in row.terms if number not in loose)
    return Row(left, False) if any(factor < 0 for _, factor in left) else None
