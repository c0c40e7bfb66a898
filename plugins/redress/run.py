"""What the commands do and show: a night with progress, a check, the status, a rebuild."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from redress.councils import Council, load_councils
from redress.errors import RedressError
from redress.paths import Home
from redress.show import table
from redress.validation.loads import Load, committed

DONE, FAILED, HELD_BACK = 0, 1, 3


def run_with_progress(extract_date: date, councils: list[str], allow_removal: bool, wait: bool) -> int:
    """Runs the nightly DAGs, shows each council as it goes, then the night's table; returns the exit code."""
    from redress.airflow_run import TaskOutcome, run_nightly, terminal

    console = Console(file=terminal())
    columns = (SpinnerColumn(finished_text="*"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        lines = {"": progress.add_task("starting Airflow", total=1)}

        def show(outcome: TaskOutcome) -> None:
            progress.update(lines[""], completed=1)
            group = outcome.task.split(".")[0] if "." in outcome.task else outcome.dag
            if outcome.state == "skipped":
                return
            if group not in lines:
                lines[group] = progress.add_task(group, total=1)
            step = f"{outcome.task.split('.')[-1].replace('_', ' ')} {outcome.label}".rstrip()
            ended = outcome.state != "running" and outcome.task.endswith(("accept_records", "build_and_publish"))
            failed = outcome.state == "failed"
            progress.update(
                lines[group],
                description=f"{group}: {step}{' failed' if failed else ''}",
                completed=int(ended or failed),
            )

        result = run_nightly(extract_date, councils, show, allow_removal, wait)
    chosen = councils or list(load_councils())
    show_night(console, extract_date, chosen)
    for task in result.failed:
        console.print(f"Failed: {task.task} {task.label} {task.error or ''}".strip(), style="bold", markup=False)
    if not result.succeeded:
        console.print(f"The whole log: {result.log}", markup=False, soft_wrap=True)
        return FAILED
    return HELD_BACK if any(is_held_back(name, extract_date) for name in chosen) else DONE


def show_night(console: Console, extract_date: date, councils: list[str]) -> None:
    """Prints what the night's loads of these councils counted, and what a person has to look at."""
    home = Home.from_environment()
    rows, sentences = [], []
    for council in councils:
        runs = [run for load in _loads_of(home, council, extract_date) for run in _runs(load)]
        counted = ("rows_landed", "rows_accepted", "rows_quarantined", "rows_unchanged", "rows_with_warnings")
        rows.append(
            [council, *(sum(run[name] for run in runs) for name in counted)] if runs else [council, *[None] * 5]
        )
        sentences += [
            f"{council}: {run['verdict_text']}" for run in runs if run["verdict"] in ("rejected", "accepted_held_back")
        ]
    headings = ("council", "landed", "accepted", "quarantined", "unchanged", "with warnings")
    table(console, f"Night of {extract_date}", headings, rows)
    for sentence in sentences:
        console.print(sentence, markup=False, soft_wrap=True)


def is_held_back(council: str, extract_date: date) -> bool:
    """Whether a file was rejected, or too large a share of an entity quarantined, in the night's loads."""
    threshold = load_councils()[council].settings.quarantine_threshold
    return any(
        run["verdict"] == "rejected"
        or (run["rows_landed"] and run["rows_quarantined"] / run["rows_landed"] > threshold)
        for load in _loads_of(Home.from_environment(), council, extract_date)
        for run in _runs(load)
    )


def _loads_of(home: Home, council: str, extract_date: date) -> list[Load]:
    return [load for load in committed(home, council) if load.extract_date == extract_date]


def _runs(load: Load) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = json.loads((load.folder / "load.json").read_text(encoding="utf-8"))["runs"]
    return runs


def show_check(path: Path, extract_date: date, council: Council | None) -> int:
    """Prints the verdict on each entity and every finding; returns the exit code."""
    from redress.validation.catalogue import load_catalogue
    from redress.validation.check import check

    console = Console()
    verdict = check(path, extract_date, council)
    for run in verdict.runs:
        console.print(f"{run.verdict_text} ({run.rows_landed:,} rows)", markup=False, soft_wrap=True)
    if verdict.findings:
        rows = [
            (f.rule, f.severity, f.entity, f.record_key.replace("|", " "), f.column, f.source_file, f.source_row)
            for f in verdict.findings
        ]
        table(console, "Issues", ("rule", "severity", "entity", "record", "column", "file", "row"), rows)
        rules = load_catalogue().rules
        found = sorted({finding.rule for finding in verdict.findings})
        table(console, "What to do", ("rule", "remedy"), [(code, rules[code].remedy) for code in found])
    threshold = council.settings.quarantine_threshold if council else 0.05
    return HELD_BACK if verdict.is_held_back(threshold) else DONE


def show_status() -> None:
    """Prints the state of every council and of the published warehouse."""
    from redress.status import status

    home = Home.from_environment()
    console = Console()
    found = status(home, list(load_councils()))
    rows = [
        (s.council, s.loads, s.extract_date, s.open_critical, s.open_warnings, s.overdue, s.due_in_five_days)
        for s in found
    ]
    headings = ("council", "loads", "last night", "held-back issues", "warnings", "overdue", "due in 5 days")
    table(console, "Councils", headings, rows)
    for state in found:
        for sentence in state.sentences:
            console.print(f"{state.council}: {sentence}", markup=False, soft_wrap=True)
    reporting = home.published / "reporting.duckdb"
    where = f"Published: {reporting}" if reporting.exists() else "Nothing is published yet; run `redress nightly`."
    console.print(where, markup=False, soft_wrap=True)


def rebuild_warehouse() -> int:
    """Builds and publishes everything anew from landing; returns the exit code.

    Raises RedressError if tests fail; what was published stays.
    """
    from redress.warehouse.build import build_and_publish

    result = build_and_publish(Home.from_environment(), load_councils(), full_refresh=True)
    if result.failed_tests:
        raise RedressError(f"The rebuilt warehouse was not published: {'; '.join(result.failed_tests)}")
    Console().print(f"Published: {result.reporting}", markup=False, soft_wrap=True)
    return DONE
