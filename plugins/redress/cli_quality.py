"""The command of the quality lead."""

from datetime import date
from typing import Annotated

import typer

from redress.cli_dates import parse_date, today
from redress.cli_errors import errors_for_people
from redress.errors import UsageError

app = typer.Typer()

_HINTS = {"--reason": "--reason (all who read the pages see it)", "--by": "--by (your role)"}


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
    column: Annotated[str | None, typer.Option(metavar="NAME", help="Only issues about this column.")] = None,
    record: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only issues of this record of the case, as 'H-2019-0042|1|2'.")
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List what was accepted, and how it stands.")] = False,
    withdrawn: Annotated[
        str | None, typer.Option("--withdraw", metavar="NUMBER", help="Take this acceptance back.")
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

        of_accepting, of_withdrawing = (rule, case, until, column, record), (withdrawn, reason, by)
        is_mixed = any(of_accepting) if withdrawn is not None else list_all and any((*of_accepting, *of_withdrawing))
        if is_mixed or (list_all and withdrawn is not None):
            raise UsageError("Accept, --list or --withdraw, one at a time; `redress accept --help` shows each.")
        if list_all:
            raise typer.Exit(show_list(council, today()))
        if withdrawn is not None:
            number = _number(withdrawn)
            if reason is None or by is None:
                raise _lacking({"--reason": reason, "--by": by}, f"redress accept --withdraw {number}")
            raise typer.Exit(show_withdraw(number, reason, by, council))
        if rule is None or case is None or reason is None or by is None:
            given = {"the rule": rule, "the case": case, "--reason": reason, "--by": by}
            raise _lacking(given, f"redress accept {rule or 'D10'} {case or 'H-2019-0042'}")
        raise typer.Exit(show_accept(rule, case, reason, by, until, column, council, record))


def _number(text: str) -> int:
    if not text.isdecimal():
        raise UsageError(f"{text!r} is not the number of an acceptance; `redress accept --list` shows the numbers.")
    return int(text)


def _lacking(given: dict[str, str | None], command: str) -> UsageError:
    """All that was not given, in one sentence."""
    *first, last = [_HINTS.get(name, name) for name, value in given.items() if value is None]
    lacking = f"{', '.join(first)} and {last}" if first else last
    return UsageError(f"Give {lacking}, for example: {command} --reason WHY --by ROLE")
