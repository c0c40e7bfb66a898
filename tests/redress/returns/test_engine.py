"""Metrics, tables and whole returns on the demo's published warehouse."""

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from redress.councils import Council, get_council
from redress.errors import RedressError, UsageError
from redress.paths import PROJECT, Home
from redress.returns.building.building import build
from redress.returns.building.cell_making import Maker
from redress.returns.building.cells import Counter
from redress.returns.building.labels import Labels
from redress.returns.building.tabulation import build_table
from redress.returns.definitions.schema import Defaults, Table
from redress.returns.figures import BuiltTable
from redress.returns.metrics.asking import ask, asked
from redress.returns.metrics.metrics import Metrics
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import Period, parse_period
from redress.returns.tracing.tracer import Tracer
from redress.warehouse import open_reporting, reporting_file

YEAR = parse_period("2017/18")


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Home:
    return Home(demo_home)


@pytest.fixture(scope="module")
def metrics(home: Home) -> Iterator[Metrics]:
    with open_metrics(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def harrow() -> Council:
    return get_council("harrow", PROJECT / "councils")


def made(metrics: Metrics, council: Council, period: Period = YEAR, **keys: object) -> BuiltTable:
    """A table of one definition, as a return of the council would hold it."""
    maker = Maker(
        metrics=metrics,
        council=council,
        labels=Labels(council, metrics.service_names(council.name, period)),
        counter=Counter(metrics, council),
        defaults=Defaults(),
        period=period,
        prefix=f"{council.name}/annual/2017-18",
    )
    return build_table(maker, Table.model_validate({"table": "tried", **keys}))


def shown(table: BuiltTable) -> dict[str, list[str]]:
    return {
        head.label: [figure.shown if figure else "" for figure in row]
        for head, row in zip(table.rows, table.cells, strict=True)
    }


def test_an_answer_is_the_count_of_rows_in_the_fact_table(metrics: Metrics, home: Home) -> None:
    answer = metrics.ask("stage1_received", "harrow", YEAR, ("service_area", "gender"))
    with open_reporting(reporting_file(home)) as con:
        rows = con.execute(
            """
            select dim_service.top_level_code, dim_case.gender, count(*)
            from fct_received
            inner join dim_case using (case_key)
            left join dim_service on dim_service.service_key = fct_received.service_key
            where fct_received.council = 'harrow' and fct_received.stage = 1 and fct_received.record_type = 'complaint'
                and fct_received.received_date between '2017-04-01' and '2018-03-31'
            group by all
            """
        ).fetchall()
    assert answer == {(area, gender): Fraction(count) for area, gender, count in rows}
    assert sum(value or 0 for value in answer.values()) == 56


def test_a_rate_keeps_numerator_and_denominator_exactly(metrics: Metrics, harrow: Council) -> None:
    table = made(metrics, harrow, metric="stage1_in_time_rate", periods=["this", "previous"])
    now, before = table.figures
    assert (now.numerator, now.denominator, now.shown) == (49, 52, "94%")
    assert (before.numerator, before.denominator, before.shown) == (50, 54, "93%")
    assert now.value == Fraction(4900, 52)
    assert now.basis == "responded"


def test_rows_that_a_table_lists_keep_their_order_and_the_rest_is_not_lost(metrics: Metrics, harrow: Council) -> None:
    items = [{"code": "SPECIAL_NEEDS_SERVICE", "label": "Special needs"}]
    rows = {"by": "service_area", "items": items, "others": "Elsewhere", "total": "All"}
    table = made(metrics, harrow, metric="stage1_received", rows=rows)
    assert shown(table) == {"Special needs": ["3"], "Elsewhere": ["53"], "All": ["56"]}
    assert table.rows_are_exhaustive
    alone = made(metrics, harrow, metric="stage1_received", rows={"by": "service_area", "items": items})
    assert not alone.rows_are_exhaustive


def test_blanks_are_counted_in_a_row_of_their_own(metrics: Metrics, harrow: Council) -> None:
    table = made(metrics, harrow, metric="stage1_received", rows={"by": "gender", "total": "Total"})
    assert shown(table) == {"Female": ["30"], "Male": ["24"], "Not recorded": ["2"], "Total": ["56"]}


def test_nothing_of_nothing_is_not_applicable_and_a_true_zero_is_zero(metrics: Metrics, harrow: Council) -> None:
    table = made(
        metrics, harrow, metric="stage3_uphold_rate", values=[{"metric": "stage3_received"}, {"label": "Upheld"}]
    )
    count, rate = table.figures
    assert (count.shown, count.symbol) == ("0", None)
    assert (rate.shown, rate.symbol, rate.value) == ("z", "z", None)
    habit = made(metrics, harrow, metric="stage3_uphold_rate", values=[{"of_nothing": "0"}])
    assert habit.figures[0].shown == "0%"


def test_periods_before_and_after_the_records_are_unavailable_and_not_zero(metrics: Metrics, harrow: Council) -> None:
    table = made(metrics, harrow, metric="stage1_received", periods=["this", "2014/15", "2021/22"])
    assert [figure.shown for figure in table.figures] == ["56", "x", "x"]
    as_at = made(metrics, harrow, metric="open_cases", periods=["last_day", "31 March 2021"])
    assert [figure.symbol for figure in as_at.figures] == [None, "x"]


def test_a_percentage_of_few_cases_is_shown_as_a_count(metrics: Metrics, harrow: Council) -> None:
    rows = {"by": "service_area", "items": [{"code": "SPECIAL_NEEDS_SERVICE", "label": "Special needs"}]}
    table = made(metrics, harrow, metric="stage1_uphold_rate_of_received", rows=rows)
    assert (table.figures[0].shown, table.figures[0].symbol) == ("1 of 3", "u")


def test_shares_rounded_by_largest_remainder_add_to_100(metrics: Metrics, harrow: Council) -> None:
    rows = {"by": "transaction_kind", "total": "Total"}
    values = [{"show": "share", "rounding": "largest_remainder"}]
    table = made(metrics, harrow, metric="transactions", rows=rows, values=values, periods=["previous"])
    parts = [figure.rounded for figure in table.figures if not figure.row_is_total]
    assert sum(part for part in parts if part is not None) == 100
    plain = made(metrics, harrow, metric="transactions", rows=rows, values=[{"show": "share"}], periods=["previous"])
    assert sum(figure.rounded or 0 for figure in plain.figures if not figure.row_is_total) == 99


def test_a_change_between_percentages_is_in_points_and_a_percent_change_from_nothing_is_none(
    metrics: Metrics, harrow: Council
) -> None:
    points = made(
        metrics, harrow, metric="stage1_in_time_rate",
        values=[{"show": "change_points", "against": "previous", "decimals": 1}],
    )  # fmt: skip
    assert points.figures[0].value == Fraction(4900, 52) - Fraction(5000, 54)
    assert points.figures[0].shown == "+1.6"
    percent = made(
        metrics, harrow, metric="stage3_received", values=[{"show": "change_percent", "against": "previous"}]
    )
    assert percent.figures[0].shown == "z"
    count = made(metrics, harrow, metric="stage1_received", values=[{"show": "change_count", "against": "previous"}])
    assert count.figures[0].shown == "+2"


def test_the_same_table_in_the_structure_of_the_time_and_of_today(metrics: Metrics) -> None:
    halton = get_council("halton", PROJECT / "councils")
    keys = {"metric": "stage1_received", "rows": {"by": "service", "total": "Total"}}
    period = parse_period("2019/20")
    time = made(metrics, halton, period, **keys)
    today = made(metrics, halton, period, **keys, structure="today")
    assert time.rows_by == "service"
    assert today.rows_by == "service_today"
    assert shown(time)["Total"] == shown(today)["Total"] == ["33"]


def test_equal_numbers_of_two_tables_are_known_to_be_one(metrics: Metrics, harrow: Council) -> None:
    by_metric = made(metrics, harrow, metric="stage1_received").figures[0]
    by_column = made(
        metrics, harrow, metric="any_stage_received", where={"stage_number": 1}
    ).figures[0]  # fmt: skip
    assert by_metric.numerator == by_column.numerator
    assert by_metric.of is not None
    assert Tracer(metrics, "harrow").cases(by_metric.of) == Tracer(metrics, "harrow").cases(
        by_column.of or by_metric.of
    )


def test_contributions_add_up_to_the_figure(metrics: Metrics) -> None:
    population = metrics.population("stage1_received", YEAR, frozenset({("gender", "in", ("male",))}))
    contributions = Tracer(metrics, "harrow").cases(population) or {}
    assert sum(contributions.values()) == 24
    assert all(reference.startswith("HAR-") for reference in contributions)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"metric": "stage1_recieved"}, r"There is no metric 'stage1_recieved'; did you mean stage1_received"),
        ({"metric": "stage1_received", "rows": {"by": "servise"}}, r"be split by 'servise'; did you mean service"),
        ({"metric": "stage1_received", "where": {"colour": "red"}}, r"cannot be split by 'colour'"),
        ({"metric": "stage1_received", "periods": ["last week"]}, r"'last week' is not a period"),
        ({"metric": "stage1_received", "values": [{"show": "change_count"}]}, r"needs against:"),
        ({"rows": {"items": [{"label": "Days", "setting": "stage_9_days"}]}}, r"no target 'stage_9_days' \(known"),
    ],
)  # fmt: skip
def test_what_a_table_asks_for_in_vain_is_said_with_the_table(
    metrics: Metrics, harrow: Council, keys: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError, match=rf"harrow/annual/2017-18, table tried: .*{sentence}"):
        made(metrics, harrow, **keys)


MISTAKEN = """\
title: "Complaints in {council}, {period}"
period: year
sections:
  - heading: Stage 1
    tables: [{table: stage1, metric: stage1_received}]
  - heading: Stage 2
    tables:
      - {table: good, metric: stage2_received}
      - table: mistaken
        metric: stage2_recieved
"""


def test_what_a_definition_asks_for_in_vain_is_said_with_its_line(
    home: Home, metrics: Metrics, harrow: Council, tmp_path: Path
) -> None:
    council = Council(Path(shutil.copytree(harrow.folder, tmp_path / "harrow")))
    (council.folder / "returns" / "annual.yml").write_text(MISTAKEN, encoding="utf-8")
    said = r"annual\.yml, line 9: harrow/annual/2017-18, table mistaken: There is no metric"
    with pytest.raises(UsageError, match=said):
        build(home, council, "annual", YEAR, metrics=metrics)


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        ("2013/14", "lies before the first records of Harrow, which begin on 2015-04-01"),
        ("2021/22", "lies after the last loaded records of Harrow, which are as at 2020-06-30"),
        ("Q1 2017/18", "is made for a year, and Q1 2017/18 is none"),
    ],
)
def test_a_return_of_a_period_without_data_is_refused(
    home: Home, metrics: Metrics, harrow: Council, period: str, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        build(home, harrow, "annual", parse_period(period), metrics=metrics)


def test_figures_asked_for_can_be_asked_for_again_by_their_id(metrics: Metrics, harrow: Council) -> None:
    answer = ask(metrics, "stage1_in_time_rate", ["service_area"], YEAR, [harrow])
    for _, figure, _ in answer.figures:
        council, populations = asked(metrics, figure.id)
        numbers = [sum((Tracer(metrics, council).cases(one) or {}).values()) for one in populations]
        assert numbers == [figure.numerator, figure.denominator]


def test_a_metric_without_a_period_is_answered_year_by_year(metrics: Metrics, harrow: Council) -> None:
    answer = ask(metrics, "stage1_received", [], None, [harrow])
    years = {figure.period.label: figure.numerator for _, figure, _ in answer.figures}
    assert years["2015/16"] == 63
    assert years["2016/17"] == 54
    assert years["2017/18"] == 56


def test_a_warehouse_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RedressError, match="There is no published warehouse"), open_metrics(Home(tmp_path)):
        pass
