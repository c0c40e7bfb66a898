"""Chooses which further numbers to hide, by cutting planes: the cheapest set that no reader can see through.

A first integer programme chooses; linear programmes then try to see through the choice. Where one succeeds, its dual
prices say which numbers gave the hidden one away, and become a cut of the first programme (Fischetti and Salazar's
method for linked tables). In the end every demand is proven by a world of whole numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from redress.returns.disclosure.question import Answer, Need, Question
from redress.returns.disclosure.system import NEAR, Bound, Flags, Integers, Piece, pieces

Direction = Literal["up", "down"]
MOST_ROUNDS = 100
ROOM = 10
"""How far above its least value a number of unknown size is looked at."""
EXPOSED = 100_000
"""What it costs to hide a number that others give away whatever is hidden: done only where nothing else helps."""


@dataclass(frozen=True)
class Cut:
    """Hide enough of these: their weights must come to 1, or only if the number `when` is hidden too.

    It was found for the number `sake`, and goes if that one's demand is given up.
    """

    weights: tuple[tuple[int, float], ...]
    when: int | None = None
    sake: int | None = None


def choose(question: Question) -> Answer:
    """The cheapest numbers to hide so that every demand is met, as far as hiding can meet it."""
    return _Search(question).run()


class _Search:
    def __init__(self, question: Question) -> None:
        self.asked = question
        self.needs = {at: Need(need.low, need.high, need.each) for at, need in question.needs.items()}
        self.cuts: dict[Cut, None] = dict.fromkeys(_first_cuts(question))
        self.worlds: list[Integers] = [question.world]
        self.moved: list[Flags] = [np.zeros(len(question.world), dtype=bool)]
        self.unmet: dict[int, set[int]] = {}
        self.exposed: dict[int, tuple[int, ...]] = {}

    def run(self) -> Answer:
        if self.asked.has_outside_knowledge:
            self.limit()
        hidden, rounds = self.cheapest(), 1
        while not self.stands(hidden):
            rounds += 1
            # Late in a long search a number once hidden stays hidden, so that it ends.
            hidden = self.cheapest() | (hidden if rounds > MOST_ROUNDS else self.asked.must_hide)
        for at, held_by in self.exposed.items():
            if hidden[at]:
                self.unmet[at] = set(held_by)
        return Answer(hidden, self.unmet, self.needs, rounds)

    def limit(self) -> None:
        """Takes back the demands that could not be met if everything were hidden: earlier publications are out."""
        by_number = pieces(self.asked.system, self.asked.unprinted | self.asked.may_hide, self.asked.world)
        for at, need in self.needs.items():
            if need.low is None or need.high is None:
                continue
            low, high = self.ends(by_number[at], at, need.low, need.high)
            least, most = ceil(low.value - NEAR), floor(high.value + NEAR)
            is_outside = low.is_beyond or high.is_beyond or least > most
            if not is_outside and (least, most) == (need.low, need.high):
                continue
            self.forget(at)
            self.unmet.setdefault(at, set()).update(low.held_by, high.held_by)
            if is_outside or most - least < 1:
                need.low, need.high, need.each = *self.middle(by_number[at], at), ()
            else:
                need.low, need.high = least, most
                need.each = tuple(value for value in need.each if least <= value <= most)

    def ends(self, piece: Piece, at: int, lowest: int, highest: int) -> tuple[Bound, Bound]:
        """How far a number can go down and up."""
        low, high = piece.reach(at, "down", lowest), piece.reach(at, "up", highest)
        self.keep(low.world)
        self.keep(high.world)
        return low, high

    def middle(self, piece: Piece, at: int) -> tuple[int | None, int | None]:
        """Values one below and one above the middle of what a number can be; nothing where there is no room.

        For numbers that an earlier publication hid: their true values are not known here.
        """
        least = ceil(piece.reach(at, "down", 0).value - NEAR)
        most = floor(piece.reach(at, "up", least + ROOM).value + NEAR)
        middle = (least + most) // 2
        return (max(middle - 1, least), min(middle + 1, most)) if most > least else (None, None)

    def cheapest(self) -> Flags:
        """The cheapest choice that the cuts allow."""
        asked = self.asked
        places = np.flatnonzero(asked.may_hide)
        if not len(self.cuts) or not len(places):
            return asked.must_hide.copy()
        position = {int(at): column for column, at in enumerate(places)}
        entries: list[tuple[int, int, float]] = []
        right = []
        for at, cut in enumerate(self.cuts):
            entries += [(at, position[number], weight) for number, weight in cut.weights]
            if cut.when is not None:
                entries.append((at, position[cut.when], -1.0))
            right.append(1.0 if cut.when is None else 0.0)
        matrix = csr_array(
            ([weight for _, _, weight in entries], ([at for at, _, _ in entries], [at for _, at, _ in entries])),
            shape=(len(right), len(places)),
        )
        must = asked.must_hide[places].astype(float)
        cost = asked.cost.astype(float)
        cost[list(self.exposed)] += EXPOSED
        found = milp(
            cost[places],
            integrality=np.ones(len(places)),
            bounds=Bounds(must, np.ones(len(places))),
            constraints=LinearConstraint(matrix, np.array(right) - NEAR, np.inf),
            options={"mip_rel_gap": 0.01, "node_limit": 5000},
        )
        if found.x is None:
            raise RuntimeError(f"No numbers to hide were found: {found.message}")
        hidden = asked.must_hide.copy()
        hidden[places] |= found.x > 0.5
        return hidden

    def stands(self, hidden: Flags) -> bool:
        """Whether the choice meets every demand; if not, there are new cuts (or a demand was given up)."""
        asked = self.asked
        unknown = asked.unprinted | hidden
        by_number = pieces(asked.system, unknown, asked.world)
        demands = self.demands(hidden)
        holds = True
        for at, need in demands:
            ends: tuple[tuple[Direction, int | None], ...] = (("down", need.low), ("up", need.high))
            for direction, target in ends:
                if target is not None and not self.seen(hidden, at, direction, target):
                    holds &= self.reaches(by_number.get(at), at, direction, target, hidden)
        if not holds:
            return False
        for at, need in demands:
            for value in need.each or (need.low, need.high):
                if value is None:
                    continue
                direction = "down" if value == need.low else "up"
                is_seen = self.has(hidden, at, value) if need.each else self.seen(hidden, at, direction, value)
                if not is_seen:
                    holds &= self.finds(by_number[at], at, value, hidden)
        return holds

    def demands(self, hidden: Flags) -> list[tuple[int, Need]]:
        """The demands in force under a choice: those that always hold and those of each further hidden number."""
        found = list(self.needs.items())
        for at in np.flatnonzero(hidden):
            if int(at) not in self.needs and int(at) not in self.exposed:
                value, step = int(self.asked.world[at]), int(self.asked.step[at])
                found.append((int(at), Need(max(value - step, 0), value + step)))
        return found

    def usable(self, hidden: Flags, at: int) -> Integers:
        """The values a number has in the worlds that are possible under a choice."""
        shown = self.asked.may_hide & ~hidden
        moved = np.array(self.moved)
        fine = ~(moved & shown).any(axis=1)
        return np.array(self.worlds)[fine, at]

    def seen(self, hidden: Flags, at: int, direction: Direction, target: int) -> bool:
        values = self.usable(hidden, at)
        return bool(values.max() >= target if direction == "up" else values.min() <= target)

    def has(self, hidden: Flags, at: int, value: int) -> bool:
        return bool((self.usable(hidden, at) == value).any())

    def keep(self, world: Integers | None) -> None:
        if world is not None:
            self.worlds.append(world)
            self.moved.append((world != self.asked.world) & self.asked.may_hide)

    def reaches(self, piece: Piece | None, at: int, direction: Direction, target: int, hidden: Flags) -> bool:
        """Whether the number can go so far; otherwise cuts the choice off, or gives up what cannot be had."""
        if piece is None:
            self.give_up(at, direction, None, ())
            return True
        bound = piece.reach(at, direction, target)
        self.keep(bound.world)
        short = target - bound.value if direction == "up" else bound.value - target
        if short <= NEAR:
            return True
        asked = self.asked
        free = asked.may_hide & ~asked.must_hide
        free[at] = False
        needed = short + float(bound.gain[free & hidden].sum())
        gain = np.where(free, np.minimum(bound.gain, needed), 0.0)
        places = np.flatnonzero(gain > NEAR * needed)
        if gain[places].sum() < needed * (1 - NEAR):
            self.give_up(at, direction, None, bound.held_by)
            return False
        when = None if at in self.needs else at
        self.cuts[Cut(tuple((int(one), float(gain[one] / needed)) for one in places), when, at)] = None
        return False

    def finds(self, piece: Piece, at: int, value: int, hidden: Flags) -> bool:
        """Whether the number can have this value in whole numbers; otherwise something beside it must be hidden."""
        world = piece.find(at, value)
        if world is not None:
            self.keep(world)
            return True
        beside = [int(one) for one in piece.beside if self.asked.may_hide[one] and not hidden[one]]
        if not beside:
            self.give_up(at, None, value, tuple(int(one) for one in piece.beside))
            return False
        self.cuts[Cut(tuple((one, 1.0) for one in beside), None if at in self.needs else at, at)] = None
        return False

    def forget(self, at: int) -> None:
        """Takes back the cuts made for a number's sake."""
        self.cuts = {cut: None for cut in self.cuts if cut.sake != at}

    def give_up(self, at: int, direction: Direction | None, value: int | None, held_by: Sequence[int]) -> None:
        """Drops a demand that no choice can meet, and keeps what stands in the way."""
        self.forget(at)
        if at not in self.needs:
            self.exposed[at] = tuple(held_by)
            return
        need = self.needs[at]
        self.unmet.setdefault(at, set()).update(held_by)
        if direction == "down":
            need.low = None
        elif direction == "up":
            need.high = None
        else:
            need.each = tuple(one for one in need.each if one != value)


def _first_cuts(question: Question) -> list[Cut]:
    """In a sum that is printed in full, who hides one number must hide a second."""
    cuts = []
    matrix = question.system.matrix
    for at in np.flatnonzero(question.system.is_equal):
        places = matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]]
        if question.unprinted[places].any():
            continue
        free = [int(one) for one in places if question.may_hide[one]]
        for one in free:
            others = tuple((other, 1.0) for other in free if other != one)
            if others:
                cuts.append(Cut(others, None if question.must_hide[one] else one, one))
    return cuts
