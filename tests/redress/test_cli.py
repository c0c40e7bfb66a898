"""The command: help at once, one-sentence errors, the exit codes of the design."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from redress.cli import app

CASES = "case_ref,record_type,received_date,closed_date,status\n"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    monkeypatch.delenv("REDRESS_PSEUDONYM_KEY", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


@pytest.mark.parametrize("command", ["nightly", "new-council", "check", "status", "rebuild", "demo"])
def test_every_command_explains_itself_with_an_example(runner: CliRunner, command: str) -> None:
    shown = runner.invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert f"redress {command}" in shown.stdout


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from redress.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'airflow', 'dbt', 'duckdb', 'great_expectations', 'pandas', 'pydantic'} & set(sys.modules)))"
    )
    plugins = str(Path(__file__).parents[2] / "plugins")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": plugins},
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_new_council_can_be_read_and_says_what_to_do_next(runner: CliRunner, tmp_path: Path) -> None:
    from redress.councils import get_council

    made = runner.invoke(app, ["new-council", "barsetshire"])
    assert made.exit_code == 0
    assert "redress nightly --council barsetshire" in made.stdout
    council = get_council("barsetshire")
    assert council.source.path == "${REDRESS_HOME}/drop/barsetshire"
    assert council.settings.council_name == "Barsetshire"
    assert council.codes.causes == {}
    again = runner.invoke(app, ["new-council", "barsetshire"])
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_a_scaffold_is_right_with_every_example_uncommented(runner: CliRunner, tmp_path: Path) -> None:
    from redress.councils import get_council

    runner.invoke(app, ["new-council", "barsetshire"])
    for name in ("settings.yml", "codes.yml"):
        file = tmp_path / "councils" / "barsetshire" / name
        file.write_text(re.sub(r"^#(?! \w)", "", file.read_text(), flags=re.MULTILINE))
    council = get_council("barsetshire")
    assert council.settings.corporate_limits == {"stage_1": 10, "stage_2": 20}
    assert council.codes.ethnicities["Sri Lankan Tamil"].maps_to == "AOTH"


@pytest.mark.parametrize("name", ["../escape", "Barset", "a b"])
def test_a_council_name_that_is_no_folder_name_is_refused(runner: CliRunner, name: str) -> None:
    refused = runner.invoke(app, ["new-council", name])
    assert refused.exit_code == 1
    assert "lower-case letters" in refused.stderr


def test_a_night_without_a_key_does_not_start(runner: CliRunner) -> None:
    runner.invoke(app, ["new-council", "barsetshire"])
    refused = runner.invoke(app, ["nightly", "--council", "barsetshire"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("No load starts: REDRESS_PSEUDONYM_KEY is not set;")


def test_a_night_of_an_unknown_council_does_not_start(runner: CliRunner) -> None:
    runner.invoke(app, ["new-council", "barsetshire"])
    refused = runner.invoke(app, ["nightly", "--council", "loamshire"])
    assert refused.exit_code == 2
    assert "did you mean barsetshire" in refused.stderr


def test_wrong_usage_ends_with_two(runner: CliRunner) -> None:
    assert runner.invoke(app, ["nightly", "--date", "30/06/2020"]).exit_code == 2
    assert runner.invoke(app, ["check", "nowhere.csv"]).exit_code == 2
    assert runner.invoke(app, ["no-such-command"]).exit_code == 2


def test_a_traceback_only_with_debug(runner: CliRunner) -> None:
    from redress.errors import RedressError

    assert isinstance(runner.invoke(app, ["--debug", "status"]).exception, RedressError)
    plain = runner.invoke(app, ["status"])
    assert plain.exit_code == 1
    assert "Traceback" not in plain.stderr


def test_check_shows_rule_row_and_remedy_and_loads_nothing(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(CASES + "A1,enquiry,2024-01-02,2024-01-03,concluded\nA2,enquiry,2024-01-05,2024-01-03,concluded\n")
    shown = runner.invoke(app, ["check", str(file), "--date", "2024-02-01"])
    assert shown.exit_code == 3
    assert "cases: accepted, 1 record held back." in shown.stdout
    assert "D02" in shown.stdout
    assert "cases.csv" in shown.stdout
    assert not (tmp_path / "data").exists()


def test_check_of_a_right_file_ends_with_nought(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "cases_2024-01-31.csv"
    file.write_text(CASES + "A1,enquiry,2024-01-02,2024-01-03,concluded\n")
    shown = runner.invoke(app, ["check", str(file), "--date", "2024-02-01"])
    assert shown.exit_code == 0
    assert "cases: accepted. Not checked: " in shown.stdout
    assert "(1 rows)" in shown.stdout


def test_check_of_an_unreadable_file_says_row_and_remedy(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_bytes(CASES.encode() + b"A1,caf\xe9,,,\n")
    shown = runner.invoke(app, ["check", str(tmp_path), "--date", "2024-02-01"])
    assert shown.exit_code == 3
    assert "row 2" in shown.stdout


def test_status_before_the_first_night(runner: CliRunner) -> None:
    runner.invoke(app, ["new-council", "barsetshire"])
    shown = runner.invoke(app, ["status"])
    assert shown.exit_code == 0
    assert "barsetshire" in shown.stdout
    assert "Nothing is published yet" in shown.stdout
