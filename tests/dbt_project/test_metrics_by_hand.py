"""Worked examples: a handful of facts, and what each rate of them is by hand."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.dbt_project.asking_metrics import Asked, asked_on
from tests.dbt_project.conftest import EmptyWarehouse

BEFORE, YEAR, NEXT = date(2022, 3, 1), date(2022, 6, 1), date(2023, 5, 1)
LATER = date(2022, 7, 1)

# Each stage: case, stage, received, answered, outcome, escalated, and whether in time by the limit, by the extended
# one, and by the extended one where it was agreed.
STAGES = [
    # Eight working days: in time by every rule. Went on to stage 2 within the year.
    ("on time", 1, YEAR, LATER, "upheld", True, (True, True, True)),
    ("on time", 2, LATER, NEXT, "not_upheld", False, (False, True, False)),
    # Fifteen days, an extension agreed in time. Went on to stage 2 in the year after.
    ("extended", 1, YEAR, LATER, "partially_upheld", True, (False, True, True)),
    ("extended", 2, NEXT, None, None, False, (None, None, None)),
    # Fifteen days, nothing agreed.
    ("not agreed", 1, YEAR, LATER, "not_upheld", False, (False, True, False)),
    # Thirty days, answered in the year after: it is of this year's intake and of that year's answers.
    ("late", 1, YEAR, NEXT, "not_upheld", False, (False, False, False)),
    # Unanswered and past every limit; unanswered, past the limit and within the extended one.
    ("past due", 1, YEAR, None, None, False, (False, False, False)),
    ("past the limit", 1, YEAR, None, None, False, (False, None, None)),
    # Withdrawn: in no denominator, though received.
    ("withdrawn", 1, YEAR, None, None, False, (None, None, None)),
    # Received the year before, answered in this one without a finding, on to stage 2 in it.
    ("older", 1, BEFORE, YEAR, "no_finding", True, (False, False, False)),
    ("older", 2, YEAR, LATER, "upheld", False, (True, True, True)),
]
# Each Ombudsman case: received, decided, decision.
OMBUDSMAN = [
    (YEAR, LATER, "upheld"),
    (YEAR, NEXT, "not_upheld"),
    (YEAR, NEXT, "upheld"),
    (YEAR, LATER, "referred_back"),
    (YEAR, None, None),
    (BEFORE, YEAR, "not_upheld"),
    (BEFORE, YEAR, "not_upheld"),
]
# What is known of the service user of each case: gender, ethnic group, disabilities.
KNOWN = {
    "on time": ("female", "white", "NONE"),
    "extended": ("unknown", "refused", "LD"),
    "not agreed": (None, "not_obtained", None),
    "late": ("unborn", "not_recorded", None),
}
GROUPS = {"girls": 0.25, "boys": 0.75}


def facts() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {
        "dim_council": [{"council": "barset", "council_name": "Barset"}],
        "dim_case": [],
        "fct_stages": [],
        "fct_ombudsman": [],
        "fct_activity": [],
        "fct_representation": [],
    }
    for case in dict.fromkeys(stage[0] for stage in STAGES):
        gender, group, disabilities = KNOWN.get(case, (None, "not_recorded", None))
        rows["dim_case"].append(
            {"case_key": case, "council": "barset", "case_ref": case, "record_type": "complaint", "status": "concluded"}
            | {"received_date": YEAR, "is_adult": False, "is_counted": True}
            | {"gender": gender, "ethnicity_group": group, "disabilities": disabilities}
        )
    for case, stage, received, answered, outcome, escalated, (limit, extended, agreed) in STAGES:
        rows["fct_stages"].append(
            {"stage_key": f"{case}|{stage}", "council": "barset", "case_key": case, "stage": stage}
            | {"received_date": received, "responded_date": answered, "outcome": outcome, "escalated": escalated}
            | {"in_time": extended, "in_time_within_limit": limit, "in_time_within_extended": extended}
            | {"in_time_agreed_extension": agreed, "has_accepted_resolution": False}
        )
    for number, (received, decided, decision) in enumerate(OMBUDSMAN):
        rows["fct_ombudsman"].append(
            {"ombudsman_key": str(number), "council": "barset", "received_date": received}
            | {"decided_date": decided, "decision": decision}
        )
    for member, share in GROUPS.items():
        rows["fct_activity"].append(
            {"activity_key": member, "council": "barset", "measure": "child_records", "characteristic": "gender"}
            | {"member": member, "as_at_date": YEAR}
        )
        # Four complaints of known gender, three of them about girls.
        for case in ("on time", "extended", "not agreed", "late"):
            rows["fct_representation"].append(
                {"representation_key": f"{case}|{member}", "council": "barset", "case_key": case}
                | {"stage_key": f"{case}|1", "activity_key": member, "received_date": YEAR}
                | {"is_of_group": (member == "girls") == (case != "late"), "share_of_children": share}
            )
    return rows


@pytest.fixture(scope="module")
def in_the_year(
    empty_warehouse: EmptyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    filled: Asked = asked_on(empty_warehouse, facts(), tmp_path_factory.mktemp("by_hand"))

    def value(metric: str, *where: str) -> Any:
        answer = filled.metric(metric, "metric_time__financial_year", where=where)
        return answer.get(("2022/23",), 0)

    yield value
    filled.con.close()


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # Answered in the year: on time, extended, not agreed and older.
        ("stage1_answered", 4),
        ("stage1_in_time_within_limit_rate", 1 / 4),
        ("stage1_in_time_within_extended_rate", 3 / 4),
        ("stage1_in_time_agreed_extension_rate", 2 / 4),
        ("stage1_in_time_rate", 3 / 4),
        # Received in the year: seven; past due ones are late, those not yet due and withdrawn ones left out.
        ("stage1_received", 7),
        ("stage1_in_time_within_limit_rate_of_received", 1 / 6),
        ("stage1_in_time_within_extended_rate_of_received", 3 / 5),
        ("stage1_in_time_agreed_extension_rate_of_received", 2 / 5),
        # No finding is no outcome.
        ("stage1_with_outcome", 3),
        ("stage1_uphold_rate", 2 / 3),
        ("stage1_fully_upheld_rate", 1 / 3),
        ("stage1_with_outcome_of_received", 4),
        ("stage1_uphold_rate_of_received", 2 / 4),
        ("stage1_fully_upheld_rate_of_all_received", 1 / 7),
        # Stage 2 asked for in the year: on time and older. Of the year's seven, on time and extended went on to date.
        ("stage2_received", 2),
        ("stage1_to_2_period_escalation_rate", 2 / 7),
        ("stage1_escalated", 2),
        ("stage1_cohort_escalation_rate", 2 / 7),
        ("stage1_answers_escalated", 3),
        ("stage1_not_escalated_period", 5),
        ("stage2_to_3_period_escalation_rate", 0),
        # Decided in the year: one upheld, two not upheld, one referred back.
        ("ombudsman_decided", 4),
        ("ombudsman_upheld_rate", 1 / 3),
        # Received in the year: two upheld, one not upheld, one referred back, one undecided.
        ("ombudsman_received", 5),
        ("ombudsman_upheld_rate_of_received", 2 / 3),
        ("ombudsman_upheld_rate_of_all_received", 2 / 5),
        # Recorded: unknown and not yet obtained are not, unborn and a refusal are.
        ("gender_coverage_rate", 2 / 7),
        ("ethnicity_coverage_rate", 2 / 7),
        ("disability_coverage_rate", 2 / 7),
        ("sexual_orientation_coverage_rate", 0),
    ],
)
def test_of_the_year(in_the_year: Callable[..., Any], metric: str, expected: float) -> None:
    assert in_the_year(metric) == pytest.approx(expected)


def test_the_cohort_counts_who_went_on_later_and_the_period_does_not(in_the_year: Callable[..., Any]) -> None:
    of_case = "{{{{ Dimension('case__case_ref') }}}} = '{}'".format
    assert in_the_year("stage1_escalated", of_case("extended")) == 1
    assert in_the_year("stage2_received", of_case("extended")) == 0
    assert in_the_year("stage1_escalated", of_case("older")) == 0
    assert in_the_year("stage2_received", of_case("older")) == 1


def test_girls_are_a_quarter_of_children_and_three_quarters_of_complaints(in_the_year: Callable[..., Any]) -> None:
    of = "{{{{ Dimension('activity_row__member') }}}} = '{}'".format
    assert in_the_year("representation_complaints", of("girls")) == 3
    assert in_the_year("representation_expected", of("girls")) == 1
    assert in_the_year("representation_ratio", of("girls")) == pytest.approx(3)
    assert in_the_year("representation_ratio", of("boys")) == pytest.approx(1 / 3)


def test_a_rate_of_nothing_is_not_nought(in_the_year: Callable[..., Any]) -> None:
    assert in_the_year("stage2_in_time_rate") == 1
    assert in_the_year("stage1_per_open_cases_rate") is None
