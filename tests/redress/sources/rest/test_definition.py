"""source.yml of a web service: the icasework preset, and what is refused."""

from typing import Any

import jwt
import pytest
from pydantic import ValidationError

from redress.sources.definition import RestDefinition
from tests.redress.sources.rest.conftest import SECRET, Define, readings
from tests.redress.sources.rest.service import Answer, Request, Service, as_json

ENTITIES = {"entities": {"cases": {}}}


def definition(feed: dict[str, Any] | None = None, **keys: Any) -> RestDefinition:
    feeds = {"cases": {**ENTITIES, **(feed or {})}}
    return RestDefinition.model_validate({"kind": "rest", "connection": "x", "feeds": feeds, **keys})


def test_the_icasework_preset_completes_what_is_not_said() -> None:
    short = definition({"parameters": {"ReportId": 122109}}, preset="icasework", begin="2016-07-01")
    long = definition(
        {
            "endpoint": "getreport",
            "parameters": {"Format": "json", "From": "{from}", "Until": "{until}", "ReportId": "122109"},
        },
        auth={"type": "jwt_bearer", "token": "/token", "lifetime": 3600},
        format="json_together",
        begin="2016-07-01",
    )
    assert short.model_copy(update={"preset": None}) == long


def test_what_is_said_counts_over_the_preset() -> None:
    said = definition(
        {"endpoint": "v2/getreport", "parameters": {"Format": "xml", "From": None, "Until": None}},
        preset="icasework",
        auth={"token": "/token?db=barset"},
        format="xml",
    )
    assert said.feeds["cases"].parameters == {"Format": "xml"}
    assert said.feeds["cases"].endpoint == "v2/getreport"
    assert (said.auth.type, said.format) == ("jwt_bearer", "xml")
    assert getattr(said.auth, "token", None) == "/token?db=barset"
    assert definition(preset="icasework", begin="2016-07-01", auth={"type": "basic"}).auth.type == "basic"


def test_icasework_is_asked_as_its_public_pages_say(service: Service, define: Define) -> None:
    def report(request: Request) -> Answer:
        if request.headers.get("authorization") != "Bearer one-night":
            return Answer(b"", 401)
        return Answer(
            b'{"CaseId": "7", "Closed": "", "Stages": [{"No": 1}]}{"CaseId": "08", "Closed": null, "Stages": []}'
        )

    service.says("/token", as_json({"access_token": "one-night", "token_type": "Bearer", "expires_in": 3600}))
    service.says("/getreport", report)
    asks = {"endpoint": "getreport", "parameters": {"ReportId": 122109}}
    source = define({"cases": asks, "stages": {**asks, "each": "Stages"}}, preset="icasework", begin="2016-07-01")
    found = readings(source)
    assert [(row["CaseId"], row["Closed"]) for row in found["cases"][1]] == [("7", None), ("08", None)]
    assert found["stages"][1] == [{"No": "1", "parent.CaseId": "7", "parent.Closed": None, "source_row": 1}]
    token, report_request = service.asked
    audience = f"http://127.0.0.1:{service.port}/token"
    assert jwt.decode(token.form["assertion"], SECRET, algorithms=["HS256"], audience=audience)["iss"] == "redress"
    assert report_request.query == {"ReportId": "122109", "Format": "json", "From": "2016-07-01", "Until": "2024-03-05"}


@pytest.mark.parametrize(
    ("feed", "keys", "sentence"),
    [
        ({"parameters": {"q": "{to}"}}, {}, "{to} stands for nothing"),
        ({"parameters": {"q": "{from}"}}, {}, "say where the records begin"),
        ({"parameters": {"api_key": "x"}}, {}, "api_key looks like a secret"),
        ({}, {"headers": {"Authorization": "Bearer x"}}, "Authorization looks like a secret"),
        ({}, {"auth": {"type": "basic", "password": "x"}}, "Extra inputs are not permitted"),
        ({}, {"auth": {"type": "api_key"}}, "give a header or a parameter"),
        ({}, {"auth": {"type": "api_key", "header": "a", "parameter": "b"}}, "give a header or a parameter"),
        ({}, {"preset": "othercasework"}, "Input should be 'icasework'"),
        ({}, {"limits": {"attempts": 0}}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(feed: dict[str, Any], keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        definition(feed, **keys)


def test_headers_are_sent_with_each_request(service: Service, define: Define) -> None:
    service.says("/cases", as_json([]))
    readings(define(headers={"Accept": "application/json", "X-Version": 2}))
    assert (service.asked[0].headers["accept"], service.asked[0].headers["x-version"]) == ("application/json", "2")
