"""What the commands about telling people do and show."""

from rich.console import Console

from redress.councils import get_council
from redress.errors import UsageError
from redress.show import table
from redress.telling.addresses import addresses
from redress.telling.definition import FILE_NAME, Events, Telling
from redress.telling.messages import trial
from redress.telling.sending import kind_of, send

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
    table(Console(), f"Channels of {council.title}", ("channel", "kind", "hears of", "test"), rows)
    return DONE if all(said == "sent" for said in came.values()) else FAILED


def _hears_of(telling: Telling, channel: str) -> str:
    events = [event for event in Events.model_fields if channel in telling.events.of(event)]  # type: ignore[arg-type]
    digests = [f"digest {service}" for service, names in telling.digests.items() if channel in names]
    return ", ".join([*events, *digests]) or "nothing"
