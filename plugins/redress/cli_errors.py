"""How the commands tell a person what went wrong: one sentence and an exit code; a traceback only when asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from redress.errors import RedressError, UsageError

FAILED, WRONG_USAGE = 1, 2

debug = False


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Turns what a command raises into a sentence on standard error and an exit code."""
    from redress import telemetry

    telemetry.switch_off()
    try:
        yield
    except RedressError as problem:
        if debug:
            raise
        typer.echo(str(problem), err=True)
        raise typer.Exit(WRONG_USAGE if isinstance(problem, UsageError) else FAILED) from None
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as problem:
        if debug:
            raise
        typer.echo(
            f"Redress stopped on a defect of its own ({type(problem).__name__}); nothing half-done is in force. "
            "Run the command again as `redress --debug ...` and report what it shows.",
            err=True,
        )
        raise typer.Exit(FAILED) from None
