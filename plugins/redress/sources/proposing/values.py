"""What the values of a column are guessed to mean, and which of them nobody but the council can tell."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from redress.contract import Column
from redress.contract.mapping.folding import folded
from redress.contract.mapping.values import YES_OR_NO, Choices, choices
from redress.councils import Codes
from redress.sources.codelike import Shown, may_be_shown
from redress.sources.proposing.fitting import MAY_BE_NAMES, known_code
from redress.sources.proposing.synonyms import boolean, plain
from redress.sources.proposing.table import SampledColumn

_STAGE = re.compile(r"(?:stage |stg |s |level )?(1|2|3|one|two|three)(?: (?:st|nd|rd))?(?: stage)?")
_NUMBERS = {"one": "1", "two": "2", "three": "3"}


@dataclass(frozen=True)
class Values:
    """A value map, what separates the values of a list, and what is left to the reader.

    unknown: values with their counts and, where there is one, the value they are like. hidden: how many different
    values are not shown, as they may be anything.
    """

    map: dict[str, str] = field(default_factory=dict)
    separator: str | None = None
    unknown: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    hidden: int = 0


def values_of(column: Column, sample: SampledColumn, codes: Codes) -> Values:
    """The guess for one column. Values are shown of columns with a list, and there only if they look like codes."""
    if column.type == "boolean":
        known = {value: boolean(value) for value in sample.counts if value.lower() not in YES_OR_NO}
        return _with_blanks(Values({value: meant for value, meant in known.items() if meant}), sample)
    if column.name == "stage":
        return _with_blanks(Values(_stages(sample)), sample)
    listed = choices(column, codes)
    if not listed or not (column.values or column.values_from):
        return Values()
    separator = _separator(column, sample, listed)
    counts = _items(sample, separator, column)
    meant = {value: known_code(column, value, listed) for value in counts if listed.of(value) is None}
    unknown = {value: counts[value] for value, guessed in meant.items() if guessed is None}
    like = {value: _near(value, listed) for value in unknown}
    shown = shown_of(column, unknown, sum(counts.values()), codes)
    near = {value: (count, like[value]) for value, count in shown.values.items()}
    found = {value: guessed for value, guessed in meant.items() if guessed}
    return _with_blanks(Values(found, separator, near, shown.hidden), sample)


def shown_of(column: Column, unknown: Mapping[str, int], filled: int, codes: Codes) -> Shown:
    """What may be shown of the values of a column that no list knows. filled: the rows in which it says something."""
    if column.name in MAY_BE_NAMES and 2 * sum(unknown.values()) > filled:
        return Shown({}, len(unknown), sum(unknown.values()))
    listed = choices(column, codes)
    return may_be_shown(unknown, filled, {value: _near(value, listed) for value in unknown} if listed else None)


def _with_blanks(values: Values, sample: SampledColumn) -> Values:
    blanks = {value: "" for value in sample.blanks if value}
    return Values({**values.map, **blanks}, values.separator, values.unknown, values.hidden)


def _stages(sample: SampledColumn) -> dict[str, str]:
    found = {value: _STAGE.fullmatch(plain(value)) for value in sample.counts if value not in ("1", "2", "3")}
    return {value: _NUMBERS.get(match[1], match[1]) for value, match in found.items() if match}


def _items(sample: SampledColumn, separator: str | None, column: Column) -> Counter[str]:
    if column.type != "list":
        return Counter(dict(sample.counts))
    items: Counter[str] = Counter()
    for value, count in sample.counts.items():
        for item in value.replace(separator or ";", ";").split(";"):
            items[item.strip()] += count
    del items[""]
    return items


def _separator(column: Column, sample: SampledColumn, listed: Choices) -> str | None:
    """What separates the values of a list, where it is not the semicolon."""
    if column.type != "list" or any(";" in value for value in sample.counts):
        return None
    joined = [value for value in sample.counts if listed.of(value) is None]
    counts = {mark: sum(mark in value for value in joined) for mark in (",", "|", "/", "\n")}
    mark = max(counts, key=lambda one: counts[one])
    return mark if counts[mark] else None


def _near(value: str, listed: Choices) -> str | None:
    close = difflib.get_close_matches(folded(value), listed.alike, n=1, cutoff=0.75)
    return listed.alike[close[0]] if close else None
