"""Asks for metrics through MetricFlow, in this process, on the published warehouse. The definitions are dbt's."""

import difflib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from redress.duck import text
from redress.errors import UsageError
from redress.returns.figures import Population, Predicate
from redress.returns.metrics.catalogue import Metric, code_text, metrics_of
from redress.returns.periods import Kind, Period

if TYPE_CHECKING:
    import duckdb
    from metricflow.engine.metricflow_engine import MetricFlowEngine

GRAINS: Mapping[Kind, str] = {
    "year": "metric_time__financial_year",
    "quarter": "metric_time__financial_quarter",
}
LARGEST_DENOMINATOR = 10**6
AS_AT, SUPPLIED = "as_at", "supplied"

Key = tuple[str | None, ...]
Answer = dict[Key, Fraction | None]


class Metrics:
    """The metrics of one published warehouse. Every answer is kept, so a return asks for each only once."""

    def __init__(self, manifest: dict[str, Any], con: "duckdb.DuckDBPyConnection", database: str) -> None:
        self._manifest = manifest
        self._con = con
        self._database = database
        self._answers: dict[tuple[Any, ...], dict[tuple[str, ...], Answer]] = defaultdict(dict)
        self._dimensions: dict[str, dict[str, str]] = {}
        self._spans: dict[str, tuple[date | None, date | None]] = {}

    @cached_property
    def _engine(self) -> "MetricFlowEngine":
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        from redress.returns.metrics.sql_client import PublishedWarehouse

        manifest = parse_manifest_from_dbt_generated_manifest(json.dumps(self._manifest))
        return MetricFlowEngine(SemanticManifestLookup(manifest), PublishedWarehouse(self._con))

    @cached_property
    def all(self) -> dict[str, Metric]:
        """Every metric by name."""
        return metrics_of(self._manifest)

    def get(self, name: str) -> Metric:
        """One metric by name.

        Raises UsageError with the nearest names where there is none.
        """
        if name not in self.all:
            raise UsageError(f"There is no metric {name[:60]!r}; {_nearest(name, self.all)}")
        return self.all[name]

    def dimensions(self, metric: str) -> dict[str, str]:
        """What a metric can be split by: the bare name and MetricFlow's name. Of two ways the shorter counts."""
        if metric not in self._dimensions:
            found = sorted(
                (
                    dimension.dunder_name
                    for dimension in self._engine.simple_dimensions_for_metrics([self.get(metric).name])
                    if dimension.name != "metric_time"
                ),
                key=lambda name: (name.count("__"), name),
                reverse=True,
            )
            self._dimensions[metric] = {name.rpartition("__")[2]: name for name in found} | {"council": "council"}
        return self._dimensions[metric]

    def check_dimension(self, metric: str, dimension: str) -> str:
        """MetricFlow's name of a dimension.

        Raises UsageError with the nearest names where the metric, or a part of it, cannot be split by it.
        """
        for part in self.parts(metric):
            known = self.dimensions(part)
            if dimension not in known:
                raise UsageError(
                    f"The metric {part} cannot be split by {dimension[:60]!r}; {_nearest(dimension, known)}"
                )
        return self.dimensions(self.parts(metric)[0])[dimension]

    def parts(self, metric: str) -> tuple[str, ...]:
        """The metric itself or, of a ratio, its numerator and denominator."""
        one = self.get(metric)
        return (one.numerator, one.denominator) if one.numerator and one.denominator else (metric,)

    def ask(
        self,
        metric: str,
        council: str | None,
        period: Period,
        by: Sequence[str] = (),
        where: frozenset[Predicate] = frozenset(),
    ) -> Answer:
        """The values of a simple or derived metric over a period, by the codes of dimensions (text; None is blank).

        Groups without rows are not in the answer. council None asks for all councils together, unless split by it.
        """
        period = period.last_day if self.get(metric).basis == AS_AT else period
        grain = GRAINS.get(period.kind)
        kept = self._answers[metric, council, grain or period, where]
        if tuple(by) not in kept:
            added = self._added_up(metric, kept, by, has_span=grain is not None)
            kept[tuple(by)] = self._query(metric, council, period, by, where) if added is None else added
        answer = kept[tuple(by)]
        if grain is None:
            return answer
        return {key[1:]: value for key, value in answer.items() if key[0] == period.label}

    def count(
        self, metric: str, council: str | None, period: Period, where: frozenset[Predicate] = frozenset()
    ) -> Fraction | None:
        """One number of a simple or derived metric: 0 where nothing counts, None where there is nothing to average."""
        return self.value_of(metric, self.ask(metric, council, period, (), where), ())

    def value_of(self, metric: str, answer: Mapping[Key, Fraction | None], key: Key) -> Fraction | None:
        """What an answer says of one group; a group that is missing counts nothing."""
        value = answer.get(key)
        return Fraction(0) if value is None and self.get(metric).is_zero_where_missing else value

    def population(self, metric: str, period: Period, conditions: frozenset[Predicate]) -> Population:
        """What a simple metric counts under conditions, so that equal numbers can be recognised."""
        one = self.get(metric)
        period = period.last_day if one.basis == AS_AT else period
        if one.own_predicates is None:
            return Population(metric, period, conditions, metric, conditions)
        return Population(one.measure, period, conditions | one.own_predicates, metric, conditions)

    def has_data(self, metric: str, council: str, period: Period, begin: date | None = None) -> bool:
        """Whether the council's records reach into a period, or, of a metric as at a date, up to it.

        What the service supplies does not hang on the records.
        """
        first, as_at = self.span(council)
        if self.get(metric).basis == SUPPLIED:
            return True
        if self.get(metric).basis == AS_AT:
            return as_at is not None and period.end <= as_at
        begin = begin or first
        return begin is not None and as_at is not None and period.end >= begin and period.start <= as_at

    def span(self, council: str) -> tuple[date | None, date | None]:
        """The first day a case of the council was received, and the date its data are as at."""
        if council not in self._spans:
            self._spans[council] = self._span(council)
        return self._spans[council]

    def councils(self) -> list[str]:
        """The councils whose records are loaded."""
        rows = self._con.execute(
            f"select council from {self._database}.reporting.dim_council where as_at_date is not null order by council"
        ).fetchall()
        return [council for (council,) in rows]

    def _span(self, council: str) -> tuple[date | None, date | None]:
        row = self._con.execute(
            f"""
            select
                (select min(received_date) from {self._database}.reporting.dim_case where council = $council),
                (select max(as_at_date) from {self._database}.reporting.dim_council where council = $council)
            """,
            {"council": council},
        ).fetchone()
        return (row[0], row[1]) if row else (None, None)

    def snapshot(self, council: str) -> str:
        """A name for the state of a council's data: other records loaded give it another name."""
        row = self._con.execute(
            f"""
            select substring(sha256(string_agg(part, ';' order by part)), 1, 16) from (
                select distinct cast(load_number as varchar) || '|' || extract_id as part
                from {self._database}.reporting.load_runs
                where council = ?
            ) as parts
            """,
            [council],
        ).fetchone()
        return str(row[0]) if row and row[0] else "empty"

    def combinations(self, council: str, table: str, columns: Sequence[str]) -> set[Key]:
        """The combinations of codes in some columns of a published table that occur for a council."""
        rows = self._con.execute(
            f"select distinct {', '.join(columns)} from {self._database}.reporting.{table} where council = ?", [council]
        ).fetchall()
        return {tuple(code_text(code) for code in row) for row in rows}

    def service_names(self, council: str, period: Period) -> dict[str, str]:
        """What each service was called at the end of the period, by code; of several versions the latest."""
        rows = self._con.execute(
            f"""
            select service_code, service_name from {self._database}.reporting.dim_service
            where council = ? and service_name is not null
            order by
                service_code,
                coalesce(valid_from, date '0001-01-01') <= ? and coalesce(valid_to, date '9999-12-31') >= ?,
                valid_from nulls first
            """,
            [council, period.end, period.end],
        ).fetchall()
        return dict(rows)

    def _added_up(
        self, metric: str, kept: Mapping[tuple[str, ...], Answer], by: Sequence[str], has_span: bool
    ) -> Answer | None:
        """The answer as sums of a finer one that was asked for before, where the metric may be added up."""
        finer = next((groups for groups in kept if set(by) < set(groups)), None)
        if finer is None or not self.get(metric).is_additive:
            return None
        places = [*([0] if has_span else []), *(finer.index(name) + has_span for name in by)]
        sums: Answer = {}
        for key, value in kept[finer].items():
            coarse = tuple(key[place] for place in places)
            sums[coarse] = (sums.get(coarse) or Fraction(0)) + (value or Fraction(0))
        return sums

    def _query(
        self, metric: str, council: str | None, period: Period, by: Sequence[str], where: frozenset[Predicate]
    ) -> Answer:
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        grain = GRAINS.get(period.kind)
        groups = [self.check_dimension(metric, name) for name in by]
        conditions = [self._condition(metric, predicate) for predicate in sorted(where, key=str)]
        if council is not None:
            conditions.append(f"{{{{ Entity('council') }}}} = {text(council)}")
        if grain is None:
            day = "{{ TimeDimension('metric_time', 'day') }}"
            conditions += [f"{day} >= {text(period.start)}", f"{day} <= {text(period.end)}"]
        request = MetricFlowQueryRequest.create(
            metric_names=[metric],
            group_by_names=[*([grain] if grain else []), *groups],
            where_constraints=conditions,
        )
        table = self._engine.query(request).result_df
        if table is None:
            return {}
        names = [column.column_name for column in table.column_descriptions]
        order = [names.index(name) for name in [*([grain] if grain else []), *groups]]
        value = names.index(metric)
        return {tuple(code_text(row[at]) for at in order): _exact(row[value]) for row in table.rows}

    def _condition(self, metric: str, predicate: Predicate) -> str:
        dimension, operator, codes = predicate
        column = f"cast({{{{ Dimension('{self.check_dimension(metric, dimension)}') }}}} as varchar)"
        known = ", ".join(text(code) for code in codes if code is not None)
        if operator == "contains":
            return " or ".join(f"(';' || {column} || ';') like {text(f'%;{code};%')}" for code in codes)
        parts = [f"{column} in ({known})"] if known else []
        parts += [f"{column} is null"] if None in codes else []
        inside = f"({' or '.join(parts)})"
        return inside if operator == "in" else f"not coalesce({inside}, false)"


def _exact(value: Any) -> Fraction | None:
    """The number exactly; a float (an average, a supplied figure) as the simplest fraction it can stand for."""
    if isinstance(value, float):
        return Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return None if value is None else Fraction(value)


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    return f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(sorted(known)[:12])} ..."
