"""What MetricFlow needs to put its questions to an open DuckDB connection."""

from typing import TYPE_CHECKING, Any

from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer

from redress.errors import RedressError

if TYPE_CHECKING:
    import duckdb


class PublishedWarehouse:
    """MetricFlow's SqlClient over one read-only connection; it only ever reads."""

    def __init__(self, con: "duckdb.DuckDBPyConnection") -> None:
        self._con = con
        self.sql_engine_type = SqlEngine.DUCKDB
        self.sql_plan_renderer = DuckDbSqlPlanRenderer()

    def query(self, stmt: str, sql_bind_parameter_set: Any = None) -> MetricFlowDataTable:
        """Runs one question and gives its rows.

        Raises RedressError where the published tables lack something that the metrics need.
        """
        import duckdb

        try:
            cursor = self._con.execute(stmt)
        except duckdb.CatalogException as problem:
            raise RedressError(
                f"The published warehouse lacks what a metric needs ({str(problem).splitlines()[0]}); "
                "run `redress rebuild`."
            ) from None
        columns = [column[0] for column in cursor.description or ()]
        return MetricFlowDataTable.create_from_rows(column_names=columns, rows=cursor.fetchall())

    def execute(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Runs a statement without an answer."""
        self._con.execute(stmt)

    def dry_run(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Looks whether a question could be run."""
        self._con.execute(f"explain {stmt}")

    def close(self) -> None:
        """The connection belongs to whoever opened it."""

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        """DuckDB's way of naming a parameter."""
        return f"${bind_parameter_key}"
