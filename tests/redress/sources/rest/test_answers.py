"""What answers become: rows of text, nested fields under dotted names, lists as rows of their own."""

import json

import pytest

from redress.errors import RejectedFile, SourceUnavailable
from redress.sources.rest import records as rest_records
from tests.redress.sources.rest.conftest import NIGHT, Define, readings, rows_of
from tests.redress.sources.rest.service import Answer, Service, as_json

CASES = [{"ref": "BA-1", "open": True}, {"ref": "BA-2", "open": False}]
READ = [{"ref": "BA-1", "open": "true", "source_row": 1}, {"ref": "BA-2", "open": "false", "source_row": 2}]
TOGETHER = b'{"ref": "BA-1", "open": true}{"ref": "BA-2", "open": false}'


@pytest.mark.parametrize(
    ("form", "records", "body"),
    [
        ("json", None, json.dumps(CASES).encode()),
        ("json", "data.items", json.dumps({"data": {"items": CASES, "total": 2}}).encode()),
        ("json", "data.items", json.dumps({"data.items": CASES}).encode()),
        ("json", None, json.dumps(CASES).encode("utf-16")),
        ("json", None, b"\xef\xbb\xbf" + json.dumps(CASES).encode()),
        ("json_together", None, TOGETHER),
        ("json_together", None, TOGETHER.replace(b"}{", b"}\r\n{") + b"\n"),
        ("json_together", None, TOGETHER.replace(b"}{", b"} \n\t {")),
        ("json_together", None, json.dumps(CASES).encode()),
        (
            "xml",
            "case",
            b'<?xml version="1.0"?><r><case><ref>BA-1</ref><open>true</open></case>'
            b"<case><ref> BA-2 </ref><open>false</open></case></r>",
        ),
        (
            "xml",
            None,
            b'<n:r xmlns:n="urn:n"><n:c><n:ref>BA-1</n:ref><n:open>true</n:open></n:c>'
            b"<n:c><n:ref>BA-2</n:ref><n:open>false</n:open></n:c></n:r>",
        ),
    ],
    ids=[
        "array",
        "path",
        "path in a dotted key",
        "utf-16",
        "byte order mark",
        "run together",
        "a line each",
        "white space between",
        "array as a document",
        "xml by name",
        "xml with a namespace",
    ],
)
def test_records_are_found_wherever_they_lie(
    service: Service, define: Define, form: str, records: str | None, body: bytes
) -> None:
    service.says("/cases", Answer(body))
    assert rows_of(define({"cases": {"records": records}}, format=form)) == READ


def test_numbers_stay_as_written_and_kinds_are_told(service: Service, define: Define) -> None:
    service.says(
        "/cases", Answer(b'[{"a": 1.10, "b": 12345678901234567890, "c": "007", "d": true, "e": null, "f": 1e3}]')
    )
    reading, rows = readings(define())["cases"]
    assert rows == [
        {"a": "1.10", "b": "12345678901234567890", "c": "007", "d": "true", "e": None, "f": "1e3", "source_row": 1}
    ]
    assert reading.columns == {"a": "number", "b": "number", "c": "string", "d": "boolean", "e": None, "f": "number"}
    assert reading.sha256 is None


def test_columns_are_those_of_all_records_in_order_of_appearance(service: Service, define: Define) -> None:
    service.says("/cases", as_json([{"a": 1}, {"b": "x", "a": "y"}]))
    reading, rows = readings(define({"cases": {"optional": ["closed", "a"]}}))["cases"]
    assert reading.columns == {"a": "string", "b": "string", "closed": None}
    assert rows == [
        {"a": "1", "b": None, "closed": None, "source_row": 1},
        {"a": "y", "b": "x", "closed": None, "source_row": 2},
    ]


def test_many_records_come_in_batches_in_their_order(
    service: Service, define: Define, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest_records, "ROWS_A_BATCH", 3)
    refs = [str(number) for number in range(1, 12)]
    pages = [refs[:2], refs[2:9], refs[9:10], refs[10:], []]
    service.says(
        "/cases", *(as_json([{"ref": ref, f"on_page_{n}": n} for ref in page]) for n, page in enumerate(pages))
    )
    source = define(pagination={"type": "page"})
    with source.open(source.deliveries(NIGHT)[0]) as opened:
        batches = list(opened.parts[0].read(None).batches)
    assert max(batch.num_rows for batch in batches) <= 3
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [(row["ref"], row["source_row"]) for row in rows] == [(ref, int(ref)) for ref in refs]
    assert [row["on_page_1"] for row in rows] == [None] * 2 + ["1"] * 7 + [None] * 2


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("json", b'[{"ref": "BA-1", "team": {"code": "S1", "lead": {"name": ""}, "none": {}}, "tags": ["a", "b"]}]'),
        (
            "xml",
            b"<r><c><ref>BA-1</ref><team><code>S1</code><lead><name/></lead><none></none></team>"
            b"<tags>a</tags><tags>b</tags></c></r>",
        ),
    ],
    ids=["json", "xml"],
)
def test_nested_fields_have_dotted_names_and_empty_is_null(
    service: Service, define: Define, form: str, body: bytes
) -> None:
    service.says("/cases", Answer(body))
    assert rows_of(define(format=form)) == [
        {"ref": "BA-1", "team.code": "S1", "team.lead.name": None, "team.none": None, "tags": "a;b", "source_row": 1}
    ]


def test_attributes_of_xml_are_columns_and_an_element_said_to_be_nil_is_null(service: Service, define: Define) -> None:
    body = (
        '<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><c id="7">'
        '<outcome code="U">Upheld &amp; closed</outcome><day xsi:nil="true"/></c></r>'
    )
    service.says("/cases", Answer(body.encode()))
    assert rows_of(define(format="xml")) == [
        {"@id": "7", "outcome.@code": "U", "outcome": "Upheld & closed", "day": None, "source_row": 1}
    ]


STAGES = [
    {"ref": "BA-1", "team": {"code": "S1"}, "stages": [{"no": "1", "paid": [{"sum": "5"}]}, {"no": "2", "paid": []}]},
    {"ref": "BA-2", "team": {"code": "S2"}, "stages": []},
    {"ref": "BA-3", "team": {"code": "S1"}, "stages": {"no": "1", "paid": [{"sum": "7"}, {"sum": "8"}]}},
    {"ref": "BA-4", "team": {"code": "S1"}, "stages": None},
]


def test_cases_stages_and_payments_come_from_one_answer_that_is_asked_for_once(
    service: Service, define: Define
) -> None:
    service.says("/cases", as_json(STAGES))
    found = readings(define({"cases": {}, "stages": {"each": "stages"}, "payments": {"each": "stages[].paid"}}))
    assert [row["ref"] for row in found["cases"][1]] == ["BA-1", "BA-2", "BA-3", "BA-4"]
    assert [
        (row["parent.ref"], row["parent.team.code"], row["no"], row["source_row"]) for row in found["stages"][1]
    ] == [
        ("BA-1", "S1", "1", 1),
        ("BA-1", "S1", "2", 2),
        ("BA-3", "S1", "1", 3),
    ]
    assert [(row["parent.parent.ref"], row["parent.no"], row["sum"]) for row in found["payments"][1]] == [
        ("BA-1", "1", "5"),
        ("BA-3", "1", "7"),
        ("BA-3", "1", "8"),
    ]
    assert "parent.stages" not in found["stages"][0].columns
    assert len(service.asked) == 1


def test_a_list_within_a_list_must_be_written_so(service: Service, define: Define) -> None:
    service.says("/cases", as_json(STAGES))
    with pytest.raises(RejectedFile, match=r"stages is a list on the way .* write it as stages\[\]"):
        rows_of(define({"payments": {"each": "stages.paid"}}), "payments")


def test_lists_in_xml_lie_one_element_deeper(service: Service, define: Define) -> None:
    body = (
        b"<r><c><ref>BA-1</ref><stages count='2'><stage>1</stage><stage>2</stage></stages></c>"
        b"<c><ref>BA-2</ref><stages count='1'><stage>1</stage></stages></c><c><ref>BA-3</ref><stages/></c></r>"
    )
    service.says("/cases", Answer(body))
    rows = rows_of(define({"stages": {"each": "stages.stage"}}, format="xml"), "stages")
    assert [(row["parent.ref"], row["parent.stages.@count"], row["value"]) for row in rows] == [
        ("BA-1", "2", "1"),
        ("BA-1", "2", "2"),
        ("BA-2", "1", "1"),
    ]


@pytest.mark.parametrize(
    ("form", "records", "body"),
    [
        ("json", None, b"[]"),
        ("json", "items", b'{"items": []}'),
        ("json", "items", b'{"items": null}'),
        ("json_together", None, b""),
        ("xml", "case", b"<report/>"),
    ],
)
def test_an_answer_without_records_is_an_extract_of_no_rows(
    service: Service, define: Define, form: str, records: str | None, body: bytes
) -> None:
    service.says("/cases", Answer(body))
    reading, rows = readings(define({"cases": {"records": records}}, format=form))["cases"]
    assert (rows, reading.columns) == ([], {})


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><r><case><ref>&c;</ref></case></r>"""
READS_A_FILE = b'<!DOCTYPE r [<!ENTITY f SYSTEM "a-file-of-this-machine">]><r><case><ref>&f;</ref></case></r>'


@pytest.mark.parametrize(
    ("form", "records", "body", "sentence"),
    [
        ("xml", "case", BILLION_LAUGHS, "defines entities"),
        ("xml", "case", READS_A_FILE, "defines entities"),
        (
            "xml",
            "case",
            b"<a>" * 2_000 + b"<case>" * 200 + b"</case>" * 200 + b"</a>" * 2_000,
            "nests its records too deep",
        ),
        ("json", None, b"[" + b'{"a":' * 950 + b"1" + b"}" * 950 + b"]", "nests its records too deep"),
        ("json", None, b"[" * 200_000 + b"]" * 200_000, "nests its records too deep"),
        ("json", "items", b'{"data": []}', "has nothing at items"),
        ("json", None, b'["Testperson"]', "something else than records"),
        ("json", None, TOGETHER, "set format: json_together"),
        ("json", None, b'[{"a.b": 1, "a": {"b": 2}}]', "the field a.b twice"),
        ("json", None, b'[{"source_row": 1}]', "a field source_row"),
        ("json", None, json.dumps([{f"P-{n}": n for n in range(3_000)}]).encode(), "more than 2,000 different fields"),
    ],
    ids=[
        "billion laughs",
        "entity that reads a file",
        "deep xml",
        "deep objects",
        "deep json",
        "nothing there",
        "no records",
        "several documents",
        "one name twice",
        "our own name",
        "no table",
    ],
)
def test_what_can_never_be_read_is_rejected_at_the_first_try(
    service: Service, define: Define, form: str, records: str | None, body: bytes, sentence: str
) -> None:
    service.says("/cases", Answer(body))
    with pytest.raises(RejectedFile, match=sentence) as refused:
        rows_of(define({"cases": {"records": records}}, format=form))
    assert "Testperson" not in str(refused.value)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("form", "answer", "sentence"),
    [
        (
            "json",
            Answer(b"\n<!DOCTYPE html><html><body>Sign in, Testperson</body></html>"),
            "a web page instead of records",
        ),
        ("xml", Answer(b'<?xml version="1.0"?><!-- x --><HTML><body/></HTML>'), "a web page instead of records"),
        ("json_together", Answer(b"<html></html>"), "a web page instead of records"),
        ("json", Answer(b"Testperson is busy"), "cut off or is not JSON"),
        ("json", Answer(b""), "gave an empty answer"),
        ("json", Answer(b'[{"ref": "Testperson'), "cut off or is not JSON"),
        ("json_together", Answer(TOGETHER[:-5]), "cut off or is not JSON"),
        ("json_together", Answer(TOGETHER, length=None), "does not say how long its answer is"),
        ("json", Answer(b'[{"ref": "caf\xe9"}]'), "not utf-8 text throughout"),
        ("xml", Answer(b"<r><case>"), "cut off or is not XML"),
        ("xml", Answer(b"<error>Testperson</error>"), "an error of its own"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_be_better_later_is_tried_again_and_then_told_in_a_sentence(
    service: Service, define: Define, form: str, answer: Answer, sentence: str
) -> None:
    service.says("/cases", answer)
    with pytest.raises(SourceUnavailable, match=sentence) as told:
        rows_of(define(format=form))
    assert str(told.value).startswith("The service of the connection barset, asked for /cases,")
    assert "Testperson" not in str(told.value)
    assert len(service.asked) == 3


def test_half_a_character_in_a_text_is_replaced_not_fatal(service: Service, define: Define) -> None:
    service.says("/cases", Answer(b'[{"ref": "BA-1 \\ud83d"}]'))
    assert rows_of(define()) == [{"ref": "BA-1 ?", "source_row": 1}]
