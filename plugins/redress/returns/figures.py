"""The figures of a built return: what every later step (disclosure, reconciliation, sign-off, documents) works on."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from redress.returns.definitions.schema import Chart
from redress.returns.periods import Period

Show = Literal["count", "percent", "amount", "number", "share", "change_count", "change_percent", "change_points"]
Symbol = Literal["c", "z", "x", "low", "u"]
"""GSS symbols: c suppressed, z not applicable, x unavailable, low rounds to zero, u low reliability."""

Predicate = tuple[str, str, tuple[str | None, ...]]
"""A dimension, an operator (in, not_in, contains) and the codes, sorted; None is a blank."""


@dataclass(frozen=True)
class Population:
    """What a number counts: a measure on its basis over a period, under conditions. Equal ones are one number.

    predicates hold the metric's own filter too, where it can be read as predicates, so that stage1_received and a
    count of stages with the column Stage 1 are one population. metric and conditions (those of the cell alone) say
    how to ask for it again; they take no part in comparing.
    """

    measure: str
    period: Period
    predicates: frozenset[Predicate] = frozenset()
    metric: str = field(default="", compare=False)
    conditions: frozenset[Predicate] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class Figure:
    """One printed figure. value is exact: numerator over denominator (times 100 for percentages), None for 0 of 0.

    shown is what the document prints: the rounded value, or a symbol. of and over name what was counted, so
    that equal populations in two tables can be recognised and a figure can be traced to its cases.
    """

    id: str
    table: str
    slug: str
    row: str
    column: str
    value_label: str
    period: Period
    metric: str
    show: Show
    basis: str
    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    rounded: Decimal | None
    shown: str
    of: Population | None
    over: Population | None = None
    before: "Figure | None" = None
    is_additive: bool = True
    row_is_total: bool = False
    column_is_total: bool = False
    symbol: Symbol | None = None
    stage: str = ""
    row_printed: tuple[str, ...] = ()
    column_printed: tuple[str, ...] = ()
    printed_measure: str = ""
    holds: str | None = None

    @property
    def is_count(self) -> bool:
        """Whether it counts cases or other things one by one."""
        return self.show == "count"


@dataclass(frozen=True)
class Head:
    """A row or column heading: label, the group it stands under, and whether it is a total."""

    label: str
    group: str | None = None
    is_total: bool = False


@dataclass(frozen=True)
class BuiltTable:
    """A table ready to be printed: every row has one figure (or None: nothing to print) for every column.

    columns are flat, one heading a column ("2017/18, Upheld, percent"), because merged headings cannot be read
    aloud. units says what the column's figures are.
    """

    name: str
    slug: str
    title: str
    description: str
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: tuple[tuple[Figure | None, ...], ...]
    basis: str
    basis_text: str
    rows_title: str
    rows_are_exhaustive: bool = False
    columns_are_exhaustive: bool = False
    rows_by: str | None = None
    columns_by: str | None = None
    suppress: bool = False
    threshold: int = 5
    structure: str = "time"
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    internal: bool = False
    hidden: bool = False
    text_only: str | None = None
    outside: str | None = None
    printed_sections: tuple[str, ...] = ()
    printed_period: str | None = None

    @property
    def figures(self) -> list[Figure]:
        """Row by row."""
        return [figure for row in self.cells for figure in row if figure is not None]


@dataclass(frozen=True)
class Sentence:
    """A statement written from figures, with the figures it used."""

    text: str
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class BuiltSection:
    """A heading with its text, statements and tables."""

    heading: str
    text: str
    sentences: tuple[Sentence, ...]
    tables: tuple[BuiltTable, ...]


@dataclass(frozen=True)
class BuiltReturn:
    """A whole return for one council and period, before documents are made from it."""

    council: str
    council_name: str
    kind: str
    period: Period
    title: str
    introduction: str
    sections: tuple[BuiltSection, ...]
    as_at: date
    snapshot: str
    definition_hash: str
    is_publication: bool = False
    version: int = 1
    signed_off: str | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def tables(self) -> list[BuiltTable]:
        """In the order they are printed."""
        return [table for section in self.sections for table in section.tables]

    @property
    def figures(self) -> list[Figure]:
        """Every figure of every table."""
        return [figure for table in self.tables for figure in table.figures]
