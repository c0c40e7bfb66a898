"""Councils whose nights are told by stories, in a home of their own."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress import nightly
from redress.contract import load_contract
from redress.paths import Home
from tests.properties.stories import Night, Story


@dataclass
class Teller:
    """Tells stories of one or more councils into one home, through the steps the DAGs call.

    delivered: the bytes of every file delivered so far, by their sha256.
    """

    root: Path
    delivered: dict[str, bytes] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return Home(self.root / "data")

    def begin(self, council: str, story: Story) -> None:
        folder = self.root / "councils" / council
        folder.mkdir(parents=True)
        self.drop(council).mkdir(parents=True)
        source = f"kind: files\npath: {self.drop(council)}\nextract: {story.extract}\n"
        (folder / "source.yml").write_text(source, encoding="utf-8")
        (folder / "settings.yml").write_text(story.settings, encoding="utf-8")
        (folder / "codes.yml").write_text(story.codes, encoding="utf-8")

    def deliver(self, council: str, night: Night) -> None:
        """Files without a date are taken away by the next delivery, those with one stay."""
        for entity in load_contract().entities:
            (self.drop(council) / f"{entity}.csv").unlink(missing_ok=True)
        for name, content in night.files.items():
            (self.drop(council) / name).write_bytes(content)
            self.delivered[hashlib.sha256(content).hexdigest()] = content

    def load(self, council: str, night: Night) -> None:
        landed = [nightly.land(council, location, night.day) for location in nightly.deliveries(council, night.day)]
        delivered = {entity for one in landed for entity in one["entities"]}
        nightly.validate_and_accept(council, night.day, night.allow_removal, delivered)

    def tell(self, council: str, story: Story) -> None:
        self.begin(council, story)
        for night in story.nights:
            self.deliver(council, night)
            self.load(council, night)

    def drop(self, council: str) -> Path:
        return self.root / "drop" / council

    def loads(self, council: str) -> list[dict[str, Any]]:
        """load.json of every load, oldest first, with its folder."""
        folders = sorted((self.home.landing / council / "loads").glob("[0-9]*"))
        return [json.loads((folder / "load.json").read_text()) | {"folder": folder} for folder in folders]

    def manifests(self, council: str) -> dict[str, dict[str, Any]]:
        """Every landed extract's manifest by extract_id."""
        found = [json.loads(path.read_text()) for path in (self.home.landing / council).glob("*/*/manifest.json")]
        return {manifest["extract_id"]: manifest for manifest in found}


def rows_of(file: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file; none where there is no file."""
    if not file.exists():
        return []
    found = duckdb.read_parquet(str(file))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def in_force(teller: Teller, council: str, entity: str) -> dict[str, dict[str, Any]]:
    """The versions in force by record key, from the accepted files alone."""
    versions: dict[str, dict[str, Any]] = {}
    for load in teller.loads(council):
        rows = rows_of(load["folder"] / "accepted" / f"{entity}.parquet")
        assert len({row["record_key"] for row in rows}) == len(rows)
        versions |= {row["record_key"]: row for row in rows}
    return {key: row for key, row in versions.items() if row["operation"] == "upsert"}


@pytest.fixture
def make_teller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Teller]:
    """A teller with a home of its own, which is the environment's from now on."""
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "not a secret, only for tests")

    def make(name: str) -> Teller:
        teller = Teller(tmp_path / name)
        monkeypatch.setenv("REDRESS_HOME", str(teller.home.root))
        monkeypatch.setenv("REDRESS_COUNCILS", str(teller.root / "councils"))
        return teller

    return make
