"""The rule files against the contract, and what is said of a rule file that cannot be used."""

import pytest
import yaml

from redress.contract import load_contract
from redress.errors import RedressError
from redress.validation.catalogue import BATCH, expectations_folder, load_catalogue

CATALOGUE, CONTRACT = load_catalogue(), load_contract()


def test_contract_and_expectations_have_the_same_rules():
    """Add the rule to the contract and to expectations/<entity>.yml, never to one alone."""
    assert set(CATALOGUE.rules) == set(CONTRACT.rules)


@pytest.mark.parametrize("rule", CATALOGUE.rules.values(), ids=lambda rule: rule.code)
def test_rule_agrees_with_the_contract(rule):
    assert (rule.entity, rule.severity) == (CONTRACT.rules[rule.code].entity, CONTRACT.rules[rule.code].severity)


@pytest.mark.parametrize("rule", CATALOGUE.rules.values(), ids=lambda rule: rule.code)
def test_rule_can_be_understood_by_who_has_to_act(rule):
    """Give every rule a reason, a remedy, a passing and a failing example, and at least one expectation."""
    assert rule.checks
    assert rule.reason.endswith(".")
    assert rule.remedy.endswith(".")
    assert rule.passing
    assert rule.failing
    assert rule.passing != rule.failing


def test_every_entity_has_a_rule_file_of_its_name():
    files = {path.stem for path in expectations_folder().glob("*.yml")}
    assert files == {*CONTRACT.entities, "any", BATCH}


def test_issues_name_columns_of_the_contract():
    for entity in CONTRACT.entities.values():
        for check in CATALOGUE.checks(entity.name):
            assert set(check.column.split("|")) <= set(entity.columns), check


def test_rules_of_any_entity_reach_every_column_they_are_about():
    reached = {(check.rule, entity, check.column) for entity in CONTRACT.entities for check in CATALOGUE.checks(entity)}
    planned = {"due_date", "remedy_due_date", "response_due_date", "panel_date", "valid_from", "valid_to"}
    for entity in CONTRACT.entities.values():
        for column in entity.columns.values():
            if column.type == "date" and column.name not in planned:
                assert ("D03", entity.name, column.name) in reached
            if column.type in ("date", "timestamp") and column.name != "date_of_birth":
                assert ("D04", entity.name, column.name) in reached
            if column.required:
                rule = "R01" if column.name in entity.key else "R04"
                assert (rule, entity.name, column.name) in reached
            if column.type not in ("text", "list") or column.values:
                assert ("R04", entity.name, column.name) in reached
            if column.values_from and column.name != "ethnicity":
                assert ("R07", entity.name, column.name) in reached
            if column.name == "case_ref" and entity.name != "cases":
                assert ("R02", entity.name, "case_ref") in reached
            if column.name == "service_code" and entity.name != "services":
                assert ("R03", entity.name, "service_code") in reached


def test_table_of_expected_checks_names_every_rule():
    expected = CATALOGUE.expected()
    assert {rule for rule, _ in expected} == set(CONTRACT.rules)
    assert {entity for rule, entity in expected if rule == "V04"} == set(CONTRACT.entities)
    assert [entity for rule, entity in expected if rule == "D09"] == ["freezes"]


RULE = {
    "code": "X01",
    "severity": "warning",
    "columns": ["amount"],
    "looks_at": ["$column"],
    "expectation": {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", "max_value": 1}},
    "reason": "A reason.",
    "remedy": "A remedy.",
    "passing": {"payments": [{"amount": 1}]},
    "failing": {"payments": [{"amount": 2}]},
}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"entity": "payments", "rules": [RULE, RULE]}, "X01 is there twice"),
        ({"entity": "payments", "rules": [RULE | {"columns": ["amont"]}]}, "no column amont"),
        ({"entity": "payments", "rules": [RULE | {"looks_at": []}]}, "payments.yml: rule X01 has no looks_at"),
        ({"entity": "payments", "rules": [RULE | {"looks_at": ["amont", "amount"]}]}, "rule X01 looks at amont, which"),
        ({"entity": "payments", "rules": [RULE | {"looks_at": ["extract_date"]}]}, "X01 looks at extract_date, which"),
        ({"entity": "payments", "rules": [RULE | {"severity": "critical"}]}, "rule X01 has looks_at, but only a warn"),
        ({"entity": "batch", "rules": [RULE]}, "rule X01 has looks_at, but only a warning about rows can"),
        ({"entity": "any", "rules": [RULE | {"each": {"typ": ["date"]}}]}, "each cannot ask for typ"),
        ({"entity": "payments", "rules": [{"code": "X01"}]}, "is not a rule file"),
        ({"entity": "payments"}, "is not a rule file"),
        ("- [", "is not a rule file"),
    ],
)
def test_a_rule_file_that_cannot_be_used_says_why(document, message, tmp_path):
    text = document if isinstance(document, str) else yaml.safe_dump(document)
    (tmp_path / "payments.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RedressError, match=message):
        load_catalogue(tmp_path)


def test_no_rule_files_at_all(tmp_path):
    with pytest.raises(RedressError, match="There is no rule in"):
        load_catalogue(tmp_path)


def test_a_rule_may_name_several_columns(tmp_path):
    rule = RULE | {
        "columns": ["agreed_date", "paid_date"],
        "looks_at": ["$column", "paid_date"],
        "expectation": {"type": "t", "kwargs": {"column": "$column"}},
    }
    (tmp_path / "payments.yml").write_text(yaml.safe_dump({"entity": "payments", "rules": [rule]}), encoding="utf-8")
    checks = load_catalogue(tmp_path).checks("payments")
    assert [(check.column, check.frame_columns) for check in checks] == [
        ("agreed_date", ("agreed_date",)),
        ("paid_date", ("paid_date",)),
    ]
    looks_at = load_catalogue(tmp_path).looks_at
    assert looks_at("X01", "payments", "agreed_date") == ("agreed_date", "paid_date")
    assert looks_at("X01", "payments", "paid_date") == ("paid_date",)
