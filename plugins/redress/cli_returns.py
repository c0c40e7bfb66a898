"""The commands about figures and returns."""

from pathlib import Path
from typing import Annotated

import typer

from redress.cli_errors import errors_for_people
from redress.errors import UsageError

app = typer.Typer()

Council = Annotated[str, typer.Option("--council", "-c", help="The council, as its folder is called.")]
OneCouncil = Annotated[str | None, typer.Option("--council", "-c", help="Only this council.")]
Kind = Annotated[str, typer.Argument(help="annual or quarterly, as the council's returns/ folder has it.")]
PeriodText = Annotated[str, typer.Argument(metavar="PERIOD", help="2017/18, or 'Q2 2018/19'.")]


@app.command("return")
def build_return(
    kind: Kind,
    period: PeriodText,
    council: Council,
    publication: Annotated[bool, typer.Option(help="Hide small counts, for the public.")] = False,
    formats: Annotated[
        str, typer.Option("--format", help="html, xlsx, docx, pdf, csv, joined by commas; all if not given.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Copy the documents into this folder too.")] = None,
    structure: Annotated[
        str | None, typer.Option(help="time or today: services as they were, or as they are now.")
    ] = None,
    signed: Annotated[
        int | None, typer.Option(help="Print this signed version again, byte for byte, into --out.")
    ] = None,
) -> None:
    """Builds a return as HTML, XLSX, DOCX, PDF and CSV.

    Examples: `redress return annual 2017/18 --council harrow`,
    `redress return quarterly "Q2 2018/19" --council croydon --publication --format html,xlsx`
    """
    with errors_for_people():
        from redress.returns.commands import show_return

        names = [name.strip() for name in formats.split(",") if name.strip()]
        raise typer.Exit(show_return(kind, period, council, publication, names, out, structure, signed))


@app.command("sign-off")
def sign_off(
    kind: Kind,
    period: PeriodText,
    council: Council,
    by: Annotated[str, typer.Option(help="In which role, for example 'Complaints Manager'; not a person's name.")],
) -> None:
    """Freezes the figures and documents of a return that was built and read.

    Example: `redress sign-off annual 2017/18 --council harrow --by "Complaints Manager"`
    """
    with errors_for_people():
        from redress.returns.commands import show_sign_off

        raise typer.Exit(show_sign_off(kind, period, council, by))


@app.command()
def figures(
    metric: Annotated[str | None, typer.Argument(help="A metric; all are listed if none is given.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Split by this dimension (may be given more than once).")] = None,
    period: Annotated[str | None, typer.Option(help="2017/18, or 'Q2 2018/19'; every year if not given.")] = None,
    council: Annotated[
        list[str] | None, typer.Option("--council", "-c", help="Only this council (may be given more than once).")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write to this CSV file instead.")] = None,
) -> None:
    """Asks for a metric, split as you like; each figure with its id.

    Example: `redress figures stage1_in_time_rate --by service_area --period 2017/18 --council harrow`
    """
    with errors_for_people():
        from redress.returns.commands import show_figures, show_metrics

        if metric is None and (by or period or council or csv):
            raise UsageError("Name the metric first; `redress figures` alone lists all of them.")
        raise typer.Exit(show_figures(metric, by or [], period, council or [], csv) if metric else show_metrics())


@app.command()
def explain(
    figure_id: Annotated[str, typer.Argument(help="From a return, from `redress figures` or from return_figures.")],
) -> None:
    """Shows the cases behind a figure, and the file and row each came from. For internal use.

    Example: `redress explain figures/harrow/stage1_received/2017-18/gender=male`
    """
    with errors_for_people():
        from redress.returns.commands import show_explanation

        raise typer.Exit(show_explanation(figure_id))


@app.command()
def compare(council: OneCouncil = None) -> None:
    """Sets the published figures of five reports beside the computed ones (needs the demo's records).

    Examples: `redress compare`, `redress compare --council harrow`
    """
    with errors_for_people():
        from redress.returns.commands import show_comparison

        raise typer.Exit(show_comparison(council))


@app.command()
def reconcile(
    file: Annotated[Path, typer.Argument(help="Printed figures as CSV; see docs/read/reconciliation.md.")],
) -> None:
    """Finds what does not add up in a file of printed figures.

    Example: `redress reconcile figures.csv`
    """
    with errors_for_people():
        from redress.returns.commands import show_reconciliation

        raise typer.Exit(show_reconciliation(file))
