"""The commands for whoever connects a source."""

from pathlib import Path
from typing import Annotated

import typer

from redress.cli_dates import ExtractDate, today
from redress.cli_errors import errors_for_people

app = typer.Typer()
source = typer.Typer(name="source", help="Tries a council's source.", no_args_is_help=True)
app.add_typer(source)

Council = Annotated[str, typer.Option("--council", "-c", help="The council, as its folder is called.")]


@app.command("map")
def propose_mapping(
    path: Annotated[Path, typer.Argument(help="A CSV file, a workbook, or a folder of them.")],
    council: Council,
    out: Annotated[Path | None, typer.Option(help="Write to this new file instead of showing it.")] = None,
) -> None:
    """Proposes a source.yml for a sample: headers, dates and values guessed, what is not understood in comments.

    Example: `redress map exports/complaints.xlsx --council harrow --out councils/harrow/source.proposed.yml`
    """
    with errors_for_people():
        from redress.sources.commands import show_map

        raise typer.Exit(show_map(path, council, out))


@source.command("test")
def try_source(
    council: Council,
    extract_date: ExtractDate = None,
) -> None:
    """Opens a council's source for real and shows what it has, personal columns masked. Lands nothing.

    Example: `redress source test --council harrow --date 2020-06-30`
    """
    with errors_for_people():
        from redress.sources.commands import show_source_test

        raise typer.Exit(show_source_test(council, extract_date or today()))
