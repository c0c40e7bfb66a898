"""What a BI analyst reads: every fact of a small town (town.yml), worked out by hand from domain.md."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

TOWN = yaml.safe_load(Path(__file__).with_name("town.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def town(new_landing):
    landing = new_landing("town")
    records = dict(TOWN)
    landing.council("anytown", records.pop("settings"), records.pop("codes"))
    landing.load("anytown", "2024-10-15", **records)
    assert landing.build().failed_tests == []
    return landing


def d(text: str) -> date:
    return date.fromisoformat(text)


def clock(town, ref: str, name: str, columns: str) -> Any:
    return town.one(f"select {columns} from fct_timeliness where case_ref = '{ref}' and clock = '{name}'")


def test_received_has_a_row_a_stage_and_one_for_a_case_without(town):
    rows = town.read("""
        select case_ref, stage, received_date from fct_received where case_ref in ('A1', 'A4', 'A7') order by all
    """)
    assert rows == [
        ("A1", 1, d("2024-05-01")),
        ("A1", 2, d("2024-06-03")),
        ("A1", 3, d("2024-08-02")),
        ("A4", 0, d("2024-04-02")),
        ("A7", 0, d("2024-05-13")),
    ]


def test_duplicates_and_errors_are_in_dim_case_and_in_no_fact(town):
    assert town.read("select case_ref from dim_case where not is_counted order by 1") == [("A5",), ("A6",)]
    facts = town.read("select table_name from duckdb_tables() where table_name similar to 'fct_.*|watch_list'")
    assert len(facts) == 16
    for (fact,) in facts:
        assert town.one(f"select count(*) from {fact} where case_ref in ('A5', 'A6')") == 0, fact


@pytest.mark.parametrize(
    ("ref", "name", "started", "ended", "elapsed", "band"),
    [
        # May 2024 has bank holidays on the 6th and 27th, August on the 26th.
        ("A1", "acknowledgement", "2024-05-01", "2024-05-03", 2, "within_limit"),
        ("A1", "stage_1", "2024-05-01", "2024-05-24", 16, "within_extended"),
        ("A1", "request_stage_2", "2024-05-24", "2024-06-03", 5, "within_limit"),
        ("A1", "stage_2", "2024-06-03", "2024-08-01", 43, "within_extended"),
        ("A1", "request_stage_3", "2024-08-01", "2024-08-02", 1, "within_limit"),
        ("A1", "stage_3_panel", "2024-08-02", "2024-09-02", 20, "within_limit"),
        ("A1", "stage_3_report", "2024-09-02", "2024-09-06", 4, "within_limit"),
        ("A1", "stage_3_response", "2024-09-06", "2024-09-30", 16, "over"),
        # The council's own procedure: 10 and 20 days, no longer limit; never acknowledged, so until the answer.
        ("A8", "acknowledgement", "2024-05-01", "2024-05-15", 9, "over"),
        ("A8", "stage_1", "2024-05-01", "2024-05-15", 9, "within_limit"),
        ("A8", "stage_2", "2024-05-30", "2024-06-28", 21, "over"),
    ],
)
def test_every_clock(town, ref, name, started, ended, elapsed, band):
    found = clock(town, ref, name, "started_date, ended_date, elapsed_working_days, band, is_open")
    assert found == (d(started), d(ended), elapsed, band, False)


def test_due_dates_of_both_limits(town):
    assert clock(town, "A1", "stage_1", "due_date, extended_due_date") == (d("2024-05-16"), d("2024-05-31"))
    assert clock(town, "A8", "stage_2", "due_date, extended_due_date") == (d("2024-06-27"), None)


def test_the_three_rules_and_the_councils_own(town):
    columns = "in_time_within_limit, in_time_within_extended, in_time_agreed_extension, in_time"
    assert clock(town, "A1", "stage_1", columns) == (False, True, True, True)
    assert clock(town, "A1", "stage_2", columns) == (False, True, False, False)
    assert clock(town, "A1", "stage_3_panel", columns) == (True, True, True, True)
    assert clock(town, "A8", "stage_2", columns) == (False, False, False, False)


def test_an_open_clock_runs_to_the_extract_date_and_is_late_once_past_its_limit(town):
    columns = "elapsed_working_days, in_time_within_limit, in_time_within_extended, is_open, ended_date"
    assert clock(town, "A2", "stage_1", columns) == (95, False, False, True, None)


def test_a_planned_panel_has_not_met(town):
    assert clock(town, "B4", "stage_3_panel", "is_open, ended_date, in_time") == (True, None, False)
    assert town.one("select count(*) from fct_timeliness where case_ref = 'B4'") == 1


def test_a_frozen_clock_has_no_due_date_and_no_verdict(town):
    columns = "is_frozen, is_open, due_date, extended_due_date, in_time, elapsed_working_days"
    assert clock(town, "A9", "stage_1", columns) == (True, True, None, None, None, 3)


@pytest.mark.parametrize("ref", ["A3", "B1"])
def test_a_stage_without_an_answer_is_in_no_denominator(town, ref):
    columns = "in_time_within_limit, in_time_within_extended, in_time_agreed_extension, in_time, is_open"
    rows = town.read(f"select {columns} from fct_timeliness where case_ref = '{ref}'")
    assert set(rows) == {(None, None, None, None, False)}


def test_request_clocks_close_at_the_request_or_lapse_at_their_limit(town):
    columns = "ended_date, elapsed_working_days, in_time, is_open"
    assert clock(town, "B2", "request_stage_2", columns) == (d("2024-05-13"), 1, True, False)
    assert clock(town, "B5", "request_stage_2", columns) == (None, None, None, False)
    early = "select count(*) from fct_timeliness where case_ref = 'B1' and clock = 'request_stage_2'"
    assert town.one(early) == 0


def test_outcomes_have_a_row_an_answer_and_one_for_another_end(town):
    columns = "case_ref, stage, route, outcome, outcome_date, is_final"
    assert town.read(f"select {columns} from fct_outcomes order by case_ref, stage, route") == [
        ("A1", 1, "stage_1", "partially_upheld", d("2024-05-24"), False),
        ("A1", 2, "stage_2", "upheld", d("2024-08-01"), False),
        ("A1", 3, "stage_3", "not_upheld", d("2024-09-30"), True),
        ("A3", 1, "withdrawn", None, d("2024-06-05"), True),
        ("A4", 0, "not_accepted", None, d("2024-04-05"), True),
        ("A7", 0, "closed", None, d("2024-05-13"), True),
        ("A8", 1, "stage_1", "upheld", d("2024-05-15"), False),
        ("A8", 2, "stage_2", None, d("2024-06-28"), True),
        ("B1", 2, "disengaged", None, d("2024-06-10"), True),
        ("B2", 1, "stage_1", "not_upheld", d("2024-05-10"), False),
        ("B2", 2, "withdrawn", None, d("2024-06-12"), True),
        ("B3", 0, "resolved_on_the_spot", None, d("2024-05-02"), True),
        ("B5", 1, "stage_1", "upheld", d("2024-09-09"), False),
    ]


def test_escalation_follows_each_stage(town):
    columns = "case_ref, stage, escalated, next_stage_requested_date, working_days_to_request"
    assert town.read(f"select {columns} from fct_escalation where case_ref in ('A1', 'A2', 'B1') order by all") == [
        ("A1", 1, True, d("2024-06-03"), 5),
        ("A1", 2, True, d("2024-08-02"), 1),
        ("A1", 3, False, None, None),
        ("A2", 1, False, None, None),
        ("B1", 1, True, d("2024-05-08"), None),
        ("B1", 2, False, None, None),
    ]


def test_open_cases_at_month_ends(town):
    assert town.read("select as_at_date, clock, is_overdue from fct_open where case_ref = 'A1' order by 1") == [
        (d("2024-05-31"), "request_stage_2", False),
        (d("2024-06-30"), "stage_2", False),
        (d("2024-07-31"), "stage_2", True),
        (d("2024-08-31"), "stage_3_panel", False),
    ]
    frozen = "select distinct clock, is_overdue, is_frozen from fct_open where case_ref = 'A9'"
    assert town.one(frozen) == ("stage_1", False, True)
    assert town.one("select clock, is_overdue from fct_open where case_ref = 'B5'") == ("request_stage_2", False)
    assert town.one("select max(as_at_date) from fct_open") == d("2024-09-30")
    assert town.one("select count(*) from fct_open where case_ref = 'A7'") == 0


def test_the_watch_list_has_every_open_clock(town):
    columns = "case_ref, clock, due_date, working_days_left, is_overdue"
    assert town.read(f"select {columns} from watch_list order by case_ref, clock") == [
        ("A2", "acknowledgement", d("2024-06-06"), -92, True),
        ("A2", "stage_1", d("2024-06-17"), -85, True),
        ("A9", "acknowledgement", None, None, False),
        ("A9", "stage_1", None, None, False),
        ("B4", "stage_3_panel", d("2024-07-15"), -65, True),
    ]


def test_who_complained(town):
    columns = (
        "case_ref, is_child_or_young_person, ethnicity, ethnicity_code, ethnicity_group, "
        "disability_ld, disability_mob, disability_none"
    )
    refs = "('A1', 'A2', 'A3', 'A4', 'A7')"
    assert town.read(f"select {columns} from dim_case where case_ref in {refs} order by 1") == [
        ("A1", True, "Afghani", "AOTH", "asian", True, True, False),
        ("A2", True, "Kentish", None, "white", False, False, False),
        ("A3", False, "REFU", "REFU", "refused", None, None, None),
        ("A4", None, None, None, "not_recorded", None, None, None),
        ("A7", None, "Martian", None, "not_recorded", None, None, None),
    ]
    assert town.one("select disabilities from dim_case where case_ref = 'A1'") == "LD;Wheelchair"


@pytest.mark.parametrize(
    ("ref", "then", "today"),
    [
        ("A1", ("Duty team", "Safeguarding"), ("T2", "Front door", "Protection")),
        ("A2", ("Duty team", "Protection"), ("T2", "Front door", "Protection")),
        ("B3", ("GHOST", "GHOST"), ("GHOST", "GHOST", "GHOST")),
    ],
)
def test_services_in_the_structure_of_the_time_and_of_today(town, ref, then, today):
    columns = "service_name, top_level, current_service_code, current_service_name, current_top_level"
    sql = f"select {columns} from dim_case join dim_service using (service_key) where case_ref = '{ref}'"
    assert town.one(sql) == then + today


def test_a_service_has_a_row_a_validity_and_successors_may_run_in_a_circle(town):
    assert town.read("""
        select valid_from, valid_to, top_level from dim_service where service_code = 'T1' order by 1
    """) == [
        (d("2015-04-01"), d("2024-05-31"), "Safeguarding"),
        (d("2024-06-01"), d("2024-06-30"), "Protection"),
    ]
    circle = "select service_code, current_service_code from dim_service where service_name in ('Round', 'About')"
    assert set(town.read(circle)) == {("X1", "X1"), ("X2", "X2")}


def test_what_hangs_on_cases(town):
    assert town.read("""
        select case_ref, stage, cause_label, cause_group, is_declared, received_date
        from fct_causes join dim_cause using (cause_key) order by all
    """) == [
        ("A1", 1, "Delay", "Service", True, d("2024-05-01")),
        ("A1", 1, "UNKNOWN", None, False, d("2024-05-01")),
        ("A7", 0, "Delay", "Service", True, d("2024-05-13")),
    ]
    assert town.read("select payment_ref, cast(amount as varchar) from fct_payments") == [("P1", "250.50")]
    acting = "select action_ref, service_name from fct_actions join dim_service using (service_key) order by 1"
    assert town.read(acting) == [("N1", "Front door"), ("N2", "Duty team")]
    assert town.one("select method, accepted, resolved from fct_resolutions") == ("mediation", True, None)
    assert town.read("select ombudsman_ref, case_key, remedies from fct_ombudsman order by 1") == [
        ("O1", "anytown|A1", None),
        ("O2", None, "apology;training"),
    ]
    figure = "select measure, cast(value as varchar), service_key, case_key from fct_activity"
    assert town.one(figure) == ("open_cases", "1234.00", None, None)


def test_the_council(town):
    assert town.one("select council_name, gss_code, as_at_date, in_time_rule from dim_council") == (
        "Anytown",
        "E09000099",
        d("2024-10-15"),
        "agreed_extension",
    )
