"""Tells values that look like codes from text that people wrote: only the former are shown or proposed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_CODE = 40
MOST_WORDS = 5
MOST_DIFFERENT = 40
LEAST_ROWS = 2
PROSE_ALLOWED = 0.1

_PLAIN = re.compile(r"[\w /&()'\u2019\u2013+%-]+\.?")
_TITLED = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|cllr|rev)\b", re.IGNORECASE)
_ABBREVIATED = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True)
class Shown:
    """Values with their rows, and of the values that are not shown how many there are and in how many rows."""

    values: dict[str, int]
    hidden: int = 0
    hidden_rows: int = 0


def is_prose(value: str) -> bool:
    """Whether a value reads like a sentence or a person's name: long, punctuated, or a name between other words."""
    words = value.split()
    if len(value) > LONGEST_CODE or len(words) > MOST_WORDS or not _PLAIN.fullmatch(value) or _TITLED.search(value):
        return True
    if value.endswith(".") and len(words) > 1:
        return True
    later = [word for word in words[1:] if word[0].isalpha() and not _ABBREVIATED.fullmatch(word)]
    return any(word[0].isupper() for word in later) and any(word[0].islower() for word in later if len(word) > 3)


def look_like_codes(counts: Mapping[str, int]) -> bool:
    """Whether values with their rows are few, short and repeated, or single words."""
    rows = sum(counts.values())
    prose = sum(count for value, count in counts.items() if is_prose(value))
    if not rows or prose > PROSE_ALLOWED * rows or len(counts) > MOST_DIFFERENT:
        return False
    return rows >= LEAST_ROWS * len(counts) or all(len(value.split()) == 1 for value in counts)


def may_be_shown(unknown: Mapping[str, int], filled: int, near: Mapping[str, str | None] | None = None) -> Shown:
    """The values of a column that no list knows, as far as they may be shown to people.

    filled: the rows in which the column says something. near: values that are a near miss of a known one, which may
    be shown where they occur once.
    """
    rows = sum(unknown.values())
    mostly_known = rows <= 0.5 * filled
    prose = sum(count for value, count in unknown.items() if is_prose(value))
    is_a_list = len(unknown) <= MOST_DIFFERENT and (mostly_known or rows >= LEAST_ROWS * len(unknown))
    shown = {
        value: count
        for value, count in unknown.items()
        if is_a_list
        and not is_prose(value)
        and prose <= PROSE_ALLOWED * rows
        and (count >= LEAST_ROWS or (near and near.get(value)))
    }
    ordered = dict(sorted(shown.items(), key=lambda item: (-item[1], item[0])))
    return Shown(ordered, len(unknown) - len(shown), rows - sum(shown.values()))
