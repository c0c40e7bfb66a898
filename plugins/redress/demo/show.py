"""The demo: five councils' records through the real nightly job, and what came out beside what was published."""

import csv
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from redress.councils import Council, load_councils
from redress.landing.pseudonym import VARIABLE, key_kept_in
from redress.paths import Home
from redress.run import night_counts, run_with_progress
from redress.show import table

if TYPE_CHECKING:
    from redress.validation.check import Finding

DEMO_DATE = date(2020, 6, 30)
DIRTY_FOLDER = "dirty_home"


def run_demo(dirty: bool) -> int:
    """Writes the drops, runs the night of DEMO_DATE and shows the result; returns the exit code.

    dirty loads the drop with seeded faults, into a data folder of its own beside the clean one.
    """
    from redress.demo.faults import write_dirty_drop

    from redress.demo.records import PREFIXES, write_drop

    home = Home.from_environment()
    drop, faulty = home.root / "demo" / "drop", home.root / "demo" / "dirty"
    os.environ.setdefault(VARIABLE, key_kept_in(home.root / "demo" / "pseudonym_key"))
    names = list(PREFIXES)
    console = Console()
    console.print(
        "Five councils' records, rebuilt from their published figures: reconstructions, nobody's data.", markup=False
    )
    write_drop(drop)
    write_dirty_drop(drop, faulty)
    if dirty:
        return _load_dirty(home, faulty, names)
    exit_code = run_with_progress(DEMO_DATE, names)
    if exit_code not in (0, 3):
        return exit_code
    councils = load_councils()
    _show_faults(console, faulty, [councils[name] for name in names])
    _show_figures(console, home, councils, names)
    console.print(f"Warehouse: {home.published / 'reporting.duckdb'}", markup=False, soft_wrap=True)
    console.print(f"Parquet:   {home.published / 'parquet'}", markup=False, soft_wrap=True)
    console.print("The same with seeded faults: redress demo --dirty", markup=False)
    return exit_code


def _load_dirty(home: Home, faulty: Path, names: list[str]) -> int:
    """Runs the night on the faulty drop, in a data folder whose demo/drop holds it."""
    from shutil import copytree

    dirty_home = home.root / "demo" / DIRTY_FOLDER
    copytree(faulty, dirty_home / "demo" / "drop", dirs_exist_ok=True)
    os.environ["REDRESS_HOME"] = str(dirty_home)
    exit_code = run_with_progress(DEMO_DATE, names)
    Console().print(f"Data folder of this run: {dirty_home}", markup=False, soft_wrap=True)
    return exit_code


def _show_faults(console: Console, faulty: Path, councils: Iterable[Council]) -> None:
    """Checks the faulty drops without loading them, and sets what the rules find beside the answer key."""
    from redress.validation.check import check

    rows = []
    for council in councils:
        folder = faulty / council.name
        seeded = _answer_key(folder / "answer_key.csv")
        clean = _found(check(folder.parent.parent / "drop" / council.name, DEMO_DATE, council).findings)
        found = _found(check(folder, DEMO_DATE, council).findings)
        new = found - clean
        rows.append((council.name, len(seeded), len(seeded & new), len(seeded - new), len(new - seeded)))
    headings = ("council", "issues seeded", "found", "missed", "found besides")
    table(console, "The drop with seeded faults, checked without loading it", headings, rows)


def _answer_key(file: Path) -> set[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {(row["rule"], row["entity"], row["record_key"], row["column_name"]) for row in csv.DictReader(lines)}


def _found(findings: Iterable["Finding"]) -> set[tuple[str, ...]]:
    return {(found.rule, found.entity, found.record_key, found.column or "") for found in findings}


def _show_figures(console: Console, home: Home, councils: dict[str, Council], names: list[str]) -> None:
    """Ends with one line a council: what was loaded, and how its published figures compare."""
    from redress.demo.figures import compare, summary

    result = summary(compare(home.published / "reporting.duckdb", councils))
    if result.not_meetable:
        console.print("Printed figures that no records can yield:", style="bold", markup=False)
    for line in result.lines():
        console.print(f"  {line}", markup=False)
    rows = []
    for name in names:
        verdicts = result.counts[name]
        counts = night_counts(home, name, DEMO_DATE)
        compared = sum(verdicts.values()) - verdicts["outside"]
        not_met = verdicts["conflict"]
        differing = verdicts["differs"]
        rows.append((name, *counts, compared, compared - not_met - differing, not_met, differing))
    headings = (
        *("council", "landed", "accepted", "quarantined", "with warnings"),
        *("figures compared", "matching", "not meetable", "differing"),
    )
    table(console, "What was loaded, and how it compares with what was published", headings, rows)
