"""From a number to the cases it counts: each case's reference with what it adds (internal use only)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from redress.returns.figures import Population, Predicate
from redress.returns.metrics.catalogue import OWN_REFERENCES
from redress.returns.metrics.metrics import Metrics

Contributions = dict[str, Fraction]
"""By case reference; by its own reference what belongs to no case."""

# Facts whose rows come from an entity of another name, or from more than one.
ENTITIES: Mapping[str, tuple[str, ...]] = {
    "fct_actions": ("actions",),
    "fct_activity": ("activity",),
    "fct_causes": ("causes",),
    "fct_ombudsman": ("ombudsman",),
    "fct_ombudsman_open": ("ombudsman",),
    "fct_payments": ("payments",),
    "fct_resolutions": ("resolutions",),
    "fct_transactions": ("ombudsman", "stages"),
    "dim_case": ("cases",),
}
OTHER_FACTS = ("stages", "freezes")


class Tracer:
    """Finds the cases behind numbers of one council. A metric is asked once for all its cases and groups."""

    def __init__(self, metrics: Metrics, council: str) -> None:
        self._metrics = metrics
        self._council = council
        self._groups: dict[tuple[Any, ...], dict[tuple[str | None, ...], Contributions]] = {}

    def cases(self, population: Population) -> Contributions | None:
        """What each case adds to a number; None where the metric counts nothing that has a reference."""
        known = self._metrics.dimensions(population.metric)
        references = tuple(name for name in OWN_REFERENCES if name in known)
        if not references:
            return None
        single, rest = _by_group(population.conditions)
        key = (population.metric, population.period, tuple(name for name, _, _ in single), rest)
        if key not in self._groups:
            self._groups[key] = self._ask(population, references, key[2], rest)
        return self._groups[key].get(tuple(codes[0] for _, _, codes in single), {})

    def _ask(
        self, population: Population, references: tuple[str, ...], by: tuple[str, ...], where: frozenset[Predicate]
    ) -> dict[tuple[str | None, ...], Contributions]:
        answer = self._metrics.ask(population.metric, self._council, population.period, (*references, *by), where)
        groups: dict[tuple[str | None, ...], Contributions] = {}
        for key, value in answer.items():
            found = next((name for name in key[: len(references)] if name is not None), None)
            if found is None or not value:
                continue
            reference = found.removeprefix(f"{self._council}|")
            group = groups.setdefault(key[len(references) :], {})
            group[reference] = group.get(reference, Fraction(0)) + value
        return {key: dict(sorted(group.items())) for key, group in groups.items()}


def entities_of(manifest: Mapping[str, Any], metric: str) -> tuple[str, ...]:
    """The entities of the contract whose rows a metric counts, by dbt's semantic manifest."""
    by_measure = {
        measure["name"]: model["node_relation"]["alias"]
        for model in manifest["semantic_models"]
        for measure in model["measures"]
    }
    metrics = {one["name"]: one["type_params"] for one in manifest["metrics"]}
    found: set[str] = set()
    waiting = [metric]
    while waiting:
        parameters = metrics.get(waiting.pop(), {})
        waiting += [one["name"] for one in parameters.get("metrics") or []]
        waiting += [part["name"] for name in ("numerator", "denominator") if (part := parameters.get(name))]
        measure = (parameters.get("measure") or {}).get("name")
        if measure in by_measure:
            found.update(ENTITIES.get(by_measure[measure], OTHER_FACTS))
    return tuple(sorted(found))


def _by_group(conditions: frozenset[Predicate]) -> tuple[list[Predicate], frozenset[Predicate]]:
    """Conditions on one code of a dimension can be answered as groups of one question; the rest stay conditions."""
    single = sorted(
        (one for one in conditions if one[1] == "in" and len(one[2]) == 1 and one[0] not in OWN_REFERENCES), key=str
    )
    if len({name for name, _, _ in single}) < len(single):
        return [], conditions
    return single, conditions.difference(single)
