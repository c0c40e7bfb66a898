"""What Airflow is told of Redress, and what it tells of dates, without importing Airflow.

`python -m redress.airflow_home COMMAND ...` prepares Airflow's home and runs a command in it, for
example `python -m redress.airflow_home airflow standalone`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from redress import telemetry
from redress.paths import PROJECT, Home

LONDON = ZoneInfo("Europe/London")
NIGHTLY_HOUR = time(2, 0, tzinfo=LONDON)

DAGS = PROJECT / "dags"
POOLS = DAGS / "pools.json"

METADATA = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_scheduler_metadata: str | None = None
"""Where they were before this process took a database of its own; empty if they were nowhere."""


def environment(home: Home) -> dict[str, str]:
    """Airflow's settings on one machine: everything inside the data folder, nothing open to the network."""
    return {
        **telemetry.OFF,
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/London",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{os.environ.get('AIRFLOW__API__PORT', '8080')}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs),
    }


def keep_apart(home: Home) -> Path:
    """Points Airflow, not imported yet, at a metadata database of this process's own; gives its path.

    A scheduler that may be running in the same data folder would take up the tasks of a run it can see.
    """
    global _scheduler_metadata
    _scheduler_metadata = scheduler_metadata(home) or ""
    database = home.airflow / "nightly.db"
    os.environ.update(environment(home) | {METADATA: f"sqlite:///{database}"})
    return database


@contextmanager
def apart_for_now(home: Home) -> Iterator[None]:
    """The same for what is imported inside; the environment is then as it was."""
    global _scheduler_metadata
    before, known = dict(os.environ), _scheduler_metadata
    keep_apart(home)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _scheduler_metadata = known


def scheduler_metadata(home: Home) -> str | None:
    """The address of the scheduler's metadata; None if this process may not read them, or they have not been made."""
    if _scheduler_metadata is not None:
        return _scheduler_metadata or None
    if told := os.environ.get(METADATA):
        return None if told.startswith("airflow-db-not-allowed:") else told
    made = home.airflow / "airflow.db"
    return f"sqlite:///{made}" if made.exists() else None


def moment_of(extract_date: date) -> datetime:
    """When the nightly run of an extract date is due: 02:00 that day in London."""
    return datetime.combine(extract_date, NIGHTLY_HOUR)


def extract_date_of(moment: datetime) -> date:
    """The London date of a moment (the end of a run's data interval): the run's extract date."""
    return moment.astimezone(LONDON).date()


def main(command: list[str]) -> int:
    """Makes or upgrades Airflow's metadata and its pools, then becomes the command.

    Returns an exit code only if it does not get that far.
    """
    if not command:
        sys.stderr.write("Say which command to run, for example: python -m redress.airflow_home airflow standalone\n")
        return 2
    home = Home.from_environment()
    home.airflow.mkdir(parents=True, exist_ok=True)
    os.environ.update(environment(home))
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    for preparation in (["db", "migrate"], ["pools", "import", str(POOLS)]):
        done = subprocess.run(["airflow", *preparation], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return done.returncode
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
