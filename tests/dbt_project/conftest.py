"""The dbt project, built once without records."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from redress.duck import connect
from redress.paths import Home
from redress.warehouse import dbt
from redress.warehouse.ingest import ingest


@dataclass
class EmptyWarehouse:
    """A build file with every table and no record, and what dbt says of the project."""

    project: dbt.Project
    build_file: Path
    nodes: list[dict[str, Any]]
    sources: list[dict[str, Any]]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [node for node in self.nodes if node["resource_type"] == kind]

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.build_file, read_only=True) as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> EmptyWarehouse:
    home = Home(tmp_path_factory.mktemp("empty"))
    home.build.mkdir(parents=True)
    build_file = home.build / "tonight.duckdb"
    with connect(build_file) as con:
        ingest(con, {}, [])
    project = dbt.Project(home, build_file)
    assert project.run("seed").failures == []
    assert project.run("run").failures == []
    # YAML reads JSON too, and spares the test the difference.
    manifest = yaml.load((home.build / "dbt" / "manifest.json").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return EmptyWarehouse(project, build_file, list(manifest["nodes"].values()), list(manifest["sources"].values()))
