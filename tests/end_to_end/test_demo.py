"""The demo from end to end: five councils through the real DAGs, figure for figure."""

import stat
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redress.councils import load_councils
from redress.demo.figures import Comparison, compare

COUNCILS = ("harrow", "croydon", "halton", "central_bedfordshire", "northamptonshire")


def test_the_demo_ends_with_its_table_and_where_the_warehouse_is(
    published: Path, demo_run: subprocess.CompletedProcess[str]
) -> None:
    last_table = demo_run.stdout[demo_run.stdout.index("What was loaded") :].splitlines()
    lines = [line.split() for line in last_table if line.split()[-1:] and line.split()[-1].replace(",", "").isdigit()]
    rows = {" ".join(words[:-5]): words[-5:] for words in lines}
    assert rows["quarantined"] == ["0"] * 5
    assert rows["differing"] == ["0"] * 5
    assert sum(map(int, rows["not meetable"])) == 15


def test_the_demo_finds_every_seeded_fault_and_nothing_besides(
    published: Path, demo_run: subprocess.CompletedProcess[str]
) -> None:
    table = demo_run.stdout[demo_run.stdout.index("issues seeded") : demo_run.stdout.index("Printed figures")]
    rows = {words[0]: [int(word) for word in words[1:]] for line in table.splitlines()[2:] if (words := line.split())}
    assert set(rows) == set(COUNCILS)
    for seeded, found, missed, besides in rows.values():
        assert seeded == found > 0
        assert missed == besides == 0


def test_everything_landed_was_accepted(published: Path, query: Callable[..., list[Any]]) -> None:
    counted = query(
        published,
        "select sum(rows_landed), sum(rows_accepted), sum(rows_quarantined), sum(rows_unchanged) from load_runs",
    )
    landed, accepted, quarantined, unchanged = counted[0]
    assert landed == accepted + quarantined + unchanged
    assert landed > 5000
    assert quarantined == 0


def test_no_rule_was_left_out(published: Path, query: Callable[..., list[Any]]) -> None:
    from redress.contract import load_contract

    for council in COUNCILS:
        reported = {
            rule
            for (rule,) in query(published, f"select distinct rule from dq_rule_outcomes where council = '{council}'")
        }
        assert reported == set(load_contract().rules)


def test_the_key_of_the_demo_is_for_its_owner_only(published: Path) -> None:
    assert stat.S_IMODE((published / "demo" / "pseudonym_key").stat().st_mode) == 0o600


def test_nothing_personal_got_past_the_door(published: Path) -> None:
    """Person references and birth dates of the drop are in no file the run wrote."""
    import csv

    with (published / "demo" / "drop" / "harrow" / "cases.csv").open() as file:
        rows = list(csv.DictReader(file))
    references = {row["person_ref"].encode() for row in rows if row["person_ref"]}
    born = {row["date_of_birth"].encode() for row in rows if row["date_of_birth"]}
    assert references
    assert born
    written = [
        p
        for part in ("landing", "published", "build", "logs", "airflow")
        for p in (published / part).rglob("*")
        if "dbt" not in p.parts  # its manifest holds the dates of the worked examples
    ]
    for path in written:
        if path.is_file() and path.suffix != ".lock":
            content = path.read_bytes()
            assert not any(reference in content for reference in references), path
            if path.suffix in (".log", ".json", ".db"):
                assert not any(day in content for day in born), path


def test_bi_readers_of_an_older_duckdb_can_open_it(published: Path) -> None:
    """The storage version is in the file's header; 2.0's own would be refused by 1.x readers."""
    import duckdb

    with duckdb.connect() as con:
        con.execute(f"attach '{published / 'published' / 'reporting.duckdb'}' as published (read_only)")
        tags = con.execute("select tags from duckdb_databases() where database_name = 'published'").fetchone()
    assert tags
    assert "v1.5" in str(tags[0])


def test_the_demo_again_changes_nothing(
    published: Path, redress: Callable[..., subprocess.CompletedProcess[str]], query: Callable[..., list[Any]]
) -> None:
    before = query(published, "select * from fct_timeliness order by all")
    loads = sorted((published / "landing").glob("*/loads/*"))
    again = redress(published, "demo")
    assert again.returncode == 0
    assert sorted((published / "landing").glob("*/loads/*")) == loads
    assert query(published, "select * from fct_timeliness order by all") == before


def test_status_speaks_of_every_council(
    published: Path, redress: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    shown = redress(published, "status")
    assert shown.returncode == 0
    for council in COUNCILS:
        assert council in shown.stdout


def test_a_rebuild_from_landing_gives_the_same_warehouse(
    published: Path, redress: Callable[..., subprocess.CompletedProcess[str]], query: Callable[..., list[Any]]
) -> None:
    tables = [
        name for (name,) in query(published, "select table_name from duckdb_tables() where schema_name = 'reporting'")
    ]
    before = {name: query(published, f"select * from {name} order by all") for name in tables}
    (published / "build" / "warehouse.duckdb").unlink()
    rebuilt = redress(published, "rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert {name: query(published, f"select * from {name} order by all") for name in tables} == before


@pytest.fixture(scope="module")
def comparisons(published: Path, project: Path) -> list[Comparison]:
    return compare(published / "published" / "reporting.duckdb", load_councils(project / "councils"))


def test_every_published_figure_is_met_or_cannot_be(comparisons: list[Comparison]) -> None:
    assert [f"row {one.row}: {one.reason}" for one in comparisons if one.verdict == "differs"] == []
    assert Counter(one.verdict for one in comparisons) == {
        "matches": 730,
        "context": 41,
        "setting": 28,
        "words": 12,
        "conflict": 15,
        "outside": 2,
    }


def test_the_figures_that_cannot_be_met_are_those_of_the_catalogue(comparisons: list[Comparison]) -> None:
    conflicts = Counter(one.reason.split(":")[0] for one in comparisons if one.verdict == "conflict")
    assert conflicts == {"H1": 1, "H4": 1, "H6": 1, "H7": 4, "Ha2": 5, "Ha3": 1, "C1": 1, "C4": 1}


@pytest.mark.parametrize(
    ("council", "table", "period", "member", "numerator", "denominator"),
    [
        ("harrow", "stage1_timeliness_by_service", "2017/18", "overall", 49, 52),  # H11
        ("halton", "stage1_timeliness_by_band", "2017/18", "% within 20 days", 30, 33),  # Ha4
        ("halton", "stage1_timeliness_by_band", "2016/17", "% within 10 days", 8, 24),  # Ha4
        ("croydon", "timeliness_by_stage", "Q2 2017/18", "Child - Stage one", 4, 24),  # C2
        ("northamptonshire", "stage1_timeliness_by_band", "2014/15", "longer than 20 days", 317, 478),
    ],
)
def test_figures_in_dispute_rest_on_the_counts_that_the_catalogue_found(
    comparisons: list[Comparison], council: str, table: str, period: str, member: str, numerator: int, denominator: int
) -> None:
    found = [
        (one.numerator, one.denominator)
        for one in comparisons
        if (one.council, one.return_table, one.period, one.member, one.unit)
        == (council, table, period, member, "percent")
    ]
    assert found == [(numerator, denominator)]
