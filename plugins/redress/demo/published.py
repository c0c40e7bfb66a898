"""Looks up the printed figures a recipe starts from, and the codes that printed labels stand for."""

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from redress.errors import RedressError

DATA = Path(__file__).with_name("data")

BOUNDS = ("words:", "bound:")  # how a note begins where the figure is only what the value lies over
JUST_OVER = 1.01


class Period(NamedTuple):
    """A span of days, both ends included."""

    first: date
    last: date

    @classmethod
    def named(cls, name: str) -> "Period":
        """A financial year (`2017/18`) or a quarter of one (`Q2 2018/19`)."""
        start = int(name[-7:-3])
        if not name.startswith("Q"):
            return cls(date(start, 4, 1), date(start + 1, 3, 31))
        months = 3 * int(name[1])
        first, after = ((start + (months + m) // 12, (months + m) % 12 + 1) for m in (0, 3))
        return cls(date(*first, 1), date(*after, 1) - timedelta(days=1))

    def until(self, last: date) -> "Period":
        """The part of it that ends on that day."""
        return Period(self.first, last)


class Published:
    """One council's rows of published_figures.csv, its labels and its context figures."""

    def __init__(self, council: str) -> None:
        self.council = council
        self.rows = [row for row in read_data("published_figures") if row["council"] == council]
        self._codes = {
            (row["list"], row["printed_label"]): row["code"] for row in read_data("labels") if row["council"] == council
        }

    def code(self, list_name: str, label: str) -> str:
        """The code a printed label stands for; the label itself where the list keeps labels."""
        return self._codes.get((list_name, label), label)

    def value(self, table: str, *, measure: str = "count", **where: str) -> float:
        """The one value all matching rows print.

        Raises RedressError if no row matches or they print different values.
        """
        values = {float(row["value"]) for row in self._matching(table, measure, where)}
        if len(values) != 1:
            raise RedressError(
                f"published_figures.csv has {len(values)} values of {self.council} {table} {where}, not one; "
                "make the recipe name its row more closely."
            )
        return values.pop()

    def count(self, table: str, **where: str) -> int:
        """The count all matching rows print."""
        return int(self.value(table, measure="count", **where))

    def percent(self, table: str, **where: str) -> int:
        """The whole percentage all matching rows print."""
        return int(self.value(table, measure="percent", **where))

    def counts(self, table: str, list_name: str, by: str = "member", **where: str) -> dict[str, int]:
        """Counts by code of the labels in column `by`; totals are left out."""
        return {
            self.code(list_name, row[by]): int(float(row["value"]))
            for row in self._matching(table, "count", where)
            if row[by] not in ("Total", "Grand Total", "all")
        }

    def percents(self, table: str, list_name: str, **where: str) -> dict[str, int]:
        """Whole percentages by code of the printed member."""
        return {
            self.code(list_name, row["member"]): int(float(row["value"]))
            for row in self._matching(table, "percent", where)
        }

    def context(self) -> list[dict[str, str]]:
        """Activity rows for the figures the service supplies, as context.csv assigns them."""
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for row in read_data("context"):
            if row["council"] != self.council:
                continue
            measure = {"number": "count", "rank": "rank", "percent": "percent"}[row["unit"]]
            if row["measure"].endswith("_change"):
                measure = "change_percent"
            where = {"period": row["period"], "member": row["printed_member"]}
            value = self.value(row["return_table"], measure=measure, **where)
            if any(
                printed["note"].startswith(BOUNDS) for printed in self._matching(row["return_table"], measure, where)
            ):
                value *= JUST_OVER
            columns = ("measure", "period_from", "as_at_date", "characteristic", "member", "unit")
            found[tuple(row[c] for c in columns)] = {c: row[c] for c in columns} | {"value": f"{value:g}"}
        return list(found.values())

    def _matching(self, table: str, measure: str, where: dict[str, str]) -> list[dict[str, str]]:
        return [
            row
            for row in self.rows
            if row["return_table"] == table
            and row["measure"] == measure
            and all(row[column] == value for column, value in where.items())
        ]


@cache
def read_data(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file of the demo data."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole_numbers(percents: dict[str, int], base: int) -> dict[str, int]:
    """Counts out of `base` that print as these percentages, half up.

    Raises RedressError where no count does.
    """
    counts = {}
    for code, percent in percents.items():
        fitting = [n for n in range(base + 1) if (200 * n + base) // (2 * base) == percent]
        if not fitting:
            raise RedressError(f"No count of {base} prints as {percent}% ({code}); choose another base.")
        counts[code] = min(fitting, key=lambda n: abs(n * 100 - percent * base))
    return counts
