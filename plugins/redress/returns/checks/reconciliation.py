"""Proves that a return adds up before it is printed: its tables to their totals, to one another, over the year.

A difference that the figures prove is explained by a printed line; any other stops the build.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from redress.errors import RedressError
from redress.returns.checks.claims import Claim, Whole, canonical, claims_of, number_text, wholes_of, without
from redress.returns.checks.findings import Explanation, Problem, Reconciliation
from redress.returns.checks.shares import shares_off_100
from redress.returns.figures import BuiltReturn, BuiltTable, Population

MOST_NAMED = 5
"""So many disagreements are named; more are counted."""


def reconcile(built: BuiltReturn) -> Reconciliation:
    """Compares every additive figure of a return with every other over the same cases, before anything is hidden."""
    found = _Comparison(built)
    problems = (*found.same_cases(), *found.same_measures(), *found.parts_of_wholes(), *found.years())
    return Reconciliation(
        tuple(dict.fromkeys(problems)), tuple(dict.fromkeys((*found.explanations(), *shares_off_100(built))))
    )


def require_reconciled(built: BuiltReturn, with_numbers: bool = True) -> BuiltReturn:
    """The return with the explanations among its tables' notes; without numbers, which could tell a hidden one, for a
    publication.

    Raises RedressError that names the tables which disagree.
    """
    found = reconcile(built)
    if found.problems:
        named = " ".join(problem.text for problem in found.problems[:MOST_NAMED])
        more = len(found.problems) - MOST_NAMED
        rest = f" {more} more of the kind." if more > 0 else ""
        raise RedressError(
            f"The tables of the {built.kind} return of {built.council_name} for {built.period} disagree: {named}{rest} "
            "Look at the tables' conditions in the return's definition; nothing was written."
        )
    notes: dict[str, list[str]] = defaultdict(list)
    for explanation in found.explanations:
        for table in built.tables:
            if table.name in explanation.tables:
                is_plain = table.suppress or not with_numbers
                notes[table.name].append(explanation.without_numbers if is_plain else explanation.text)
    sections = tuple(
        replace(
            section,
            tables=tuple(
                replace(table, notes=tuple(dict.fromkeys((*table.notes, *notes[table.name]))))
                for table in section.tables
            ),
        )
        for section in built.sections
    )
    return replace(built, sections=sections)


@lru_cache
def _relations() -> dict[str, Any]:
    text = (files("redress.returns.checks") / "reconciliation.yml").read_text(encoding="utf-8")
    relations: dict[str, Any] = yaml.safe_load(text)
    return relations


class _Comparison:
    """The claims of one return, by population."""

    def __init__(self, built: BuiltReturn) -> None:
        self._built = built
        self._additive = {figure.of.measure for figure in built.figures if figure.is_additive and figure.of}
        self._claims: dict[Population, list[Claim]] = defaultdict(list)
        for claim in claims_of(built):
            self._claims[claim.population].append(claim)

    @cached_property
    def _wholes(self) -> list[tuple[BuiltTable, Whole]]:
        return [(table, whole) for table in self._built.tables for whole in wholes_of(table, self._additive)]

    def number(self, population: Population) -> Fraction | None:
        """What the return says a population numbers, where it says so."""
        claims = self._claims.get(population)
        return claims[0].number if claims else None

    def same_cases(self) -> Iterator[Problem]:
        """Equal populations have one number: printed, as a base, or as the sum of all their parts."""
        for population, claims in self._claims.items():
            yield from _disagreement(claims, population)

    def same_measures(self) -> Iterator[Problem]:
        """Two measures of the same cases have one number."""
        for one, other in _relations()["same"]:
            for population, claims in self._claims.items():
                twin = _translated(population, one, other)
                if twin in self._claims:
                    yield from _disagreement([*claims[:1], *self._claims[twin][:1]], population)

    def parts_of_wholes(self) -> Iterator[Problem]:
        """What meets one condition more is never more; rows that are parts do not exceed their whole."""
        for population, claims in self._claims.items():
            if population.measure not in self._additive:
                continue
            for condition in population.predicates:
                wider = Population(population.measure, population.period, population.predicates - {condition})
                number = self.number(wider)
                if number is not None and 0 <= number < claims[0].number:
                    yield _exceeds(claims[0], self._claims[wider][0])
        for _, whole in self._wholes:
            number = self.number(whole.claim.population)
            if number is not None and not whole.is_exhaustive and whole.claim.number > number >= 0:
                yield _exceeds(whole.claim, self._claims[whole.claim.population][0])

    def years(self) -> Iterator[Problem]:
        """A year is the sum of its quarters, where all are printed."""
        for population, claims in self._claims.items():
            if population.period.kind != "year" or population.measure not in self._additive:
                continue
            quarters = [replace(population, period=quarter) for quarter in population.period.quarters]
            numbers = [self.number(quarter) for quarter in quarters]
            known = [number for number in numbers if number is not None]
            if len(known) == len(numbers) and sum(known) != claims[0].number:
                tables = tuple(dict.fromkeys([claims[0].table, *(self._claims[one][0].table for one in quarters)]))
                yield Problem(
                    "year_is_not_its_quarters",
                    tables,
                    f"The quarters of {population.period} add up to {number_text(sum(known, Fraction(0)))} in "
                    f"{tables[-1]}, and {claims[0].words} for the year.",
                )

    def explanations(self) -> Iterator[Explanation]:
        """Lines for what a reader would take for a mistake: not all listed, no outcome yet, several causes."""
        for table, whole in self._wholes:
            population = whole.claim.population
            if population.period != self._built.period or not _is_of_all(table, whole) or table.hidden:
                continue
            yield from self._not_listed(table, whole)
            yield from self._not_decided(table, whole)
            yield from self._several(table, whole)

    def _not_listed(self, table: BuiltTable, whole: Whole) -> Iterator[Explanation]:
        number = self.number(whole.claim.population)
        added = whole.claim.number
        picks_out = whole.dimension in _relations()["picked_out"]
        if whole.is_exhaustive or picks_out or number is None or added >= number:
            return
        rest = number - added
        blank = self.number(_with_blank(whole))
        what = whole.dimension.replace("_today", "").replace("_", " ").removeprefix("is ")
        if blank == rest or "not_recorded" in table.differences:
            reason, words = "not_recorded", f"the {what} is not recorded{'' if blank == rest else ' or not listed'}"
        else:
            reason, words = "not_listed", "the rest are in none of them"
        numbers = f"The {whole.claim.parts[0]} shown add up to {number_text(added)} of {number_text(number)}"
        yield Explanation(
            reason,
            (table.name,),
            f"{numbers}: for {number_text(rest)} {words}." if reason == "not_recorded" else f"{numbers}; {words}.",
            f"The {whole.claim.parts[0]} shown are not all: {words}.",
        )

    def _not_decided(self, table: BuiltTable, whole: Whole) -> Iterator[Explanation]:
        """Cases with an outcome against all of the same cases."""
        population = whole.claim.population
        outcomes = ("outcome", "in", tuple(sorted(_relations()["outcomes"])))
        verb = _relations()["counted"].get(population.measure)
        if outcomes not in population.predicates or verb is None:
            return
        everyone = self.number(without(population, "outcome"))
        decided = whole.claim.number
        if everyone is not None and everyone > decided:
            yield Explanation(
                "not_yet_decided",
                (table.name,),
                f"{population.period}: {number_text(everyone)} {verb}, {number_text(decided)} with an outcome: "
                f"{number_text(everyone - decided)} not yet decided or withdrawn.",
                f"Not all that were {verb} have an outcome: some are not yet decided or were withdrawn.",
            )

    def _several(self, table: BuiltTable, whole: Whole) -> Iterator[Explanation]:
        """Causes against the complaints they belong to."""
        population = whole.claim.population
        element = _relations()["elements"].get(population.measure)
        if element is None:
            return
        cases = self.number(replace(population, measure=element["of"]))
        if cases is not None and whole.claim.number > cases:
            yield Explanation(
                "several_causes",
                (table.name,),
                f"A complaint may have more than one {element['one']}: {number_text(whole.claim.number)} "
                f"{element['several']} of {number_text(cases)} {element['whole']}.",
                f"A complaint may have more than one {element['one']}.",
            )


def _is_of_all(table: BuiltTable, whole: Whole) -> bool:
    """Whether the parts are of everything the table counts: in a crossed table those of the total row or column."""
    if whole.claim.parts == ("rows",):
        has_total, is_total = any(head.is_total for head in table.columns), whole.figures[0].column_is_total
    else:
        has_total, is_total = any(head.is_total for head in table.rows), whole.figures[0].row_is_total
    return is_total or not (has_total and table.rows_by and table.columns_by)


def _disagreement(claims: list[Claim], population: Population) -> Iterator[Problem]:
    by_number: dict[Fraction, Claim] = {}
    for claim in claims:
        by_number.setdefault(claim.number, claim)
    if len(by_number) > 1:
        said = list(by_number.values())
        tables = tuple(dict.fromkeys(claim.table for claim in said))
        rule = "total_is_not_the_sum" if len(tables) == 1 else "tables_disagree"
        what = _described(population)
        yield Problem(rule, tables, f"For {what}, {', but '.join(claim.words for claim in said)}.")


def _exceeds(part: Claim, whole: Claim) -> Problem:
    return Problem(
        "parts_exceed_whole",
        tuple(dict.fromkeys((part.table, whole.table))),
        f"For {_described(part.population)}, {part.words}, which is more than the whole: {whole.words}.",
    )


def _described(population: Population) -> str:
    conditions = ", ".join(
        f"{dimension} {'' if operator == 'in' else operator + ' '}{' or '.join(code or 'blank' for code in codes)}"
        for dimension, operator, codes in sorted(population.predicates, key=str)
    )
    return f"{population.measure.replace('_', ' ')} in {population.period}" + (f" ({conditions})" if conditions else "")


def _with_blank(whole: Whole) -> Population:
    predicates = whole.claim.population.predicates | {(whole.dimension, "in", (None,))}
    return canonical(replace(whole.claim.population, predicates=predicates))


def _translated(population: Population, one: dict[str, Any], other: dict[str, Any]) -> Population | None:
    """The population in the other measure, where it meets the conditions of the one."""
    own = {(dimension, "in", (code,)) for dimension, code in one["where"].items()}
    if population.measure != one["measure"] or not own <= population.predicates:
        return None
    added = {(dimension, "in", (code,)) for dimension, code in other["where"].items()}
    return Population(other["measure"], population.period, (population.predicates - own) | frozenset(added))
