"""A data engineer adds a council: no code, one folder, one command a night."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Redress = Callable[..., subprocess.CompletedProcess[str]]

CASES = """case_ref,record_type,received_date,closed_date,status
BA-1,complaint,2020-05-04,2020-05-18,concluded
BA-2,complaint,2020-06-13,,open
"""
STAGES = """case_ref,stage,requested_date,responded_date,outcome
BA-1,1,2020-05-04,2020-05-18,upheld
BA-2,1,2020-06-13,,
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, redress: Redress) -> Path:
    """A folder with a new council whose drop holds two cases, and one night that has run."""
    folder = tmp_path_factory.mktemp("new_council")
    made = ask(redress, folder, "new-council", "barsetshire")
    assert made.returncode == 0, made.stderr
    drop = folder / "data" / "drop" / "barsetshire"
    drop.mkdir(parents=True)
    (drop / "cases.csv").write_text(CASES)
    (drop / "stages.csv").write_text(STAGES)
    night = ask(redress, folder, "nightly", "--council", "barsetshire", "--date", "2020-06-30")
    assert night.returncode == 0, night.stdout + night.stderr
    return folder


def ask(redress: Redress, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return redress(
        folder / "data", *words, councils=folder / "councils", REDRESS_PSEUDONYM_KEY="not a secret, only for tests"
    )


def test_its_facts_are_published(place: Path, query: Callable[..., list[Any]]) -> None:
    """Received on Monday 4 May 2020; Friday 8 May was a bank holiday: nine working days, and none over."""
    found = query(
        place / "data",
        "select case_ref, elapsed_working_days, band, in_time_within_limit, is_open from fct_timeliness "
        "where clock = 'stage_1' order by case_ref",
    )
    assert found == [("BA-1", 9, "within_limit", True, False), ("BA-2", 12, "within_extended", False, True)]


def test_its_open_case_is_on_the_watch_list(place: Path, query: Callable[..., list[Any]]) -> None:
    found = query(place / "data", "select case_ref, is_overdue from watch_list where clock = 'stage_1'")
    assert found == [("BA-2", True)]


@pytest.mark.slow
def test_too_many_rows_held_back_end_the_night_with_three_and_the_good_versions_stay(
    place: Path, redress: Redress, query: Callable[..., list[Any]]
) -> None:
    drop = place / "data" / "drop" / "barsetshire"
    (drop / "cases.csv").write_text(CASES.replace("2020-05-18", "18/05/2020"))
    night = ask(redress, place, "nightly", "--council", "barsetshire", "--date", "2020-07-01")
    assert night.returncode == 3, night.stdout + night.stderr
    assert "cases: accepted, 1 record held back." in night.stdout
    assert query(place / "data", "select count(*) from dim_case") == [(2,)]
    issues = query(
        place / "data",
        "select rule, record_key, column_name, source_file, source_row from dq_issues where severity = 'critical'",
    )
    assert issues == [("R04", "BA-1", "closed_date", "cases.csv", 2)]


@pytest.mark.slow
def test_a_council_that_cannot_load_ends_the_night_with_one_and_the_sentence(place: Path, redress: Redress) -> None:
    assert ask(redress, place, "new-council", "loamshire").returncode == 0
    night = ask(redress, place, "nightly", "--date", "2020-07-02")
    assert night.returncode == 1
    assert "The drop folder of loamshire is missing" in night.stdout.replace("\n", " ")


@pytest.mark.slow
def test_a_file_dated_before_the_night_that_is_rejected_ends_it_with_three_and_is_told(
    place: Path, redress: Redress
) -> None:
    drop = place / "data" / "drop" / "barsetshire"
    (drop / "payments_2020-07-03.csv").write_text("payment_ref,case_ref\nP1,BA-1\n")
    night = ask(redress, place, "nightly", "--council", "barsetshire", "--date", "2020-07-04")
    assert night.returncode == 3, night.stdout + night.stderr
    assert "barsetshire, 2020-07-03" in night.stdout
    assert "payments: rejected." in night.stdout
    assert "payments: rejected." in ask(redress, place, "status").stdout
