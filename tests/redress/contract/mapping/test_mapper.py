"""Headers, constants, what is missing, and that every row that goes in comes out."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.contract.mapping.definition import contract_feed
from redress.contract.mapping.headers import Header, loosened
from redress.contract.mapping.mapper import Mapper
from redress.contract.mapping.people import PEOPLE
from redress.councils import Codes
from redress.errors import RejectedFile
from tests.redress.contract.mapping.mapping import FORMS, batch, mapped, mapper

STAGES = ("case_ref", "stage", "requested_date")


@pytest.mark.parametrize(
    "header",
    [
        "Date received",
        "DATE RECEIVED",
        " date  received ",
        "date_received",
        "Date\u00a0received",
        "Date received:",
        "Date\nReceived",
    ],
)
def test_a_header_is_found_however_it_is_written(header: str) -> None:
    assert Header("complaints", ["Ref", header]).find("Date received") == header


def test_names_are_tried_in_turn_the_exact_spelling_first() -> None:
    header = Header("complaints", ["date received", "Received", "DATE RECEIVED"])
    assert header.find("Received on", "received", "date received") == "Received"
    assert header.find("DATE RECEIVED") == "DATE RECEIVED"
    assert header.find("Closed") is None


def test_two_columns_that_answer_equally_to_a_name_are_refused() -> None:
    with pytest.raises(RejectedFile, match="'date received', 'DATE_RECEIVED'") as refused:
        mapper("cases: {columns: {received_date: Date received}}", ["date received", "DATE_RECEIVED"])
    assert "complaints" in str(refused.value)
    with pytest.raises(RejectedFile, match="'Status', 'status:'"):
        mapper("cases: {}", ["Status", "status:"])
    assert mapper("cases: {}", ["Status", "status"]).fed_from["cases"] == {"status": ("status",)}


def test_a_column_that_is_there_twice_is_refused_only_where_it_is_needed() -> None:
    with pytest.raises(RejectedFile, match=r"2 columns that could be 'Ref' \('Ref', 'Ref'\)"):
        mapper("cases: {columns: {case_ref: Ref}}", ["Ref", "Status", "Ref"])
    assert mapper("cases: {}", ["Ref", "Status", "Ref"]).unused == ("Ref", "Ref")


def test_columns_named_as_in_the_contract_need_no_entry(con: Any) -> None:
    row = {"Case Ref": "A1", "RECEIVED_DATE:": "1/4/2018", "Notes": "x", "Stage": "1"}
    found = mapped(con, "cases: {columns: {status: {constant: Open}}}", {**row})
    assert found == {"cases": [{"case_ref": "A1", "received_date": "2018-04-01", "status": "open", "source_row": 2}]}


def test_it_says_what_is_fed_from_where_what_is_missing_and_what_is_left_over() -> None:
    text = """
        cases:
          columns:
            case_ref: [Reference, Ref]
            record_type: {constant: complaint}
            status: {expression: "'concluded' if not blank(Closed) else State"}
            gender: Sex
        stages:
          columns: {case_ref: Ref, stage: {constant: "1"}}
    """
    made = mapper(text, ["Ref", "Closed", "State", "received date", "Colour"])
    assert made.fed_from == {
        "cases": {
            "case_ref": ("Ref",),
            "record_type": (),
            "received_date": ("received date",),
            "status": ("Closed", "State"),
        },
        "stages": {"case_ref": ("Ref",), "stage": ()},
    }
    assert made.missing == {"cases": (), "stages": ("requested_date",)}
    assert made.not_found == {"cases": {"gender": ("Sex",)}, "stages": {}}
    assert made.unused == ("Colour",)


def test_a_constant_is_brought_to_the_contract_as_a_cell_would_be(con: Any) -> None:
    text = """
        payments:
          columns:
            payment_ref: {constant: " 007 "}
            payment_type: {constant: Stage2 investigation}
            amount: {constant: "£1,000"}
            agreed_date: {constant: "2018-04-01", dates: [day_first]}
            ombudsman_recommended: {constant: "No"}
            paid_date: {constant: ""}
    """
    assert mapped(con, text, {"Ref": "x"})["payments"] == [
        {
            "payment_ref": "007",
            "payment_type": "stage2_investigation",
            "amount": "1000",
            "agreed_date": "2018-04-01",
            "paid_date": None,
            "ombudsman_recommended": "false",
            "source_row": 2,
        }
    ]


def test_a_constant_may_be_written_in_iso_whatever_the_source_writes(con: Any) -> None:
    text = """cases: {columns: {updated_at: {constant: "2018-07-05 10:30"}, closed_date: Closed}}"""
    row = mapped(con, text, {"Closed": "2018-07-05 10:30"}, dates=("day_first",))["cases"][0]
    assert (row["updated_at"], row["closed_date"]) == ("2018-07-05T09:30:00+00:00", "2018-07-05 10:30")


def test_a_table_in_contract_form_is_not_touched(con: Any) -> None:
    rows = batch([{"case_ref": " A1 ", "stage": "1.0", "Requested_Date": "x", "surname": "Testperson"}])
    made = Mapper(contract_feed("stages"), Codes(), ("day_first",), rows.column_names[:-1])
    assert made.map(con, rows)["stages"].to_pylist() == [{"case_ref": " A1 ", "stage": "1.0", "source_row": 2}]
    assert made.missing == {"stages": ("requested_date",)}
    assert made.fed_from == {"stages": {"case_ref": ("case_ref",), "stage": ("stage",)}}
    assert made.unused == ("Requested_Date", "surname")


def test_people_of_a_second_system_are_mapped_like_any_entity(con: Any) -> None:
    text = "people: {columns: {person_ref: Client, date_of_birth: DoB, gender: Sex}}"
    found = mapped(con, text, {"Client": "0042", "DoB": "03/02/2011", "Sex": "Male", "received_date": "x"})
    assert found["people"] == [{"person_ref": "0042", "date_of_birth": "2011-02-03", "gender": "male", "source_row": 2}]
    assert list(PEOPLE.columns) == [
        *("person_ref", "date_of_birth", "age_band", "gender", "ethnicity", "disabilities", "sexual_orientation")
    ]
    assert PEOPLE.required == ("person_ref",)


def test_one_table_may_feed_several_entities(con: Any) -> None:
    text = """
        cases: {columns: {case_ref: Ref, received_date: Received}}
        stages: {columns: {case_ref: Ref, stage: {constant: "1"}, requested_date: Received}}
    """
    found = mapped(con, text, {"Ref": "A1", "Received": "01/04/2018"})
    assert found["cases"] == [{"case_ref": "A1", "received_date": "2018-04-01", "source_row": 2}]
    assert found["stages"] == [{"case_ref": "A1", "stage": "1", "requested_date": "2018-04-01", "source_row": 2}]


def test_names_and_values_cannot_be_taken_for_those_of_the_query(con: Any) -> None:
    names = ['a"; drop table x; --', "source_row2", "select", "Ref'", "c0", "t0", "raw", "kept_0", "read_0", ""]
    text = """
        cases:
          columns:
            case_ref: "Ref'"
            status: {column: c0, values: {texts: open}}
            gender: {column: raw, values: {read_0: male}}
    """
    row = {**dict.fromkeys(names, "x"), "c0": "Texts", "raw": "read_0"}
    assert mapped(con, text, {**row})["cases"] == [
        {"case_ref": "x", "status": "open", "gender": "male", "source_row": 2}
    ]


def test_a_batch_without_rows_and_columns_without_values(con: Any) -> None:
    made = mapper("cases: {columns: {case_ref: Ref, status: State}}", ["Ref", "State"])
    rows = batch([{"Ref": "A1", "State": None}])
    nothing_said = rows.set_column(1, "State", pa.nulls(1))
    assert made.map(con, rows.slice(0, 0))["cases"].num_rows == 0
    assert made.map(con, nothing_said)["cases"].to_pylist() == [{"case_ref": "A1", "status": None, "source_row": 2}]
    assert made.map(con, rows.slice(0, 0))["cases"].schema == made.map(con, rows)["cases"].schema


CELL = st.one_of(
    st.none(), st.sampled_from(["", " ", "A1", "01/04/2018", "31/02/2018", "Upheld", "1"]), st.text(max_size=5)
)


@settings(max_examples=25)
@given(rows=st.lists(st.fixed_dictionaries({"Ref": CELL, "Received": CELL, "Outcome": CELL}), max_size=40))
def test_every_row_comes_out_once_and_in_order(con: Any, rows: list[dict[str, str | None]]) -> None:
    text = """
        stages: {columns: {case_ref: Ref, requested_date: Received, outcome: Outcome, stage: {constant: "1"}}}
        actions: {columns: {due_date: Received, service_code: {expression: "Outcome if blank(Ref) else Ref"}}}
    """
    made = mapper(text, ["Ref", "Received", "Outcome"], Codes(), FORMS)
    table = batch(rows or [{"Ref": None, "Received": None, "Outcome": None}]).slice(0, len(rows))
    for result in made.map(con, table).values():
        assert result["source_row"].to_pylist() == list(range(2, len(rows) + 2))


@given(name=st.text(max_size=12))
def test_a_loosened_header_stays_so(name: str) -> None:
    assert loosened(loosened(name)) == loosened(name)
