"""What the commands do and show: a night with progress, the status, a rebuild."""

from collections.abc import Mapping
from datetime import date

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from redress.councils import load_councils
from redress.errors import RedressError
from redress.landing.pseudonym import pseudonym_key
from redress.paths import Home
from redress.show import table
from redress.validation.loads import Load, committed
from redress.validation.verdicts import HELD_BACK as HELD_BACK_VERDICTS

DONE, FAILED, HELD_BACK = 0, 1, 3
SHOWN_TASKS = ("build_and_publish", "build_reports")
LAST_STEPS = ("accept_records", "build_reports")


def run_with_progress(extract_date: date, councils: list[str], allow_removal: bool = False, wait: bool = False) -> int:
    """Runs the nightly DAGs, shows each council as it goes, then the night's table; returns the exit code.

    Raises RedressError if no pseudonym key is set, or another run has the data folder.
    """
    pseudonym_key()
    from redress.airflow_run import TaskOutcome, run_nightly, terminal

    console = Console(file=terminal())
    chosen = councils or list(load_councils())
    home = Home.from_environment()
    before = {name: _last_number(home, name) for name in chosen}
    columns = (SpinnerColumn(finished_text="*"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        lines = {"": progress.add_task("starting Airflow", total=1)}

        def show(outcome: TaskOutcome) -> None:
            progress.update(lines[""], completed=1)
            group, _, step = outcome.task.rpartition(".")
            if outcome.task not in SHOWN_TASKS and group not in chosen:
                return
            line = group or outcome.dag
            if line not in lines:
                lines[line] = progress.add_task(line, total=1)
            failed = outcome.state == "failed"
            progress.update(
                lines[line],
                description=f"{line}: {step.replace('_', ' ')} {outcome.label}{' failed' if failed else ''}",
                completed=int(failed or (outcome.state == "success" and step in LAST_STEPS)),
            )

        result = run_nightly(extract_date, councils, show, allow_removal, wait)
    loaded = {name: _loads_of_run(home, name, extract_date, before[name]) for name in chosen}
    show_night(console, extract_date, loaded)
    for task in result.failed:
        said = " ".join(filter(None, (task.task, task.label, task.error)))
        console.print(f"Failed: {said}", style="bold", markup=False, soft_wrap=True)
    if not result.succeeded:
        console.print(f"The whole log: {result.log}", markup=False, soft_wrap=True)
        return FAILED
    return HELD_BACK if any(_is_held_back(name, loads) for name, loads in loaded.items()) else DONE


def show_night(console: Console, extract_date: date, loaded: Mapping[str, list[Load]]) -> None:
    """Prints what the loads of each council counted, a line a night, and what a person has to look at."""
    rows = []
    for council, loads in loaded.items():
        for night in sorted({load.extract_date for load in loads} or {extract_date}):
            name = council if night == extract_date else f"{council}, {night}"
            rows.append((name, *_counts([load for load in loads if load.extract_date == night])))
    table(console, f"Night of {extract_date}", ("council", "landed", "accepted", "quarantined", "with warnings"), rows)
    for council, loads in loaded.items():
        for load in loads:
            for run in load.runs():
                if run.verdict in HELD_BACK_VERDICTS:
                    console.print(f"{council}: {run.verdict_text}", markup=False, soft_wrap=True)
        _show_threshold(console, council, loads)


def _show_threshold(console: Console, council: str, loads: list[Load]) -> None:
    """Says why the night ends with exit code 3: in which entities more was held back than the council allows."""
    threshold = load_councils()[council].settings.quarantine_threshold
    over = sorted({run.entity for load in loads for run in load.runs() if run.is_held_back(threshold)})
    if over:
        what = f"{', '.join(over)}: rejected, or more than the {threshold:.0%} that may be held back"
        console.print(f"{council}: {what} (quarantine_threshold in settings.yml).", markup=False, soft_wrap=True)


def night_counts(home: Home, council: str, extract_date: date) -> tuple[int | None, ...]:
    """Rows landed, accepted, quarantined and with warnings in the night's loads; nothing where it did not load."""
    return _counts([load for load in committed(home, council) if load.extract_date == extract_date])


def _counts(loads: list[Load]) -> tuple[int | None, ...]:
    runs = [run for load in loads for run in load.runs()]
    counted = ("rows_landed", "rows_accepted", "rows_quarantined", "rows_with_warnings")
    return tuple(sum(getattr(run, name) for run in runs) if runs else None for name in counted)


def _loads_of_run(home: Home, council: str, extract_date: date, before: int) -> list[Load]:
    """The night's loads, and those of earlier nights whose files came to light in this run. before: the last number."""
    return [load for load in committed(home, council) if load.number > before or load.extract_date == extract_date]


def _last_number(home: Home, council: str) -> int:
    return max((load.number for load in committed(home, council)), default=0)


def _is_held_back(council: str, loads: list[Load]) -> bool:
    """Whether a file was rejected, or too large a share of an entity quarantined, in any of these loads."""
    threshold = load_councils()[council].settings.quarantine_threshold
    return any(run.is_held_back(threshold) for load in loads for run in load.runs())


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
    headings = ("council", "loads", "night", "critical", "warnings", "overdue", "due in 5 days")
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
