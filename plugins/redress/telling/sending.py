"""Sends a message on its channels. A channel that is down is said so in a sentence, and stops no other."""

import logging
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from redress.sources.connections import MASK
from redress.telling.messages import Message

if TYPE_CHECKING:
    import apprise

TRIES = 3
WAIT_SECONDS = 1.0
"""Between tries."""

SECONDS = 8.0
"""How long a message may take on one channel, all tries together.

Airflow ends a task's process 20 seconds after its task, callbacks or not (`task_success_overtime`); a task has up to
two callbacks that tell somebody.
"""

MOST_CHARACTERS = 200

_NOWHERE = logging.NullHandler()
_APART = re.compile(r"[/?&=:@,]+")
_IN_MARKDOWN = re.compile(r"([\\`*_\[\]<>])")


@dataclass(frozen=True)
class Outcome:
    """What came of a message on one channel. sentence: why not, without the address's secrets; empty if sent."""

    channel: str
    is_sent: bool
    sentence: str = ""


def send(message: Message, addresses: Mapping[str, str], site: str | None, seconds: float = SECONDS) -> list[Outcome]:
    """Sends on every channel at the same time; none takes longer than so many seconds.

    addresses: by name of the channel. site: where the pages are served, if anywhere.
    """
    if not addresses:
        return []
    _quieten()
    with ThreadPoolExecutor(len(addresses)) as pool:
        sent = [pool.submit(_send, message, name, address, site, seconds) for name, address in addresses.items()]
        return [future.result() for future in sent]


def kind_of(address: str) -> str:
    """What an address leads to, as people call it: E-Mail, Slack; empty if it is not understood."""
    _quieten()
    service = _service(address, SECONDS)
    return str(service.service_name) if service else ""


def as_text(message: Message, site: str | None) -> str:
    """The lines of a message, items under each other and paragraphs apart."""
    return _joined([*message.lines, *_look(message, site)])


def as_markdown(message: Message, site: str | None) -> str:
    """The same where the channel reads Markdown and nothing else: Teams. Every other sign stands for itself."""
    lines = [_IN_MARKDOWN.sub(r"\\\1", line) for line in message.lines]
    link = f"[{message.look.label}]({_address(message.look.path, site)})" if message.look and site else None
    return _joined([*lines, *([link] if link else _look(message, site))])


def _send(message: Message, name: str, address: str, site: str | None, seconds: float) -> Outcome:
    import apprise

    try:
        service = _service(address, seconds)
        if service is None:
            return Outcome(name, False, "its address is not one that can be sent to; docs/run/telling.md shows some")
        only_markdown = service.notify_format == apprise.NotifyFormat.MARKDOWN
        sender = apprise.Apprise(services=service)
        result = sender.notify(
            body=as_markdown(message, site) if only_markdown else as_text(message, site),
            title=_IN_MARKDOWN.sub(r"\\\1", message.subject) if only_markdown else message.subject,
            notify_type=message.tone,
            body_format="markdown" if only_markdown else "text",
            timeout=seconds,
            log_level=logging.DEBUG,
        )
    except Exception as problem:
        # Its text may hold the address.
        return Outcome(name, False, f"it could not be used ({type(problem).__name__})")
    if result:
        return Outcome(name, True)
    return Outcome(name, False, _without_secrets(_why(result, seconds), service))


def _service(address: str, seconds: float) -> "apprise.NotifyBase | None":
    import apprise

    asset = apprise.AppriseAsset(
        app_id="Redress",
        app_desc="Redress",
        app_url="",
        # No pictures from elsewhere in a council's mail, and no token follows a redirect to another host.
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        default_service_retry=TRIES - 1,
        default_service_wait=WAIT_SECONDS,
        service_timeout=seconds,
    )
    service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        return None
    # apprise keeps messages apart by seconds; ours is one, and what keeps its tries apart is WAIT_SECONDS.
    service.request_rate_per_sec = 0
    return service


def _quieten() -> None:
    """apprise says what it does to nobody but us, as its debug messages name addresses; so do urllib3's.

    Each time anew, as Airflow sets up logging when it is imported, and may be after us.
    """
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.handlers = [_NOWHERE]
    logging.getLogger("urllib3").setLevel(logging.INFO)


def _why(result: Any, seconds: float) -> str:
    """What the last try said: the error of the connection if there was one, else the service's own warning."""
    attempts = [attempt for service in result for attempt in service.attempts]
    if not attempts:
        return "no reason was given"
    if attempts[-1].status.name == "TIMEOUT":
        return f"no answer within {seconds:g} seconds"
    said = [entry for entry in attempts[-1].logs if entry.level in ("DEBUG", "WARNING", "ERROR")]
    sockets = [entry.message for entry in said if entry.message.startswith("Socket Exception: ")]
    warnings = [entry.message for entry in said if entry.level != "DEBUG"]
    reason = (sockets or warnings or ["no reason was given"])[-1].removeprefix("Socket Exception: ")
    # Of a failed request the cause alone: what stands before it is the address.
    return " ".join((reason.partition("(Caused by ")[2].removesuffix(")") or reason).split())


def _without_secrets(text: str, service: "apprise.NotifyBase") -> str:
    """A text without the parts of the address that apprise itself hides when it shows one."""
    masked, whole = (str(service.url(privacy=privacy)) for privacy in (True, False))  # type: ignore[no-untyped-call]
    hidden = set(_APART.split(whole)) - set(_APART.split(masked)) - {""}
    for part in sorted(hidden | {unquote(part) for part in hidden}, key=len, reverse=True):
        text = text.replace(part, MASK)
    return text[:MOST_CHARACTERS]


def _look(message: Message, site: str | None) -> list[str]:
    if message.look is None:
        return []
    return [f"{message.look.label}: {_address(message.look.path, site)}"]


def _address(path: str, site: str | None) -> str:
    return f"{site.rstrip('/')}/{path}" if site else f"reports/site/{path} in the data folder"


def _joined(lines: list[str]) -> str:
    """Items that follow each other stay together; everything else is a paragraph."""
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        between = "\n" if before.startswith("- ") and line.startswith("- ") else "\n\n"
        text += f"{between}{line}" if text else line
    return text
