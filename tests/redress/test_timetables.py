"""When drafts of returns are due: days counted by hand on a calendar, over Easter and Christmas."""

import itertools
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redress.airflow_home import LONDON
from redress.demo.working_days import WorkingDays
from redress.errors import UsageError
from redress.returns.periods import parse_period
from redress.timetables import (
    Kind,
    days_after,
    drafts_due,
    drafts_of,
    due,
    last_period_due,
    next_due,
    next_run,
    working_day_after,
)


def seven(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 7, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("period", "days", "moment"),
    [
        # Easter Monday is 2 April: 3 April is day 1, 6 April day 4, and 30 April day 20.
        ("2017/18", 20, seven(2018, 4, 30)),
        # 31 March is Easter Day itself: 2 April is day 1 and 29 April day 20.
        ("2023/24", 20, seven(2024, 4, 29)),
        # Good Friday is 19 April and Easter Monday the 22nd: the 18th is day 14, the 23rd day 15.
        ("2018/19", 14, seven(2019, 4, 18)),
        ("2018/19", 15, seven(2019, 4, 23)),
        # New Year's Day is a Sunday and Monday its substitute: 3 January is day 1, 23 January day 15.
        ("Q3 2022/23", 1, seven(2023, 1, 3)),
        ("Q3 2022/23", 15, seven(2023, 1, 23)),
        # 21 in October, 22 in November, 17 to 23 December make 60; 26 and 27 are holidays; 28 and 29 are 61 and 62.
        ("Q2 2022/23", 60, seven(2022, 12, 23)),
        ("Q2 2022/23", 62, seven(2022, 12, 29)),
        # None: the period is over only the day after.
        ("Q2 2022/23", 0, seven(2022, 10, 1)),
    ],
)
def test_a_draft_is_due_so_many_working_days_after_the_period(period: str, days: int, moment: datetime) -> None:
    assert due(parse_period(period), days) == moment


def test_the_hour_is_london_s_in_summer_and_winter() -> None:
    assert due(parse_period("2017/18"), 20).utcoffset() == timedelta(hours=1)
    assert due(parse_period("Q3 2022/23"), 15).utcoffset() == timedelta(0)


@given(day=st.dates(date(2001, 1, 1), date(2029, 1, 1)), number=st.integers(1, 90))
def test_working_days_agree_with_an_independent_count(day: date, number: int) -> None:
    assert working_day_after(day, number) == WorkingDays().after(day, number)


@given(
    kind=st.sampled_from(["annual", "quarterly"]),
    numbers=st.sets(st.integers(0, 90), min_size=1, max_size=4),
    moment=st.datetimes(datetime(2003, 1, 1), datetime(2015, 1, 1)).map(lambda one: one.replace(tzinfo=LONDON)),  # noqa: DTZ001
)
def test_run_follows_run_without_gap_and_drafts_every_period_once(
    kind: Kind, numbers: set[int], moment: datetime
) -> None:
    runs = []
    ended = None
    for _ in range(12):
        start, end = next_run(kind, numbers, moment, ended, earliest=moment, catches_up=True) or pytest.fail("no run")
        assert start < end
        assert ended in (None, start)
        runs.append((start, end))
        ended = end
    for number in numbers:
        fell_due = [last_period_due(kind, number, end) for start, end in runs]
        new = [
            period for period, (start, end) in zip(fell_due, runs, strict=True) if start < due(period, number) <= end
        ]
        assert new == sorted(set(new))
        assert all(later.start == earlier.end + timedelta(days=1) for earlier, later in itertools.pairwise(new))


def test_the_first_run_is_the_next_one_due_and_nothing_before_it() -> None:
    now = seven(2018, 6, 1)
    assert next_run("annual", [20], now) == (seven(2018, 4, 30), seven(2019, 4, 30))
    assert next_run("quarterly", [15], now) == (seven(2018, 4, 23), seven(2018, 7, 20))


def test_after_an_outage_one_run_reaches_over_all_that_was_missed() -> None:
    """Due on 23 and 30 April 2018; the scheduler was down from March until May."""
    last_ended, now = seven(2017, 5, 3), seven(2018, 5, 10)
    assert next_run("annual", [15, 20], now, last_ended) == (last_ended, seven(2018, 4, 30))
    assert next_run("annual", [15, 20], now, last_ended, catches_up=True) == (last_ended, seven(2018, 4, 23))


def test_there_is_no_run_beyond_the_known_bank_holidays_or_without_a_return() -> None:
    assert next_due("annual", [20], seven(2030, 5, 1)) is None
    assert next_run("annual", [20], seven(2030, 5, 1)) is None
    assert next_run("annual", [], seven(2018, 5, 1)) is None


@pytest.fixture
def councils(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """barsetshire waits 20 days for its annual return, loamshire 15, the rest have none; feltham's cannot be read."""
    for name, text in {
        "barsetshire": "period: year\nworking_days_after: 20\n",
        "loamshire": "period: year\nworking_days_after: 15\n",
        "feltham": "period: [year\n",
        "winton": None,
    }.items():
        folder = tmp_path / name / "returns"
        folder.mkdir(parents=True)
        (tmp_path / name / "source.yml").write_text("kind: files\npath: drop\n", encoding="utf-8")
        if text is not None:
            (folder / "annual.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("councils")
def test_a_council_waits_as_long_as_its_return_says() -> None:
    assert days_after("annual") == {"barsetshire": 20, "feltham": 20, "loamshire": 15}
    assert days_after("quarterly") == {}


@pytest.mark.usefixtures("councils")
def test_a_run_drafts_what_fell_due_in_its_interval() -> None:
    between = drafts_due("annual", seven(2017, 5, 3), seven(2018, 4, 23))
    assert between == [{"council": "loamshire", "period": "2017/18"}]
    after = drafts_due("annual", seven(2018, 4, 23), seven(2018, 4, 30))
    assert after == [{"council": name, "period": "2017/18"} for name in ("barsetshire", "feltham")]
    years = drafts_due("annual", seven(2015, 1, 1), seven(2018, 4, 29), ["barsetshire"])
    assert years == [{"council": "barsetshire", "period": "2016/17"}]


@pytest.mark.usefixtures("councils")
def test_a_period_can_be_named() -> None:
    assert drafts_of("annual", "2015/16", ["loamshire"]) == [{"council": "loamshire", "period": "2015/16"}]
    with pytest.raises(UsageError, match="not a period"):
        drafts_of("annual", "last year")
    with pytest.raises(UsageError, match=r"no annual return of 'winton' \(known: barsetshire, feltham, loamshire\)"):
        drafts_of("annual", "2015/16", ["winton"])
