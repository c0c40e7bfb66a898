"""What a printed number counts, written so that equal numbers are equal and parts can be told from wholes."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from redress.returns.disclosure.codes import ALL, Code, Codes, all_but, only, union
from redress.returns.figures import Population, Predicate

Condition = tuple[str, Codes]
Coarser = dict[str, tuple[str, dict[Code, Codes]]]
"""By dimension: the finer dimension it is told from, and which of its codes each code stands for."""

KNOWN_COARSER: Coarser = {
    "is_ethnicity_recorded": (
        "ethnicity_group",
        {"true": all_but("not_obtained", "not_recorded"), "false": only("not_obtained", "not_recorded")},
    ),
    "is_gender_recorded": ("gender", {"true": all_but(None, "unknown"), "false": only(None, "unknown")}),
    "is_age_recorded": ("age_band", {"true": all_but(None, "unknown"), "false": only(None, "unknown")}),
    "is_sexual_orientation_recorded": (
        "sexual_orientation",
        {"true": all_but(None, "unknown"), "false": only(None, "unknown")},
    ),
    "is_disabled": ("disability_none", {"true": only("false"), "false": only("true"), None: only(None)}),
    "is_disability_recorded": ("disability_none", {"true": all_but(None), "false": only(None)}),
    "is_policy_comment": ("tags contains negative_comment", {"true": only("true"), "false": all_but("true")}),
}
"""Dimensions that the semantic models compute from another one (dbt_project/models/semantic/cases.yml)."""


@dataclass(frozen=True)
class Number:
    """A measure over a span of days under conditions, one a dimension. The unknown of every later calculation."""

    measure: str
    start: date
    end: date
    conditions: frozenset[Condition] = frozenset()
    _hash: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.measure, self.start, self.end, self.conditions)))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def sort_key(self) -> tuple[object, ...]:
        """For orders that are the same at every run."""
        conditions = sorted((name, codes.sort_key) for name, codes in self.conditions)
        return self.measure, self.start, self.end, len(conditions), tuple(conditions)

    @property
    def is_of_a_day(self) -> bool:
        """A stock as at a day: days do not add up to longer spans."""
        return self.start == self.end

    def under(self, dimension: str, codes: Codes) -> "Number":
        """The part of it with these codes of a dimension it has no condition on."""
        return replace(self, conditions=self.conditions | {(dimension, codes)})


def number_of(population: Population, coarser: Coarser | None = None) -> Number:
    """The number a population is. coarser names further dimensions that are told from finer ones."""
    known = KNOWN_COARSER | (coarser or {})
    by_dimension: dict[str, Codes] = {}
    for predicate in population.predicates:
        for dimension, codes in (_refined(*one, known) for one in _conditions(predicate)):
            by_dimension[dimension] = by_dimension.get(dimension, ALL) & codes
    period = population.period
    return Number(population.measure, period.start, period.end, frozenset(by_dimension.items()))


def _conditions(predicate: Predicate) -> list[Condition]:
    dimension, operator, codes = predicate
    if operator == "contains":
        marks = " or ".join(sorted(str(code) for code in codes))
        return [(f"{dimension} contains {marks}", only("true"))]
    return [(dimension, Codes(frozenset(codes), operator == "not_in"))]


def _refined(dimension: str, codes: Codes, known: Coarser) -> Condition:
    """The condition on the finest dimension that says the same. A code that no record has stands for itself."""
    while dimension in known:
        finer, meaning = known[dimension]
        refined = union(meaning.get(code, only(f"{dimension} {code}")) for code in codes.listed)
        dimension, codes = finer, ~refined if codes.is_all_but else refined
    return dimension, codes
