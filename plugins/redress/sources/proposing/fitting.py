"""Which header of a table stands for which column of an entity, by its name and by what lies below it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from redress.contract import Column, Entity
from redress.contract.mapping.values import Choices, choices
from redress.councils import Codes
from redress.sources.codelike import is_prose, look_like_codes
from redress.sources.proposing.dates import forms_of
from redress.sources.proposing.synonyms import boolean, listed_value, meanings, needs_known_values
from redress.sources.proposing.table import SampledColumn

# Headers of these columns may as well stand above people's names.
MAY_BE_NAMES = ("complainant_type", "enquiry_source")
# These columns hold a different text in each row.
LONGEST_NAME = 60
NAMES_OF_THEIR_OWN = ("service_name", "service_code", "parent_code", "successor_code", "measure", "member")

_NUMBER = re.compile(r"[^\d-]{0,2}-?[\d,]+(?:\.\d+)?")
_STAGE_NUMBER = re.compile(r"(?:stage |stg |s |level )?(?:[123]|one|two|three)(?:st|nd|rd)?")
_SENTENCE = re.compile(r"[;!?\u00a3\"\u201c\u201d]|[.] ")
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
    return dates < 0.8 and _is_fit_text(column, sample, codes)


def _is_fit_text(column: Column, sample: SampledColumn, codes: Codes) -> bool:
    """Whether the text in a column can be what the contract's column holds, and not what somebody wrote or is called.

    Under headers that stand above codes in one council and above sentences in another, most values must be known, or
    be words alone that come back again and again.
    """
    if column.name in NAMES_OF_THEIR_OWN:
        return _share(sample, lambda value: len(value) <= LONGEST_NAME and not _SENTENCE.search(value)) >= 0.9
    if column.name.endswith("_ref"):
        return _share(sample, lambda value: not is_prose(value)) >= 0.9
    if recognised(column, sample, codes) >= 0.5:
        return True
    if column.name in MAY_BE_NAMES or (column.name == "record_type" and needs_known_values(sample.plain)):
        return False
    unknown = {
        value: count
        for value, count in sample.counts.items()
        if meaning_of(column, value, choices(column, codes)) is None
    }
    if not look_like_codes(_items(column, unknown)):
        return False
    return not needs_known_values(sample.plain) or _come_back(unknown)


def _items(column: Column, counts: Mapping[str, int]) -> Mapping[str, int]:
    if column.type != "list":
        return counts
    items: Counter[str] = Counter()
    for value, count in counts.items():
        for item in _SEPARATORS.split(value):
            items[item.strip()] += count
    del items[""]
    return items


def _come_back(counts: Mapping[str, int]) -> bool:
    """Whether all are one or two words, none but the first with a capital as in a name, three times each or more."""
    words = [value.split() for value in counts]
    alike_codes = all(len(one) <= 2 and (len(one) == 1 or one[1].islower() or one[1].isupper()) for one in words)
    return alike_codes and sum(counts.values()) >= 3 * len(counts)


def recognised(column: Column, sample: SampledColumn, codes: Codes) -> float:
    """The share of the filled rows whose value of a list column is known."""
    known = choices(column, codes)
    return _share(sample, lambda value: meaning_of(column, value, known) is not None)


def meaning_of(column: Column, value: str, known: Choices | None) -> str | None:
    """What a value of a column with a list stands for: as the mapping reads it, or by a synonym."""
    parts = [part.strip() for part in _SEPARATORS.split(value)] if column.type == "list" else [value]
    meant = [(known and known.of(part)) or known_code(column, part, known) for part in parts if part]
    return ";".join(part for part in meant if part) if meant and all(meant) else None


def known_code(column: Column, value: str, known: Choices | None) -> str | None:
    """The value of the contract, or the standard code, that a synonym says a value stands for."""
    meant = listed_value(column.name, value)
    return meant if meant and known and meant in known.known else None


def _share(sample: SampledColumn, fits: Callable[[str], bool]) -> float:
    return sum(count for value, count in sample.counts.items() if fits(value)) / sample.filled if sample.filled else 0
