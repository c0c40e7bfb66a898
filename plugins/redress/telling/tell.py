"""Tells the people a council has named what happened. Nothing here fails a night: what cannot be sent is logged."""

import logging
import os
from collections.abc import Iterable, Mapping
from datetime import date

from redress.councils import Council
from redress.paths import Home
from redress.telling import messages
from redress.telling.addresses import addresses
from redress.telling.definition import WHOLE_COUNCIL
from redress.telling.facts import Draft, Failure, Published, held_back, loads_of_run, open_published
from redress.telling.messages import Message
from redress.telling.sending import SECONDS, Outcome, send
from redress.telling.told import Occasion, not_told, remember

log = logging.getLogger(__name__)

ALL_COUNCILS = "all_councils"
"""Stands in the place of a council in what is told of the night as a whole."""

DIGEST_SECONDS = 60.0
"""How long a message of a task of its own may take on one channel."""


def is_switched_off() -> bool:
    """Whether REDRESS_TELLING says that nobody is told, as when many past nights are replayed."""
    return os.environ.get("REDRESS_TELLING", "").strip().lower() in ("off", "no", "0", "false")


def tell_rejected(home: Home, council: Council, night: date, newest: int = 0) -> list[Outcome]:
    """Of files that the night's loads rejected, and the newest so many loads of the run."""
    channels = council.telling.events.council_rejected
    outcomes: list[Outcome] = []
    for day, loads in loads_of_run(home, council.name, night, newest).items() if channels else ():
        message = messages.rejected(council.title, day, [run for load in loads for run in load.runs()])
        outcomes += _tell(home, council, channels, Occasion(council.name, "council_rejected", day), message)
    return outcomes


def tell_threshold_passed(home: Home, council: Council, night: date, newest: int = 0) -> list[Outcome]:
    """Of entities of which too large a share was held back, in the same loads."""
    channels, threshold = council.telling.events.threshold_passed, council.settings.quarantine_threshold
    outcomes: list[Outcome] = []
    for day, loads in loads_of_run(home, council.name, night, newest).items() if channels else ():
        message = messages.threshold_passed(council.title, day, held_back(loads, threshold), threshold)
        outcomes += _tell(home, council, channels, Occasion(council.name, "threshold_passed", day), message)
    return outcomes


def tell_overdue(home: Home, council: Council, night: date) -> list[Outcome]:
    """Of cases past a time limit, once the night's facts are published."""
    channels = council.telling.events.overdue_cases
    if not channels:
        return []
    with open_published(home, council.name, night) as published:
        if published is None or published.as_at != night:
            return []
        message = messages.overdue(council.title, night, published.clocks(), council.telling.overdue_at_least)
    occasion = Occasion(council.name, "overdue_cases", night)
    return _tell(home, council, channels, occasion, message, DIGEST_SECONDS)


def tell_digests(home: Home, council: Council, night: date) -> list[Outcome]:
    """Each service's people of its issues and time limits, if the council has loaded this night."""
    digests = council.telling.digests
    outcomes: list[Outcome] = []
    if not digests:
        return []
    with open_published(home, council.name, night) as published:
        found = {} if published is None or not published.is_loaded else _digests(home, council, published)
    for service, message in found.items():
        occasion = Occasion(council.name, "digest", night, service)
        outcomes += _tell(home, council, digests[service], occasion, message, DIGEST_SECONDS)
    return outcomes


def tell_returns_ready(home: Home, council: Council, night: date, draft: Draft) -> list[Outcome]:
    """Of a draft of a return that has been built."""
    occasion = Occasion(council.name, "returns_ready", night, f"{draft.kind} {draft.period}")
    message = messages.returns_ready(council.title, draft)
    return _tell(home, council, council.telling.events.returns_ready, occasion, message)


def tell_load_failed(home: Home, council: Council, night: date, failure: Failure) -> list[Outcome]:
    """Of a step of a council's load that failed for good."""
    occasion = Occasion(council.name, "load_failed", night, failure.task)
    message = messages.load_failed(council.shown_title, night, failure)
    return _tell(home, council, council.telling.events.load_failed, occasion, message)


def tell_night_failed(home: Home, councils: Iterable[Council], night: date, failure: Failure) -> list[Outcome]:
    """Of a step of the whole night that failed: everyone who hears of failed loads, each address once."""
    found: dict[str, str] = {}
    for council in councils:
        names, wrong = addresses(council.telling, council.telling.events.load_failed)
        _log_wrong(council.name, wrong)
        found |= {f"{council.name}.{name}": to for name, to in names.items() if to not in found.values()}
    occasion = Occasion(ALL_COUNCILS, "load_failed", night, failure.task)
    return _send(home, occasion, messages.load_failed(None, night, failure), found, None, SECONDS)


def _digests(home: Home, council: Council, published: Published) -> dict[str, Message | None]:
    from redress.validation.catalogue import load_catalogue

    remedies = {code: rule.remedy for code, rule in load_catalogue().rules.items()}
    return {
        service: messages.digest(
            council.title, published.night, published.service_news(service, remedies), _download(home, council, service)
        )
        for service in council.telling.digests
    }


def _download(home: Home, council: Council, service: str) -> str | None:
    """The workbook with the issues of a service, or of the whole council, below the site; None where there is none."""
    path = f"downloads/{council.name}/issues{'' if service == WHOLE_COUNCIL else f'_{service}'}.xlsx"
    return path if (home.reports / "site" / path).exists() else None


def _tell(
    home: Home,
    council: Council,
    channels: Iterable[str],
    occasion: Occasion,
    message: Message | None,
    seconds: float = SECONDS,
) -> list[Outcome]:
    """Sends a message, if there is one, on the channels that have not had it."""
    if message is None or not (waiting := not_told(home, occasion, message, channels)):
        return []
    found, wrong = addresses(council.telling, waiting)
    _log_wrong(council.name, wrong)
    failed = [Outcome(name, False, sentence) for name, sentence in wrong.items()]
    return _send(home, occasion, message, found, council.telling.site, seconds) + failed


def _send(
    home: Home, occasion: Occasion, message: Message, found: Mapping[str, str], site: str | None, seconds: float
) -> list[Outcome]:
    waiting = not_told(home, occasion, message, found)
    outcomes = send(message, {name: found[name] for name in waiting}, site, seconds)
    for outcome in outcomes:
        what = f"{occasion.event} of {occasion.council}"
        if outcome.is_sent:
            log.info("Told %s of %s.", outcome.channel, what)
        else:
            log.warning("Could not tell %s of %s: %s", outcome.channel, what, outcome.sentence)
    if sent := [outcome.channel for outcome in outcomes if outcome.is_sent]:
        remember(home, occasion, message, sent)
    return outcomes


def _log_wrong(council: str, wrong: Mapping[str, str]) -> None:
    for name, sentence in wrong.items():
        log.warning("The channel %s of %s cannot be used: %s", name, council, sentence)
