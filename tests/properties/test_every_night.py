"""Whatever comes in: every row is accounted for, what is in force is right, and doing it again changes nothing.

REDRESS_FUZZ_SEEDS=200 tells that many stories instead of the few of the default run.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from redress.contract import load_contract
from tests.properties.conftest import Teller, in_force
from tests.properties.oracle import check
from tests.properties.stories import tell
from tests.properties.words import BORN, PERSON_MARK, UNWANTED_MARK

SEEDS = range(int(os.environ.get("REDRESS_FUZZ_SEEDS", "1")))

MakeTeller = Callable[[str], Teller]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_is_accounted_for_and_a_night_again_changes_nothing(make_teller: MakeTeller, seed: int) -> None:
    teller, story = make_teller("once"), tell(seed, cases=40)
    teller.begin("barsetshire", story)
    for night in story.nights:
        teller.deliver("barsetshire", night)
        teller.load("barsetshire", night)
        before = fingerprints(teller.home.root)
        teller.load("barsetshire", night)
        assert fingerprints(teller.home.root) == before
    check(teller, "barsetshire")
    assert personal_values(teller.home.root) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[::10])
def test_all_nights_again_in_an_empty_home_give_the_same(make_teller: MakeTeller, seed: int) -> None:
    story, tellers = tell(seed, nights=2), []
    for name in ("first", "second"):
        tellers.append(make_teller(name))
        tellers[-1].tell("barsetshire", story)
    first, second = tellers
    for load, again in zip(first.loads("barsetshire"), second.loads("barsetshire"), strict=True):
        assert load["extracts"] == again["extracts"]
    for entity in load_contract().entities:
        assert in_force(first, "barsetshire", entity) == in_force(second, "barsetshire", entity)


def fingerprints(root: Path) -> dict[str, str]:
    """sha256 of every file by its place; locks aside, which hold nothing."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def personal_values(root: Path) -> list[str]:
    """Places where a person's reference, a date of birth or a column nobody wants is written, rejected files aside."""
    marks = (PERSON_MARK, UNWANTED_MARK, *BORN)
    return [
        f"{path.relative_to(root)}: {mark}"
        for path in root.rglob("*")
        if path.is_file() and "rejected" not in path.relative_to(root).parts
        for text in [text_of(path)]
        for mark in marks
        if mark in text
    ]


def text_of(path: Path) -> str:
    """Everything that can be read in a file: the cells of a table, or its bytes."""
    if path.suffix == ".parquet":
        return repr(duckdb.read_parquet(str(path)).fetchall())
    if path.suffix != ".duckdb":
        return path.read_bytes().decode("latin-1")
    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.execute(
            "select concat_ws('.', database_name, schema_name, table_name) from duckdb_tables()"
        ).fetchall()
        return repr([con.execute(f"select * from {table}").fetchall() for (table,) in tables])
