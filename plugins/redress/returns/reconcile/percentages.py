"""Which counts and roundings each printed percentage can come from, and the findings where there are none."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from redress.returns.reconcile.fitting import METHODS, methods_for, rate_methods, shares_fit, split_methods
from redress.returns.reconcile.ledger import Finding, Ledger, lines, one_of_each, values
from redress.returns.reconcile.rows import NOT_PARTS, Row, comparable
from redress.returns.rounding import Rounding

UNKNOWN = re.compile(r"unknown|not known|not recorded|not stated")
OF_THE_KNOWN = re.compile(r"\bof those (recorded|known)\b")


@dataclass(frozen=True)
class Fit:
    """A printed percentage or change, the rows it was tested against, what they say and the roundings it fits."""

    row: Row
    against: tuple[Row, ...]
    says: str
    methods: frozenset[Rounding]
    whole: int = 0


def fits_of(ledger: Ledger) -> list[Fit]:
    """Every percentage whose base is printed. One that follows from no count has no method."""
    return [*_shares(ledger), *_rates(ledger), *_ratios(ledger)]


def impossible(ledger: Ledger, fits: Iterable[Fit]) -> Iterator[Finding]:
    """The percentages that no count of the printed base is rounded to, each printed value of a figure once."""
    found: dict[tuple[str, str], list[Fit]] = defaultdict(list)
    for fit in fits:
        if not fit.methods:
            found[(fit.row.name, fit.row.printed)].append(fit)
    for same in found.values():
        row = same[0].row
        yield Finding(
            "no_count",
            ledger.council,
            lines(row for fit in same for row in (fit.row, *fit.against)),
            (row.printed,),
            same[0].says,
            f"{row.name} ({row.section}): {row.printed} is printed, but {same[0].says}; no way of rounding gives it.",
        )


def shares_of_wholes(ledger: Ledger) -> Iterator[Finding]:
    """Shares of one whole that do not add up to it, or that no counts of the printed whole give together."""
    counted = {_cell(row) for row in ledger.counts}
    for group in _share_groups(ledger):
        has_counts = any(_cell(row) in counted for row in group)
        if len(group) < 2 or _has_count_without_share(ledger, group):
            continue
        if group[0].dimension == "timeliness_band":
            yield from _bands(ledger, group)
        elif not any(row.is_rate for row in group):
            yield from _sum_of_shares(ledger, group, group)
            yield from _of_the_known(ledger, group)
            if not has_counts:
                yield from _split(ledger, group)


def _shares(ledger: Ledger) -> Iterator[Fit]:
    """Percentages with a count of their own: out of the table's total, of all its parts or of a family."""
    counts: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in ledger.counts:
        counts[_cell(row)].append(row)
    for group in _share_groups(ledger):
        fits = []
        for row in group:
            own = sorted(counts.get(_cell(row), []), key=lambda other, row=row: other.section != row.section)  # type: ignore[misc]
            bases = _bases(ledger, row, counts) if own and not row.is_rate else {}
            tested = {whole: _share_methods(int(own[0].value), whole, row.value) for whole in bases}
            if tested:
                whole = next((whole for whole, methods in tested.items() if methods), next(iter(tested)))
                says = _says(int(own[0].value), whole)
                fits.append(Fit(row, (own[0], *bases[whole]), says, tested[whole], whole))
        yield from _with_largest_remainder(fits)


def _share_groups(ledger: Ledger) -> Iterable[list[Row]]:
    """Percentages side by side: of one column, or of one row where it is the row of totals."""
    groups: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in ledger.percents:
        if (
            row.dimension not in NOT_PARTS
            and not row.quantity
            and not _is_ratio(ledger, row)
            and (row.first or row.second)
        ):
            place = (row.section, row.return_table, row.period, row.stage_key, row.dimension)
            groups[(*place, *(("column", row.second) if row.first else ("row", row.dimension2)))].append(row)
    return groups.values()


def _cell(row: Row) -> tuple[str, ...]:
    return (row.return_table, row.period, row.stage_key, row.dimension, row.first, row.second or "")


def _bases(ledger: Ledger, row: Row, counts: dict[tuple[str, ...], list[Row]]) -> dict[int, tuple[Row, ...]]:
    """The wholes that a share may be a share of, each with the rows that print it."""
    table, first, second = _cell(row)[:4], row.first, row.second or ""
    bases: dict[int, tuple[Row, ...]] = {}
    wholes = [("", "")] + ([("", second)] if first and second else []) + ([(first, "")] if first and second else [])
    for place in wholes:
        for total in counts.get((*table, *place), []):
            bases.setdefault(int(total.value), (total,))
    parts = [
        other
        for other in ledger.counts
        if other.first and _cell(other)[:4] == table and (other.second or "") == second and other.section == row.section
    ]
    if len(parts) > 1:
        bases.setdefault(sum(int(part.value) for part in parts), tuple(parts))
    for entry in ledger.identities.entries(ledger.identities.partitions, row.return_table):
        for whole in ledger.family(entry["family"], row, total=True):
            bases.setdefault(int(whole.value), (whole,))
    return bases


def _share_methods(part: int, whole: int, printed: Decimal) -> frozenset[Rounding]:
    if whole == 0:
        return frozenset(METHODS if printed == 0 else ())
    return methods_for(Fraction(part * 100, whole), printed)


def _with_largest_remainder(group: list[Fit]) -> Iterator[Fit]:
    """Largest remainder concerns all the shares of a whole together: it gives every one of them or none."""
    parts = [int(fit.against[0].value) for fit in group]
    printed = [fit.row.value for fit in group]
    whole = sum(parts)
    is_whole = len(group) > 1 and all(fit.whole == whole for fit in group)
    for fit in group:
        methods = set(fit.methods)
        if is_whole:
            methods.discard("largest_remainder")
            methods |= {"largest_remainder"} if shares_fit(parts, whole, printed) else set()
        yield replace(fit, methods=frozenset(methods))


def _rates(ledger: Ledger) -> Iterator[Fit]:
    """Percentages whose base alone is printed: some count out of it must be printed so."""
    for row in ledger.percents:
        for entry in ledger.identities.entries(ledger.identities.rates, row.return_table):
            if "part" in entry or not row.is_rate:
                continue
            total = row.dimension != "service_area"
            bases = [base for name in entry["bases"] for base in ledger.family(name, row, total=total)]
            if any(base.value for base in bases):
                yield _rate(row, bases)


def _rate(row: Row, bases: list[Row]) -> Fit:
    wholes = [whole for whole in values(bases) if whole]
    methods = frozenset(method for whole in wholes for method in rate_methods(row.value, whole))
    return Fit(row, tuple(one_of_each(bases)), " and ".join(_nearest(row, whole) for whole in wholes), methods)


def _nearest(row: Row, whole: int) -> str:
    """The counts out of a whole on either side of a printed percentage."""
    below = int(row.value * whole / 100)
    return ", ".join(_says(count, whole) for count in (below, below + 1) if count <= whole)


def _ratios(ledger: Ledger) -> Iterator[Fit]:
    """Percentages of one printed count over another."""
    for row in ledger.percents:
        for entry in ledger.identities.entries(ledger.identities.rates, row.return_table):
            if "part" in entry and row.stage == entry["part_stage"]:
                yield from _declared_ratio(ledger, row, entry)
    for ratio in ledger.identities.ratios:
        rates, parts, wholes = (_named(ledger, ratio[name]) for name in ("rate", "part", "whole"))
        for rate in rates:
            some, of = ([row for row in rows if row.period == rate.period] for rows in (parts, wholes))
            if some and of:
                part, whole = (int(sum(row.value for row in rows)) for rows in (some, of))
                yield Fit(rate, (*some, *of), _says(part, whole), _share_methods(part, whole, rate.value))


def _declared_ratio(ledger: Ledger, row: Row, entry: dict[str, Any]) -> Iterator[Fit]:
    wholes = [whole for name in entry["bases"] for whole in ledger.family(name, row, entry["base_stage"])]
    parts = ledger.family(entry["part"], row, entry["part_stage"])
    if wholes and parts:
        part, whole = int(parts[0].value), int(wholes[0].value)
        yield Fit(row, (parts[0], wholes[0]), _says(part, whole), _share_methods(part, whole, row.value))
    elif any(whole.value for whole in wholes):
        yield _rate(row, wholes)


def _named(ledger: Ledger, selectors: list[dict[str, str]]) -> list[Row]:
    return [
        row
        for row in (*ledger.counts, *ledger.percents)
        for selector in selectors
        if row.return_table == selector["return_table"] and comparable(row.member) == selector["member"]
    ]


def _is_ratio(ledger: Ledger, row: Row) -> bool:
    return any("part" in entry for entry in ledger.identities.entries(ledger.identities.rates, row.return_table))


def _has_count_without_share(ledger: Ledger, shares: list[Row]) -> bool:
    """Whether a part that is not nothing has a count and no percentage, so that the percentages lack it."""
    printed = {_cell(row) for row in shares}
    return any(
        row.value and row.first and row.section == shares[0].section and _cell(row) not in printed
        for row in ledger.counts
        if _cell(row)[:4] == _cell(shares[0])[:4] and shares[0].first and (row.second or "") == (shares[0].second or "")
    )


def _bands(ledger: Ledger, shares: list[Row]) -> Iterator[Finding]:
    """Bands of time may be printed cumulatively: then the longest "within" and the "over" are all there is."""
    within = [row for row in shares if "within" in comparable(row.member)]
    others = [row for row in shares if row not in within]
    cumulative = [max(within, key=lambda row: row.value), *others] if within else shares
    if not any(_adds_up(rows) for rows in (shares, cumulative)):
        yield from _sum_of_shares(ledger, cumulative, shares)


def _sum_of_shares(ledger: Ledger, shares: list[Row], printed: list[Row]) -> Iterator[Finding]:
    added = sum(row.value for row in shares)
    if _adds_up(shares) or (added < 100 and not shares[0].is_table):
        return
    numbers = ", ".join(row.printed for row in shares)
    yield Finding(
        "shares_do_not_add_up",
        ledger.council,
        lines(printed),
        tuple(row.printed for row in shares),
        "shares that add up to 100, or to what rounding each makes of it",
        f"{shares[0].return_table} ({shares[0].section}), {shares[0].period}: {numbers} add up to {added}%, which "
        f"rounding {len(shares)} shares of a whole cannot do.",
    )


def _adds_up(shares: list[Row]) -> bool:
    """Whether shares add up to 100 within what rounding or truncating each can do."""
    unit = Decimal(1).scaleb(-min(row.decimals for row in shares))
    added = sum(row.value for row in shares)
    return 100 - (len(shares) - 1) * unit <= added <= 100 + len(shares) // 2 * unit


def _split(ledger: Ledger, shares: list[Row]) -> Iterator[Finding]:
    """Shares without counts: some counts that add up to the printed whole must give all of them by one rounding."""
    if not _adds_up(shares):
        return
    for entry in ledger.identities.entries(ledger.identities.partitions, shares[0].return_table):
        wholes = ledger.family(entry["family"], shares[0], total=True)
        tried = [split_methods([row.value for row in shares], whole) for whole in values(wholes) if whole]
        if tried and all(methods is not None and not methods for methods in tried):
            numbers = ", ".join(row.printed for row in shares)
            yield Finding(
                "no_count",
                ledger.council,
                lines([*shares, wholes[0]]),
                tuple(row.printed for row in shares),
                f"shares of {wholes[0].printed} {ledger.says(entry['family'])}",
                f"{shares[0].return_table} ({shares[0].section}), {shares[0].period}: no counts that add up to "
                f"{wholes[0].printed} give {numbers} by any one way of rounding.",
            )


def _of_the_known(ledger: Ledger, shares: list[Row]) -> Iterator[Finding]:
    """A share said to be of those known, in a hundred that holds the unknown."""
    unknown = [row for row in shares if UNKNOWN.search(comparable(row.member))]
    said = [row for row in shares if OF_THE_KNOWN.search(row.note)]
    if unknown and said and _adds_up(shares):
        known = 100 - sum(row.value for row in unknown)
        fair = ", ".join(f"{row.value * 100 / known:.0f}%" for row in said)
        yield Finding(
            "wrong_base",
            ledger.council,
            lines(shares),
            tuple(row.printed for row in said),
            fair,
            f"{said[0].name} ({said[0].section}): {said[0].printed} is said to be of those recorded, but with "
            f"{unknown[0].printed} unknown it is part of one hundred; of those recorded it would be about {fair}.",
        )


def _says(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} is " + (f"{part * 100 / whole:.2f}%" if whole else "no percentage")
