"""All that a reader of a return and of earlier publications knows, as numbers with values and rows between them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from redress.returns.disclosure.numbers import Coarser, Number
from redress.returns.disclosure.primary import Primary, part_rows, primary
from redress.returns.disclosure.printed import AVERAGES, Printed, Use, read, rows_of, table_sums
from redress.returns.disclosure.relations import Row, relations
from redress.returns.disclosure.system import Integers, System, some_world, without_loose_ends
from redress.returns.figures import BuiltReturn

PENCE = 100


@dataclass
class Knowledge:
    """The return, its primary numbers, and what earlier publications tell.

    values are the true values: of what this return prints, of small numbers anyone could work out, and of what earlier
    publications printed. fixed are those that are out already. small numbers must stay uncertain below their
    threshold: this return's, and those that earlier publications hide.
    """

    printed: Printed
    earlier: list[Printed]
    primary: Primary
    rows: list[Row]
    values: dict[Number, Fraction]
    fixed: dict[Number, Fraction]
    revised: dict[Number, Fraction]
    small: dict[Number, int]
    hidden_before: frozenset[Number]
    not_linked: list[Row] = field(default_factory=list)

    @cached_property
    def _in_pence(self) -> set[str]:
        pounds = {number.measure for one in (self.printed, *self.earlier) for number in one.pounds}
        return pounds | {number.measure for number, value in self.values.items() if value.denominator != 1}

    def scale(self, number: Number) -> int:
        """What a number is multiplied by to be whole."""
        return PENCE if number.measure in self._in_pence else 1

    def step(self, number: Number) -> int:
        """How far a hidden number must be able to move either way: one case, or a tenth of an amount."""
        if self.scale(number) == 1:
            return 1
        return max(int(abs(self.values.get(number, Fraction(0))) * PENCE / 10), PENCE)

    def scaled(self, number: Number) -> int | None:
        """The value in whole units; None where nobody printed it or it has smaller fractions."""
        value = self.values.get(number)
        whole = None if value is None else value * self.scale(number)
        return int(whole) if whole is not None and whole.denominator == 1 else None

    def components(self) -> Iterator[tuple[System, Integers]]:
        """Numbers that hang together, where one of them is small, with a world that fits them.

        Rows that this return's values contradict are left out: an earlier publication has been revised since.
        """
        signed = frozenset(number for number, value in self.values.items() if value < 0)
        rows = [row for row in self.rows if self._is_true(row)]
        whole = System(rows, signed)
        constant = np.array(
            [number in self.fixed or self.values.get(number) == 0 for number in whole.numbers], dtype=bool
        )
        for part, members in whole.components(constant):
            if not any(whole.numbers[at] in self.small for at in members):
                continue
            system = System(part, signed)
            values = {
                at: value for at, number in enumerate(system.numbers) if (value := self.scaled(number)) is not None
            }
            world, wrong = some_world(system, values, self._costs(system))
            while world is None:
                self.not_linked += [system.rows[at] for at in wrong]
                system = System([row for at, row in enumerate(system.rows) if at not in set(wrong)], signed)
                values = {
                    at: value for at, number in enumerate(system.numbers) if (value := self.scaled(number)) is not None
                }
                world, wrong = some_world(system, values, self._costs(system))
            yield system, world

    def is_unclear(self, use: Use) -> bool:
        """Whether a figure rests on a number whose value cannot be told from the return (a change in points)."""
        if use.table is None or not use.table.suppress or use.figure.show != "change_points":
            return False
        return any(number not in self.values for number, _ in use.parts)

    def places_before(self, numbers: Iterable[Number]) -> tuple[str, ...]:
        """Where earlier publications print these numbers."""
        wanted = set(numbers)
        return tuple(
            dict.fromkeys(
                f"{old.built.kind} {old.built.period.label}, {use.place}"
                for old in self.earlier
                for number in sorted(wanted & old.values.keys(), key=lambda one: one.sort_key)
                for use in old.by_number[number]
            )
        )

    def _costs(self, system: System) -> list[int]:
        """What it costs to leave a row out: links to earlier publications go first."""
        return [10 if all(number in self.printed.by_number for number, _ in row.terms) else 1 for row in system.rows]

    def _is_true(self, row: Row) -> bool:
        values = [self.scaled(number) for number, _ in row.terms]
        if any(value is None for value in values):
            return True
        found = sum((value or 0) * factor for value, (_, factor) in zip(values, row.terms, strict=True))
        if found == 0 or (found > 0 and not row.is_equal):
            return True
        self.not_linked.append(row)
        return False


def gather(built: BuiltReturn, earlier: Sequence[BuiltReturn], coarser: Coarser | None) -> Knowledge:
    """Reads a return and earlier publications into numbers, values and rows."""
    printed, before = read(built, coarser), [read(one, coarser) for one in earlier]
    sums = table_sums(printed)
    first = primary(printed, sums)
    fixed: dict[Number, Fraction] = {}
    revised: dict[Number, Fraction] = {}
    for old in before:
        for number, value in old.values.items():
            now = printed.values.get(number)
            if now is None or now == value:
                fixed[number] = value
            else:
                revised[number] = value
    hidden_before = frozenset(number for old in before for number in old.hidden if number not in fixed)
    all_numbers = {number for one in (printed, *before) for number in one.by_number}
    counted = [number for number in all_numbers if not number.measure.endswith(AVERAGES)]
    not_additive = frozenset(measure for one in (printed, *before) for measure in one.not_additive)
    rows = [
        *relations(counted, not_additive),
        *rows_of(sums),
        *(row for old in before for row in rows_of(table_sums(old))),
        *first.rows,
        *(row for one in (printed, *before) for row in part_rows(one)),
    ]
    values = fixed | printed.values | first.values
    small = {number: first.small[number] for number in first.small} | first.unprinted
    threshold = max([5, *(table.threshold for table in built.tables)])
    small |= {number: threshold for number in hidden_before if number not in printed.values and number not in small}
    named = frozenset(values) | frozenset(small) | hidden_before
    return Knowledge(
        printed, before, first, without_loose_ends(rows, named), values, fixed, revised, small, hidden_before
    )
