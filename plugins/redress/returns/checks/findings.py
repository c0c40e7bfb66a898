"""What reconciliation says: tables that disagree, and differences that the figures explain."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Tables that disagree without a reason that the figures prove."""

    rule: str
    tables: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Explanation:
    """A line to print under a table. without_numbers is for tables whose small counts a publication hides."""

    reason: str
    tables: tuple[str, ...]
    text: str
    without_numbers: str


@dataclass(frozen=True)
class Reconciliation:
    """What was found: empty problems mean that everything printed agrees or is explained."""

    problems: tuple[Problem, ...]
    explanations: tuple[Explanation, ...]
