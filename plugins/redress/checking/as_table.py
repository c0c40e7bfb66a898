"""A check in the terminal: the verdicts, what each rule found, and the first rows of it."""

from rich.console import Console

from redress.checking.report import CheckReport, cell, place
from redress.show import table

ROWS_SHOWN = 50
RECORD_PARTS = " / "


def show(report: CheckReport, console: Console) -> None:
    """Prints the report. Thousands of issues are counted by rule; the first 50 are listed."""

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    for run in report.verdict.runs:
        say(f"{run.verdict_text} ({run.rows_landed:,} rows)")
    by_rule = report.findings_by_rule
    if by_rule:
        counts = [(rule.code, rule.severity, len(found), report.remedies(found)) for rule, found in by_rule]
        table(console, "What to do", ("rule", "severity", "issues", "remedy"), counts)
        listed = report.verdict.findings[:ROWS_SHOWN]
        rows = [
            (one.rule, one.entity, one.record_key.replace("|", RECORD_PARTS), one.column, cell(one), place(one))
            for one in listed
        ]
        table(console, "Issues", ("rule", "entity", "record", "column", "cell", "file"), rows)
        if more := len(report.verdict.findings) - len(listed):
            say(f"and {more:,} more; `--format xlsx` writes all of them into a workbook.")
        if accepted := sum(one.is_accepted for one in report.verdict.findings):
            say(f"Accepted warnings among them: {accepted:,}.")
    say(report.rules_sentence)
    say(report.sentence, style="bold")
