"""What a return prints: the numbers behind each figure with their values, and the sums that its tables show."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from redress.returns.disclosure.numbers import Coarser, Number, number_of
from redress.returns.disclosure.relations import Row, total
from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Population

AVERAGES = ("_average", "_median")
"""Measures that are no sum of cases: hidden with the cases they rest on, never found by subtraction."""

Part = tuple[Number, Fraction | None]


@dataclass(frozen=True)
class Use:
    """A figure that is printed, where, and the numbers it is made of."""

    figure: Figure
    table: BuiltTable | None
    parts: tuple[Part, ...]

    @property
    def place(self) -> str:
        """The figure's id or, in a sentence, that it is one."""
        return self.figure.id if self.table else f"{self.figure.id} (in a sentence)"


@dataclass
class Printed:
    """All that one return prints, number by number."""

    built: BuiltReturn
    uses: list[Use] = field(default_factory=list)
    values: dict[Number, Fraction] = field(default_factory=dict)
    hidden: set[Number] = field(default_factory=set)
    not_additive: set[str] = field(default_factory=set)
    pounds: set[Number] = field(default_factory=set)
    by_number: dict[Number, list[Use]] = field(default_factory=lambda: defaultdict(list))


def read(built: BuiltReturn, coarser: Coarser | None = None) -> Printed:
    """Everything the return prints. Internal tables are left out: no publication has them.

    A rate that stands gives its numerator and denominator away (the tidy file prints both), a change the two numbers
    compared; so each is read as the numbers it is made of.
    """
    printed = Printed(built)
    numbers: dict[Population, Number] = {}

    def number(population: Population) -> Number:
        if population not in numbers:
            numbers[population] = number_of(population, coarser)
        return numbers[population]

    for table, figure in _figures(built):
        parts = tuple((number(population), value) for population, value in parts_of(figure))
        use = Use(figure, table, parts)
        printed.uses.append(use)
        for one, value in parts:
            printed.by_number[one].append(use)
            if value is not None:
                printed.values.setdefault(one, value)
            elif figure.symbol == "c":
                printed.hidden.add(one)
            if figure.show == "amount":
                printed.pounds.add(one)
            if one.measure.endswith(AVERAGES) or (figure.is_count and not figure.is_additive):
                printed.not_additive.add(one.measure)
    printed.hidden -= printed.values.keys()
    return printed


def _figures(built: BuiltReturn) -> Iterator[tuple[BuiltTable | None, Figure]]:
    for table in built.tables:
        if not table.internal:
            yield from ((table, figure) for figure in table.figures)
    for section in built.sections:
        for sentence in section.sentences:
            yield from ((None, figure) for figure in sentence.figures)


def parts_of(figure: Figure) -> list[tuple[Population, Fraction | None]]:
    """What a figure is made of, with the exact values as far as it shows them."""
    if figure.of is None:
        return []
    before = parts_of(figure.before) if figure.before else []
    if figure.show == "change_points":
        own = [(figure.of, None), (figure.over, None)] if figure.over else [(figure.of, None)]
        return [*own, *before]
    if figure.show in ("change_count", "change_percent"):
        earlier = figure.before.numerator if figure.before else None
        now = None if earlier is None or figure.numerator is None else earlier + figure.numerator
        return [(figure.of, now), *before]
    if figure.over is None:
        return [(figure.of, figure.numerator)]
    return [(figure.of, figure.numerator), (figure.over, figure.denominator)]


def rest_of(whole: Number, name: str) -> Number:
    """The part of a whole that is in none of the parts printed beside it."""
    return Number(f"{whole.measure}, less {name}", whole.start, whole.end, whole.conditions)


@dataclass(frozen=True)
class TableSum:
    """A total that a table shows with its parts. rest is what the parts leave of it: nothing, or None if unknown."""

    table: BuiltTable
    whole: Number
    parts: tuple[Number, ...]
    rest: Fraction | None


def table_sums(printed: Printed) -> list[TableSum]:
    """The rows and columns of each table that add up, or leave a rest, by their own totals.

    Where a reader cannot see whether they do (something is hidden), what the table says of itself is taken.
    """
    place = {id(use.figure): use for use in printed.uses}
    found = []
    for table in printed.built.tables:
        if table.internal:
            continue
        for lines, is_exhaustive in (
            (_down(table), table.rows_are_exhaustive),
            (_across(table), table.columns_are_exhaustive),
        ):
            for whole_figure, part_figures in lines:
                line = [place[id(figure)].parts[0] for figure in (whole_figure, *part_figures)]
                rest = _rest([value for _, value in line], is_exhaustive)
                if rest is None or rest >= 0:
                    found.append(TableSum(table, line[0][0], tuple(number for number, _ in line[1:]), rest))
    return found


def rows_of(sums: Iterable[TableSum]) -> list[Row]:
    """The sums as rows; a rest is a number of its own."""
    rows = []
    for one in sums:
        if one.rest == 0:
            rows.append(total(one.whole, one.parts))
        elif one.rest is None:
            rows.append(total(one.whole, one.parts, is_equal=False))
        else:
            rows.append(total(one.whole, (*one.parts, rest_of_sum(one))))
    return rows


def rest_of_sum(one: TableSum) -> Number:
    """The number that the parts leave of the total."""
    return rest_of(one.whole, " ".join(sorted(str(part.sort_key) for part in one.parts)))


def _rest(values: list[Fraction | None], is_exhaustive: bool) -> Fraction | None:
    known = [value for value in values if value is not None]
    if len(known) == len(values):
        return known[0] - sum(known[1:])
    return Fraction(0) if is_exhaustive else None


def _summed(figure: Figure | None) -> bool:
    """Whether a figure is a number that can be added up over rows and columns."""
    return (
        figure is not None
        and figure.of is not None
        and figure.over is None
        and figure.is_additive
        and figure.show in ("count", "amount", "number")
        and not figure.of.measure.endswith(AVERAGES)
    )


def _down(table: BuiltTable) -> Iterator[tuple[Figure, list[Figure]]]:
    """Each column's totals with the rows they are totals of: those of their group, or all."""
    for at in range(len(table.columns)):
        column = [(head, cells[at]) for head, cells in zip(table.rows, table.cells, strict=True)]
        yield from _totals([(head.is_total, head.group, figure) for head, figure in column])


def _across(table: BuiltTable) -> Iterator[tuple[Figure, list[Figure]]]:
    """Each row's totals with the columns of the same period and value they are totals of."""
    for cells in table.cells:
        alike: dict[object, list[tuple[bool, str | None, Figure | None]]] = defaultdict(list)
        for head, figure in zip(table.columns, cells, strict=True):
            if figure is not None:
                alike[figure.period, figure.show, figure.value_label].append((head.is_total, head.group, figure))
        for line in alike.values():
            yield from _totals(line)


def _totals(line: list[tuple[bool, str | None, Figure | None]]) -> Iterator[tuple[Figure, list[Figure]]]:
    for is_total, group, figure in line:
        if not is_total or figure is None or not _summed(figure):
            continue
        parts = [
            other
            for other_is_total, other_group, other in line
            if not other_is_total and other is not None and _summed(other) and group in (None, other_group)
        ]
        if parts and all(part.show == figure.show for part in parts):
            yield figure, parts
