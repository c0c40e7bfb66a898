"""What printed rows have to do with one another: families of equal numbers, as declared in identities.yml."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from redress.errors import UsageError
from redress.returns.reconcile.rows import Row, comparable

Key = tuple[str, str, str, str]
"""Period, stage, dimension and member; both last blank for the total."""


@dataclass(frozen=True)
class Finding:
    """What does not add up: the rule, the lines it was found on, what is printed and what it would have to be."""

    rule: str
    council: str
    lines: tuple[int, ...]
    printed: tuple[str, ...]
    should_be: str
    text: str


@dataclass(frozen=True)
class Selector:
    """Which rows: regular expressions that must match whole; total and whole keep rows that stand for all."""

    return_table: str
    dimension: str = ".*"
    stage: str = ".*"
    member: str = ".*"
    total: bool = False
    whole: bool = False

    def takes(self, row: Row) -> bool:
        """Whether a row is one of these."""
        patterns = (
            (self.return_table, row.return_table),
            (self.dimension, row.dimension),
            (self.stage, row.stage),
            (self.member, comparable(row.member)),
        )
        return (
            all(re.fullmatch(pattern, text) for pattern, text in patterns)
            and not (self.total and (row.member_key or row.dimension == "none"))
            and not (self.whole and row.second)
        )


@dataclass(frozen=True)
class Identities:
    """The relations between tables; see identities.yml for the meaning of each."""

    families: dict[str, dict[str, Any]]
    partitions: list[dict[str, Any]]
    rates: list[dict[str, Any]]
    ratios: list[dict[str, Any]]
    stocks: list[dict[str, str]]
    outcomes: list[str]

    def entries(self, kind: list[dict[str, Any]], return_table: str) -> Iterator[dict[str, Any]]:
        """The relations of a kind that a table has."""
        return (entry for entry in kind if re.fullmatch(entry["return_table"], return_table))


def read_identities(path: Path | None = None) -> Identities:
    """The relations between tables, from a file or the one that comes with the package."""
    text = path.read_text() if path else (files("redress.returns.reconcile") / "identities.yml").read_text()
    try:
        return Identities(**yaml.safe_load(text))
    except (TypeError, yaml.YAMLError) as error:
        raise UsageError(f"{path} is not a file of identities: {error}.") from None


@dataclass
class Ledger:
    """The rows of one report and the families they make."""

    rows: list[Row]
    identities: Identities
    families: dict[str, dict[Key, list[Row]]] = field(init=False)

    def __post_init__(self) -> None:
        self.families = {}
        for name, family in self.identities.families.items():
            selectors = [Selector(**selector) for selector in family["rows"]]
            found: dict[Key, list[Row]] = defaultdict(list)
            for row in self.counts:
                selector = next((selector for selector in selectors if selector.takes(row)), None)
                counted = row.unit in ("cases", "compliments") and (not row.second or row.dimension2 == "stage")
                if selector and counted:
                    member = row.member_key if selector.member == ".*" else ""
                    found[(row.period, row.stage, row.dimension if member else "", member)].append(row)
            self.families[name] = found

    @property
    def council(self) -> str:
        """Whose report it is."""
        return self.rows[0].council

    @cached_property
    def counts(self) -> list[Row]:
        """Exact counts."""
        return [row for row in self.rows if row.measure == "count" and row.is_exact]

    @cached_property
    def percents(self) -> list[Row]:
        """Exact percentages."""
        return [row for row in self.rows if row.measure == "percent" and row.is_exact]

    def family(self, name: str, like: Row, stage: str | None = None, total: bool = False) -> list[Row]:
        """The rows of a family for the period, stage and member of a row, or for all members together."""
        stages = [stage] if stage is not None else _stages(like)
        member = "" if total else like.member_key
        dimension = like.dimension if member else ""
        for wanted in stages:
            found = self.families[name].get((like.period, wanted, dimension, member))
            if found:
                return found
        return []

    def says(self, family: str) -> str:
        """What a family counts."""
        return str(self.identities.families[family]["says"])


def _stages(row: Row) -> list[str]:
    """Its stage, or where none is printed no stage and then the one in the table's name."""
    if row.stage:
        return [row.stage]
    named = re.match(r"stage[123]", row.return_table)
    return ["", named[0]] if named else [""]


def one_of_each(rows: Iterable[Row]) -> list[Row]:
    """The first row of each value."""
    return list({row.value: row for row in reversed(list(rows))}.values())[::-1]


def values(rows: Iterable[Row]) -> list[int]:
    """The different whole numbers that rows print, in the order they are first printed."""
    return list(dict.fromkeys(int(row.value) for row in rows))


def lines(rows: Iterable[Row]) -> tuple[int, ...]:
    """Their line numbers, each once, in order."""
    return tuple(sorted({row.line for row in rows}))
