"""Reports made by hand: any number of issues, in words an attacker might choose."""

from datetime import date
from typing import Any

from redress.checking.report import CheckReport
from redress.validation.check import Finding, Verdict
from redress.validation.outcomes import Outcome
from redress.validation.verdicts import LoadRun

NIGHT = date(2024, 2, 1)


def run(entity: str = "cases", **facts: Any) -> LoadRun:
    counts = dict.fromkeys(
        ("rows_landed", "rows_accepted", "rows_quarantined", "rows_unchanged", "rows_released", "rows_waiting"), 0
    )
    plain: dict[str, Any] = {
        **counts,
        **dict.fromkeys(("rows_deleted", "rows_with_warnings", "columns_dropped", "load_number"), 0),
        **dict.fromkeys(("extract_id", "extract_kind", "rows_with_person", "persons_found")),
        "council": "barsetshire",
        "entity": entity,
        "extract_date": NIGHT,
        "source_file": f"{entity}.csv",
        "verdict": "accepted",
        "verdict_text": f"{entity}: accepted.",
        "seconds": 0.0,
        "rows_landed": 100,
    }
    return LoadRun(**plain | facts)


def finding(number: int = 1, **facts: Any) -> Finding:
    plain: dict[str, Any] = {
        "rule": "D02",
        "severity": "critical",
        "entity": "cases",
        "record_key": f"A{number}",
        "case_ref": f"A{number}",
        "column": "closed_date",
        "source_column": "Closed",
        "letter": "D",
        "source_file": "cases.csv",
        "sheet": None,
        "source_row": number + 1,
        "is_accepted": False,
    }
    return Finding(**plain | facts)


def report(*findings: Finding, runs: tuple[LoadRun, ...] = (), threshold: float = 0.05) -> CheckReport:
    outcomes = (
        Outcome("D02", "cases", "critical", "fail", 100, len(findings)),
        Outcome("R01", "cases", "critical", "pass", 100, 0),
        Outcome("S05", "cases", "warning", "not_run", reason="stages not delivered, and nothing of it is loaded"),
    )
    verdict = Verdict(runs or (run(),), findings, outcomes)
    return CheckReport("cases.csv", "barsetshire", NIGHT, threshold, verdict)
