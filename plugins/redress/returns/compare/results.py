"""What came of the comparison: one verdict a printed figure, their summary, and how both are shown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import Console

Verdict = Literal["matches", "conflict", "context", "words", "setting", "outside", "differs"]
VERDICTS: tuple[Verdict, ...] = ("matches", "words", "context", "setting", "outside", "conflict", "differs")


@dataclass(frozen=True)
class Comparison:
    """One printed figure beside the computed one.

    `row` is the line of published_figures.csv. `figure` is the id of the computed figure, empty where nothing is
    computed. `numerator` and `denominator` are exact; `shown` is the figure as the table rounds it, percentages as
    0 to 100, None where there is none.
    """

    row: int
    council: str
    section: str
    return_table: str
    period: str
    stage: str
    member: str
    member2: str
    measure: str
    unit: str
    printed: Decimal
    figure: str
    numerator: Fraction | None
    denominator: Fraction | None
    shown: Decimal | None
    basis: str
    verdict: Verdict
    reason: str

    @property
    def label(self) -> str:
        """The figure in words: table, period and printed labels."""
        return ", ".join(part for part in (self.return_table, self.period, self.member, self.member2) if part)

    @property
    def line(self) -> str:
        """The comparison as one printable line."""
        return (
            f"{self.council}, {self.section}: {self.label} ({self.measure}): printed {plain(self.printed)}, "
            f"computed {plain(self.shown)}. {self.reason}"
        )


@dataclass(frozen=True)
class Summary:
    """How many figures of each council have which verdict, and those that no records can meet."""

    counts: dict[str, dict[Verdict, int]]
    not_meetable: list[Comparison]

    @property
    def totals(self) -> dict[Verdict, int]:
        """How many figures of all councils have which verdict."""
        return {verdict: sum(counts[verdict] for counts in self.counts.values()) for verdict in VERDICTS}

    def lines(self) -> list[str]:
        """The figures that cannot be met, one printable line each."""
        return [one.line for one in self.not_meetable]


def summary(comparisons: Sequence[Comparison]) -> Summary:
    """Counts by council and verdict, every verdict named, and the figures that no records can meet."""
    counted = Counter((one.council, one.verdict) for one in comparisons)
    names = dict.fromkeys(one.council for one in comparisons)
    return Summary(
        {name: {verdict: counted[name, verdict] for verdict in VERDICTS} for name in names},
        [one for one in comparisons if one.verdict == "conflict"],
    )


def show(console: "Console", comparisons: Sequence[Comparison], titles: Mapping[str, str]) -> None:
    """Prints the figures that cannot be met and those that differ, then one column of counts a council.

    titles: the name people read, by council.
    """
    from redress.show import table

    found = summary(comparisons)
    for title, lines in (
        ("Printed figures that no records can yield:", found.lines()),
        ("Figures that differ:", [one.line for one in comparisons if one.verdict == "differs"]),
    ):
        if lines:
            console.print(title, style="bold", markup=False)
        for line in lines:
            console.print(f"  {line}", markup=False)
    headings, *counts = zip(*[("", "figures", *VERDICTS), *_rows(found, titles)], strict=True)
    table(console, "Published figures beside computed ones", headings, counts)


def markdown(found: Summary, titles: Mapping[str, str]) -> str:
    """The summary as a Markdown table, for the README."""
    lines = [("council", "figures", *VERDICTS), ("---", *["--:"] * (len(VERDICTS) + 1)), *_rows(found, titles)]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def plain(number: Decimal | None) -> str:
    """A number without trailing zeros; `nothing` where there is none."""
    return "nothing" if number is None else f"{number.normalize():f}"


def _rows(found: Summary, titles: Mapping[str, str]) -> list[tuple[str | int, ...]]:
    counted = {titles.get(name, name): counts for name, counts in found.counts.items()}
    if len(counted) > 1:
        counted["All"] = found.totals
    return [(name, sum(counts.values()), *counts.values()) for name, counts in counted.items()]
