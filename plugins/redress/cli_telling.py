"""The commands for whoever sets up who is told what."""

from typing import Annotated

import typer

from redress.cli_errors import errors_for_people

app = typer.Typer()
telling = typer.Typer(name="telling", help="Who is told what.", no_args_is_help=True)
app.add_typer(telling)


@telling.command("test")
def try_channels(
    council: Annotated[str, typer.Option("--council", "-c", help="The council, as its folder is called.")],
) -> None:
    """Sends a test message on each channel of a council's telling.yml and says what came of it.

    Example: `redress telling test --council harrow`
    """
    with errors_for_people():
        from redress.telling.commands import show_test

        raise typer.Exit(show_test(council))
