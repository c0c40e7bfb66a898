"""Nights on which a council was asked to load and did not: a small file each in its landing, with the sentence why."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from redress.errors import RedressError
from redress.paths import Home, safe_name
from redress.validation.loads import Load

LONGEST_REASON = 1000


@dataclass(frozen=True)
class Missed:
    """One such night: the step that did not end, and why, for people; nothing personal is in it."""

    council: str
    extract_date: date
    step: str
    reason: str


def missed_nights(home: Home, loads: Iterable[Load], council: str = "*") -> list[Missed]:
    """The nights a council, or every one, missed, oldest first within a council. loads: all it has.

    One that was loaded afterwards is missed no more.
    """
    loaded = {(load.council, load.extract_date) for load in loads}
    noted = [_read(file) for file in sorted(home.landing.glob(f"{council}/missed/[!.]*.json"))]
    return [night for night in noted if (night.council, night.extract_date) not in loaded]


@contextmanager
def noting_failure(home: Home, council: str, extract_date: date, step: str) -> Iterator[None]:
    """Notes the night as missed if the block raises; a load of it, made later, is what counts then.

    Only a RedressError speaks for itself. Any other may quote what it was working on, so it is named by its kind.
    """
    try:
        yield
    except Exception as problem:
        spoken = isinstance(problem, RedressError)
        reason = str(problem) if spoken else not_ended(council, extract_date, step, type(problem).__name__)
        with suppress(OSError):  # a full disk is what went wrong, and the task's log says so
            note(home, Missed(council, extract_date, step, reason))
        raise


def not_ended(council: str, extract_date: date, step: str, ended_with: str | None = None) -> str:
    """The sentence for a step that said nothing itself: where to look."""
    what = f"{step} ended with {ended_with}" if ended_with else f"{step} was stopped before its end"
    return (
        f"{what}; open the log of {council}.{step} in Airflow, or logs/nightly_{extract_date}.log after "
        "`redress nightly`, put it right and run the night again."
    )


def note(home: Home, missed: Missed) -> None:
    """Writes the night's file, whole or not at all; the last one that speaks is kept."""
    file = _file(home, missed.council, missed.extract_date)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    reason = " ".join(missed.reason.split())[:LONGEST_REASON]
    with draft.open("w", encoding="utf-8") as handle:
        json.dump(asdict(missed) | {"reason": reason}, handle, indent=2, default=str)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, file)


def is_noted(home: Home, council: str, extract_date: date) -> bool:
    """Whether the night has a file."""
    return _file(home, council, extract_date).exists()


def forget(home: Home, council: str, extract_date: date) -> None:
    """Removes the night's file, as another attempt begins."""
    _file(home, council, extract_date).unlink(missing_ok=True)


def _file(home: Home, council: str, extract_date: date) -> Path:
    return home.landing / safe_name(council, "council") / "missed" / f"{extract_date}.json"


def _read(file: Path) -> Missed:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return Missed(**document | {"extract_date": date.fromisoformat(document["extract_date"])})
    except (ValueError, KeyError, TypeError):
        raise RedressError(
            f"{file} does not hold a note of a missed night; remove it and run that night again."
        ) from None
