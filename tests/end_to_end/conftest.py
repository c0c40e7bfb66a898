"""A person at a terminal: runs the redress command in a process of its own, on a data folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

PROJECT = Path(__file__).parents[2]

Command = Callable[..., subprocess.CompletedProcess[str]]


def environment(home: Path, councils: Path = PROJECT / "councils", **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REDRESS_", "AIRFLOW_"))}
    return {
        **kept,
        "PYTHONPATH": str(PROJECT / "plugins"),
        "REDRESS_HOME": str(home),
        "REDRESS_COUNCILS": str(councils),
        "COLUMNS": "160",
        **more,
    }


def run(variables: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "redress", *words],
        capture_output=True,
        text=True,
        env=variables,
        check=False,
        timeout=540,
        stdin=subprocess.DEVNULL,
    )


def query_published(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute(f"attach '{home / 'published' / 'reporting.duckdb'}' as published (read_only)")
        con.execute("use published.reporting")
        return con.execute(sql).fetchall()


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def query() -> Callable[..., list[tuple[object, ...]]]:
    """query(home, sql): rows of the published warehouse, its tables by their bare names."""
    return query_published


@pytest.fixture(scope="session")
def redress() -> Command:
    """redress(home, *words, councils=..., KEY=...): the command, as a person would run it."""

    def command(home: Path, *words: str, **settings: Any) -> subprocess.CompletedProcess[str]:
        return run(environment(home, **settings), *words)

    return command


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="session")
def demo_run(demo_home: Path) -> subprocess.CompletedProcess[str]:
    """The demo, as `make demo` runs it on a machine where it never ran."""
    return run(environment(demo_home), "demo")


@pytest.fixture(scope="session")
def published(demo_run: subprocess.CompletedProcess[str], demo_home: Path) -> Path:
    """The data folder after the demo."""
    assert demo_run.returncode == 0, demo_run.stdout + demo_run.stderr
    return demo_home
