"""Committed loads of a council: their folders, and the decisions they hold."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from redress.landing.manifests import Manifest, manifests
from redress.paths import Home, safe_name
from redress.validation.verdicts import LoadRun

_NAME = re.compile(r"(?P<number>\d{6})_(?P<date>\d{4}-\d{2}-\d{2})\Z")


@dataclass(frozen=True)
class Load:
    """One committed load. A folder under landing/<council>/loads is one; nothing else is."""

    council: str
    number: int
    extract_date: date
    folder: Path
    extracts: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.folder.name

    def runs(self) -> list[LoadRun]:
        """What it counted and said of each entity."""
        runs = json.loads((self.folder / "load.json").read_text(encoding="utf-8"))["runs"]
        return [LoadRun(**run | {"extract_date": date.fromisoformat(run["extract_date"])}) for run in runs]


def loads_folder(home: Home, council: str) -> Path:
    """Where a council's loads lie."""
    return home.landing / safe_name(council, "council") / "loads"


def committed(home: Home, council: str) -> list[Load]:
    """The council's loads, oldest first."""
    folder = loads_folder(home, council)
    if not folder.is_dir():
        return []
    matches = [(path, match) for path in sorted(folder.iterdir()) if (match := _NAME.match(path.name))]
    return [
        Load(
            council=council,
            number=int(match["number"]),
            extract_date=date.fromisoformat(match["date"]),
            folder=path,
            extracts=tuple(json.loads((path / "load.json").read_text(encoding="utf-8"))["extracts"]),
        )
        for path, match in matches
    ]


def decided_full_extracts(home: Home, loads: list[Load], entity: str) -> list[Manifest]:
    """The full extracts of an entity that these loads have decided on, rejected ones aside, oldest first."""
    decided = {extract for load in loads for extract in load.extracts}
    landed = manifests(home, loads[0].council, entity) if loads else []
    return [m for m in landed if m.extract_id in decided and m.extract_kind == "full" and not m.rejected]


def pending(home: Home, council: str, extract_date: date) -> list[dict[str, Manifest]]:
    """Landed extracts no load has decided on, up to the date: groups by date, one extract an entity in each."""
    decided = {extract for load in committed(home, council) for extract in load.extracts}
    groups: list[dict[str, Manifest]] = []
    for manifest in manifests(home, council):
        if manifest.extract_date > extract_date or manifest.extract_id in decided:
            continue
        for group in groups:
            same_night = next(iter(group.values())).extract_date == manifest.extract_date
            if same_night and manifest.entity not in group:
                group[manifest.entity] = manifest
                break
        else:
            groups.append({manifest.entity: manifest})
    return groups
