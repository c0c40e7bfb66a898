"""What the recipes rest on: periods, lookups in the printed figures, dealing margins, working days."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redress.demo.book import Book
from redress.demo.population import Population, both, dealt, having, not_dealt, shares
from redress.demo.published import Period, Published, whole_numbers
from redress.demo.working_days import WorkingDays
from redress.errors import RedressError


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2017/18", date(2017, 4, 1), date(2018, 3, 31)),
        ("Q1 2018/19", date(2018, 4, 1), date(2018, 6, 30)),
        ("Q2 2018/19", date(2018, 7, 1), date(2018, 9, 30)),
        ("Q3 2018/19", date(2018, 10, 1), date(2018, 12, 31)),
        ("Q4 2018/19", date(2019, 1, 1), date(2019, 3, 31)),
    ],
)
def test_periods(name: str, first: date, last: date) -> None:
    assert Period.named(name) == (first, last)


def test_a_figure_is_looked_up_by_its_labels() -> None:
    published = Published("harrow")
    assert published.count("volumes_by_stage_and_year", period="2016/17", stage="stage1", section="Table 2") == 54
    assert published.counts("stage1_received_by_service", "services", period="2015/16") == {
        "EDUCATION_AND_COMMISSIONING": 7,
        "TARGETED_SERVICES": 48,
        "SPECIAL_NEEDS_SERVICE": 8,
    }


def test_rows_that_print_different_values_are_not_one_figure() -> None:
    with pytest.raises(RedressError, match="has 3 values of harrow volumes_by_stage_and_year"):
        Published("harrow").count("volumes_by_stage_and_year", stage="stage1", section="Table 2")


def test_counts_behind_percentages() -> None:
    assert whole_numbers({"a": 33, "b": 83}, 24) == {"a": 8, "b": 20}
    with pytest.raises(RedressError, match="No count of 26 prints as 17%"):
        whole_numbers({"in time": 17}, 26)


def test_a_margin_is_dealt_to_those_that_meet_the_condition() -> None:
    people = Population(10, Random(1))
    people.deal("service", {"A": 6, "B": 4})
    people.mark("chosen", 2, having(service="A"))
    people.deal_rest("service_checked", {True: 3}, both(having(service=("A", "B")), not_dealt("chosen")))
    assert [case["service"] for case in people].count("A") == 6
    assert {case["service"] for case in people.where(dealt("chosen"))} == {"A"}
    assert not people.where(dealt("chosen", "service_checked"))
    assert len(people.where(dealt("service_checked"))) == 3


def test_a_margin_that_is_larger_than_its_population_is_an_error() -> None:
    with pytest.raises(RedressError, match="the margins conflict"):
        Population(2, Random(1)).deal("service", {"A": 3})


def test_spread_reaches_both_ends() -> None:
    people = Population(4, Random(1))
    people.spread("days", 11, 20)
    assert sorted(case["days"] for case in people) == [11, 14, 17, 20]


@given(st.integers(0, 500), st.dictionaries(st.text(max_size=3), st.integers(1, 50), min_size=1, max_size=6))
def test_shares_add_to_the_total_and_miss_by_less_than_one(total: int, weights: dict[str, int]) -> None:
    split = shares(total, weights)
    assert sum(split.values()) == total
    assert all(abs(split[key] - total * weight / sum(weights.values())) < 1 for key, weight in weights.items())


@pytest.mark.parametrize(
    ("received", "number", "answered"),
    [
        (date(2022, 12, 24), 1, date(2022, 12, 28)),  # a Saturday
        (date(2023, 5, 4), 10, date(2023, 5, 19)),
        (date(2020, 4, 24), 10, date(2020, 5, 11)),
        (date(2020, 6, 13), 0, date(2020, 6, 13)),
    ],
)
def test_working_days(received: date, number: int, answered: date) -> None:
    calendar = WorkingDays()
    assert calendar.after(received, number) == answered
    assert calendar.elapsed(received, answered) == number


def test_a_row_takes_contract_columns_only() -> None:
    with pytest.raises(RedressError, match="stages has no column band"):
        Book("harrow", "HAR", 1).add("stages", case_ref="HAR-C-000001", band="within_limit")


def test_days_that_cannot_be_are_an_error() -> None:
    year, next_century = Period.named("2017/18"), Period(date(2100, 1, 1), date(2100, 1, 2))
    with pytest.raises(RedressError, match="correct the recipe of harrow"):
        Book("harrow", "HAR", 1).received_and_answered(year, 10, next_century)
