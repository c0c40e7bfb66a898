"""Every rule's own examples, through the real door and Great Expectations."""

import pytest

from redress.contract import load_contract
from redress.validation.catalogue import BATCH, load_catalogue

RULES = list(load_catalogue().rules.values())
CONTRACT = load_contract()


def _is_about_extracts(rule):
    return rule.entity == BATCH


def _night(example):
    """The night of an example: the entities it names, and the good night's case with its stage and service."""
    return {"cases": [{}], "stages": [{}], "services": [{}]} | example


@pytest.fixture(scope="module")
def failing_nights(run_scenarios):
    return run_scenarios({rule.code: _night(rule.failing) for rule in RULES if not _is_about_extracts(rule)})


def _of_extracts(example, run_night):
    entities = {entity: [{}] for facts in example.values() for entity in facts}
    return run_night(_night(entities), only=True, **example)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_failing_example_fails_this_rule_and_no_other(rule, failing_nights, run_night):
    """What hangs on the row a critical rule holds waits with it, and nothing else happens."""
    night = _of_extracts(rule.failing, run_night) if _is_about_extracts(rule) else failing_nights[rule.code]
    failing = {(entity, key) for entity, key, _ in night.of(rule.code)}
    hanging = {(entity, key) for entity, key, _ in night.of("R02")} if rule.code != "R02" else set()
    assert night.rules - {"R02"} == {rule.code} - {"R02"}
    assert not failing & hanging
    assert not hanging or rule.severity == "critical"
    outcome = night.outcomes[rule.code, night.of(rule.code)[0][0]]
    assert outcome["outcome"] == ("fail" if rule.severity == "critical" else "warn")
    assert outcome["rows_failed"] >= 1
    assert outcome["severity"] == CONTRACT.rules[rule.code].severity


def test_passing_examples_fail_nothing(run_scenarios):
    nights = run_scenarios({rule.code: _night(rule.passing) for rule in RULES if not _is_about_extracts(rule)})
    assert {code: night.failures for code, night in nights.items() if night.failures} == {}


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_passing_example_passes_and_fails_nothing(rule, run_night):
    """Each on a night of its own: an example the rule has nothing to say about is not one that passes."""
    if _is_about_extracts(rule):
        night = _of_extracts(rule.passing, run_night)
    else:
        night = run_night(_night(rule.passing), only=True)
    assert night.failures == []
    assert night.outcome(rule.code, _entity(rule)) == "pass"


def _entity(rule):
    """The entity the passing example is about: an example of extracts has it inside its facts."""
    if _is_about_extracts(rule):
        return next(iter(next(iter(rule.passing.values()))))
    return rule.entity if rule.entity in CONTRACT.entities else next(iter(rule.passing))


def test_good_night_fails_nothing_and_every_expected_check_reports(run_night):
    night = run_night()
    assert night.failures == []
    assert set(night.outcomes) == set(load_catalogue().expected())
    assert {outcome["outcome"] for outcome in night.outcomes.values()} == {"pass", "not_run"}
