"""Faults in dates: rules D01 to D10. Each spoils a row so that its rule must find it, and no other."""

from redress.demo.faults.choosing import LAST_SAFE_DAY, last_stage_two, least_case, lone_stage_one
from redress.demo.faults.drop import Drop, shift

AFTER_THE_EXTRACT = "2020-12-15"
STAGE_DATES = (
    "requested_date",
    "statement_agreed_date",
    "acknowledged_date",
    "extension_agreed_date",
    "investigation_report_date",
    "responded_date",
)


def answer_before_receipt(drop: Drop) -> None:
    """D01: answer before receipt."""
    stage = lone_stage_one(drop)
    stage["responded_date"] = shift(stage["requested_date"], -3)
    drop.expect("D01", "stages", stage, "responded_date", "answered three days before it was received")
    drop.expect_held_with_stage(stage)


def closed_before_receipt(drop: Drop) -> None:
    """D02: closed before receipt."""
    case = least_case(drop)
    case["closed_date"] = shift(case["received_date"], -5)
    drop.expect("D02", "cases", case, "closed_date", "closed five days before it was received")
    drop.expect_held_with_case(case)


def date_after_the_extract(drop: Drop) -> None:
    """D03: date after the extract."""
    action = drop.pick("actions", lambda row: bool(row["completed_date"]))
    action["completed_date"] = AFTER_THE_EXTRACT
    drop.expect("D03", "actions", action, "completed_date", "completed after the extract was taken")


def date_before_2000(drop: Drop) -> None:
    """D04: date before 2000."""
    action = drop.pick("actions", lambda row: bool(row["completed_date"]))
    action["completed_date"] = "1998-05-01"
    drop.expect("D04", "actions", action, "completed_date", "completed in 1998")


def acknowledged_after_the_answer(drop: Drop) -> None:
    """D05: acknowledged after the answer."""
    stage = lone_stage_one(drop)
    stage["acknowledged_date"] = shift(stage["responded_date"], 4)
    drop.expect("D05", "stages", stage, "acknowledged_date", "acknowledged four days after the answer")


def stage_before_its_case(drop: Drop) -> None:
    """D06: stage before its case."""
    stage = lone_stage_one(drop)
    stage["requested_date"] = shift(stage["requested_date"], -4)
    drop.expect("D06", "stages", stage, "requested_date", "begins four days before the case was received")
    drop.expect_held_with_stage(stage)


def stage_one_after_receipt(drop: Drop) -> None:
    """D07: stage one after receipt."""
    stage = lone_stage_one(
        drop, lambda row: row["requested_date"] < min(row["acknowledged_date"], row["responded_date"])
    )
    stage["requested_date"] = shift(stage["requested_date"], 1)
    drop.expect("D07", "stages", stage, "requested_date", "begins the day after the case was received")


def born_after_receipt(drop: Drop) -> None:
    """D08: born after receipt."""
    case = drop.pick("cases", lambda row: bool(row["date_of_birth"]) and row["received_date"] < LAST_SAFE_DAY)
    case["date_of_birth"] = shift(case["received_date"], 10)
    drop.expect("D08", "cases", case, "date_of_birth", "born ten days after receipt")


def thawed_before_frozen(drop: Drop) -> None:
    """D09: thawed before frozen."""
    freeze = drop.pick("freezes", lambda row: len(drop.of_case("freezes", row)) == 1)
    freeze["frozen_to"] = shift(freeze["frozen_from"], -2)
    drop.expect("D09", "freezes", freeze, "frozen_to", "the freeze ends before it begins")


def late_request(drop: Drop) -> None:
    """D10: late request."""
    stage = last_stage_two(drop)
    for column in STAGE_DATES:
        if stage[column]:
            stage[column] = shift(stage[column], 42)
    drop.expect("D10", "stages", stage, "requested_date", "asked for more than 20 working days after the answer")


KINDS = (
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
)
