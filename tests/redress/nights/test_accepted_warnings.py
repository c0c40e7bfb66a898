"""An acceptance across nights: it holds until the values its rule looks at change; and the command, as it is typed."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from redress import nightly
from redress.cli import app
from redress.errors import RedressError
from redress.validation.acceptances import covering
from redress.validation.open_issues import open_issues

A1 = ("A1", "complaint", "2024-01-10", None, "open", None, None)
STAGE = ("A1", "1", "2024-01-10", None, None)
WHY = ["--reason", "Asked twice", "--by", "Complaints Manager"]


@pytest.fixture
def loaded(council: Any) -> Any:
    council.deliver("cases", A1)
    council.deliver("stages", STAGE)
    council.night("2024-02-01")
    return council


@pytest.fixture
def redress(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, list(words))


def covered(council: Any, on: str = "2024-02-01") -> set[tuple[str, str | None]]:
    """Rule and column of the open issues that acceptances cover."""
    rows = covering(council.home, council.name, date.fromisoformat(on))
    accepted = {(one.rule, one.record_key, one.column_name, one.relevant_hash) for one in rows}
    return {
        (one.rule, one.issue.column_name)
        for one in open_issues(council.home, council.name)
        if (one.rule, one.issue.record_key, one.issue.column_name, one.issue.relevant_hash) in accepted
    }


def test_it_holds_while_other_columns_change_and_ends_when_its_own_does(loaded: Any, redress: Any) -> None:
    assert redress("accept", "E03", "A1", "--column", "gender", *WHY).exit_code == 0
    assert covered(loaded) == {("E03", "gender")}
    loaded.deliver("cases", ("A1", "complaint", "2024-01-09", None, "frozen", None, None))
    loaded.night("2024-02-02")
    assert covered(loaded) == {("E03", "gender")}
    loaded.deliver("cases", ("A1", "complaint", "2024-01-09", None, "frozen", None, "unknown"))
    loaded.night("2024-02-03")
    assert covered(loaded) == set()
    assert "record changed" in redress("accept", "--list").stdout
    loaded.deliver("cases", ("A1", "complaint", "2024-01-09", None, "frozen", None, None))
    loaded.night("2024-02-04")
    assert covered(loaded) == set(), "it was answered for as it stood, not for whenever it stands so again"
    assert "record changed" in redress("accept", "--list").stdout


def test_a_file_of_it_that_cannot_be_read_stops_its_council_and_nobody_else(loaded: Any, redress: Any) -> None:
    assert redress("accept", "E03", "A1", "--column", "gender", *WHY).exit_code == 0
    (loaded.home.landing / loaded.name / "acceptances" / "000001.json").write_text("{broken")
    with pytest.raises(RedressError, match="restore it from a copy"):
        loaded.night("2024-02-02")
    nightly.build_and_publish(date(2024, 2, 2))
    assert nightly.build_reports()["pages"] == 7


def test_the_list_tells_how_each_stands(loaded: Any, redress: Any) -> None:
    redress("accept", "E03", "A1", "--column", "gender", *WHY)
    redress("accept", "E03", "A1", "--column", "ethnicity", "--until", "2999-12-31", *WHY)
    redress("accept", "E03", "A1", "--column", "disabilities", *WHY)
    assert redress("accept", "--withdraw", "3", *WHY).exit_code == 0
    loaded.deliver("cases", ("A1", "complaint", "2024-01-10", None, "open", None, "female"))
    loaded.night("2024-02-02")
    shown = redress("accept", "--list", "--council", "barsetshire").stdout
    states = re.findall(r"barsetshire +(\d) .* (corrected|in force|withdrawn) *$", shown, re.MULTILINE)
    assert states == [("1", "corrected"), ("2", "in force"), ("3", "withdrawn")]
    assert "2999-12-31" in shown
    assert "Asked twice" not in shown


def test_an_accepted_warning_says_what_until_when_and_how_to_take_it_back(loaded: Any, redress: Any) -> None:
    done = redress("accept", "E03", "A1", "--column", "gender", "--until", "2999-12-31", *WHY)
    assert done.exit_code == 0
    assert "E03 on cases A1 (gender)" in done.stdout
    assert "until 2999-12-31" in done.stdout
    command = re.search(r"redress (accept --withdraw 1 -c barsetshire) --by ROLE --reason WHY", done.stdout)
    assert command
    assert redress(*command[1].split(), *WHY).exit_code == 0
    assert covered(loaded) == set()


def test_one_record_of_a_case_is_accepted_alone(loaded: Any, redress: Any) -> None:
    loaded.deliver("causes", *(("A1", "1", str(element), f"NOT_DECLARED_{element}") for element in (1, 2, 3)))
    loaded.night("2024-02-02")
    done = redress("accept", "R07", "A1", "--record", "A1|1|2", "--column", "cause", *WHY)
    assert "R07 on causes A1|1|2 (cause)." in done.stdout
    assert [one.record_key for one in covering(loaded.home, loaded.name, date(2024, 2, 2))] == ["A1|1|2"]
    refused = redress("accept", "R07", "A1", "--record", "A1|1|4", *WHY)
    assert refused.exit_code == 2
    assert "'A1|1|4' of A1 (open on: A1|1|1, A1|1|2, A1|1|3)" in refused.stderr


def test_the_council_may_be_left_out_where_one_only_has_the_issue(make_council: Any, redress: Any) -> None:
    for name in ("barsetshire", "loamshire"):
        council = make_council(name)
        council.deliver("cases", A1, (name, *A1[1:]))
        council.night("2024-02-01")
    assert redress("accept", "E03", "loamshire", *WHY).exit_code == 0
    refused = redress("accept", "E03", "A1", *WHY)
    assert refused.exit_code == 2
    assert "barsetshire and loamshire have an open issue of E03 on A1; say which with --council" in refused.stderr
    assert redress("accept", "E03", "A1", "--council", "barsetshire", *WHY).exit_code == 0
    refused = redress("accept", "--withdraw", "1", *WHY)
    assert "barsetshire and loamshire have an acceptance number 1; say which with --council" in refused.stderr
    refused = redress("accept", "E03", "loamshyre", *WHY)
    assert "in any council (did you mean loamshire" in refused.stderr


WRONG = {
    "Give --reason (all who read the pages see it) and --by (your role), for": ["E03", "A1"],
    "Give the case, --reason (all who read the pages see it) and --by (your role), for": ["E03"],
    "Give the case, for example: redress accept E03": ["E03", *WHY],
    "Give --by (your role), for example: redress accept --withdraw 1": ["--withdraw", "1", "--reason", "A mistake"],
    "'abc' is not the number of an acceptance": ["--withdraw", "abc", *WHY],
    "one at a time": ["E03", "A1", "--list"],
    "--withdraw, one at a time": ["--list", "--withdraw", "1"],
    "--list or --withdraw, one at a time": ["E03", "A1", "--withdraw", "1", *WHY],
    "is not a date; write it as YYYY-MM-DD": ["E03", "A1", "--until", "1 May", *WHY],
    "did you mean barsetshire?": ["E03", "A1", "-c", "barsetshyre", *WHY],
    "E03 is not open on column 'tags' of A1": ["E03", "A1", "-c", "barsetshire", "--column", "tags", *WHY],
    "No council has an acceptance number 1": ["--withdraw", "1", *WHY],
}


def test_a_wrong_use_ends_with_2_and_a_sentence(loaded: Any, redress: Any) -> None:
    for said, words in WRONG.items():
        refused = redress("accept", *words)
        assert refused.exit_code == 2, words
        assert said in " ".join(refused.stderr.replace("│", " ").split()), words


def test_help_has_an_example_and_warns_of_names(redress: Any) -> None:
    shown = " ".join(redress("accept", "--help").stdout.split())
    assert "redress accept D10" in shown
    assert "never holds a name" in shown


@pytest.mark.parametrize("columns", ["40", "80", "120"])
def test_what_is_copied_from_the_list_is_never_folded(
    make_council: Any, redress: Any, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    council = make_council("a_council_with_a_long_name")
    council.deliver("cases", ("CRO-C-000063/2024", *A1[1:]))
    council.night("2024-02-01")
    role = ["--reason", "Asked twice", "--by", "Complaints Manager of the north and the south"]
    assert redress("accept", "E03", "CRO-C-000063/2024", "--until", "2999-12-31", *role).exit_code == 0
    monkeypatch.setenv("COLUMNS", columns)
    shown = redress("accept", "--list").stdout
    assert re.search(r"a_council_with_a_long_name +1 +E03 +CRO-C-000063/2024 .*2999-12-31 ", shown)
    assert "Asked" not in shown


def test_a_list_of_nothing_says_so(loaded: Any, redress: Any) -> None:
    assert "Nothing has been accepted yet." in redress("accept", "--list").stdout


def test_the_reason_is_kept_in_one_place_only(loaded: Any, redress: Any, caplog: pytest.LogCaptureFixture) -> None:
    redress("accept", "E03", "A1", "--reason", "A reason of its own", "--by", "Complaints Manager")
    loaded.night("2024-02-02")
    holding = [path for path in loaded.home.root.rglob("*") if path.is_file() and b"of its own" in path.read_bytes()]
    kept = loaded.home.landing / loaded.name / "acceptances" / "000001.json"
    assert holding == [kept]
    assert json.loads(Path(kept).read_text())["reason"] == "A reason of its own"
    assert "of its own" not in caplog.text
