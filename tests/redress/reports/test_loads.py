"""Loads: the nights of a council, and how fresh each source is beside its promise. Numbers are counted by hand."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest

from redress.councils import Council
from redress.paths import Home
from redress.reports.freshness import freshness
from redress.reports.page import render
from redress.reports.pages import loads
from redress.reports.reading import Reading
from tests.redress.reports.three_nights import FIRST, SECOND, THIRD


def shown(reading: Reading) -> dict[str, dict[str, Any]]:
    return {one["council"]: one for one in loads.content(reading)["councils"]}


def test_the_rows_of_each_night_are_added_up_the_newest_first(third_morning: Reading) -> None:
    nights = {
        night["night"]: (night["word"], night["counts"]) for night in shown(third_morning)["barsetshire"]["nights"]
    }
    assert list(nights) == [THIRD, SECOND, FIRST]
    # 5 cases, 5 stages, a payment and 2 services; 3 stages and the payment are news, B2's case and stage are gone.
    assert nights[THIRD] == (
        "Warnings",
        {"landed": 13, "accepted": 4, "quarantined": 0, "unchanged": 9, "removed": 2},
    )
    assert nights[SECOND] == (
        "Held back",
        {"landed": 15, "accepted": 2, "quarantined": 1, "unchanged": 12, "removed": 0},
    )
    assert nights[FIRST] == (
        "Held back",
        {"landed": 15, "accepted": 14, "quarantined": 1, "unchanged": 0, "removed": 0},
    )


def test_a_night_says_how_long_it_took_and_what_was_said_of_each_entity(third_morning: Reading) -> None:
    night = shown(third_morning)["barsetshire"]["nights"][1]
    assert 0 < night["seconds"] < 600
    assert [run["verdict_text"] for run in night["runs"]][:3] == [
        "payments: accepted, 1 record held back.",
        "stages: accepted with warnings on 4 records.",
        "cases: 6 records read, nothing new.",
    ]


def test_a_night_that_could_not_run_is_a_night_without_numbers(third_morning: Reading) -> None:
    night = shown(third_morning)["loamshire"]["nights"][0]
    assert (night["night"], night["word"], night["seconds"], night["could_run"]) == (
        THIRD,
        "Could not run",
        None,
        False,
    )
    html = render(loads.PAGE, (loads.PAGE,), third_morning)
    section = html[html.index('<h2 id="loamshire">') : html.index('<h2 id="mallshire">')]
    row = section[section.index("Could not run") :]
    assert row[: row.index("</tr>")].count('<td class="figure">–</td>') == 6


def test_no_more_than_28_nights_are_shown(third_morning: Reading) -> None:
    third_morning.con.execute("""
        create temp table load_runs as
        select runs.* replace (extract_date + cast(n as integer) as extract_date)
        from load_runs as runs, range(0, 40) as t(n) where council = 'oldshire'
    """)
    nights = [night["night"] for night in shown(third_morning)["oldshire"]["nights"]]
    assert (len(nights), nights[0], nights[-1]) == (28, date(2024, 7, 22), date(2024, 6, 25))


def test_freshness_beside_the_promise(third_morning: Reading) -> None:
    told = {
        (row["council"], row["entity"]): (row["state"], row["delivered_on"], row["days_old"], row["due_on"])
        for row in freshness(third_morning)
    }
    assert told["barsetshire", "cases"] == ("in_time", THIRD, 0, date(2024, 6, 28))
    assert told["barsetshire", "activity"] == ("never", None, None, None)
    assert told["barsetshire", "services"] == ("no_promise", THIRD, 0, None)
    # Promised every 7 and every 8 days, last there on 20 June: the first was due on the newest night.
    assert told["loamshire", "cases"] == ("late", SECOND, 7, THIRD)
    assert told["loamshire", "stages"] == ("in_time", SECOND, 7, date(2024, 6, 28))
    assert told["oldshire", "cases"] == ("no_promise", FIRST, 14, None)
    assert told["newshire", "cases"] == ("no_promise", None, None, None)
    assert {name: one["late"] for name, one in shown(third_morning).items() if one["late"]} == {
        "barsetshire": 1,
        "loamshire": 1,
    }


def test_a_rejected_file_is_no_delivery_and_the_same_rows_are_no_news(third_morning: Reading) -> None:
    told = {(row["council"], row["entity"]): row for row in freshness(third_morning)}
    assert told["mallshire", "stages"]["delivered_on"] is None
    assert told["mallshire", "stages"]["rejected_on"] == THIRD
    assert told["barsetshire", "services"]["news_on"] == FIRST
    assert told["barsetshire", "cases"]["news_on"] == THIRD  # one was removed


@pytest.mark.parametrize(("kind", "delivered"), [("database", SECOND), ("files", FIRST)])
def test_a_source_that_is_asked_answers_where_a_file_only_lies_there(
    kind: str, delivered: date, tmp_path: Path
) -> None:
    council = SimpleNamespace(source=SimpleNamespace(kind=kind), settings=SimpleNamespace(delivered_every={"cases": 1}))
    with duckdb.connect() as con:
        con.execute("""
            create table nights as select 'barsetshire' as council, 'Barset' as council_name;
            create table load_runs as select * from (values
                ('barsetshire', 'cases', date '2024-06-13', 'accepted', 'cases_1', 1, 0, 0),
                ('barsetshire', 'cases', date '2024-06-20', 'unchanged', null, 0, 0, 0)
            ) as runs(council, entity, extract_date, verdict, extract_id, rows_accepted, rows_quarantined, rows_deleted)
        """)
        councils = {"barsetshire": cast(Council, council)}
        reading = Reading(Home(tmp_path), councils, con, datetime.now(UTC), has_build=False)
        cases = next(row for row in freshness(reading) if row["entity"] == "cases")
    assert cases["delivered_on"] == delivered
    assert cases["news_on"] == FIRST


def test_settings_that_cannot_be_read_promise_nothing(tmp_path: Path) -> None:
    (tmp_path / "settings.yml").write_text("delivered_every: {casses: 1}\n")
    with duckdb.connect() as con:
        con.execute("""
            create table nights as select 'barsetshire' as council, 'Barset' as council_name;
            create table load_runs (council varchar, entity varchar, extract_date date, verdict varchar,
                extract_id varchar, rows_accepted bigint, rows_quarantined bigint, rows_deleted bigint)
        """)
        reading = Reading(Home(tmp_path), {"barsetshire": Council(tmp_path)}, con, datetime.now(UTC), has_build=False)
        assert {row["state"] for row in freshness(reading)} == {"no_promise"}
