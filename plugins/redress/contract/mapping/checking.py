"""What is wrong with a feed of source.yml by itself, before any header is seen."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from redress.contract.mapping.definition import ColumnRule, Columns, EntityMapping, Feed, RowOf
from redress.contract.mapping.expressions import Condition, Expression
from redress.contract.mapping.folding import holdable, spaced
from redress.contract.mapping.people import entities
from redress.contract.mapping.values import Choices, choices, in_contract
from redress.contract.model import Column, Entity
from redress.councils import Codes
from redress.errors import RedressError
from redress.yaml_files import line_of


@dataclass(frozen=True)
class Place:
    """Where in source.yml something stands: feeds.complaints.entities.stages.columns.outcome.

    keys: a number counts from 0, and is shown from 1. file: by which the line is found; None where it is not known.
    below: a key further down, which is not shown, but has the line.
    """

    keys: tuple[str | int, ...] = ()
    file: Path | None = None
    below: str | None = None

    def __truediv__(self, key: str | int) -> "Place":
        return replace(self, keys=(*self.keys, key))

    def __str__(self) -> str:
        shown = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in self.keys).lstrip(".")
        if self.file is None:
            return f"source.yml: {shown}"
        return f"{self.file}, line {line_of(self.file, (*self.keys, self.below))}: {shown}"


def place(feed: Feed, entity: str, root: Place = Place()) -> Place:
    """Where the mapping of an entity stands. root: where the source of the feed does."""
    return root / "feeds" / (feed.name or "(unnamed)") / "entities" / entity


def check_definition(feed: Feed, codes: Codes, root: Place = Place()) -> None:
    """Raises RedressError for the first thing in a feed that cannot work, whatever the source delivers."""
    for name, mapping in feed.entities.items():
        where = place(feed, name, root)
        if name not in entities():
            raise RedressError(f"{where}: there is no entity {name!r}; {suggestion(name, entities())}.")
        for at, columns in column_maps(where, mapping):
            for column, rule in columns.items():
                _check_rule(at / column, entities()[name], column, rule, codes)
        for number, row in enumerate(mapping.rows):
            _check_row(where / "rows" / number, row)


def column_maps(where: Place, mapping: EntityMapping) -> Iterator[tuple[Place, Columns]]:
    """The columns all rows share, then those of each row, and where they stand."""
    yield where / "columns", mapping.columns
    for number, row in enumerate(mapping.rows):
        yield where / "rows" / number / "columns", row.columns


def suggestion(name: str, known: Iterable[str]) -> str:
    """What else could have been meant, for the end of a sentence."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"


def _check_row(where: Place, row: RowOf) -> None:
    if row.when and row.when.expression is not None:
        Condition(row.when.expression, where / "when" / "expression")
    if not row.when and not any(rule.column or rule.expression for rule in row.columns.values()):
        raise RedressError(
            f"{where}: nothing says when the row is there; read one of its columns from the source, or add when."
        )


def _check_rule(where: Place, entity: Entity, name: str, rule: ColumnRule, codes: Codes) -> None:
    if name not in entity.columns:
        raise RedressError(f"{where}: {entity.name} has no column {name!r}; {suggestion(name, entity.columns)}.")
    column = entity.columns[name]
    known = choices(column, codes)
    _check_texts(where, [rule.constant or "", rule.separator or "", *rule.values, *rule.values.values()])
    if rule.expression is not None:
        Expression(rule.expression, where / "expression")
    if rule.constant is not None:
        _check_closed(where / "constant", column, known, rule.constant)
    meant: dict[str, str] = {}
    for said, target in rule.values.items():
        at = replace(where / "values", below=said)
        _check_closed(at, column, known, target)
        if meant.setdefault(spaced(said), target) != target:
            raise RedressError(f"{at}: {said!r} is there twice with different meanings; keep one of them.")


def _check_texts(where: Place, texts: Iterable[str]) -> None:
    if not all(map(holdable, texts)):
        raise RedressError(f"{where}: a text holds a zero byte or half a character; write it as people would read it.")


def _check_closed(where: Place, column: Column, known: Choices | None, text: str) -> None:
    """A text of source.yml for a column of a closed list must be in the list; a blank always may be."""
    if not column.values:
        return
    for part in in_contract(text, column, known).split(";" if column.type == "list" else "\n"):
        if part and part not in column.values:
            raise RedressError(f"{where}: {column.name} cannot be {part!r}; it is one of {', '.join(column.values)}.")
