"""Builds a whole return from its definition and the published warehouse: definitions to metrics to tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from redress.councils import Council
from redress.errors import UsageError
from redress.paths import Home
from redress.returns.building.cell_making import Maker
from redress.returns.building.cells import Counter
from redress.returns.building.facts import sentences_of
from redress.returns.building.labels import Labels
from redress.returns.building.tabulation import build_table, slug
from redress.returns.definitions.reading import Definition, read_definition, return_file
from redress.returns.definitions.schema import Table
from redress.returns.figures import BuiltReturn, BuiltSection, BuiltTable
from redress.returns.metrics.metrics import Metrics
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import Period
from redress.yaml_files import line_of


def build(
    home: Home,
    council: Council,
    kind: str,
    period: Period,
    structure: str | None = None,
    metrics: Metrics | None = None,
) -> BuiltReturn:
    """A return of a council over a period, every figure computed and rounded; nothing is hidden yet.

    structure `time` or `today` overrides what the tables say. metrics, where given, are asked instead of opening the
    published warehouse anew. Raises UsageError for a period that the return is not made for or that has no data, and
    for definitions that ask for what there is not.
    """
    definition = read_definition(council, kind)
    if metrics is not None:
        return _build(metrics, council, kind, definition, period, structure)
    with open_metrics(home) as opened:
        return _build(opened, council, kind, definition, period, structure)


def _build(
    metrics: Metrics, council: Council, kind: str, definition: Definition, period: Period, structure: str | None
) -> BuiltReturn:
    content = definition.content
    as_at = check_period(metrics, council, kind, content.period, period)
    maker = Maker(
        metrics=metrics,
        council=council,
        labels=Labels(council, metrics.service_names(council.name, period)),
        counter=Counter(metrics, council),
        defaults=content.defaults,
        period=period,
        prefix=f"{council.name}/{kind}/{slug(period.label)}",
        structure=structure,
    )
    words = {"council": council.title, "period": period.label}
    notes = () if as_at >= period.end else (f"The data end on {Period(as_at, as_at, 'day')}: the period is not over.",)
    return BuiltReturn(
        council=council.name,
        council_name=council.title,
        kind=kind,
        period=period,
        title=content.title.format(**words),
        introduction=(content.introduction or "").format(**words).strip(),
        sections=tuple(_section(maker, definition, number, words) for number in range(len(content.sections))),
        as_at=as_at,
        snapshot=metrics.snapshot(council.name),
        definition_hash=definition.fingerprint,
        notes=notes,
    )


def check_period(metrics: Metrics, council: Council, kind: str, wanted: str, period: Period) -> date:
    """The date the council's data are as at.

    Raises UsageError where the period is of another kind than the return's, or has no data.
    """
    if period.kind != wanted:
        raise UsageError(
            f"{return_file(council, kind)} is made for a {wanted}, and {period} is none; "
            f"write {'2017/18' if wanted == 'year' else 'Q2 2018/19'} for example."
        )
    first, as_at = metrics.span(council.name)
    if first is None or as_at is None:
        raise UsageError(f"Nothing of {council.title} is loaded yet; run `redress nightly --council {council.name}`.")
    begin = council.settings.records_begin or first
    if period.end < begin:
        raise UsageError(f"{period} lies before the first records of {council.title}, which begin on {begin}.")
    if period.start > as_at:
        raise UsageError(f"{period} lies after the last loaded records of {council.title}, which are as at {as_at}.")
    return as_at


def _section(maker: Maker, definition: Definition, number: int, words: dict[str, str]) -> BuiltSection:
    section, place = definition.content.sections[number], ("sections", number)
    tables = []
    for at, table in enumerate(section.tables):
        with _located(definition, (*place, "tables", at)):
            tables.append(_table(maker, table))
    statements = [*section.statements, *(one for table in section.tables for one in table.statements)]
    with _located(definition, place):
        sentences = sentences_of(maker, statements)
    return BuiltSection(
        heading=section.heading.format(**words),
        text=(section.text or "").format(**words).strip(),
        sentences=sentences,
        tables=tuple(tables),
    )


@contextmanager
def _located(definition: Definition, place: tuple[str | int, ...]) -> Iterator[None]:
    """Says with a mistake in the definition in which file and line what it is about begins."""
    try:
        yield
    except UsageError as problem:
        raise UsageError(f"{definition.file}, line {line_of(definition.file, place)}: {problem}") from None


def _table(maker: Maker, table: Table) -> BuiltTable:
    if table.benchmark:
        from redress.returns.analysis.benchmark import benchmark_of

        return benchmark_of(maker, table)
    return build_table(maker, table)
