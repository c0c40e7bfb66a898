"""What a request asks for, night after night, and where the next one goes on."""

from datetime import date
from typing import Any

import pytest

from redress.errors import RedressError
from tests.redress.sources.rest.conftest import NIGHT, Define, readings, rows_of
from tests.redress.sources.rest.service import Service, as_json

WINDOW = {"From": "{from}", "Until": "{until}", "Changed": "since {since}"}
CHANGED = {"parameters": WINDOW, "watermark": {"column": "changed", "overlap": "2 hours"}}


@pytest.mark.parametrize(
    ("keys", "since", "asked"),
    [
        ({}, None, {"From": "2016-07-01", "Until": "2024-03-05", "Changed": "since 2016-07-01T00:00:00"}),
        (
            {"extract": "changes"},
            "2024-03-04T01:30:00",
            {"From": "2024-03-03", "Until": "2024-03-05", "Changed": "since 2024-03-03T23:30:00"},
        ),
        (
            {"extract": "changes"},
            None,
            {"From": "2016-07-01", "Until": "2024-03-05", "Changed": "since 2016-07-01T00:00:00"},
        ),
        (
            {"date_format": "%d/%m/%Y", "since_format": "%Y%m%d%H%M"},
            None,
            {"From": "01/07/2016", "Until": "05/03/2024", "Changed": "since 201607010000"},
        ),
        (
            {},
            "2024-03-04T01:30:00",
            {"From": "2016-07-01", "Until": "2024-03-05", "Changed": "since 2016-07-01T00:00:00"},
        ),
    ],
    ids=["full", "changes", "first extract of changes", "formats", "full with a watermark"],
)
def test_the_window_is_from_the_beginning_or_the_watermark_to_the_extract_date(
    service: Service, define: Define, keys: dict[str, Any], since: str | None, asked: dict[str, str]
) -> None:
    service.says("/cases", as_json([]))
    readings(define({"cases": CHANGED}, begin="2016-07-01", **keys), since)
    assert service.asked[0].query == asked


@pytest.mark.parametrize(
    ("dates", "values", "since", "mark"),
    [
        (["iso"], ["2024-03-04T10:00:00", "2024-03-05T09:59:59", None, "2024-02-01"], None, "2024-03-05T09:59:59"),
        (["iso"], ["2024-03-04T23:30:00Z", "2023-07-01T23:30:00+00:00"], None, "2024-03-04T23:30:00"),
        (["iso"], ["2023-07-01T23:30:00.250Z"], None, "2023-07-02T00:30:00"),
        (["day_first"], ["04/03/2024 10:00", "05/02/2024"], None, "2024-03-04T10:00:00"),
        (["month_name"], ["4 Mar 2024", "31 January 2024"], None, "2024-03-04T00:00:00"),
        (["iso"], ["2099-01-01", "2024-03-04"], None, "2024-03-04T00:00:00"),
        (["iso"], ["2024-03-01"], "2024-03-04T00:00:00", "2024-03-04T00:00:00"),
        (["iso"], [], "2024-03-04T00:00:00", "2024-03-04T00:00:00"),
        (["iso"], ["soon"], None, None),
    ],
    ids=["iso", "utc in winter", "utc in summer", "day first", "month", "mistyped year", "older", "no rows", "no date"],
)
def test_the_watermark_is_the_newest_change_in_local_time_and_never_goes_back(
    service: Service, define: Define, dates: list[str], values: list[str | None], since: str | None, mark: str | None
) -> None:
    service.says("/cases", as_json([{"changed": value} for value in values]))
    source = define({"cases": CHANGED}, begin="2016-07-01", extract="changes", dates=dates)
    reading, _ = readings(source, since)["cases"]
    assert reading.watermark() == mark


def test_a_watermark_column_that_is_not_there_and_a_mark_that_is_no_time_are_told(
    service: Service, define: Define
) -> None:
    service.says("/cases", as_json([{"ref": "BA-1"}]))
    source = define({"cases": CHANGED}, begin="2016-07-01", extract="changes")
    with pytest.raises(RedressError, match="the answer has no changed, the column of its watermark"):
        readings(source)
    with pytest.raises(RedressError, match="The watermark of feed cases is not a time"):
        readings(source, "42")


def test_feeds_share_a_request_only_when_it_is_the_same(service: Service, define: Define) -> None:
    service.says("/cases", as_json({"cases": [{"ref": "BA-1"}], "teams": [{"code": "S1"}]}))
    service.says("/teams", as_json({"cases": [], "teams": [{"code": "S2"}]}))
    found = readings(
        define(
            {
                "cases": {"records": "cases"},
                "teams": {"records": "teams"},
                "others": {"records": "teams", "endpoint": "teams"},
                "late": {"records": "cases", "parameters": {"late": True}},
            }
        )
    )
    assert [row["code"] for row in found["teams"][1] + found["others"][1]] == ["S1", "S2"]
    assert [(request.path, request.query) for request in service.asked] == [
        ("/cases", {}),
        ("/teams", {}),
        ("/cases", {"late": "true"}),
    ]


def test_each_delivery_asks_anew(service: Service, define: Define) -> None:
    service.says("/cases", as_json([{"ref": "BA-1"}]), as_json([{"ref": "BA-2"}]))
    source = define()
    assert [rows_of(source)[0]["ref"], rows_of(source)[0]["ref"]] == ["BA-1", "BA-2"]


def test_there_is_one_delivery_a_night_and_only_its_own_place(define: Define) -> None:
    source = define({"cases": {}, "all": {"entities": {"stages": {}, "cases": {}}}}, extract="changes")
    [delivery] = source.deliveries(NIGHT)
    assert (delivery.location, delivery.extract_date, delivery.extract_kind) == ("rest:barset", NIGHT, "changes")
    assert delivery.entities == ("cases", "stages")
    assert source.delivery("rest:barset", date(2024, 3, 6)).extract_date == date(2024, 3, 6)
    with pytest.raises(RedressError, match="rest:other is not the source of barsetshire"):
        source.delivery("rest:other", NIGHT)
