"""Reads the rule catalogue: expectations/*.yml, applied to the columns of the contract."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from redress.contract import Column, Contract, Entity, load_contract
from redress.errors import RedressError
from redress.paths import PROJECT
from redress.validation.frames import frame_columns

ROW_FRAME = "rows"
BATCH_FRAMES = ("batch", "batch_columns", "batch_source_columns")
ANY, BATCH = "any", "batch"
CASCADE = "R02"
WARNING = "warning"

_SELECTORS = {
    *("required", "key", "closed_list", "open_list", "whole_key"),
    *("names", "types", "except", "except_types", "except_entities"),
}
_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


@dataclass(frozen=True)
class Check:
    """One expectation of a rule on one frame.

    column is the column an issue of it names (of a whole key, its columns joined by '|'); null where the frame itself
    says it. kwargs may still hold $values, $declared and names of settings, which depend on the council.
    looks_at: the frame columns whose change ends an acceptance of its warnings; empty where none can be accepted.
    """

    rule: str
    entity: str
    severity: str
    column: str | None
    frame: str
    expectation: str
    kwargs: dict[str, Any]
    looks_at: tuple[str, ...] = ()

    @property
    def frame_columns(self) -> tuple[str, ...]:
        """The columns of the frame it looks at; a row counts as checked when none of them is null."""
        return tuple(self.kwargs[name] for name in _COLUMN_ARGUMENTS if name in self.kwargs)


@dataclass(frozen=True)
class CatalogueRule:
    """A rule as people read it, with one example that passes and one that fails. title: the fault in a few words.

    regulation: the law or guidance it rests on; None where it keeps figures right and nothing more.
    """

    code: str
    title: str
    entity: str
    severity: str
    needs: tuple[str, ...]
    reason: str
    regulation: str | None
    remedy: str
    passing: dict[str, Any]
    failing: dict[str, Any]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Catalogue:
    """All rules by code, in the order of the files."""

    rules: dict[str, CatalogueRule]
    _checks: dict[str, tuple[Check, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for entity in (*load_contract().entities, BATCH):
            self._checks[entity] = tuple(
                check for rule in self.rules.values() for check in rule.checks if check.entity == entity
            )

    def checks(self, entity: str) -> tuple[Check, ...]:
        """Every expectation on the rows of an entity; `batch` gives those on extracts as a whole."""
        return self._checks[entity]

    def looks_at(self, rule: str, entity: str, column: str) -> tuple[str, ...]:
        """The frame columns an issue of a rule about a column hangs on; empty where it cannot be accepted."""
        checks = (check for check in self._checks[entity] if (check.rule, check.column) == (rule, column))
        return tuple(dict.fromkeys(name for check in checks for name in check.looks_at))

    def expected(self) -> list[tuple[str, str]]:
        """The table of expected checks: every rule with every entity it must report on."""
        batch = {check.rule for check in self.checks(BATCH)}
        entities = load_contract().entities
        pairs = {(check.rule, entity) for entity in entities for check in self.checks(entity)}
        return sorted(pairs | {(rule, entity) for rule in batch for entity in entities})


def expectations_folder() -> Path:
    """REDRESS_EXPECTATIONS, or the folder expectations/ beside plugins/."""
    return Path(os.environ.get("REDRESS_EXPECTATIONS", PROJECT / "expectations")).expanduser().resolve()


@cache
def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The rules of every file in the folder.

    Raises RedressError for a rule that cannot be used: twice the same code, a missing part, a column that the
    contract does not have, or a warning that does not say what it looks at.
    """
    root = folder or expectations_folder()
    files = sorted(root.glob("*.yml"))
    if not files:
        raise RedressError(f"There is no rule in {root}; restore the folder expectations/ or set REDRESS_EXPECTATIONS.")
    rules: dict[str, CatalogueRule] = {}
    for path in files:
        for rule in _read(path):
            if rule.code in rules:
                raise RedressError(f"{path}: rule {rule.code} is there twice; give the new rule a code of its own.")
            rules[rule.code] = rule
    return Catalogue(rules)


def _read(path: Path) -> Iterator[CatalogueRule]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for body in document["rules"]:
            yield _rule(path, document["entity"], body)
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
        raise RedressError(
            f"{path} is not a rule file ({type(problem).__name__}: {str(problem).splitlines()[0]}); "
            "compare it with docs/extend/add-a-rule.md."
        ) from None


def _rule(path: Path, entity: str, body: dict[str, Any]) -> CatalogueRule:
    code, severity = body["code"], body["severity"]
    return CatalogueRule(
        code=code,
        title=body.get("title", code),
        entity=entity,
        severity=severity,
        needs=tuple(body.get("needs", ())),
        reason=body["reason"],
        regulation=body.get("regulation"),
        remedy=body["remedy"],
        passing=body["passing"],
        failing=body["failing"],
        checks=tuple(_checks(path, entity, code, severity, body)),
    )


def _checks(path: Path, entity: str, code: str, severity: str, body: dict[str, Any]) -> Iterator[Check]:
    """The rule's expectations, one for each column it is applied to."""
    for part in body.get("checks", [body]):
        can_be_accepted = severity == WARNING and entity != BATCH
        if can_be_accepted != bool(part.get("looks_at")):
            raise RedressError(_looks_at_fault(path, code, can_be_accepted))
        for name, column in _targets(entity, part):
            yield Check(
                rule=code,
                entity=name,
                severity=severity,
                column=column,
                frame=part.get("frame", ROW_FRAME),
                expectation=part["expectation"]["type"],
                kwargs={
                    argument: value.replace("$column", column or "") if isinstance(value, str) else value
                    for argument, value in part["expectation"]["kwargs"].items()
                },
                looks_at=_looked_at(path, code, name, column, part.get("looks_at", ())),
            )


def _looks_at_fault(path: Path, code: str, can_be_accepted: bool) -> str:
    if can_be_accepted:
        return (
            f"{path}: rule {code} has no looks_at; list the columns whose change ends the acceptance of a warning "
            "(docs/extend/add-a-rule.md)."
        )
    return (
        f"{path}: rule {code} has looks_at, but only a warning about rows can be accepted; "
        "remove looks_at or correct the severity."
    )


def _looked_at(path: Path, code: str, entity: str, column: str | None, given: Iterable[str]) -> tuple[str, ...]:
    """The frame columns of looks_at, each once."""
    names = tuple(dict.fromkeys(name.replace("$column", column or "") for name in given))
    if names and (unknown := [name for name in names if name not in frame_columns(entity)]):
        raise RedressError(
            f"{path}: rule {code} looks at {', '.join(unknown)}, which the frame of {entity} does not have; "
            f"correct the name or add the column to frames/{entity}.sql."
        )
    return names


def _targets(entity: str, part: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    contract = load_contract()
    if entity == BATCH:
        yield BATCH, None
    elif entity == ANY:
        yield from _each(contract, part["each"])
    else:
        for column in part["columns"]:
            if column not in contract.entities[entity].columns:
                raise RedressError(f"expectations/{entity}.yml: the contract has no column {column}; correct the name.")
            yield entity, column


def _each(contract: Contract, wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns of the contract that `each` asks for."""
    if unknown := set(wanted) - _SELECTORS:
        raise RedressError(
            f"expectations/any.yml: each cannot ask for {', '.join(sorted(unknown))}; "
            f"use {', '.join(sorted(_SELECTORS))}."
        )
    for entity in contract.entities.values():
        if entity.name in wanted.get("except_entities", ()):
            continue
        if wanted.get("whole_key"):
            yield entity.name, "|".join(entity.key)
        else:
            yield from (
                (entity.name, column.name) for column in entity.columns.values() if _fits(column, entity, wanted)
            )


def _fits(column: Column, entity: Entity, wanted: dict[str, Any]) -> bool:
    facts = {
        "required": column.required,
        "key": column.name in entity.key,
        "closed_list": column.values is not None,
        "open_list": column.values_from is not None,
    }
    return (
        all(facts[name] == value for name, value in wanted.items() if name in facts)
        and column.name in wanted.get("names", (column.name,))
        and column.type in wanted.get("types", (column.type,))
        and column.name not in wanted.get("except", ())
        and column.type not in wanted.get("except_types", ())
    )
