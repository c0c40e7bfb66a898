"""The kinds of fault: each spoils one row so that one rule of the contract must find it, and no other."""

from collections.abc import Callable

from redress.demo.faults import Drop, NothingLeft, Row, shift

AFTER_THE_EXTRACT = "2020-12-15"
LAST_SAFE_DAY = "2020-06-01"
BAD_DATES = ("31/02/2024", "05/06/24", "1900-01-00", "20224-03-01")
STAGE_DATES = (
    "requested_date",
    "statement_agreed_date",
    "acknowledged_date",
    "extension_agreed_date",
    "investigation_report_date",
    "responded_date",
)
DECIDED = ("upheld", "partially_upheld", "not_upheld")


def answer_before_receipt(drop: Drop) -> None:
    stage = _lone_stage_one(drop)
    stage["responded_date"] = shift(stage["requested_date"], -3)
    drop.expect("D01", "stages", stage, "responded_date", "answered three days before it was received")
    drop.expect_held_with_stage(stage)


def closed_before_receipt(drop: Drop) -> None:
    case = _least_case(drop)
    case["closed_date"] = shift(case["received_date"], -5)
    drop.expect("D02", "cases", case, "closed_date", "closed five days before it was received")
    drop.expect_held_with_case(case)


def date_after_the_extract(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: bool(row["completed_date"]))
    action["completed_date"] = AFTER_THE_EXTRACT
    drop.expect("D03", "actions", action, "completed_date", "completed after the extract was taken")


def date_before_2000(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: bool(row["completed_date"]))
    action["completed_date"] = "1998-05-01"
    drop.expect("D04", "actions", action, "completed_date", "completed in 1998")


def acknowledged_after_the_answer(drop: Drop) -> None:
    stage = _lone_stage_one(drop)
    stage["acknowledged_date"] = shift(stage["responded_date"], 4)
    drop.expect("D05", "stages", stage, "acknowledged_date", "acknowledged four days after the answer")


def stage_before_its_case(drop: Drop) -> None:
    stage = _lone_stage_one(drop)
    stage["requested_date"] = shift(stage["requested_date"], -4)
    drop.expect("D06", "stages", stage, "requested_date", "begins four days before the case was received")
    drop.expect_held_with_stage(stage)


def stage_one_after_receipt(drop: Drop) -> None:
    stage = _lone_stage_one(
        drop, lambda row: row["requested_date"] < min(row["acknowledged_date"], row["responded_date"])
    )
    stage["requested_date"] = shift(stage["requested_date"], 1)
    drop.expect("D07", "stages", stage, "requested_date", "begins the day after the case was received")


def born_after_receipt(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: bool(row["date_of_birth"]) and row["received_date"] < LAST_SAFE_DAY)
    case["date_of_birth"] = shift(case["received_date"], 10)
    drop.expect("D08", "cases", case, "date_of_birth", "born ten days after receipt")


def thawed_before_frozen(drop: Drop) -> None:
    freeze = drop.pick("freezes", lambda row: len(drop.of_case("freezes", row)) == 1)
    freeze["frozen_to"] = shift(freeze["frozen_from"], -2)
    drop.expect("D09", "freezes", freeze, "frozen_to", "the freeze ends before it begins")


def late_request(drop: Drop) -> None:
    stage = _last_stage_two(drop)
    for column in STAGE_DATES:
        if stage[column]:
            stage[column] = shift(stage[column], 42)
    drop.expect("D10", "stages", stage, "requested_date", "asked for more than 20 working days after the answer")


def stage_of_no_complaint(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: not _is_complaint(row) and row["received_date"] < LAST_SAFE_DAY)
    stage = {"case_ref": case["case_ref"], "stage": "1", "requested_date": case["received_date"]}
    stage |= {"responded_date": shift(case["received_date"], 10), "outcome": "not_upheld"}
    drop.expect("S01", "stages", drop.add("stages", stage), "case_ref", "a stage of what is not a complaint")


def stage_three_without_two(drop: Drop) -> None:
    days = sorted(row["received_date"] for row in drop.rows["cases"])
    later_half = days[len(days) // 2]  # well after records_begin, before which the rule says nothing
    first = _lone_stage_one(drop, lambda row: row["requested_date"] >= later_half)
    stage = {"case_ref": first["case_ref"], "stage": "3", "requested_date": shift(first["responded_date"], 7)}
    stage |= {"responded_date": shift(first["responded_date"], 50), "outcome": "not_upheld"}
    drop.expect("S02", "stages", drop.add("stages", stage), "stage", "stage 3 without stage 2")


def asked_before_the_answer(drop: Drop) -> None:
    stage = _last_stage_two(drop)
    first = next(row for row in drop.of_case("stages", stage) if row["stage"] == "1")
    stage["requested_date"] = max(shift(first["responded_date"], -3), first["requested_date"])
    drop.expect("S03", "stages", stage, "requested_date", "stage 2 asked for before stage 1 was answered")
    drop.expect_held_with_stage(stage)


def outcome_without_an_answer(drop: Drop) -> None:
    stage = drop.pick("stages", lambda row: row["outcome"] == "withdrawn")
    stage["outcome"] = "not_upheld"
    drop.expect("S04", "stages", stage, "responded_date", "an outcome, but no answer")
    drop.expect_held_with_stage(stage)


def complaint_without_a_stage(drop: Drop) -> None:
    stage = _lone_stage_one(drop)
    drop.rows["stages"].remove(stage)
    for cause in drop.of_case("causes", stage):
        drop.rows["causes"].remove(cause)
    drop.expect("S05", "cases", drop.case(stage), "status", "a concluded complaint without a stage")


def concluded_but_not_closed(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: _is_complaint(row) and row["status"] == "concluded")
    case["closed_date"] = ""
    drop.expect("S06", "cases", case, "closed_date", "concluded without a closing date")


def report_at_stage_one(drop: Drop) -> None:
    stage = _lone_stage_one(drop)
    stage["investigation_report_date"] = stage["responded_date"]
    drop.expect("S07", "stages", stage, "investigation_report_date", "an investigation report at stage 1")


def refused_without_a_reason(drop: Drop) -> None:
    case = drop.pick(
        "cases",
        lambda row: (
            row["status"] in ("not_accepted", "withdrawn")
            and _is_recorded(row)
            and not any(stage["responded_date"] for stage in drop.of_case("stages", row))
        ),
    )
    case |= {"status": "not_accepted", "not_accepted_reason": ""}
    drop.expect("S08", "cases", case, "not_accepted_reason", "not accepted without a reason")


def two_main_causes(drop: Drop) -> None:
    cause = drop.pick("causes", lambda row: len(drop.of_case("causes", row)) == 1 and row["is_main"] == "true")
    second = drop.add("causes", cause | {"element": "2"})
    for row in (cause, second):
        drop.expect("S09", "causes", row, "is_main", "two main causes of one stage")


def answered_but_undecided(drop: Drop) -> None:
    stage = _lone_stage_one(drop)
    stage["outcome"] = ""
    drop.expect("S10", "stages", stage, "outcome", "answered without an outcome")


def ethnicity_not_declared(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: _is_complaint(row) and _is_recorded(row))
    case["ethnicity"] = "Not on any list"
    drop.expect("E01", "cases", case, "ethnicity", "an ethnicity the council has not declared")


def none_with_a_disability(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: _is_complaint(row) and row["disabilities"] == "NONE")
    case["disabilities"] = "NONE;LD"
    drop.expect("E02", "cases", case, "disabilities", "no disability and a learning disability")


def gender_not_recorded(drop: Drop) -> None:
    case = drop.pick(
        "cases",
        lambda row: row["record_type"] == "complaint" and bool(row["gender"]) and row["status"] != "not_accepted",
    )
    case["gender"] = ""
    drop.expect("E03", "cases", case, "gender", "gender not recorded")


def advocacy_not_recorded(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: row["complainant_type"] in ("child_or_young_person", "care_leaver"))
    case["advocate_supported"] = ""
    drop.expect("E04", "cases", case, "advocate_supported", "a young person's complaint, advocacy not recorded")


def two_versions_of_one_key(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: bool(row["completed_date"]))
    second = drop.add("actions", action | {"completed_date": ""})
    for row in (action, second):
        drop.expect("R01", "actions", row, "action_ref", "two different rows with one key")


def key_not_filled(drop: Drop) -> None:
    cause = drop.pick("causes", lambda row: len(drop.of_case("causes", row)) == 1)
    cause["element"] = ""
    drop.expect("R01", "causes", cause, "element", "a part of the key is empty")


def orphan(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: True)
    example = action["action_ref"]
    lost = action | {"action_ref": drop.new_reference(example), "case_ref": drop.new_reference(action["case_ref"])}
    drop.expect("R02", "actions", drop.add("actions", lost), "case_ref", "an action of a case there is not")


def service_not_known(drop: Drop) -> None:
    case = drop.pick("cases", lambda row: bool(row["service_code"]))
    case["service_code"] = "NO_SUCH_TEAM"
    drop.expect("R03", "cases", case, "service_code", "a service that is not in the structure")


def date_not_readable(drop: Drop) -> None:
    case = _least_case(drop)
    case["received_date"] = drop.rng.choice(BAD_DATES)
    drop.expect("R04", "cases", case, "received_date", f"a date that cannot be read: {case['received_date']}")
    drop.expect_held_with_case(case)


def completion_not_readable(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: True)
    action["completed_date"] = drop.rng.choice(BAD_DATES)
    drop.expect("R04", "actions", action, "completed_date", f"a date that cannot be read: {action['completed_date']}")


def required_but_empty(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: True)
    action["agreed_date"] = ""
    drop.expect("R04", "actions", action, "agreed_date", "a required date is empty")


def value_not_in_the_list(drop: Drop) -> None:
    action = drop.pick("actions", lambda row: True)
    action["scope"] = "Individual Remedy"
    drop.expect("R04", "actions", action, "scope", "a value in other words than the contract's")


def decision_without_a_date(drop: Drop) -> None:
    row = drop.pick("ombudsman", lambda row: bool(row["decision"]))
    row["decided_date"] = ""
    drop.expect("R05", "ombudsman", row, "decided_date", "a decision without its date")


def decided_before_receipt(drop: Drop) -> None:
    row = drop.pick("ombudsman", lambda row: bool(row["decision"]))
    row["decided_date"] = shift(row["received_date"], -8)
    drop.expect("R05", "ombudsman", row, "decided_date", "decided eight days before receipt")


def amount_not_possible(drop: Drop) -> None:
    payment = drop.pick("payments", lambda row: True)
    payment["amount"] = drop.rng.choice(("-50.00", "12.345"))
    drop.expect("R06", "payments", payment, "amount", f"an amount of {payment['amount']}")


def cause_not_declared(drop: Drop) -> None:
    cause = drop.pick("causes", lambda row: True)
    cause["cause"] = "NOT_DECLARED"
    drop.expect("R07", "causes", cause, "cause", "a cause the council has not declared")


def _is_complaint(case: Row) -> bool:
    return case["record_type"] in ("complaint", "corporate_complaint")


def _is_recorded(case: Row) -> bool:
    """Whether the case has no gap in its equalities that the clean drop reports already."""
    gaps = (case["gender"], case["ethnicity"], case["disabilities"], case["date_of_birth"] or case["age_band"])
    return all(gaps) and not case["ethnicity"].startswith("Prefer")


def _lone_stage_one(drop: Drop, condition: Callable[[Row], bool] = lambda row: True) -> Row:
    """An answered and decided stage 1 that nothing followed, of a case without a freeze."""
    return drop.pick(
        "stages",
        lambda row: (
            row["stage"] == "1"
            and row["outcome"] in DECIDED
            and row["requested_date"] < row["responded_date"] < LAST_SAFE_DAY
            and len(drop.of_case("stages", row)) == 1
            and not drop.of_case("freezes", row)
            and condition(row)
        ),
    )


def _last_stage_two(drop: Drop) -> Row:
    """An answered stage 2 of a statutory complaint, with its stage 1 and no stage 3, not marked as early."""

    def fits(row: Row) -> bool:
        stages = [other["stage"] for other in drop.of_case("stages", row)]
        case = drop.case(row)
        return (
            row["stage"] == "2"
            and bool(row["responded_date"])
            and stages == ["1", "2"]
            and case["record_type"] == "complaint"
            and not case["tags"]
            and case["received_date"] > drop.rows["cases"][0]["received_date"]
        )

    return drop.pick("stages", fits)


def _least_case(drop: Drop) -> Row:
    """A case that is no complaint where there is one, so that little hangs on it; else any complaint."""
    try:
        return drop.pick("cases", lambda row: not _is_complaint(row))
    except NothingLeft:
        return drop.pick("cases", lambda row: row["status"] == "concluded" and _is_recorded(row))


KINDS: tuple[Callable[[Drop], None], ...] = (
    answer_before_receipt,
    closed_before_receipt,
    date_after_the_extract,
    date_before_2000,
    acknowledged_after_the_answer,
    stage_before_its_case,
    stage_one_after_receipt,
    born_after_receipt,
    thawed_before_frozen,
    late_request,
    stage_of_no_complaint,
    stage_three_without_two,
    asked_before_the_answer,
    outcome_without_an_answer,
    complaint_without_a_stage,
    concluded_but_not_closed,
    report_at_stage_one,
    refused_without_a_reason,
    two_main_causes,
    answered_but_undecided,
    ethnicity_not_declared,
    none_with_a_disability,
    gender_not_recorded,
    advocacy_not_recorded,
    two_versions_of_one_key,
    key_not_filled,
    orphan,
    service_not_known,
    date_not_readable,
    completion_not_readable,
    required_but_empty,
    value_not_in_the_list,
    decision_without_a_date,
    decided_before_receipt,
    amount_not_possible,
    cause_not_declared,
)
