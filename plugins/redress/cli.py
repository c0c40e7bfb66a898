"""The `redress` command. Each command says what it does, and ends with the exit codes of the design."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from redress import cli_errors, cli_quality, cli_reports, cli_returns, cli_sources, cli_telling
from redress.cli_dates import ExtractDate, today
from redress.cli_errors import errors_for_people
from redress.errors import UsageError

app = typer.Typer(
    name="redress",
    help="Complaints about children's social care: from records to published figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)

app.add_typer(cli_quality.app)
app.add_typer(cli_reports.app)
app.add_typer(cli_returns.app)
app.add_typer(cli_sources.app)
app.add_typer(cli_telling.app)


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False) -> None:
    """Complaints about children's social care: from records to published figures."""
    cli_errors.debug = debug


Form = Literal["table", "json", "xlsx", "html"]

Councils = Annotated[
    list[str] | None, typer.Option("--council", "-c", help="Only this council (may be given more than once).")
]


@app.command()
def nightly(
    council: Councils = None,
    extract_date: ExtractDate = None,
    allow_removal: Annotated[
        bool, typer.Option(help="Let full extracts remove many records this once (rule V04).")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait for another nightly run to end.")] = False,
) -> None:
    """Runs the nightly DAGs once, in this process.

    Examples: `redress nightly`, `redress nightly --council harrow --date 2020-06-30`
    """
    with errors_for_people():
        from redress.councils import get_council
        from redress.run import run_with_progress

        for name in council or []:
            get_council(name)
        raise typer.Exit(run_with_progress(extract_date or today(), council or [], allow_removal, wait))


@app.command("new-council")
def new_council(name: Annotated[str, typer.Argument(help="Lower-case letters, digits and underscores.")]) -> None:
    """Makes councils/NAME with commented examples.

    Example: `redress new-council barsetshire`
    """
    with errors_for_people():
        from redress.paths import councils_folder
        from redress.scaffold import new_council as scaffold

        folder = scaffold(name, councils_folder())
        typer.echo(f"Made {folder}. Set path in source.yml to the drop folder, then: redress nightly --council {name}")


@app.command()
def check(
    path: Annotated[
        Path, typer.Argument(help="A file or folder, in contract form or as the council's source.yml says.")
    ],
    council: Annotated[
        str | None, typer.Option("--council", "-c", help="Whose codes and loaded records to use.")
    ] = None,
    extract_date: ExtractDate = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="What to make of it; a table is printed, JSON too unless --out is given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; without it PATH-checked.xlsx or .html beside PATH.")
    ] = None,
) -> None:
    """Validates a file or folder against the rules without loading it.

    Ends with 3 where a load would be held back.

    Examples: `redress check cases.csv --council harrow`, `redress check drop/harrow -c harrow --format xlsx`
    """
    with errors_for_people():
        from redress.checking.commands import run_check
        from redress.councils import get_council

        owner = get_council(council) if council else None
        raise typer.Exit(run_check(path, extract_date or today(), owner, form, out))


@app.command()
def status() -> None:
    """Shows the last loads, open issues, what is published and what is overdue.

    Example: `redress status`
    """
    with errors_for_people():
        from redress.run import show_status

        show_status()


@app.command()
def rebuild() -> None:
    """Builds the warehouse again from landing, and publishes it.

    Example: `redress rebuild`
    """
    with errors_for_people():
        from redress.run import rebuild_warehouse

        raise typer.Exit(rebuild_warehouse())


@app.command()
def demo(
    dirty: Annotated[
        bool, typer.Option("--dirty", help="Load the records with seeded faults, into a data folder of its own.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Only keep the councils' systems up, until Ctrl-C, for nights of your own.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where Croydon's service listens, with --serve.")] = 8021,
) -> None:
    """Rebuilds five councils' records from their published figures and runs the nightly job on them.

    Each council's records come from a system of another kind: a database, a web service, a workbook, exports in local
    words, files on a drop.

    Examples: `redress demo`, `redress demo --dirty`, `redress demo --serve`
    """
    with errors_for_people():
        from redress.demo.serve import serve_demo
        from redress.demo.show import run_demo

        if dirty and serve:
            raise UsageError("Give --dirty or --serve, not both: records with faults are loaded from files.")
        raise typer.Exit(serve_demo(port) if serve else run_demo(dirty))
