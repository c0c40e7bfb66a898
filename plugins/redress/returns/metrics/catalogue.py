"""What dbt's semantic manifest says of each metric."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redress.returns.figures import Predicate

COUNTING = {"count", "count_distinct", "sum", "sum_boolean"}
OWN_REFERENCES = ("case_ref", "ombudsman_ref", "activity_ref")
ADDITIVE = {"count", "sum", "sum_boolean"}


@dataclass(frozen=True)
class Metric:
    """A metric as dbt defines it. Of a ratio, numerator and denominator are metrics of their own."""

    name: str
    label: str
    description: str
    basis: str
    unit: str
    population: str
    is_additive: bool
    numerator: str | None
    denominator: str | None
    measure: str
    is_zero_where_missing: bool
    own_predicates: frozenset[Predicate] | None

    @property
    def is_ratio(self) -> bool:
        return self.denominator is not None


def metrics_of(manifest: Mapping[str, Any]) -> dict[str, Metric]:
    """Every metric of a semantic manifest, by name."""
    measures = {
        measure["name"]: measure["agg"] for model in manifest["semantic_models"] for measure in model["measures"]
    }
    return {one["name"]: _metric(one, measures) for one in manifest["metrics"]}


def code_text(value: object) -> str | None:
    """A code as text: true, false, 1, upheld; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _metric(one: dict[str, Any], measures: Mapping[str, str]) -> Metric:
    parameters, meta = one["type_params"], (one.get("config") or {}).get("meta") or {}
    measure = (parameters.get("measure") or {}).get("name", "")
    is_simple = one["type"] == "simple"
    filters = [part["where_sql_template"] for part in (one.get("filter") or {}).get("where_filters", [])]
    return Metric(
        name=one["name"],
        label=one.get("label") or one["name"],
        description=one.get("description") or "",
        basis=meta.get("basis", ""),
        unit=meta.get("unit", ""),
        population=meta.get("population", ""),
        is_additive=bool(meta.get("additive", measures.get(measure) in ADDITIVE)),
        numerator=(parameters.get("numerator") or {}).get("name"),
        denominator=(parameters.get("denominator") or {}).get("name"),
        measure=measure or one["name"],
        is_zero_where_missing=not is_simple or measures.get(measure) in COUNTING,
        own_predicates=_predicates(filters) if is_simple else None,
    )


_COLUMN = r"\{\{\s*Dimension\('([a-z0-9_]+)'\)\s*\}\}"
_VALUE = r"'([^']*)'|(\d+)"


def _predicates(filters: Sequence[str]) -> frozenset[Predicate] | None:
    """A metric's filter as predicates; None where it says more than `dimension = code` and `dimension in (codes)`."""
    found: set[Predicate] = set()
    for part in [part.strip() for one in filters for part in re.split(r"\s+and\s+", one)]:
        name = re.match(_COLUMN, part)
        if name is None:
            return None
        dimension, rest = name[1].rpartition("__")[2], part[name.end() :].strip()
        if rest == "":
            found.add((dimension, "in", ("true",)))
        elif rest == "is not null":
            found.add((dimension, "not_in", (None,)))
        elif match := re.fullmatch(rf"=\s*(?:{_VALUE})", rest):
            found.add((dimension, "in", (match[1] if match[1] is not None else match[2],)))
        elif (match := re.fullmatch(r"(not )?in\s*\((.*)\)", rest, re.DOTALL)) is not None:
            codes = tuple(sorted(a or b for a, b in re.findall(_VALUE, match[2])))
            found.add((dimension, "not_in" if match[1] else "in", codes))
        else:
            return None
    return frozenset(found)
