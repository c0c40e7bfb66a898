"""How the service lets us in, and that what lets us in is seen nowhere else."""

import base64
import logging
import time
import traceback
from typing import Any

import jwt
import pytest

from redress.errors import RedressError, SourceUnavailable
from redress.sources.rest.auth import JWT_BEARER
from tests.redress.sources.rest.conftest import NIGHT, SECRET, Define, readings, rows_of
from tests.redress.sources.rest.service import Answer, Request, Service, as_json

ONE = as_json([{"ref": "BA-1"}])
READ = [{"ref": "BA-1", "source_row": 1}]
TOKEN = "planted-token-4711"
JWT = {"type": "jwt_bearer", "token": "/token"}
CLIENT = {"type": "oauth2_client_credentials", "token": "/token"}


def a_token(number: int = 1, **more: Any) -> Answer:
    return as_json({"access_token": f"{TOKEN}-{number}", "token_type": "Bearer", **more})


def for_token(number: int = 1, answer: Answer = ONE) -> Any:
    """Records for who brings this token, 401 for anybody else."""

    def said(request: Request) -> Answer:
        return answer if request.headers.get("authorization") == f"Bearer {TOKEN}-{number}" else Answer(b"", 401)

    return said


def test_basic_and_key_in_header_or_parameter(service: Service, define: Define) -> None:
    service.says("/cases", ONE)
    rows_of(define(auth={"type": "basic"}))
    rows_of(define(auth={"type": "api_key", "header": "X-Key"}))
    rows_of(define({"cases": {"parameters": {"team": "S1"}}}, auth={"type": "api_key", "parameter": "key"}))
    rows_of(define())
    basic, header, parameter, nothing = service.asked
    assert basic.headers["authorization"] == "Basic " + base64.b64encode(f"redress:{SECRET}".encode()).decode()
    assert header.headers["x-key"] == SECRET
    assert parameter.query == {"team": "S1", "key": SECRET}
    assert "authorization" not in nothing.headers


def test_a_signed_claim_is_exchanged_for_a_token_once_a_night(service: Service, define: Define) -> None:
    service.says("/token", a_token(expires_in=3600))
    service.says("/cases", for_token())
    service.says("/teams", for_token())
    source = define({"cases": {}, "teams": {"endpoint": "/teams"}}, auth={**JWT, "subject": "nightly", "lifetime": 60})
    assert {name: rows for name, (_, rows) in readings(source).items()} == {"cases": READ, "teams": READ}
    [asked] = service.asked_for("/token")
    assert (asked.method, asked.form["grant_type"]) == ("POST", JWT_BEARER)
    audience = f"http://127.0.0.1:{service.port}/token"
    claim = jwt.decode(asked.form["assertion"], SECRET, algorithms=["HS256"], audience=audience)
    assert (claim["iss"], claim["sub"], claim["exp"] - claim["iat"]) == ("redress", "nightly", 60)
    assert abs(claim["iat"] - time.time()) < 60


def test_issuer_audience_and_a_query_of_the_token_path_are_as_said(service: Service, define: Define) -> None:
    service.says("/oauth/token", a_token())
    service.says("/cases", for_token())
    auth = {**JWT, "token": "oauth/token?db=barset", "issuer": "key-7", "audience": "https://id.example.org/token"}
    assert rows_of(define(auth=auth)) == READ
    [asked] = service.asked_for("/oauth/token")
    assert asked.query == {"db": "barset"}
    claim = jwt.decode(asked.form["assertion"], SECRET, algorithms=["HS256"], audience="https://id.example.org/token")
    assert claim["iss"] == "key-7"


def test_tokens_may_be_asked_for_at_a_host_that_the_connection_names(
    define: Define, connection: dict[str, Any], service: Service
) -> None:
    with Service() as other:
        connection["extra"] = {"oauth_host": f"localhost:{other.port}"}
        other.says("/token", a_token())
        service.says("/cases", for_token())
        assert rows_of(define(auth=JWT)) == READ
        assert len(other.asked) == 1
        assert not service.asked_for("/token")


@pytest.mark.parametrize("send", ["header", "body"])
def test_client_credentials_in_header_or_body(service: Service, define: Define, send: str) -> None:
    service.says("/token", a_token(expires_in="3600"))
    service.says("/cases", for_token())
    assert rows_of(define(auth={**CLIENT, "scope": "cases.read", "send": send})) == READ
    [asked] = service.asked_for("/token")
    basic = "Basic " + base64.b64encode(f"redress:{SECRET}".encode()).decode()
    client = {"client_id": "redress", "client_secret": SECRET} if send == "body" else {}
    assert asked.form == {"grant_type": "client_credentials", "scope": "cases.read", **client}
    assert asked.headers.get("authorization") == (basic if send == "header" else None)


def test_a_refused_token_is_renewed_once(service: Service, define: Define) -> None:
    service.says("/token", a_token(1), a_token(2))
    service.says("/cases", for_token(2))
    assert rows_of(define(auth=JWT)) == READ
    assert [request.path for request in service.asked] == ["/token", "/cases", "/token", "/cases"]


def test_a_token_that_stays_refused_is_told(service: Service, define: Define) -> None:
    service.says("/token", a_token())
    service.says("/cases", Answer(b"", 401))
    with pytest.raises(RedressError, match=r"answered 401 .*the key or password of the Airflow connection barset"):
        rows_of(define(auth=JWT))
    assert len(service.asked) == 4


def test_a_token_is_renewed_before_it_lapses(service: Service, define: Define) -> None:
    service.says("/token", a_token(1, expires_in=0), a_token(2, expires_in=3600))
    service.says("/cases", for_token(1, as_json([{"ref": "BA-1"}])), for_token(2, as_json([])))
    assert rows_of(define(auth=JWT, pagination={"type": "page"})) == READ
    assert [request.path for request in service.asked] == ["/token", "/cases", "/token", "/cases"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_wrong_credentials_are_told_and_not_tried_again(service: Service, define: Define, status: int) -> None:
    service.says("/token", as_json({"error": "invalid_grant", "assertion": "echoed"}, status))
    with pytest.raises(RedressError, match=f"refused the credentials .status {status}.; correct login") as told:
        rows_of(define(auth=JWT))
    assert not isinstance(told.value, SourceUnavailable)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer", [as_json({}), as_json([]), as_json({"access_token": 7}), Answer(b"<html></html>"), Answer(status=503)]
)
def test_no_token_is_tried_again_and_then_told(service: Service, define: Define, answer: Answer) -> None:
    service.says("/token", answer, answer, a_token())
    service.says("/cases", for_token())
    assert rows_of(define(auth=JWT)) == READ
    service.says("/token", answer)
    with pytest.raises(SourceUnavailable):
        rows_of(define(auth=JWT))
    assert len(service.asked_for("/token")) == 6


KEY = {"type": "api_key", "header": "X-Key"}


@pytest.mark.parametrize(
    ("auth", "password"),
    [({"type": "basic"}, None), (JWT, None), (CLIENT, None), (KEY, None), (KEY, "line\nbreak"), (KEY, "caf\xe9")],
)
def test_a_connection_without_a_usable_password_is_told(
    service: Service, define: Define, connection: dict[str, Any], auth: dict[str, str], password: str | None
) -> None:
    connection["password"] = password
    with pytest.raises(RedressError, match="Airflow connection barset"):
        rows_of(define(auth=auth))
    assert not service.asked


FAULTS: dict[str, dict[str, list[Answer]]] = {
    "all is well": {},
    "400": {"/cases": [Answer(SECRET.encode(), 400)]},
    "500": {"/cases": [Answer(SECRET.encode(), 500, {"X-Echo": SECRET})]},
    "cut off": {"/cases": [Answer(f'[{{"{SECRET}": "{TOKEN}-1'.encode(), length=900)]},
    "not JSON": {"/cases": [Answer(f"{SECRET} {TOKEN}-1".encode())]},
    "redirect": {"/cases": [Answer(status=302, headers={"Location": f"https://other.example.org/?key={SECRET}"})]},
    "redirect to no address": {"/cases": [Answer(status=302, headers={"Location": f"http://[{SECRET}"})]},
    "link": {"/cases": [as_json([{"a": 1}], Link=f'<https://other.example.org/?key={SECRET}>; rel="next"')]},
    "token refused": {"/token": [Answer(SECRET.encode(), 401)]},
    "no token": {"/token": [as_json({"error": SECRET})]},
    "token cut off": {"/token": [Answer(SECRET.encode(), length=900)]},
    "a token no header can carry": {"/token": [as_json({"access_token": f"{TOKEN}\n{SECRET}"})]},
    "secret in a field twice": {"/cases": [as_json([{f"{SECRET}.a": 1, SECRET: {"a": 2}}])]},
}


@pytest.mark.parametrize(
    "auth", [{"type": "basic"}, {"type": "api_key", "parameter": "key"}, JWT, CLIENT], ids=lambda a: a["type"]
)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_secret_is_in_no_error_log_or_representation(
    service: Service, define: Define, caplog: pytest.LogCaptureFixture, auth: dict[str, str], fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    service.says("/token", a_token())
    service.says("/cases", ONE)
    for path, answers in FAULTS[fault].items():
        service.says(path, *answers)
    source = define(auth=auth, pagination={"type": "link"})
    [delivery] = source.deliveries(NIGHT)
    seen = [repr(source), repr(delivery)]
    try:
        with source.open(delivery) as opened:
            seen.append(repr(opened))
            reading = opened.parts[0].read(None)
            seen += [repr(reading), repr(opened), *(repr(vars(part)) for part in opened.parts)]
            list(reading.batches)
    except RedressError as problem:
        seen += [repr(problem), *traceback.format_exception(problem, chain=True)]
        seen += [str(linked) for linked in (problem.__cause__, problem.__context__) if linked is not None]
    seen += [f"{record.name} {record.getMessage()} {record.args}" for record in caplog.records]
    whole = "\n".join(seen)
    basic = base64.b64encode(f"redress:{SECRET}".encode()).decode()
    assert [spelling for spelling in (SECRET, TOKEN, basic) if spelling in whole] == []
