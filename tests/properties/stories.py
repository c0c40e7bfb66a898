"""Random stories: a council and several nights of its deliveries, mostly right and partly wrong. Same seed, same story.

A story is told from records that agree with one another. Every night some of them move on, some are changed at
random (to nothing, to another allowed value, to nonsense), some vanish, come back or are corrected, and the files
they are exported to are sometimes damaged.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from redress.contract import Column, load_contract
from tests.properties import words
from tests.properties.files import csv_of, damaged

Row = dict[str, str | None]

FIRST_NIGHT = date(2024, 3, 4)


@dataclass(frozen=True)
class Night:
    """What lies in the drop folder on one night: the bytes of each file by its name."""

    day: date
    files: dict[str, bytes]
    allow_removal: bool


@dataclass(frozen=True)
class Story:
    """One council: its folder's files and its nights, oldest first."""

    extract: str
    settings: str
    codes: str
    nights: tuple[Night, ...]


def tell(seed: int, nights: int = 3, cases: int = 12, damage: float = 0.12) -> Story:
    """damage is the share of files damaged as files; how many records are wrong differs from story to story."""
    return _Teller(random.Random(seed), cases, damage).story(nights)


class _Teller:
    def __init__(self, rng: random.Random, cases: int, damage: float) -> None:
        self.rng, self.damage = rng, damage
        self.extract = rng.choice(["full", "full", "changes"])
        self.wrongness = rng.choice([0.02, 0.1, 0.3, 0.6])
        self.is_tame = rng.random() < 0.5
        self.today = FIRST_NIGHT
        self.rows: dict[str, list[Row]] = {name: [] for name in load_contract().entities}
        self.before: dict[str, list[Row]] = {}
        self.gone: list[tuple[str, Row]] = []
        self.spoilt: list[tuple[Row, Row]] = []
        self.number = 0
        self._services()
        for _ in range(cases):
            self._case()

    def story(self, nights: int) -> Story:
        chosen = [f"{name}: {self.rng.choice(values)}" for name, values in words.SETTINGS.items() if self._may(0.4)]
        told = [self._night(number) for number in range(nights)]
        return Story(self.extract, "\n".join(chosen) + "\n", words.CODES, tuple(told))

    def _night(self, number: int) -> Night:
        if number:
            self.today += timedelta(days=self.rng.choice([1, 1, 1, 3, 30, 40]))
            self._move_on()
        self._go_wrong()
        files: dict[str, bytes] = {}
        for entity in self.rows:
            if not self._may(0.06):
                files |= self._files(entity)
        self.before = {entity: [dict(row) for row in rows] for entity, rows in self.rows.items()}
        return Night(self.today, files, self._may(0.1))

    # Records that agree with one another

    def _services(self) -> None:
        for code, parent in (("S1", None), ("S2", "S1"), ("S3", "S2")):
            self._add("services", service_code=code, service_name=f"Service {code}", parent_code=parent)
            self.rows["services"][-1]["valid_from"] = "2010-04-01"

    def _case(self) -> None:
        self.number += 1
        kinds = ["complaint", "corporate_complaint", "representation", "enquiry", "compliment"]
        kind = self.rng.choices(kinds, [6, 3, 1, 1, 1])[0]
        received = self.today - timedelta(days=self.rng.randrange(0, 300))
        case = self._add(
            "cases",
            case_ref=f"C{self.number}",
            record_type=kind,
            received_date=str(received),
            status="open",
            person_ref=f"{words.PERSON_MARK}-{self.number}",
            date_of_birth=self.rng.choice(words.BORN),
            complainant_type=self.rng.choice(["parent", "care_leaver", "child_or_young_person"]),
            advocate_supported="true",
            gender=self.rng.choice(["female", "male"]),
            ethnicity="WBRI",
            disabilities="NONE",
            service_code=self.rng.choice(["S1", "S2", "S3"]),
            tags=self.rng.choice([None, None, None, None, "covid19", "early_escalation"]),
            updated_at=f"{self.today}T01:00:00Z",
        )
        if "complaint" in kind:
            self._stage(case, 1, received)
        else:
            case["closed_date"], case["status"] = str(received), "concluded"
            self._cause(case, 0)
        self._what_hangs_on(case, received)

    def _stage(self, case: Row, number: int, requested: date) -> None:
        stage = self._add(
            "stages",
            case_ref=case["case_ref"],
            stage=str(number),
            requested_date=str(requested),
            acknowledged_date=self._by_today(requested + timedelta(days=2)),
            updated_at=f"{self.today}T02:00:00Z",
        )
        self._cause(case, number)
        if self._may(0.2):
            ends = self._by_today(requested + timedelta(days=self.rng.randrange(1, 20)))
            self._add(
                "freezes", case_ref=case["case_ref"], stage=str(number), frozen_from=str(requested), frozen_to=ends
            )
        asked = requested + timedelta(days=3)
        if case["tags"] == "early_escalation" and number < 3 and asked <= self.today:
            self._stage(case, number + 1, asked)
        elif self._may(0.7):
            self._answer(case, stage)

    def _answer(self, case: Row, stage: Row) -> None:
        requested = date.fromisoformat(stage["requested_date"] or "")
        answered = requested + timedelta(days=self.rng.randrange(0, 70))
        if answered > self.today:
            return
        stage["responded_date"] = str(answered)
        stage["outcome"] = self.rng.choice(["upheld", "partially_upheld", "not_upheld", "no_finding"])
        written = str(stage["stage"])
        number = int(written) if written.isdigit() else 0
        asked = answered + timedelta(days=self.rng.randrange(0, 25))
        if 0 < number < 3 and self._may(0.45) and asked <= self.today:
            self._stage(case, number + 1, asked)
        elif self._may(0.8):
            case["status"], case["closed_date"] = "concluded", str(answered)

    def _cause(self, case: Row, stage: int) -> None:
        for element in range(1, self.rng.randrange(1, 3)):
            self._add("causes", case_ref=case["case_ref"], stage=str(stage), element=str(element), cause="DELAY")

    def _what_hangs_on(self, case: Row, received: date) -> None:
        ref, day = case["case_ref"], str(received)
        if self._may(0.3):
            self._add(
                "payments",
                payment_ref=f"P{ref}",
                case_ref=ref,
                payment_type="redress",
                amount="120.50",
                agreed_date=day,
            )
        if self._may(0.3):
            self._add(
                "actions",
                action_ref=f"A{ref}",
                case_ref=ref,
                scope="individual_remedy",
                action_type="TRAINING",
                agreed_date=day,
            )
        if self._may(0.2):
            self._add("resolutions", case_ref=ref, offered_date=day, method="mediation", accepted="true")
        if self._may(0.2):
            self._add(
                "ombudsman",
                ombudsman_ref=f"O{ref}",
                case_ref=ref,
                received_date=day,
                decided_date=day,
                decision="upheld",
            )
        if self._may(0.2):
            self._add(
                "activity",
                measure="open_cases",
                as_at_date=day,
                service_code=None,
                unit="number",
                value=str(self.number),
            )

    def _move_on(self) -> None:
        stamp = f"{self.today}T01:00:00Z"
        for _ in range(self.rng.randrange(0, 4)):
            self._case()
        by_ref = {row["case_ref"]: row for row in self.rows["cases"]}
        for stage in list(self.rows["stages"]):
            case = by_ref.get(stage["case_ref"])
            if case and not stage["responded_date"] and self._may(0.5) and _is_date(stage["requested_date"]):
                self._answer(case, stage)
                stage["updated_at"] = self.rng.choice([stamp, stage["updated_at"]])
        for case in self.rows["cases"]:
            if self._may(0.05):
                case["status"], case["closed_date"] = self.rng.choice(["withdrawn", "disengaged"]), str(self.today)
                case["updated_at"] = stamp
        for row in self.rows["freezes"]:
            if not row["frozen_to"] and self._may(0.4):
                row["frozen_to"] = str(self.today)
        if self._may(0.3):
            self._restructure()

    def _restructure(self) -> None:
        for row in self.rng.sample(self.rows["services"], 1):
            row["valid_to"] = str(self.today - timedelta(days=self.rng.randrange(-20, 40)))
            row["successor_code"] = self.rng.choice(["S1", "S2", "S3", "S4", row["service_code"]])
            self._add("services", service_code="S4", service_name="New", valid_from=str(self.today), parent_code="S1")

    # Records that go wrong

    def _go_wrong(self) -> None:
        for spoilt, right in self.spoilt:
            if self._may(0.4):
                spoilt.update(right)
        self.spoilt = [(row, right) for row, right in self.spoilt if row != right]
        for entity, rows in self.rows.items():
            for row in list(rows):
                if self._may(self.wrongness / 2):
                    self.spoilt.append((row, dict(row)))
                    for _ in range(self.rng.randrange(1, 4)):
                        self._spoil(entity, row)
                if self._may(self.wrongness / 10):
                    rows.append(dict(row))
                    self._spoil(entity, rows[-1], self._may(0.5))
                if self._may(self.wrongness / 8):
                    self._remove(entity, row)
        for entity, row in self.gone:
            if self._may(0.3):
                self.rows[entity].append(row)
                self.gone.remove((entity, row))

    def _remove(self, entity: str, row: Row) -> None:
        self.rows[entity] = [other for other in self.rows[entity] if other is not row]
        self.gone.append((entity, row))

    def _spoil(self, entity: str, row: Row, really: bool = True) -> None:
        column = self.rng.choice(list(load_contract().entities[entity].columns.values()))
        if really:
            row[column.name] = self._value(column)

    def _value(self, column: Column) -> str | None:
        """Nothing, an allowed value or nonsense; in a tame story mostly what contradicts other cells only."""
        if self._may(0.2) and not (self.is_tame and column.required):
            return None
        if column.name == "person_ref":
            return f"{words.PERSON_MARK}{self.rng.choice(['', ' 2', '|x'])}"
        if column.name == "date_of_birth":
            return self.rng.choice(words.BORN + words.UNREADABLE_BIRTHS + words.BIRTHS_TO_COME)
        if column.name == "case_ref":
            ref = f"C{self.rng.randrange(1, self.number)}"
            return ref if self.is_tame else self.rng.choice([ref, "C1|1", "c1", *words.TEXT])
        if column.values and self._may(0.8 + self.is_tame):
            listed = self.rng.choice(column.values)
            return f"{listed}; {self.rng.choice(column.values)};" if column.type == "list" else listed
        if column.values_from and self._may(0.8 + self.is_tame):
            listed = self.rng.choice(words.OPEN_LISTS[column.values_from])
            other = self.rng.choice(words.OPEN_LISTS[column.values_from])
            return f"{other};{listed}" if column.type == "list" else listed
        if column.type == "date" and self._may(0.7 + self.is_tame):
            days = self.rng.choice([0, 1, -1, -40, 10, 40, 90, self.rng.randrange(0, 400)])
            return str(self.today - timedelta(days=days))
        if column.type == "timestamp" and self._may(0.6):
            return f"{self.today - timedelta(days=self.rng.randrange(0, 9))}T01:00:00Z"
        pools = {
            "date": words.DATES,
            "timestamp": words.TIMESTAMPS,
            "integer": words.NUMBERS,
            "decimal": words.DECIMALS,
            "boolean": words.BOOLEANS,
        }
        return self.rng.choice(pools.get(column.type, words.TEXT))

    # Files

    def _files(self, entity: str) -> dict[str, bytes]:
        rows = self.rows[entity]
        if self.extract == "changes":
            known = self.before.get(entity, [])
            rows = [row for row in rows if row not in known or self._may(0.1)]
        content = csv_of(self.rng, entity, rows, self.damage)
        if self._may(self.damage):
            content = damaged(self.rng, content)
        name = f"{entity}.csv" if self._may(0.7) else f"{entity}_{self.today}.csv"
        files = {name: content}
        if self._may(0.05) and self.before.get(entity):
            files[f"{entity}_{self.today - timedelta(days=1)}.csv"] = csv_of(
                self.rng, entity, self.before[entity], self.damage
            )
        if self._may(0.04):
            files[f"{entity}_{self.today}.csv"] = csv_of(self.rng, entity, rows[: len(rows) // 2], self.damage)
        if self._may(0.03):
            files[f"{entity}_{self.today + timedelta(days=400)}.csv"] = csv_of(self.rng, entity, rows, self.damage)
        if self._may(0.03):
            files[f"{entity}_2024-02-31.csv"] = b"not a delivery"
        return files

    # Small words

    def _add(self, entity: str, **cells: str | None) -> Row:
        row: Row = dict.fromkeys(load_contract().entities[entity].columns) | cells
        self.rows[entity].append(row)
        return row

    def _by_today(self, day: date) -> str | None:
        return str(day) if day <= self.today else None

    def _may(self, share: float) -> bool:
        return self.rng.random() < share


def _is_date(text: str | None) -> bool:
    try:
        return text is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
