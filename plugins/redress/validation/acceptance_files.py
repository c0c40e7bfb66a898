"""Acceptances as they are kept: a JSON file an act, accepting or taking back, appended to and never changed."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from redress.errors import RedressError
from redress.paths import Home, safe_name

MOST_NAMED = 5
"""So many records are named in a sentence."""

_NAME = re.compile(r"\d{6,}\.json\Z")


@dataclass(frozen=True)
class AcceptedIssue:
    """What an acceptance covers: the identity of an issue, and the hash of what its rule looked at."""

    entity: str
    record_key: str
    column_name: str | None
    occurrence: int
    relevant_hash: str | None


@dataclass(frozen=True)
class Withdrawal:
    """An acceptance taken back: in which role, why and when (UTC)."""

    by: str
    reason: str
    at: datetime
    via: str
    user: str | None = None


@dataclass(frozen=True)
class Acceptance:
    """A warning answered for. number counts the acts of a council; at is UTC, accepted_on the day in London.

    case_ref is the case's reference, or the record's key where it belongs to no case. until is its last day, None for
    no end. by is a role; via is command or page, user the name in Airflow where it was the page. after_load is the load
    whose issues were looked at: what a later one finds may end it.
    """

    number: int
    council: str
    rule: str
    case_ref: str
    issues: tuple[AcceptedIssue, ...]
    reason: str
    by: str
    until: date | None
    accepted_on: date
    at: datetime
    after_load: int
    via: str
    user: str | None = None
    withdrawal: Withdrawal | None = None

    @property
    def what(self) -> str:
        """The rule, and the records and columns it is about: names of rows, never a value."""
        columns: dict[tuple[str, str], list[str]] = {}
        for issue in self.issues:
            columns.setdefault((issue.entity, issue.record_key), []).append(issue.column_name or "the whole row")
        named = [f"{entity} {key} ({', '.join(dict.fromkeys(names))})" for (entity, key), names in columns.items()]
        more = f" and {len(named) - MOST_NAMED} more records" if len(named) > MOST_NAMED else ""
        return f"{self.rule} on {'; '.join(named[:MOST_NAMED])}{more}"

    @property
    def sentence(self) -> str:
        """What became of it, in words, without the reason."""
        if self.withdrawal:
            return (
                f"Acceptance {self.number} of {self.council} is withdrawn by {self.withdrawal.by}: {self.what} "
                "is open again if the record still fails."
            )
        until = f"until {self.until}" if self.until else "without an end"
        return (
            f"Acceptance {self.number} of {self.council} by {self.by} holds {until}, or till what the rule looks at "
            f"changes: {self.what}."
        )

    def is_past(self, on: date) -> bool:
        """Whether its last day lies before a date; whether it still covers an issue depends on the record too."""
        return self.until is not None and self.until < on


def read(home: Home, council_name: str) -> list[Acceptance]:
    """All acceptances of a council, oldest first, those taken back included.

    Raises RedressError for a file that is none of ours.
    """
    found: dict[int, Acceptance] = {}
    for path in _files(home, council_name):
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if document.pop("act") == "accept":
                accepted = _reader(Acceptance).validate_python(document)
                found[accepted.number] = accepted
            else:
                number = document.pop("acceptance")
                found[number] = replace(found[number], withdrawal=_reader(Withdrawal).validate_python(document))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise RedressError(
                f"{path} does not hold an acceptance ({type(problem).__name__}); restore it from a copy."
            ) from None
    return list(found.values())


def next_number(home: Home, council_name: str) -> int:
    """The number of the next act."""
    return max((int(path.stem) for path in _files(home, council_name)), default=0) + 1


def append_acceptance(home: Home, acceptance: Acceptance) -> None:
    """Writes an acceptance under its number. The caller holds the council's lock."""
    document = asdict(acceptance)
    del document["withdrawal"]
    _write(home, acceptance.council, acceptance.number, {"act": "accept", **document})


def append_withdrawal(home: Home, acceptance: Acceptance, withdrawal: Withdrawal) -> None:
    """Writes that an acceptance is taken back. The caller holds the council's lock."""
    document = {"act": "withdraw", "acceptance": acceptance.number, **asdict(withdrawal)}
    _write(home, acceptance.council, next_number(home, acceptance.council), document)


def _write(home: Home, council_name: str, number: int, document: dict[str, Any]) -> None:
    """Under its name the file is whole or not there."""
    folder = _folder(home, council_name)
    folder.mkdir(exist_ok=True)
    file = folder / f"{number:06d}.json"
    draft = folder / f".{file.name}.draft"
    with draft.open("w", encoding="utf-8") as handle:
        json.dump(document, handle, indent=2, ensure_ascii=False, default=_text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, file)


def _files(home: Home, council_name: str) -> Iterator[Path]:
    folder = _folder(home, council_name)
    found = [path for path in folder.iterdir() if _NAME.match(path.name)] if folder.is_dir() else []
    yield from sorted(found, key=lambda path: int(path.stem))


def _folder(home: Home, council_name: str) -> Path:
    return home.landing / safe_name(council_name, "council") / "acceptances"


def _text(value: date | datetime) -> str:
    return value.isoformat()


@cache
def _reader(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
