"""Whatever validated rows come in, no test of the warehouse fails, and the nightly build equals one made anew.

REDRESS_FUZZ_SEEDS=40 tells that many councils' stories into one warehouse instead of the few of `make test-slow`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress.councils import load_councils
from redress.warehouse import build
from tests.properties.conftest import Teller
from tests.properties.contradictions import CONTRADICTIONS
from tests.properties.stories import tell
from tests.properties.test_every_night import personal_values

SEEDS = int(os.environ.get("REDRESS_FUZZ_SEEDS", "2"))
NIGHTS = 2


@pytest.mark.slow
@pytest.mark.parametrize("random_councils", [0, SEEDS])
def test_nights_are_published_and_equal_a_full_refresh(
    make_teller: Callable[[str], Teller], random_councils: int
) -> None:
    """Crafted contradictions between records, alone and beside random councils."""
    teller = make_teller("warehouse")
    seeds = range(1000, 1000 + random_councils)
    stories = {f"council_{seed}": tell(seed, nights=NIGHTS, cases=40) for seed in seeds} | CONTRADICTIONS
    for council, story in stories.items():
        teller.begin(council, story)
    for number in range(NIGHTS):
        for council, story in stories.items():
            teller.deliver(council, story.nights[number])
            teller.load(council, story.nights[number])
        assert build.build_and_publish(teller.home, load_councils()).failed_tests == []
    nightly = tables(build.warehouse_file(teller.home))
    assert build.build_and_publish(teller.home, load_councils(), full_refresh=True).failed_tests == []
    anew = tables(build.warehouse_file(teller.home))
    assert {name: differences(nightly[name], anew[name]) for name in anew} == {name: [] for name in anew}
    assert personal_values(teller.home.root) == []


def tables(file: Path) -> dict[str, set[str]]:
    """The rows of every table that users read, and of the versions behind them, written out."""
    with duckdb.connect(str(file), read_only=True) as con:
        names = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('reporting', 'staging')"
        ).fetchall()
        return {name: {_written(row) for row in con.execute(f"select * from {name}").fetchall()} for (name,) in names}


def _written(row: tuple[Any, ...]) -> str:
    return " | ".join(map(str, row))


def differences(one: set[str], other: set[str]) -> list[str]:
    """At most five rows that are in one of them only."""
    return sorted(one ^ other)[:5]
