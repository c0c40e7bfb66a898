"""Finds the figure of a built return that a printed row speaks of, and makes sure that there is only one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from redress.errors import RedressError
from redress.returns.compare.published import PrintedRow
from redress.returns.figures import BuiltReturn, BuiltTable, Figure, Head

MEASURES: Mapping[str, str] = {"share": "percent", "number": "count", "amount": "currency"}
"""What published_figures.csv calls a figure's measure, where its own name is another."""

STAGES = {
    "ombudsman": "ombudsman",
    "representation": "representation",
    "compliment": "compliment",
    "enquir": "enquiry",
    "corporate": "corporate",
}
"""The stage of a figure whose definition names none, by how its metric's name begins."""


@dataclass(frozen=True)
class Candidate:
    """A figure with all it may be called in print: row, column, and what may be named beside them."""

    figure: Figure
    table: BuiltTable
    row: frozenset[str]
    column: frozenset[str]
    beside: frozenset[str]

    def answers(self, row: PrintedRow) -> bool:
        """Whether the printed row speaks of this figure."""
        return (
            _of_section(self.table, row)
            and self._of_period(row["period"])
            and row["stage"] in ("", self.stage)
            and self._of_measure(row)
            and self._of_labels({row["member"].casefold(), row["member2"].casefold()} - {""})
        )

    @property
    def stage(self) -> str:
        """The stage the definition gives it, else that of its metric; escalation to a stage belongs to that stage."""
        if self.figure.stage:
            return self.figure.stage
        if match := re.match(r"stage(\d)(?:_to_(\d))?", self.figure.metric):
            return f"stage{match[2] or match[1]}"
        return next((stage for start, stage in STAGES.items() if self.figure.metric.startswith(start)), "")

    @property
    def number(self) -> tuple[object, ...]:
        """What it counts and how it is shown. Figures that agree in this are one number."""
        one, before = self.figure, self.figure.before
        return one.value, one.rounded, one.of, one.over, before and (before.of, before.over)

    @property
    def basis(self) -> str:
        """The basis of its metric, that of its table where it has none."""
        return self.figure.basis or self.table.basis

    def _of_period(self, printed: str) -> bool:
        period, wanted = self.figure.period, self.table.printed_period
        if wanted == "last_day":
            return period.last_day.label.casefold() == printed.casefold()
        label = period.label if wanted in (None, "this") else str(wanted)
        return label.casefold() == printed.casefold()

    def _of_measure(self, row: PrintedRow) -> bool:
        """A difference of percentages is printed as points, unless its definition says that it was called percent."""
        measure = self.figure.printed_measure or self.figure.show
        if measure == "change_points":
            return row["measure"] == "change_percent" and row["unit"] == "percentage_points"
        return MEASURES.get(measure, measure) == row["measure"] and row["unit"] != "percentage_points"

    def _of_labels(self, wanted: set[str]) -> bool:
        """Every printed label names something of the figure, and whatever is no total is named."""
        return (
            wanted <= self.row | self.column | self.beside
            and (not self.row or self.figure.row_is_total or not wanted.isdisjoint(self.row))
            and (not self.column or self.figure.column_is_total or not wanted.isdisjoint(self.column))
        )


class Index:
    """The figures of one built return, to be found by what was printed."""

    def __init__(self, built: BuiltReturn) -> None:
        self._where = f"councils/{built.council}/returns/{built.kind}.yml"
        self._candidates: dict[str, list[Candidate]] = {}
        self._outside: dict[str, list[BuiltTable]] = {}
        for table in built.tables:
            self._candidates.setdefault(table.slug, []).extend(_candidates(table))
            if table.outside:
                self._outside.setdefault(table.slug, []).append(table)

    def find(self, row: PrintedRow) -> Candidate | BuiltTable:
        """The figure a printed row speaks of, or the table that says why there is none.

        Raises RedressError where nothing answers to the row, or two different figures do.
        """
        found = [one for one in self._candidates.get(row["return_table"], []) if one.answers(row)]
        other = next((one for one in found if one.number != found[0].number), None)
        if other:
            raise RedressError(
                f"{_named(row)} is answered by two different figures, {_told(found[0].figure)} and "
                f"{_told(other.figure)}; tell them apart by labels, stage or printed sections in {self._where}."
            )
        if found:
            return found[0]
        outside = [table for table in self._outside.get(row["return_table"], []) if _of_section(table, row)]
        if outside:
            return outside[0]
        raise RedressError(f"{_named(row)} has no figure; give it one in {self._where}.")


def _candidates(table: BuiltTable) -> Iterable[Candidate]:
    for head, row in zip(table.rows, table.cells, strict=True):
        for column, figure in zip(table.columns, row, strict=True):
            if figure is not None:
                yield Candidate(
                    figure,
                    table,
                    _labels(figure.row, *figure.row_printed),
                    _labels(figure.column, *figure.column_printed),
                    _labels(figure.value_label, _group(head), _group(column)),
                )


def _labels(*texts: str) -> frozenset[str]:
    return frozenset(text.casefold() for text in texts if text)


def _group(head: Head) -> str:
    return head.group or ""


def _of_section(table: BuiltTable, row: PrintedRow) -> bool:
    return not table.printed_sections or row["section"] in table.printed_sections


def _named(row: PrintedRow) -> str:
    labels = ", ".join(row[key] for key in ("section", "return_table", "period", "member", "member2") if row[key])
    return f"Row {row['row']} of published_figures.csv ({row['council']}, {labels})"


def _told(figure: Figure) -> str:
    exact = "nothing" if figure.value is None else _plain(figure.value)
    return f"{figure.id} ({exact})"


def _plain(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):.2f}"
