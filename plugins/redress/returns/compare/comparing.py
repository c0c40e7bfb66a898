"""Builds the returns of the published reports and judges each printed figure by the one computed for it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from redress.councils import Council
from redress.errors import UsageError
from redress.paths import Home
from redress.returns.compare.matching import Candidate, Index
from redress.returns.compare.published import IN_WORDS, PrintedRow, not_meetable, published_rows, report_of, reports
from redress.returns.compare.results import Comparison, Verdict, plain
from redress.returns.figures import BuiltReturn, BuiltTable, Figure

ONE_PERCENT = Fraction(1, 100)
VERDICT_OF_BASIS: Mapping[str, Verdict] = {"supplied": "context", "setting": "setting"}


def compare(home: Home, councils: Mapping[str, Council], council: str | None = None) -> list[Comparison]:
    """Every published figure (of one council, where named) beside the one of the council's own return.

    Raises UsageError for a council without published figures or without a folder, RedressError where nothing is
    published yet, where a printed row has no figure, or where two different figures answer to it.
    """
    from redress.returns.building.building import build
    from redress.returns.metrics.published import open_metrics

    names = [name for name, _, _ in reports()]
    wanted = names if council is None else [council]
    if unknown := [name for name in wanted if name not in names or name not in councils]:
        raise UsageError(
            f"No council folder or no published figures for {', '.join(unknown)[:60]} (published: {', '.join(names)}); "
            "check the name."
        )
    with open_metrics(home) as metrics:
        return compare_returns(
            [
                build(home, councils[name], kind, period, metrics=metrics)
                for name, kind, period in reports()
                if name in wanted
            ]
        )


def compare_returns(returns: Iterable[BuiltReturn]) -> list[Comparison]:
    """Every published figure of these returns' reports beside the one of the return.

    Raises RedressError where a printed row has no figure, or where two different figures answer to it.
    """
    printed = published_rows()
    reasons = not_meetable(printed)
    found: list[Comparison] = []
    for built in returns:
        report = (built.council, built.kind, built.period)
        found += set_beside([row for row in printed if (row["council"], *report_of(row)) == report], built, reasons)
    return sorted(found, key=lambda one: one.row)


def set_beside(rows: Iterable[PrintedRow], built: BuiltReturn, reasons: Mapping[int, str]) -> list[Comparison]:
    """Printed rows of one report beside the figures of the return built for it.

    reasons: by row, why no records can yield what is printed. Raises RedressError where a row has no figure, or where
    two different figures answer to it.
    """
    index = Index(built)
    return [_judge(row, index.find(row), reasons.get(int(row["row"]))) for row in rows]


def _judge(row: PrintedRow, found: Candidate | BuiltTable, reason: str | None) -> Comparison:
    if isinstance(found, BuiltTable):
        return _comparison(row, None, found.basis, "outside", found.outside or "")
    figure, basis = found.figure, found.basis
    printed, is_in_words = Decimal(row["value"]), row["note"].startswith(IN_WORDS)
    holds = "about" if row["note"].startswith("approx:") else figure.holds or "about"
    agrees = _holds(holds, Fraction(printed), figure.value) if is_in_words else figure.rounded == printed
    if agrees and is_in_words:
        return _comparison(row, figure, basis, "words", f"{row['note']}; computed {_in_full(figure)}")
    if agrees:
        return _comparison(row, figure, basis, VERDICT_OF_BASIS.get(basis, "matches"), "")
    if reason:
        return _comparison(row, figure, basis, "conflict", reason)
    return _comparison(
        row, figure, basis, "differs", f"printed {plain(printed)}, computed {_in_full(figure)} ({figure.id})"
    )


def _comparison(row: PrintedRow, figure: Figure | None, basis: str, verdict: Verdict, reason: str) -> Comparison:
    return Comparison(
        row=int(row["row"]),
        council=row["council"],
        section=row["section"],
        return_table=row["return_table"],
        period=row["period"],
        stage=row["stage"],
        member=row["member"],
        member2=row["member2"],
        measure=row["measure"],
        unit=row["unit"],
        printed=Decimal(row["value"]),
        figure=figure.id if figure else "",
        numerator=figure.numerator if figure else None,
        denominator=figure.denominator if figure else None,
        shown=figure.rounded if figure else None,
        basis=basis,
        verdict=verdict,
        reason=reason,
    )


def _holds(how: str, printed: Fraction, exact: Fraction | None) -> bool:
    """Does an approximation or a bound hold? About: within one of the printed unit, or within 1% of it."""
    if exact is None:
        return False
    return {
        "about": abs(exact - printed) <= max(Fraction(1), printed * ONE_PERCENT),
        "above": exact > printed,
        "just_above": printed < exact < printed + 10,
        "below": exact < printed,
    }[how]


def _in_full(figure: Figure) -> str:
    of = f" ({figure.numerator} of {figure.denominator})" if figure.denominator not in (None, 1) else ""
    return f"{plain(figure.rounded)}{of}"
