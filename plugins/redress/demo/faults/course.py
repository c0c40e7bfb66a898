"""Faults in the course of a complaint: rules S01 to S10. Each must be found by its rule, and by no other."""

from redress.demo.faults.choosing import LAST_SAFE_DAY, is_complaint, is_recorded, last_stage_two, lone_stage_one
from redress.demo.faults.drop import Drop, shift


def stage_of_no_complaint(drop: Drop) -> None:
    """S01: stage of no complaint."""
    case = drop.pick("cases", lambda row: not is_complaint(row) and row["received_date"] < LAST_SAFE_DAY)
    stage = {"case_ref": case["case_ref"], "stage": "1", "requested_date": case["received_date"]}
    stage |= {"responded_date": shift(case["received_date"], 10), "outcome": "not_upheld"}
    drop.expect("S01", "stages", drop.add("stages", stage), "case_ref", "a stage of what is not a complaint")


def stage_three_without_two(drop: Drop) -> None:
    """S02: stage three without two."""
    days = sorted(row["received_date"] for row in drop.rows["cases"])
    later_half = days[len(days) // 2]  # well after records_begin, before which the rule says nothing
    first = lone_stage_one(drop, lambda row: row["requested_date"] >= later_half)
    stage = {"case_ref": first["case_ref"], "stage": "3", "requested_date": shift(first["responded_date"], 7)}
    stage |= {"responded_date": shift(first["responded_date"], 50), "outcome": "not_upheld"}
    drop.expect("S02", "stages", drop.add("stages", stage), "stage", "stage 3 without stage 2")


def asked_before_the_answer(drop: Drop) -> None:
    """S03: asked before the answer."""
    stage = last_stage_two(drop)
    first = next(row for row in drop.of_case("stages", stage) if row["stage"] == "1")
    stage["requested_date"] = max(shift(first["responded_date"], -3), first["requested_date"])
    drop.expect("S03", "stages", stage, "requested_date", "stage 2 asked for before stage 1 was answered")
    drop.expect_held_with_stage(stage)


def outcome_without_an_answer(drop: Drop) -> None:
    """S04: outcome without an answer."""
    stage = drop.pick("stages", lambda row: row["outcome"] == "withdrawn")
    stage["outcome"] = "not_upheld"
    drop.expect("S04", "stages", stage, "responded_date", "an outcome, but no answer")
    drop.expect_held_with_stage(stage)


def complaint_without_a_stage(drop: Drop) -> None:
    """S05: complaint without a stage."""
    stage = lone_stage_one(drop)
    drop.rows["stages"].remove(stage)
    for cause in drop.of_case("causes", stage):
        drop.rows["causes"].remove(cause)
    drop.expect("S05", "cases", drop.case(stage), "status", "a concluded complaint without a stage")


def concluded_but_not_closed(drop: Drop) -> None:
    """S06: concluded but not closed."""
    case = drop.pick("cases", lambda row: is_complaint(row) and row["status"] == "concluded")
    case["closed_date"] = ""
    drop.expect("S06", "cases", case, "closed_date", "concluded without a closing date")


def report_at_stage_one(drop: Drop) -> None:
    """S07: report at stage one."""
    stage = lone_stage_one(drop)
    stage["investigation_report_date"] = stage["responded_date"]
    drop.expect("S07", "stages", stage, "investigation_report_date", "an investigation report at stage 1")


def refused_without_a_reason(drop: Drop) -> None:
    """S08: refused without a reason."""
    case = drop.pick(
        "cases",
        lambda row: (
            row["status"] in ("not_accepted", "withdrawn")
            and is_recorded(row)
            and not any(stage["responded_date"] for stage in drop.of_case("stages", row))
        ),
    )
    case |= {"status": "not_accepted", "not_accepted_reason": ""}
    drop.expect("S08", "cases", case, "not_accepted_reason", "not accepted without a reason")


def two_main_causes(drop: Drop) -> None:
    """S09: two main causes."""
    cause = drop.pick("causes", lambda row: len(drop.of_case("causes", row)) == 1 and row["is_main"] == "true")
    second = drop.add("causes", cause | {"element": "2"})
    for row in (cause, second):
        drop.expect("S09", "causes", row, "is_main", "two main causes of one stage")


def answered_but_undecided(drop: Drop) -> None:
    """S10: answered but undecided."""
    stage = lone_stage_one(drop)
    stage["outcome"] = ""
    drop.expect("S10", "stages", stage, "outcome", "answered without an outcome")


KINDS = (
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
)
