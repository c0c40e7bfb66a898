"""An incremental night gives what a build from nothing would give, and touches only what changed."""

import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from redress.duck import connect, text
from redress.warehouse.build import warehouse_file

TOWNS = ("anytown", "othertown")
FIRST_NIGHT = date(2023, 12, 15)
# int_changed_cases says what a night had to do, so it differs by design.
COMPARED = """
    select schema_name || '.' || table_name from duckdb_tables()
    where database_name = 'one' and schema_name in ('staging', 'intermediate', 'reporting')
        and table_name <> 'int_changed_cases'
"""


class Records:
    """Cases that live from night to night: opened, answered, escalated, frozen, withdrawn, removed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.cases: dict[str, dict[str, Any]] = {}
        self.stages: dict[tuple[str, int], dict[str, Any]] = {}
        self.freezes: dict[str, dict[str, Any]] = {}

    def night(self, tonight: date) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]:
        """Rows new or changed, and rows deleted, by entity."""
        self.tonight = tonight
        self.changed: dict[str, list[dict[str, Any]]] = {"cases": [], "stages": [], "freezes": [], "causes": []}
        self.deleted: dict[str, list[dict[str, Any]]] = {"cases": [], "stages": [], "freezes": []}
        for ref in [ref for ref in self.cases if self.random.random() < 0.3]:
            self.random.choice(self.events())(ref)
        for _ in range(self.random.randint(10, 15)):
            self.open()
        return self.changed, self.deleted

    def events(self) -> list[Callable[[str], None]]:
        return [self.answer, self.answer, self.escalate, self.freeze, self.freeze, self.end, self.remove]

    def open(self) -> None:
        ref = f"C{len(self.cases) + len(self.deleted['cases']) + self.random.randint(1000, 9999)}"
        received = self.tonight - timedelta(days=self.random.randint(0, 60))
        kind = self.random.choice(["complaint", "complaint", "complaint", "corporate_complaint", "representation"])
        status = "open" if kind != "representation" else "concluded"
        service = self.random.choice(["T1", "T2", None])
        self.save(ref, received_date=received, record_type=kind, status=status, service_code=service)
        if kind != "representation":
            self.save_stage(ref, 1, requested_date=received)
        if self.random.random() < 0.7:
            self.answer(ref)
            self.end(ref)
        self.changed["causes"].append({"case_ref": ref, "stage": 0, "element": 1, "cause": "DELAY"})

    def answer(self, ref: str) -> None:
        stage = self.last_stage(ref)
        if stage and not stage.get("responded_date"):
            if self.random.random() < 0.15:
                return self.save_stage(ref, stage["stage"], outcome="withdrawn")
            answered = self.between(stage["requested_date"])
            self.save_stage(ref, stage["stage"], responded_date=answered, outcome=self.random.choice(["upheld", None]))

    def escalate(self, ref: str) -> None:
        stage = self.last_stage(ref)
        if stage and stage.get("responded_date") and stage["stage"] < 3 and self.cases[ref]["status"] == "open":
            panel = self.tonight + timedelta(days=self.random.randint(0, 3)) if stage["stage"] == 2 else None
            requested = self.between(stage["responded_date"])
            self.save_stage(ref, stage["stage"] + 1, requested_date=requested, panel_date=panel)

    def freeze(self, ref: str) -> None:
        if ref in self.freezes:
            self.freezes[ref] |= {"frozen_to": self.between(self.freezes[ref]["frozen_from"])}
        elif self.last_stage(ref):
            begin = self.between(self.cases[ref]["received_date"])
            self.freezes[ref] = {"case_ref": ref, "stage": 1, "frozen_from": begin, "reason": "court"}
        else:
            return
        self.changed["freezes"].append(dict(self.freezes[ref]))

    def end(self, ref: str) -> None:
        status = self.random.choice(["concluded", "withdrawn", "duplicate", "disengaged"])
        self.save(ref, status=status, closed_date=self.tonight if self.random.random() < 0.8 else None)

    def remove(self, ref: str) -> None:
        self.deleted["cases"].append({"case_ref": ref})
        self.cases.pop(ref)
        for key in [key for key in self.stages if key[0] == ref]:
            self.deleted["stages"].append({"case_ref": ref, "stage": self.stages.pop(key)["stage"]})
        self.changed = {
            entity: [row for row in rows if row["case_ref"] != ref] for entity, rows in self.changed.items()
        }
        if freeze := self.freezes.pop(ref, None):
            self.deleted["freezes"].append({key: freeze[key] for key in ("case_ref", "stage", "frozen_from")})

    def save(self, ref: str, **facts: Any) -> None:
        self.cases[ref] = self.cases.get(ref, {"case_ref": ref}) | facts
        self.changed["cases"] = [row for row in self.changed["cases"] if row["case_ref"] != ref] + [self.cases[ref]]

    def save_stage(self, ref: str, number: int, **facts: Any) -> None:
        key = (ref, number)
        self.stages[key] = self.stages.get(key, {"case_ref": ref, "stage": number}) | facts
        others = [row for row in self.changed["stages"] if (row["case_ref"], row["stage"]) != key]
        self.changed["stages"] = [*others, self.stages[key]]

    def last_stage(self, ref: str) -> dict[str, Any] | None:
        return next((self.stages[ref, number] for number in (3, 2, 1) if (ref, number) in self.stages), None)

    def between(self, begin: date) -> date:
        return begin + timedelta(days=self.random.randint(0, max((self.tonight - begin).days, 0)))


def structure(version: int) -> list[dict[str, Any]]:
    renamed = {"service_code": "T1", "service_name": f"Team in version {version}", "valid_from": "2015-04-01"}
    return [renamed, {"service_code": "T2", "service_name": "Front door", "valid_from": "2015-04-01"}]


def differences(incremental: Path, afresh: Path) -> list[str]:
    with connect() as con:
        con.execute(f"attach {text(incremental)} as one (read_only); attach {text(afresh)} as two (read_only)")
        tables = [name for (name,) in con.execute(COMPARED).fetchall()]
        assert len(tables) > 35
        found = []
        for table in tables:
            both = con.execute(f"""
                select (select count(*) from (from one.{table} except all from two.{table})),
                    (select count(*) from (from two.{table} except all from one.{table}))
            """).fetchone()
            found += [f"{table}: {both}"] if both != (0, 0) else []
        return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20])
def test_random_nights_give_what_a_full_refresh_gives(landing, tmp_path, seed):
    records = {town: Records(seed + number) for number, town in enumerate(TOWNS)}
    for town in TOWNS:
        landing.council(town)
    shares = []
    for number in range(4):
        tonight = FIRST_NIGHT + timedelta(days=number * 9)
        if number == 3:  # the last night brings other settings, to one of the towns
            landing.council("othertown", "in_time_rule: within_extended\ncorporate_limits: {stage_1: 10}\n")
        for town in TOWNS:
            changed, deleted = records[town].night(tonight)
            services = {"services": structure(number)} if number in (0, 2) and town == "anytown" else {}
            landing.load(town, str(tonight), deleted=deleted, **changed, **services)
        result = landing.build()
        assert result.failed_tests == []
        shares.append(result.changed_cases / max(result.rows["dim_case"], 1))
    assert shares[1] < 0.8
    kept = tmp_path / "incremental.duckdb"
    shutil.copyfile(warehouse_file(landing.home), kept)
    landing.build(full_refresh=True)
    assert differences(kept, warehouse_file(landing.home)) == []
    assert landing.one("select count(*) from fct_timeliness where is_frozen") > 0


CLOSED = {"status": "concluded", "closed_date": "2024-01-31"}


@pytest.fixture(scope="module")
def thousand(new_landing):
    """A thousand closed cases, ten open ones, and one whose panel is planned, built once."""
    landing = new_landing("thousand")
    landing.council("anytown")
    closed = [{"case_ref": f"C{n}", "received_date": "2024-01-02"} | CLOSED for n in range(1000)]
    still_open = [{"case_ref": f"O{n}", "received_date": "2024-01-02"} for n in range(10)]
    planned = [{"case_ref": "P1", "received_date": "2024-01-02", "tags": "earlier_stage_elsewhere"} | CLOSED]
    landing.load(
        "anytown",
        "2024-02-01",
        cases=[*closed, *still_open, *planned],
        stages=[{"case_ref": case["case_ref"], "requested_date": "2024-01-02"} for case in [*closed, *still_open]]
        + [{"case_ref": "P1", "stage": 3, "requested_date": "2024-01-02", "panel_date": "2024-02-05"}],
    )
    assert landing.build().changed_cases == 1011
    with connect(warehouse_file(landing.home)) as con:
        for table in ("dim_case", "fct_received", "fct_timeliness", "fct_outcomes", "fct_escalation", "fct_open"):
            con.execute(f"update reporting.{table} set extract_id = 'untouched'")
    return landing


def test_a_night_touches_changed_open_and_planned_cases_only(thousand):
    answer = {"responded_date": "2024-01-09", "outcome": "upheld"}
    stages = [{"case_ref": f"C{n}", "stage": 1, "requested_date": "2024-01-02"} | answer for n in range(7)]
    thousand.load("anytown", "2024-02-06", stages=stages, deleted={"cases": [{"case_ref": "C999"}]})
    result = thousand.build()
    assert result.changed_cases == 7 + 1 + 10 + 1
    touched = "select count(distinct case_key) from {} where extract_id <> 'untouched'"
    for table, cases in (("dim_case", 18), ("fct_received", 18), ("fct_outcomes", 8), ("fct_open", 10)):
        assert thousand.one(touched.format(table)) == cases, table
    assert thousand.one("select count(*) from fct_outcomes where route = 'stage_1'") == 7
    assert thousand.one("select count(*) from dim_case") == 1010
    assert thousand.one("select ended_date from fct_timeliness where case_ref = 'P1' and clock = 'stage_3_panel'") == (
        date(2024, 2, 5)
    )


@pytest.mark.slow
def test_another_service_structure_touches_every_case(thousand):
    thousand.load("anytown", "2024-02-07", services=structure(1))
    assert thousand.build().changed_cases >= 1010


@pytest.mark.slow
def test_other_settings_touch_every_case(thousand):
    thousand.council("anytown", "acknowledgement_limit: 5\n")
    assert thousand.build().changed_cases >= 1010
    assert thousand.one("select distinct limit_days from fct_timeliness where clock = 'acknowledgement'") == 5
    assert thousand.build().changed_cases == 0
