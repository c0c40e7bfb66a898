"""Rules about counts: one fact has one value, a total is the sum of its parts, stocks follow from flows."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from redress.returns.reconcile.ledger import Finding, Ledger, lines, values
from redress.returns.reconcile.rows import NOT_PARTS, Row, comparable

Group = dict[tuple[str, str | None], Row]
"""The cells of a table for a period and stage, by member and second member; blank for a total."""


def sums(ledger: Ledger) -> Iterator[Finding]:
    """All findings about counts."""
    yield from _two_values(ledger)
    yield from _families(ledger)
    for group in _groups(ledger):
        yield from _totals(ledger, group)
    yield from _partitions(ledger)
    yield from _years(ledger)
    yield from _stocks(ledger)
    yield from _mixed_units(ledger)


def _two_values(ledger: Ledger) -> Iterator[Finding]:
    """The same fact printed with two values."""
    facts: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in ledger.rows:
        if row.is_exact:
            facts[_fact(row)].append(row)
    for rows in facts.values():
        yield from _disagree(ledger, rows, rows[0].name)


def _fact(row: Row) -> tuple[str, ...]:
    """What a row tells, in whatever section. The rate of all is labelled in many ways in running text."""
    place = (row.return_table, row.period, row.stage, row.measure)
    if row.is_rate and row.measure == "percent" and not row.member_key:
        return place
    member = row.first or comparable(row.member)
    is_split = bool(row.dimension2) and not (row.measure == "percent" and "%" in row.member2)
    return (*place, row.dimension, member, *((row.dimension2, comparable(row.member2)) if is_split else ()))


def _families(ledger: Ledger) -> Iterator[Finding]:
    """Tables that should print the same number."""
    for name, found in ledger.families.items():
        for (period, stage, _, member), rows in found.items():
            who = f" of {rows[0].member}" if member else ""
            yield from _disagree(ledger, rows, f"{ledger.says(name)}{who}, {' '.join(filter(None, (stage, period)))}")


def _disagree(ledger: Ledger, rows: list[Row], what: str) -> Iterator[Finding]:
    printed = list(dict.fromkeys(row.printed for row in rows))
    if len(printed) > 1:
        places = "; ".join(
            f"{value} in {', '.join(dict.fromkeys(row.section for row in rows if row.printed == value))}"
            for value in printed
        )
        yield Finding(
            "two_values",
            ledger.council,
            lines(rows),
            tuple(printed),
            "one value",
            f"One figure is printed with {len(printed)} values ({what}): {places}.",
        )


def _groups(ledger: Ledger) -> Iterator[Group]:
    """Counts of one kind, from one section and table, for one period and, unless it is split by stage, one stage."""
    groups: dict[tuple[str, ...], Group] = defaultdict(dict)
    for row in ledger.counts:
        if row.dimension in NOT_PARTS:
            continue
        key = (row.section, row.return_table, row.period, row.stage_key, row.dimension, row.quantity, row.unit)
        groups[key].setdefault((row.first, row.second), row)
    return iter(groups.values())


def _totals(ledger: Ledger, group: Group) -> Iterator[Finding]:
    """Rows and columns of a table against the totals that it prints."""
    firsts = list(dict.fromkeys(first for first, _ in group))
    seconds = list(dict.fromkeys(second for _, second in group))
    for first in firsts:
        whole = group.get((first, "")) or group.get((first, None))
        parts = [row for (one, second), row in group.items() if one == first and second]
        if whole and parts:
            yield from _against(ledger, whole, parts)
    for second in seconds:
        whole = group.get(("", second))
        parts = [row for (first, one), row in group.items() if one == second and first]
        if whole and parts:
            yield from _against(ledger, whole, parts, _several(ledger, whole))


def _against(ledger: Ledger, whole: Row, parts: list[Row], several: bool = False) -> Iterator[Finding]:
    """A printed total against its parts. Running text may leave parts out, so that two or more are needed there."""
    added = sum(int(part.value) for part in parts)
    if added > whole.value and not several:
        yield _sum_finding(ledger, "parts_exceed_whole", whole, parts, added)
    if added < whole.value and (whole.is_table or len(parts) > 1):
        rule = "total_is_not_the_sum" if whole.is_table else "parts_short_of_whole"
        yield _sum_finding(ledger, rule, whole, parts, added)


def _sum_finding(ledger: Ledger, rule: str, whole: Row, parts: list[Row], added: int) -> Finding:
    numbers = ", ".join(part.printed for part in parts)
    numbers = f"{numbers} add up to {added:,}" if len(parts) > 1 else f"{numbers} is printed"
    where = f"{parts[0].return_table} ({parts[0].section}), {parts[0].period}"
    gap = f"{abs(added - int(whole.value))} too {'many' if added > whole.value else 'few'}"
    return Finding(
        rule,
        ledger.council,
        lines([whole, *parts]),
        (whole.printed, *(part.printed for part in parts)),
        f"{added:,}" if rule == "total_is_not_the_sum" else f"parts that add up to {whole.printed}",
        f"{where}: {numbers}, {gap} against {whole.printed} ({whole.return_table}, {whole.section}).",
    )


def _partitions(ledger: Ledger) -> Iterator[Finding]:
    """Tables that print every part of a number which another table prints."""
    found: dict[tuple[str, str, str], list[tuple[int, Group, list[Row], bool]]] = defaultdict(list)
    for group in _groups(ledger):
        some = next(iter(group.values()))
        for entry in ledger.identities.entries(ledger.identities.partitions, some.return_table):
            parts, added = _parts(group)
            wholes = ledger.family(entry["family"], some, total=True)
            if (
                not parts
                or not wholes
                or some.unit not in ("cases", "compliments")
                or not _comparable_bases(some, entry)
            ):
                continue
            several = bool(entry.get("several"))
            complete = _is_complete(ledger, group, wholes, several)
            if any(added == value for value in values(wholes)) or (added < max(values(wholes)) and not complete):
                continue
            if several and added > max(values(wholes)):
                continue
            found[(some.return_table, some.section, some.stage)].append((added, group, wholes, several))
    for differences in found.values():
        yield from _partition_findings(ledger, differences)


def _partition_findings(ledger: Ledger, differences: list[tuple[int, Group, list[Row], bool]]) -> Iterator[Finding]:
    swapped = [
        (one, other)
        for one in differences
        for other in differences
        if one is not other and one[0] in values(other[2]) and other[0] in values(one[2])
    ]
    if swapped:
        (added, group, wholes, _), (other_added, other, other_wholes, _) = swapped[0]
        rows = [*group.values(), *other.values()]
        one, two = rows[0], next(iter(other.values()))
        yield Finding(
            "years_swapped",
            ledger.council,
            lines([*rows, wholes[0], other_wholes[0]]),
            (str(added), str(other_added)),
            f"{wholes[0].printed} in {one.period}, {other_wholes[0].printed} in {two.period}",
            f"{one.return_table} ({one.section}) adds up to {added:,} for {one.period} and {other_added:,} for "
            f"{two.period}; {ledger.council} prints {wholes[0].printed} and {other_wholes[0].printed} elsewhere: each "
            "is the other's total.",
        )
        return
    for added, group, wholes, _ in differences:
        parts, _ = _parts(group)
        whole = max(wholes, key=lambda row: row.value)
        rule = "parts_exceed_whole" if added > whole.value else "parts_short_of_whole"
        yield _sum_finding(ledger, rule, whole, parts, added)


def _parts(group: Group) -> tuple[list[Row], int]:
    """The cells that together are the table's whole: its own total if it has one, else all cells that are no total."""
    for total in (("", ""), ("", None)):
        if total in group:
            return [group[total]], int(group[total].value)
    parts = [row for (first, second), row in group.items() if second == "" and first]
    if not parts:
        wholes = {first for first, second in group if second is None}
        parts = [row for (first, second), row in group.items() if first and (second is None or first not in wholes)]
    return parts, sum(int(part.value) for part in parts)


def _is_complete(ledger: Ledger, group: Group, wholes: list[Row], several: bool) -> bool:
    """Whether every part is printed: in a table, where all outcomes are there, or where text gives parts of a base."""
    rows = list(group.values())
    if ("", "") in group or ("", None) in group:
        return True
    if "outcome" in (rows[0].dimension, rows[0].dimension2):
        names = {comparable(row.member if row.dimension == "outcome" else row.member2) for row in rows}
        return all(any(re.fullmatch(one, name) for name in names) for one in ledger.identities.outcomes)
    if rows[0].is_table:
        return not several
    own_base = any((whole.return_table, whole.section) == (rows[0].return_table, rows[0].section) for whole in wholes)
    return own_base and len(rows) > 1 and all(second is None for _, second in group)


def _comparable_bases(row: Row, entry: dict[str, Any]) -> bool:
    """Complaints closed in a year are not those received in it."""
    return entry["family"] != "received" or row.basis in ("", "received")


def _several(ledger: Ledger, row: Row) -> bool:
    entries = ledger.identities.entries(ledger.identities.partitions, row.return_table)
    return not row.is_table and any(entry.get("several") for entry in entries)


def _years(ledger: Ledger) -> Iterator[Finding]:
    """A year is the sum of its quarters, where all four are printed in one table."""
    cells: dict[tuple[str | None, ...], dict[str, Row]] = defaultdict(dict)
    for row in ledger.counts:
        place = (row.return_table, row.stage, row.dimension, row.first, row.second, row.quantity, row.unit)
        cells[place].setdefault(row.period, row)
    for periods in cells.values():
        for year, whole in periods.items():
            quarters = [periods[name] for name in (f"Q{number} {year}" for number in range(1, 5)) if name in periods]
            added = sum(int(quarter.value) for quarter in quarters)
            if len(quarters) == 4 and added != whole.value:
                yield _sum_finding(ledger, "year_is_not_its_quarters", whole, quarters, added)


def _stocks(ledger: Ledger) -> Iterator[Finding]:
    """Who was there in the year less who left is who was there at its end."""
    by_name = {comparable(row.member): row for row in ledger.counts}
    for stock in ledger.identities.stocks:
        during, ended, at_end = (by_name.get(stock[name]) for name in ("during", "ended", "at_end"))
        if not (during and ended and at_end):
            continue
        left = during.value - ended.value
        if left != at_end.value:
            yield Finding(
                "stock_and_flow",
                ledger.council,
                lines([during, ended, at_end]),
                (during.printed, ended.printed, at_end.printed),
                f"{left:,}",
                f"Of {during.printed} in {during.period}, {ended.printed} ended, which leaves {left:,} "
                f"{stock['says']}; {at_end.printed} is printed for {at_end.period}.",
            )


def _mixed_units(ledger: Ledger) -> Iterator[Finding]:
    """A column of percentages with a count in it."""
    columns: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in ledger.rows:
        if row.is_table and row.quantity and row.measure in ("count", "percent"):
            columns[(row.section, row.return_table, row.quantity)].append(row)
    for rows in columns.values():
        counts = [row for row in rows if row.measure == "count"]
        if counts and len(counts) < len(rows) / 2:
            yield Finding(
                "mixed_units",
                ledger.council,
                lines(counts),
                tuple(row.printed for row in counts),
                "percentages throughout",
                f"{rows[0].return_table} ({rows[0].section}): the column {rows[0].member2} holds percentages, but "
                f"{', '.join(row.printed for row in counts)} is a count.",
            )
