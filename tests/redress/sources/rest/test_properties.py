"""Any list of records, run together or paged in any way, is read back once each."""

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from redress.sources.connections import Connection
from redress.sources.definition import RestDefinition
from redress.sources.rest import source as rest_source
from redress.sources.rest.source import RestSource
from tests.redress.sources.rest.conftest import SECRET, SWIFT, rows_of
from tests.redress.sources.rest.service import Answer, Request, Service

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
VALUES = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3) | TEXT
NAMES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters=".#"), min_size=1, max_size=6)
RECORDS = st.lists(st.dictionaries(NAMES.filter(lambda name: name != "source_row"), VALUES, max_size=4), max_size=12)
PAGINATION: list[dict[str, Any]] = [
    {"type": "none"},
    {"type": "page"},
    {"type": "offset"},
    {"type": "cursor", "at": "next", "parameter": "after"},
    {"type": "cursor", "at": "next"},
    {"type": "link"},
]


@pytest.fixture(scope="module")
def shared() -> Iterator[Service]:
    with Service() as service, pytest.MonkeyPatch.context() as patch:
        said = Connection("barset", "http", "127.0.0.1", service.port, "http", "redress", SECRET)
        patch.setattr(rest_source, "get_connection", lambda conn_id: said)
        yield service


def source(**keys: Any) -> RestSource:
    feed = {"endpoint": "cases", "records": keys.pop("records", None), "entities": {"cases": {}}}
    document = {"kind": "rest", "connection": "barset", "limits": SWIFT, "feeds": {"cases": feed}, **keys}
    return RestSource("barsetshire", RestDefinition.model_validate(document))


def as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or value == "" else str(value)


def expected(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for record in records for name in record)
    return [
        {**{name: as_text(record.get(name)) for name in names}, "source_row": number}
        for number, record in enumerate(records, start=1)
    ]


def written(record: dict[str, Any]) -> str:
    """JSON of a record, decimals as numbers with all their digits."""
    values = {
        name: value if value is None or isinstance(value, bool | int | str) else None for name, value in record.items()
    }
    pairs = [
        f"{json.dumps(name)}: {json.dumps(plain) if record[name] is None or plain is not None else record[name]}"
        for name, plain in values.items()
    ]
    return "{" + ", ".join(pairs) + "}"


@given(records=RECORDS, space=st.lists(st.sampled_from(["", "\n", " ", "\r\n\t"]), min_size=12, max_size=12))
@example(records=[{"a": '}{"'}, {"a": "{"}], space=[""] * 12)
def test_run_together_with_or_without_white_space(
    shared: Service, records: list[dict[str, Any]], space: list[str]
) -> None:
    shared.says(
        "/cases", Answer("".join(between + written(one) for between, one in zip(space, records, strict=False)).encode())
    )
    assert rows_of(source(format="json_together")) == expected(records)


@settings(max_examples=60)
@given(records=RECORDS, sizes=st.lists(st.integers(1, 5), min_size=12, max_size=12), paging=st.sampled_from(PAGINATION))
def test_paged_in_any_way(
    shared: Service, records: list[dict[str, Any]], sizes: list[int], paging: dict[str, Any]
) -> None:
    numbered = [{"number": str(number), **record} for number, record in enumerate(records)]
    pages = [numbered] if paging["type"] == "none" else list(cut(numbered, sizes))

    def said(request: Request) -> Answer:
        if paging["type"] == "offset":
            starts = [sum(map(len, pages[:n])) for n in range(len(pages))]
            number = (
                starts.index(int(request.query["offset"])) if int(request.query["offset"]) in starts else len(pages)
            )
        else:
            number = int(request.query.get("page", 1)) - 1 + int(request.query.get("after", 0))
        items = ", ".join(written(record) for record in (pages[number] if number < len(pages) else []))
        more = number + 1 < len(pages)
        following = str(number + 1) if "parameter" in paging else f"/cases?after={number + 1}"
        return Answer(
            f'{{"items": [{items}], "next": {json.dumps(following if more else None)}}}'.encode(),
            headers={"Link": f'</cases?after={number + 1}>; rel="next"'} if more else {},
        )

    shared.says("/cases", said)
    assert rows_of(source(pagination=paging, records="items")) == expected(numbered)


XML_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FFF), max_size=8)


@given(records=st.lists(st.dictionaries(st.sampled_from(["ref", "Day", "team_1"]), XML_TEXT, min_size=1), max_size=8))
def test_xml(shared: Service, records: list[dict[str, str]]) -> None:
    cases = ["".join(f"<{name}>{escape(value)}</{name}>" for name, value in record.items()) for record in records]
    shared.says("/cases", Answer(f"<r>{''.join(f'<case>{case}</case>' for case in cases)}</r>".encode()))
    stripped = [{name: value.strip() for name, value in record.items()} for record in records]
    assert rows_of(source(format="xml", records="case")) == expected(stripped)


@settings(max_examples=60)
@given(records=RECORDS, at=st.floats(0, 1), form=st.sampled_from(["json", "json_together"]))
def test_an_answer_that_is_cut_off_gives_no_record_at_all(
    shared: Service, records: list[dict[str, Any]], at: float, form: str
) -> None:
    from redress.errors import SourceUnavailable

    together = "".join(map(written, records))
    body = (together if form == "json_together" else f"[{', '.join(map(written, records))}]").encode()
    sent = int(at * len(body))
    if sent == len(body):
        return
    shared.says("/cases", Answer(body, sent=sent))
    with pytest.raises(SourceUnavailable):
        rows_of(source(format=form, limits={**SWIFT, "attempts": 1}))


def cut(records: list[dict[str, Any]], sizes: list[int]) -> Iterator[list[dict[str, Any]]]:
    start = 0
    for size in sizes:
        if start < len(records) or start == 0:
            yield records[start : start + size]
            start += size
