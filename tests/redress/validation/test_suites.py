"""Great Expectations behind the rules: exceptions, long lists of failing rows, and no value of any row anywhere."""

import logging
from dataclasses import replace

import pandas as pd
import pytest

from redress.errors import RedressError
from redress.validation import engine, suites
from redress.validation.catalogue import Check
from redress.validation.suites import run_checks


def _check(expectation, number=0, **kwargs):
    return Check(f"X{number:02}", "payments", "critical", "amount", "rows", expectation, kwargs)


IN_SET = "expect_column_values_to_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (_check(IN_SET, column="a", value_set=[True]), {"a": [True, False, None]}),
        (_check(BETWEEN, column="a", max_value=3), {"a": [3, 4, None]}),
        (
            _check(PAIR, column_A="a", column_B="b", or_equal=True, ignore_row_if="either_value_is_missing"),
            {"a": [2, 1, None], "b": [2, 2, 2]},
        ),
    ],
)
def test_failing_rows_are_named_by_row_id_and_nulls_pass(check, values):
    frame = pd.DataFrame({"row_id": [10, 20, 30], **{name: pd.array(column) for name, column in values.items()}})
    (finding,) = run_checks(frame, [check])
    assert finding.failing.tolist() == [20]
    assert finding.checked.tolist() == [True, True, False]


def test_more_than_200_failing_rows_are_all_listed():
    frame = pd.DataFrame({"row_id": range(1_000), "ok": [False] * 999 + [True]})
    (finding,) = run_checks(frame, [_check(IN_SET, column="ok", value_set=[True])])
    assert finding.failing.tolist() == list(range(999))


def test_an_expectation_that_raises_neither_passes_nor_fails_and_stops_no_other(caplog, capfd):
    frame = pd.DataFrame({"row_id": [1, 2], "text": ["Ada Lovelace", "Grace Hopper"], "ok": [True, False]})
    checks = [
        _check(BETWEEN, 1, column="text", min_value=1),
        _check(IN_SET, 2, column="ok", value_set=[True]),
        _check(IN_SET, 3, column="text", value_set=["Ada Lovelace"]),
    ]
    with caplog.at_level(logging.DEBUG, logger="redress"):
        raised, failed, listed = run_checks(frame, checks)
    assert raised.could_not_run == f"Great Expectations could not run {BETWEEN} on text"
    assert raised.failing.tolist() == []
    assert failed.could_not_run is None
    assert failed.failing.tolist() == listed.failing.tolist() == [2]
    said = caplog.text + "".join(capfd.readouterr()) + repr([raised, failed, listed])
    assert "Grace" not in said


def test_results_of_great_expectations_hold_no_value(monkeypatch):
    validate, results = suites._validate, []

    def kept(*given):
        results.append(validate(*given))
        return results[-1]

    monkeypatch.setattr(suites, "_validate", kept)
    frame = pd.DataFrame({"row_id": [1, 2], "text": ["Ada Lovelace", "Grace Hopper"]})
    (finding,) = run_checks(frame, [_check(IN_SET, column="text", value_set=["Ada Lovelace"])])
    assert finding.failing.tolist() == [2]
    assert len(results) == 2
    assert "Grace" not in str([result.to_json_dict() for pass_ in results for result in pass_.values()])


def test_a_rule_that_raises_is_not_run(monkeypatch, run_night):
    fill = engine._filled

    def break_r06(check, context):
        filled = fill(check, context)
        return (
            replace(filled, kwargs={"column": "code_payment_type", "min_value": 1}) if check.rule == "R06" else filled
        )

    monkeypatch.setattr(engine, "_filled", break_r06)
    night = run_night({"cases": [{}], "stages": [{}], "payments": [{}]}, only=True)
    outcome = night.outcomes["R06", "payments"]
    assert (outcome["outcome"], outcome["rows_failed"], outcome["is_checked"]) == ("not_run", 0, False)
    assert outcome["reason"].startswith("Great Expectations could not run")
    assert night.outcome("R04", "payments") == "pass"


def test_a_rule_that_does_not_report_stops_the_load(monkeypatch, run_night):
    run = engine._run
    monkeypatch.setattr(engine, "_run", lambda *given: [o for o in run(*given) if o.rule != "D01"])
    with pytest.raises(RedressError, match="Rule D01 on stages did not report"):
        run_night({"cases": [{}], "stages": [{}]}, only=True)


def test_no_value_of_a_failing_row_is_said_anywhere(run_night, caplog, capfd):
    marks = {"case_ref": "Mark-of-a-case", "ethnicity": "Mark of a people", "disabilities": "Mark of a state"}
    rows = {"cases": [marks | {"status": "Mark of a status", "date_of_birth": "Mark of a birth"}]}
    with caplog.at_level(logging.INFO):
        night = run_night(rows, only=True)
    assert {"R04", "R07", "E01"} <= night.rules
    said = caplog.text + "".join(capfd.readouterr()) + repr(list(night.outcomes.values()))
    assert "Mark" not in said
