"""Asks MetricFlow on a copy of the empty warehouse that has been filled with rows."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from redress.returns.metrics.sql_client import PublishedWarehouse
from tests.dbt_project.conftest import EmptyWarehouse

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class Asked:
    """A filled warehouse: by plain SQL, and by metric."""

    con: duckdb.DuckDBPyConnection
    manifest: dict[str, Any]

    @cached_property
    def engine(self) -> "MetricFlowEngine":
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        parsed = parse_manifest_from_dbt_generated_manifest(json.dumps(self.manifest))
        return MetricFlowEngine(SemanticManifestLookup(parsed), PublishedWarehouse(self.con))

    def metric(self, name: str, *by: str, where: Sequence[str] = ()) -> dict[tuple[Any, ...], Any]:
        """The values of a metric by the values of its groups."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        asked = MetricFlowQueryRequest.create(
            metric_names=[name], group_by_names=list(by) or None, where_constraints=list(where) or None
        )
        table = self.engine.query(asked).result_df
        assert table is not None
        names = [column.column_name for column in table.column_descriptions]
        order = [names.index(column) for column in by]
        return {tuple(row[at] for at in order): row[names.index(name)] for row in table.rows}

    def sql(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of plain SQL over the tables by their bare names."""
        return self.con.execute(sql).fetchall()


def asked_on(warehouse: EmptyWarehouse, rows: Rows, folder: Path) -> Asked:
    """The empty warehouse with these rows in it."""
    file = folder / "filled.duckdb"
    shutil.copyfile(warehouse.build_file, file)
    manifest = json.loads((warehouse.project.home.build / "dbt" / "semantic_manifest.json").read_text(encoding="utf-8"))
    database = manifest["semantic_models"][0]["node_relation"]["database"]
    con = duckdb.connect()
    con.execute(f"attach '{file}' as {database}")
    con.execute(f"use {database}.reporting")
    for table, records in rows.items():
        columns = {name: None for record in records for name in record}
        filled = pa.Table.from_pylist([{**columns, **record} for record in records])
        con.register("filled", filled)
        con.execute(f"insert into {table} by name select * from filled")
        con.unregister("filled")
    return Asked(con, manifest)
