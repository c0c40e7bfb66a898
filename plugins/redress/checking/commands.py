"""What `redress check` does: one check, told in the form that is asked for."""

from datetime import date
from pathlib import Path

import typer
from rich.console import Console

from redress.councils import Council
from redress.errors import UsageError


def run_check(
    path: Path, extract_date: date, council: Council | None, form: str | None = None, out: Path | None = None
) -> int:
    """Checks a file or folder and shows the report, or writes it; returns the exit code.

    form: table, json, xlsx or html; without one what the name of out says, else a table. JSON without out is printed.
    Raises UsageError for a form and a file that do not go together; else as check() and output.write().
    """
    form = form or _form_of(out)
    if form == "table" and out:
        raise UsageError(f"A table is only printed; for {out} choose --format json, xlsx or html.")
    if out and out.suffix and out.suffix.lower() != f".{form}":
        raise UsageError(
            f"--format {form} writes a file that ends in .{form}, and {out} does not; change one of the two."
        )
    from redress.checking import output
    from redress.checking.as_json import as_json
    from redress.checking.as_table import show
    from redress.checking.report import report_of
    from redress.validation.check import check, council_for

    verdict = check(path, extract_date, council)
    report = report_of(verdict, path.resolve().name, extract_date, council)
    if form == "table":
        show(report, Console())
    elif form == "json" and out is None:
        typer.echo(as_json(report), nl=False)
    else:
        file = out or output.beside(path, form, council_for([path], council)[1])
        output.write(report, form, file)
        typer.echo(report.sentence)
        typer.echo(f"Report: {file}")
    return report.exit_code


def _form_of(out: Path | None) -> str:
    suffix = out.suffix.removeprefix(".").lower() if out else "table"
    if suffix not in ("table", "json", "xlsx", "html"):
        raise UsageError(f"What {out} shall be is not clear; add --format json, xlsx or html.")
    return suffix
