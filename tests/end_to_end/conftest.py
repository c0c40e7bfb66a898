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
def demo_run(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> subprocess.CompletedProcess[str]:
    """The demo, as `make demo` runs it on a machine where it never ran."""
    return demo[1]


@pytest.fixture(scope="session")
def published(demo_home: Path) -> Path:
    """The data folder after the demo."""
    return demo_home
