"""Removes what has served its time: rejected files, logs, replaced Parquet folders, Airflow's own records."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from redress.airflow_home import LONDON
from redress.errors import RedressError
from redress.paths import Home


def remove_rejected_files(home: Home, today: date, keep_days: int) -> int:
    """Removes rejected files, which still hold what the council sent; returns how many."""
    return sum(_remove_old_files(folder, today, keep_days) for folder in sorted(home.quarantine.glob("*/rejected")))


def remove_logs(home: Home, today: date, keep_days: int) -> int:
    """Removes log files last written more than keep_days before today; returns how many."""
    return _remove_old_files(home.logs, today, keep_days)


def clean_airflow_metadata(today: date, keep_days: int) -> None:
    """Removes runs, task states and XComs older than keep_days from Airflow's database.

    Raises RedressError if Airflow's own command fails.
    """
    before = datetime.combine(today - timedelta(days=keep_days), time(), tzinfo=LONDON)
    # A task may not use the metadata database, so Airflow hides its address; its command reads it anew.
    hidden = ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__SQL_ALCHEMY_CONN")
    command = [sys.executable, "-m", "airflow", "db", "clean", "--yes", "--skip-archive"]
    done = subprocess.run(
        [*command, "--clean-before-timestamp", before.astimezone(UTC).isoformat()],
        env={name: value for name, value in os.environ.items() if name not in hidden},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RedressError(
            f"`airflow db clean` ended with {done.returncode}; the lines above in this task's log say why."
        )


def _remove_old_files(folder: Path, today: date, keep_days: int) -> int:
    """Removes files not written since keep_days before today, then folders left empty."""
    oldest_kept = datetime.combine(today - timedelta(days=keep_days), time(), tzinfo=LONDON).timestamp()
    old = [path for path in folder.rglob("*") if path.is_file() and path.lstat().st_mtime < oldest_kept]
    for path in old:
        path.unlink(missing_ok=True)
    for parent in sorted({path.parent for path in old}, key=lambda path: len(path.parts), reverse=True):
        while parent != folder and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent
    return len(old)
