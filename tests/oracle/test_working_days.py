"""The oracle's own ground: the examples of the law's calendar, counted by hand."""

from datetime import date

import pytest

from tests.oracle.working_days import Calendar

ENGLAND = Calendar()


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2023-05-04", "2023-05-19", 10),  # 8 May 2023 was the coronation's bank holiday
        ("2022-12-24", "2022-12-28", 1),  # Christmas Day fell on a Sunday: 26 and 27 December
        ("2022-09-16", "2022-09-20", 1),  # the Queen's funeral
        ("2022-06-01", "2022-06-06", 1),  # the Platinum Jubilee
        ("2024-03-28", "2024-04-02", 1),  # Easter
        ("2024-05-04", "2024-05-06", 0),
        ("2024-05-07", "2024-05-07", 0),
    ],
)
def test_elapsed_counts_the_working_days_after_the_start(start: str, end: str, days: int) -> None:
    assert ENGLAND.elapsed(date.fromisoformat(start), date.fromisoformat(end)) == days


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [("2022-12-24", 1, "2022-12-28"), ("2023-05-04", 10, "2023-05-19"), ("2024-03-28", 1, "2024-04-02")],
)
def test_due_is_the_working_day_of_that_number(start: str, number: int, due: str) -> None:
    assert ENGLAND.due(date.fromisoformat(start), number) == date.fromisoformat(due)


def test_a_freeze_over_a_weekend_takes_off_its_working_days_only() -> None:
    frozen = [(date(2024, 6, 7), date(2024, 6, 11))]  # Friday to Tuesday: the Friday and the Monday
    assert ENGLAND.elapsed(date(2024, 6, 3), date(2024, 6, 14), frozen) == 7
    assert ENGLAND.due(date(2024, 6, 3), 9, frozen) == date(2024, 6, 18)
    assert ENGLAND.due(date(2024, 6, 3), 9, [(date(2024, 6, 7), None)]) is None


def test_closure_days_count_unless_the_council_says_otherwise() -> None:
    start, end = date(2023, 12, 22), date(2023, 12, 29)
    assert ENGLAND.elapsed(start, end) == 3
    assert Calendar([date(2023, 12, 28)]).elapsed(start, end) == 2
