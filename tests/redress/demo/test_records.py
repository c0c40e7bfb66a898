"""The demo records give the published figures, and nothing in them was worked out beforehand.

The figures are computed here from the CSV files alone, in SQL, with a count of working days of its own.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from redress.contract import load_contract
from redress.councils import load_councils
from redress.demo.records import PREFIXES, write_drop
from redress.errors import UsageError

ROOT = Path(__file__).parents[3]
DATA = ROOT / "plugins" / "redress" / "demo" / "data"
HOLIDAYS = ROOT / "dbt_project" / "seeds" / "bank_holidays.csv"
COUNCILS = tuple(PREFIXES)
DEMO_DATE = "2020-06-30"

BANDS = {
    "% within 10 days": "days <= 10",
    "% within 20 days": "days <= 20",
    "% over 20 days": "days > 20",
    "completed within 10 working days": "days <= 10",
    "completed within 20 working days": "days between 11 and 20",
    "exceeded 20 working days": "days > 20",
    "within 20 working days or less": "days <= 20",
    "within the optimum 10 working day timescale": "days <= 10",
    "within the extended 20 day timescales": "days between 11 and 20",
    "longer than 20 days": "days > 20",
    "<20": "days between 11 and 20",
    "20+": "days > 20",
}
CHECKS = [
    pytest.param(council, check, id=f"{council}: {', '.join(check['figures'].values())}")
    for council, checks in yaml.safe_load((Path(__file__).with_name("published_checks.yml")).read_text()).items()
    for check in checks
]


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drop")
    write_drop(folder)
    return folder


@pytest.fixture(scope="module")
def con(drop: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        read_drop(connection, drop)
        yield connection


def read_drop(connection: duckdb.DuckDBPyConnection, drop: Path) -> None:
    """One table an entity, of all councils, and the views of record_views.sql."""
    for entity in load_contract().entities:
        connection.execute(
            f"create table {entity} as select string_split(filename, '/')[-2] as council, * exclude (filename) "
            f"from read_csv('{drop}/*/{entity}.csv', header = true, filename = true, union_by_name = true)"
        )
    views = Path(__file__).with_name("record_views.sql").read_text()
    connection.execute(views.replace("{holidays}", str(HOLIDAYS)).replace("{services}", str(DATA / "services.csv")))


def data(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differences(connection: duckdb.DuckDBPyConnection, council: str, check: dict[str, Any]) -> list[tuple[object, ...]]:
    """The printed figures of a check that the records do not give, with what they give."""
    codes = {row["printed_label"]: row["code"] for row in data("labels") if row["council"] == council}
    wanted = {"council": council} | check["figures"]
    printed = [row for row in data("published_figures") if all(row[name] == wanted[name] for name in wanted)]
    assert printed, f"published_figures.csv has no {wanted}"
    not_given = []
    for row in printed:
        counted = f"100.0 * count(*) filter (where {check['share']}) / count(*)" if "share" in check else "count(*)"
        band = BANDS.get(row["member2"]) or BANDS.get(row["member"], "false")
        query = (
            f"select {counted} from {check['from']} where council = $council and $period in (year, quarter) "
            f"and ({check.get('where', 'true')})"
        ).replace("$band", band)
        values = {name: codes.get(row[name], row[name]) for name in ("council", "period", "stage", "member", "member2")}
        used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", query)}
        found = connection.execute(query, used).fetchone()
        assert found
        shown = int(found[0] + 0.5) if "share" in check else found[0]
        if shown != float(row["value"]):
            not_given.append((row["period"], row["member"], row["member2"], row["value"], found[0]))
    return not_given


@pytest.mark.parametrize(("council", "check"), CHECKS)
def test_the_published_figures_come_out(con: duckdb.DuckDBPyConnection, council: str, check: dict[str, Any]) -> None:
    assert differences(con, council, check) == []


def test_the_checks_cover_the_main_tables() -> None:
    """Two thirds of the counts and percentages of cases are recomputed here from the CSV files alone."""
    checked = {
        tuple(row.values())
        for parameters in CHECKS
        for row in data("published_figures")
        if all(
            row[name] == value
            for name, value in {"council": parameters.values[0], **parameters.values[1]["figures"]}.items()
        )
    }
    assert len(checked) > 400


@pytest.mark.slow
def test_another_seed_gives_the_same_figures(tmp_path: Path) -> None:
    write_drop(tmp_path, seed=7)
    with duckdb.connect() as connection:
        read_drop(connection, tmp_path)
        wrong = {
            parameters.id: found
            for parameters in CHECKS
            if (found := differences(connection, parameters.values[0], parameters.values[1]))
        }
    assert wrong == {}


def test_the_same_seed_gives_the_same_bytes(drop: Path, tmp_path: Path) -> None:
    write_drop(tmp_path)
    assert _hashes(tmp_path) == _hashes(drop)
    write_drop(tmp_path, seed=1)
    changed = [name for name, hashed in _hashes(tmp_path).items() if hashed != _hashes(drop)[name]]
    assert {Path(name).name for name in changed} >= {"cases.csv", "stages.csv", "causes.csv", "actions.csv"}


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.csv"))
    }


def test_one_council_alone_is_the_same(drop: Path, tmp_path: Path) -> None:
    counts = write_drop(tmp_path, "croydon")
    assert list(counts) == ["croydon"]
    lines = (tmp_path / "croydon" / "stages.csv").read_text().splitlines()
    assert counts["croydon"]["stages"] == len(lines) - 1
    assert {name: hashed for name, hashed in _hashes(drop).items() if name.startswith("croydon/")} == _hashes(tmp_path)


def test_a_council_without_a_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose one of harrow, croydon"):
        write_drop(tmp_path, "atlantis")


@pytest.mark.parametrize("council", COUNCILS)
def test_records_hold_the_contracts_columns_and_no_other(drop: Path, council: str) -> None:
    for name, entity in load_contract().entities.items():
        header = (drop / council / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == list(entity.columns)


def test_nothing_was_worked_out_beforehand(con: duckdb.DuckDBPyConnection) -> None:
    """No band, flag or rate of a complaint: activity alone holds percentages, and only what a service supplies."""
    columns = {column for entity in load_contract().entities.values() for column in entity.columns}
    assert not {name for name in columns if re.search("band|in_time|elapsed|rate|overdue", name)} - {"age_band"}
    measures = con.execute("select distinct measure from activity where unit = 'percent'").fetchall()
    assert not [measure for (measure,) in measures if re.search("complaint|stage|answer", measure)]


def test_references_are_invented_and_births_plausible(con: duckdb.DuckDBPyConnection) -> None:
    references = con.execute("select distinct council, left(person_ref, 6) from cases where person_ref is not null")
    assert dict(references.fetchall()) == {council: f"{prefix}-P-" for council, prefix in PREFIXES.items()}
    assert con.execute("select count(*) from people where age not between 0 and 60").fetchone() == (0,)


def test_every_code_is_declared_or_of_the_contract(con: duckdb.DuckDBPyConnection) -> None:
    for name, council in load_councils(ROOT / "councils").items():
        for entity, column, list_name in (
            ("causes", "cause", "causes"),
            ("stages", "delay_reason", "delay_reasons"),
            ("actions", "action_type", "action_types"),
            ("activity", "measure", "activity_measures"),
        ):
            used = con.execute(f"select distinct {column} from {entity} where council = ? and {column} <> ''", [name])
            assert {code for (code,) in used.fetchall()} <= set(council.codes.of(list_name)), (name, list_name)


def test_answers_fall_on_the_edges_of_the_limits(con: duckdb.DuckDBPyConnection) -> None:
    """For each council there are answers on the tenth day and one day late, and receipt at a weekend."""
    for condition in ("days = 10", "days = 11", "days = 20", "isodow(received_date) = 6"):
        found = con.execute(f"select distinct council from courses where stage = 1 and {condition}").fetchall()
        assert {council for (council,) in found} == set(COUNCILS), condition


@pytest.mark.parametrize(
    ("holiday", "days"),
    [
        ("2014-04-18", 10),  # Good Friday
        ("2014-12-25", 10),
        ("2015-12-28", 11),  # Boxing Day fell on a Saturday: the Monday after it was the holiday
        ("2016-12-27", 10),  # Christmas Day fell on a Sunday
        ("2017-04-17", 11),  # Easter Monday
        ("2020-05-08", 10),  # the early May holiday, moved to that Friday for the year
        ("2020-05-08", 11),
    ],
)
def test_limits_run_across_bank_holidays(con: duckdb.DuckDBPyConnection, holiday: str, days: int) -> None:
    """Some answer given on the tenth day, or a day late, had the holiday in its time."""
    found = con.execute(
        "select case_ref from courses where stage = 1 and requested_date < $1 and responded_date > $1 and days = $2",
        [holiday, days],
    )
    assert found.fetchall() != []


def test_an_answer_on_a_free_day_after_the_due_date_is_still_on_the_tenth_day(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("select count(*) from courses where stage = 1 and days = 10 and isodow(responded_date) = 6")
    assert found.fetchone() != (0,)


def test_everything_ends_by_the_demo_date(con: duckdb.DuckDBPyConnection) -> None:
    for entity, columns in {
        "cases": ("received_date", "closed_date", "updated_at"),
        "stages": ("requested_date", "acknowledged_date", "responded_date"),
        "actions": ("agreed_date", "completed_date"),
        "payments": ("paid_date",),
        "ombudsman": ("received_date", "decided_date", "responded_date"),
    }.items():
        for column in columns:
            late = con.execute(f"select count(*) from {entity} where {column} > date '{DEMO_DATE}'").fetchone()
            assert late == (0,), (entity, column)


def test_some_clocks_still_run(con: duckdb.DuckDBPyConnection) -> None:
    statuses = con.execute(
        "select council, status, count(*) from cases where closed_date is null and status in "
        "('open', 'frozen') group by all order by all"
    ).fetchall()
    assert statuses == [("halton", "frozen", 1), ("halton", "open", 3)]


def test_a_team_of_the_old_structure_leads_to_one_of_todays(con: duckdb.DuckDBPyConnection) -> None:
    old = con.execute(
        "select old.service_code, today.valid_to from services as old join services as today "
        "on today.council = old.council and today.service_code = old.successor_code "
        "where old.council = 'croydon' and old.valid_to = '2018-03-31' and today.valid_from = '2018-04-01'"
    ).fetchall()
    assert len(old) == 5
    assert {valid_to for _, valid_to in old} == {None}


def test_what_no_records_can_yield_is_fifteen_printed_figures() -> None:
    columns = ("council", "section", "return_table", "period", "stage", "member", "member2", "measure", "value")
    listed = [tuple(row[column] for column in columns) for row in data("not_meetable")]
    printed = [tuple(row[column] for column in columns) for row in data("published_figures")]
    assert [printed.count(figure) for figure in listed] == [1] * 15
    conflicts = [row["conflict"] for row in data("not_meetable")]
    assert {name: conflicts.count(name) for name in conflicts} == {
        "H1": 1, "H4": 1, "H6": 1, "H7": 4, "Ha2": 5, "Ha3": 1, "C1": 1, "C4": 1,
    }  # fmt: skip


def test_every_table_of_cases_says_which_population_it_counts() -> None:
    told = {(row["council"], row["return_table"].split(":")[0]) for row in data("populations")}
    supplied = {(row["council"], row["return_table"]) for row in data("context")}
    silent = {(row["council"], row["return_table"]) for row in data("published_figures")} - told - supplied
    assert {table for _, table in silent} == {"timescales_and_targets", "engagement_survey", "learning_and_training"}
