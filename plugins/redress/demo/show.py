"""The demo: five councils' records through the real nightly job, and what came out beside what was published."""

import csv
import os
import shlex
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from redress.councils import Council, load_councils
from redress.landing.pseudonym import VARIABLE, key_kept_in
from redress.paths import Home, councils_folder
from redress.run import DONE, HELD_BACK, night_counts, run_with_progress
from redress.show import table
from redress.warehouse.publish import open_reporting

if TYPE_CHECKING:
    from redress.returns.run import Made

DEMO_DATE = date(2020, 6, 30)
DIRTY_FOLDER = "dirty_home"
KEY_FILE = "pseudonym_key"


def run_demo(dirty: bool) -> int:
    """Puts the records into the councils' systems, runs the night of DEMO_DATE and shows the result.

    dirty loads records with seeded faults instead, from files in contract form, into a data folder of its own beside
    the clean one. Returns the exit code.
    """
    from redress.demo.faults import write_dirty_drop
    from redress.demo.records import PREFIXES, write_drop
    from redress.demo.routes.systems import connected, write_systems

    home = Home.from_environment()
    demo = home.root / "demo"
    records, faulty = demo / "records", demo / "dirty"
    os.environ.setdefault(VARIABLE, key_kept_in(demo / KEY_FILE))
    names = list(PREFIXES)
    console = Console()
    console.print(
        "Five councils' records, rebuilt from their published figures: reconstructions, nobody's data.", markup=False
    )
    write_drop(records)
    write_dirty_drop(records, faulty)
    if dirty:
        return _load_dirty(home, records, faulty, names)
    councils = load_councils()
    _show_routes(console, names, councils)
    write_systems(records, demo, DEMO_DATE)
    with connected(records, demo):
        exit_code = run_with_progress(DEMO_DATE, names)
    if exit_code not in (DONE, HELD_BACK):
        return exit_code
    made = _make_returns(home, councils)
    _show_faults(console, home, faulty, [councils[name] for name in names])
    _show_loads(console, names, councils)
    _show_returns(console, made, councils)
    console.print(f"Warehouse: {home.published / 'reporting.duckdb'}", markup=False, soft_wrap=True)
    console.print(f"Parquet:   {home.published / 'parquet'}", markup=False, soft_wrap=True)
    console.print(f"Pages:     {home.reports / 'index.html'}", markup=False, soft_wrap=True)
    console.print("The same with seeded faults: redress demo --dirty", markup=False)
    console.print("The systems once more, for nights of your own: redress demo --serve", markup=False)
    return exit_code


def _show_routes(console: Console, names: Iterable[str], councils: dict[str, Council]) -> None:
    """One line a council: by which route its records come."""
    from redress.demo.routes.systems import ROUTES

    for name in names:
        console.print(f"  {councils[name].title}: {ROUTES[name]}", markup=False, soft_wrap=True)


def _load_dirty(home: Home, clean: Path, faulty: Path, names: list[str]) -> int:
    """Runs two nights on faulty records, in a data folder and with a councils folder of its own."""
    from shutil import copytree

    from redress.demo.contract_form import councils_in_contract_form
    from redress.demo.faults import write_night_before

    dirty_home = home.root / "demo" / DIRTY_FOLDER
    drop = dirty_home / "demo" / "records"
    councils = councils_in_contract_form(councils_folder(), dirty_home / "councils", names)
    os.environ.update(REDRESS_HOME=str(dirty_home), REDRESS_COUNCILS=str(councils))
    write_night_before(clean, faulty, drop)
    exit_code = run_with_progress(DEMO_DATE - timedelta(days=1), names)
    if exit_code not in (DONE, HELD_BACK):
        return exit_code
    copytree(faulty, drop, dirs_exist_ok=True)
    exit_code = run_with_progress(DEMO_DATE, names)
    console = Console()
    pages = Home.from_environment().reports / "index.html"
    console.print(f"What the quality lead sees in the morning: {pages}", markup=False, soft_wrap=True)
    console.print("To look around in this run:", markup=False)
    for name in ("REDRESS_HOME", "REDRESS_COUNCILS"):
        console.print(f"  export {name}={shlex.quote(os.environ[name])}", markup=False, soft_wrap=True)
    return exit_code


def _show_faults(console: Console, home: Home, faulty: Path, councils: Iterable[Council]) -> None:
    """Checks the faulty drops without loading them, and sets what the rules find beside the answer key."""
    from redress.validation.check import check

    rows = []
    for council in councils:
        seeded = _answer_key(faulty / council.name / "answer_key.csv")
        findings = check(faulty / council.name, DEMO_DATE, council, as_first_load=True).findings
        found: set[tuple[str, ...]] = {(one.rule, one.entity, one.record_key, one.column or "") for one in findings}
        new = found - _known_issues(home, council.name)
        rows.append((council.name, len(seeded), len(seeded & new), len(seeded - new), len(new - seeded)))
    headings = ("council", "issues seeded", "found", "missed", "found besides")
    table(console, "The drop with seeded faults, checked without loading it", headings, rows)


def _known_issues(home: Home, council: str) -> set[tuple[str, ...]]:
    """What the rules found in the clean drop, as it is published."""
    with open_reporting(home.published / "reporting.duckdb") as con:
        return set(
            con.execute(
                "select rule, entity, record_key, coalesce(column_name, '') from dq_issues "
                "where council = ? and resolved_on is null",
                [council],
            ).fetchall()
        )


def _answer_key(file: Path) -> set[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {(row["rule"], row["entity"], row["record_key"], row["column_name"]) for row in csv.DictReader(lines)}


def _make_returns(home: Home, councils: dict[str, Council]) -> "list[Made]":
    """Builds the five returns that were published, documents and all."""
    from redress.returns.commands import progress
    from redress.returns.compare import reports
    from redress.returns.metrics.published import open_metrics
    from redress.returns.run import make_return

    made = []
    with open_metrics(home) as metrics:
        for name, kind, period in reports():
            with progress(f"{councils[name].title}, {kind} {period}") as say:
                made.append(make_return(home, councils[name], kind, period, say=say, metrics=metrics))
    return made


def _show_loads(console: Console, names: list[str], councils: dict[str, Council]) -> None:
    """One column a council: what was loaded."""
    measures = ("rows landed", "accepted", "quarantined", "warnings")
    home = Home.from_environment()
    rows = zip(measures, *(night_counts(home, name, DEMO_DATE) for name in names), strict=True)
    table(console, "What was loaded", ("", *(councils[name].title for name in names)), rows)


def _show_returns(console: Console, made: "list[Made]", councils: dict[str, Council]) -> None:
    """Where the returns are, and how their figures compare with what was published."""
    from redress.returns.compare import compare_returns, show

    rows = [(one.built.title, len(one.built.tables), len(one.built.figures), one.folder) for one in made]
    for sentence in dict.fromkeys(sentence for one in made for sentence in one.sentences):
        console.print(sentence, markup=False, soft_wrap=True)
    show(console, compare_returns([one.built for one in made]), {name: one.title for name, one in councils.items()})
    console.print("Returns:", style="bold", markup=False)
    for title, tables, figures, folder in rows:
        console.print(f"  {title}: {tables} tables, {figures} figures, {folder}", markup=False, soft_wrap=True)
