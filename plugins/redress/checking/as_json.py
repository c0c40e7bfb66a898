"""A check as JSON, in a shape other programs can rely on (docs/run/checking.md)."""

import json
from typing import Any

from redress.checking.report import CheckReport, with_warnings
from redress.validation.catalogue import load_catalogue
from redress.validation.check import Finding
from redress.validation.outcomes import Outcome
from redress.validation.verdicts import LoadRun

SHAPE = 1
"""Raised when a name is taken away or means something else; names may be added at any time."""


def as_json(report: CheckReport) -> str:
    """The whole report, one line a verdict, a rule and an issue."""
    head = {
        "redress_check": SHAPE,
        "checked": report.checked,
        "council": report.council,
        "extract_date": report.extract_date.isoformat(),
        "sentence": report.sentence,
        "exit_code": report.exit_code,
    }
    lists = {
        "verdicts": [_verdict(run) for run in report.verdict.runs],
        "rules": [_rule(report, outcome) for outcome in report.outcomes],
        "issues": [_issue(report, finding) for finding in report.verdict.findings],
    }
    parts = [f'  "{name}": {_line(value)}' for name, value in head.items()]
    parts += [f'  "{name}": [{_lines(rows)}]' for name, rows in lists.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _verdict(run: LoadRun) -> dict[str, Any]:
    return {
        "entity": run.entity,
        "verdict": run.verdict,
        "sentence": run.verdict_text,
        "file": run.source_file,
        "rows": run.rows_landed,
        "accepted": run.rows_accepted,
        "held_back": run.rows_quarantined,
        "unchanged": run.rows_unchanged,
        "with_warnings": with_warnings(run),
    }


def _rule(report: CheckReport, outcome: Outcome) -> dict[str, Any]:
    rule = load_catalogue().rules[outcome.rule]
    return {
        "rule": outcome.rule,
        "entity": outcome.entity,
        "severity": outcome.severity,
        "outcome": outcome.outcome,
        "rows_checked": outcome.rows_checked,
        "rows_failed": outcome.rows_failed,
        "rows_failed_waiting": report.waiting_failed(outcome),
        "not_run_because": outcome.reason,
        "reason": rule.reason,
        "remedy": report.remedy(outcome.rule, outcome.entity),
    }


def _issue(report: CheckReport, finding: Finding) -> dict[str, Any]:
    rule = load_catalogue().rules[finding.rule]
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "entity": finding.entity,
        "record_key": finding.record_key or None,
        "case_ref": finding.case_ref,
        "column": finding.column,
        "source_column": finding.source_column,
        "letter": finding.letter,
        "file": finding.source_file,
        "sheet": finding.sheet,
        "row": finding.source_row,
        "accepted": finding.is_accepted,
        "reason": rule.reason,
        "remedy": report.remedy(finding.rule, finding.entity),
    }


def _lines(rows: list[dict[str, Any]]) -> str:
    return "\n    " + ",\n    ".join(map(_line, rows)) + "\n  " if rows else ""


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
