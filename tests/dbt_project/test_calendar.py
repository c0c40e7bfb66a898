"""The calendar that every clock rests on, against an independent one and by hand."""

import csv
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from redress.paths import DBT_PROJECT as PROJECT

SEED = PROJECT / "seeds" / "bank_holidays.csv"


def seeded() -> dict[date, str]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["holiday_date"]): row["holiday_name"] for row in csv.DictReader(file)}


def test_bank_holidays_are_those_of_an_independent_calendar():
    england = holidays.country_holidays("GB", subdiv="ENG", years=range(2000, 2031))
    assert sorted(seeded()) == sorted(day for day in england if day.weekday() < 5)


@pytest.mark.parametrize(
    ("day", "is_holiday"),
    [
        ("2002-06-03", True),
        ("2002-06-04", True),
        ("2002-05-27", False),
        ("2011-04-29", True),
        ("2012-06-05", True),
        ("2020-05-04", False),
        ("2020-05-08", True),
        ("2021-12-28", True),
        ("2022-05-30", False),
        ("2022-06-02", True),
        ("2022-06-03", True),
        ("2022-09-19", True),
        ("2023-05-08", True),
    ],
)
def test_days_that_other_lists_get_wrong(day, is_holiday):
    assert (date.fromisoformat(day) in seeded()) == is_holiday


def test_the_calendar_does_not_end_within_a_year():
    last = max(seeded())
    in_a_year = datetime.now(UTC).date() + timedelta(days=365)
    assert in_a_year < date(last.year, 12, 31), (
        f"The bank holidays end in {last.year}: add the years after it to {SEED.name}, "
        "and lengthen dim_date and the description of both."
    )


def test_dim_date_counts_working_days_without_a_gap(empty_warehouse):
    first, last, days = empty_warehouse.read("select min(date_day), max(date_day), count(*) from reporting.dim_date")[0]
    assert (first, last, days) == (date(2000, 1, 1), date(2030, 12, 31), 11323)
    wrong = empty_warehouse.read("""
        select date_day from (
            select *, lag(working_day_number, 1, 0) over (order by date_day) as number_before from reporting.dim_date
        )
        where working_day_number <> number_before + is_working_day::int
            or is_working_day <> (isodow(date_day) < 6 and bank_holiday_name is null)
    """)
    assert wrong == []


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        ("2018-03-31", "2017/18", "Q4 2017/18"),
        ("2018-04-01", "2018/19", "Q1 2018/19"),
        ("2018-07-01", "2018/19", "Q2 2018/19"),
        ("1999-12-31", None, None),
        ("2018-12-31", "2018/19", "Q3 2018/19"),
        ("2000-01-01", "1999/00", "Q4 1999/00"),
    ],
)
def test_financial_years_and_quarters(empty_warehouse, day, year, quarter):
    found = empty_warehouse.read(
        f"select financial_year, financial_quarter from reporting.dim_date where date_day = '{day}'"
    )
    assert found == ([(year, quarter)] if year else [])
