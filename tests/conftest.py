"""What tests of whole nights share: councils with a few records, and an environment for other processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from redress.airflow_home import environment
from redress.paths import PROJECT, Home
from tests.summary import print_recorded
from tests.tracing import leave_engines_out
from tests.workers import ByFile, longest_first

# A busy machine is no fault of an example. The same code gives the same verdict: a change is judged on the examples it
# was tried with, and `make test-random` looks for new ones.
settings.register_profile("redress", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("redress")
leave_engines_out()

CASES = """\
case_ref,record_type,received_date,closed_date,status,contact_method,complainant_type,service_code,person_ref,date_of_birth
BA-1,complaint,2020-04-01,2020-04-17,concluded,email,parent,S1,P-100,2011-02-03
BA-2,complaint,2020-05-05,,open,telephone,care_leaver,S1,P-200,2001-09-30
BA-3,compliment,2020-06-01,2020-06-01,concluded,letter,parent,S1,P-300,2015-01-15
"""
STAGES = """\
case_ref,stage,requested_date,acknowledged_date,responded_date,outcome
BA-1,1,2020-04-01,2020-04-02,2020-04-17,upheld
BA-2,1,2020-05-05,2020-05-06,,
"""
SERVICES = """\
service_code,service_name,valid_from
S1,Family support,2015-04-01
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_recorded(terminalreporter)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def airflow_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that reads the project's DAGs with a data folder of its own."""
    home = Home(tmp_path_factory.mktemp("airflow"))
    return {
        **os.environ,
        **environment(home),
        "PYTHONPATH": str(PROJECT / "plugins"),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(PROJECT / "councils"),
        "REDRESS_PSEUDONYM_KEY": "a key for tests only, of some length",
    }


@pytest.fixture(scope="module")
def two_councils(airflow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of two councils: barsetshire has delivered, loamshire's drop folder is missing."""
    root = tmp_path_factory.mktemp("two_councils")
    home = Home(root / "data")
    drop = root / "drop" / "barsetshire"
    drop.mkdir(parents=True)
    for entity, text in (("cases", CASES), ("stages", STAGES), ("services", SERVICES)):
        (drop / f"{entity}.csv").write_text(text, encoding="utf-8")
    for council in ("barsetshire", "loamshire"):
        folder = root / "councils" / council
        folder.mkdir(parents=True)
        (folder / "source.yml").write_text(f"kind: files\npath: {root / 'drop' / council}\n", encoding="utf-8")
    return {
        **airflow_environment,
        **environment(home),
        "REDRESS_HOME": str(home.root),
        "REDRESS_COUNCILS": str(root / "councils"),
    }


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The data folder after `redress demo` on a machine where it never ran, and what it printed.

    Run once for all workers of a test session; whoever changes the folder works on a copy.
    """
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder, kept = shared / "demo" / "data", shared / "demo" / "run.json"
    folder.parent.mkdir(exist_ok=True)
    with FileLock(shared / "demo.lock"):
        if not kept.exists():
            ran = subprocess.run(
                [sys.executable, "-m", "redress", "demo"],
                capture_output=True,
                text=True,
                env=demo_environment(folder),
                check=False,
                timeout=540,
                stdin=subprocess.DEVNULL,
            )
            kept.write_text(json.dumps([ran.returncode, ran.stdout, ran.stderr]), encoding="utf-8")
    code, out, err = json.loads(kept.read_text(encoding="utf-8"))
    return folder, subprocess.CompletedProcess(["redress", "demo"], code, out, err)


@pytest.fixture(scope="session")
def demo_home(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """The demo's data folder, to be read and not written to."""
    folder, ran = demo
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


def demo_environment(home: Path) -> dict[str, str]:
    """The environment of a person's first run, with a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REDRESS_", "AIRFLOW_"))}
    return {
        **kept,
        "PYTHONPATH": str(PROJECT / "plugins"),
        "REDRESS_HOME": str(home),
        "REDRESS_COUNCILS": str(PROJECT / "councils"),
        "COLUMNS": "160",
    }
