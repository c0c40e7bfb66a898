"""A plain retelling, row by row, of what must be in force, waiting and open after each load of a council.

It reads the delivered files itself and believes the rules' critical issues; what follows from them it works out anew.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from redress.contract import Entity, load_contract
from tests.properties.conftest import Teller, in_force, rows_of
from tests.properties.reading import Arrived, header_of, read, typed


@dataclass
class Version:
    """A decision on a key: the row in force, or none where it was deleted; and the night of the decision."""

    row: Arrived | None
    day: date


@dataclass
class Oracle:
    """State after the loads told so far."""

    teller: Teller
    council: str
    versions: dict[str, dict[str, Version]] = field(default_factory=dict)
    waiting: dict[str, list[Arrived]] = field(default_factory=dict)
    newest_full: dict[str, date] = field(default_factory=dict)
    open_issues: set[tuple[Any, ...]] = field(default_factory=set)

    def tell(self) -> None:
        """Goes through all loads, and checks the counts and the log of each."""
        entities = load_contract().entities
        self.versions = {name: {} for name in entities}
        self.waiting = {name: [] for name in entities}
        manifests = self.teller.manifests(self.council)
        files = self.teller.delivered
        for load in self.teller.loads(self.council):
            day = date.fromisoformat(load["extract_date"])
            extracts = {manifests[name]["entity"]: manifests[name] for name in load["extracts"]}
            seen = [event for event in rows_of(load["folder"] / "events.parquet") if event["event"] == "seen"]
            arrived = {
                name: read(entities[name], files[manifest["sha256"]], manifest["extract_id"], day)
                for name, manifest in extracts.items()
                if not manifest["rejected"]
            }
            self._removals(day, extracts, arrived, seen)
            before = {name: set(self.in_force(name)) for name in entities}
            self._check_drift(extracts, manifests, files, seen)
            validated = {name: self._decide(name, day, extracts, arrived, seen, load["runs"]) for name in entities}
            check_plain_rules(validated, seen)
            self._log(load, seen, validated, before)
            for name in arrived:
                if extracts[name]["extract_kind"] == "full":
                    self.newest_full[name] = max(day, self.newest_full.get(name, day))

    def in_force(self, entity: str) -> dict[str, Arrived]:
        """Rows in force by key."""
        return {key: version.row for key, version in self.versions[entity].items() if version.row}

    def _removals(self, day: date, extracts: Any, arrived: dict[str, list[Arrived]], seen: list[Any]) -> None:
        stopped = {event["entity"] for event in seen if event["rule"] in ("V02", "V04")}
        gone: dict[str, list[Arrived]] = {}
        for name in load_contract().entities:
            in_force = self.in_force(name)
            gone[name] = []
            if name in arrived and extracts[name]["extract_kind"] == "full" and name not in stopped:
                keys = {row.key for row in arrived[name]}
                if self.newest_full.get(name, day) <= day:
                    gone[name] = [
                        row for key, row in in_force.items() if key not in keys and self.versions[name][key].day <= day
                    ]
            refs = {row.cells["case_ref"] for row in gone.get("cases", [])}
            stages = {(row.case_ref, int(row.cells["stage"] or 0)) for row in gone.get("stages", [])}
            for row in in_force.values() if name != "cases" else ():
                number = int(row.cells.get("stage") or 0)
                earlier = {other for ref, other in stages if ref == row.case_ref}
                is_taken_along = row.case_ref in refs and row.case_ref is not None
                if name in ("freezes", "causes"):
                    is_taken_along |= number in earlier
                if is_taken_along and row not in gone[name]:
                    gone[name].append(row)
            if name == "stages":
                lost = {(row.case_ref, int(row.cells["stage"] or 0)) for row in gone[name]}
                for row in in_force.values():
                    if row not in gone[name] and any(
                        ref == row.case_ref and number < int(row.cells["stage"] or 0) for ref, number in lost
                    ):
                        gone[name].append(row)
        for name, rows in gone.items():
            for row in rows:
                self.versions[name][row.key] = Version(None, day)

    def _decide(
        self, name: str, day: date, extracts: Any, arrived: dict[str, list[Arrived]], seen: list[Any], runs: list[Any]
    ) -> list[Arrived]:
        """Decides on one entity's rows; gives those that were validated, copies aside."""
        critical = {
            (event["extract_id"], event["source_row"])
            for event in seen
            if event["entity"] == name and event["severity"] == "critical"
        }
        live = [row for row in arrived.get(name, []) if not self._is_superseded(name, row, day)]
        waiting = self.waiting[name]
        if name in arrived and extracts[name]["extract_kind"] == "full":
            waiting = [] if live else waiting
        else:
            waiting = [row for row in waiting if row.key not in {one.key for one in live}]
        held, validated = [], []
        counts: Counter[str] = Counter(unchanged=len(arrived.get(name, [])) - len(live))
        for row in (*live, *waiting):
            is_new = row not in waiting
            if any(row.is_copy_of(other) for other in validated):
                counts["unchanged"] += is_new
                continue
            validated.append(row)
            now = self.versions[name].get(row.key)
            if (row.extract_id, row.source_row) in critical:
                held.append(row)
                counts["quarantined"] += is_new
            elif now and now.row and row.is_copy_of(now.row):
                counts["unchanged"] += is_new
            else:
                self.versions[name][row.key] = Version(row, day)
                counts["accepted"] += is_new
        self.waiting[name] = held
        run = next(run for run in runs if run["entity"] == name)
        told = {word: run[f"rows_{word}"] for word in ("accepted", "quarantined", "unchanged")}
        assert run["rows_landed"] == len(arrived.get(name, [])), (self.council, name, day)
        assert told == {word: counts[word] for word in told}, (self.council, name, day, told, counts)
        return validated

    def _check_drift(self, extracts: Any, manifests: Any, files: dict[str, bytes], seen: list[Any]) -> None:
        """V05 names every column that is gone; a new one is named too, unless it is told as the other's new name.

        Left aside are nights on which two files of an entity came: which landed first is not known here.
        """
        for name, manifest in extracts.items():
            told = {event["column_name"] for event in seen if (event["rule"], event["entity"]) == ("V05", name)}
            before = [
                other
                for other in manifests.values()
                if other["entity"] == name and not other["rejected"] and other is not manifest
            ]
            earlier = [other for other in before if other["extract_date"] < manifest["extract_date"]]
            if manifest["rejected"] or not before:
                assert told == set()
            elif earlier and not any(other["extract_date"] == manifest["extract_date"] for other in before):
                last = max(earlier, key=lambda other: other["extract_date"])
                if sum(other["extract_date"] == last["extract_date"] for other in earlier) == 1:
                    then, now = header_of(files[last["sha256"]]), header_of(files[manifest["sha256"]])
                    assert then - now <= told <= then ^ now, (self.council, name, manifest["extract_date"])

    def _is_superseded(self, name: str, row: Arrived, day: date) -> bool:
        version = self.versions[name].get(row.key)
        if self.newest_full.get(name, day) > day or (version and version.day > day):
            return True
        if not version or not version.row or version.day != day or "updated_at" not in row.cells:
            return False
        columns = load_contract().entities[name].columns
        mine = typed(columns["updated_at"], row.cells["updated_at"])
        others = typed(columns["updated_at"], version.row.cells["updated_at"])
        return mine is not None and others is not None and mine < others

    def _log(
        self, load: Any, seen: list[Any], validated: dict[str, list[Arrived]], before: dict[str, set[str]]
    ) -> None:
        """An issue is open if its rule failed when it last looked at the key."""
        looked = {
            (row["rule"], row["entity"])
            for row in rows_of(load["folder"] / "rule_outcomes.parquet")
            if row["outcome"] != "not_run" or row["reason"].startswith(("no row", "there is nothing"))
        }
        keys = {name: {row.key for row in rows} for name, rows in validated.items()}
        seen_now = {_identity(event) for event in seen}
        for issue in self.open_issues - seen_now:
            rule, entity, key, *_ = issue
            is_gone = key != "" and key not in before[entity] and key not in keys[entity]
            if is_gone or ((rule, entity) in looked and (key == "" or key in keys[entity])):
                self.open_issues.remove(issue)
        self.open_issues |= seen_now


def _identity(event: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(event[name] for name in ("rule", "entity", "record_key", "column_name", "occurrence"))


def open_in_log(teller: Teller, council: str) -> set[tuple[Any, ...]]:
    """The issues whose last event is a sighting."""
    last: dict[tuple[Any, ...], str] = {}
    for load in teller.loads(council):
        events = rows_of(load["folder"] / "events.parquet")
        assert len({_identity(event) for event in events}) == len(events)
        last |= {_identity(event): event["event"] for event in events}
    return {identity for identity, event in last.items() if event == "seen"}


def check_plain_rules(validated: dict[str, list[Arrived]], seen: list[dict[str, Any]]) -> None:
    """Rules that need no other row, told again in Python: they failed for these rows and for no others."""
    stage, case = (load_contract().entities[name].columns for name in ("stages", "cases"))
    expected: set[tuple[Any, ...]] = set()
    for row in validated["stages"]:
        requested, responded = (typed(stage[name], row.cells[name]) for name in ("requested_date", "responded_date"))
        outcome = row.cells["outcome"]
        if requested and responded and responded < requested:
            expected.add(("D01", row.key, row.source_row))
        if outcome in (stage["outcome"].values or ()) and outcome != "withdrawn" and not row.cells["responded_date"]:
            expected.add(("S04", row.key, row.source_row))
        if row.cells["responded_date"] and not outcome:
            expected.add(("S10", row.key, row.source_row))
    for row in validated["cases"]:
        received, closed = (typed(case[name], row.cells[name]) for name in ("received_date", "closed_date"))
        if received and closed and closed < received:
            expected.add(("D02", row.key, row.source_row))
    for name, entity in load_contract().entities.items():
        expected |= {
            ("R04", row.key, row.source_row, name) for row in validated[name] if _breaks_r04(entity, row.cells)
        }
    told = set()
    for event in seen:
        about = (event["rule"], event["record_key"], event["source_row"])
        if event["rule"] in ("D01", "D02", "S04", "S10"):
            told.add(about)
        elif event["rule"] == "R04" and event["column_name"] not in ("updated_at", "date_of_birth"):
            told.add((*about, event["entity"]))
    assert told == expected, (told - expected, expected - told)


def _breaks_r04(entity: Entity, cells: dict[str, str | None]) -> bool:
    for name, column in entity.columns.items():
        if name in ("date_of_birth", "updated_at"):
            continue
        cell, value = cells[name], typed(column, cells[name])
        if column.required and name not in entity.key and cell is None:
            return True
        if cell is None:
            continue
        if column.type not in ("text", "list") and value is None:
            return True
        listed = column.values or ()
        items = str(value).split(";") if column.type == "list" and value else [str(value)]
        if listed and value is not None and any(item not in listed for item in items):
            return True
    return False


def check(teller: Teller, council: str) -> None:
    """What is in force, what waits and which issues are open are what the oracle says, and rejected files are kept."""
    oracle = Oracle(teller, council)
    oracle.tell()
    newest = teller.loads(council)[-1]["folder"].name
    for name, entity in load_contract().entities.items():
        told = {key: _facts(entity, row) for key, row in in_force(teller, council, name).items()}
        assert told == {key: _typed_row(entity, row) for key, row in oracle.in_force(name).items()}
        held = rows_of(teller.home.quarantine / council / newest / f"{name}.parquet")
        assert Counter((row["record_key"], row["extract_id"], row["source_row"]) for row in held) == Counter(
            (row.key, row.extract_id, row.source_row) for row in oracle.waiting[name]
        )
    assert open_in_log(teller, council) == oracle.open_issues
    for manifest in teller.manifests(council).values():
        if manifest["rejected"]:
            kept = teller.home.quarantine / council / "rejected" / f"{manifest['extract_id']}.csv"
            assert kept.read_bytes() == teller.delivered[manifest["sha256"]]


def _facts(entity: Entity, row: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in entity.columns if name not in ("person_ref", "date_of_birth")]
    facts = {name: row[name] for name in ("extract_id", "source_row", *names)}
    return facts | ({"dob_check": row["dob_check"]} if "dob_check" in row else {})


def _typed_row(entity: Entity, row: Arrived) -> dict[str, Any]:
    cells = {name: typed(entity.columns[name], cell) for name, cell in row.cells.items() if name != "person_ref"}
    facts = {"extract_id": row.extract_id, "source_row": row.source_row} | cells
    return facts | ({"age_band": row.birth[0], "dob_check": row.birth[1]} if row.birth else {})
