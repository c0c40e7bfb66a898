"""How a service is asked: patiently when that may help, once when it does not, never further than its own host."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from redress.errors import RedressError, RejectedFile, SourceUnavailable
from tests.redress.sources.rest.conftest import Define, rows_of
from tests.redress.sources.rest.service import Answer, Service, as_json

ONE = as_json([{"ref": "BA-1"}])
READ = [{"ref": "BA-1", "source_row": 1}]


@pytest.mark.parametrize(
    "faults",
    [
        [Answer(status=500), Answer(status=503)],
        [Answer(status=429)],
        [Answer(b'[{"ref": "BA-1"}, {"ref"', length=100)],
        [Answer(b'[{"ref": "BA-1"}]', length=10)],
        [Answer(b'[{"ref": "BA-1"}]', sent=9)],
        [Answer(b"<html>Back soon</html>"), Answer(status=502)],
        [Answer(b'[{"ref": "BA-1"}]', length=None, sent=12)],
        [Answer(b"not gzip", headers={"Content-Encoding": "gzip"})],
    ],
    ids=[
        "500 and 503",
        "429",
        "length too large",
        "length too small",
        "cut off",
        "web page",
        "cut off without a length",
        "garbled",
    ],
)
def test_a_fault_that_passes_costs_another_try_and_no_record(
    service: Service, define: Define, faults: list[Answer]
) -> None:
    service.says("/cases", *faults, ONE)
    assert rows_of(define()) == READ
    assert len(service.asked) == len(faults) + 1


def test_silence_costs_another_try_and_no_record(service: Service, define: Define) -> None:
    service.says("/cases", Answer(b'[{"ref":', pause=0.9), ONE)
    assert rows_of(define(limits={"read_timeout": 0.5})) == READ
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("fault", "limits", "sentence"),
    [
        (Answer(status=503), {}, "answered 503 Service Unavailable each time; try later"),
        (Answer(b'[{"ref": "BA-1"', length=100), {}, "broke its answer off"),
        (Answer(b"[" * 9, pause=0.4), {"read_timeout": 0.2}, "was too slow: silent for 0.2 seconds"),
        (Answer(b'[{"ref": "BA-1"}]' + b" " * 500, pause=0.02), {"answer_timeout": 0.4}, "was too slow"),
    ],
    ids=["503", "cut off", "silent", "a byte at a time"],
)
def test_a_fault_that_stays_is_told_in_a_sentence_after_the_last_try(
    service: Service, define: Define, fault: Answer, limits: dict[str, float], sentence: str
) -> None:
    service.says("/cases", fault)
    with pytest.raises(SourceUnavailable, match=sentence) as told:
        rows_of(define(limits={"attempts": 2, **limits}))
    assert str(told.value).startswith("The service of the connection barset, asked for /cases,")
    assert told.value.__cause__ is None
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("status", "do"),
    [
        (400, "correct endpoint and parameters"),
        (401, "correct the key or password of the Airflow connection barset"),
        (403, "let this login read it"),
        (404, "correct the endpoint"),
        (410, "correct endpoint and parameters"),
    ],
)
def test_a_refused_request_is_not_repeated(service: Service, define: Define, status: int, do: str) -> None:
    service.says("/cases", as_json([{"ref": "Testperson"}], status))
    with pytest.raises(RedressError, match=f"answered {status} .*{do}") as told:
        rows_of(define())
    assert not isinstance(told.value, SourceUnavailable | RejectedFile)
    assert len(service.asked) == 1


def in_http(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("header", "waited"),
    [("30", 0.2), (in_http(3600), 0.2), ("0", 0), (in_http(-60), 0), ("soon", 0)],
    ids=["seconds", "date", "none", "past", "nonsense"],
)
def test_retry_after_is_waited_for_up_to_the_longest_wait(
    service: Service, define: Define, header: str, waited: float
) -> None:
    service.says("/cases", Answer(status=429, headers={"Retry-After": header}), ONE)
    assert rows_of(define(limits={"longest_wait": 0.2})) == READ
    first, second = service.asked
    assert waited <= second.at - first.at < 10


def test_requests_keep_to_the_rate(service: Service, define: Define) -> None:
    service.says("/cases", as_json([{"ref": "BA-1"}]), as_json([{"ref": "BA-2"}]), as_json([]))
    began = time.monotonic()
    rows_of(define(pagination={"type": "page"}, limits={"requests_per_second": 20}))
    assert len(service.asked) == 3
    assert service.asked[-1].at - began >= 2 / 20


def test_a_closed_port_is_told(define: Define, connection: dict[str, Any]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        connection["port"] = unused.getsockname()[1]
    with pytest.raises(SourceUnavailable, match=r"cannot be reached at 127\.0\.0\.1; check host and port"):
        rows_of(define())


def test_a_huge_answer_is_cut_short_not_read(service: Service, define: Define) -> None:
    service.says("/cases", Answer(b'[{"ref": "' + b"x" * 3_000_000 + b'"}]'))
    with pytest.raises(RedressError, match="more than 1,000,000 bytes"):
        rows_of(define(limits={"largest_answer": 1_000_000}))
    assert len(service.asked) == 1


def test_a_small_answer_that_unpacks_to_a_huge_one_is_cut_short(service: Service, define: Define) -> None:
    import gzip

    packed = gzip.compress(b" " * 5_000_000 + b"[]")
    assert len(packed) < 10_000
    service.says("/cases", Answer(packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(RedressError, match="more than 1,000,000 bytes"):
        rows_of(define(limits={"largest_answer": 1_000_000}))


def test_a_redirect_is_followed_on_the_same_host_only(service: Service, define: Define) -> None:
    service.says("/cases", Answer(status=302, headers={"Location": "/v2/cases?all=1"}))
    service.says("/v2/cases", ONE)
    assert rows_of(define(auth={"type": "basic"})) == READ
    assert service.asked[-1].query == {"all": "1"}
    assert service.asked[-1].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("host", ["localhost", "login.example.org"])
def test_a_redirect_to_another_host_is_refused(service: Service, define: Define, host: str) -> None:
    service.says("/cases", Answer(status=302, headers={"Location": f"http://{host}:{service.port}/login"}))
    with pytest.raises(RedressError, match="sends requests on to another host, perhaps a page to log in"):
        rows_of(define(auth={"type": "basic"}))
    assert [request.path for request in service.asked] == ["/cases"]


def test_a_redirect_in_a_circle_ends(service: Service, define: Define) -> None:
    service.says("/cases", Answer(status=302, headers={"Location": "/cases"}))
    with pytest.raises(RedressError, match="round in a circle"):
        rows_of(define())
    assert len(service.asked) < 10


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"host": "cases.example.org"}, "over plain http to cases.example.org"),
        ({"host": "10.0.0.1", "extra": {"allow_http": "yes"}}, "over plain http to 10.0.0.1"),
        ({"host": None}, "names no web service"),
        ({"schema": "ftp"}, "names no web service"),
        ({"host": "http://someone@127.0.0.1"}, "names no web service"),
        ({"host": "exa mple.org", "schema": "https"}, "names no web service"),
    ],
)
def test_an_address_that_will_not_do_is_told_before_anything_is_asked(
    define: Define, connection: dict[str, Any], service: Service, said: dict[str, Any], sentence: str
) -> None:
    connection.update(said)
    with pytest.raises(RedressError, match=sentence):
        rows_of(define())
    assert not service.asked


def test_the_address_may_be_written_with_its_scheme_and_a_path(
    service: Service, define: Define, connection: dict[str, Any]
) -> None:
    connection.update(host="http://localhost", schema=None)
    service.says("/cases", ONE)
    assert rows_of(define()) == READ
    connection.update(host=f"http://127.0.0.1:{service.port}/api/v1/", port=None)
    service.says("/api/v1/cases", ONE)
    assert rows_of(define()) == READ
