"""One warehouse of several invented councils, their cases worked by hand and invented at random."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracle.nights import Night, two_nights
from tests.oracle.random_cases import Inventor
from tests.oracle.records import Case, Row, Rules, cases_of
from tests.oracle.working_days import Calendar
from tests.redress.warehouse.conftest import Landing

WORKED = yaml.safe_load(Path(__file__).with_name("worked.yml").read_text(encoding="utf-8"))
CODES = """
ethnicities:
  Afghani: {maps_to: AOTH}
  Kentish: {maps_to: white}
disabilities:
  Wheelchair: {maps_to: MOB}
"""
RANDOM_CASES = 100
SEED = 2006
RULES = [field.name for field in fields(Rules) if field.name not in ("as_at", "calendar")]


@dataclass(frozen=True)
class Town:
    """A council, how it counts, and the records it delivered."""

    name: str
    rules: Rules
    records: dict[str, list[Row]]

    @property
    def cases(self) -> list[Case]:
        return cases_of(self.records)


@dataclass(frozen=True)
class Built:
    """The councils and the published warehouse of them."""

    towns: list[Town]
    read: Callable[[str], list[tuple[Any, ...]]]


def worked_records() -> dict[str, list[Row]]:
    """The records of worked.yml by entity."""
    records: dict[str, list[Row]] = {"cases": [], "stages": [], "freezes": [], "services": WORKED["services"]}
    for case in WORKED["cases"]:
        records["cases"].append({"record_type": "complaint"} | {k: case[k] for k in case if k not in records})
        for entity in ("stages", "freezes"):
            records[entity] += [{"case_ref": case["case_ref"]} | row for row in case.get(entity, ())]
    for number, person in enumerate(WORKED["people"]):
        common = {"case_ref": f"P{number:02d}", "record_type": "representation", "status": "concluded"}
        records["cases"].append(common | {"received_date": WORKED["services"][0]["valid_from"]} | person)
    return records


def town(name: str, council: dict[str, Any], seed: int) -> Town:
    """One council's worked and random records."""
    settings = council["settings"]
    calendar = Calendar(settings["closure_days"] if settings.get("count_closure_days") else ())
    rules = Rules(council["as_at"], calendar=calendar, **{k: v for k, v in settings.items() if k in RULES})
    records = worked_records()
    for entity, rows in Inventor(seed, rules.as_at, Calendar()).records(RANDOM_CASES).items():
        records[entity] = records[entity] + rows
    return Town(name, rules, records)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both nights loaded, each built and published with its tests passed."""
    landing = Landing(tmp_path_factory.mktemp("oracle"))
    towns = [town(name, council, seed + SEED) for seed, (name, council) in enumerate(WORKED["councils"].items())]
    nights = {each.name: two_nights(each.records, WORKED["gone"], each.rules.as_at) for each in towns}
    for name, (first, _) in nights.items():
        landing.council(name, yaml.safe_dump(WORKED["councils"][name]["settings"]), CODES)
        _load(landing, name, first)
    assert landing.build().failed_tests == []
    for name, (_, second) in nights.items():
        _load(landing, name, second)
    assert landing.build().failed_tests == []
    return Built(towns, landing.read)


def _load(landing: Landing, council: str, night: Night) -> None:
    rows = night.rows
    landing.load(
        council,
        night.extract_date.isoformat(),
        deleted=night.deleted,
        cases=rows["cases"],
        stages=rows["stages"],
        freezes=rows["freezes"],
        services=rows["services"],
    )
