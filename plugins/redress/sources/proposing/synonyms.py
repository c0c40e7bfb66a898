"""What councils call the contract's columns and values, from synonyms.yml, and names made plain to be compared."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from redress.contract import load_contract

CLOSE = 0.84

_FILE = Path(__file__).with_name("synonyms.yml")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN_LETTERS_AND_DIGITS = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
_NUMBER = {"1": 1, "2": 2, "3": 3, "one": 1, "two": 2, "three": 3, "i": 1, "ii": 2, "iii": 3}
_WHOSE = re.compile(r"^(?:(?:the )?(?:child|childs|young persons?|clients?|service users?|yps?|persons?) )")
_STAGE = re.compile(r"\b(?:stage|stg|st|level|s) (1|2|3|one|two|three|i|ii|iii)\b")


@dataclass(frozen=True)
class Meaning:
    """A column of the contract that a header may stand for.

    likeness: 1 for a known name, less for a near miss. rank: how early the name stands among those of the column.
    """

    entity: str
    column: str
    likeness: float
    rank: int = 0


def plain(name: str) -> str:
    """A header or value as words: lower case, single spaces, no punctuation; ReceivedDate is received date."""
    spaced = _CAMEL.sub(" ", name).lower().replace("&", " and ").replace("'", "").replace("\u2019", "")
    words = re.sub(r"[^\w%#]+|_", " ", spaced).strip()
    return _BETWEEN_LETTERS_AND_DIGITS.sub(" ", words)


def without_stage(name: str) -> tuple[int | None, str]:
    """The stage that a plain header names, and the rest of it."""
    found = _STAGE.search(name)
    if not found:
        return None, name
    rest = f"{name[: found.start()]} {name[found.end() :]}"
    return _NUMBER[found[1]], " ".join(rest.split())


def meanings(header: str) -> tuple[Meaning, ...]:
    """The columns of the contract a plain header may stand for, the likeliest first; none for an unknown one."""
    exact = _exact(header) or ([] if never_enters(header) else _exact(_WHOSE.sub("", header)))
    if exact or len(header) < 4:
        return tuple(exact)
    near: dict[tuple[str, str], float] = {}
    for name in difflib.get_close_matches(header, _known(), n=3, cutoff=CLOSE):
        likeness = difflib.SequenceMatcher(None, header, name).ratio()
        for place in _known()[name]:
            near[place] = max(near.get(place, 0), likeness)
    ranked = sorted(near.items(), key=lambda item: -item[1])
    return tuple(Meaning(entity, column, likeness) for (entity, column), likeness in ranked)


def _exact(header: str) -> list[Meaning]:
    return [Meaning(entity, column, 1.0, rank) for (entity, column), rank in _known().get(header, {}).items()]


def needs_known_values(header: str) -> bool:
    """Whether a plain header stands above codes in one council and above sentences in another."""
    return without_stage(header)[1] in _document()["may_be_text"]


def speaks_of_a_type(header: str) -> bool:
    """Whether a plain header may name the kind of a record."""
    words = set(header.split())
    return bool(words & {"type", "kind", "classification", "procedure"}) or any(
        meaning.column == "record_type" for meaning in meanings(header)
    )


def never_enters(header: str) -> bool:
    """Whether a plain header speaks of names, addresses, contact details or free text."""
    return any(f" {word} " in f" {header} " for word in _document()["never"])


def has_one_name(header: str) -> bool:
    """Whether a plain header is itself a known name of a column of the contract."""
    return any(meaning.likeness == 1 for meaning in meanings(without_stage(header)[1]))


def listed_value(column: str, value: str) -> str | None:
    """The value of the column's closed list (or true or false) that a source's value stands for, if it is known."""
    return _values().get(column, {}).get(plain(value))


def boolean(value: str) -> str | None:
    """true or false, where the value is known to mean one of them."""
    word = plain(value)
    return next((meant for meant, names in _document()["booleans"].items() if word == meant or word in names), None)


def stands_for_blank(value: str) -> bool:
    """Whether a value is one of those that people write where nothing is to be said."""
    return value.strip().lower() in _document()["blanks"]


def table_entity(name: str) -> str | None:
    """The entity that the name of a file or sheet speaks of; cases only where it speaks of nothing else."""
    words = set(plain(name).split())
    found = [entity for entity, names in _document()["tables"].items() if words & set(names)]
    return next((entity for entity in found if entity != "cases"), found[0] if found else None)


def first_stage_columns() -> tuple[str, ...]:
    """Columns of stages that a wide table may have without naming the stage."""
    return tuple(_document()["first_stage"])


@cache
def _document() -> Any:
    document: Any = yaml.load(_FILE.read_text(encoding="utf-8"), yaml.BaseLoader)
    return document


@cache
def _known() -> dict[str, dict[tuple[str, str], int]]:
    """Places in the contract by plain header, with the rank of the name there."""
    places: dict[str, dict[tuple[str, str], int]] = {}
    document = _document()
    for entity in load_contract().entities.values():
        for column in entity.columns:
            own, shared = document["columns"].get(entity.name, {}).get(column, []), document["shared"].get(column, [])
            for rank, name in enumerate([column, *own, *shared]):
                places.setdefault(plain(name), {}).setdefault((entity.name, column), rank)
    return places


@cache
def _values() -> dict[str, dict[str, str]]:
    """For each column with a closed list: its values by what they may be called."""
    known: dict[str, dict[str, str]] = {}
    for entity in load_contract().entities.values():
        for column in entity.columns.values():
            names = _document()["values"].get(column.name, {})
            for value in column.values or ():
                for name in (value, *names.get(value, ())):
                    known.setdefault(column.name, {}).setdefault(plain(name), value)
    for column_name, standard in _document()["standard_codes"].items():
        for value, spellings in standard.items():
            for name in spellings:
                known.setdefault(column_name, {}).setdefault(plain(name), value)
    return known
