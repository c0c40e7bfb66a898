"""What is said when the columns of a source are not those of its last extract."""

import pytest

from redress.landing.drift import Drift, drift_of, likely_rename


def columns(*names, **types):
    return dict.fromkeys(names) | types


def told(before, today, **others):
    return [drift.sentence for drift in drift_of(before, today, **others)]


def test_the_same_columns_in_another_order_are_no_drift():
    assert drift_of(columns("Ref", "Received", "Outcome"), columns("Outcome", "Ref", "Received")) == ()


def test_a_new_and_a_missing_column():
    before, today = columns("Ref", "Received", "Team"), columns("Ref", "Received", "Postcode area", "Risk")
    assert drift_of(before, today) == (
        Drift("missing", "Team"),
        Drift("new", "Postcode area"),
        Drift("new", "Risk"),
    )
    assert told(before, today) == ["'Team' is gone", "'Postcode area' is new", "'Risk' is new"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Date Received", "date_received"),
        ("DateReceived", "Date received"),
        ("Date recd", "Date received"),
        ("Ethnic origin", "Ethnicity"),
        ("Stage 2 response", "Stage 2 reply date"),
        ("Acknowledgement", "Acknowledgment"),
    ],
)
def test_a_renamed_column_is_one_drift_with_both_names(was, now):
    before, today = columns("Ref", was, "Team"), columns("Team", "Ref", now)
    assert drift_of(before, today) == (Drift("renamed", was, was, now),)
    assert told(before, today) == [f"{was!r} is gone, likely renamed to {now!r}"]


def test_a_stage_is_never_the_new_name_of_another():
    before, today = columns("Ref", "Stage 1 response", "Team"), columns("Team", "Ref", "Stage 2 response")
    assert [drift.kind for drift in drift_of(before, today)] == ["missing", "new"]


def test_one_odd_name_at_the_place_of_another_is_a_rename_if_its_type_is_not_another():
    before = {"Ref": "text", "Wxyz": "date", "Team": "text"}
    assert [drift.kind for drift in drift_of(before, {"Ref": "text", "Klmn": "date", "Team": "text"})] == ["renamed"]
    assert [drift.kind for drift in drift_of(before, {"Ref": "text", "Klmn": "int", "Team": "text"})] == [
        "missing",
        "new",
    ]


def test_two_candidates_go_to_the_likelier_of_two_columns():
    before, today = columns("Ref", "Response", "Requested"), columns("Ref", "Response date", "Request date")
    assert {(drift.was, drift.now) for drift in drift_of(before, today)} == {
        ("Response", "Response date"),
        ("Requested", "Request date"),
    }


def test_a_type_that_changed_where_both_are_known():
    before = {"ref": "VARCHAR(20)", "received": "DATE", "amount": None, "paid": "numeric(8, 2)"}
    today = {"ref": "varchar(50)", "received": "VARCHAR(10)", "amount": "int", "paid": "numeric(10, 2)"}
    assert drift_of(before, today) == (Drift("retyped", "received", "DATE", "VARCHAR(10)"),)
    assert told(before, today) == ["'received' was DATE and is VARCHAR(10)"]


def test_what_another_entity_is_fed_from_is_its_own_matter():
    before, today = columns("Ref", "Team", "Stage 2 response"), columns("Ref", "Team")
    assert drift_of(before, today, leave_out={"Stage 2 response"}) == ()


def test_a_record_in_the_place_of_the_header_is_never_named():
    before = columns("Ref", "Received", "Team", "Outcome")
    found = told(before, columns("C-1041", "Jane Example", "01/04/2018", "Upheld"))
    assert found == ["'Ref' is gone", "'Received' is gone", "'Team' is gone", "'Outcome' is gone"]
    assert likely_rename("received_date", ["C-1041", "Jane Example", "01/04/2018", "Upheld"], ["Received"]) is None


def test_a_missing_column_of_the_contract_is_found_under_its_other_names():
    candidates = ["Colour", "Dt Received", "Team"]
    assert likely_rename("received_date", candidates) == "Dt Received"
    assert likely_rename("received_date", ["Eingang am"], ["Eingang"]) == "Eingang am"
    assert likely_rename("received_date", ["Colour", "Team"]) is None
    assert likely_rename("received_date", []) is None


def test_a_long_name_is_shortened():
    sentence = Drift("new", "x" * 500).sentence
    assert len(sentence) < 80
