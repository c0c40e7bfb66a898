"""Rows and columns of a table: which items there are, what each counts, and whether they are all there is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redress.returns.building.labels import Labels
from redress.returns.definitions.schema import Axis, Code, Item, Where
from redress.returns.figures import Head, Predicate
from redress.returns.metrics.catalogue import code_text

Members = Callable[[str], list[str | None]]
"""The members of a dimension that occur in the table's populations; None for blanks."""

OPERATORS = {"not": "not_in"}


@dataclass(frozen=True)
class Entry:
    """One row or column: its heading and the conditions it adds."""

    head: Head
    conditions: frozenset[Predicate]
    metric: str | None = None
    setting: str | None = None
    stage: str | None = None
    printed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entries:
    """The entries of an axis, and whether those that are no totals cover everything."""

    entries: tuple[Entry, ...]
    is_exhaustive: bool
    by: str | None = None


ALONE = Entries((Entry(Head(""), frozenset()),), True)


def entries_of(axis: Axis | None, members: Members, labels: Labels, restructured: Callable[[str], str]) -> Entries:
    """An axis as entries. `restructured` gives the dimension that stands for another in the structure asked for."""
    if axis is None:
        return ALONE
    by = restructured(axis.by) if axis.by else None
    found = sorted(members(by), key=lambda code: labels.rank(by, code)) if by else []
    listed = [_entry(item, by, restructured) for item in axis.items] or [
        Entry(Head(labels.of(by, code)), _one(by, code)) for code in found if by and code is not None
    ]
    rest: list[Entry] = []
    missing = _not_listed(axis, found)
    if by and axis.others and missing:
        codes = tuple(sorted(_codes(axis.items), key=str))
        rest.append(Entry(Head(axis.others), frozenset({(by, "not_in", (None, *codes))})))
    blanks_missing = None in found and not any(_counts_blanks(item) for item in axis.items)
    if by and axis.not_recorded and blanks_missing:
        rest.append(Entry(Head(axis.not_recorded), _one(by, None)))
    exhaustive = (
        by is not None and (not missing or bool(axis.others)) and (not blanks_missing or bool(axis.not_recorded))
    )
    plain = all(not item.where and not item.metric for item in axis.items)
    total = (
        [Entry(Head(axis.total, is_total=True), frozenset(), printed=tuple(axis.total_printed))] if axis.total else []
    )
    return Entries((*listed, *rest, *total), exhaustive and plain, by)


def predicates(where: Where, restructured: Callable[[str], str] = lambda name: name) -> frozenset[Predicate]:
    """Conditions as the definition writes them, as predicates."""
    found: set[Predicate] = set()
    for dimension, condition in where.items():
        operator, codes = next(iter(condition.items())) if isinstance(condition, dict) else ("in", condition)
        listed = codes if isinstance(codes, list) else [codes]
        texts = tuple(sorted((code_text(code) for code in listed), key=lambda text: (text is not None, str(text))))
        found.add((restructured(dimension), OPERATORS.get(operator, operator), texts))
    return frozenset(found)


def _entry(item: Item, by: str | None, restructured: Callable[[str], str]) -> Entry:
    conditions = predicates(item.where, restructured)
    if by and not item.is_total and ("code" in item.model_fields_set or not item.where):
        listed: list[Code] = item.code if isinstance(item.code, list) else [item.code]
        conditions |= predicates({by: listed})
    return Entry(
        Head(item.label, item.group, item.is_total),
        conditions,
        item.metric,
        item.setting,
        item.stage,
        tuple(item.printed),
    )


def _one(by: str, code: str | None) -> frozenset[Predicate]:
    return frozenset({(by, "in", (code,))})


def _codes(items: Iterable[Item]) -> set[str]:
    """The codes that items name one by one."""
    listed = [code for item in items for code in (item.code if isinstance(item.code, list) else [item.code])]
    return {text for code in listed if (text := code_text(code)) is not None}


def _not_listed(axis: Axis, found: list[str | None]) -> list[str]:
    if not axis.items:
        return []
    return [code for code in found if code is not None and code not in _codes(axis.items)]


def _counts_blanks(item: Item) -> bool:
    if isinstance(item.code, list):
        return None in item.code
    return item.code is None and "code" in item.model_fields_set
