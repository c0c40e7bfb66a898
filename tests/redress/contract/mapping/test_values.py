"""Values, lists, yes and no, numbers: what councils say, and what the contract calls it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.contract.mapping import folding
from redress.contract.mapping.counting import LONG_TEXT, unmapped
from redress.councils import Code, Codes
from tests.redress.contract.mapping.mapping import batch, cells, mapper

CODES = Codes(
    causes={"CAU_COMMS": Code(label="Poor communication"), "CAU_DELAY": Code(label="Delay")},
    ethnicities={"Sri Lankan Tamil": Code(maps_to="AOTH"), "OTH_A": Code(label="Other"), "OTH_B": Code(label="Other")},
    disabilities={"Autism": Code(label="Autism spectrum", maps_to="AUT")},
    services={"CIN-1": Code(label="Children’s First Response"), "0012": Code(label="Leaving Care")},
    tags={"covid19": Code(label="Affected by the pandemic")},
    age_bands={"0-4": Code(), "5-9": Code(label="Five to nine")},
)

PARTLY = "{column: X, values: {Part upheld: partially_upheld, Partly: partially_upheld, 'N/A': ''}}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Part upheld", "partially_upheld"),
        ("PARTLY ", "partially_upheld"),
        ("part\u00a0 upheld", "partially_upheld"),
        ("Partially", "Partially"),
        ("Partially Upheld", "partially_upheld"),
        ("partially-upheld", "partially_upheld"),
        ("Not upheld", "not_upheld"),
        ("n/a", None),
        ("Part-upheld", "Part-upheld"),
        ("", None),
        ("  \u00a0", None),
        (None, None),
    ],
)
def test_an_outcome_is_found_by_the_map_then_by_the_contracts_list(con: Any, text: str | None, value: str) -> None:
    assert cells(con, "outcome", [text], entity="stages", rule=PARTLY) == [value]


def test_an_empty_key_stands_for_a_blank_cell(con: Any) -> None:
    rule = "{column: X, values: {'': Prefer not to say, Refused: prefer_not_to_say}}"
    texts = ["", None, " \u00a0 ", "refused", "Heterosexual"]
    blank = "prefer_not_to_say"
    assert cells(con, "sexual_orientation", texts, rule=rule) == [blank, blank, blank, blank, "heterosexual"]


def test_what_the_map_makes_blank_does_not_become_what_a_blank_becomes(con: Any) -> None:
    rule = "{column: X, values: {'': unknown, '-': ''}}"
    assert cells(con, "gender", ["-", ""], rule=rule) == [None, "unknown"]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("contact_method", "E-mail", "email"),
        ("contact_method", "Web Form", "web_form"),
        ("contact_method", "Carrier pigeon", "Carrier pigeon"),
        ("complainant_type", "Child/Young person", "Child/Young person"),
        ("complainant_type", "child or young  person", "child_or_young_person"),
        ("gender", "FEMALE", "female"),
        ("ethnicity", "sri  lankan TAMIL", "Sri Lankan Tamil"),
        ("ethnicity", "wbri", "WBRI"),
        ("ethnicity", "Other", "other"),
        ("ethnicity", "OTH_A", "OTH_A"),
        ("service_code", "children's first response", "CIN-1"),
        ("service_code", "cin 1", "CIN-1"),
        ("service_code", "0012", "0012"),
        ("service_code", "12", "12"),
        ("age_band", "0 - 4", "0-4"),
        ("age_band", "5–9", "5-9"),
        ("age_band", "five to nine", "5-9"),
        ("age_band", "59", "59"),
        ("tags", "Affected by the pandemic;Local", "covid19;Local"),
        ("case_ref", " 000123 ", "000123"),
    ],
)
def test_lists_are_matched_loosely_and_the_rest_goes_in_as_it_came(
    con: Any, column: str, text: str, value: str
) -> None:
    assert cells(con, column, [text], codes=CODES) == [value]


def test_a_label_of_two_codes_stands_for_neither(con: Any) -> None:
    causes = {"A": Code(label="Money"), "B": Code(label=" money "), "C": Code(label="Contact")}
    found = cells(con, "cause", ["Money", "contact", "b"], entity="causes", codes=Codes(causes=causes))
    assert found == ["Money", "C", "B"]


def test_a_code_goes_before_a_label_that_reads_the_same(con: Any) -> None:
    causes = {"DELAY": Code(label="Contact"), "CONTACT": Code(label="Delay")}
    assert cells(con, "cause", ["delay", "Contact"], entity="causes", codes=Codes(causes=causes)) == [
        "DELAY",
        "CONTACT",
    ]


def test_codes_that_differ_in_case_only_are_told_apart_exactly_or_not_at_all(con: Any) -> None:
    causes = {"Contact": Code(), "CONTACT": Code(), "OTHER": Code(label="contact")}
    texts = ["Contact", "CONTACT", "contact"]
    assert cells(con, "cause", texts, entity="causes", codes=Codes(causes=causes)) == texts


def test_a_code_of_the_councils_goes_before_a_standard_one_that_is_not_spelled_out(con: Any) -> None:
    codes = Codes(ethnicities={"White": Code(maps_to="white")})
    assert cells(con, "ethnicity", ["White", "white", "WHITE"], codes=codes) == ["White", "white", "White"]


def test_the_result_of_a_map_is_itself_matched(con: Any) -> None:
    rule = "{column: X, values: {Comms: poor communication}}"
    assert cells(con, "cause", ["COMMS"], entity="causes", rule=rule, codes=CODES) == ["CAU_COMMS"]


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        ("X", "AUT; ld ;;VIS", "AUT;LD;VIS"),
        ("X", "autism spectrum", "Autism"),
        ("X", "Autism, LD", "Autism, LD"),
        ("{column: X, separator: ','}", "autism, ld, Wheelchair user", "Autism;LD;Wheelchair user"),
        ("{column: X, separator: '|'}", "AUT|LD;VIS", "AUT;LD;VIS"),
        ('{column: X, separator: "\\n"}', "AUT\r\nLD", "AUT;LD"),
        ("{column: X, values: {None known: NONE, Unclear: ''}}", "none  KNOWN", "NONE"),
        ("{column: X, values: {Unclear: ''}}", "Unclear; AUT", "AUT"),
        ("{column: X, values: {Unclear: ''}}", "Unclear", None),
        ("{column: X, values: {Both: LD; aut}}", "both", "LD;AUT"),
        ("{column: X, values: {'Sight; hearing': VIS;HEAR}}", "sight; hearing", "VIS;HEAR"),
        ("X", " ; ", None),
    ],
)
def test_each_value_of_a_list_is_matched_by_itself(con: Any, rule: str, text: str, value: str | None) -> None:
    assert cells(con, "disabilities", [text], rule=rule, codes=CODES) == [value]


def test_yes_and_no(con: Any) -> None:
    texts = ["Yes", "y", "TRUE", "1", "No", "N", "false", "0", "not asked", "2"]
    assert cells(con, "joint_nhs", texts) == [*["true"] * 4, *["false"] * 4, "not asked", "2"]
    assert cells(con, "joint_nhs", ["x", ""], rule="{column: X, values: {X: yes, '': 'No'}}") == ["true", "false"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("£1,250.00", "1250.00"),
        ("-£1,250", "-1250"),
        ("£-5", "-5"),
        ("£ 12.5", "12.5"),
        ("1250", "1250"),
        ("3.0", "3.0"),
        ("1,25", "1,25"),
        ("12,34,567", "12,34,567"),
        ("(1,250.00)", "(1,250.00)"),
        ("1.2.3", "1.2.3"),
        ("--5", "--5"),
        ("€5", "€5"),
        ("1e3", "1e3"),
    ],
)
def test_pounds_lose_sign_and_separators(con: Any, text: str, number: str) -> None:
    assert cells(con, "amount", [text], entity="payments") == [number]


def test_whole_numbers_lose_a_decimal_point_that_says_nothing(con: Any) -> None:
    assert cells(con, "stage", ["3.0", "2.00", "1", "1.5", "Stage 2", "-1"], entity="stages") == (
        ["3", "2", "1", "1.5", "Stage 2", "-1"]
    )


def test_text_is_only_trimmed(con: Any) -> None:
    texts = ["000123", "1.0", " £1,250 ", "01/04/2018", "\ufeffA  B\u200b", "yes"]
    assert cells(con, "person_ref", texts) == ["000123", "1.0", "£1,250", "01/04/2018", "A  B", "yes"]


def test_values_that_no_list_knows_are_counted(con: Any) -> None:
    rows: list[dict[str, str | None]] = [
        {"Outcome": "Upheld", "Cause": "x", "Ref": "P1", "Needs": "AUT; Wheelchair"},
        {"Outcome": "Partly", "Cause": "x", "Ref": "P2", "Needs": "wheelchair;Wheelchair"},
        {"Outcome": "partly", "Cause": None, "Ref": "P3", "Needs": "LD"},
        {"Outcome": "partly", "Cause": "x", "Ref": "P4", "Needs": "a" * 61},
        {"Outcome": "partly", "Cause": "x", "Ref": "P5", "Needs": "b" * 61},
    ]
    text = """
        stages: {columns: {outcome: Outcome, case_ref: Ref}}
        people: {columns: {person_ref: Ref, disabilities: Needs, ethnicity: Cause}}
    """
    made = mapper(text, ["Outcome", "Cause", "Ref", "Needs"], CODES)
    tables = made.map(con, batch(rows))
    stages, people = (unmapped(con, made, entity, tables[entity]) for entity in ("stages", "people"))
    assert stages == {"outcome": {"partly": 3, "Partly": 1}}
    assert people == {"disabilities": {LONG_TEXT: 2, "Wheelchair": 2, "wheelchair": 1}, "ethnicity": {"x": 4}}
    assert list(stages["outcome"]) == ["partly", "Partly"]


ODD_TEXT = st.text(st.sampled_from("aAbBİßΣς éÉ'’‘-–_/;,£$0123\t\n\r\v\u00a0\u200b\u2028\u3000\ufeff\"\\%()[]{}.*"))


@given(text=st.one_of(ODD_TEXT, st.text()))
def test_folding_is_idempotent(text: str) -> None:
    for fold in (folding.trimmed, folding.spaced, folding.folded):
        assert fold(fold(text)) == fold(text)


@settings(max_examples=30)
@given(texts=st.lists(ODD_TEXT, min_size=1, max_size=50))
def test_folding_is_the_same_in_sql(con: Any, texts: list[str]) -> None:
    con.register("texts", batch([{"X": text} for text in texts]))
    found = con.sql(
        f"select {folding.trimmed_sql('X')}, {folding.spaced_sql('X')}, {folding.folded_sql('X')} "
        "from texts order by source_row"
    ).fetchall()
    con.unregister("texts")
    assert found == [(folding.trimmed(text) or None, folding.spaced(text), folding.folded(text)) for text in texts]


TYPED = {
    "status": "cases",
    "service_code": "cases",
    "joint_nhs": "cases",
    "received_date": "cases",
    "updated_at": "cases",
    "stage": "stages",
    "amount": "payments",
}
MARKED = st.lists(ODD_TEXT.map(lambda text: text + "¬" + text), min_size=1, max_size=30)


@settings(max_examples=15)
@given(texts=MARKED)
@pytest.mark.parametrize("column", TYPED)
def test_what_is_not_matched_comes_out_trimmed_and_otherwise_as_it_was(con: Any, column: str, texts: list[str]) -> None:
    found = cells(con, column, [*texts, None], entity=TYPED[column], codes=CODES)
    assert found == [*(folding.trimmed(text) for text in texts), None]
