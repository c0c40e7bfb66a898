"""Every metric: said exactly, and equal cell by cell to plain SQL over the tables."""

from collections.abc import Iterator
from typing import Any

import pytest

from redress.returns.metrics import catalogue_page
from tests.dbt_project.asking_metrics import Asked, asked_on
from tests.dbt_project.conftest import EmptyWarehouse
from tests.dbt_project.invented_facts import Facts
from tests.dbt_project.plain_metrics import DERIVED, RATIOS, SIMPLE, Plain

BASES = {"received", "responded", "concluded", "decided", "as_at", "cohort", "supplied"}
UNITS = {"cases", "causes", "payments", "offers", "actions", "pounds", "working_days", "percent", "other"}
AREA = "service_key__service_area"
YEAR, QUARTER, DAY = "metric_time__financial_year", "metric_time__financial_quarter", "metric_time__day"

# The financial year and quarter without dim_date: April is the first month.
YEAR_SQL = "(year({0}) - (month({0}) < 4)::int) || '/' || right((year({0}) + (month({0}) >= 4)::int)::varchar, 2)"
QUARTER_SQL = f"'Q' || ((month({{0}}) + 8) % 12 // 3 + 1) || ' ' || {YEAR_SQL}"
SPANS = {YEAR: YEAR_SQL, QUARTER: QUARTER_SQL, DAY: "{0}"}

WITH_CASES = [
    *("causes", "outcomes", "payments", "resolutions", "actions", "timeliness", "ombudsman", "ombudsman_open"),
    *("open", "transactions", "representation", "activity"),
]
FROM = {
    "stages": "fct_stages as s left join dim_case as c on c.case_key = s.case_key",
    "cases": "dim_case as f",
    **{table: f"fct_{table} as f left join dim_case as c on c.case_key = f.case_key" for table in WITH_CASES},
}
LATER_STAGES = ("stage2_", "stage3_", "any_stage_")
NAMES = [pytest.param(name, marks=pytest.mark.slow if name.startswith(LATER_STAGES) else ()) for name in sorted(SIMPLE)]
VOICE = """
    case c.is_child_or_young_person when true then 'child' when false then 'adult' else 'not_recorded' end
"""


@pytest.fixture(scope="module")
def asked(empty_warehouse: EmptyWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    filled = asked_on(empty_warehouse, Facts(seed=11, cases=150).tables, tmp_path_factory.mktemp("invented"))
    yield filled
    filled.con.close()


@pytest.fixture(scope="module")
def metrics(asked: Asked) -> dict[str, dict[str, Any]]:
    return {metric["name"]: metric for metric in asked.manifest["metrics"]}


def plain(asked: Asked, one: Plain, span: str, area: bool) -> dict[tuple[Any, ...], Any]:
    rows = "s" if one.table == "stages" else "f"
    groups = [f"{rows}.council", SPANS[span].format(one.date), *(["v.top_level_code"] if area else [])]
    found = asked.sql(f"""
        select {", ".join(groups)}, {one.value}
        from {FROM[one.table]}
        left join dim_service as v on v.service_key = {rows}.service_key
        where ({one.where}) and {one.date} is not null
        group by all
    """)
    return cells({tuple(row[:-1]): row[-1] for row in found})


def cells(answer: dict[tuple[Any, ...], Any]) -> dict[tuple[Any, ...], float]:
    """What is not nothing: a group without rows and one of nothing say the same. Days as text."""
    return {tuple(str(part)[:10] for part in key): float(value) for key, value in answer.items() if value}


def grain_of(metric: dict[str, Any], grain: str) -> str:
    """What is as at a date is asked for by the day."""
    return DAY if metric["config"]["meta"]["basis"] == "as_at" else grain


def test_every_metric_is_said_again_in_plain_sql(metrics):
    by_kind = {"simple": set(SIMPLE), "derived": set(DERIVED), "ratio": set(RATIOS)}
    for kind, said in by_kind.items():
        assert {name for name, metric in metrics.items() if metric["type"] == kind} == said


@pytest.mark.parametrize("name", NAMES)
def test_equal_to_plain_sql_by_quarter_and_service_area(asked, metrics, name):
    span = grain_of(metrics[name], QUARTER)
    answer = cells(asked.metric(name, "council", span, AREA))
    # What has no date on the metric's basis is not counted at all, so it is in no undated group either.
    assert answer == plain(asked, SIMPLE[name], span, True)
    assert answer, "the invented facts have nothing of it"


@pytest.mark.parametrize(
    ("name", "dimension", "column"),
    [
        ("stage1_with_outcome", "stage__outcome", "s.outcome"),
        ("stage2_with_outcome_of_received", "stage__outcome", "s.outcome"),
        ("stage1_banded", "stage__band", "s.band"),
        ("stage1_received", "case__voice", VOICE),
        ("stage1_received", "case__gender", "c.gender"),
        ("any_stage_received", "stage__stage_number", "s.stage"),
        ("stage1_causes", "cause_row__cause", "f.cause"),
        ("concluded", "ending__route", "f.route"),
        ("transactions", "transaction__transaction_kind", "f.transaction_kind"),
        (
            "transactions",
            "ombudsman_case__ombudsman_ref",
            "case f.transaction_kind when 'ombudsman' then f.transaction_key end",
        ),
        ("ombudsman_received", "ombudsman_case__decision", "f.decision"),
        (
            "ombudsman_received",
            "ombudsman_case__decided_in_year_received",
            f"coalesce({YEAR_SQL.format('f.decided_date')} = {YEAR_SQL.format('f.received_date')}, false)",
        ),
        (
            "ombudsman_decided",
            "ombudsman_case__received_in_earlier_year",
            f"{YEAR_SQL.format('f.decided_date')} > {YEAR_SQL.format('f.received_date')}",
        ),
        ("payments_amount", "payment__payment_type", "f.payment_type"),
        ("open_cases", "open_month__is_overdue", "f.is_overdue"),
        ("activity_value", "activity_row__activity_measure", "f.measure"),
    ],
)
def test_equal_to_plain_sql_by_year_and_a_dimension(asked, metrics, name, dimension, column):
    one, span = SIMPLE[name], grain_of(metrics[name], YEAR)
    rows = "s" if one.table == "stages" else "f"
    found = asked.sql(f"""
        select {rows}.council, {SPANS[span].format(one.date)}, {column}, {one.value}
        from {FROM[one.table]} where ({one.where}) and {one.date} is not null group by all
    """)
    answer = cells(asked.metric(name, "council", span, dimension))
    assert answer == cells({tuple(row[:-1]): row[-1] for row in found})


@pytest.mark.parametrize("name", sorted(RATIOS))
def test_a_ratio_is_its_numerator_over_its_denominator(asked, metrics, name):
    above, below = RATIOS[name]
    parameters = metrics[name]["type_params"]
    assert (parameters["numerator"]["name"], parameters["denominator"]["name"]) == (above, below)


@pytest.mark.parametrize(
    "name", ["stage1_uphold_rate", "stage1_per_open_cases_rate", "stage1_not_escalated_period_rate"]
)
def test_a_ratio_of_nothing_is_no_number(asked, name):
    above, below = (asked.metric(part, "council", YEAR) for part in RATIOS[name])
    rates = asked.metric(name, "council", YEAR)
    for key in above.keys() | below.keys():
        if key[1] is not None:
            expected = float(above.get(key) or 0) / float(below[key]) if below.get(key) else None
            assert rates[key] == (None if expected is None else pytest.approx(expected)), key


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_a_sum_or_difference_is_that_of_its_parts(asked, name):
    first, second, sign = DERIVED[name]
    one, other = asked.metric(first, "council", QUARTER), asked.metric(second, "council", QUARTER)
    expected = {key: one.get(key, 0) + sign * other.get(key, 0) for key in one.keys() | other.keys()}
    assert asked.metric(name, "council", QUARTER) == expected


def test_every_measure_can_be_asked_of_one_council(asked, metrics):
    one_of_each = {metric["type_params"]["measure"]["name"]: name for name, metric in metrics.items() if name in SIMPLE}
    for name in one_of_each.values():
        by_council = asked.metric(name, "council", grain_of(metrics[name], YEAR))
        wanted = {key[1:]: value for key, value in by_council.items() if key[0] == "barset"}
        found = asked.metric(name, grain_of(metrics[name], YEAR), where=["{{ Entity('council') }} = 'barset'"])
        assert cells(found) == cells(wanted) != {}, name


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RATIOS))
def test_every_ratio_can_be_asked(asked, name):
    above, below = (asked.metric(part, "council") for part in RATIOS[name])
    expected = {key: float(above.get(key) or 0) / float(value) for key, value in below.items() if value}
    assert asked.metric(name, "council") == pytest.approx(expected)


def test_every_metric_says_what_it_counts(metrics):
    for name, metric in metrics.items():
        meta, text = metric["config"]["meta"], metric["description"]
        assert metric["label"], name
        assert "basis" in text.lower(), name
        assert meta["basis"] in BASES, name
        assert meta["unit"] in UNITS, name
        assert meta["population"], name
        assert isinstance(meta["additive"], bool), name
        if meta["basis"] != "cohort" and metric["type"] != "derived":
            assert f"basis {meta['basis'].replace('_', ' ')}" in text.lower(), name
        if metric["type"] == "ratio":
            assert meta["numerator"], name
            assert meta["denominator"], name
            assert " / " in text, f"{name}: say numerator / denominator"
            assert not meta["additive"], f"{name}: shares do not add up"


def test_the_page_of_metrics_is_current():
    page = catalogue_page.PAGE.read_text(encoding="utf-8")
    assert page == catalogue_page.with_tables(page), "Run python -m redress.returns.metrics.catalogue_page."


def test_the_page_has_every_metric(metrics):
    page = catalogue_page.PAGE.read_text(encoding="utf-8")
    assert [name for name in metrics if f"| `{name}` |" not in page] == []


def test_no_two_metrics_bear_one_label(metrics):
    labels = [metric["label"] for metric in metrics.values()]
    assert len(labels) == len(set(labels))


def test_the_bare_name_of_a_dimension_is_enough(asked):
    found: dict[str, set[str]] = {}
    for model in asked.manifest["semantic_models"]:
        for dimension in model["dimensions"]:
            found.setdefault(dimension["name"], set()).add(model["name"])
    # Nothing that is counted by one of these two can be split by the other.
    assert {name: models for name, models in found.items() if len(models) > 1} == {"clock": {"clocks", "open_cases"}}
