"""What the commands about telling people do and show."""

from rich.console import Console

from redress.councils import get_council
from redress.errors import UsageError
from redress.paths import Home
from redress.show import table
from redress.telling.addresses import addresses
from redress.telling.definition import FILE_NAME, WHOLE_COUNCIL, Events, Telling
from redress.telling.messages import trial
from redress.telling.sending import kind_of, send
from redress.warehouse.publish import open_reporting, reporting_file

DONE, FAILED = 0, 1
SECONDS = 30.0


def show_test(council_name: str) -> int:
    """Sends a test message on every channel and prints what came of each; returns the exit code.

    Raises UsageError where the council has no channels, RedressError where telling.yml cannot be read.
    """
    council = get_council(council_name)
    telling = council.telling
    if not telling.channels:
        raise UsageError(
            f"{council.folder / FILE_NAME} names no channels, so nobody is told anything; "
            "docs/run/telling.md shows how to set it up."
        )
    found, wrong = addresses(telling, telling.channels)
    came = dict(wrong)
    for name, address in found.items():
        for outcome in send(trial(council.title, name), {name: address}, telling.site, SECONDS):
            came[name] = "sent" if outcome.is_sent else f"not sent: {outcome.sentence}"
    rows = [(name, kind_of(found.get(name, "")), _hears_of(telling, name), came[name]) for name in telling.channels]
    console = Console()
    table(console, f"Channels of {council.title}", ("channel", "kind", "hears of", "test"), rows)
    known = _services(council.name)
    nobody = sorted(set(telling.digests) - {WHOLE_COUNCIL} - known) if known else []
    for code in nobody:
        console.print(
            f"No service of {council.title} has the code {code}, so its digest tells of nothing; correct digests in "
            f"{council.folder / FILE_NAME}.",
            markup=False,
            soft_wrap=True,
        )
    return DONE if not nobody and all(said == "sent" for said in came.values()) else FAILED


def _services(council_name: str) -> set[str]:
    """The codes of the council's services, as they are published; none before the first publication."""
    file = reporting_file(Home.from_environment())
    if not file.exists():
        return set()
    with open_reporting(file) as con:
        if not con.execute("select 1 from duckdb_tables() where table_name = 'dim_service'").fetchone():
            return set()
        asked = con.execute("select distinct service_code from dim_service where council = ?", [council_name])
        return {code for (code,) in asked.fetchall()}


def _hears_of(telling: Telling, channel: str) -> str:
    events = [event for event in Events.model_fields if channel in telling.events.of(event)]  # type: ignore[arg-type]
    digests = [f"digest {service}" for service, names in telling.digests.items() if channel in names]
    return ", ".join([*events, *digests]) or "nothing"
