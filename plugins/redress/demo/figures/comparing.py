"""Sets every published figure beside the one computed from the published warehouse, and says how they agree."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from redress.councils import Council
from redress.demo.figures.definitions import (
    DATA,
    Definition,
    Group,
    PrintedRow,
    group_rows,
    read_catalogue,
)
from redress.demo.figures.numbers import round_one, round_shares
from redress.errors import RedressError
from redress.warehouse import open_reporting

if TYPE_CHECKING:
    import duckdb

Verdict = Literal["matches", "conflict", "context", "words", "setting", "outside", "differs"]
VERDICTS: tuple[Verdict, ...] = ("matches", "words", "context", "setting", "outside", "conflict", "differs")


@dataclass(frozen=True)
class Comparison:
    """One printed figure beside the computed one.

    `row` is the line of published_figures.csv (its header is line 1). `numerator` and `denominator` are exact;
    `shown` is the figure rounded as the table rounds, percentages as 0 to 100, None where nothing was computed.
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


@dataclass(frozen=True)
class Computed:
    """A figure before it is judged: exact parts, and as the table shows it."""

    numerator: Fraction | None = None
    denominator: Fraction | None = None
    exact: Fraction | None = None
    shown: Decimal | None = None


@dataclass(frozen=True)
class Summary:
    """How many figures of each council have which verdict, and those that no records can meet."""

    counts: dict[str, dict[Verdict, int]]
    not_meetable: list[Comparison]

    def lines(self) -> list[str]:
        """The figures that cannot be met, one printable line each."""
        return [
            f"{one.council}, {one.section}: {one.label} ({one.measure}): printed {_plain(one.printed)}, "
            f"computed {_plain(one.shown)}. {one.reason}"
            for one in self.not_meetable
        ]


def published_rows(folder: Path = DATA) -> list[PrintedRow]:
    """published_figures.csv, each row with its line number under `row`."""
    with (folder / "published_figures.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "row": str(line)} for line, row in enumerate(csv.DictReader(file), start=2)]


def not_meetable(rows: Iterable[PrintedRow], folder: Path = DATA) -> dict[int, str]:
    """By row, the catalogue's id and the reason of each figure in not_meetable.csv, which no records yield."""
    with (folder / "not_meetable.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    keys = [column for column in listed[0] if column not in ("conflict", "reason")]
    reasons = {tuple(one[key] for key in keys): f"{one['conflict']}: {one['reason']}" for one in listed}
    found = {int(row["row"]): reasons.get(tuple(row[key] for key in keys)) for row in rows}
    return {row: reason for row, reason in found.items() if reason}


def compare(reporting: Path, councils: Mapping[str, Council], council: str | None = None) -> list[Comparison]:
    """Every published figure (of one council, where named) beside the one computed from reporting.duckdb.

    Raises RedressError where the file or a council of the published figures is missing.
    """
    if not reporting.is_file():
        raise RedressError(f"There is no published warehouse at {reporting}; run `redress nightly` first.")
    printed, by_council = published_rows(), defaultdict[str, list[PrintedRow]](list)
    for row in printed:
        if council in (None, row["council"]):
            by_council[row["council"]].append(row)
    if missing := sorted(set(by_council) - set(councils)) or (not by_council and [str(council)]):
        raise RedressError(f"No council folder or no published figures for {', '.join(missing)}; check the name.")
    reasons = not_meetable(printed)
    found: list[Comparison] = []
    with open_reporting(reporting) as con:
        for name, sql in read_catalogue().populations.items():
            con.execute(f"create temp table {name} as {sql}")
        for name, rows in by_council.items():
            for group in group_rows(rows, councils[name]):
                computed = _compute(con, group, councils[name])
                found += [
                    _judge(row, group.definition, one, reasons) for row, one in zip(group.rows, computed, strict=True)
                ]
    return sorted(found, key=lambda one: one.row)


def summary(comparisons: Sequence[Comparison]) -> Summary:
    """Counts by council and verdict, every verdict named, and the figures that no records can meet."""
    counted = Counter((one.council, one.verdict) for one in comparisons)
    names = dict.fromkeys(one.council for one in comparisons)
    return Summary(
        {name: {verdict: counted[name, verdict] for verdict in VERDICTS} for name in names},
        [one for one in comparisons if one.verdict == "conflict"],
    )


def _compute(con: "duckdb.DuckDBPyConnection", group: Group, council: Council) -> list[Computed]:
    one = group.definition
    if not group.rows or one.kind == "outside":
        return [Computed() for _ in group.rows]
    if one.kind == "setting":
        targets = [council.settings.targets.get(group.meaning(row, "member")) for row in group.rows]
        return [Computed() if target is None else _computed(one, Fraction(target), Fraction(1)) for target in targets]
    answer = con.execute(group.query(council.name)).fetchone() or ()
    parts = [None if part is None else Fraction(part) for part in answer]
    width = len(parts) // len(group.rows)
    figures = [_figure(one, *parts[at : at + width]) for at in range(0, len(parts), width)]
    if one.rounding == "largest_remainder":
        return _shares(group, figures)
    return figures


def _figure(one: Definition, *parts: Fraction | None) -> Computed:
    """One figure from its numerator and denominator, or, where it is a change, from those of both periods."""
    if any(part is None for part in parts):
        return Computed()
    known = [part for part in parts if part is not None]
    if one.change is None:
        return _computed(one, *known)
    now, now_of, before, before_of = known
    if one.change == "count":
        return _computed(one, now - before, Fraction(1))
    if one.change == "percent":
        return _computed(one, now - before, before)
    return _computed(one, now * before_of - before * now_of, now_of * before_of)


def _computed(one: Definition, numerator: Fraction, denominator: Fraction) -> Computed:
    is_rate = one.over is not None or one.denominator is not None or one.change in ("percent", "points")
    if denominator == 0:
        shown = None if one.nothing is None else Decimal(one.nothing)
        return Computed(numerator, denominator, None, shown)
    exact = numerator / denominator * (100 if is_rate else 1)
    rounding = "half_up" if one.rounding == "largest_remainder" else one.rounding
    return Computed(numerator, denominator, exact, round_one(exact, one.decimals, rounding))


def _shares(group: Group, figures: list[Computed]) -> list[Computed]:
    """Rows with the same denominator are the parts of one whole and are rounded together."""
    wholes: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(group.rows):
        if figures[at].exact is not None:
            wholes[group.expressions(row)[1]].append(at)
    shared = list(figures)
    for members in wholes.values():
        exact = [figures[at].exact or Fraction(0) for at in members]
        for at, shown in zip(members, round_shares(exact, group.definition.decimals), strict=True):
            shared[at] = Computed(figures[at].numerator, figures[at].denominator, figures[at].exact, shown)
    return shared


def _judge(row: PrintedRow, one: Definition, computed: Computed, reasons: Mapping[int, str]) -> Comparison:
    number, printed = int(row["row"]), Decimal(row["value"])
    in_words = row["note"].startswith(("words:", "approx:", "bound:"))
    holds = "about" if row["note"].startswith("approx:") else one.holds or "about"
    agrees = _holds(holds, printed, computed) if in_words else computed.shown == printed
    verdict: Verdict
    if one.kind == "outside":
        verdict, reason = "outside", one.reason
    elif not agrees and number in reasons:
        verdict, reason = "conflict", reasons[number]
    elif not agrees:
        verdict, reason = "differs", f"printed {_plain(printed)}, computed {_in_full(computed)} ({one.name})"
    elif in_words:
        verdict, reason = "words", f"{row['note']}; computed {_in_full(computed)}"
    elif one.kind == "figure":
        verdict, reason = "matches", one.reason
    else:
        verdict, reason = one.kind, one.reason
    return Comparison(
        row=number,
        council=row["council"],
        section=row["section"],
        return_table=row["return_table"],
        period=row["period"],
        stage=row["stage"],
        member=row["member"],
        member2=row["member2"],
        measure=row["measure"],
        unit=row["unit"],
        printed=printed,
        numerator=computed.numerator,
        denominator=computed.denominator,
        shown=computed.shown,
        basis=one.date or one.kind,
        verdict=verdict,
        reason=reason,
    )


def _holds(how: str, printed: Decimal, computed: Computed) -> bool:
    """Does an approximation or a bound hold? About: within one of the printed unit, or within 1% of it."""
    exact, value = computed.exact, Fraction(printed)
    if exact is None:
        return False
    return {
        "about": abs(exact - value) <= max(Fraction(1), value / 100),
        "above": exact > value,
        "just_above": value < exact < value + 10,
        "below": exact < value,
    }[how]


def _in_full(computed: Computed) -> str:
    of = f" ({computed.numerator} of {computed.denominator})" if computed.denominator not in (None, 1) else ""
    return f"{_plain(computed.shown)}{of}"


def _plain(number: Decimal | None) -> str:
    return "nothing" if number is None else f"{number.normalize():f}"
