"""Schema drift: how the columns of a source differ from those of its last extract."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from redress.sources.proposing.synonyms import meanings, plain, without_stage

DriftKind = Literal["new", "missing", "renamed", "retyped"]

LIKELY = 0.7
ONE_MEANING = 0.9
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Drift:
    """One column that is not as it was.

    column: the name the issue bears, today's for new and retyped ones, the former one otherwise.
    was, now: its names if it was renamed, its types if it was retyped.
    """

    kind: DriftKind
    column: str
    was: str | None = None
    now: str | None = None

    @property
    def sentence(self) -> str:
        """What people read, to be joined by semicolons."""
        name = _shown(self.column)
        if self.kind == "new":
            return f"{name} is new"
        if self.kind == "missing":
            return f"{name} is gone"
        if self.kind == "renamed":
            return f"{name} is gone, likely renamed to {_shown(self.now or '')}"
        return f"{name} was {self.was} and is {self.now}"


def drift_of(
    before: Mapping[str, str | None], today: Mapping[str, str | None], leave_out: Collection[str] = ()
) -> tuple[Drift, ...]:
    """What differs between the columns of two extracts (name to type, in order; a type that is not known is None).

    leave_out: columns that are another entity's matter. Where most of the columns are gone the header itself is in
    doubt, and new ones are not named: they might be values of a record. A source that names its columns record by
    record shows none where it has no record, which says nothing.
    """
    if not before or not today:
        return ()
    gone = [name for name in before if name not in today]
    new = [name for name in today if name not in before]
    renamed = _renames(gone, new, before, today)
    found = [
        Drift("renamed", name, name, renamed[name]) if name in renamed else Drift("missing", name) for name in gone
    ]
    found += [
        Drift("retyped", name, was, now)
        for name, was in before.items()
        if name in today and (now := today[name]) and was and _family(was) != _family(now)
    ]
    if 2 * (len(gone) - len(renamed)) <= len(before):
        found += [Drift("new", name) for name in new if name not in renamed.values()]
    return tuple(drift for drift in found if drift.column not in leave_out)


def likely_rename(missing: str, candidates: Iterable[str], also_known: Iterable[str] = ()) -> str | None:
    """The candidate that a missing column was probably renamed to, by its name alone; None if none is like it.

    also_known: other names of the missing column, such as those source.yml gives it.
    """
    wanted = (missing, *also_known)
    scored = [(max(_likeness(name, candidate) for name in wanted), candidate) for candidate in candidates]
    score, best = max(scored, default=(0.0, ""))
    return best if score >= LIKELY else None


def _renames(
    gone: Sequence[str], new: Sequence[str], before: Mapping[str, str | None], today: Mapping[str, str | None]
) -> dict[str, str]:
    """New names by former ones: the likeliest pairs first, each name once."""
    places_before, places_today = list(before), list(today)
    stayed = _all_others_stayed(places_before, places_today)
    pairs = []
    for was in gone:
        for now in new:
            at_same_place = places_before.index(was) == places_today.index(now)
            types = (before[was], today[now])
            score = _likeness(was, now) + 0.05 * at_same_place
            if all(types):
                score += 0.05 if _family(types[0]) == _family(types[1]) else -0.3
            if at_same_place and stayed and len(before) > 2:
                score = max(score, LIKELY if not all(types) or _family(types[0]) == _family(types[1]) else 0)
            if score >= LIKELY:
                pairs.append((score, was, now))
    found: dict[str, str] = {}
    for _, was, now in sorted(pairs, reverse=True):
        if was not in found and now not in found.values():
            found[was] = now
    return found


def _all_others_stayed(before: list[str], today: list[str]) -> bool:
    """Whether one column has another name and every other stands where it stood."""
    changed = sum(was != now for was, now in zip(before, today, strict=False))
    return len(before) == len(today) and changed == 1


def _likeness(one: str, other: str) -> float:
    """From 0 to 1: alike but for case and spacing, two names of one column of the contract, or alike in letters."""
    first, second = plain(one), plain(other)
    if not first or not second:
        return 0.0
    if _letters(first) == _letters(second):
        return 1.0
    if _numbers(first) != _numbers(second):
        return 0.0
    if _known_meanings(first) & _known_meanings(second):
        return ONE_MEANING
    return difflib.SequenceMatcher(None, _letters(first), _letters(second)).ratio()


def _known_meanings(name: str) -> set[tuple[str, str]]:
    """Columns of the contract that a plain name is known to stand for, of whichever stage."""
    return {(meant.entity, meant.column) for meant in meanings(without_stage(name)[1]) if meant.likeness == 1}


def _letters(name: str) -> str:
    return "".join(sorted(name.split()))


def _numbers(name: str) -> list[str]:
    """Stage 1 and Stage 2 are never each other's new name."""
    return re.findall(r"\d+", name)


def _family(type_name: str | None) -> str:
    """A type without its length: varchar(30) and varchar(50) hold the same."""
    return re.sub(r"\s*\(.*?\)", "", type_name or "").strip().lower()


def _shown(name: str) -> str:
    return repr(name if len(name) <= LONGEST_SHOWN else name[:LONGEST_SHOWN] + "...")
