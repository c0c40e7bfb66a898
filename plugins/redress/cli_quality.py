"""The command of the quality lead."""

from datetime import date
from typing import Annotated

import typer

from redress.cli_dates import parse_date, today
from redress.cli_errors import errors_for_people
from redress.errors import UsageError

app = typer.Typer()


@app.command()
def accept(
    rule: Annotated[str | None, typer.Argument(help="The code of the rule, for example D10.")] = None,
    case: Annotated[
        str | None, typer.Argument(help="The case as the issue names it; the record's key where it has no case.")
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            help="Why it is right as it is. All who may read the pages see it: no names, no details of a life."
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="ROLE", help="In which role, for example 'Complaints Manager'; not a name.")
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(parser=parse_date, metavar="YYYY-MM-DD", help="The last day it holds; without end if not given."),
    ] = None,
    council: Annotated[
        str | None, typer.Option("--council", "-c", help="Needed where more than one council has such an issue.")
    ] = None,
    column: Annotated[str | None, typer.Option(metavar="NAME", help="Only the issue about this column.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List what was accepted, and how it stands.")] = False,
    number: Annotated[
        int | None, typer.Option("--withdraw", metavar="NUMBER", help="Take this acceptance back.")
    ] = None,
) -> None:
    """Accepts a warning on a case: it leaves the lists until the record changes. Critical rules cannot be accepted.

    The reason is shown to all who may read the quality lead's pages, so it never holds a name.

    Examples: `redress accept D10 H-2019-0042 --reason "Late request agreed by letter" --by "Complaints Manager"`,
    `redress accept E03 H-2019-0042 --column ethnicity --until 2027-03-31 --reason "Asked twice" --by "Team Manager"`,
    `redress accept --list --council harrow`,
    `redress accept --withdraw 3 --council harrow --by "Complaints Manager" --reason "Accepted by mistake"`
    """
    with errors_for_people():
        from redress.validation.accepting import show_accept, show_list, show_withdraw

        of_accepting, of_withdrawing = (rule, case, until, column), (number, reason, by)
        is_mixed = any(of_accepting) if number is not None else list_all and any((*of_accepting, *of_withdrawing))
        if is_mixed or (list_all and number is not None):
            raise UsageError("Accept, --list or --withdraw, one at a time; `redress accept --help` shows each.")
        if list_all:
            raise typer.Exit(show_list(council, today()))
        if reason is None or by is None:
            raise UsageError("Give --reason, which all who read the pages see, and --by with your role.")
        if number is not None:
            raise typer.Exit(show_withdraw(number, reason, by, council))
        if rule is None or case is None:
            raise UsageError(
                "Name the rule and the case, for example: redress accept D10 H-2019-0042 --reason ... --by ..."
            )
        raise typer.Exit(show_accept(rule, case, reason, by, until, column, council))
