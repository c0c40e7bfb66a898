"""Which columns of a table a feed can refer to: the others are not read into memory."""

from collections.abc import Iterable, Iterator

from redress.contract import load_contract
from redress.contract.mapping.definition import ColumnRule, EntityMapping
from redress.contract.mapping.expressions import Condition, Expression
from redress.contract.mapping.headers import loosened
from redress.sources.definition import FileFeed


def wanted_columns(feed: FileFeed, header: Iterable[str]) -> list[str]:
    """The columns of a header that bear a name of the contract, or one that source.yml names, in order."""
    names = {loosened(name) for name in _names(feed)}
    return [column for column in header if loosened(column) in names]


def sought(feed: FileFeed) -> list[frozenset[str]]:
    """What a header of the feed is known by: for each column that it maps, the names the column may have, loosened.

    A required column of the contract that is not mapped is sought under its own name.
    """
    groups: dict[frozenset[str], None] = {}
    for entity, mapping in feed.entities.items():
        for rule in _rules(mapping):
            if rule.column:
                groups[frozenset(map(loosened, rule.column))] = None
        mapped = {column for columns in _column_maps(mapping) for column in columns}
        known = load_contract().entities.get(entity)
        for column in known.required if known else ():
            if column not in mapped:
                groups[frozenset({loosened(column)})] = None
    return list(groups)


def _names(feed: FileFeed) -> Iterator[str]:
    for rule in _all_rules(feed):
        yield from rule.column or ()
        yield from Expression(rule.expression, f"feeds.{feed.name}").names if rule.expression else ()
    for entity, mapping in feed.entities.items():
        yield from _contract_columns(entity)
        for row in mapping.rows:
            if row.when:
                yield from row.when.column or ()
                at = f"feeds.{feed.name}"
                yield from Condition(row.when.expression, at).names if row.when.expression is not None else ()
    if feed.watermark:
        yield feed.watermark.column


def _contract_columns(entity: str) -> Iterable[str]:
    known = load_contract().entities.get(entity)
    if known:
        return known.columns
    from redress.contract.mapping.people import PEOPLE

    return PEOPLE.columns


def _all_rules(feed: FileFeed) -> Iterator[ColumnRule]:
    for mapping in feed.entities.values():
        yield from _rules(mapping)


def _rules(mapping: EntityMapping) -> Iterator[ColumnRule]:
    for columns in _column_maps(mapping):
        yield from columns.values()


def _column_maps(mapping: EntityMapping) -> list[dict[str, ColumnRule]]:
    """The columns shared by all rows of an entity, and those of each row."""
    return [mapping.columns, *(row.columns for row in mapping.rows)]
