"""An invented council's cases, one by one, and returns that are counted from them: tables as the engine builds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from redress.returns.disclosure.numbers import Number
from redress.returns.figures import (
    BuiltReturn,
    BuiltSection,
    BuiltTable,
    Figure,
    Head,
    Population,
    Predicate,
    Sentence,
    Show,
)
from redress.returns.periods import Period, parse_period
from redress.returns.rounding import round_one

YEAR = parse_period("2017/18")
QUARTERS = tuple(YEAR.quarters)
MEASURE = "stages_received"

Case = Mapping[str, object]
"""The codes of a case by dimension, and the day it was received."""

Codes = str | tuple[str, ...]


def case(day: date = YEAR.start, **codes: str) -> Case:
    """A case received on a day."""
    return {"day": day, **codes}


def cases(counts: Mapping[tuple[str, ...], int], *dimensions: str, day: date = YEAR.start) -> list[Case]:
    """So many cases for each combination of codes."""
    return [
        case(day, **dict(zip(dimensions, codes, strict=True))) for codes, count in counts.items() for _ in range(count)
    ]


def where(**conditions: Codes) -> frozenset[Predicate]:
    """Conditions by dimension."""
    return frozenset(
        (name, "in", (codes,) if isinstance(codes, str) else tuple(sorted(codes))) for name, codes in conditions.items()
    )


def fits(one: Case, predicates: Iterable[Predicate]) -> bool:
    """Whether a case meets the conditions."""
    return all((one.get(name) in codes) == (operator == "in") for name, operator, codes in predicates)


def population(period: Period, predicates: frozenset[Predicate]) -> Population:
    """What is counted."""
    return Population(MEASURE, period, predicates)


def count(all_cases: Sequence[Case], of: Population) -> int:
    """How many cases a population has."""
    return sum(of.period.start <= one["day"] <= of.period.end and fits(one, of.predicates) for one in all_cases)  # type: ignore[operator]


def count_number(all_cases: Sequence[Case], number: Number) -> int:
    """The same of a number, as the disclosure control writes it."""
    return sum(
        number.start <= one["day"] <= number.end  # type: ignore[operator]
        and all(one.get(name) in codes for name, codes in number.conditions)
        for one in all_cases
    )


@dataclass(frozen=True)
class Axis:
    """Rows or columns: a dimension, its codes (or groups of codes) and whether a total stands at the end."""

    by: str | None = None
    codes: tuple[Codes, ...] = ()
    has_total: bool = True
    is_exhaustive: bool = True

    @property
    def entries(self) -> list[tuple[Head, frozenset[Predicate]]]:
        if self.by is None:
            return [(Head("All"), frozenset())]
        listed = [(Head(_label(codes)), where(**{self.by: codes})) for codes in self.codes]
        return [*listed, (Head("Total", is_total=True), frozenset())] if self.has_total else listed


def _label(codes: Codes) -> str:
    return codes if isinstance(codes, str) else " or ".join(codes)


def table(
    name: str,
    all_cases: Sequence[Case],
    rows: Axis,
    columns: Axis = Axis(),
    periods: Sequence[Period] = (YEAR,),
    shows: Sequence[Show] = ("count",),
    suppress: bool = True,
    threshold: int = 5,
    only: frozenset[Predicate] = frozenset(),
    part: frozenset[Predicate] = frozenset(),
) -> BuiltTable:
    """A table counted from the cases; `share` is of the whole table, `percent` how many of a cell's are `part`."""
    flat = [(head, own, period, show) for head, own in columns.entries for period in periods for show in shows]
    lines = []
    for row_head, row_where in rows.entries:
        line = []
        for column_head, column_where, period, show in flat:
            cell = population(period, only | row_where | column_where)
            line.append(
                figure(
                    all_cases,
                    f"{name}/{row_head.label}/{column_head.label}/{period.label}/{show}",
                    show,
                    population(period, cell.predicates | part) if show == "percent" else cell,
                    None if show == "count" else cell if show == "percent" else population(period, only),
                    (name, row_head, column_head),
                )
            )
        lines.append(tuple(line))
    return BuiltTable(
        name=name,
        slug=name,
        title=name,
        description="",
        rows=tuple(head for head, _ in rows.entries),
        columns=tuple(replace(head, label=f"{head.label}, {period}, {show}") for head, _, period, show in flat),
        cells=tuple(lines),
        basis="received",
        basis_text="",
        rows_title="",
        rows_are_exhaustive=rows.is_exhaustive,
        columns_are_exhaustive=columns.is_exhaustive,
        rows_by=rows.by,
        columns_by=columns.by,
        suppress=suppress,
        threshold=threshold,
    )


def figure(
    all_cases: Sequence[Case],
    name: str,
    show: Show,
    of: Population,
    over: Population | None = None,
    place: tuple[str, Head, Head] = ("", Head(""), Head("")),
) -> Figure:
    """One figure, counted."""
    table_name, row, column = place
    top, bottom = Fraction(count(all_cases, of)), None if over is None else Fraction(count(all_cases, over))
    value = None if bottom == 0 else top / (bottom or 1) * (100 if bottom else 1)
    rounded = None if value is None else round_one(value, 0, "half_up")
    return Figure(
        id=name,
        table=table_name,
        slug=table_name,
        row=row.label,
        column=column.label,
        value_label=show,
        period=of.period,
        metric="stage1_uphold_rate" if show == "percent" else "stage1_received",
        show=show,
        basis="received",
        numerator=top,
        denominator=bottom,
        value=value,
        rounded=rounded,
        shown="z" if rounded is None else f"{rounded}%" if over else f"{rounded}",
        of=of,
        over=over,
        is_additive=over is None,
        row_is_total=row.is_total,
        column_is_total=column.is_total,
        symbol="z" if rounded is None else None,
    )


def change(now: Figure, before: Figure, show: Show = "change_count") -> Figure:
    """How a count differs from an earlier one."""
    assert now.numerator is not None
    assert before.numerator is not None
    difference = now.numerator - before.numerator
    bottom = before.numerator if show == "change_percent" else None
    value = None if bottom == 0 else difference * 100 / bottom if bottom else difference
    rounded = None if value is None else round_one(value, 0, "half_up")
    return replace(
        now,
        id=f"{now.id}/{show}",
        show=show,
        numerator=difference,
        denominator=bottom,
        value=value,
        rounded=rounded,
        shown="z" if rounded is None else f"{rounded}",
        symbol="z" if rounded is None else None,
        before=before,
        is_additive=False,
    )


def town_return(
    *tables: BuiltTable,
    period: Period = YEAR,
    kind: str = "annual",
    sentences: Sequence[Sentence] = (),
) -> BuiltReturn:
    """A return of these tables."""
    return BuiltReturn(
        council="barsetshire",
        council_name="Barsetshire",
        kind=kind,
        period=period,
        title="Complaints",
        introduction="",
        sections=(BuiltSection("All", "", tuple(sentences), tuple(tables)),),
        as_at=period.end,
        snapshot="",
        definition_hash="",
    )


def shown(built: BuiltReturn, name: str) -> list[list[str]]:
    """What a table prints, row by row."""
    found = next(one for one in built.tables if one.name == name)
    return [[figure.shown if figure else "" for figure in row] for row in found.cells]


def unhidden(publication: BuiltReturn, built: BuiltReturn, figure_id: str) -> BuiltReturn:
    """The publication with one figure as it was before."""
    before = {figure.id: figure for figure in built.figures}
    sections = tuple(
        replace(
            section,
            tables=tuple(
                replace(
                    one,
                    cells=tuple(
                        tuple(before[cell.id] if cell and cell.id == figure_id else cell for cell in row)
                        for row in one.cells
                    ),
                )
                for one in section.tables
            ),
        )
        for section in publication.sections
    )
    return replace(publication, sections=sections)
