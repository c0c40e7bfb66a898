"""A council with a drop folder, and nights that run the real steps on what is dropped there."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress import nightly
from redress.paths import Home

COLUMNS = {
    "cases": ["case_ref", "record_type", "received_date", "closed_date", "status", "not_accepted_reason", "gender"],
    "stages": ["case_ref", "stage", "requested_date", "responded_date", "outcome"],
    "causes": ["case_ref", "stage", "element", "cause"],
    "payments": ["payment_ref", "case_ref", "payment_type", "amount", "agreed_date"],
    "services": ["service_code", "service_name", "valid_from", "valid_to"],
}


@dataclass
class Council:
    """One council under test. Rows are tuples in the order of COLUMNS; None is an empty cell."""

    name: str
    drop: Path
    home: Home

    def deliver(self, entity: str, *rows: tuple[Any, ...], dated: date | None = None) -> None:
        lines = [COLUMNS[entity], *rows]
        name = f"{entity}_{dated}.csv" if dated else f"{entity}.csv"
        text = "".join(",".join("" if cell is None else str(cell) for cell in line) + "\n" for line in lines)
        (self.drop / name).write_text(text, encoding="utf-8")

    def clear(self) -> None:
        for file in self.drop.iterdir():
            file.unlink()

    def night(self, day: str, allow_removal: bool = False) -> dict[str, dict[str, Any]]:
        """Lands and loads what is delivered; gives the runs of that night's newest load by entity."""
        night = date.fromisoformat(day)
        landed = [nightly.land(self.name, location, night) for location in nightly.deliveries(self.name, night)]
        delivered = {entity for one in landed for entity in one["entities"]}
        nightly.validate_and_accept(self.name, night, allow_removal, delivered)
        return self.runs()

    def loads(self) -> list[Path]:
        return sorted((self.home.landing / self.name / "loads").iterdir())

    def runs(self) -> dict[str, dict[str, Any]]:
        found = json.loads((self.loads()[-1] / "load.json").read_text())["runs"]
        return {run["entity"]: run for run in found}

    def in_force(self, entity: str, columns: str = "record_key") -> list[tuple[Any, ...]]:
        """The versions in force, worked out here from the accepted files alone."""
        files = [str(file) for load in self.loads() if (file := load / "accepted" / f"{entity}.parquet").exists()]
        if not files:
            return []
        return duckdb.sql(f"""
            select {columns} from read_parquet({files}) as accepted
            where operation = 'upsert' and not exists (
                select 1 from read_parquet({files}) as later
                where later.record_key = accepted.record_key and later.load_number > accepted.load_number
            ) order by all
        """).fetchall()

    def held(self, entity: str) -> list[tuple[str, str]]:
        """Keys and rules of what waits after the newest load."""
        file = self.home.quarantine / self.name / self.loads()[-1].name / f"{entity}.parquet"
        if not file.exists():
            return []
        return duckdb.sql(f"select record_key, rules from '{file}' order by all").fetchall()

    def events(self) -> list[tuple[str, str, str, str]]:
        """Events of the newest load: rule, key, column, event."""
        file = self.loads()[-1] / "events.parquet"
        return duckdb.sql(f"select rule, record_key, column_name, event from '{file}' order by all").fetchall()

    def outcome(self, rule: str, entity: str) -> str:
        file = self.loads()[-1] / "rule_outcomes.parquet"
        found = duckdb.sql(f"select outcome from '{file}' where rule = '{rule}' and entity = '{entity}'").fetchall()
        assert len(found) == 1
        return str(found[0][0])


@pytest.fixture
def make_council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Council]:
    home = Home(tmp_path / "data")
    monkeypatch.setenv("REDRESS_HOME", str(home.root))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "not a secret, only for tests")

    def make(name: str = "barsetshire", extract: str = "full", settings: str = "", codes: str = "") -> Council:
        drop = tmp_path / "drop" / name
        drop.mkdir(parents=True)
        folder = tmp_path / "councils" / name
        folder.mkdir(parents=True)
        (folder / "source.yml").write_text(f"kind: files\npath: {drop}\nextract: {extract}\n")
        (folder / "settings.yml").write_text(settings)
        (folder / "codes.yml").write_text(codes or "causes: {DELAY: Delay}\n")
        return Council(name, drop, home)

    return make


@pytest.fixture
def council(make_council: Callable[..., Council]) -> Council:
    return make_council()
