"""The demo from end to end: five councils through the real DAGs, figure for figure."""

import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COUNCILS = ("harrow", "croydon", "halton", "central_bedfordshire", "northamptonshire")


def test_the_demo_ends_with_what_was_loaded_and_how_the_returns_compare(
    published: Path, demo_run: subprocess.CompletedProcess[str]
) -> None:
    loaded = demo_run.stdout[demo_run.stdout.index("What was loaded") :].splitlines()
    rows = {words[0]: words[1:] for line in loaded if len(words := line.split()) == 6}
    assert rows["quarantined"] == ["0"] * 5
    totals = {words[0]: words[-1] for line in loaded if len(words := line.split()) == 7 and words[-1].isdigit()}
    assert totals == {
        "figures": "828", "matches": "730", "words": "12", "context": "41", "setting": "28", "outside": "2",
        "conflict": "15", "differs": "0",
    }  # fmt: skip


def test_the_demo_prints_no_log_of_the_tools_it_uses(demo_run: subprocess.CompletedProcess[str]) -> None:
    assert "[info" not in demo_run.stdout
    assert "INFO" not in demo_run.stdout


def test_the_demo_builds_the_five_returns_in_every_form(published: Path) -> None:
    folders = [folder for folder in (published / "returns").glob("*/*/*/draft") if folder.is_dir()]
    assert sorted(folder.parents[2].name for folder in folders) == sorted(COUNCILS)
    for folder in folders:
        forms = {file.suffix for file in folder.iterdir() if file.stat().st_size > 1000}
        assert forms >= {".html", ".xlsx", ".docx", ".csv"}


def test_the_demo_finds_every_seeded_fault_and_nothing_besides(
    published: Path, demo_run: subprocess.CompletedProcess[str]
) -> None:
    table = demo_run.stdout[demo_run.stdout.index("issues seeded") : demo_run.stdout.index("What was loaded")]
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
    """Person references and birth dates of the records are in no file the run wrote, by whichever route they came."""
    import csv

    rows = []
    for council in COUNCILS:
        with (published / "demo" / "records" / council / "cases.csv").open() as file:
            rows += csv.DictReader(file)
    references = {row["person_ref"].encode() for row in rows if row["person_ref"]}
    reference = re.compile(rb"[A-Z]{3}-P-\d{6}")
    assert all(reference.fullmatch(one) for one in references)
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
            assert not reference.search(content), path
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


@pytest.fixture(scope="module")
def own_copy(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data folder once more, for tests that run on it again."""
    return shutil.copytree(published, tmp_path_factory.mktemp("copy") / "data", symlinks=True)


@pytest.mark.slow
def test_the_demo_again_changes_nothing(
    own_copy: Path, redress: Callable[..., subprocess.CompletedProcess[str]], query: Callable[..., list[Any]]
) -> None:
    before = query(own_copy, "select * from fct_timeliness order by all")
    loads = sorted((own_copy / "landing").glob("*/loads/*"))
    documents = {file: file.stat().st_mtime_ns for file in (own_copy / "returns").glob("*/*/*/draft/*")}
    again = redress(own_copy, "demo")
    assert again.returncode == 0
    assert sorted((own_copy / "landing").glob("*/loads/*")) == loads
    assert query(own_copy, "select * from fct_timeliness order by all") == before
    assert {file: file.stat().st_mtime_ns for file in documents} == documents


def test_status_speaks_of_every_council(
    published: Path, redress: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    shown = redress(published, "status")
    assert shown.returncode == 0
    for council in COUNCILS:
        assert council in shown.stdout


@pytest.mark.slow
def test_a_rebuild_from_landing_gives_the_same_warehouse(
    own_copy: Path, redress: Callable[..., subprocess.CompletedProcess[str]], query: Callable[..., list[Any]]
) -> None:
    tables = [
        name for (name,) in query(own_copy, "select table_name from duckdb_tables() where schema_name = 'reporting'")
    ]
    before = {name: query(own_copy, f"select * from {name} order by all") for name in tables}
    (own_copy / "build" / "warehouse.duckdb").unlink()
    rebuilt = redress(own_copy, "rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert {name: query(own_copy, f"select * from {name} order by all") for name in tables} == before
