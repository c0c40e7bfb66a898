"""Each council's own system holds the same records as the files in contract form that it was made from."""

import csv
import urllib.error
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redress.contract import load_contract
from redress.demo.records import write_drop
from redress.demo.routes import croydon, halton
from redress.demo.routes.layout import layout_of, read_records
from redress.demo.routes.systems import connected, write_systems
from redress.errors import RedressError
from tests.redress.demo.routes import reading

NIGHT = date(2020, 6, 30)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, with the records and the systems made from them."""
    folder = tmp_path_factory.mktemp("demo")
    write_drop(folder / "records")
    write_systems(folder / "records", folder, NIGHT)
    return folder


@pytest.fixture(scope="module")
def service(demo: Path) -> Iterator[croydon.Service]:
    with croydon.serving(read_records(demo / "records" / "croydon")) as running:
        yield running


def address(service: croydon.Service) -> str:
    return f"http://127.0.0.1:{service.port}"


def tables(council: str, demo: Path, service: croydon.Service) -> Iterator[tuple[dict[str, Any], list[reading.Row]]]:
    """Each feed of a council's source.yml, and the rows it finds."""
    for feed in reading.source_yml(council)["feeds"].values():
        if council == "harrow":
            yield feed, reading.from_database(demo / council / "casework.sqlite", feed)
        elif council == "halton":
            yield feed, reading.from_workbook(demo / council, feed)
        elif council == "central_bedfordshire":
            yield feed, reading.from_csv(demo / council, feed)
        else:
            bearer = reading.token(address(service), service.connection)
            records = reading.report(address(service), bearer, feed["parameters"]["ReportId"])
            yield feed, reading.each(records, feed.get("each"))


def comparable(rows: list[reading.Row]) -> Counter[tuple[tuple[str, Any], ...]]:
    return Counter(tuple(sorted(row.items(), key=lambda item: item[0])) for row in rows)


@pytest.mark.parametrize("council", ["harrow", "croydon", "halton", "central_bedfordshire"])
def test_a_system_holds_every_record_and_no_other(council: str, demo: Path, service: croydon.Service) -> None:
    forms = reading.source_yml(council).get("dates", ["iso"])
    labels = reading.labels_of(council)
    found: dict[str, list[reading.Row]] = {entity: [] for entity in load_contract().entities}
    for feed, rows in tables(council, demo, service):
        for entity, row in reading.mapped(feed, rows, forms, labels):
            found[entity].append(row)
    for entity, records in read_records(demo / "records" / council).items():
        expected = [reading.contract_row(entity, {}, dict(record), ["iso"]) for record in records]
        assert comparable(found[entity]) == comparable(expected), entity


def test_every_entity_of_every_council_is_delivered() -> None:
    """Also one that a council has no record of, so that it counts as delivered and empty."""
    for council in ("harrow", "croydon", "halton", "central_bedfordshire"):
        feeds = reading.source_yml(council)["feeds"].values()
        assert {entity for feed in feeds for entity in feed["entities"]} == set(load_contract().entities), council


def test_files_on_the_drop_are_as_they_were_made_and_marked_as_whole(demo: Path) -> None:
    outgoing = demo / "northamptonshire" / "sftp" / "outgoing" / "complaints"
    for entity in load_contract().entities:
        delivered = outgoing / f"{entity}_2020-06-30.csv"
        assert delivered.read_bytes() == (demo / "records" / "northamptonshire" / f"{entity}.csv").read_bytes()
        assert (outgoing / f"{entity}_2020-06-30.csv.done").exists()


def test_exports_are_not_utf_8_and_have_the_headers_of_the_council(demo: Path) -> None:
    exported = (demo / "central_bedfordshire" / "CBC_payments_20200630.csv").read_bytes()
    assert b"Amount (\xa3)" in exported
    with pytest.raises(UnicodeDecodeError):
        exported.decode("utf-8")


def test_a_summer_day_is_given_as_the_evening_before(demo: Path, service: croydon.Service) -> None:
    """London's midnight as an instant: the trap that a date cut off an instant falls into."""
    with (demo / "records" / "croydon" / "cases.csv").open() as file:
        received = {row["case_ref"]: row["received_date"] for row in csv.DictReader(file)}
    records = reading.report(address(service), reading.token(address(service), service.connection), "122109")
    in_summer = [record for record in records if record["Received"].endswith("T23:00:00Z")]
    assert in_summer
    assert all(record["Received"][:10] < received[record["CaseId"]] for record in in_summer)


def test_a_report_is_cut_to_the_window_asked_for(service: croydon.Service) -> None:
    bearer = reading.token(address(service), service.connection)
    whole = reading.report(address(service), bearer, "122109")
    part = reading.report(address(service), bearer, "122109", From="2018-07-01", Until="2018-09-30")
    assert 0 < len(part) < len(whole)
    assert all("2018-06-30T23:00:00Z" <= record["Received"] < "2018-09-30T23:00:00Z" for record in part)


@pytest.mark.parametrize("wrong", ["", "not a token", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJyZWRyZXNzLWRlbW8ifQ."])
def test_a_report_needs_a_token(service: croydon.Service, wrong: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        reading.report(address(service), wrong, "122109")
    assert refused.value.code == 401


def test_an_assertion_is_no_token(service: croydon.Service) -> None:
    """A token counts for reports only, and what is signed for the token address does not."""
    import jwt

    claim = {"iss": service.connection["login"], "aud": f"{address(service)}/token", "exp": 4_000_000_000}
    with pytest.raises(urllib.error.HTTPError) as refused:
        reading.report(address(service), jwt.encode(claim, service.secret), "122109")
    assert refused.value.code == 401


@pytest.mark.parametrize("claim", [{"iss": "someone else"}, {"aud": "http://127.0.0.1/elsewhere"}, {"exp": 1}])
def test_a_wrong_assertion_gets_no_token(service: croydon.Service, claim: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        reading.token(address(service), service.connection, **claim)
    assert refused.value.code == 401


def test_a_wrong_secret_gets_no_token(service: croydon.Service) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        reading.token(address(service), service.connection | {"password": "of another service, and long enough"})
    assert refused.value.code == 401


def test_each_run_has_a_secret_of_its_own(demo: Path) -> None:
    records = read_records(demo / "records" / "croydon")
    with croydon.serving(records) as one, croydon.serving(records) as other:
        assert one.secret != other.secret
        with pytest.raises(RedressError, match=f"port {one.port} of this machine"), croydon.serving(records, one.port):
            pass


def test_connections_that_are_set_stay(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("AIRFLOW_CONN_CROYDON_CASEWORK", "set by a person")
    monkeypatch.delenv("AIRFLOW_CONN_HARROW_CASEWORK", raising=False)
    with connected(demo / "records", demo):
        assert os.environ["AIRFLOW_CONN_CROYDON_CASEWORK"] == "set by a person"
        assert str(demo / "harrow" / "casework.sqlite") in os.environ["AIRFLOW_CONN_HARROW_CASEWORK"]
    assert "AIRFLOW_CONN_HARROW_CASEWORK" not in os.environ
    assert os.environ["AIRFLOW_CONN_CROYDON_CASEWORK"] == "set by a person"


def test_the_same_records_give_the_same_files(demo: Path, tmp_path: Path) -> None:
    write_systems(demo / "records", tmp_path, NIGHT)
    made = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(made) == 1 + 1 + 10 + 20
    for path in made:
        assert path.read_bytes() == (demo / path.relative_to(tmp_path)).read_bytes(), path.name


def test_nothing_is_lost_in_silence(demo: Path, tmp_path: Path) -> None:
    records = read_records(demo / "records" / "halton")
    freeze = records["freezes"][0]
    with pytest.raises(RedressError, match="more freezes than its row has room for"):
        halton.deliver({**records, "freezes": [freeze, freeze]}, tmp_path, NIGHT)
    payment = records["payments"][0]
    with pytest.raises(RedressError, match=r"no word for a value of payments\.payment_type"):
        halton.deliver({**records, "payments": [payment | {"payment_type": "advocacy"}]}, tmp_path, NIGHT)
    with pytest.raises(RedressError, match="leaves out member of activity"):
        layout_of("halton").table("activity", [records["activity"][0] | {"member": "male"}], {})
