"""Deliveries of several tables: they land together or not at all, mapped, and are recognised by their rows."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from redress.contract.mapping.definition import Feed
from redress.councils import Council
from redress.errors import SourceUnavailable
from redress.landing.manifests import Manifest, manifests, rows_file
from redress.landing.store import land
from redress.paths import Home
from redress.sources.definition import FilesDefinition
from tests.redress.landing.table_source import Row, TableSource

KEY = b"not a secret, only for tests"
NIGHT, NEXT = date(2024, 3, 5), date(2024, 3, 6)

CASES = Feed.model_validate(
    {
        "name": "v_cases",
        "dates": ["day_first"],
        "entities": {
            "cases": {
                "columns": {
                    "case_ref": "Ref",
                    "record_type": {"constant": "complaint"},
                    "received_date": "Received",
                    "status": {"column": "State", "values": {"Live": "open", "Done": "concluded"}},
                }
            },
            "stages": {
                "columns": {"case_ref": "Ref"},
                "rows": [
                    {
                        "columns": {
                            "stage": {"constant": "1"},
                            "requested_date": "Received",
                            "responded_date": "S1 answer",
                        }
                    },
                    {"columns": {"stage": {"constant": "2"}, "requested_date": "S2 asked"}},
                ],
            },
        },
    }
)
SERVICES = Feed.model_validate({"name": "v_services", "dates": ["iso"], "entities": {"services": {}}})
TEAM: Row = {"service_code": "S1", "service_name": "Family support", "valid_from": "2015-04-01"}


def case(ref: str, state: str = "Live", **more: str | None) -> Row:
    return {"Ref": ref, "Received": "01/03/2024", "State": state, "S1 answer": None, "S2 asked": None, **more}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def council(tmp_path: Path) -> Council:
    council = Council(tmp_path / "councils" / "barsetshire")
    council.source = FilesDefinition(kind="files", path="unused")
    return council


@pytest.fixture
def source() -> TableSource:
    return TableSource({"v_cases": CASES, "v_services": SERVICES}, {"v_cases": [case("A1")], "v_services": [TEAM]})


def land_night(home: Home, council: Council, source: TableSource, night: date = NIGHT) -> dict[str, Manifest]:
    landed = land(home, council, source, source.delivery("tables", night), KEY)
    return {manifest.entity: manifest for manifest in landed}


def rows(home: Home, manifest: Manifest, columns: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"select {columns} from '{rows_file(home, manifest)}' order by all").fetchall()


def test_one_wide_table_feeds_cases_and_their_stages(home: Home, council: Council, source: TableSource) -> None:
    source.tables["v_cases"] = [case("A1", "Done", **{"S1 answer": "12/03/2024", "S2 asked": "20/03/2024"}), case("A2")]
    landed = land_night(home, council, source, date(2024, 4, 1))
    assert {name: one.rows for name, one in landed.items()} == {"cases": 2, "stages": 3, "services": 1}
    assert rows(home, landed["cases"], "case_ref, status, received_date, source_row") == [
        ("A1", "concluded", date(2024, 3, 1), 1),
        ("A2", "open", date(2024, 3, 1), 2),
    ]
    assert rows(home, landed["stages"], "case_ref, stage, requested_date, source_row") == [
        ("A1", 1, date(2024, 3, 1), 1),
        ("A1", 2, date(2024, 3, 20), 1),
        ("A2", 1, date(2024, 3, 1), 2),
    ]
    assert landed["cases"].fed_from["received_date"] == ("Received",)
    assert source.told == ["tables"]


@pytest.mark.parametrize("feed", ["v_cases", "v_services"])
def test_a_source_cut_off_lands_nothing_of_the_delivery(
    home: Home, council: Council, source: TableSource, feed: str
) -> None:
    source.cut_off = {feed}
    with pytest.raises(SourceUnavailable):
        land_night(home, council, source)
    assert manifests(home, "barsetshire") == []
    assert [path for path in home.landing.rglob("*") if path.is_file()] == []
    assert source.told == []
    source.cut_off = set()
    assert len(land_night(home, council, source)) == 3


def test_a_part_that_cannot_be_read_rejects_what_it_feeds_and_nothing_else(
    home: Home, council: Council, source: TableSource
) -> None:
    source.broken = {"v_cases"}
    landed = land_night(home, council, source)
    assert landed["cases"].rejected == landed["stages"].rejected == "v_cases cannot be read."
    assert landed["services"].rows == 1
    assert [path.parent.parent.name for path in home.landing.rglob("rows.parquet")] == ["services"]


def test_a_missing_column_stops_only_its_entity_and_says_what_it_may_be_called_now(
    home: Home, council: Council, source: TableSource
) -> None:
    land_night(home, council, source)
    renamed = {("State now" if name == "State" else name): value for name, value in case("A1").items()}
    source.tables["v_cases"] = [renamed]
    landed = land_night(home, council, source, NEXT)
    assert landed["cases"].missing_columns == ("status",)
    reason = str(landed["cases"].rejected)
    assert "'State' in source.yml" in reason
    assert "feeds.v_cases.entities.cases.columns" in reason
    assert "stages" not in landed or not landed["stages"].rejected


def test_the_same_rows_in_another_order_are_the_same_extract(home: Home, council: Council, source: TableSource) -> None:
    source.tables["v_cases"] = [case("A1"), case("A2")]
    first = land_night(home, council, source)
    source.tables["v_cases"].reverse()
    assert land_night(home, council, source) == {}
    again = land_night(home, council, source, NEXT)
    assert again["cases"].rows_of == first["cases"].extract_id
    assert len(list(home.landing.rglob("rows.parquet"))) == 3


def test_a_row_that_changed_makes_news_of_its_entity_only(home: Home, council: Council, source: TableSource) -> None:
    land_night(home, council, source)
    source.tables["v_cases"] = [case("A1", "Done")]
    assert list(land_night(home, council, source)) == ["cases"]


def test_changed_columns_are_told_once_for_a_table_that_feeds_two_entities(
    home: Home, council: Council, source: TableSource
) -> None:
    first = land_night(home, council, source)
    assert first["cases"].drift is None
    source.tables["v_cases"] = [case("A1", **{"Ward": "North"})]
    source.tables["v_cases"][0].pop("S1 answer")
    landed = land_night(home, council, source, NEXT)
    assert [one.sentence for one in landed["cases"].drift or ()] == ["'Ward' is new"]
    assert [one.sentence for one in landed["stages"].drift or ()] == ["'S1 answer' is gone"]


def test_changes_are_asked_for_from_the_newest_one_seen(home: Home, council: Council) -> None:
    feed = Feed.model_validate(
        {
            "name": "v",
            "watermark": {"column": "changed"},
            "entities": {"services": {"columns": {"service_code": "code"}}},
        }
    )
    rows_then: list[Row] = [
        TEAM | {"code": "S1", "changed": "2024-03-04"},
        TEAM | {"code": "S2", "changed": "2024-03-05"},
    ]
    source = TableSource({"v": feed}, {"v": rows_then}, extract="changes")
    first = land_night(home, council, source)
    assert first["services"].watermark == "2024-03-05"
    source.tables["v"] = [TEAM | {"code": "S3", "changed": "2024-03-06"}]
    land_night(home, council, source, NEXT)
    assert source.asked_since == [None, "2024-03-05"]


def test_a_change_that_was_taken_back_is_news_and_one_read_again_is_not(
    home: Home, council: Council, source: TableSource
) -> None:
    source.extract = "changes"
    seen = []
    for day, state in ((1, "Live"), (2, "Done"), (3, "Live"), (4, "Live")):
        source.tables["v_cases"] = [case("A1", state)]
        seen.append("cases" in land_night(home, council, source, date(2024, 3, day)))
    assert seen == [True, True, True, False]


def test_an_answer_without_records_is_an_extract_of_none_and_no_column_is_missed(
    home: Home, council: Council, source: TableSource
) -> None:
    land_night(home, council, source)
    source.tables["v_services"] = []
    manifest = land_night(home, council, source, NEXT)["services"]
    assert (manifest.rows, manifest.rejected, manifest.drift) == (0, None, None)


def test_two_tables_of_one_entity_are_one_extract_and_rows_say_which(home: Home, council: Council) -> None:
    feeds = {name: SERVICES.model_copy(update={"name": name}) for name in ("v_children", "v_corporate")}
    source = TableSource(feeds, {"v_children": [TEAM], "v_corporate": [TEAM | {"service_code": "S9"}]})
    manifest = land_night(home, council, source)["services"]
    assert (manifest.rows, manifest.parts, manifest.source_file) == (2, 2, "v_children + v_corporate")
    assert rows(home, manifest, "service_code, source_part") == [("S1", "v_children"), ("S9", "v_corporate")]
