"""Reads what was published: the printed figures, which report each stands in, and those that no records can yield."""

from collections.abc import Iterable, Mapping

from redress.demo.published import read_data
from redress.returns.periods import Period, parse_period

PrintedRow = Mapping[str, str]

IN_WORDS = ("words:", "approx:", "bound:")
"""How the note of a figure begins that was printed as a word, an approximation or a bound."""


def published_rows() -> list[PrintedRow]:
    """published_figures.csv, each row with its line number under `row` (its header is line 1)."""
    return [{**row, "row": str(line)} for line, row in enumerate(read_data("published_figures"), start=2)]


def not_meetable(rows: Iterable[PrintedRow]) -> dict[int, str]:
    """By row, the catalogue's id and the reason of each figure in not_meetable.csv, which no records yield."""
    listed = read_data("not_meetable")
    keys = [column for column in listed[0] if column not in ("conflict", "reason")]
    reasons = {tuple(one[key] for key in keys): f"{one['conflict']}: {one['reason']}" for one in listed}
    found = {int(row["row"]): reasons.get(tuple(row[key] for key in keys)) for row in rows}
    return {row: reason for row, reason in found.items() if reason}


def report_of(row: PrintedRow) -> tuple[str, Period]:
    """The kind of return and the period of the report that a row was printed in."""
    kind, _, period = row["report"].partition(" ")
    if kind == "annual":
        return "annual", parse_period(period)
    return "quarterly", parse_period(row["report"])


def reports() -> list[tuple[str, str, Period]]:
    """The published reports: council, kind of return and period, in the order of the rows."""
    return list(dict.fromkeys((row["council"], *report_of(row)) for row in published_rows()))
