"""From load folders to versions of records, and from the issue log to issues."""

from datetime import date

import pytest

from redress.duck import connect
from redress.errors import RedressError
from redress.validation.missed import Missed
from redress.warehouse.build import warehouse_file
from redress.warehouse.ingest import can_continue, ingest, landed_loads

CASE = {"case_ref": "C1", "received_date": "2024-05-01"}


def seen(night: str, **place: object) -> dict[str, object]:
    event = {
        "rule": "R01",
        "severity": "critical",
        "entity": "cases",
        "occurrence": 1,
        "source_row": 2,
        "event": "seen",
    }
    return event | {"record_key": "C1", "event_date": night} | place


@pytest.fixture(scope="module")
def history(new_landing):
    """Six nights of one council; each says in its rows what it is about."""
    landing = new_landing("history")
    landing.council("anytown", "closure_days: [2024-05-03]\ncount_closure_days: true\n")
    landing.load(
        "anytown",
        "2024-05-10",
        cases=[CASE | {"tags": " covid19 ;a;covid19;"}, CASE | {"case_ref": "C2"}, CASE | {"case_ref": "C3"}],
        stages=[],
        quality={
            "events": [
                seen("2024-05-10", source_row=2),
                seen("2024-05-10", source_row=3, occurrence=2),
                seen("2024-05-10", record_key="C3"),
            ]
        },
    )
    landing.load("anytown", "2024-05-11", cases=[CASE | {"status": "frozen"}])
    landing.load("anytown", "2024-05-12", deleted={"cases": [{"case_ref": "C1"}, {"case_ref": "C2"}]})
    landing.load("anytown", "2024-05-13", cases=[CASE | {"gender": "female"}])
    landing.load(
        "anytown",
        "2024-05-14",
        quality={
            "events": [seen("2024-05-14", event="resolved"), seen("2024-05-14", event="resolved", record_key="C3")]
        },
    )
    landing.load("anytown", "2024-05-15", quality={"events": [seen("2024-05-15", record_key="C3", source_row=9)]})
    assert landing.build().failed_tests == []
    return landing


def versions(history, ref: str) -> list[tuple[object, ...]]:
    with connect(warehouse_file(history.home), read_only=True) as con:
        return con.execute(
            "select valid_from, valid_to, is_current from staging.stg_cases where case_ref = ? order by 1", [ref]
        ).fetchall()


def test_every_version_is_kept_with_its_validity(history):
    assert versions(history, "C1") == [
        (date(2024, 5, 10), date(2024, 5, 11), False),
        (date(2024, 5, 11), date(2024, 5, 12), False),
        (date(2024, 5, 13), None, True),
    ]


def test_a_deleted_record_ends_and_leaves_the_marts(history):
    assert versions(history, "C2") == [(date(2024, 5, 10), date(2024, 5, 12), False)]
    assert history.read("select case_ref, status, gender from dim_case order by 1") == [
        ("C1", "open", "female"),
        ("C3", "open", None),
    ]


def test_a_replayed_night_shows_the_records_as_they_were(history):
    with connect(warehouse_file(history.home), read_only=True) as con:
        statuses = con.execute("""
            select case_ref, status from staging.stg_cases
            where valid_from <= date '2024-05-11' and (valid_to is null or valid_to > date '2024-05-11') order by 1
        """).fetchall()
    assert statuses == [("C1", "frozen"), ("C2", "open"), ("C3", "open")]


def test_lists_read_the_same_whatever_their_order(history):
    with connect(warehouse_file(history.home), read_only=True) as con:
        tags = con.execute("select tags from staging.stg_cases where case_ref = 'C1' order by valid_from").fetchall()
    assert tags == [("a;covid19",), (None,), (None,)]


def test_issues_say_when_they_were_seen_and_resolved(history):
    columns = "record_key, occurrence, source_row, first_seen, last_seen, resolved_on"
    assert history.read(f"select {columns} from dq_issues order by record_key, occurrence") == [
        ("C1", 1, 2, date(2024, 5, 10), date(2024, 5, 10), date(2024, 5, 14)),
        ("C1", 2, 3, date(2024, 5, 10), date(2024, 5, 10), None),
        ("C3", 1, 9, date(2024, 5, 10), date(2024, 5, 15), None),
    ]


def test_closure_days_stop_the_clocks_of_a_council_that_says_so(history):
    with connect(warehouse_file(history.home), read_only=True) as con:
        days = con.execute("""
            select calendar.is_working_day, dates.is_working_day
            from intermediate.int_calendar as calendar
            join reporting.dim_date as dates using (date_day)
            where calendar.date_day between date '2024-05-02' and date '2024-05-03' order by date_day
        """).fetchall()
    assert days == [(True, True), (False, True)]


def test_ingesting_twice_changes_nothing(landing):
    landing.council("anytown")
    landing.load("anytown", "2024-05-10", cases=[CASE])
    with connect() as con:
        assert ingest(con, landing.councils, landed_loads(landing.home)).rows["cases"] == 1
        again = ingest(con, landing.councils, landed_loads(landing.home))
        assert again.loads == {}
        assert sum(again.rows.values()) == 0
        assert con.execute("select count(*) from accepted.cases").fetchone() == (1,)
        assert con.execute("select count(*) from accepted.activity").fetchone() == (0,)
        assert con.execute("select count(*) from config.councils").fetchone() == (1,)


ACCEPTED = ("anytown", 1, "E04", "cases", "C1", "gender", 1, "aa", date(2024, 5, 10), None, "Quality lead", None)


def test_what_stands_beside_the_loads_is_written_anew(landing):
    missed = Missed("anytown", date(2024, 5, 11), "land_delivery", "The share is not mounted.")
    with connect() as con:
        ingest(con, {}, [], [ACCEPTED], [missed])
        ingest(con, {}, [], [ACCEPTED], [missed])
        assert con.execute("select * from quality.acceptances").fetchall() == [ACCEPTED]
        assert con.execute("select distinct council, extract_date, reason from quality.missed_runs").fetchall() == [
            ("anytown", date(2024, 5, 11), "The share is not mounted.")
        ]
        assert con.execute("select count(*) = count(distinct entity) from quality.missed_runs").fetchone() == (True,)
        ingest(con, {}, [])
        assert con.execute("select count(*) from quality.acceptances").fetchone() == (0,)
        assert con.execute("select count(*) from quality.missed_runs").fetchone() == (0,)


def test_a_build_with_the_tables_of_an_earlier_version_is_not_gone_on_with(landing):
    landing.council("anytown")
    landing.load("anytown", "2024-05-10", cases=[CASE])
    with connect() as con:
        ingest(con, landing.councils, landed_loads(landing.home))
        assert can_continue(con, landed_loads(landing.home))
        con.execute("alter table quality.events drop column service_code")
        assert not can_continue(con, landed_loads(landing.home))


def test_a_load_is_in_whole_or_not_at_all(landing):
    landing.council("anytown")
    folder = landing.load("anytown", "2024-05-10", cases=[CASE])
    (folder / "accepted" / "stages.parquet").write_text("not parquet")
    with connect() as con:
        with pytest.raises(RedressError, match=r"A load cannot be read: .*stages\.parquet"):
            ingest(con, landing.councils, landed_loads(landing.home))
        assert con.execute("select count(*) from duckdb_tables()").fetchone() == (0,)


def test_a_council_whose_files_cannot_be_read_keeps_its_settings(landing):
    landing.council("anytown", "acknowledgement_limit: 5\n")
    landing.council("othertown")
    with connect() as con:
        ingest(con, landing.councils, [])
        landing.council("anytown", "acknowledgement_limit: five\n")
        landing.council("othertown", "acknowledgement_limit: 7\n")
        ingest(con, landing.councils, [])
        limits = con.execute("select council, acknowledgement_limit from config.settings order by 1").fetchall()
    assert limits == [("anytown", 5), ("othertown", 7)]


def test_what_is_no_load_is_not_read(landing):
    (landing.home.landing / "anytown" / "loads" / ".000001_2024-05-10.draft").mkdir(parents=True)
    assert landed_loads(landing.home) == []
