"""Rules about changes: each must follow from the two figures it is between."""

import re
from collections.abc import Iterator

from redress.errors import UsageError
from redress.returns.periods import parse_period
from redress.returns.reconcile.fitting import change_from_any, change_methods
from redress.returns.reconcile.ledger import Finding, Ledger, lines, one_of_each, values
from redress.returns.reconcile.percentages import Fit
from redress.returns.reconcile.rows import Row, comparable

AGAINST = re.compile(r"\bon (?:the )?(?P<period>previous year|previous quarter|Q[1-4] \d{4}/\d{2}|\d{4}/\d{2})$")


def changes(ledger: Ledger) -> Iterator[Finding | Fit]:
    """Findings, and for a percentage of an earlier count the roundings that give it."""
    for row in ledger.rows:
        if not row.is_exact or not row.measure.startswith("change_"):
            continue
        before = _earlier(row)
        if row.measure == "change_count":
            yield from _change_count(ledger, row, before)
        elif row.is_rate or row.measure == "change_points":
            yield from _change_of_rate(ledger, row, before)
        else:
            yield from _change_percent(ledger, row, before)


def _earlier(row: Row) -> str | None:
    """The period compared with: named at the end of the label, else a year earlier."""
    named = AGAINST.search(row.member)
    try:
        period = parse_period(row.period)
    except UsageError:
        return None
    if named and not named["period"].startswith("previous"):
        return named["period"]
    if named and named["period"] == "previous quarter":
        return period.previous.label
    return period.months_later(-12).label


def _counts(ledger: Ledger, row: Row, period: str | None) -> list[Row]:
    """The count a change is of: the one its label names, a family's number, or the largest of its stage."""
    near = [
        other
        for other in ledger.counts
        if (other.return_table, other.stage, other.period) == (row.return_table, row.stage, period)
    ]
    label = comparable(row.member)
    named = [
        other for other in near if comparable(other.member) in label and other.dimension == row.dimension != "none"
    ]
    if named:
        return [max(named, key=lambda other: len(other.member))]
    for found in ledger.families.values():
        if any(row.return_table == other.return_table for rows in found.values() for other in rows):
            rows = found.get((period or "", row.stage, "", ""), [])
            if rows:
                return one_of_each(rows)
    totals = [other for other in near if not other.member_key]
    return [max(totals, key=lambda other: other.value)] if totals else []


def _change_count(ledger: Ledger, row: Row, before: str | None) -> Iterator[Finding]:
    now, then = _counts(ledger, row, row.period), _counts(ledger, row, before)
    differences = {new - old for new in values(now) for old in values(then)}
    if differences and int(row.value) not in differences:
        difference = next(iter(differences))
        yield Finding(
            "change_does_not_follow",
            ledger.council,
            lines([row, *now, *then]),
            (row.printed, then[0].printed, now[0].printed),
            f"{difference:+,}",
            f"{row.name} ({row.section}): a change of {row.value:+,} is printed; {then[0].printed} in {before} and "
            f"{now[0].printed} in {row.period} differ by {difference:+,}.",
        )


def _change_percent(ledger: Ledger, row: Row, before: str | None) -> Iterator[Fit]:
    now, then = _counts(ledger, row, row.period), _counts(ledger, row, before)
    if now and then:
        old, new = values(then)[0], values(now)[0]
        methods = change_methods(old, new, row.value)
        says = f"{old:,} to {new:,} is {(new - old) * 100 / old:+.2f}%" if old else f"0 to {new:,} has no percentage"
        yield Fit(row, (*now, *then), says, methods)
    elif now:
        new = values(now)[0]
        yield Fit(row, tuple(now), _nearest(new, row), change_from_any(new, row.value))


def _nearest(new: int, row: Row) -> str:
    """The changes from whole numbers on either side of the printed one."""
    old = int(new / (1 + row.value / 100)) if row.value != -100 else new
    return ", ".join(
        f"{before:,} to {new:,} is {(new - before) * 100 / before:+.2f}%" for before in (old, old + 1) if before
    )


def _change_of_rate(ledger: Ledger, row: Row, before: str | None) -> Iterator[Finding]:
    """Two percentages differ by percentage points; printed with a % sign the difference is another number."""
    now, then = (
        [
            other
            for other in ledger.percents
            if (other.return_table, other.stage, other.period, other.first if other.dimension != "stage" else "")
            == (row.return_table, row.stage, period, row.first)
        ]
        for period in (row.period, before)
    )
    pairs = [(old, new) for old in then for new in now]
    points = next(((old, new) for old, new in pairs if new.value - old.value == row.value), None)
    printed_as_percent = row.measure == "change_percent"
    if points and not printed_as_percent:
        return
    if points:
        old, new = points
        percent = f"{(new.value - old.value) * 100 / old.value:+.0f}%" if old.value else "not a percentage of nothing"
        yield Finding(
            "points_printed_as_percent",
            ledger.council,
            lines([row, *now, *then]),
            (f"{row.value}%", old.printed, new.printed),
            f"{row.value:+} percentage points ({percent})",
            f"{row.name} ({row.section}): {old.printed} to {new.printed} is printed as a change of {row.value}%; it is "
            f"{row.value:+} percentage points, and as a change of the rate {percent}.",
        )
    elif pairs and not any(old.value and change_methods_of_rates(old, new, row) for old, new in pairs):
        old, new = pairs[0]
        yield Finding(
            "change_does_not_follow",
            ledger.council,
            lines([row, *now, *then]),
            (row.printed, old.printed, new.printed),
            f"{new.value - old.value:+} percentage points",
            f"{row.name} ({row.section}): a change of {row.value} is printed; {old.printed} to {new.printed} is "
            f"{new.value - old.value:+} percentage points.",
        )


def change_methods_of_rates(old: Row, new: Row, row: Row) -> bool:
    """Whether a change is the percentage by which a rate, as printed, grew or fell."""
    return row.measure == "change_percent" and abs((new.value - old.value) * 100 / old.value - row.value) < 1
