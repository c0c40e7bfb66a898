"""The command `redress-check`: files and folders are dropped on it, and each gets its verdict beside it."""

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redress import cli_errors
from redress.cli_dates import ExtractDate, today
from redress.cli_errors import FAILED, WRONG_USAGE, errors_for_people
from redress.errors import RedressError, UsageError
from redress.paths import PROJECT, councils_folder

if TYPE_CHECKING:
    from redress.councils import Council

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(
    help="Checks files or folders of records before they are sent, and writes FILE-checked.xlsx beside each.\n\n"
    "Nothing is loaded. Files of one folder are checked together, as they would be loaded.\n\n"
    "Examples: `redress-check cases.csv stages.csv`, `redress-check drop/harrow --into verdicts`"
)
def main(
    paths: Annotated[list[Path] | None, typer.Argument(help="What was dropped: files or folders.")] = None,
    council: Annotated[
        str | None, typer.Option("--council", "-c", help="Whose they are; found out or asked if not given.")
    ] = None,
    into: Annotated[Path | None, typer.Option(help="The folder the verdicts are written into.")] = None,
    extract_date: ExtractDate = None,
) -> None:
    """One window, one job: what was dropped is checked, and the window stays until Enter is pressed."""
    has_own_window = sys.stdin.isatty() and sys.stdout.isatty() and not (council or into or extract_date)
    try:
        with errors_for_people():
            _find_folders()
            raise typer.Exit(check_dropped(paths or [], extract_date or today(), council, into))
    finally:
        if has_own_window:
            typer.echo("\nPress Enter to close.")
            sys.stdin.readline()


def check_dropped(paths: list[Path], extract_date: date, council: str | None = None, into: Path | None = None) -> int:
    """Checks what was dropped, says each verdict and where it is written; returns the worst exit code.

    What cannot be checked is said in a sentence and keeps nothing else from being checked.
    Raises UsageError if nothing was dropped.
    """
    from redress.councils import get_council

    if not paths:
        raise UsageError("Drop a file or a folder on this command, or name one after it: redress-check cases.csv")
    codes: list[int] = []
    groups: dict[tuple[Path, str | None], list[Path]] = defaultdict(list)
    answers: dict[Path, str] = {}
    for path in dict.fromkeys(Path(os.path.abspath(_on_this_side(path))) for path in paths):
        with _said(codes):
            if not path.exists():
                raise UsageError(f"There is nothing at {path}; drop a file or a folder.")
            whose = council or _council(path, answers)
            groups[path if path.is_dir() else path.parent, whose].append(path)
    for (_, whose), group in groups.items():
        with _said(codes):
            owner = get_council(whose) if whose else None
            for files in _together(group, owner):
                with _said(codes):
                    codes.append(_check(files, extract_date, owner, into))
    return _worst(codes)


def _on_this_side(path: Path) -> Path:
    """Windows drops C:\\Users\\..., which its Subsystem for Linux has under another name."""
    if not re.match(r"([A-Za-z]:|\\)\\", str(path)) or not shutil.which("wslpath"):
        return path
    told = subprocess.run(["wslpath", "-u", str(path)], capture_output=True, text=True, check=False)
    return Path(told.stdout.strip()) if told.returncode == 0 else path


def _council(path: Path, answers: dict[Path, str]) -> str | None:
    """Found out, or asked of whoever sits there, once a folder."""
    from rich.prompt import Prompt

    from redress.checking.whose import Unclear, council_of

    try:
        found = council_of(path)
    except Unclear as unclear:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise
        if path.parent not in answers:
            typer.echo(f"Whose records does {path.name} hold?")
            numbered = {str(number): one for number, one in enumerate(unclear.councils, start=1)}
            for number, one in numbered.items():
                typer.echo(f"  {number}  {one.title}")
            answers[path.parent] = numbered[Prompt.ask("Its number", choices=list(numbered), show_choices=False)].name
        return answers[path.parent]
    return found.name if found else None


def _together(paths: list[Path], council: "Council | None") -> list[list[Path]]:
    """Files that feed different entities are checked as one delivery; two that feed the same, one by one."""
    from redress.validation.check import council_for, entities_of

    _, definition = council_for(paths, council)
    fed = {path: entities_of(definition, path) for path in paths}
    deliveries = [path for path in paths if fed[path]]
    others = [[path] for path in paths if not fed[path]]
    entities = [entity for path in deliveries for entity in fed[path]]
    if len(entities) > len(set(entities)):
        return [[path] for path in paths]
    return [deliveries, *others] if deliveries else others


def _check(paths: list[Path], extract_date: date, council: "Council | None", into: Path | None) -> int:
    from redress.checking import output
    from redress.checking.report import report_of
    from redress.validation.check import check, council_for, entities_of

    typer.echo(f"Checking {', '.join(path.name for path in paths)} ...")
    verdict = check(paths, extract_date, council)
    _, definition = council_for(paths, council)
    alike = len({path.stem for path in paths}) < len(paths)
    codes: list[int] = []
    for path in paths:
        part = verdict if len(paths) == 1 else verdict.of(entities_of(definition, path))
        report = report_of(part, path.name, extract_date, council)
        typer.echo(report.sentence)
        for run in report.looked_at_by_people:
            typer.echo(f"  {run.verdict_text}")
        codes.append(report.exit_code)
        with _said(codes):
            file = output.beside(path, "xlsx", definition, whole_name=alike)
            typer.echo(f"  Report: {output.write(report, 'xlsx', into.resolve() / file.name if into else file)}")
    return _worst(codes)


def _worst(codes: list[int]) -> int:
    from redress.run import DONE, HELD_BACK

    return next(code for code in (FAILED, WRONG_USAGE, HELD_BACK, DONE) if code in codes)


@contextmanager
def _said(codes: list[int]) -> Iterator[None]:
    """Says what goes wrong with one file, and goes on with the others."""
    try:
        yield
    except RedressError as problem:
        if cli_errors.debug:
            raise
        typer.echo(str(problem), err=True)
        codes.append(WRONG_USAGE if isinstance(problem, UsageError) else FAILED)


def _find_folders() -> None:
    """Started from a desktop the current folder says nothing; the project's own councils and data are meant then."""
    if "REDRESS_COUNCILS" not in os.environ and not councils_folder().is_dir():
        os.environ["REDRESS_COUNCILS"] = str(PROJECT / "councils")
        os.environ.setdefault("REDRESS_HOME", str(PROJECT / "data"))
