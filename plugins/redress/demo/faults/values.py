"""Faults in equalities, keys, references and values: rules E01 to E04 and R01 to R07."""

from redress.demo.faults.choosing import is_complaint, is_recorded, least_case
from redress.demo.faults.drop import Drop, shift

BAD_DATES = ("31/02/2024", "05/06/24", "1900-01-00", "20224-03-01")


def ethnicity_not_declared(drop: Drop) -> None:
    """E01: ethnicity not declared."""
    case = drop.pick("cases", lambda row: is_complaint(row) and is_recorded(row))
    case["ethnicity"] = "Not on any list"
    drop.expect("E01", "cases", case, "ethnicity", "an ethnicity the council has not declared")


def none_with_a_disability(drop: Drop) -> None:
    """E02: none with a disability."""
    case = drop.pick("cases", lambda row: is_complaint(row) and row["disabilities"] == "NONE")
    case["disabilities"] = "NONE;LD"
    drop.expect("E02", "cases", case, "disabilities", "no disability and a learning disability")


def gender_not_recorded(drop: Drop) -> None:
    """E03: gender not recorded."""
    case = drop.pick(
        "cases",
        lambda row: row["record_type"] == "complaint" and bool(row["gender"]) and row["status"] != "not_accepted",
    )
    case["gender"] = ""
    drop.expect("E03", "cases", case, "gender", "gender not recorded")


def advocacy_not_recorded(drop: Drop) -> None:
    """E04: advocacy not recorded."""
    case = drop.pick("cases", lambda row: row["complainant_type"] in ("child_or_young_person", "care_leaver"))
    case["advocate_supported"] = ""
    drop.expect("E04", "cases", case, "advocate_supported", "a young person's complaint, advocacy not recorded")


def two_versions_of_one_key(drop: Drop) -> None:
    """R01: two versions of one key."""
    action = drop.pick("actions", lambda row: bool(row["completed_date"]))
    second = drop.add("actions", action | {"completed_date": ""})
    for row in (action, second):
        drop.expect("R01", "actions", row, "action_ref", "two different rows with one key")


def key_not_filled(drop: Drop) -> None:
    """R01: key not filled."""
    cause = drop.pick("causes", lambda row: len(drop.of_case("causes", row)) == 1)
    cause["element"] = ""
    drop.expect("R01", "causes", cause, "element", "a part of the key is empty")


def orphan(drop: Drop) -> None:
    """R02: orphan."""
    action = drop.pick("actions", lambda row: True)
    example = action["action_ref"]
    lost = action | {"action_ref": drop.new_reference(example), "case_ref": drop.new_reference(action["case_ref"])}
    drop.expect("R02", "actions", drop.add("actions", lost), "case_ref", "an action of a case there is not")


def service_not_known(drop: Drop) -> None:
    """R03: service not known."""
    case = drop.pick("cases", lambda row: bool(row["service_code"]))
    case["service_code"] = "NO_SUCH_TEAM"
    drop.expect("R03", "cases", case, "service_code", "a service that is not in the structure")


def date_not_readable(drop: Drop) -> None:
    """R04: date not readable."""
    case = least_case(drop)
    case["received_date"] = drop.rng.choice(BAD_DATES)
    drop.expect("R04", "cases", case, "received_date", f"a date that cannot be read: {case['received_date']}")
    drop.expect_held_with_case(case)


def completion_not_readable(drop: Drop) -> None:
    """R04: completion not readable."""
    action = drop.pick("actions", lambda row: True)
    action["completed_date"] = drop.rng.choice(BAD_DATES)
    drop.expect("R04", "actions", action, "completed_date", f"a date that cannot be read: {action['completed_date']}")


def required_but_empty(drop: Drop) -> None:
    """R04: required but empty."""
    action = drop.pick("actions", lambda row: True)
    action["agreed_date"] = ""
    drop.expect("R04", "actions", action, "agreed_date", "a required date is empty")


def value_not_in_the_list(drop: Drop) -> None:
    """R04: value not in the list."""
    action = drop.pick("actions", lambda row: True)
    action["scope"] = "Individual Remedy"
    drop.expect("R04", "actions", action, "scope", "a value in other words than the contract's")


def decision_without_a_date(drop: Drop) -> None:
    """R05: decision without a date."""
    row = drop.pick("ombudsman", lambda row: bool(row["decision"]))
    row["decided_date"] = ""
    drop.expect("R05", "ombudsman", row, "decided_date", "a decision without its date")


def decided_before_receipt(drop: Drop) -> None:
    """R05: decided before receipt."""
    row = drop.pick("ombudsman", lambda row: bool(row["decision"]))
    row["decided_date"] = shift(row["received_date"], -8)
    drop.expect("R05", "ombudsman", row, "decided_date", "decided eight days before receipt")


def amount_not_possible(drop: Drop) -> None:
    """R06: amount not possible."""
    payment = drop.pick("payments", lambda row: True)
    payment["amount"] = drop.rng.choice(("-50.00", "12.345"))
    drop.expect("R06", "payments", payment, "amount", f"an amount of {payment['amount']}")


def cause_not_declared(drop: Drop) -> None:
    """R07: cause not declared."""
    cause = drop.pick("causes", lambda row: True)
    cause["cause"] = "NOT_DECLARED"
    drop.expect("R07", "causes", cause, "cause", "a cause the council has not declared")


KINDS = (
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
