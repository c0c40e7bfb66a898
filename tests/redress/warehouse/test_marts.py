"""What a BI analyst reads: every fact of a small town, checked against domain.md by hand."""

from datetime import date
from typing import Any

import pytest

SETTINGS = """
council_name: Anytown
gss_code: E09000099
in_time_rule: agreed_extension
corporate_limits: {stage_1: 10, stage_2: 20}
"""
CODES = """
causes:
  DELAY: {label: Delay, group: Service}
ethnicities:
  Afghani: {maps_to: AOTH}
  Kentish: {maps_to: white}
disabilities:
  Wheelchair: {maps_to: MOB}
  Rare: {label: no code for it}
"""


def case(ref: str, received: str, **columns: Any) -> dict[str, Any]:
    return {"case_ref": ref, "received_date": received} | columns


def stage(ref: str, number: int, requested: str, responded: str | None = None, **columns: Any) -> dict[str, Any]:
    return {"case_ref": ref, "stage": number, "requested_date": requested, "responded_date": responded} | columns


CASES = [
    case(
        "A1",
        "2024-05-01",
        status="concluded",
        closed_date="2024-09-30",
        service_code="T1",
        ethnicity="Afghani",
        disabilities="LD;Wheelchair",
        tags="covid19",
        complainant_type="care_leaver",
        gender="female",
    ),
    case(
        "A2",
        "2024-06-03",
        service_code="T1",
        own_complaint=True,
        complainant_type="parent",
        ethnicity="Kentish",
        disabilities="Rare",
    ),
    case("A3", "2024-05-20", status="withdrawn", closed_date="2024-06-05", ethnicity="REFU", complainant_type="parent"),
    case("A4", "2024-04-02", status="not_accepted", closed_date="2024-04-05", not_accepted_reason="out_of_time"),
    case("A5", "2024-05-01", status="duplicate", closed_date="2024-05-02"),
    case("A6", "2024-05-01", status="logged_in_error", closed_date="2024-05-02"),
    case("A7", "2024-05-13", record_type="compliment", status="concluded", ethnicity="Martian"),
    case("A8", "2024-05-01", record_type="corporate_complaint", status="concluded", closed_date="2024-06-28"),
    case("A9", "2024-05-01", status="frozen"),
    case("B1", "2024-05-01", status="disengaged", closed_date="2024-06-10", tags="early_escalation"),
    case("B2", "2024-05-01", status="concluded", closed_date="2024-06-12"),
    case("B3", "2024-05-01", status="resolved_on_the_spot", closed_date="2024-05-02", service_code="GHOST"),
    case("B4", "2024-01-02", tags="earlier_stage_elsewhere"),
]
STAGES = [
    stage(
        "A1",
        1,
        "2024-05-01",
        "2024-05-24",
        outcome="partially_upheld",
        acknowledged_date="2024-05-03",
        extension_agreed_date="2024-05-15",
        extension_reason="complex",
        delay_reason="LATE",
    ),
    stage("A1", 2, "2024-06-03", "2024-08-01", outcome="upheld", acknowledged_date="2024-06-04"),
    stage(
        "A1",
        3,
        "2024-08-02",
        "2024-09-30",
        outcome="not_upheld",
        panel_date="2024-09-02",
        panel_report_date="2024-09-06",
    ),
    stage("A2", 1, "2024-06-03"),
    stage("A3", 1, "2024-05-20", outcome="withdrawn", acknowledged_date="2024-05-21"),
    stage("A5", 1, "2024-05-01"),
    stage("A6", 1, "2024-05-01"),
    stage("A8", 1, "2024-05-01", "2024-05-15", outcome="upheld"),
    stage("A8", 2, "2024-05-30", "2024-06-28"),
    stage("A9", 1, "2024-05-01"),
    stage("B1", 1, "2024-05-01"),
    stage("B1", 2, "2024-05-08"),
    stage("B2", 1, "2024-05-01", "2024-05-10", outcome="not_upheld"),
    stage("B2", 2, "2024-05-13", outcome="withdrawn"),
    stage("B4", 3, "2024-06-03", panel_date="2024-12-02"),
]
SERVICES = [
    {
        "service_code": "T1",
        "service_name": "Duty team",
        "parent_code": "AREA",
        "valid_from": "2015-04-01",
        "valid_to": "2024-06-30",
        "successor_code": "T2",
    },
    {"service_code": "T2", "service_name": "Front door", "parent_code": "AREA", "valid_from": "2024-07-01"},
    {"service_code": "AREA", "service_name": "Safeguarding", "valid_from": "2010-04-01", "valid_to": "2024-05-31"},
    {"service_code": "AREA", "service_name": "Protection", "valid_from": "2024-06-01"},
    {
        "service_code": "X1",
        "service_name": "Round",
        "valid_from": "2015-04-01",
        "valid_to": "2016-03-31",
        "successor_code": "X2",
    },
    {
        "service_code": "X2",
        "service_name": "About",
        "valid_from": "2015-04-01",
        "valid_to": "2016-03-31",
        "successor_code": "X1",
    },
]


@pytest.fixture(scope="module")
def town(new_landing):
    landing = new_landing("town")
    landing.council("anytown", SETTINGS, CODES)
    landing.load(
        "anytown",
        "2024-10-15",
        cases=CASES,
        stages=STAGES,
        services=SERVICES,
        freezes=[{"case_ref": "A9", "stage": 1, "frozen_from": "2024-05-08", "reason": "court"}],
        causes=[
            {"case_ref": "A1", "stage": 1, "element": 1, "cause": "DELAY", "is_main": True, "finding": "upheld"},
            {"case_ref": "A1", "stage": 1, "element": 2, "cause": "UNKNOWN"},
            {"case_ref": "A7", "stage": 0, "element": 1, "cause": "DELAY"},
            {"case_ref": "A5", "stage": 1, "element": 1, "cause": "DELAY"},
        ],
        payments=[
            {
                "payment_ref": "P1",
                "case_ref": "A1",
                "payment_type": "redress",
                "amount": "250.50",
                "agreed_date": "2024-10-01",
            },
            {
                "payment_ref": "P2",
                "case_ref": "A6",
                "payment_type": "redress",
                "amount": "1.00",
                "agreed_date": "2024-10-01",
            },
        ],
        actions=[
            {
                "action_ref": "N1",
                "case_ref": "A1",
                "scope": "service_improvement",
                "action_type": "TRAIN",
                "service_code": "T2",
                "agreed_date": "2024-08-01",
            },
            {
                "action_ref": "N2",
                "case_ref": "A1",
                "scope": "individual_remedy",
                "action_type": "SORRY",
                "agreed_date": "2024-08-01",
            },
        ],
        resolutions=[{"case_ref": "A2", "offered_date": "2024-06-10", "method": "mediation", "accepted": True}],
        ombudsman=[
            {"ombudsman_ref": "O1", "case_ref": "A1", "received_date": "2024-10-03"},
            {
                "ombudsman_ref": "O2",
                "received_date": "2024-10-03",
                "service_code": "T2",
                "remedies": "training;apology",
            },
            {"ombudsman_ref": "O3", "case_ref": "A6", "received_date": "2024-10-03"},
        ],
        activity=[{"measure": "open_cases", "as_at_date": "2024-03-31", "unit": "number", "value": "1234"}],
    )
    result = landing.build()
    assert result.failed_tests == []
    return landing


def d(text: str) -> date:
    return date.fromisoformat(text)


def clock(town, ref: str, name: str, columns: str) -> Any:
    return town.one(f"select {columns} from fct_timeliness where case_ref = '{ref}' and clock = '{name}'")


def test_received_has_a_row_a_stage_and_one_for_a_case_without(town):
    rows = town.read(
        "select case_ref, stage, received_date from fct_received where case_ref in ('A1', 'A4', 'A7') order by all"
    )
    assert rows == [
        ("A1", 1, d("2024-05-01")),
        ("A1", 2, d("2024-06-03")),
        ("A1", 3, d("2024-08-02")),
        ("A4", 0, d("2024-04-02")),
        ("A7", 0, d("2024-05-13")),
    ]


def test_duplicates_and_errors_are_in_dim_case_and_in_no_fact(town):
    assert town.read("select case_ref from dim_case where not is_counted order by 1") == [("A5",), ("A6",)]
    facts = [
        name
        for (name,) in town.read(
            "select table_name from duckdb_tables() where table_name like 'fct%' or table_name = 'watch_list'"
        )
    ]
    assert len(facts) == 12
    for fact in facts:
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
        # The council's own procedure: 10 and 20 days, no longer limit.
        ("A8", "stage_1", "2024-05-01", "2024-05-15", 9, "within_limit"),
        ("A8", "stage_2", "2024-05-30", "2024-06-28", 21, "over"),
        ("A8", "acknowledgement", "2024-05-01", "2024-05-15", 9, "over"),
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
    found = clock(
        town,
        "A2",
        "stage_1",
        "elapsed_working_days, in_time_within_limit, in_time_within_extended, is_open, ended_date",
    )
    assert found == (95, False, False, True, None)
    assert clock(town, "B4", "stage_3_panel", "is_open, ended_date, in_time") == (True, None, False)
    assert town.one("select count(*) from fct_timeliness where case_ref = 'B4'") == 1


def test_a_frozen_clock_has_no_due_date_and_no_verdict(town):
    found = clock(
        town, "A9", "stage_1", "is_frozen, is_open, due_date, extended_due_date, in_time, elapsed_working_days"
    )
    assert found == (True, True, None, None, None, 3)


def test_a_stage_without_an_answer_is_in_no_denominator(town):
    for ref in ("A3", "B1"):
        rows = town.read(
            f"select in_time_within_limit, in_time_within_extended, in_time, is_open from fct_timeliness where case_ref = '{ref}'"
        )
        assert set(rows) == {(None, None, None, False)}


def test_a_request_that_never_came_lapses(town):
    found = clock(town, "B2", "request_stage_2", "ended_date, elapsed_working_days, in_time, is_open")
    assert found == (d("2024-05-13"), 1, True, False)
    assert town.read("select clock from fct_timeliness where case_ref = 'B1' and clock like 'request%'") == []


def test_outcomes_have_a_row_an_answer_and_one_for_another_end(town):
    rows = town.read(
        "select case_ref, stage, route, outcome, outcome_date, is_final from fct_outcomes order by case_ref, stage, route"
    )
    assert rows == [
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
    ]


def test_escalation_follows_each_stage(town):
    rows = town.read(
        "select case_ref, stage, escalated, next_stage_requested_date, working_days_to_request from fct_escalation "
        "where case_ref in ('A1', 'B1', 'A2') order by all"
    )
    assert rows == [
        ("A1", 1, True, d("2024-06-03"), 5),
        ("A1", 2, True, d("2024-08-02"), 1),
        ("A1", 3, False, None, None),
        ("A2", 1, False, None, None),
        ("B1", 1, True, d("2024-05-08"), None),
        ("B1", 2, False, None, None),
    ]


def test_open_cases_at_month_ends(town):
    rows = town.read("select as_at_date, clock, is_overdue from fct_open where case_ref = 'A1' order by 1")
    assert rows == [
        (d("2024-05-31"), "request_stage_2", False),
        (d("2024-06-30"), "stage_2", False),
        (d("2024-07-31"), "stage_2", True),
        (d("2024-08-31"), "stage_3_panel", False),
    ]
    assert town.read("select distinct clock, is_overdue, is_frozen from fct_open where case_ref = 'A9'") == [
        ("stage_1", False, True)
    ]
    assert town.one("select max(as_at_date) from fct_open") == d("2024-09-30")
    assert town.one("select count(*) from fct_open where case_ref = 'A7'") == 0


def test_the_watch_list_has_every_open_clock(town):
    rows = town.read("select case_ref, clock, due_date, working_days_left, is_overdue from watch_list order by all")
    assert rows == [
        ("A2", "acknowledgement", d("2024-06-06"), -92, True),
        ("A2", "stage_1", d("2024-06-17"), -85, True),
        ("A9", "acknowledgement", None, None, False),
        ("A9", "stage_1", None, None, False),
        ("B4", "stage_3_panel", d("2024-07-15"), -65, True),
    ]


def test_who_complained(town):
    rows = town.read(
        "select case_ref, is_child_or_young_person, ethnicity, ethnicity_code, ethnicity_group, disability_ld, disability_mob, disability_none "
        "from dim_case where case_ref in ('A1', 'A2', 'A3', 'A4', 'A7') order by 1"
    )
    assert rows == [
        ("A1", True, "Afghani", "AOTH", "asian", True, True, False),
        ("A2", True, "Kentish", None, "white", False, False, False),
        ("A3", False, "REFU", "REFU", "refused", None, None, None),
        ("A4", None, None, None, "not_recorded", None, None, None),
        ("A7", None, "Martian", None, "not_recorded", None, None, None),
    ]


def test_services_in_the_structure_of_the_time_and_of_today(town):
    sql = "select service_name, top_level, current_service_code, current_service_name, current_top_level from dim_case join dim_service using (service_key) where case_ref = '{}'"
    assert town.one(sql.format("A1")) == ("Duty team", "Safeguarding", "T2", "Front door", "Protection")
    assert town.one(sql.format("A2")) == ("Duty team", "Protection", "T2", "Front door", "Protection")
    assert town.one(sql.format("B3")) == ("GHOST", "GHOST", "GHOST", "GHOST", "GHOST")
    assert town.read(
        "select service_code, current_service_code from dim_service where service_code like 'X%' order by 1"
    ) == [("X1", "X1"), ("X2", "X2")]
    rows = town.read("select valid_from, valid_to, top_level from dim_service where service_code = 'T1' order by 1")
    assert rows == [
        (d("2015-04-01"), d("2024-05-31"), "Safeguarding"),
        (d("2024-06-01"), d("2024-06-30"), "Protection"),
    ]


def test_what_hangs_on_cases(town):
    assert town.read(
        "select case_ref, stage, cause, cause_label, cause_group, received_date from fct_causes join dim_cause using (cause_key) order by all"
    ) == [
        ("A1", 1, "DELAY", "Delay", "Service", d("2024-05-01")),
        ("A1", 1, "UNKNOWN", "UNKNOWN", None, d("2024-05-01")),
        ("A7", 0, "DELAY", "Delay", "Service", d("2024-05-13")),
    ]
    assert town.read("select payment_ref, cast(amount as varchar) from fct_payments") == [("P1", "250.50")]
    assert town.read(
        "select action_ref, service_name from fct_actions join dim_service using (service_key) order by 1"
    ) == [("N1", "Front door"), ("N2", "Duty team")]
    assert town.one("select method, accepted, resolved from fct_resolutions") == ("mediation", True, None)
    assert town.read("select ombudsman_ref, case_key, remedies from fct_ombudsman order by 1") == [
        ("O1", "anytown|A1", None),
        ("O2", None, "apology;training"),
    ]
    assert town.one("select measure, cast(value as varchar), service_key from fct_activity") == (
        "open_cases",
        "1234.00",
        None,
    )


def test_the_council(town):
    assert town.one("select council_name, gss_code, as_at_date, in_time_rule from dim_council") == (
        "Anytown",
        "E09000099",
        d("2024-10-15"),
        "agreed_extension",
    )
