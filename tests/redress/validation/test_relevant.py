"""What an acceptance hangs on: the values a rule looks at, all of them and nothing else."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redress.contract import load_contract
from redress.validation.catalogue import load_catalogue

CATALOGUE, CONTRACT = load_catalogue(), load_contract()
ENTITIES = [name for name in CONTRACT.entities if any(check.looks_at for check in CATALOGUE.checks(name))]
WARNINGS = [(check, name) for name in CONTRACT.entities for check in CATALOGUE.checks(name) if check.looks_at]

# Which columns of the row a frame column of another name is made from; the others come from other rows.
# The age band a source gives is read only where it gives no birth.
BEHIND = {
    "cases": {
        "service_date": {"received_date"},
        "dob_check": {"date_of_birth", "received_date"},
        "age_band": {"date_of_birth", "received_date"},
    },
    "ombudsman": {"service_date": {"received_date"}},
    "actions": {"service_date": {"agreed_date"}},
    "activity": {"service_date": {"as_at_date"}},
    "causes": {"main_elements": {"is_main"}},
}
NUMBERED = {"activity": "member"}
"""The key column that tells the rows of a test apart, where it is not the first."""
TYPED = {
    "text": ("Something else", "Another thing"),
    "list": ("one;two", "two"),
    "date": (date(2024, 2, 27), date(2024, 2, 28)),
    "timestamp": ("2024-02-27T10:00:00+00:00", "2024-02-28T10:00:00+00:00"),
    "decimal": ("17.00", "18.00"),
    "integer": (17, 18),
    "boolean": ("true", "false"),
}


def _values(column):
    """Two values and nothing, as a file would hold them."""
    if column.name == "date_of_birth":
        return ("1900-01-01", "2012-02-27", None)
    return (*(column.values or TYPED[column.type])[:2], None)


def _variants(entity):
    """Rows of one entity, each with a case of its own: one as it was, and one for each other value of each column."""
    changes = [{}]
    for column in entity.columns.values():
        if column.name not in entity.key and column.name != "case_ref":
            changes += [{column.name: value} for value in _values(column)]
    key = NUMBERED.get(entity.name, entity.key[0])
    return changes, [{key: f"K{number}"} | change for number, change in enumerate(changes)]


def test_every_warning_about_rows_says_what_it_looks_at():
    silent = {check.rule for name in CONTRACT.entities for check in CATALOGUE.checks(name) if not check.looks_at}
    assert {code for code in silent if CONTRACT.rules[code].severity == "warning"} == set()
    assert {check.rule for check, _ in WARNINGS} == {
        code for code, rule in CONTRACT.rules.items() if rule.severity == "warning" and rule.entity != "batch"
    }


@pytest.mark.parametrize("name", ENTITIES)
def test_a_hash_changes_with_what_the_rule_looks_at_and_with_nothing_else(name, hash_rows):
    """Every other value of every column, for every rule that warns of the entity."""
    entity, behind = CONTRACT.entities[name], BEHIND.get(name, {})
    changes, rows = _variants(entity)
    others = {} if name == "cases" else {"cases": [{"case_ref": row.get("case_ref", "C1")} for row in rows]}
    hashes = hash_rows(name, others | {name: rows})
    by_number = {(rule, column, int(re.search(r"K(\d+)", key)[1])): one for (rule, column, key), one in hashes.items()}
    for rule, column in {(rule, column) for rule, column, _ in by_number}:
        looks_at = CATALOGUE.looks_at(rule, name, column)
        relevant = set().union(*(behind.get(one, {one}) for one in looks_at))
        before = by_number[rule, column, 0]
        for number, change in enumerate(changes[1:], start=1):
            if not relevant & set(change):
                assert by_number[rule, column, number] == before, (rule, column, change)
        for changed in relevant & {next(iter(change)) for change in changes[1:]}:
            numbers = [number for number, change in enumerate(changes) if changed in change]
            assert len({by_number[rule, column, number] for number in numbers}) > 1, (rule, column, changed)


PIECES = st.sampled_from(["a", "b", '"', "\\", ",", "[", "]", "\x1f", "null", " ", "é"])
SOME_TEXT = st.none() | st.lists(PIECES, max_size=4).map("".join)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.tuples(SOME_TEXT, SOME_TEXT), min_size=20, max_size=60))
def test_two_hashes_are_alike_when_all_values_are_alike(values, hash_rows):
    """Nothing written and the word null differ, and no value runs into the next."""
    keys = [f"K{number}" for number in range(len(values))]
    hashes = hash_rows(
        "cases",
        {"cases": [{"case_ref": key} for key in keys]},
        typed={key: {"dob_check": one, "age_band": other} for key, (one, other) in zip(keys, values, strict=True)},
    )
    found = [hashes["E03", "date_of_birth", key] for key in keys]
    assert len(set(found)) == len(set(values)) == len(set(zip(found, values, strict=True)))


STAGE_1 = {"requested_date": "2024-03-04", "responded_date": "2024-03-15"}
STAGE_2 = {"stage": 2, "requested_date": "2024-05-20", "responded_date": None, "outcome": None}


def test_the_answer_before_counts_wherever_it_is_known_from(hash_rows):
    """D10: in the same extract, or loaded before; on another day it is another question."""
    tonight = hash_rows("stages", {"cases": [{}], "stages": [STAGE_1, STAGE_2]})
    loaded = hash_rows("stages", {"stages": [STAGE_2]}, loaded={"stages": [STAGE_1], "cases": [{}]})
    later = hash_rows("stages", {"cases": [{}], "stages": [STAGE_1 | {"responded_date": "2024-03-18"}, STAGE_2]})
    key = ("D10", "requested_date", "C1|2")
    assert tonight[key] == loaded[key] != later[key]


def test_the_day_of_receipt_counts_for_when_stage_1_starts(hash_rows):
    key = ("D07", "requested_date", "C1|1")
    found = [
        hash_rows("stages", {"cases": [{"received_date": day}], "stages": [{}]})[key]
        for day in ("2024-03-01", "2024-02-29")
    ]
    assert found[0] != found[1]


@pytest.mark.parametrize(("rule", "column"), [("S06", "status"), ("S08", "status")])
def test_the_stages_that_decide_count(rule, column, hash_rows):
    """One more answer is another question; another delay reason of a stage is not."""
    key = (rule, column, "C1")
    first = hash_rows("cases", {"cases": [{}], "stages": [STAGE_1, STAGE_2]})[key]
    assert (
        hash_rows("cases", {"cases": [{}], "stages": [STAGE_1, STAGE_2 | {"delay_reason": "staff_absence"}]})[key]
        == first
    )
    assert (
        hash_rows("cases", {"cases": [{}], "stages": [STAGE_1, STAGE_2 | {"responded_date": "2024-06-14"}]})[key]
        != first
    )


def test_the_main_causes_beside_it_count(hash_rows):
    causes = [{"element": 1, "is_main": True}, {"element": 2, "is_main": True}, {"element": 3, "is_main": False}]
    key = ("S09", "is_main", "C1|1|1")
    first = hash_rows("causes", {"causes": causes})[key]
    assert hash_rows("causes", {"causes": [*causes[:2], causes[2] | {"finding": "upheld"}]})[key] == first
    assert hash_rows("causes", {"causes": [*causes[:2], causes[2] | {"is_main": True}]})[key] != first


def test_the_same_record_has_the_same_hash_in_another_row_night_and_quarantine(hash_rows):
    mine = {"case_ref": "C7", "ethnicity": None, "gender": "unknown"}
    first = hash_rows("cases", {"cases": [mine]})
    others = [
        hash_rows("cases", {"cases": [{}, {"case_ref": "C8"}, mine]}),
        hash_rows("cases", {"cases": [mine]}, extract_date=date(2024, 8, 1)),
        hash_rows("cases", {"cases": [{}]}, waiting={"cases": [mine]}),
        hash_rows("cases", {"cases": [mine | {"updated_at": "2024-06-01T09:00:00+00:00"}]}),
    ]
    of_mine = {key: one for key, one in first.items() if key[2] == "C7"}
    assert len(of_mine) > 10
    for other in others:
        assert {key: one for key, one in other.items() if key[2] == "C7"} == of_mine


def test_critical_rules_and_extracts_have_no_hash(hash_rows):
    rules = {rule for name in ENTITIES for rule, _, _ in hash_rows(name, {name: [{}]})}
    assert rules
    assert all(CONTRACT.rules[rule].severity == "warning" for rule in rules)
