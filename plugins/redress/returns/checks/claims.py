"""What the tables of a return say each number is: as printed, as the base of a rate, and as the sum of its parts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Population, Predicate

PLACES = ("printed", "base", "text", "sum")


@dataclass(frozen=True)
class Claim:
    """A number for a population, where it is said (a table's name or a section's heading) and how."""

    population: Population
    number: Fraction
    table: str
    how: str
    parts: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How the claim is put in a sentence."""
        if self.how == "sum":
            return f"the {' and '.join(self.parts)} of {self.table} add up to {number_text(self.number)}"
        return f"{self.table} {'rests on' if self.how == 'base' else 'says'} {number_text(self.number)}"


def claims_of(built: BuiltReturn) -> list[Claim]:
    """Every claim of a return's tables and sentences."""
    additive = {figure.of.measure for figure in built.figures if figure.is_additive and figure.of}
    claims: list[Claim] = []
    for table in built.tables:
        claims += [claim for figure in table.figures for claim in _of_figure(figure, table.name)]
        claims += [claim for whole in wholes_of(table, additive) for claim in [whole.claim] if whole.is_exhaustive]
    for section in built.sections:
        place = f"the text of {section.heading!r}"
        claims += [claim for one in section.sentences for figure in one.figures for claim in _of_figure(figure, place)]
    return claims


@dataclass(frozen=True)
class Whole:
    """Rows (or columns) of a table that are parts of one population, and whether they are all there is."""

    claim: Claim
    figures: tuple[Figure, ...]
    is_exhaustive: bool
    dimension: str


def wholes_of(table: BuiltTable, additive: set[str]) -> Iterator[Whole]:
    """The parts along the rows of every column, and along the columns of every row."""
    lines = [
        (
            table.rows_by,
            "rows",
            table.rows_are_exhaustive,
            [row.is_total for row in table.rows],
            list(zip(*table.cells, strict=True)),
        ),
        (
            table.columns_by,
            "columns",
            table.columns_are_exhaustive,
            [column.is_total for column in table.columns],
            list(table.cells),
        ),
    ]
    for dimension, what, is_exhaustive, totals, groups in lines:
        if dimension is None:
            continue
        for group in groups:
            parts = [figure for figure, is_total in zip(group, totals, strict=True) if figure and not is_total]
            for same in _alike(parts):
                whole = _whole(table, same, additive, dimension, what, is_exhaustive)
                if whole:
                    yield whole


def canonical(population: Population) -> Population:
    """The population with the conditions on each dimension made one, so that equal ones are written equally."""
    conditions: dict[str, set[str | None]] = {}
    excluded: dict[str, set[str | None]] = {}
    others: set[Predicate] = set()
    for dimension, operator, codes in population.predicates:
        if operator == "in":
            conditions[dimension] = conditions.get(dimension, set(codes)) & set(codes)
        elif operator == "not_in":
            excluded[dimension] = excluded.get(dimension, set()) | set(codes)
        else:
            others.add((dimension, operator, codes))
    for dimension, codes_out in excluded.items():
        if dimension in conditions:
            conditions[dimension] -= codes_out
        else:
            others.add((dimension, "not_in", _sorted(codes_out)))
    others |= {(dimension, "in", _sorted(codes_in)) for dimension, codes_in in conditions.items()}
    return Population(population.measure, population.period, frozenset(others))


def without(population: Population, dimension: str) -> Population:
    """The population without conditions on a dimension."""
    kept = frozenset(one for one in population.predicates if one[0] != dimension)
    return Population(population.measure, population.period, kept)


def number_text(number: Fraction) -> str:
    """A number as people write it."""
    return f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.2f}"


def _of_figure(figure: Figure, place: str) -> Iterator[Claim]:
    if figure.before is not None:
        # A change's own numerator is a difference; what it is between are the figures of the two periods.
        yield from _of_figure(figure.before, place)
        return
    how = "printed" if figure.over is None else "base"
    if figure.of is not None and figure.numerator is not None:
        yield Claim(canonical(figure.of), figure.numerator, place, how)
    if figure.over is not None and figure.denominator is not None:
        yield Claim(canonical(figure.over), figure.denominator, place, how)


def _alike(parts: Iterable[Figure]) -> Iterator[list[Figure]]:
    """Figures that count the same measure over the same period."""
    groups: dict[tuple[object, ...], list[Figure]] = {}
    for figure in parts:
        if figure.of is not None and figure.before is None:
            groups.setdefault((figure.of.measure, figure.of.period, figure.show, figure.value_label), []).append(figure)
    yield from groups.values()


def _whole(
    table: BuiltTable, parts: list[Figure], additive: set[str], dimension: str, what: str, is_exhaustive: bool
) -> Whole | None:
    """The whole that parts belong to: their conditions but for one each on the axis' dimension."""
    sets = [figure.of.predicates for figure in parts if figure.of]
    first = parts[0].of
    if first is None or first.measure not in additive or any(figure.numerator is None for figure in parts):
        return None
    common = frozenset.intersection(*sets) if len(sets) > 1 else sets[0]
    if len(sets) == 1:
        common = frozenset(one for one in common if one[0] != dimension)
    own = [predicates - common for predicates in sets]
    if any(len(one) != 1 or next(iter(one))[0] != dimension for one in own):
        return None
    added = sum((figure.numerator or Fraction(0) for figure in parts), Fraction(0))
    population = canonical(Population(first.measure, first.period, common))
    # A rate's rows are those with cases to rate; another row may still have something of what is rated.
    is_exhaustive = is_exhaustive and parts[0].show != "percent"
    return Whole(Claim(population, added, table.name, "sum", (what,)), tuple(parts), is_exhaustive, dimension)


def _sorted(codes: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(codes, key=lambda code: (code is not None, str(code))))
