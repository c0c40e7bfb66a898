"""Every rule's own examples, through the real door and Great Expectations."""

import pytest

from redress.contract import load_contract
from redress.validation.catalogue import load_catalogue

RULES = list(load_catalogue().rules.values())
CONTRACT = load_contract()


def _given(example):
    """The night of an example: the entities it names, and the good night's case with its stage and service."""
    facts = {name: example[name] for name in ("batch", "batch_columns", "loaded", "settings") if name in example}
    named = {name: rows for name, rows in example.items() if name not in facts}
    about = {entity: [{}] for part in ("batch", "batch_columns") for entity in facts.get(part, {})}
    return {"rows": {"cases": [{}], "stages": [{}], "services": [{}]} | about | named, "only": True, **facts}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_failing_example_fails_this_rule_and_no_other(rule, run_night):
    """What hangs on the row a critical rule holds waits with it, and nothing else happens."""
    night = run_night(**_given(rule.failing))
    failing = {(entity, key) for entity, key, _ in night.of(rule.code)}
    hanging = {(entity, key) for entity, key, _ in night.of("R02")} if rule.code != "R02" else set()
    assert night.rules - {"R02"} == {rule.code} - {"R02"}
    assert not failing & hanging
    assert not hanging or rule.severity == "critical"
    entity = night.of(rule.code)[0][0]
    outcome = night.outcomes[rule.code, entity]
    assert outcome["outcome"] == ("fail" if rule.severity == "critical" else "warn")
    assert outcome["rows_failed"] >= 1
    assert outcome["severity"] == CONTRACT.rules[rule.code].severity


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_passing_example_fails_nothing(rule, run_night):
    assert run_night(**_given(rule.passing)).failures == []


def test_good_night_fails_nothing_and_every_expected_check_reports(run_night):
    night = run_night()
    assert night.failures == []
    assert set(night.outcomes) == set(load_catalogue().expected())
    assert {outcome["outcome"] for outcome in night.outcomes.values()} == {"pass", "not_run"}
