"""Computes the figures that a statement is written from, and has it written."""

from collections.abc import Sequence
from dataclasses import replace

from redress.errors import UsageError
from redress.returns.analysis.statements import Facts, sentence
from redress.returns.building.cell_making import Maker
from redress.returns.building.tabulation import TableBuilder
from redress.returns.definitions.schema import Axis, Statement, Table, Value
from redress.returns.figures import Figure, Sentence


def sentences_of(maker: Maker, statements: Sequence[Statement]) -> tuple[Sentence, ...]:
    """Every statement that can be made of the figures, in order; none that compares a period that is not over.

    Raises UsageError that names the statement where it asks for what there is not.
    """
    written = []
    compared = ("change", "rate_change") if not maker.is_over(maker.period) else ()
    for number, statement in enumerate(statements, start=1):
        if statement.template in compared:
            continue
        try:
            one = sentence(statement, facts_of(maker, statement, number), maker.defaults.small_base)
        except UsageError as problem:
            raise UsageError(f"{maker.prefix}, statement on {statement.subject!r}: {problem}") from None
        if one is not None:
            written.append(one)
    return tuple(written)


def facts_of(maker: Maker, statement: Statement, number: int) -> Facts:
    """The figures behind one statement."""
    now = _figures(maker, statement, number, Axis(), "this")[0]
    if statement.template in ("change", "rate_change"):
        return Facts(now=now, before=_figures(maker, statement, number, Axis(), statement.against)[0])
    if statement.template == "share":
        of = {"metric": statement.share_of or statement.metric, "where": statement.share_of_where}
        whole = statement.model_copy(update=of)
        return Facts(now=now, whole=_figures(maker, whole, number, Axis(), "this")[0])
    if statement.template == "largest":
        if statement.by is None:
            raise UsageError("a statement of the largest needs by:, the dimension whose members are compared.")
        rows = _figures(maker, statement, number, Axis(by=statement.by, total="Total"), "this")
        blanks = [figure for figure in rows if figure.row == Axis().not_recorded]
        members = tuple(figure for figure in rows if not figure.row_is_total and figure not in blanks)
        return Facts(whole=now, members=members, not_recorded=blanks[0] if blanks else None)
    return Facts(now=now)


def _figures(maker: Maker, statement: Statement, number: int, axis: Axis, period: str) -> list[Figure]:
    """A hidden table of one column with the statement's metric."""
    table = Table(
        table=f"statement_{number}",
        metric=statement.metric,
        where=statement.where,
        rows=axis if axis.by else None,
        periods=[period],
        values=[Value()],
    )
    return [replace(row[0], id=f"{row[0].id}-{period}") for row in TableBuilder(maker, table).build().cells if row[0]]
