"""A check as an Excel workbook: the verdict, every issue, every rule."""

from collections.abc import Iterator
from pathlib import Path

from redress.checking.report import GENERATOR, OUTCOMES, CheckReport, with_warnings
from redress.spreadsheets import Cell, Column, Style, open_workbook
from redress.validation.catalogue import load_catalogue

_VERDICTS = (
    Column("Records", 14),
    Column("Rows", 9),
    Column("Accepted", 10),
    Column("Held back", 10),
    Column("Unchanged", 11),
    Column("With warnings", 14),
    Column("File", 34),
    Column("Verdict", 90, is_long=True),
)
_ISSUES = (
    Column("Rule", 7),
    Column("Severity", 10),
    Column("Records", 13),
    Column("Record", 24),
    Column("Case", 18),
    Column("Column", 24),
    Column("Heading in the file", 24, is_long=True),
    Column("Column letter", 8),
    Column("Row", 8),
    Column("File", 34),
    Column("Sheet", 16),
    Column("Accepted", 10),
    Column("Why", 60, is_long=True),
    Column("How to correct", 60, is_long=True),
)
_RULES = (
    Column("Rule", 7),
    Column("Records", 13),
    Column("Severity", 10),
    Column("Outcome", 10),
    Column("Rows checked", 10),
    Column("Rows failed", 10),
    Column("Of them waiting", 10),
    Column("Not run because", 40, is_long=True),
    Column("Why", 60, is_long=True),
    Column("How to correct", 60, is_long=True),
)


def write_xlsx(report: CheckReport, file: Path) -> None:
    """Writes the workbook; no cell of it can run, whatever its text begins with."""
    compared = f"the records of {report.council} that are loaded" if report.council else "nothing: no council was given"
    lines: list[tuple[Style, str]] = [
        ("heading", report.sentence),
        ("text", f"Checked for the night of {report.extract_date}, compared with {compared}. Nothing was loaded."),
        ("text", f"Issues: {len(report.verdict.findings):,}. {report.rules_sentence} A rule not run says nothing."),
        ("text", ""),
    ]
    with open_workbook(file, f"{GENERATOR}: {report.checked}") as book:
        book.words("Verdict", lines, _VERDICTS, _verdicts(report))
        book.table("Issues", _ISSUES, _issues(report))
        book.table("Rules", _RULES, _rules(report))


def _verdicts(report: CheckReport) -> Iterator[tuple[Cell, ...]]:
    for run in report.verdict.runs:
        counts = (run.rows_landed, run.rows_accepted, run.rows_quarantined, run.rows_unchanged, with_warnings(run))
        yield run.entity, *counts, run.source_file, run.verdict_text


def _issues(report: CheckReport) -> Iterator[tuple[Cell, ...]]:
    rules = load_catalogue().rules
    for one in report.verdict.findings:
        record = (one.rule, one.severity, one.entity, one.record_key, one.case_ref)
        cell = (one.column, one.source_column, one.letter, one.source_row, one.source_file, one.sheet)
        accepted = "yes" if one.is_accepted else None
        yield *record, *cell, accepted, rules[one.rule].reason, report.remedy(one.rule, one.entity)


def _rules(report: CheckReport) -> Iterator[tuple[Cell, ...]]:
    rules = load_catalogue().rules
    for one in report.outcomes:
        counts = (one.rows_checked, one.rows_failed, report.waiting_failed(one))
        rows = (None, None, None) if one.outcome == "not_run" else counts
        rule = (rules[one.rule].reason, report.remedy(one.rule, one.entity))
        yield one.rule, one.entity, one.severity, OUTCOMES[one.outcome], *rows, one.reason, *rule
