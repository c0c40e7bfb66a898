"""Which header of a table stands for which column of an entity, by its name and by what lies below it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redress.contract import Column, Entity
from redress.contract.mapping.values import Choices, choices
from redress.councils import Codes
from redress.sources.proposing.dates import forms_of
from redress.sources.proposing.synonyms import boolean, listed_value, meanings
from redress.sources.proposing.table import SampledColumn

# Headers of these columns may as well stand above people's names.
MAY_BE_NAMES = ("complainant_type", "enquiry_source")

_NUMBER = re.compile(r"[^\d-]{0,2}-?[\d,]+(?:\.\d+)?")
_STAGE_NUMBER = re.compile(r"(?:stage |stg |s |level )?(?:[123]|one|two|three)(?:st|nd|rd)?")
_SEPARATORS = re.compile(r"[;,|/\n]")


@dataclass(frozen=True)
class Fit:
    """A header that may stand for a column of an entity. likeness, rank: of the names, as Meaning has them."""

    column: str
    sample: SampledColumn
    likeness: float
    rank: int = 0


def assign(entity: Entity, named: Iterable[tuple[str, SampledColumn]], codes: Codes) -> dict[str, Fit]:
    """The best header for each column, each header once. named: headers as they are to be understood."""
    fits = [
        Fit(meaning.column, sample, meaning.likeness, meaning.rank)
        for name, sample in named
        for meaning in meanings(name)
        if meaning.entity == entity.name and holds(entity.columns[meaning.column], sample, codes)
    ]
    found: dict[str, Fit] = {}
    taken: set[str] = set()
    for fit in sorted(fits, key=lambda fit: (-fit.likeness, fit.rank)):
        if fit.column not in found and fit.sample.header not in taken:
            found[fit.column] = fit
            taken.add(fit.sample.header)
    return found


def holds(column: Column, sample: SampledColumn, codes: Codes) -> bool:
    """Whether the values can be those of the column; an empty column may be any."""
    if not sample.filled:
        return True
    dates = sum(forms_of(sample.counts).values()) / sample.filled
    if column.type in ("date", "timestamp"):
        return dates >= 0.5
    if column.type == "boolean":
        return _share(sample, lambda value: boolean(value) is not None) >= 0.5
    if column.name == "stage":
        return _share(sample, lambda value: bool(_STAGE_NUMBER.fullmatch(value.lower().replace("-", " ")))) >= 0.5
    if column.type in ("integer", "decimal"):
        return _share(sample, lambda value: bool(_NUMBER.fullmatch(value))) >= 0.5
    if column.name in MAY_BE_NAMES:
        return recognised(column, sample, codes) >= 0.5
    return dates < 0.8


def recognised(column: Column, sample: SampledColumn, codes: Codes) -> float:
    """The share of the filled rows whose value of a list column is known."""
    known = choices(column, codes)
    return _share(sample, lambda value: meaning_of(column, value, known) is not None)


def meaning_of(column: Column, value: str, known: Choices | None) -> str | None:
    """What a value of a column with a list stands for: as the mapping reads it, or by a synonym."""
    parts = [part.strip() for part in _SEPARATORS.split(value)] if column.type == "list" else [value]
    meant = [(known and known.of(part)) or listed_value(column.name, part) for part in parts if part]
    return ";".join(part for part in meant if part) if meant and all(meant) else None


def _share(sample: SampledColumn, fits: Callable[[str], bool]) -> float:
    return sum(count for value, count in sample.counts.items() if fits(value)) / sample.filled if sample.filled else 0
