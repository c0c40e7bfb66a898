"""Dates and times as councils write them, worked by hand."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.contract.mapping.definition import DateForm, Feed
from redress.contract.mapping.mapper import Mapper
from redress.councils import Codes
from tests.redress.contract.mapping.mapping import batch, cells, mapped

READ = {
    "2018-04-01": "2018-04-01",
    "2018-04-01 00:00:00": "2018-04-01",
    "2018-04-01T23:59:59.9999999": "2018-04-01",
    "01/04/2018": "2018-04-01",
    "1/4/2018": "2018-04-01",
    "1-4-2018": "2018-04-01",
    "01.04.2018": "2018-04-01",
    "01/04/2018 00:00": "2018-04-01",
    "01/04/2018 9:05:30": "2018-04-01",
    "01/04/2018 11:30 PM": "2018-04-01",
    " 01/04/2018\u00a0": "2018-04-01",
    "12/11/2018": "2018-11-12",
    "01/04/18": "2018-04-01",
    "1-4-68": "2068-04-01",
    "1.4.69": "1969-04-01",
    "1 Apr 2018": "2018-04-01",
    "1\u00a0April\u00a02018": "2018-04-01",
    "1st April 2018": "2018-04-01",
    "2nd of April, 2018": "2018-04-02",
    "Sunday, 1 April 2018": "2018-04-01",
    "Sun 1 Apr 2018 10:30": "2018-04-01",
    "April 1, 2018": "2018-04-01",
    "Sept 3rd 2018": "2018-09-03",
    "Apr  1 2018 12:00AM": "2018-04-01",
    "01-APR-18": "2018-04-01",
    "43191": "2018-04-01",
    "43191.75": "2018-04-01",
    "43190.99999999999": "2018-04-01",
    "61": "1900-03-01",
    "73050": "2099-12-31",
    "29/02/2016": "2016-02-29",
}

NOT_READ = (
    *("31/02/2018", "29/02/2018", "2018-02-30", "31 June 2018", "00/01/2018"),
    *("04/13/2018", "13/13/2018", "2018-13-01"),
    *("60", "1", "0", "73051", "2018", "1999", "-43191", "20180401"),
    *("0018-04-01", "01/04/0018", "01/04/118", "1/4", "Apr 18", "April 2018", "01/04-2018"),
    *(
        "2018-04-01 25:00",
        "2018-04-01T24:00:00",
        "2018-04-01 10:61",
        "2018-04-01T10:00:00+99:00",
        "2018-04-01 13:00 PM",
    ),
    *("not known", "tbc", "=cmd|' /C calc'!A0"),
)


def test_each_form_is_read(con: Any) -> None:
    assert dict(zip(READ, cells(con, "received_date", list(READ)), strict=True)) == READ


def test_what_is_no_date_stays_as_it_was_for_rule_r04_to_name(con: Any) -> None:
    assert cells(con, "received_date", list(NOT_READ)) == list(NOT_READ)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("iso", "2018-04-01"),
        ("day_first", "01/04/2018"),
        ("day_first_short", "01/04/18"),
        ("month_name", "1 April 2018"),
        ("excel_serial", "43191"),
    ],
)
def test_only_the_forms_named_are_read(con: Any, form: DateForm, text: str) -> None:
    for named in ("iso", "day_first", "day_first_short", "month_name", "excel_serial"):
        rule = f"{{column: X, dates: [{named}]}}"
        read = cells(con, "received_date", [text], rule=rule)[0]
        assert read == ("2018-04-01" if named == form else text)


def test_the_columns_forms_go_before_the_feeds_and_the_feeds_before_the_sources(con: Any) -> None:
    feed = Feed.model_validate(
        {
            "dates": ["month_name"],
            "entities": {
                "cases": {"columns": {"received_date": "X", "closed_date": {"column": "X", "dates": ["iso"]}}}
            },
        }
    )
    rows = batch([{"X": "1 May 2018"}, {"X": "01/05/2018"}])
    found = Mapper(feed, Codes(), ("day_first",), ["X"]).map(con, rows)["cases"].to_pylist()
    assert [row["received_date"] for row in found] == ["2018-05-01", "01/05/2018"]
    assert [row["closed_date"] for row in found] == ["1 May 2018", "01/05/2018"]


def test_a_two_digit_year_of_birth_is_one_a_service_user_can_have(con: Any) -> None:
    texts = ["01/04/00", "01/04/18", "01/04/40", "01/04/41", "01/04/68", "01/04/99"]
    years = ["2000", "2018", "2040", "1941", "1968", "1999"]
    assert cells(con, "date_of_birth", texts) == [f"{year}-04-01" for year in years]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-03-31T23:00:00Z", "2018-04-01"),
        ("2018-03-31 23:00:00+00:00", "2018-04-01"),
        ("2018-04-01T00:00:00+01:00", "2018-04-01"),
        ("2018-04-01 00:00:00.0000000 +01:00", "2018-04-01"),
        ("2018-03-31T18:30:00-0500", "2018-04-01"),
        ("2018-03-24T23:59:59Z", "2018-03-24"),
        ("2018-03-25T00:00:00Z", "2018-03-25"),
        ("2018-03-25T22:59:59Z", "2018-03-25"),
        ("2018-03-25T23:00:00Z", "2018-03-26"),
        ("2018-10-27T23:00:00Z", "2018-10-28"),
        ("2018-10-28T23:30:00Z", "2018-10-28"),
        ("2018-10-29T00:00:00Z", "2018-10-29"),
        ("2018-12-31T23:30:00Z", "2018-12-31"),
        ("31/03/2018 23:00 UTC", "2018-04-01"),
        ("2018-03-31 23:00:00", "2018-03-31"),
    ],
)
def test_a_time_with_an_offset_is_brought_to_london_before_its_date_is_taken(con: Any, text: str, day: str) -> None:
    assert cells(con, "received_date", [text]) == [day]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-01-05 10:30:00", "2018-01-05T10:30:00+00:00"),
        ("2018-07-05 10:30:00", "2018-07-05T09:30:00+00:00"),
        ("05/07/2018 10:30", "2018-07-05T09:30:00+00:00"),
        ("05/07/2018 10:30 pm", "2018-07-05T21:30:00+00:00"),
        ("2018-07-05", "2018-07-04T23:00:00+00:00"),
        ("2018-07-05T10:30:00.123Z", "2018-07-05T10:30:00.123+00:00"),
        ("2018-07-05T10:30:00+05:30", "2018-07-05T05:00:00+00:00"),
        ("2018-07-05T10:30:00-05", "2018-07-05T15:30:00+00:00"),
        ("43286.4375", "2018-07-05T09:30:00+00:00"),
        ("2018-10-28 00:59:59", "2018-10-27T23:59:59+00:00"),
        ("2018-10-28 01:30:00", "2018-10-28T00:30:00+00:00"),
        ("2018-10-28 02:00:00", "2018-10-28T02:00:00+00:00"),
        ("2018-03-25 00:59:59", "2018-03-25T00:59:59+00:00"),
        ("2018-03-25 01:30:00", "2018-03-25T01:30:00+00:00"),
        ("2018-03-25 02:00:00", "2018-03-25T01:00:00+00:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_timestamp_without_an_offset_is_one_of_london(con: Any, text: str, moment: str) -> None:
    assert cells(con, "updated_at", [text]) == [moment]


def written(day: date) -> dict[str, str | None]:
    """A day as each form writes it."""
    return {
        "iso": day.isoformat(),
        "day_first": f"{day:%d/%m/%Y}",
        "day_first_short": f"{day:%d.%m.%y}",
        "month_name": f"{day.day} {day:%B %Y}",
        "excel_serial": str((day - date(1899, 12, 30)).days),
    }


COLUMNS = ("received_date", "decided_date", "investigation_started_date", "response_due_date", "responded_date")


@settings(max_examples=20)
@given(days=st.lists(st.dates(date(1969, 1, 1), date(2068, 12, 31)), min_size=1, max_size=50))
def test_every_day_is_the_same_in_every_form(con: Any, days: list[date]) -> None:
    forms = list(written(days[0]))
    rules = ", ".join(f"{name}: {{column: {form}, dates: [{form}]}}" for name, form in zip(COLUMNS, forms, strict=True))
    rows = mapped(con, f"ombudsman: {{columns: {{{rules}}}}}", *map(written, days))["ombudsman"]
    assert [{row[name] for name in COLUMNS} for row in rows] == [{day.isoformat()} for day in days]
