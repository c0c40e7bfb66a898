"""Expressions: what they give, and that nothing but the few things allowed gets through."""

from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.contract.mapping.expressions import DEEPEST, LONGEST, Expression
from redress.contract.mapping.folding import trimmed
from redress.errors import RedressError
from tests.redress.contract.mapping.mapping import mapped, mapper

ROW = {
    "Ref": "0012",
    "Status": " Closed ",
    "Closed": "1/4/2018",
    "Opened": "28/3/2018",
    "Stage": "2.0",
    "Amount": "1,250",
    "Empty": None,
    "Space": "\u00a0",
    "Date (final)": "2018-05-01T23:30:00Z",
}


def value(con: Any, *expressions: str) -> list[str | None]:
    """What expressions give, in a column of text."""
    columns = ["case_ref", "service_code", "person_ref"][: len(expressions)]
    rules = {name: {"expression": text} for name, text in zip(columns, expressions, strict=True)}
    row = mapped(con, {"cases": {"columns": rules}}, {**ROW})["cases"][0]
    return [row[name] for name in columns]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Ref", "0012"),
        ("ref", "0012"),
        ('column["Date (final)"]', "2018-05-01T23:30:00Z"),
        ("column['DATE  (FINAL):']", "2018-05-01T23:30:00Z"),
        ("'it''s'", "its"),
        ('"it\'s"', "it's"),
        ("12", "12"),
        ("-1.50", "-1.5"),
        ("coalesce(Empty, Space, Ref)", "0012"),
        ("coalesce(Empty, Space)", None),
        ("concat(Ref, '/', Empty, Stage)", "0012/2.0"),
        ("lower(Status)", "closed"),
        ("upper(Status)", "CLOSED"),
        ("trim(Status)", "Closed"),
        ("left(Ref, 2)", "00"),
        ("right(Ref, 2)", "12"),
        ("replace(Ref, '00', 'C-')", "C-12"),
        ("replace(Ref, '00', '')", "12"),
        ("replace(Ref, Empty, 'x')", "0012"),
        ("date(Closed)", "2018-04-01"),
        ('date(column["Date (final)"])', "2018-05-02"),
        ("date(coalesce(Empty, Closed))", "2018-04-01"),
        ("date(Status)", "Closed"),
        ("'a' if Status == 'CLOSED' else 'b'", "a"),
        ("'a' if Status != 'closed' else 'b'", "b"),
        ("'a' if Empty == '' and Space == '' else 'b'", "a"),
        ("'a' if Empty != 'x' else 'b'", "a"),
        ("'a' if blank(Empty) and blank(Space) and not blank(Ref) else 'b'", "a"),
        ("'a' if Status in ['Open', 'closed'] else 'b'", "a"),
        ("'a' if Status not in ('Open', 'closed') else 'b'", "b"),
        ("'a' if Empty in ['x'] or Status == 'Open' else 'b'", "b"),
        ("'a' if Stage == 2 else 'b'", "a"),
        ("'a' if Amount > 999 else 'b'", "a"),
        ("'a' if Ref < 13 and Ref >= 12 and Ref <= 12.0 else 'b'", "a"),
        ("'a' if Status < 5 or Empty < 5 or Empty >= 5 else 'b'", "b"),
        ("'a' if date(Closed) > date(Opened) else 'b'", "a"),
        ("'a' if date(Closed) >= '2018-04-01' else 'b'", "a"),
        ("'a' if Empty < 'x' or Empty > '' else 'b'", "b"),
        ("not blank(Closed)", "true"),
        ("True", "true"),
        ("'' if blank(Closed) else ''", None),
        ("'x' if blank(Ref) else Stage if Stage == 2 else 'y'", "2.0"),
    ],
)
def test_an_expression_gives(con: Any, expression: str, expected: str | None) -> None:
    assert value(con, expression) == [expected]


def test_what_an_expression_gives_is_brought_to_the_contract(con: Any) -> None:
    text = """
        cases:
          columns:
            status: {expression: "'Logged in error' if Ref == '0012' else Status"}
            closed_date: {expression: Closed}
            received_date: {expression: date(Opened), dates: [day_first]}
            joint_nhs: {expression: Stage == 2}
            own_complaint: {expression: "left(Status, 1)", values: {C: 'yes'}}
    """
    assert mapped(con, text, {**ROW})["cases"] == [
        {
            "received_date": "2018-03-28",
            "closed_date": "2018-04-01",
            "status": "logged_in_error",
            "own_complaint": "true",
            "joint_nhs": "true",
            "source_row": 2,
        }
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('x')",
        "Ref.__class__",
        "().__class__.__bases__",
        "open('x')",
        "eval('1')",
        "getenv('HOME')",
        "read_csv('x')",
        "lambda: 1",
        "[x for x in Ref]",
        "(x := 1)",
        "f'{Ref}'",
        "b'x'",
        "1j",
        "1e999",
        "None",
        "...",
        "Ref + Ref",
        "Ref * 1000000",
        "-Ref",
        "Ref[0]",
        "column[0]",
        "column[Ref]",
        "other['Ref']",
        "Ref is Ref",
        "1 < Stage < 3",
        "Status in Ref",
        "Status in [Ref]",
        "Status in []",
        "Status in 'Closed'",
        "'a' if Ref else 'b'",
        "Ref and Status",
        "not Ref",
        "lower()",
        "lower(Ref, Ref)",
        "lower(*Ref)",
        "lower(text=Ref)",
        "lower(Ref, text=Ref)",
        "-True",
        "left(Ref, Stage)",
        "left(Ref, -1)",
        "left(Ref, True)",
        "left(Ref, 100000000)",
        "concat",
        "date(coalesce(Empty, date(Closed)))",
        "concat(" + "date(Closed), " * 11 + "Ref)",
        "Ref; drop table x",
        "Ref)",
        "",
        "'a\\0b'",
        "'\\ud800'",
        "column['\\0']",
    ],
)
def test_everything_else_is_refused_with_a_sentence(expression: str) -> None:
    with pytest.raises(RedressError) as refused:
        mapper({"cases": {"columns": {"case_ref": {"expression": expression}}}}, list(ROW))
    said = str(refused.value)
    assert said.startswith("source.yml: feeds.complaints.entities.cases.columns.case_ref.expression: ")
    assert said.endswith(".")
    assert "\n" not in said


def test_a_refusal_says_where_and_what_is_allowed() -> None:
    with pytest.raises(RedressError, match=r"at character 8 stands a call of system; allowed are columns .*coalesce.*"):
        Expression("concat(system('x'), Ref)", "here")
    with pytest.raises(RedressError, match="cannot be read at character 8"):
        Expression("Status = 'x'", "here")


def test_a_column_that_is_not_there_is_named_with_those_near_it() -> None:
    with pytest.raises(
        RedressError, match=r"columns\.status\.expression: .*no column 'Statsu'; near to it are 'Status'"
    ):
        mapper("cases: {columns: {status: {expression: lower(Statsu)}}}", list(ROW))


def test_odd_texts_are_read_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    Expression("replace(Ref, '\\d', '')", "here")
    assert not recwarn.list


def test_long_and_deep_expressions_are_refused() -> None:
    Expression("lower(" * (DEEPEST - 1) + "Ref" + ")" * (DEEPEST - 1), "here")
    with pytest.raises(RedressError, match="levels"):
        Expression("lower(" * DEEPEST + "Ref" + ")" * DEEPEST, "here")
    with pytest.raises(RedressError, match="longer than"):
        Expression("'" + "x" * LONGEST + "'", "here")
    for opened in ("(", "not ", "-", "[", "lower("):
        with pytest.raises(RedressError):
            Expression((opened * LONGEST)[:LONGEST], "here")


@pytest.mark.parametrize(
    "within",
    [
        *("left({}, 5)", "replace({}, 'a', 'b')", "concat({}, Ref)", "coalesce({}, Ref)", "coalesce(Empty, {})"),
        *("blank({})", "({}) == 'a'", "1 == ({})", "({}) < 'a'", "({}) in ['a', 'b']", "(not blank({}))"),
        *("({} if Ref == 'x' else 'b')", "('a' if ({}) == 'x' else 'b')", "(Ref == 'x' and Ref == {})"),
    ],
)
def test_sql_does_not_double_at_each_level(con: Any, within: str) -> None:
    nested = "Ref"
    with suppress(RedressError):
        while Expression(within.format(nested), "here"):
            nested = within.format(nested)
    started = perf_counter()
    value(con, nested)
    assert perf_counter() - started < 5


def test_the_deepest_and_the_widest_expression_allowed_are_run(con: Any) -> None:
    deepest = "coalesce(" * (DEEPEST - 2) + "date(Closed)" + ")" * (DEEPEST - 2)
    widest = "'a' if " + " or ".join(["Ref < 'x' and Ref == 'x'"] * 35) + " else 'b'"
    assert value(con, deepest, widest) == ["2018-04-01", "b"]


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            ["'", '"', "''", "\\", "\\'", "--", "/*", "*/", ";", "\n", "$$", "%", "{x}", "chr(39)", "' or '1'='1"]
        ),
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=40)
@given(text=NASTY)
def test_no_text_of_an_expression_leaves_its_quotes(con: Any, text: str) -> None:
    expression = f"concat('<', {text!r}, '>')"
    alone = f"{text!r} if {text!r} == {text!r} and {text!r} in [{text!r}] else 'other'"
    assert value(con, expression, alone) == [trimmed(f"<{text}>"), trimmed(text) or None]


@settings(max_examples=40)
@given(text=NASTY)
def test_no_name_value_or_constant_leaves_its_quotes(con: Any, text: str) -> None:
    header = f"H{text}H"
    rules = {
        "case_ref": {"expression": f"column[{header!r}]"},
        "person_ref": header,
        "service_code": {"constant": f"c{text}c"},
        "ethnicity": {"column": header, "values": {f"V{text}V": f"t{text}t"}},
        "status": {"column": header, "values": {f"V{text}V": "open"}},
    }
    cell = f"V{text}V"
    row = mapped(con, {"cases": {"columns": rules}}, {header: cell})["cases"][0]
    assert (row["case_ref"], row["person_ref"], row["service_code"]) == (cell, cell, f"c{text}c")
    assert (row["ethnicity"], row["status"]) == (f"t{text}t", "open")


@given(text=st.text(st.sampled_from("abcRef'\"()[]=<>, .:+-*x0123if else not and or in column"), max_size=40))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with suppress(RedressError):
        Expression(text, "here")
