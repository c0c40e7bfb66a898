"""A number of cases to which the margins of published tables are dealt, one column at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any

from redress.errors import RedressError

Case = dict[str, Any]
Condition = Callable[[Case], bool]


def everyone(_: Case) -> bool:
    return True


def having(**wanted: Any) -> Condition:
    """Cases with these values; a tuple stands for any of its values."""

    def meets(case: Case) -> bool:
        return all(
            case.get(column) in value if isinstance(value, tuple) else case.get(column) == value
            for column, value in wanted.items()
        )

    return meets


def dealt(*columns: str) -> Condition:
    """Cases that have been dealt all these columns."""
    return lambda case: all(column in case for column in columns)


def not_dealt(*columns: str) -> Condition:
    """Cases that have been dealt none of these columns."""
    return lambda case: not any(column in case for column in columns)


def both(*conditions: Condition) -> Condition:
    """Cases that meet every one of the conditions."""
    return lambda case: all(condition(case) for condition in conditions)


class Population:
    """Cases that are alike until something is dealt to them; a column dealt stays as it is."""

    def __init__(self, size: int, rng: Random, **columns: Any) -> None:
        self.rng = rng
        self.cases: list[Case] = [dict(columns) for _ in range(size)]

    @classmethod
    def of(cls, cases: Iterable[Case], rng: Random) -> "Population":
        """These very cases, for a margin that covers a part of a population or several of them."""
        part = cls(0, rng)
        part.cases = list(cases)
        return part

    def __len__(self) -> int:
        return len(self.cases)

    def __iter__(self) -> Iterator[Case]:
        return iter(self.cases)

    def where(self, condition: Condition) -> list[Case]:
        return [case for case in self.cases if condition(case)]

    def deal(self, column: str, counts: Mapping[Any, int], where: Condition = everyone) -> None:
        """Gives each value to that many cases, at random among those that meet the condition and have none.

        Raises RedressError if there are too few of them.
        """
        free = [case for case in self.cases if column not in case and where(case)]
        values = [value for value, count in counts.items() for _ in range(count)]
        if len(values) > len(free):
            raise RedressError(f"{len(values)} values of {column} for {len(free)} cases; the margins conflict.")
        for case, value in zip(self.rng.sample(free, len(values)), values, strict=True):
            case[column] = value

    def mark(self, column: str, number: int, where: Condition = everyone) -> None:
        """Marks so many cases that meet the condition and are not marked yet."""
        self.deal(column, {True: number}, where)

    def deal_rest(self, column: str, counts: Mapping[Any, int], where: Condition = everyone) -> None:
        """Deals what is left of a margin of the whole population after what is dealt already."""
        dealt = [case[column] for case in self.cases if column in case]
        self.deal(column, {value: count - dealt.count(value) for value, count in counts.items()}, where)

    def fill(self, column: str, values: Iterable[Any], where: Condition = everyone) -> None:
        """Gives the cases still without a value one of the values, as often as it is listed."""
        choices = list(values)
        for case in self.cases:
            if column not in case and where(case):
                case[column] = self.rng.choice(choices)

    def spread(self, column: str, low: int, high: int, where: Condition = everyone) -> None:
        """Gives the cases still without one a whole number; both ends are given, the rest lies evenly between."""
        free = [case for case in self.cases if column not in case and where(case)]
        self.rng.shuffle(free)
        for position, case in enumerate(free):
            case[column] = high - (high - low) * position // max(len(free) - 1, 1)


def shares(total: int, weights: Mapping[Any, float]) -> dict[Any, int]:
    """The total split by weight into whole numbers, largest remainders first."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    counts = {key: int(value) for key, value in exact.items()}
    left = total - sum(counts.values())
    for key in sorted(exact, key=lambda key: counts[key] - exact[key])[:left]:
        counts[key] += 1
    return counts
