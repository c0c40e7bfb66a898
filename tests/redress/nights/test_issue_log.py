"""What the log says of an issue: whose service it is, whether its record is gone, and what was accepted of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress import nightly
from redress.councils import get_council
from redress.validation.acceptances import accept, withdraw
from redress.warehouse.publish import open_reporting, reporting_file

CASES = "case_ref,record_type,received_date,status,service_code"
CAUSES = "case_ref,stage,element,cause"
PAYMENTS = "payment_ref,case_ref,payment_type,amount,agreed_date"
SERVICES = "service_code,service_name,valid_from"
C1 = "C1,complaint,2024-01-02,open,north"
C2 = "C2,complaint,2024-01-03,open,south"
STAGES = "case_ref,stage,requested_date\nC1,1,2024-01-02\nC2,1,2024-01-03\n"


def deliver(council: Any, entity: str, *lines: str) -> None:
    (council.drop / f"{entity}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def events(council: Any, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    file = council.loads()[-1] / "events.parquet"
    return duckdb.sql(f"select {columns} from '{file}' where {where} order by all").fetchall()


def issues(council: Any, sql: str) -> list[tuple[Any, ...]]:
    with open_reporting(reporting_file(council.home)) as con:
        return con.execute(sql).fetchall()


@pytest.fixture
def town(council: Any) -> Any:
    """Two complaints that await an answer, and their services."""
    deliver(council, "services", SERVICES, "north,North,2015-04-01", "south,South,2015-04-01")
    deliver(council, "cases", CASES, C1, C2)
    (council.drop / "stages.csv").write_text(STAGES, encoding="utf-8")
    return council


def test_an_issue_has_the_service_of_its_row_or_else_of_its_case(town: Any) -> None:
    deliver(town, "cases", CASES, C1, "C2,complaint,2024-01-03,opened,nowhere")
    deliver(town, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C2,1,1,NOT_DECLARED")
    town.night("2024-02-01")
    services = "rule, record_key, service_code"
    assert events(town, services, "rule = 'R07'") == [("R07", "C1|1|1", "north"), ("R07", "C2|1|1", "nowhere")]
    assert ("cases", "C2", "nowhere") in events(town, "entity, record_key, service_code")


def test_an_issue_has_the_service_of_the_loaded_case_where_none_came_tonight(town: Any) -> None:
    town.night("2024-02-01")
    town.clear()
    deliver(town, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "NO-SUCH-CASE,1,1,DELAY")
    town.night("2024-02-02")
    assert events(town, "rule, record_key, service_code", "event = 'seen'") == [
        ("R02", "NO-SUCH-CASE|1|1", None),
        ("R07", "C1|1|1", "north"),
    ]


def test_a_resolution_says_whether_the_record_is_gone_or_right(town: Any) -> None:
    deliver(town, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C2,1,1,NOT_DECLARED", "C2,1,2,DELAY")
    town.night("2024-02-01")
    assert set(events(town, "event, is_withdrawn")) == {("seen", None)}
    deliver(town, "causes", CAUSES, "C1,1,1,DELAY", "C2,1,2,DELAY")
    town.night("2024-02-02", allow_removal=True)
    assert events(town, "record_key, event, is_withdrawn, relevant_hash, service_code", "rule = 'R07'") == [
        ("C1|1|1", "resolved", False, None, "north"),
        ("C2|1|1", "resolved", True, None, "south"),
    ]


def test_a_row_that_waited_and_is_not_delivered_again_is_withdrawn(town: Any) -> None:
    deliver(town, "payments", PAYMENTS, "P1,C1,redress,1.00,2024-01-20", "P2,C1,redress,one pound,2024-01-20")
    town.night("2024-02-01")
    assert town.held("payments") == [("P2", "R04")]
    deliver(town, "payments", PAYMENTS, "P1,C1,redress,1.00,2024-01-20")
    town.night("2024-02-02")
    assert events(town, "record_key, event, is_withdrawn", "entity = 'payments'") == [("P2", "resolved", True)]


def test_a_critical_issue_and_one_of_a_whole_extract_have_no_hash(town: Any) -> None:
    deliver(town, "payments", "payment_ref", "P1")
    deliver(town, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C3,1,1,DELAY")
    town.night("2024-02-01")
    hashed = events(town, "rule, severity, relevant_hash is not null")
    assert ("R07", "warning", True) in hashed
    assert ("R02", "critical", False) in hashed
    assert ("V02", "critical", False) in hashed


def without_new_columns(load: Path) -> None:
    """The log of a load as a version before these columns wrote it."""
    file = load / "events.parquet"
    old = load / "old.parquet"
    duckdb.sql(f"""
        copy (select * exclude (service_code, relevant_hash, is_withdrawn) from '{file}') to '{old}' (format parquet)
    """)
    old.replace(file)


def test_a_log_of_an_earlier_version_is_read_and_gone_on_with(town: Any) -> None:
    deliver(town, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C2,1,1,NOT_DECLARED")
    town.night("2024-02-01")
    without_new_columns(town.loads()[0])
    nightly.build_and_publish(date(2024, 2, 1))
    first = "select case_ref, service_code, opened_on, times_reopened, is_accepted from dq_issues where rule = 'R07'"
    assert sorted(issues(town, first)) == [
        ("C1", None, date(2024, 2, 1), 0, False),
        ("C2", None, date(2024, 2, 1), 0, False),
    ]
    deliver(town, "causes", CAUSES, "C1,1,1,DELAY", "C2,1,1,NOT_DECLARED")
    town.night("2024-02-02")
    assert events(town, "event, record_key, service_code, is_withdrawn", "rule = 'R07'") == [
        ("resolved", "C1|1|1", None, False),
        ("seen", "C2|1|1", "south", None),
    ]


@pytest.fixture
def accepted(town: Any) -> Iterator[Any]:
    """A town with two undeclared causes, of which the quality lead has accepted C1's."""
    deliver(town, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C2,1,1,NOT_DECLARED")
    town.night("2024-02-01")
    accept(town.home, get_council(town.name), "R07", "C1", "An invented reason", "Quality lead")
    return town


def test_an_accepted_warning_is_not_counted_and_lapses_when_its_record_changes(accepted: Any) -> None:
    before = accepted.runs()["causes"]
    assert (before["rows_with_warnings"], before["verdict"]) == (2, "accepted_with_warnings")

    run = accepted.night("2024-02-02")["causes"]
    assert (run["rows_with_warnings"], run["verdict"]) == (1, "accepted_with_warnings")
    assert run["verdict_text"] == "causes: accepted with warnings on 1 record. 1 accepted warning stands."

    deliver(accepted, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C2,1,1,DELAY")
    run = accepted.night("2024-02-03")["causes"]
    assert (run["rows_with_warnings"], run["verdict"]) == (0, "accepted")
    assert run["verdict_text"] == "causes: accepted. 1 accepted warning stands."
    nightly.build_and_publish(date(2024, 2, 3))
    state = (
        "select case_ref, resolved_on is null, is_accepted, accepted_by from dq_issues where rule = 'R07' order by 1"
    )
    assert issues(accepted, state) == [("C1", True, True, "Quality lead"), ("C2", False, False, None)]
    columns = "select column_name from duckdb_columns() where table_name in ('dq_issues', 'dq_issue_spans')"
    assert ("relevant_hash",) not in issues(accepted, columns)

    deliver(accepted, "causes", CAUSES, "C1,1,1,STILL_NOT_DECLARED", "C2,1,1,DELAY")
    run = accepted.night("2024-02-04")["causes"]
    assert (run["rows_with_warnings"], "accepted warning" in run["verdict_text"]) == (1, False)
    nightly.build_and_publish(date(2024, 2, 4))
    assert issues(accepted, state) == [("C1", True, False, None), ("C2", False, False, None)]
    assert issues(accepted, "select distinct times_reopened from dq_issues where rule = 'R07'") == [(0,)]


def test_a_row_held_back_is_not_counted_among_those_with_warnings(accepted: Any) -> None:
    deliver(accepted, "causes", CAUSES, "C1,1,1,NOT_DECLARED", "C2,1,1,NOT_DECLARED", "C9,1,1,NOT_DECLARED")
    run = accepted.night("2024-02-02")["causes"]
    assert (run["rows_quarantined"], run["rows_with_warnings"]) == (1, 1)


def test_an_acceptance_taken_back_stands_no_more(accepted: Any) -> None:
    withdraw(accepted.home, get_council(accepted.name), 1, "Quality lead", "An invented second thought")
    assert accepted.night("2024-02-02")["causes"]["rows_with_warnings"] == 2
