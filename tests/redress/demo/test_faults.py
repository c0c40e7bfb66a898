"""The faulty drop: the rules find in it what its answer key lists, and nothing besides."""

import csv
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from redress.contract import load_contract
from redress.councils import load_councils
from redress.demo.faults import write_dirty_drop
from redress.demo.records import PREFIXES, write_drop
from redress.errors import UsageError
from redress.validation.check import check

ROOT = Path(__file__).parents[3]
DEMO_DATE = date(2020, 6, 30)
COUNCILS = tuple(PREFIXES)
# `redress demo` says of all five whether the seeded faults were found; the others are run by `make test-slow`.
ONE = ["halton", *(pytest.param(name, marks=pytest.mark.slow) for name in COUNCILS if name != "halton")]

Drops = tuple[Path, Path]
Issue = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> Drops:
    """The clean drop and the faulty one."""
    folder = tmp_path_factory.mktemp("drops")
    write_drop(folder / "clean")
    write_dirty_drop(folder / "clean", folder / "dirty")
    return folder / "clean", folder / "dirty"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path))
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "k" * 64)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key_of(folder: Path, council: str) -> set[Issue]:
    return {
        (row["rule"], row["entity"], row["record_key"], row["column_name"])
        for row in rows(folder / council / "answer_key.csv")
    }


def found_in(folder: Path, council: str) -> set[Issue]:
    verdict = check(folder / council, DEMO_DATE, load_councils(ROOT / "councils")[council])
    return {(found.rule, found.entity, found.record_key, found.column or "") for found in verdict.findings}


@pytest.fixture(scope="module")
def found_when_clean(drops: Drops) -> Callable[[str], set[Issue]]:
    """What the rules find in a council's clean drop; looked at once."""
    return cache(lambda council: found_in(drops[0], council))


@pytest.mark.parametrize("council", ONE)
def test_the_rules_find_what_was_seeded_and_nothing_besides(
    drops: Drops, found_when_clean: Callable[[str], set[Issue]], council: str
) -> None:
    dirty, before = drops[1], found_when_clean(council)
    assert found_in(dirty, council) == before | key_of(dirty, council)
    assert before.isdisjoint(key_of(dirty, council))


@pytest.mark.parametrize("council", ONE)
def test_the_clean_drop_has_only_the_gaps_that_were_published(
    found_when_clean: Callable[[str], set[Issue]], council: str
) -> None:
    """Equalities printed as unknown (E03), and the one complaint of Halton without an outcome (S10)."""
    expected = {"harrow": {"E03"}, "central_bedfordshire": {"E03"}, "halton": {"S10"}}
    assert {rule for rule, *_ in found_when_clean(council)} == expected.get(council, set())


def test_every_rule_about_rows_has_a_fault(drops: Drops) -> None:
    seeded = {rule for council in COUNCILS for rule, *_ in key_of(drops[1], council)}
    assert seeded == {code for code in load_contract().rules if code[0] in "DSER"}


@pytest.mark.parametrize("council", COUNCILS)
def test_about_two_percent_of_the_rows_are_spoilt(drops: Drops, council: str) -> None:
    clean, dirty = drops
    total = sum(len(rows(clean / council / f"{entity}.csv")) for entity in load_contract().entities)
    faults = [row for row in rows(dirty / council / "answer_key.csv") if "held in quarantine" not in row["description"]]
    distinct = {row["record_key"].split("|")[0] for row in faults}
    assert 0.015 * total < len(distinct) < 0.025 * total


def test_a_held_case_takes_along_what_hangs_on_it(drops: Drops) -> None:
    held = [row for row in rows(drops[1] / "harrow" / "answer_key.csv") if row["rule"] == "R02"]
    assert {row["description"] for row in held} >= {"its case is held in quarantine", "its stage is held in quarantine"}


def test_the_same_seed_spoils_the_same_rows(drops: Drops, tmp_path: Path) -> None:
    clean, dirty = drops
    write_dirty_drop(clean, tmp_path / "again")
    for path in sorted(dirty.rglob("*.csv")):
        assert (tmp_path / "again" / path.relative_to(dirty)).read_bytes() == path.read_bytes()
    write_dirty_drop(clean, tmp_path / "other", seed=1)
    assert key_of(tmp_path / "other", "croydon") != key_of(dirty, "croydon")


def test_without_a_clean_drop_nothing_is_spoilt(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="write it first"):
        write_dirty_drop(tmp_path / "nowhere", tmp_path / "dirty")
