"""What the contract's rules mean at their edges: the exceptions, and one fault reported once."""

from datetime import date

import pytest

STAGE_2 = {"stage": 2, "requested_date": date(2024, 3, 20), "responded_date": date(2024, 4, 17)}
STAGE_3 = {"stage": 3, "requested_date": date(2024, 4, 24), "responded_date": date(2024, 6, 24)}
OPEN = {"status": "open", "closed_date": None}
UNANSWERED = {"responded_date": None, "outcome": None}


def _a_case(rows):
    """The good night's case with its stage and service, and these rows."""
    return {"cases": [{}], "stages": [{}], "services": [{}]} | rows


FAULTS = {
    # dates
    "a birth after the extract is D03's, not D08's": (
        {"cases": [{"date_of_birth": "2024-07-02"}], "stages": []},
        {("D03", "cases", "C1", "date_of_birth"), ("S05", "cases", "C1", "status")},
    ),
    "a birth after receipt": (
        {"cases": [{"date_of_birth": "2024-03-05", "age_band": "unknown"}]},
        {("D08", "cases", "C1", "date_of_birth")},
    ),
    "a due date may lie ahead, a completion may not": (
        {"actions": [{"due_date": "2030-01-01", "completed_date": "2024-07-02"}]},
        {("D03", "actions", "A1", "completed_date")},
    ),
    "each date before 2000 is an issue of its own": (
        {"payments": [{"agreed_date": "1999-12-31", "paid_date": "1999-12-31"}]},
        {("D04", "payments", "P1", "agreed_date"), ("D04", "payments", "P1", "paid_date")},
    ),
    "a service may begin in 1900 and not before": (
        {"services": [{"valid_from": "1899-12-31"}]},
        {("D04", "services", "S1|1899-12-31", "valid_from")},
    ),
    "an open stage has no end to lie before, but a beginning": (
        {"cases": [OPEN], "stages": [UNANSWERED | {"acknowledged_date": "2024-03-01"}]},
        {("D05", "stages", "C1|1", "acknowledged_date")},
    ),
    "no D05 beside D01": (
        {"stages": [{"acknowledged_date": "2024-03-05", "responded_date": "2024-03-01"}]},
        {("D01", "stages", "C1|1", "responded_date")},
    ),
    "Easter does not count: 4 April is the 12th working day after 15 March, 17 April the 21st": (
        {"stages": [{}, STAGE_2 | {"requested_date": "2024-04-17"}]},
        {("D10", "stages", "C1|2", "requested_date")},
    ),
    "freezes that touch do not overlap; one without an end overlaps all that follow": (
        {
            "freezes": [
                {"frozen_from": "2024-03-06", "frozen_to": "2024-03-08"},
                {"frozen_from": "2024-03-08", "frozen_to": None},
                {"frozen_from": "2024-03-12", "frozen_to": "2024-03-13"},
            ]
        },
        {
            ("D09", "freezes", "C1|1|2024-03-08", "frozen_from"),
            ("D09", "freezes", "C1|1|2024-03-12", "frozen_from"),
        },
    ),
    "a backward freeze overlaps nothing": (
        {"freezes": [{"frozen_to": "2024-03-05"}, {"frozen_from": "2024-03-04", "frozen_to": "2024-03-07"}]},
        {("D09", "freezes", "C1|1|2024-03-06", "frozen_to")},
    ),
    # stages
    "an unlisted record type is R04's, and not S01's again": (
        {"cases": [{"record_type": "Complaint"}]},
        {("R04", "cases", "C1", "record_type"), ("R02", "stages", "C1|1", "case_ref")},
    ),
    "an unreadable answer is R04's alone": (
        {"stages": [{"responded_date": "31/02/2024"}]},
        {("R04", "stages", "C1|1", "responded_date")},
    ),
    "a stage of no case is R02's alone": (
        {"stages": [{}, STAGE_2 | {"case_ref": "C9"}]},
        {("R02", "stages", "C9|2", "case_ref")},
    ),
    "stage 3 without stage 2": (
        {"stages": [{}, STAGE_3]},
        {("S02", "stages", "C1|3", "stage")},
    ),
    "an unanswered stage 1 that was withdrawn does not lead to stage 2": (
        {"stages": [{"responded_date": None, "outcome": "withdrawn"}, STAGE_2]},
        {("S02", "stages", "C1|2", "stage")},
    ),
    "asked for before the answer, without the tag": (
        {"cases": [{"tags": "earlier_stage_elsewhere"}], "stages": [{}, STAGE_2 | {"requested_date": "2024-03-14"}]},
        {("S03", "stages", "C1|2", "requested_date")},
    ),
    "panel dates out of order": (
        {"stages": [{}, STAGE_2, STAGE_3 | {"panel_date": "2024-06-10", "panel_report_date": "2024-06-07"}]},
        {("S07", "stages", "C1|3", "panel_report_date")},
    ),
    "a panel before it was asked for": (
        {"stages": [{}, STAGE_2, STAGE_3 | {"panel_date": "2024-04-23"}]},
        {("S07", "stages", "C1|3", "panel_date")},
    ),
    "a statement at stage 1": (
        {"stages": [{"statement_agreed_date": "2024-03-06"}]},
        {("S07", "stages", "C1|1", "statement_agreed_date")},
    ),
    "concluded with an open stage": (
        {"stages": [UNANSWERED]},
        {("S06", "cases", "C1", "status")},
    ),
    "closed without a closing date": (
        {"cases": [{"status": "disengaged", "closed_date": None}]},
        {("S06", "cases", "C1", "closed_date")},
    ),
    "a refusal with an answer": (
        {"cases": [{"status": "not_accepted", "not_accepted_reason": "vexatious"}]},
        {("S08", "cases", "C1", "status")},
    ),
    # equalities
    "a label that maps to nothing": (
        {"cases": [{"ethnicity": "Unmapped label"}]},
        {("E01", "cases", "C1", "ethnicity")},
    ),
    "the council's word for none stands alone as well": (
        {"cases": [{"disabilities": "Not disabled;HEAR"}]},
        {("E02", "cases", "C1", "disabilities")},
    ),
    "one issue a column": (
        {"cases": [{"gender": "unknown", "ethnicity": "NOBT", "disabilities": None, "date_of_birth": None}]},
        {
            ("E03", "cases", "C1", "gender"),
            ("E03", "cases", "C1", "ethnicity"),
            ("E03", "cases", "C1", "disabilities"),
            ("E03", "cases", "C1", "date_of_birth"),
        },
    ),
    "an unreadable date of birth was recorded": (
        {"cases": [{"date_of_birth": "06/05/12"}], "stages": []},
        {("R04", "cases", "C1", "date_of_birth"), ("S05", "cases", "C1", "status")},
    ),
    # references and types
    "a number, a flag, a time and a stage that cannot be read": (
        {
            "cases": [{"joint_nhs": "maybe", "updated_at": "yesterday"}],
            "stages": [],
            "causes": [{"stage": "0", "element": "first"}],
            "payments": [{"amount": "ten pounds"}],
        },
        {
            ("R04", "cases", "C1", "joint_nhs"),
            ("R04", "cases", "C1", "updated_at"),
            ("S05", "cases", "C1", "status"),
            ("R04", "causes", "C1|0|first", "element"),
            ("R02", "causes", "C1|0|first", "case_ref"),
            ("R04", "payments", "P1", "amount"),
            ("R02", "payments", "P1", "case_ref"),
        },
    ),
    "a stage outside the list": (
        {"causes": [{"stage": "7"}]},
        {("R04", "causes", "C1|7|1", "stage")},
    ),
    "an item of a closed list": (
        {"ombudsman": [{"remedies": "apology;flowers"}]},
        {("R04", "ombudsman", "O1", "remedies")},
    ),
    "a required column left empty": (
        {"payments": [{"amount": None}]},
        {("R04", "payments", "P1", "amount")},
    ),
    "null is a value of a key": (
        {"activity": [{"period_from": None}, {"period_from": None, "value": "121"}]},
        {
            (
                "R01",
                "activity",
                "referrals||2024-03-31|S1||",
                "measure|period_from|as_at_date|service_code|characteristic|member",
            )
        },
    ),
    "1 and 01 are one stage": (
        {"stages": [{}, {"stage": "01"}]},
        {("R01", "stages", "C1|1", "case_ref|stage")},
    ),
    "two keys that cannot be read are not one key": (
        {"freezes": [{"frozen_from": "May"}, {"frozen_from": "June"}]},
        {("R04", "freezes", "C1|1|May", "frozen_from"), ("R04", "freezes", "C1|1|June", "frozen_from")},
    ),
    "a service that had ended": (
        {"services": [{"valid_to": "2024-03-04"}], "actions": [{}]},
        {("R03", "actions", "A1", "service_code")},
    ),
    "a service not yet there": (
        {"services": [{"valid_from": "2024-03-05"}]},
        {("R03", "cases", "C1", "service_code")},
    ),
    "a decision without a date": (
        {"ombudsman": [{"decided_date": None}]},
        {("R05", "ombudsman", "O1", "decided_date")},
    ),
    "decided before it was received": (
        {"ombudsman": [{"decided_date": "2024-04-30"}]},
        {("R05", "ombudsman", "O1", "decided_date")},
    ),
    "an amount that is negative and has three decimals is one issue": (
        {"payments": [{"amount": "-12.345"}]},
        {("R06", "payments", "P1", "amount")},
    ),
    "items of open lists": (
        {"cases": [{"tags": "covid19;easter", "disabilities": "HEAR;Tired"}]},
        {("R07", "cases", "C1", "tags"), ("R07", "cases", "C1", "disabilities")},
    ),
}


@pytest.fixture(scope="module")
def faulty_nights(run_scenarios):
    return run_scenarios({name: _a_case(rows) for name, (rows, _) in FAULTS.items()})


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_reported_once_under_its_rule(name, faulty_nights):
    assert set(faulty_nights[name].failures) == FAULTS[name][1]


def test_an_empty_key_column_is_r01s_alone(run_night):
    night = run_night(_a_case({"payments": [{"payment_ref": None}]}), only=True)
    assert night.failures == [("R01", "payments", "", "payment_ref")]


NO_FAULTS = {
    "an unborn child's birth may lie ahead of the extract": {
        "cases": [{"gender": "unborn", "date_of_birth": "2024-12-01"}]
    },
    "planned dates may lie ahead": {
        "cases": [OPEN],
        "stages": [{}, STAGE_2, STAGE_3 | UNANSWERED | {"panel_date": "2024-09-01"}],
        "services": [{"valid_to": "2025-03-31"}],
        "ombudsman": [{"response_due_date": "2024-08-01", "remedy_due_date": "2024-08-01"}],
    },
    "updated_at is not a date of the record": {"cases": [{"updated_at": "2024-07-02T01:00:00+00:00"}]},
    "the day of the answer still lies within": {
        "stages": [{"acknowledged_date": "2024-03-04", "extension_agreed_date": "2024-03-15"}]
    },
    "requests of corporate complaints have no limit": {
        "cases": [{"record_type": "corporate_complaint"}],
        "stages": [{}, STAGE_2 | {"requested_date": "2024-04-17"}],
    },
    "early escalation": {
        "cases": [{"tags": "covid19;early_escalation"}],
        "stages": [{}, STAGE_2 | {"requested_date": "2024-03-14"}],
    },
    "an early stage in a retired system": {
        "cases": [{"tags": "earlier_stage_elsewhere"}],
        "stages": [STAGE_2],
    },
    "withdrawn without an answer": {"stages": [{"responded_date": None, "outcome": "withdrawn"}]},
    "a frozen case may be open or closed": {"cases": [{"status": "frozen", "closed_date": None}]},
    "representations need no stage and no equalities": {
        "cases": [{"record_type": "representation", "gender": None, "ethnicity": None, "status": "concluded"}],
        "stages": [],
    },
    "complaints that were not accepted need no equalities": {
        "cases": [
            {
                **{"status": "not_accepted", "not_accepted_reason": "other_body", "closed_date": "2024-03-05"},
                **{"gender": None, "ethnicity": None, "disabilities": None, "date_of_birth": None},
            }
        ],
        "stages": [],
    },
    "refusals and the council's words are recorded": {
        "cases": [
            {"ethnicity": "Would not say", "disabilities": "Hard of hearing", "sexual_orientation": "prefer_not_to_say"}
        ]
    },
    "an age band in place of a date of birth": {"cases": [{"date_of_birth": None, "age_band": "10-15"}]},
    "a main group where no more is known": {"cases": [{"ethnicity": "black"}]},
    "zeros at the end are no decimals": {"payments": [{"amount": "12.3400"}]},
    "an Ombudsman complaint of no case": {"ombudsman": [{"case_ref": None}]},
    "an enquiry has causes of stage 0": {
        "cases": [{"record_type": "enquiry"}],
        "stages": [],
        "causes": [{"stage": 0}],
    },
    "activity of all services": {"activity": [{"service_code": None}]},
    "the last day of a service": {"services": [{"valid_to": "2024-03-15"}], "actions": [{}]},
    "a service that began again": {
        "services": [{"valid_to": "2020-03-31"}, {"valid_from": "2023-04-01"}],
        "actions": [{}],
    },
}


@pytest.fixture(scope="module")
def faultless_nights(run_scenarios):
    return run_scenarios({name: _a_case(rows) for name, rows in NO_FAULTS.items()})


@pytest.mark.parametrize("name", NO_FAULTS)
def test_exception_is_no_fault(name, faultless_nights):
    assert faultless_nights[name].failures == []


def test_cases_before_records_begin_are_exempt_from_s02_and_s03(run_night):
    rows = _a_case({"stages": [STAGE_2, STAGE_3 | {"requested_date": "2024-04-16"}]})
    assert run_night(rows, only=True).rules == {"S02", "S03", "R02"}
    assert run_night(rows, only=True, settings={"records_begin": date(2024, 3, 5)}).rules == set()
    assert run_night(rows, only=True, settings={"records_begin": date(2024, 3, 4)}).rules == {"S02", "S03", "R02"}


def test_lists_of_the_council_decide_what_is_declared(run_night):
    rows = _a_case({"causes": [{"cause": "delay"}], "cases": [{"ethnicity": "Sri Lankan Tamil"}]})
    assert run_night(rows, only=True, codes={}).of("R07") == [("causes", "C1|1|1", "cause")]
    assert run_night(rows, only=True, codes={}).of("E01") == [("cases", "C1", "ethnicity")]
    by_group = {"causes": {"delay": {}}, "ethnicities": {"Sri Lankan Tamil": {"group": "asian"}}}
    assert run_night(rows, only=True, codes=by_group).failures == []
