"""What has been told already, so that a night that is run again tells nobody the same twice.

A small file a message under REDRESS_HOME/logs/told. It is a record of what was done, as a log is, and housekeeping
removes it with the logs; without it nothing is lost, a night that is run again only tells people once more.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from redress.paths import Home
from redress.telling.messages import Message


@dataclass(frozen=True)
class Occasion:
    """What a message is about. subject: what tells several of one event and night apart, a service for example."""

    council: str
    event: str
    night: date
    subject: str = ""

    def file(self, home: Home) -> Path:
        """Where is kept on which channels it was told."""
        mark = hashlib.sha256(self.subject.encode()).hexdigest()[:8]
        name = f"{self.night.isoformat()}_{self.event}{f'_{mark}' if self.subject else ''}.json"
        return home.logs / "told" / self.council / name


def not_told(home: Home, occasion: Occasion, message: Message, channels: Iterable[str]) -> list[str]:
    """The channels that have not had this very message on this occasion."""
    told = _read(occasion.file(home))
    return [channel for channel in channels if told.get(channel, {}).get("message") != _digest(message)]


def remember(home: Home, occasion: Occasion, message: Message, channels: Iterable[str]) -> None:
    """Keeps that the message went out on these channels. Two that are told at the same moment may be told again."""
    file = occasion.file(home)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    told = _read(file) | {channel: {"message": _digest(message), "at": at} for channel in channels}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    draft.write_text(json.dumps(told, indent=2), encoding="utf-8")
    os.replace(draft, file)


def _read(file: Path) -> dict[str, dict[str, str]]:
    """What is kept; nothing if the file is not there or a crash left it unreadable."""
    try:
        told: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told


def _digest(message: Message) -> str:
    return hashlib.sha256(repr((message.subject, message.lines)).encode()).hexdigest()
