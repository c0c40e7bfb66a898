"""Runs the project's dbt unit tests, the hand-checked examples among them, on an empty warehouse."""

from pathlib import Path

from redress.duck import connect
from redress.paths import Home
from redress.warehouse import dbt
from redress.warehouse.ingest import ingest


def test_unit_tests_of_the_models_pass(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.build.mkdir(parents=True)
    build_file = home.build / "tonight.duckdb"
    with connect(build_file) as con:
        ingest(con, {}, [])
    project = dbt.Project(home, build_file)
    assert project.run("seed").failures == []
    assert project.run("run", "--empty").failures == []
    assert project.run("test", "--select", "test_type:unit").failures == []
