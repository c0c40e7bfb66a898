"""Exports with stages, causes or payments side by side."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.contract.mapping.folding import trimmed
from redress.errors import RedressError
from tests.redress.contract.mapping.mapping import batch, mapped, mapper

STAGES = """
    stages:
      columns: {case_ref: Ref}
      rows:
        - columns:
            stage: {constant: "1"}
            requested_date: stage1_received
            responded_date: stage1_response
            outcome: {column: stage1_outcome, values: {Part upheld: partially_upheld}}
        - columns: {stage: {constant: "2"}, requested_date: stage2_received, panel_date: stage2_panel}
          when: [stage2_received, stage2_panel]
"""
HEADER = ["Ref", "stage1_received", "stage1_response", "stage1_outcome", "stage2_received", "stage2_panel"]


def wide(*cells: str | None) -> dict[str, str | None]:
    return dict(zip(HEADER, cells, strict=True))


def test_each_stage_beside_another_becomes_a_row_of_its_own(con: Any) -> None:
    found = mapped(
        con,
        STAGES,
        wide("A1", "01/04/2018", "12/04/2018", "Part upheld", "20/04/2018", None),
        wide("A2", "02/04/2018", None, None, None, None),
        wide("A3", None, None, None, "03/04/2018", None),
        wide("A4", " ", "", None, "\u00a0", None),
        wide(None, None, None, "Upheld", None, "soon"),
    )["stages"]
    assert [
        (row["source_row"], row["case_ref"], row["stage"], row["requested_date"], row["outcome"], row["panel_date"])
        for row in found
    ] == [
        (2, "A1", "1", "2018-04-01", "partially_upheld", None),
        (2, "A1", "2", "2018-04-20", None, None),
        (3, "A2", "1", "2018-04-02", None, None),
        (4, "A3", "2", "2018-04-03", None, None),
        (6, None, "1", None, "upheld", None),
        (6, None, "2", None, None, "soon"),
    ]


def test_a_row_may_say_otherwise_than_all_rows(con: Any) -> None:
    text = """
        payments:
          columns: {case_ref: Ref, payment_type: {constant: redress}, amount: Redress}
          rows:
            - {columns: {payment_ref: {expression: "concat(Ref, '-R')"}, agreed_date: Agreed}, when: Redress}
            - {columns: {payment_type: {constant: advocacy}, amount: Advocate}}
    """
    found = mapped(con, text, {"Ref": "A1", "Redress": "£50", "Advocate": "20", "Agreed": None})["payments"]
    assert [(row["payment_type"], row["amount"], row["payment_ref"]) for row in found] == [
        ("redress", "50", "A1-R"),
        ("advocacy", "20", None),
    ]


def test_a_required_column_that_one_of_the_rows_lacks_is_missing() -> None:
    made = mapper(STAGES, [name for name in HEADER if name != "stage2_received"])
    assert made.missing == {"stages": ("requested_date",)}
    assert made.not_found == {"stages": {"requested_date": ("stage2_received",)}}
    assert mapper(STAGES, HEADER).missing == {"stages": ()}


def test_columns_that_decide_whether_a_row_is_there_are_used() -> None:
    text = "stages: {rows: [{columns: {stage: {constant: '1'}}, when: [Asked for, Chased]}]}"
    assert mapper(text, ["asked  FOR", "Colour"]).unused == ("Colour",)


def test_when_must_name_a_column_that_is_there() -> None:
    text = "stages: {rows: [{columns: {stage: Stage}, when: Recieved}]}"
    with pytest.raises(RedressError, match=r"entities\.stages\.rows\[1\]\.when.*'Recieved'.*'Received'"):
        mapper(text, ["Stage", "Received"])


COMPLIMENTS = """
    stages:
      columns: {case_ref: Ref}
      rows:
        - columns: {stage: {constant: "1"}, requested_date: Received}
          when: {expression: "column['Complaint Type'] != 'Compliment' and not blank(Received)"}
"""


def test_a_row_is_there_when_its_expression_is_true(con: Any) -> None:
    log = [
        {"Ref": "A1", "Complaint Type": "Complaint", "Received": "01/04/2018"},
        {"Ref": "A2", "Complaint Type": "compliment ", "Received": "02/04/2018"},
        {"Ref": "A3", "Complaint Type": None, "Received": "03/04/2018"},
        {"Ref": "A4", "Complaint Type": "Complaint", "Received": " "},
    ]
    found = mapped(con, COMPLIMENTS, *log)["stages"]
    assert [(row["case_ref"], row["requested_date"]) for row in found] == [("A1", "2018-04-01"), ("A3", "2018-04-03")]


def test_dates_are_compared_in_a_condition_by_the_forms_of_the_feed(con: Any) -> None:
    text = COMPLIMENTS.replace(
        "column['Complaint Type'] != 'Compliment' and not", "date(Received) < '2018-04-02' and not"
    )
    found = mapped(con, text, {"Ref": "A1", "Received": "01/04/2018"}, {"Ref": "A2", "Received": "02/04/2018"})
    assert [row["case_ref"] for row in found["stages"]] == ["A1"]


def test_columns_of_a_condition_are_used_and_must_be_there() -> None:
    assert mapper(COMPLIMENTS, ["Ref", "Received", "complaint  TYPE", "Colour"]).unused == ("Colour",)
    with pytest.raises(RedressError, match=r"rows\[1\]\.when\.expression: the source has no column 'Complaint Type'"):
        mapper(COMPLIMENTS, ["Ref", "Received"])


def test_cases_beside_their_stages_are_all_there(con: Any) -> None:
    found = mapped(con, "cases: {columns: {case_ref: Ref}}" + STAGES.replace("\n    ", "\n"), wide("A1", *[None] * 5))
    assert [row["case_ref"] for row in found["cases"]] == ["A1"]
    assert found["stages"] == []


@settings(max_examples=25)
@given(
    rows=st.lists(
        st.lists(st.sampled_from([None, "", " ", "\u00a0", "x", "01/04/2018"]), min_size=6, max_size=6),
        min_size=1,
        max_size=30,
    )
)
def test_no_stage_is_lost_and_none_is_made_up(con: Any, rows: list[list[str | None]]) -> None:
    found = mapper(STAGES, HEADER).map(con, batch([wide(*row) for row in rows]))["stages"].to_pylist()
    expected = [
        (number, stage)
        for number, row in enumerate(rows, start=2)
        for stage, asked in (("1", row[1:4]), ("2", row[4:6]))
        if any(trimmed(text or "") for text in asked)
    ]
    assert [(row["source_row"], row["stage"]) for row in found] == expected
