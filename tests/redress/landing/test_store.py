"""Landing: immutable, recognised by content, whole or not at all, nothing personal in it."""

import json
import stat
from datetime import date
from pathlib import Path

import duckdb
import pytest

from redress.councils import Council
from redress.errors import RedressError
from redress.landing.manifests import Manifest, manifests, rows_file
from redress.landing.pseudonym import key_kept_in, pseudonym_key
from redress.landing.store import land
from redress.paths import Home
from redress.sources.definition import FilesDefinition
from redress.sources.files.source import FileSource

KEY = b"not a secret, only for tests"
CASES = "case_ref,record_type,received_date,status,person_ref,date_of_birth,surname\n"
ROW = "A1,complaint,2024-03-01,open,P-Testperson,2014-06-07,Testperson\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def council(tmp_path: Path, drop: Path) -> Council:
    council = Council(tmp_path / "councils" / "barsetshire")
    council.source = FilesDefinition(kind="files", path=str(drop))
    return council


@pytest.fixture
def source(council: Council) -> FileSource:
    assert isinstance(council.source, FilesDefinition)
    return FileSource("barsetshire", council.source)


def land_cases(
    home: Home, council: Council, source: FileSource, content: str | bytes, night: date = date(2024, 3, 5)
) -> Manifest | None:
    path = Path(source.definition.path) / "cases.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    landed = land(home, council, source, source.delivery(str(path), night), KEY)
    return landed[0] if landed else None


def test_a_delivery_lands_with_a_manifest(home: Home, council: Council, source: FileSource) -> None:
    manifest = land_cases(home, council, source, CASES + ROW)
    assert manifest
    assert manifests(home, "barsetshire") == [manifest]
    assert (manifest.entity, manifest.rows, manifest.columns_dropped) == ("cases", 1, 1)
    assert (manifest.extract_kind, manifest.window) == ("full", (None, date(2024, 3, 5)))
    assert manifest.null_shares["gender"] == 1.0
    assert manifest.null_shares["status"] == 0.0
    assert len(manifest.sha256) == 64
    rows = duckdb.sql(f"select case_ref, raw_received_date, source_row from '{rows_file(home, manifest)}'").fetchall()
    assert rows == [("A1", "2024-03-01", 2)]


def test_nothing_personal_is_written(home: Home, council: Council, source: FileSource) -> None:
    land_cases(home, council, source, CASES + ROW * 50)
    manifest = manifests(home, "barsetshire")[0]
    written = str(duckdb.sql(f"select * from '{rows_file(home, manifest)}' limit 1").fetchall())
    written += rows_file(home, manifest).with_name("manifest.json").read_text()
    for personal in ("P-Testperson", "Testperson", "2014-06-07", "2014, 6, 7"):
        assert personal not in written


def test_the_same_extract_again_is_recognised(home: Home, council: Council, source: FileSource) -> None:
    first = land_cases(home, council, source, CASES + ROW)
    assert land_cases(home, council, source, CASES + ROW) is None
    assert manifests(home, "barsetshire") == [first]


def test_a_full_extract_alike_the_one_before_keeps_its_rows_once(
    home: Home, council: Council, source: FileSource
) -> None:
    first = land_cases(home, council, source, CASES + ROW)
    second = land_cases(home, council, source, CASES + ROW, date(2024, 3, 6))
    third = land_cases(home, council, source, CASES + ROW, date(2024, 3, 7))
    assert first
    assert second
    assert third
    assert (second.extract_date, second.rows) == (date(2024, 3, 6), 1)
    assert rows_file(home, third) == rows_file(home, second) == rows_file(home, first)
    assert len(list(home.landing.rglob("rows.parquet"))) == 1


def test_a_birth_that_lay_ahead_is_looked_at_again_when_its_day_has_come(
    home: Home, council: Council, source: FileSource
) -> None:
    content = CASES + ROW.replace("2014-06-07", "2024-03-06")
    found = []
    for night in (date(2024, 3, 5), date(2024, 3, 6)):
        manifest = land_cases(home, council, source, content, night)
        assert manifest
        found += duckdb.sql(f"select dob_check from '{rows_file(home, manifest)}'").fetchall()
    assert found == [("after_extract",), ("after_receipt",)]


def test_the_same_changes_again_are_recognised_whatever_the_night(
    home: Home, council: Council, source: FileSource
) -> None:
    changes = FileSource("barsetshire", source.definition.model_copy(update={"extract": "changes"}))
    assert land_cases(home, council, changes, CASES + ROW)
    assert land_cases(home, council, changes, CASES + ROW, date(2024, 3, 6)) is None


def test_content_that_came_back_after_another_is_news(home: Home, council: Council, source: FileSource) -> None:
    land_cases(home, council, source, CASES + ROW, date(2024, 3, 5))
    land_cases(home, council, source, CASES + ROW + ROW.replace("A1", "A2"), date(2024, 3, 6))
    assert land_cases(home, council, source, CASES + ROW, date(2024, 3, 7))


def test_a_missing_required_column_rejects_the_file_and_keeps_it(
    home: Home, council: Council, source: FileSource
) -> None:
    manifest = land_cases(home, council, source, "case_ref,status\nA1,open\n")
    assert manifest
    assert manifest.missing_columns == ("record_type", "received_date")
    assert manifest.rejected
    assert "record_type, received_date" in manifest.rejected
    kept = home.quarantine / "barsetshire" / "rejected" / f"{manifest.extract_id}.csv"
    assert kept.read_text() == "case_ref,status\nA1,open\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not rows_file(home, manifest).exists()


def test_an_unreadable_file_is_rejected_each_night_it_is_delivered(
    home: Home, council: Council, source: FileSource
) -> None:
    broken = (CASES + ROW).encode() + b"A2,caf\xe9\n"
    first = land_cases(home, council, source, broken)
    assert first
    assert "row 3" in str(first.rejected)
    assert land_cases(home, council, source, broken) is None
    again = land_cases(home, council, source, broken, date(2024, 3, 6))
    assert again
    assert again.rejected


def test_a_file_found_broken_half_way_leaves_no_rows(home: Home, council: Council, source: FileSource) -> None:
    body = "".join(f"A{n},complaint,2024-03-01,open,,,{'x' * 300}\n" for n in range(40_000))
    manifest = land_cases(home, council, source, CASES + body + "A,B\n")
    assert manifest
    assert "row 40002" in str(manifest.rejected)
    assert not list(home.landing.rglob("rows.parquet"))
    assert not list(home.landing.rglob(".*draft*"))


def test_a_draft_left_by_a_killed_run_is_in_nobodys_way(home: Home, council: Council, source: FileSource) -> None:
    manifest = land_cases(home, council, source, CASES + ROW)
    assert manifest
    folder = rows_file(home, manifest).parent
    folder.rename(folder.with_name(".reading.draft"))
    assert manifests(home, "barsetshire") == []
    assert land_cases(home, council, source, CASES + ROW) == manifest


def test_manifest_says_under_which_versions_it_landed(home: Home, council: Council, source: FileSource) -> None:
    manifest = land_cases(home, council, source, CASES + ROW)
    assert manifest
    written = json.loads(rows_file(home, manifest).with_name("manifest.json").read_text())
    assert written["contract_version"] == 1
    assert written["code_version"]


def test_no_load_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDRESS_PSEUDONYM_KEY", raising=False)
    with pytest.raises(RedressError, match="is not set"):
        pseudonym_key()
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "short")
    with pytest.raises(RedressError, match="shorter"):
        pseudonym_key()


def test_a_kept_key_stays_the_same_and_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "demo" / "key"
    assert key_kept_in(file) == key_kept_in(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(key_kept_in(file)) == 64
