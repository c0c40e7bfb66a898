"""The option --date of the commands, and the day it means when it is not given."""

from datetime import date
from typing import Annotated

import typer


def parse_date(text: str) -> date:
    """A day of an option. Raises BadParameter, which names the option, for anything but YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as YYYY-MM-DD.") from None


ExtractDate = Annotated[
    date | None,
    typer.Option("--date", parser=parse_date, metavar="YYYY-MM-DD", help="The extract date; today if not given."),
]


def today() -> date:
    """Today in Europe/London."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Europe/London")).date()
