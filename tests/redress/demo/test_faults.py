"""The faulty drop: the rules find in it what its answer key lists, and nothing besides."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
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
from tests.summary import PRINTED

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


@pytest.fixture(scope="module")
def found_when_faulty(drops: Drops) -> Callable[[str], set[Issue]]:
    """What the rules find in a council's faulty drop; looked at once."""
    return cache(lambda council: found_in(drops[1], council))


@dataclass(frozen=True)
class Score:
    """Issues of one rule, or of all: those seeded, and those found that the clean drop has not."""

    seeded: set[tuple[str, Issue]]
    found: set[tuple[str, Issue]]

    @property
    def precision(self) -> float | None:
        """The share of what was found that was seeded; None where nothing was found."""
        return len(self.seeded & self.found) / len(self.found) if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what was seeded that was found; None where nothing was seeded."""
        return len(self.seeded & self.found) / len(self.seeded) if self.seeded else None

    def of(self, rule: str) -> "Score":
        """Of one rule."""
        return Score(*({one for one in issues if one[1][0] == rule} for issues in (self.seeded, self.found)))

    def line(self, name: str) -> str:
        """A line of the table."""
        shares = "".join("        -" if share is None else f"{share:9.1%}" for share in (self.precision, self.recall))
        besides, missed = len(self.found - self.seeded), len(self.seeded - self.found)
        return f"{name:6}{len(self.seeded):7}{len(self.found):7}{missed:7}{besides:8}  {shares}"


@pytest.mark.parametrize("councils", [("halton",), pytest.param(COUNCILS, marks=pytest.mark.slow)], ids=["one", "all"])
def test_precision_and_recall_are_whole(
    drops: Drops,
    found_when_clean: Callable[[str], set[Issue]],
    found_when_faulty: Callable[[str], set[Issue]],
    councils: tuple[str, ...],
    record_property: Callable[[str, object], None],
) -> None:
    """Of each rule and of all: what was seeded is found, and nothing else that the clean drop has not."""
    score = Score(
        {(council, issue) for council in councils for issue in key_of(drops[1], council)},
        {(council, issue) for council in councils for issue in found_when_faulty(council) - found_when_clean(council)},
    )
    rules = sorted(code for code in load_contract().rules if code[0] in "DSER")
    lines = [
        f"Seeded faults and what the rules found: {', '.join(councils)}",
        "rule   seeded  found missed besides  precision  recall",
        *(score.of(rule).line(rule) for rule in rules),
        score.line("all"),
    ]
    record_property(PRINTED, "\n".join(lines))
    wrong = [line for rule, line in zip(rules, lines[2:], strict=False) if not is_whole(score.of(rule))]
    assert not wrong, "\n".join([*lines[:2], *wrong])
    assert (score.precision, score.recall) == (1.0, 1.0)


def is_whole(score: Score) -> bool:
    return score.precision in (None, 1.0) and score.recall in (None, 1.0)


@pytest.mark.parametrize("council", ONE)
def test_what_the_clean_drop_lacks_is_found_in_the_faulty_one_too(
    drops: Drops,
    found_when_clean: Callable[[str], set[Issue]],
    found_when_faulty: Callable[[str], set[Issue]],
    council: str,
) -> None:
    assert found_when_clean(council) <= found_when_faulty(council)
    assert found_when_clean(council).isdisjoint(key_of(drops[1], council))


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
