"""councils/NAME/telling.yml: the channels messages go out on, and who hears of what."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from redress.errors import RedressError
from redress.yaml_files import line_of, nearest

FILE_NAME = "telling.yml"

Event = Literal["load_failed", "council_rejected", "threshold_passed", "overdue_cases", "returns_ready"]

WHOLE_COUNCIL = "*"
"""Stands among the digests for all services together."""

# Of these the address itself is no secret, as long as no password stands in it.
_OPEN_ADDRESS = re.compile(r"(mailtos?|jsons?)://", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{\w+\}")
_PASSWORD = re.compile(r"://[^/@?#]*:[^/@?#]+@|[?&](pass|password|token)=[^&]", re.IGNORECASE)
_CHANNEL_NAME = re.compile(r"[a-z0-9][a-z0-9_]*\Z")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(_Strict):
    """One way to reach people: an Airflow connection that holds its address, or the address in the environment.

    to: who gets the mail, where the connection is a mail server.
    """

    connection: str | None = None
    address: str | None = None
    to: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_one_address(self) -> "Channel":
        if (self.connection is None) == (self.address is None):
            raise ValueError("give either connection or address")
        if self.address is not None:
            if self.to:
                raise ValueError("to belongs to a connection; write the recipients into the address (&to=...)")
            _refuse_secrets(self.address)
        return self


class Events(_Strict):
    """Which channels hear of what happened, by names of channels."""

    load_failed: tuple[str, ...] = ()
    council_rejected: tuple[str, ...] = ()
    threshold_passed: tuple[str, ...] = ()
    overdue_cases: tuple[str, ...] = ()
    returns_ready: tuple[str, ...] = ()

    def of(self, event: Event) -> tuple[str, ...]:
        """The channels of one event."""
        names: tuple[str, ...] = getattr(self, event)
        return names


class Telling(_Strict):
    """telling.yml. site: where the quality lead's pages are served. digests: a service's code and its channels."""

    site: str | None = Field(default=None, pattern=r"^https?://")
    overdue_at_least: int = Field(default=1, ge=1)
    channels: dict[str, Channel] = Field(default_factory=dict)
    events: Events = Field(default_factory=Events)
    digests: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("channels")
    @classmethod
    def _plain_names(cls, channels: dict[str, Channel]) -> dict[str, Channel]:
        for name in channels:
            if not _CHANNEL_NAME.match(name):
                raise ValueError(f"the name {name[:40]!r} needs lower-case letters, digits and underscores only")
        return channels

    @field_validator("digests", mode="before")
    @classmethod
    def _codes_as_text(cls, digests: Any) -> Any:
        """A service's code may look like a number."""
        return {str(code): names for code, names in digests.items()} if isinstance(digests, dict) else digests


def check_channels(telling: Telling, file: Path) -> None:
    """Raises RedressError, with file and line, for a name that is none of the channels."""
    named = {("events", event): telling.events.of(event) for event in Events.model_fields}  # type: ignore[arg-type]
    named |= {("digests", service): names for service, names in telling.digests.items()}
    for place, names in named.items():
        for name in names:
            if name not in telling.channels:
                raise RedressError(
                    f"{file}, line {line_of(file, place)}: {'.'.join(place)}: there is no channel "
                    f"{name[:40]!r}{nearest(name, telling.channels)}."
                )


def _refuse_secrets(address: str) -> None:
    """The folder of a council is no place for secrets: it is copied, mailed and kept in version control."""
    literal = _VARIABLE.sub("", address)
    if _PASSWORD.search(literal):
        raise ValueError("a password does not belong in this file; use connection, or write ${VARIABLE} in its place")
    if not address.startswith("${") and not _OPEN_ADDRESS.match(address):
        raise ValueError(
            "an address of this kind is itself a secret; use connection, or keep the whole of it in a variable of the "
            "environment and write address: ${VARIABLE}"
        )
