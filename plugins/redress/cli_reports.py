"""The command that makes the quality lead's pages anew."""

import typer

from redress.cli_errors import errors_for_people

app = typer.Typer()


@app.command()
def reports() -> None:
    """Makes the quality lead's pages anew from what is published, as every night does.

    Example: `redress reports`
    """
    with errors_for_people():
        from redress.councils import load_councils
        from redress.paths import Home
        from redress.reports.site import build_site

        home = Home.from_environment()
        counts = build_site(home, load_councils())
        typer.echo(f"Made {counts['pages']} pages, {counts['files']} files in all. Open {home.reports / 'index.html'}")
