"""Killed at any moment: the next run repairs, and readers never see a half."""

import importlib
import multiprocessing
import os
import shutil
import signal
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

CASES = "case_ref,record_type,received_date,closed_date,status,gender\n"
FIRST = CASES + "A1,complaint,2024-01-02,2024-01-12,concluded,female\nA2,complaint,2024-01-03,,open,male\n"
SECOND = CASES + (
    "A1,complaint,2024-01-02,2024-01-12,concluded,other\nA2,complaint,2024-01-03,2023-01-01,open,male\n"
    "A3,complaint,2024-01-30,,open,female\n"
)
STAGES = "case_ref,stage,requested_date,responded_date,outcome\nA1,1,2024-01-02,2024-01-12,upheld\nA2,1,2024-01-03,,\n"

# Module, function and call at which the process dies. The others are run by `make test-slow`.
ALWAYS = {
    "publish, between file and folder": ("redress.warehouse.publish", "_point_to", 1),
}
SLOW = {
    "validation, before the commit": ("redress.landing.store", "os.rename", 3),
    "landing, before the manifest": ("redress.landing.store", "write_manifest", 1),
    "dbt, before the facts": ("redress.warehouse.dbt", "Project.run", 2),
    "landing, between two files": ("redress.landing.store", "land", 2),
    "validation, before the rules about rows": ("redress.validation.engine", "run_row_rules", 1),
    "validation, while the load is written": ("redress.validation.issues", "write_events", 1),
    "dbt, before the build is accepted": ("redress.warehouse.build", "_accept", 1),
    "publish, before the file is replaced": ("redress.warehouse.publish", "_write_parquet", 1),
    "publish, before the record": ("redress.warehouse.publish", "_write_record", 1),
}
MOMENTS = ALWAYS | SLOW


def make_drop(folder: Path) -> Path:
    files, council = folder / "drop", folder / "councils" / "barsetshire"
    files.mkdir()
    council.mkdir(parents=True)
    (council / "source.yml").write_text(f"kind: files\npath: {files}\n")
    (files / "cases.csv").write_text(FIRST)
    (files / "stages.csv").write_text(STAGES)
    return files


# Heavy libraries are loaded once, in a server that every night is forked from.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["great_expectations", "dbt.cli.main", "pandas", "pyarrow.parquet", "redress.run"])


def run_night(home: Path, night: str, kill: tuple[str, str, int] | None = None) -> int | None:
    """Runs one night in a process of its own; its exit code."""
    process = SERVER.Process(target=one_night, args=(home, date.fromisoformat(night), kill))
    process.start()
    process.join(300)
    return process.exitcode


def one_night(home: Path, night: date, kill: tuple[str, str, int] | None) -> None:
    from redress import nightly, telemetry

    telemetry.switch_off()
    os.environ["REDRESS_HOME"] = str(home)
    os.environ["REDRESS_COUNCILS"] = str(home.parent / "councils")
    os.environ["REDRESS_PSEUDONYM_KEY"] = "not a secret, only for tests"
    if kill:
        die_at(*kill)
    landed = [nightly.land("barsetshire", location, night) for location in nightly.deliveries("barsetshire", night)]
    nightly.validate_and_accept("barsetshire", night, delivered={name for one in landed for name in one["entities"]})
    nightly.build_and_publish(night)


def die_at(module: str, function: str, call: int) -> None:
    """Ends this process, as a power cut would, at the n-th call of a function."""
    owner = importlib.import_module(module)
    *path, name = function.split(".")
    for part in path:
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), iter(range(1, 1000))

    def die(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(owner, name, die)


def warehouse(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table but load_runs' seconds, as a reader sees them."""
    with duckdb.connect() as con:
        con.execute(f"attach '{home / 'published' / 'reporting.duckdb'}' as published (read_only)")
        con.execute("use published.reporting")
        tables = [t for (t,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        columns = {t: "* exclude (seconds)" if t == "load_runs" else "*" for t in tables}
        return {t: con.execute(f"select {columns[t]} from {t} order by all").fetchall() for t in tables}


Warehouse = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which one night has run."""
    folder = tmp_path_factory.mktemp("first") / "council"
    folder.mkdir()
    make_drop(folder)
    assert run_night(folder / "data", "2024-02-01") == 0
    return folder


@pytest.fixture(scope="module")
def undisturbed(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse after a second night that nobody killed."""
    folder = copy_of(first_night, tmp_path_factory.mktemp("undisturbed"))
    assert run_night(folder / "data", "2024-02-02") == 0
    return warehouse(folder / "data")


def copy_of(first_night: Path, folder: Path) -> Path:
    """The folder after the first night, with the second night's files in its drop."""
    copied = folder / "council"
    shutil.copytree(first_night, copied, symlinks=True)
    source = copied / "councils" / "barsetshire" / "source.yml"
    source.write_text(f"kind: files\npath: {copied / 'drop'}\n")
    (copied / "drop" / "cases.csv").write_text(SECOND)
    return copied


@pytest.mark.parametrize("moment", [*ALWAYS, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_the_next_run_repairs_what_a_killed_one_left(
    moment: str, first_night: Path, undisturbed: Warehouse, tmp_path: Path
) -> None:
    folder = copy_of(first_night, tmp_path)
    before = warehouse(folder / "data")
    assert run_night(folder / "data", "2024-02-02", MOMENTS[moment]) == -signal.SIGKILL
    seen = warehouse(folder / "data")
    assert seen in (before, undisturbed)
    assert run_night(folder / "data", "2024-02-02") == 0
    assert warehouse(folder / "data") == undisturbed
    left = [path.name for path in (folder / "data").rglob("*") if ".draft" in path.name or path.name.endswith(".tmp")]
    assert left == []


@pytest.mark.slow
def test_a_reader_keeps_the_whole_old_warehouse_while_a_new_one_is_published(
    first_night: Path, undisturbed: Warehouse, tmp_path: Path
) -> None:
    folder = copy_of(first_night, tmp_path)
    reporting = folder / "data" / "published" / "reporting.duckdb"
    with duckdb.connect() as con:
        con.execute(f"attach '{reporting}' as published (read_only)")
        before = con.execute("select * from published.reporting.dim_case order by all").fetchall()
        assert run_night(folder / "data", "2024-02-02") == 0
        assert con.execute("select * from published.reporting.dim_case order by all").fetchall() == before
    assert warehouse(folder / "data") == undisturbed
