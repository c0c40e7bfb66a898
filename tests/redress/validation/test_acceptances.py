"""Accepting warnings: what is refused, what is kept, and what holds when several accept at once."""

import json
import multiprocessing
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from redress.councils import Council
from redress.errors import RedressError, UsageError
from redress.paths import Home
from redress.validation.acceptances import AcceptedIssue, accept, acceptances, covering, standing, withdraw
from redress.validation.issues import ACCEPTANCES, COLUMNS

TODAY = datetime.now(ZoneInfo("Europe/London")).date()
TOMORROW = TODAY + timedelta(days=1)
WHY = {"reason": "Agreed by letter", "by": "Complaints Manager"}


@dataclass
class Log:
    """A council's folder and a log of issues written as a load would have left it."""

    home: Home
    council: Council
    loads: int = 0

    def load(self, *events: dict[str, Any]) -> None:
        """One more load with these events; what is not said of one is as in a D10 of case C1."""
        self.loads += 1
        folder = self.home.landing / self.council.name / "loads" / f"{self.loads:06d}_2024-07-{self.loads:02d}"
        folder.mkdir(parents=True)
        (folder / "load.json").write_text(json.dumps({"extracts": [], "runs": []}))
        rows = [_event(self.loads, event) for event in events]
        declared = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        with duckdb.connect() as con:
            con.execute(f"create table events ({declared})")
            for row in rows:
                con.execute(
                    f"insert into events by name select {', '.join(f'? as {name}' for name in row)}", [*row.values()]
                )
            con.execute(f"copy events to '{folder / 'events.parquet'}' (format parquet)")

    def accept(self, rule: str = "D10", case_ref: str = "C1", **given: Any) -> Any:
        return accept(self.home, self.council, rule, case_ref, **WHY | given)

    def withdraw(self, number: int, **given: Any) -> Any:
        return withdraw(self.home, self.council, number, **WHY | given)

    def kept(self) -> list[Any]:
        return acceptances(self.home, self.council.name)

    def covered(self, on: date = TODAY) -> list[tuple[Any, ...]]:
        """Rule, key, column and hash of what is covered."""
        found = covering(self.home, self.council.name, on)
        return [(one.rule, one.record_key, one.column_name, one.relevant_hash) for one in found]

    def files(self) -> list[str]:
        folder = self.home.landing / self.council.name / "acceptances"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def _event(number: int, event: dict[str, Any]) -> dict[str, Any]:
    usual = {
        "council": "barsetshire",
        "rule": "D10",
        "severity": "warning",
        "entity": "stages",
        "record_key": "C1|2",
        "case_ref": "C1",
        "column_name": "requested_date",
        "occurrence": 1,
        "relevant_hash": "as it was",
        "event": "seen",
        "event_date": date(2024, 7, number),
        "load_number": number,
    }
    return usual | event


ETHNICITY = {"rule": "E03", "entity": "cases", "record_key": "C1", "column_name": "ethnicity"}
GENDER = ETHNICITY | {"column_name": "gender"}
OF_C2 = {"record_key": "C2|2", "case_ref": "C2"}
SERVICE = {"rule": "R07", "entity": "activity", "record_key": "visits|2024", "case_ref": None, "column_name": "measure"}


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    folder = tmp_path / "councils" / "barsetshire"
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text("kind: files\npath: drop\n")
    log = Log(Home(tmp_path / "data"), Council(folder))
    log.load({}, OF_C2, ETHNICITY, GENDER, SERVICE)
    return log


def test_an_acceptance_covers_the_issue_and_says_so_without_the_reason(log: Log) -> None:
    made = log.accept(until=TOMORROW)
    assert made.issues == (AcceptedIssue("stages", "C1|2", "requested_date", 1, "as it was"),)
    assert log.kept() == [made]
    assert log.covered() == [("D10", "C1|2", "requested_date", "as it was")]
    assert (made.number, made.by, made.reason, made.until) == (1, "Complaints Manager", "Agreed by letter", TOMORROW)
    assert (made.via, made.user, made.withdrawal) == ("command", None, None)
    assert f"until {TOMORROW}" in made.sentence
    assert "D10 on stages C1|2 (requested_date)" in made.sentence
    assert "letter" not in made.sentence


def test_its_rows_are_those_the_log_of_issues_keeps(log: Log) -> None:
    log.accept()
    (row,) = covering(log.home, log.council.name, TODAY)
    assert list(row._fields) == list(ACCEPTANCES)


def test_what_the_page_sends_is_kept_with_the_user(log: Log) -> None:
    made = log.accept("E03", record_key="C1", column="gender", via="page", user="a.user")
    taken = log.withdraw(made.number, via="page", user="b.user")
    assert (made.via, made.user, taken.withdrawal.via, taken.withdrawal.user) == ("page", "a.user", "page", "b.user")
    assert log.kept() == [taken]


def test_a_case_with_two_issues_of_a_rule_is_accepted_whole_or_by_column(log: Log) -> None:
    first = log.accept("E03", column="gender")
    assert [issue.column_name for issue in first.issues] == ["gender"]
    rest = log.accept("E03")
    assert [issue.column_name for issue in rest.issues] == ["ethnicity"]
    assert {column for _, _, column, _ in log.covered()} == {"gender", "ethnicity"}


def test_of_two_records_with_one_key_only_the_one_that_is_meant_is_accepted(log: Log) -> None:
    of_the_case = {"rule": "R03", "entity": "cases", "record_key": "C1", "column_name": "service_code"}
    log.load(of_the_case, of_the_case | {"entity": "ombudsman"})
    (issue,) = log.accept("R03", record_key="C1", entity="ombudsman").issues
    assert issue.entity == "ombudsman"


def test_a_record_without_a_case_goes_by_its_key(log: Log) -> None:
    assert log.accept("R07", "visits|2024").issues[0].record_key == "visits|2024"


def test_it_ends_with_its_last_day(log: Log) -> None:
    log.accept(until=TODAY)
    assert log.covered(TODAY)
    assert log.covered(TOMORROW) == []


def test_a_record_that_changed_can_be_accepted_anew(log: Log) -> None:
    log.accept()
    log.load({"relevant_hash": "as it is now"})
    again = log.accept()
    assert again.number == 2
    assert [one for *_, one in log.covered()] == ["as it is now"]


@pytest.mark.parametrize("change", [{"relevant_hash": "as it is now"}, {"event": "resolved", "relevant_hash": None}])
def test_it_does_not_come_back_when_the_record_is_again_as_it_was(log: Log, change: dict[str, Any]) -> None:
    """Whoever answered for the warning answered for what stood there then; what comes back is another fault."""
    log.accept()
    log.load(change)
    log.load({})
    assert log.covered() == []
    (ended,) = standing(log.home, log.council.name, TODAY)
    assert ended.ended_on == date(2024, 7, log.loads - 1)


def test_of_two_acceptances_of_one_state_the_last_speaks(log: Log) -> None:
    log.accept(until=TODAY)
    log.withdraw(1)
    log.accept(until=TOMORROW)
    (row,) = covering(log.home, log.council.name, TODAY)
    assert (row.number, row.accepted_until) == (3, TOMORROW)


def test_withdrawn_it_covers_nothing_and_stays_in_the_record(log: Log) -> None:
    made = log.accept()
    taken = log.withdraw(made.number, by="Head of Service", reason="Accepted by mistake")
    assert log.covered() == []
    assert replace(taken, withdrawal=None) == made
    assert (taken.withdrawal.by, taken.withdrawal.reason) == ("Head of Service", "Accepted by mistake")
    assert taken.withdrawal.at.tzinfo == UTC
    assert "is withdrawn by Head of Service" in taken.sentence
    assert log.files() == ["000001.json", "000002.json"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rule": "D99"}, "There is no rule 'D99' (did you mean D"),
        ({"rule": "d10"}, "There is no rule 'd10' (did you mean D10"),
        ({"rule": "D01"}, "D01 is critical, so it cannot be accepted"),
        ({"rule": "V01"}, "V01 is about a whole extract"),
        ({"rule": "S05"}, "There is no open issue of S05 on 'C1' in barsetshire (open on it: D10, E03)"),
        ({"case_ref": "c1"}, "There is no open issue of D10 on 'c1' in barsetshire (did you mean C1"),
        ({"case_ref": "Z-99"}, "nothing is open on it"),
        ({"column": "stage"}, "D10 is not open on column 'stage' of C1 (open on: requested_date)"),
        ({"record_key": "C1|3"}, "D10 is not open on record 'C1|3' of C1 (open on: C1|2)"),
        ({"until": TODAY - timedelta(days=2)}, "is past, so nothing would be accepted"),
        ({"reason": "  "}, "Say why the warning is right as it is"),
        ({"reason": "x" * 501}, "The reason has 501 characters; shorten it to 500"),
        ({"reason": "one\ntwo"}, "The reason holds a line break"),
        ({"reason": "one\u202etwo"}, "The reason holds a line break or a character nobody sees"),
        ({"by": ""}, "Say in which role"),
        ({"by": "Team\tManager"}, "The role holds a line break"),
        ({"by": "somebody@example.org"}, "is not a role"),
        ({"by": "x" * 101}, "The role has 101 characters"),
    ],
)
def test_what_cannot_be_accepted_is_refused_in_a_sentence_and_nothing_is_written(
    given: dict[str, Any], said: str, log: Log
) -> None:
    with pytest.raises(UsageError) as refused:
        log.accept(**given)
    assert said in str(refused.value)
    assert log.files() == []


def test_accepted_twice_says_by_whom_and_under_which_number(log: Log) -> None:
    log.accept(until=TOMORROW)
    with pytest.raises(UsageError, match=rf"already, by Complaints Manager on .* until {TOMORROW} \(number 1 of bars"):
        log.accept(by="Team Manager")
    assert log.files() == ["000001.json"]


def test_a_corrected_issue_cannot_be_accepted(log: Log) -> None:
    log.load({"event": "resolved", "relevant_hash": None})
    with pytest.raises(UsageError, match=r"no open issue of D10 on 'C1' in barsetshire \(open on it: E03\)"):
        log.accept()


def test_an_issue_of_an_earlier_version_waits_for_the_next_load(log: Log) -> None:
    """What its rule looked at was not noted, so nobody could tell when the record changes."""
    log.load({"relevant_hash": None})
    with pytest.raises(UsageError, match="accept it after the next load that delivers the record"):
        log.accept()


def test_a_council_without_a_load_has_nothing_to_accept(log: Log, tmp_path: Path) -> None:
    other = Council(tmp_path / "councils" / "barchester")
    with pytest.raises(UsageError, match="Nothing of barchester is loaded yet"):
        accept(log.home, other, "D10", "C1", **WHY)
    assert not (log.home.landing / "barchester").exists()


def test_what_cannot_be_withdrawn_is_refused(log: Log) -> None:
    log.accept()
    with pytest.raises(UsageError, match="barsetshire has no acceptance number 7"):
        log.withdraw(7)
    log.withdraw(1)
    with pytest.raises(UsageError, match="Acceptance 1 of barsetshire was withdrawn already, by Complaints Manager"):
        log.withdraw(1)
    with pytest.raises(UsageError, match="no acceptance number 2"):
        log.withdraw(2)
    assert log.files() == ["000001.json", "000002.json"]


@pytest.mark.parametrize("moment", ["replace", "fsync"])
def test_a_write_that_dies_leaves_nothing_and_the_next_takes_its_number(
    moment: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, moment, die)
        with pytest.raises(OSError, match="no space left"):
            log.accept()
    assert log.kept() == []
    assert log.accept().number == 1
    assert log.files() == ["000001.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"act": "accept"}', '{"act": "withdraw", "acceptance": 9}'])
def test_a_broken_file_is_named(text: str, log: Log) -> None:
    log.accept()
    (log.home.landing / "barsetshire" / "acceptances" / "000001.json").write_text(text)
    with pytest.raises(RedressError, match=r"000001.json does not hold an acceptance .*; restore it from a copy."):
        log.kept()


def test_files_are_as_open_as_the_rest_of_landing(log: Log) -> None:
    log.accept()
    folder = log.home.landing / "barsetshire"
    loads, kept = folder / "loads", folder / "acceptances"
    mode = lambda path: stat.S_IMODE(path.stat().st_mode)  # noqa: E731
    assert mode(kept) == mode(loads)
    assert mode(kept / "000001.json") == mode(next(loads.glob("*/load.json")))


def test_accepted_by_several_processes_at_once_none_is_lost(log: Log) -> None:
    cases = [f"P{number}" for number in range(8)]
    log.load(*({"record_key": f"{case}|2", "case_ref": case} for case in cases))
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=log.accept, args=("D10", case)) for case in cases]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * len(cases)
    assert sorted(one.number for one in log.kept()) == list(range(1, 9))
    assert {one.case_ref for one in log.kept()} == set(cases)


def test_of_two_who_accept_the_same_at_once_one_is_told(log: Log) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = [future.exception() for future in [pool.submit(log.accept) for _ in range(4)]]
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "UsageError", "UsageError", "UsageError"]
    assert len(log.kept()) == 1


def test_the_day_is_londons(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """At half past eleven in the evening of UTC it is tomorrow in London's summer."""

    class Evening(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    monkeypatch.setattr("redress.validation.acceptances.datetime", Evening)
    assert log.accept(until=date(2026, 7, 1)).accepted_on == date(2026, 7, 1)
    with pytest.raises(UsageError, match="2026-06-30 is past"):
        log.accept("E03", until=date(2026, 6, 30))
