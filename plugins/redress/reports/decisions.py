"""What was accepted or taken back since the last night, in a file beside the pages that they read at once."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from redress.paths import Home
from redress.reports.folders import site_folder
from redress.reports.reading import Reading
from redress.validation.acceptances import Acceptance, readable_acceptances

FILE = Path("data") / "decisions.js"
KNOWN = Path("data") / "known_acceptances.json"


def write_first_decisions(reading: Reading, folder: Path) -> None:
    """Notes in a new site which acceptances its pages know of, and what was decided while it was built."""
    known: dict[str, dict[str, Any]] = {
        row["council"]: {"night": str(row["night"]), "in_force": [], "ended": []}
        for row in reading.rows("select council, night from nights where night is not null")
    }
    if reading.has_build:
        for row in reading.rows("""
            select council, number, bool_or(ended_on is null) as is_in_force
            from build.quality.acceptances group by council, number order by council, number
        """):
            known[row["council"]]["in_force" if row["is_in_force"] else "ended"].append(row["number"])
    (folder / KNOWN).parent.mkdir(exist_ok=True)
    (folder / KNOWN).write_text(json.dumps(known), encoding="utf-8")
    _write(reading.home, folder)


def write_decisions(home: Home) -> None:
    """Tells the pages in force of what was decided since they were built; nothing happens where there are none."""
    if (site_folder(home) / KNOWN).exists():
        with deciding(home):
            _write(home, site_folder(home).resolve())


@contextmanager
def deciding(home: Home) -> Iterator[None]:
    """One writer of the file at a time, and none while a new site takes its place: the last has read all decisions."""
    from filelock import FileLock

    with FileLock(home.reports / "decisions.lock"):
        yield


def _write(home: Home, folder: Path) -> None:
    known: dict[str, dict[str, Any]] = json.loads((folder / KNOWN).read_text(encoding="utf-8"))
    decided: dict[str, list[dict[str, Any]]] = {"accepted": [], "withdrawn": []}
    for council, facts in known.items():
        night = date.fromisoformat(facts["night"])
        for one in readable_acceptances(home, council):
            if one.number in facts["in_force"]:
                decided["withdrawn"] += _issues(one) if one.withdrawal else []
            elif one.number not in facts["ended"] and not one.withdrawal and not one.is_past(night):
                decided["accepted"] += _issues(one)
    draft = folder / FILE.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(f"window.redressDecisions = {json.dumps(decided)};\n", encoding="utf-8")
    os.replace(draft, folder / FILE)


def issue_keys(one: Acceptance) -> list[str]:
    """The issues an acceptance covers, by the key that dq_issues has."""
    return [
        "|".join(
            (one.council, one.rule, issue.entity, issue.record_key, issue.column_name or "", str(issue.occurrence))
        )
        for issue in one.issues
    ]


def _issues(one: Acceptance) -> list[dict[str, Any]]:
    return [{"key": key, "number": one.number} for key in issue_keys(one)]
