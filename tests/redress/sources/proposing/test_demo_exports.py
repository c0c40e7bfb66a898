"""What is proposed for the exports of two councils, taken unedited, gives the records they were made of, or nearly."""

import csv
from datetime import date
from pathlib import Path

import pytest

from redress.contract import load_contract
from redress.councils import Council
from redress.demo.records import write_drop
from redress.demo.routes import central_bedfordshire, halton
from redress.demo.routes.layout import read_records
from redress.paths import PROJECT
from redress.sources.proposing.proposal import propose
from tests.redress.sources.proposing.test_proposal import Mapped

NIGHT = date(2020, 6, 30)

# What nobody can guess from an export: that COVID-19 is a tag, that the first point is the main one.
KNOWN_GAPS = {
    "halton": {"tags": 8, "is_main": 197, "ombudsman_recommended": 1},
    "central_bedfordshire": {"outcome": 4},
}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    write_drop(folder)
    return folder


@pytest.mark.parametrize("name", [pytest.param("halton", marks=pytest.mark.slow), "central_bedfordshire"])
def test_the_proposal_brings_back_the_records(name: str, records: Path, tmp_path: Path) -> None:
    export = tmp_path / "export"
    own = read_records(records / name)
    if name == "halton":
        halton.deliver(own, export, NIGHT)
    else:
        central_bedfordshire.deliver(own, export, NIGHT)
    council = Council(PROJECT / "councils" / name)
    found = Mapped(tmp_path, propose(export, council.codes), (council.folder / "codes.yml").read_text("utf-8"))
    assert found.missing == {}
    differing: dict[str, int] = {}
    for entity, rows in found.rows.items():
        key = load_contract().entities[entity].key
        wanted = {_key(row, key): row for row in _records(records / name / f"{entity}.csv")}
        assert len(rows) == len(wanted)
        for row in rows:
            for column, value in wanted[_key(row, key)].items():
                if not _same(value, row.get(column)):
                    differing[column] = differing.get(column, 0) + 1
    assert differing == KNOWN_GAPS[name]


def _records(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _key(row: dict[str, str | None], key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.get(name) or "" for name in key)


def _same(value: str, read: str | None) -> bool:
    """Moments may be written with another offset, amounts without pence."""
    found = read or ""
    return value.removesuffix(".00") == found.removesuffix(".00") or ("T" in value and found[:10] == value[:10])
