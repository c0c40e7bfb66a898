"""Says which suppressed figures a reader can see through."""

from collections.abc import Iterable, Set
from fractions import Fraction

from redress.returns.disclosure.attack import AVERAGES, CellRange
from redress.returns.disclosure.attack_figures import told_by
from redress.returns.disclosure.numbers import Coarser, number_of
from redress.returns.figures import BuiltReturn, BuiltTable, Figure


def weaknesses(
    built: BuiltReturn,
    publication: BuiltReturn,
    ranges: Iterable[CellRange],
    excused: Set[str] = frozenset(),
    coarser: Coarser | None = None,
) -> list[str]:
    """Suppressed figures that a reader can see through, in words. built is the return as it was before.

    excused are ids of figures that earlier publications gave away.

    A small number of a table under disclosure control must be able to be all of 1 to the threshold less 1, any other
    suppressed count at least one less and one more than it is. Of a rate or change, one of its numbers must.
    """
    found: dict[str, None] = {}
    by_number = {one.number: one for one in ranges}
    before = {figure.id: (table, figure) for table, figure in _kept_figures(built)}
    for _, printed in _kept_figures(publication):
        table, figure = before[printed.id]
        if printed.symbol != "c" or printed.id in excused:
            continue
        seen_through = []
        for population, value in told_by(figure):
            number = number_of(population, coarser)
            if value is None or number.measure.endswith(AVERAGES):
                continue
            is_small = table.suppress and 0 < value < table.threshold
            words = _weakness(by_number.get(number), value, table.threshold if is_small else 0)
            seen_through.append(words)
            if words and (is_small or figure.show in ("count", "amount")):
                found[f"{figure.id}: {words}"] = None
        if seen_through and all(seen_through):
            found[f"{figure.id}: {seen_through[0]}"] = None
    return list(found)


def _weakness(one: CellRange | None, value: Fraction, threshold: int) -> str:
    if one is None:
        return f"{value} is printed elsewhere"
    missing = [other for other in range(1, threshold) if other not in one.possible]
    if missing:
        return f"{value} cannot be {', '.join(map(str, missing))}"
    if not threshold and not (one.can_be(value - 1) and one.can_be(value + 1)):
        return f"{value} can only be {one.low} to {one.high}"
    return ""


def _kept_figures(built: BuiltReturn) -> list[tuple[BuiltTable, Figure]]:
    return [(table, figure) for table in built.tables if not table.internal for figure in table.figures]
