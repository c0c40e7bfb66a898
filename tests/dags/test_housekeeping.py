"""Housekeeping removes what has served its time, and nothing else."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from redress import housekeeping
from redress.airflow_home import LONDON
from redress.errors import RedressError
from redress.paths import Home

TODAY = date(2020, 6, 28)


def written(path: Path, days_ago: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kept", encoding="utf-8")
    moment = datetime.combine(TODAY - timedelta(days=days_ago), datetime.min.time(), tzinfo=LONDON).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_rejected_files_go_after_their_days(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old = written(home.quarantine / "barsetshire" / "rejected" / "cases_2020-05-01_abc.csv", 31)
    recent = written(home.quarantine / "barsetshire" / "rejected" / "cases_2020-06-01_def.csv", 30)
    waiting = written(home.quarantine / "barsetshire" / "000001_2020-01-31" / "cases.parquet", 150)
    landed = written(home.landing / "barsetshire" / "cases" / "cases_2020-01-31_abc" / "rows.parquet", 150)

    assert housekeeping.remove_rejected_files(home, TODAY, keep_days=30) == 1

    assert not old.exists()
    assert all(path.exists() for path in (recent, waiting, landed))


def test_logs_go_with_their_empty_folders(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old = written(home.logs / "dag_id=nightly_load" / "run_id=a" / "attempt=1.log", 61)
    recent = written(home.logs / "dag_id=nightly_load" / "run_id=b" / "attempt=1.log", 1)

    assert housekeeping.remove_logs(home, TODAY, keep_days=60) == 1

    assert not old.parent.exists()
    assert recent.exists()


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    outside = written(tmp_path / "elsewhere" / "records.csv", 400)
    home.logs.mkdir(parents=True)
    (home.logs / "link").symlink_to(outside.parent, target_is_directory=True)

    housekeeping.remove_logs(home, TODAY, keep_days=60)

    assert outside.exists()


def test_metadata_that_cannot_be_cleaned_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    not_a_folder = written(tmp_path / "airflow", 0)
    monkeypatch.setenv("AIRFLOW_HOME", str(not_a_folder))
    with pytest.raises(RedressError, match="airflow db clean"):
        housekeeping.clean_airflow_metadata(TODAY, keep_days=180)
