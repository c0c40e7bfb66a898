"""Sets of codes of a dimension, listed or all but those listed: what a condition lets through."""

from collections.abc import Iterable
from dataclasses import dataclass

Code = str | None


@dataclass(frozen=True)
class Codes:
    """The listed codes or, where is_all_but, every other code there is."""

    listed: frozenset[Code]
    is_all_but: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no code is let through."""
        return not self.listed and not self.is_all_but

    @property
    def sort_key(self) -> tuple[bool, tuple[str, ...]]:
        """For orders that are the same at every run."""
        return self.is_all_but, tuple(sorted("" if code is None else f"'{code}" for code in self.listed))

    def __contains__(self, code: Code) -> bool:
        return (code in self.listed) != self.is_all_but

    def __invert__(self) -> "Codes":
        return Codes(self.listed, not self.is_all_but)

    def __and__(self, other: "Codes") -> "Codes":
        if self.is_all_but and other.is_all_but:
            return Codes(self.listed | other.listed, True)
        if self.is_all_but:
            return Codes(other.listed - self.listed)
        if other.is_all_but:
            return Codes(self.listed - other.listed)
        return Codes(self.listed & other.listed)

    def __or__(self, other: "Codes") -> "Codes":
        return ~(~self & ~other)


def only(*codes: Code) -> Codes:
    """Just these codes."""
    return Codes(frozenset(codes))


def all_but(*codes: Code) -> Codes:
    """Every code except these."""
    return Codes(frozenset(codes), True)


NONE = only()
ALL = all_but()


def union(parts: Iterable[Codes]) -> Codes:
    """What any of the sets lets through."""
    whole = NONE
    for part in parts:
        whole = whole | part
    return whole


def atoms(sets: Iterable[Codes]) -> tuple[list[Codes], bool]:
    """The smallest pieces that all the sets can be put together from, and whether the pieces are all there is."""
    known = sorted(set(sets), key=lambda codes: codes.sort_key)
    named = sorted({code for codes in known for code in codes.listed}, key=lambda code: (code is None, str(code)))
    pieces: dict[tuple[bool, ...], Codes] = {}
    for code in named:
        signature = tuple(code in codes for codes in known)
        pieces[signature] = pieces.get(signature, NONE) | only(code)
    elsewhere = tuple(codes.is_all_but for codes in known)
    pieces[elsewhere] = pieces.get(elsewhere, NONE) | all_but(*named)
    nowhere = (False,) * len(known)
    inside = [piece for signature, piece in pieces.items() if signature != nowhere]
    return sorted(inside, key=lambda codes: codes.sort_key), nowhere not in pieces
