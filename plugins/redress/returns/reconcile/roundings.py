"""Rules about rounding: a table keeps to one way, and so does a report."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce

from redress.returns.reconcile.fitting import METHODS, NAMES
from redress.returns.reconcile.ledger import Finding, Ledger, lines
from redress.returns.reconcile.percentages import Fit
from redress.returns.rounding import Rounding


def roundings(ledger: Ledger, fits: Iterable[Fit]) -> Iterator[Finding]:
    """Figures that fit no rounding of the rest of the report, and tables whose figures no one rounding gives."""
    possible = [fit for fit in fits if fit.methods]
    tables: dict[str, list[Fit]] = defaultdict(list)
    for fit in possible:
        tables[fit.row.return_table].append(fit)
    for table, of_table in tables.items():
        yield from _table(ledger, table, of_table)
    if possible:
        yield from _departures(ledger, possible)


def _table(ledger: Ledger, table: str, fits: list[Fit]) -> Iterator[Finding]:
    common = reduce(frozenset.intersection, (fit.methods for fit in fits))
    if common:
        return
    telling = [fit for fit in fits if len(fit.methods) < len(METHODS)]
    needs: dict[str, list[Fit]] = defaultdict(list)
    for fit in telling:
        needs[_or(fit.methods)].append(fit)
    words = "; ".join(f"{_printed(fits)} by {methods}" for methods, fits in needs.items())
    yield Finding(
        "no_one_rounding",
        ledger.council,
        lines(fit.row for fit in telling),
        tuple(dict.fromkeys(fit.row.printed for fit in telling)),
        "one way of rounding for the table",
        f"{table}: no one way of rounding gives all its percentages: {words}.",
    )


def _departures(ledger: Ledger, fits: list[Fit]) -> Iterator[Finding]:
    figures = {(fit.row.name, fit.row.printed, fit.says): fit for fit in fits}
    votes: Counter[Rounding] = Counter(method for fit in figures.values() for method in fit.methods)
    main = max(METHODS, key=lambda method: votes[method])
    apart: dict[tuple[str, str, str, str], list[Fit]] = defaultdict(list)
    for fit in fits:
        if main not in fit.methods:
            apart[(fit.row.return_table, fit.row.period, fit.row.printed, fit.says)].append(fit)
    for same in apart.values():
        fit = same[0]
        yield Finding(
            "rounding_departs",
            ledger.council,
            lines(fit.row for fit in same),
            (fit.row.printed,),
            f"{NAMES[main]}, as in {votes[main]} of {len(figures)} figures of the report",
            f"{fit.row.name} ({fit.row.section}): {fit.row.printed} is printed, and {fit.says}: only "
            f"{_or(fit.methods)} gives it, while {NAMES[main]} gives {votes[main]} of the {len(figures)} percentages "
            "of the report.",
        )


def _or(methods: Iterable[Rounding]) -> str:
    return " or ".join(NAMES[method] for method in METHODS if method in set(methods))


def _printed(fits: list[Fit]) -> str:
    return ", ".join(dict.fromkeys(f"{fit.row.printed} in {fit.row.period}" for fit in fits))
