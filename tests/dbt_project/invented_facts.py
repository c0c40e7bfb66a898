"""Facts invented at random, straight into the published tables: metrics count what is in them, whatever made them."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]

COUNCILS = ("barset", "loam")
AREAS = {"S1": "A1", "S2": "A1", "S3": "A2"}
FIRST, LAST = date(2021, 12, 1), date(2023, 9, 30)
MONTH_ENDS = (date(2023, 1, 31), date(2023, 3, 31), date(2023, 4, 30), date(2023, 6, 30))
OUTCOMES = ("upheld", "partially_upheld", "not_upheld", "no_finding", None)
FLAGS = ("in_time", "in_time_within_limit", "in_time_within_extended", "in_time_agreed_extension")
BANDS = ("within_limit", "within_extended", "over", None)
YES_NO_BLANK = (True, False, None)


class Facts:
    """Rows by table, of both councils."""

    def __init__(self, seed: int, cases: int) -> None:
        self._random = random.Random(seed)
        self.tables: dict[str, list[Row]] = {}
        for council in COUNCILS:
            self._add("dim_council", council=council, council_name=council.title())
            for code, area in AREAS.items():
                self._service(council, code, area)
            for number in range(cases):
                self._case(council, f"{council}|{number}")
            self._supplied(council)
            for number in range(cases // 3):
                self._ombudsman_case(council, f"{council}|O{number}", number)
        self._transactions()

    def _add(self, table: str, **row: Any) -> Row:
        self.tables.setdefault(table, []).append(row)
        return row

    def _pick(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _day(self) -> date:
        return FIRST + timedelta(days=self._random.randrange((LAST - FIRST).days + 1))

    def _service(self, council: str, code: str, area: str) -> None:
        self._add(
            "dim_service",
            service_key=f"{council}|{code}",
            council=council,
            service_code=code,
            top_level_code=area,
            top_level=area,
            current_service_key=f"{council}|S1",
            current_service_code="S1",
            current_top_level_code="A1",
        )

    def _common(self, case: Row) -> Row:
        return {name: case[name] for name in ("council", "case_key", "case_ref", "service_key", "record_type")}

    def _case(self, council: str, key: str) -> None:
        kinds = ("complaint",) * 8 + ("corporate_complaint", "representation", "enquiry", "compliment")
        services = [f"{council}|{code}" for code in AREAS]
        case = self._add(
            "dim_case",
            case_key=key,
            council=council,
            case_ref=key.rpartition("|")[2],
            service_key=self._pick(None, *services),
            record_type=self._pick(*kinds),
            status=self._pick("concluded", "not_accepted", "open"),
            is_counted=True,
            received_date=self._day(),
            tags=self._pick(None, "covid19", "covid19;negative_comment", "not_a_negative_comment"),
            is_child_or_young_person=self._pick(*YES_NO_BLANK),
            gender=self._pick("female", "male", "unborn", "unknown", None),
            age_band=self._pick("0-4", "25-64", "unknown", None),
            is_adult=self._pick(True, False, False),
            ethnicity_group=self._pick("white", "black", "refused", "not_obtained", "not_recorded"),
            disabilities=self._pick(None, "LD", "NONE"),
            sexual_orientation=self._pick(None, "bisexual", "prefer_not_to_say", "unknown"),
            joint_nhs=self._pick(*YES_NO_BLANK),
        )
        if self._random.random() < 0.05:
            self._add("dim_case", **case | {"case_key": f"{key}x", "is_counted": False})
        staged = case["record_type"] in ("complaint", "corporate_complaint") and self._random.random() < 0.9
        for stage in range(1, self._pick(1, 1, 2, 3) + 1) if staged else (0,):
            self._stage(case, stage)
        self._what_hangs_on(case)

    def _stage(self, case: Row, stage: int) -> None:
        answered = self._pick(True, True, True, False) and stage > 0
        row = self._add(
            "fct_stages",
            **self._common(case),
            stage_key=f"{case['case_key']}|{stage}",
            stage=stage,
            received_date=self._day(),
            responded_date=self._day() if answered else None,
            outcome=self._pick(*OUTCOMES) if answered else None,
            escalated=self._pick(True, False) if stage else None,
            band=self._pick(*BANDS),
            elapsed_working_days=self._pick(None, 1, 10, 33),
            has_accepted_resolution=self._pick(True, False),
            **{flag: self._pick(*YES_NO_BLANK) for flag in FLAGS},
        )
        dates = {name: row[name] for name in ("received_date", "responded_date")}
        for element in range(self._pick(0, 1, 2)):
            self._add(
                "fct_causes",
                **self._common(case),
                **dates,
                cause_row_key=f"{row['stage_key']}|{element}",
                stage=stage,
                element=element,
                cause=self._pick("DELAY", "STAFF"),
                is_main=element == 0,
                finding=self._pick(*OUTCOMES),
            )
        for clock in ("acknowledgement", "stage_3_panel"):
            self._add(
                "fct_timeliness",
                **self._common(case),
                timeliness_key=f"{row['stage_key']}|{clock}",
                stage=stage,
                clock=clock,
                ended_date=self._pick(None, self._day()),
                in_time=self._pick(*YES_NO_BLANK),
                limit_days=3,
                is_open=False,
                is_frozen=False,
            )
        if stage == 1 and not case["is_adult"]:
            for member in self._random.sample(("girls", "boys"), 1):
                self._add(
                    "fct_representation",
                    **{name: value for name, value in self._common(case).items() if name != "record_type"},
                    representation_key=f"{row['stage_key']}|{member}",
                    stage_key=row["stage_key"],
                    activity_key=f"{case['council']}|{member}",
                    received_date=row["received_date"],
                    is_of_group=self._pick(True, False),
                    share_of_children=self._pick(0.25, 0.6),
                )

    def _what_hangs_on(self, case: Row) -> None:
        common, key = self._common(case), case["case_key"]
        routes = ("stage_1", "stage_2", "withdrawn", "disengaged", "not_accepted", "closed")
        ended = self._pick(None, self._day())
        self._add(
            "fct_outcomes",
            **common,
            outcome_key=f"{key}|end",
            stage=1,
            route=self._pick(*routes),
            outcome_date=self._day(),
            concluded_date=ended,
            is_final=self._pick(True, False) and ended is not None,
        )
        some: dict[str, Callable[[], Row]] = {
            "fct_payments": lambda: {
                "payment_key": f"{key}|p",
                "payment_type": self._pick("redress", "advocacy"),
                "amount": self._random.randrange(10_000) / 4,
                "agreed_date": self._day(),
            },
            "fct_resolutions": lambda: {
                "resolution_key": f"{key}|r{self._random.random()}",
                "offered_date": self._day(),
                "method": self._pick("mediation", "meeting", "other"),
                "resolved": self._pick(*YES_NO_BLANK),
            },
            "fct_actions": lambda: {
                "action_key": f"{key}|a",
                "agreed_date": self._day(),
                "completed_date": self._pick(None, self._day()),
            },
        }
        for table, make in some.items():
            for _ in range(self._pick(0, 0, 1) if table != "fct_resolutions" else self._pick(0, 2)):
                self._add(table, **common, **make())
        for day in self._random.sample(MONTH_ENDS, 2):
            self._add(
                "fct_open",
                **common,
                open_key=f"{key}|{day}",
                as_at_date=day,
                is_overdue=self._pick(*YES_NO_BLANK),
            )

    def _ombudsman_case(self, council: str, key: str, number: int) -> None:
        case = self._pick({"case_key": f"{council}|{number}", "case_ref": str(number)}, {})
        due = self._pick(None, self._day())
        decided = self._pick(None, self._day())
        common = {"council": council, "service_key": self._pick(None, f"{council}|S1", f"{council}|S3"), **case}
        self._add(
            "fct_ombudsman",
            **common,
            ombudsman_key=key,
            ombudsman_ref=key,
            received_date=self._day(),
            decided_date=decided,
            decision=self._pick("upheld", "not_upheld", "referred_back") if decided else None,
            response_due_date=due,
            responded_date=self._pick(None, due, self._day()),
        )
        for day in self._random.sample(MONTH_ENDS, 1):
            self._add(
                "fct_ombudsman_open",
                **common,
                ombudsman_open_key=f"{key}|{day}",
                ombudsman_key=key,
                as_at_date=day,
            )

    def _supplied(self, council: str) -> None:
        measures = ("open_cases", "child_records", "referrals_received", "safeguarding_cases", "rank")
        groups = {"girls": ("gender", "female"), "boys": ("gender", "male")}
        for group, (characteristic, member) in groups.items():
            self._activity(f"{council}|{group}", council, "child_records", characteristic, member)
        for number, measure in enumerate(measures * 4):
            self._activity(f"{council}|{number}", council, measure, None, None)

    def _activity(self, key: str, council: str, measure: str, characteristic: str | None, member: str | None) -> None:
        self._add(
            "fct_activity",
            activity_key=key,
            council=council,
            service_key=self._pick(None, f"{council}|S1"),
            measure=measure,
            characteristic=characteristic,
            member=member,
            as_at_date=self._day(),
            value=self._random.randrange(1, 5_000) / 4,
        )

    def _transactions(self) -> None:
        shared = ("council", "case_key", "case_ref", "service_key", "received_date")
        for row in list(self.tables["fct_stages"]):
            if row["record_type"] == "representation" or (row["record_type"] == "complaint" and row["stage"]):
                kind = "representation" if row["record_type"] == "representation" else f"stage{row['stage']}"
                kept = {name: row[name] for name in (*shared, "stage_key")}
                self._add("fct_transactions", **kept, transaction_key=row["stage_key"], transaction_kind=kind)
        for row in self.tables["fct_ombudsman"]:
            kept = {name: row.get(name) for name in shared}
            key = row["ombudsman_key"]
            self._add("fct_transactions", **kept, transaction_key=key, transaction_kind="ombudsman")
