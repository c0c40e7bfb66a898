"""What is wrong with source.yml itself is said with the key and what could have been meant."""

import pytest

from redress.contract.mapping.checking import check_definition
from redress.contract.mapping.definition import ContractFeed
from redress.councils import Code, Codes
from redress.errors import RedressError
from tests.redress.contract.mapping.mapping import feed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case: {}", r"feeds\.complaints\.entities\.case: there is no entity 'case'; did you mean cases"),
        (
            "cases: {columns: {recieved_date: Received}}",
            r"entities\.cases\.columns\.recieved_date: cases has no column .*did you mean received_date",
        ),
        (
            "stages: {rows: [{columns: {stage: S}}, {columns: {stge: S}}]}",
            r"entities\.stages\.rows\[2\]\.columns\.stge: stages has no column 'stge'; did you mean stage",
        ),
        ("people: {columns: {status: S}}", r"people has no column 'status'"),
        (
            "stages: {rows: [{columns: {stage: {constant: '1'}}}]}",
            r"entities\.stages\.rows\[1\]: nothing says when the row is there",
        ),
        ("stages: {rows: [{columns: {}}]}", r"rows\[1\]: nothing says"),
        (
            "stages: {columns: {stage: {expression: 'eval(1)'}}}",
            r"entities\.stages\.columns\.stage\.expression: at character 1 stands a call of eval",
        ),
        (
            "stages: {columns: {outcome: {column: O, values: {Partly: partly_upheld}}}}",
            r"columns\.outcome\.values: outcome cannot be 'partly_upheld'; it is one of upheld, partially_upheld",
        ),
        ("stages: {columns: {stage: {constant: '4'}}}", r"columns\.stage\.constant: stage cannot be '4'"),
        (
            "ombudsman: {columns: {remedies: {column: R, values: {Both: apology;money}}}}",
            r"columns\.remedies\.values: remedies cannot be 'money'",
        ),
        (
            "cases: {columns: {gender: {column: G, values: {m: male, 'M ': other}}}}",
            r"columns\.gender\.values: 'M ' is there twice with different meanings",
        ),
        ('cases: {columns: {gender: {column: G, values: {"m\\0": male}}}}', "zero byte"),
        (
            "stages: {rows: [{columns: {stage: S}, when: {expression: Kind}}]}",
            r"entities\.stages\.rows\[1\]\.when\.expression: at character 1 stands a text or number where a condition",
        ),
        (
            "stages: {columns: {stage: {expression: \"coalesc(A, 'b')\"}}}",
            r"at character 1 stands a call of coalesc \(did you mean coalesce\?\)",
        ),
        (
            "stages: {columns: {stage: {expression: \"'1' if Team = '=' else '2'\"}}}",
            r"the expression cannot be read.*: write == to compare; allowed are",
        ),
        (
            "stages: {columns: {stage: {expression: \"'1' if blank(Team = 'b') else '2'\"}}}",
            r"at character 8 stands a call of blank with a single = \(write == to compare\)",
        ),
    ],
)
def test_what_cannot_work_is_said_with_its_key(text: str, said: str) -> None:
    with pytest.raises(RedressError, match=said) as refused:
        check_definition(feed(text), Codes())
    assert "\n" not in str(refused.value)


def test_a_text_with_an_equals_sign_is_no_comparison() -> None:
    with pytest.raises(RedressError, match="cannot be read") as refused:
        check_definition(feed("stages: {columns: {stage: {expression: \"concat('a=b'\"}}}"), Codes())
    assert "to compare;" not in str(refused.value)


def test_what_can_work_is_left_alone() -> None:
    text = """
        cases:
          columns:
            gender: {column: G, values: {m: Male, ' M': Male, '': '', F: Female}}
            cause: {column: C}
        causes:
          columns: {cause: {column: C, values: {Money: UNDECLARED, '': Delay}}, stage: {constant: "0"}}
          rows: [{columns: {element: {constant: "1"}}, when: Cause 1}, {columns: {cause: Cause 2}}]
        ombudsman: {columns: {remedies: {column: R, values: {Both: Apology; training}}}}
    """.replace("            cause: {column: C}\n", "")
    check_definition(feed(text), Codes(causes={"DELAY": Code(label="Delay")}))


def test_a_table_in_contract_form_must_be_of_an_entity() -> None:
    with pytest.raises(RedressError, match="there is no entity 'stage'; did you mean stages"):
        check_definition(ContractFeed.model_validate({"name": "stage", "entities": {"stage": {}}}), Codes())
