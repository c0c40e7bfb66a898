"""Periods as people write them, and the way from one to another."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redress.errors import UsageError
from redress.returns.periods import Period, financial_year, parse_period

DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2029, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2017/18", date(2017, 4, 1), date(2018, 3, 31), "year"),
        ("2019/20", date(2019, 4, 1), date(2020, 3, 31), "year"),
        ("1999/00", date(1999, 4, 1), date(2000, 3, 31), "year"),
        ("Q1 2018/19", date(2018, 4, 1), date(2018, 6, 30), "quarter"),
        ("Q4 2018/19", date(2019, 1, 1), date(2019, 3, 31), "quarter"),
        ("Q2 2018/19 to date", date(2018, 4, 1), date(2018, 9, 30), "year_to_date"),
        ("February 2020", date(2020, 2, 1), date(2020, 2, 29), "month"),
        ("31 March 2018", date(2018, 3, 31), date(2018, 3, 31), "day"),
        ("Autumn 2018", date(2018, 9, 1), date(2018, 11, 30), "season"),
        ("2011", date(2011, 1, 1), date(2011, 12, 31), "calendar_year"),
    ],
)
def test_what_people_write_is_understood_and_said_again(text: str, start: date, end: date, kind: str) -> None:
    period = parse_period(text)
    assert (period.start, period.end, period.kind) == (start, end, kind)
    assert period.label == text


@pytest.mark.parametrize("text", ["2017/19", "2017-18", "Q5 2018/19", "Quarter 2", "31 February 2018", "", "18/19"])
def test_what_is_no_period_is_refused_with_the_nearest_right_form(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a period; write a financial year as 2017/18.*nearest"):
        parse_period(text)


def test_the_periods_that_reports_compare_with() -> None:
    quarter = parse_period("Q2 2018/19")
    assert quarter.previous.label == "Q1 2018/19"
    assert quarter.previous.previous.label == "Q4 2017/18"
    assert [quarter.months_later(-12 * back).label for back in (1, 2)] == ["Q2 2017/18", "Q2 2016/17"]
    assert [one.label for one in quarter.quarters] == ["Q1 2018/19", "Q2 2018/19"]
    assert quarter.to_date.label == "Q2 2018/19 to date"
    assert quarter.year.label == "2018/19"
    assert parse_period("2019/20").last_day.label == "31 March 2020"
    assert parse_period("29 February 2020").months_later(-12).label == "28 February 2019"
    assert [one.label for one in quarter.last_quarters(3)] == ["Q4 2017/18", "Q1 2018/19", "Q2 2018/19"]


@given(DAYS)
def test_every_day_lies_in_one_year_and_one_quarter_of_it(day: date) -> None:
    year = parse_period(financial_year(day))
    assert year.start <= day <= year.end
    assert len([one for one in year.quarters if one.start <= day <= one.end]) == 1
    assert year.quarters[0].start == year.start
    assert year.quarters[-1].end == year.end


@given(DAYS, st.integers(min_value=0, max_value=40))
def test_going_back_and_forth_by_months_keeps_whole_periods(day: date, months: int) -> None:
    quarter = next(one for one in parse_period(financial_year(day)).quarters if one.start <= day <= one.end)
    moved = quarter.months_later(-3 * months)
    assert moved.months_later(3 * months) == quarter
    assert parse_period(moved.label) == moved


@given(DAYS)
def test_the_previous_period_ends_the_day_before(day: date) -> None:
    period = Period(day, day, "day")
    for one in (period, period.year, period.year.quarters[0]):
        assert one.previous.end == one.start - timedelta(days=1)
        assert one.previous.kind == one.kind
