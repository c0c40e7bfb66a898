"""Every page once: by number, offset, cursor and link; a service that goes round in circles is found out."""

from typing import Any

import pytest

from redress.errors import RedressError, SourceUnavailable
from tests.redress.sources.rest.conftest import Define, rows_of
from tests.redress.sources.rest.service import Answer, Request, Service, as_json

REFS = [f"BA-{number}" for number in range(1, 8)]


def paged(kind: str, size: int, refs: list[str] = REFS) -> Any:
    """A service that hands out at most so many records at a time, whatever it is asked for."""

    def said(request: Request) -> Answer:
        if kind == "page":
            start = (int(request.query["page"]) - 1) * size
        else:
            start = int(request.query.get("offset") or request.query.get("after") or 0)
        records = [{"ref": ref} for ref in refs[start : start + size]]
        more = start + size < len(refs)
        if kind == "cursor":
            return as_json({"items": records, "paging": {"next": start + size if more else None}})
        if kind == "address":
            return as_json({"items": records, **({"next": f"/cases?after={start + size}"} if more else {})})
        link = {"Link": f'</cases?after={start + size}>; rel="next", </cases>; rel="first"'} if more else {}
        return as_json(records, **(link if kind == "link" else {}))

    return said


PAGINATION: dict[str, dict[str, Any]] = {
    "page": {"type": "page", "size": 5},
    "offset": {"type": "offset", "size": 5},
    "cursor": {"type": "cursor", "at": "paging.next", "parameter": "after"},
    "address": {"type": "cursor", "at": "next"},
    "link": {"type": "link"},
}


@pytest.mark.parametrize("size", [1, 3, 7, 10])
@pytest.mark.parametrize("kind", PAGINATION)
def test_every_page_is_read_once_even_when_the_service_gives_smaller_ones(
    service: Service, define: Define, kind: str, size: int
) -> None:
    service.says("/cases", paged(kind, size))
    records = "items" if kind in ("cursor", "address") else None
    source = define(
        {"cases": {"records": records, "parameters": {"team": "S1"}}},
        pagination=PAGINATION[kind],
        auth={"type": "basic"},
    )
    rows = rows_of(source)
    assert [(row["ref"], row["source_row"]) for row in rows] == [(ref, n) for n, ref in enumerate(REFS, start=1)]
    assert all("authorization" in request.headers for request in service.asked)
    assert service.asked[0].query["team"] == "S1"


def test_size_and_first_page_are_asked_for(service: Service, define: Define) -> None:
    service.says("/cases", as_json([{"a": 1}]), as_json([]))
    rows_of(define(pagination={"type": "page", "parameter": "p", "first": 0, "size": 50, "size_parameter": "per"}))
    assert [request.query for request in service.asked] == [{"p": "0", "per": "50"}, {"p": "1", "per": "50"}]


def test_the_cursor_of_xml_is_an_element(service: Service, define: Define) -> None:
    service.says(
        "/cases",
        Answer(b"<r><case><ref>BA-1</ref></case><next>abc</next></r>"),
        Answer(b"<r><case><ref>BA-2</ref></case><next/></r>"),
    )
    pagination = {"type": "cursor", "at": "next", "parameter": "after"}
    rows = rows_of(define({"cases": {"records": "case"}}, format="xml", pagination=pagination))
    assert [row["ref"] for row in rows] == ["BA-1", "BA-2"]
    assert service.asked[1].query == {"after": "abc"}


def test_a_page_with_other_fields_adds_its_columns(service: Service, define: Define) -> None:
    service.says("/cases", as_json([{"ref": "BA-1"}]), as_json([{"ref": "BA-2", "closed": "x"}]), as_json([]))
    assert rows_of(define(pagination={"type": "page"})) == [
        {"ref": "BA-1", "closed": None, "source_row": 1},
        {"ref": "BA-2", "closed": "x", "source_row": 2},
    ]


@pytest.mark.parametrize(
    ("pagination", "answers", "sentence"),
    [
        (PAGINATION["page"], [as_json([{"ref": "BA-1"}])], "gave the same page twice"),
        (PAGINATION["offset"], [as_json([{"ref": "BA-1"}])], "gave the same page twice"),
        (
            PAGINATION["cursor"],
            [
                as_json({"items": [{"ref": "BA-1"}], "paging": {"next": "a"}}),
                as_json({"items": [{"ref": "BA-2"}], "paging": {"next": "b"}}),
                as_json({"items": [{"ref": "BA-3"}], "paging": {"next": "a"}}),
            ],
            "leads back to a page that was read already",
        ),
        (PAGINATION["address"], [as_json({"items": [], "next": "/cases"})], "leads back to a page"),
        (PAGINATION["link"], [as_json([{"ref": "BA-1"}], Link='</cases?a=1>; rel="next"')], "gave the same page twice"),
        (
            PAGINATION["link"],
            [as_json([], Link='<http://127.0.0.1:port/>; rel="next"')],
            "a next page that is no address",
        ),
    ],
)
def test_pages_that_go_round_in_a_circle_are_an_error(
    service: Service, define: Define, pagination: dict[str, Any], answers: list[Answer], sentence: str
) -> None:
    service.says("/cases", *answers)
    records = "items" if pagination["type"] == "cursor" else None
    with pytest.raises(SourceUnavailable, match=sentence):
        rows_of(define({"cases": {"records": records}}, pagination=pagination))
    assert len(service.asked) <= 4


@pytest.mark.parametrize("kind", ["address", "link"])
@pytest.mark.parametrize(
    "elsewhere", ["https://other.example.org/cases", "//localhost/cases", "http://127.0.0.1:1/cases"]
)
def test_a_next_page_on_another_host_is_not_asked_for(
    service: Service, define: Define, kind: str, elsewhere: str
) -> None:
    service.says("/cases", as_json({"items": [], "next": elsewhere}, Link=f'<{elsewhere}>; rel="next"'))
    with pytest.raises(RedressError, match="a next page on another host; nothing was asked there") as told:
        rows_of(define({"cases": {"records": "items"}}, pagination=PAGINATION[kind], auth={"type": "basic"}))
    assert not isinstance(told.value, SourceUnavailable)
    assert len(service.asked) == 1


def test_there_is_a_most_of_pages_and_of_bytes(service: Service, define: Define) -> None:
    service.says("/cases", lambda request: as_json([{"ref": request.query["page"]}]))
    with pytest.raises(RedressError, match="more than 5 pages"):
        rows_of(define(pagination={"type": "page"}, limits={"most_pages": 5}))
    with pytest.raises(RedressError, match="more than 60 bytes in all"):
        rows_of(define(pagination={"type": "page"}, limits={"largest_series": 60}))


def test_a_fault_on_a_later_page_leaves_nothing_half_read(service: Service, define: Define) -> None:
    service.says(
        "/cases",
        as_json([{"ref": "BA-1"}]),
        Answer(b'[{"ref": "BA-2"}, {', length=99),
        as_json([{"ref": "BA-2"}]),
        as_json([]),
    )
    assert [row["ref"] for row in rows_of(define(pagination={"type": "page"}))] == ["BA-1", "BA-2"]
    service.says("/cases", as_json([{"ref": "BA-1"}]), Answer(status=500))
    with pytest.raises(SourceUnavailable):
        rows_of(define(pagination={"type": "page"}))
