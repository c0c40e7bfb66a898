"""What became of a council's night, in one plain sentence: the worst of its entities first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from redress.reports.page import counted, day

Run = dict[str, Any]
"""A row of runs.sql."""


@dataclass(frozen=True)
class NightSentence:
    """mark: the colour class of base.html's marks; word: what stands in it; badness: orders councils, worst highest."""

    word: str
    mark: str
    sentence: str
    badness: int


SILENT = 7
"""Above every verdict: nobody knows how its records are."""

NOT_LOADED = NightSentence("Not loaded yet", "none", "Nothing was ever delivered and loaded.", -1)

_WORDS = {
    "could_not_run": ("Could not run", "bad"),
    "rejected": ("Rejected", "bad"),
    "accepted_held_back": ("Held back", "warn"),
    "accepted_with_warnings": ("Warnings", "warn"),
    "accepted": ("Accepted", "good"),
    "unchanged": ("Nothing new", "good"),
    "not_delivered": ("Nothing delivered", "none"),
}


def word_of(verdict: str) -> tuple[str, str]:
    """The word and the mark of a verdict."""
    return _WORDS[verdict]


def sentence_of(runs: Iterable[Run]) -> NightSentence:
    """The sentence of one night of one council. runs: one an entity."""
    ordered = sorted(runs, key=lambda run: (-run["badness"], run["entity"]))
    worst = ordered[0]
    word, mark = _WORDS[worst["verdict"]]
    if worst["verdict"] == "could_not_run":
        said = _why(worst, "could not run. ")
    elif worst["verdict"] == "rejected":
        said = _rejected(ordered)
    elif worst["verdict"] == "not_delivered":
        said = f"Nothing was delivered, and nothing was removed.{_waiting(ordered)}"
    else:
        said = f"{_accepted(ordered)}{_waiting(ordered)}"
    return NightSentence(word, mark, said, worst["badness"])


def not_delivered(runs: Iterable[Run], known: Iterable[str]) -> str:
    """Which of the entities that came before did not come with the others; nothing where all or none came."""
    runs = list(runs)
    missing = sorted(run["entity"] for run in runs if run["verdict"] == "not_delivered" and run["entity"] in set(known))
    if not missing or all(run["verdict"] in ("not_delivered", "could_not_run") for run in runs):
        return ""
    return f"Not delivered: {listed(missing)}."


def listed(names: Iterable[str]) -> str:
    """a, b and c."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def silent_since(night: date, said: NightSentence) -> NightSentence:
    """Of a council whose newest night is older than that of others: what became of that one, told as such."""
    return NightSentence("Silent", "none", f"Last heard of on {day(night)}. {said.sentence}", SILENT)


def _rejected(runs: list[Run]) -> str:
    """Which files were rejected and why; then what became of the rest."""
    rejected = [run | {"why": _why(run, "rejected. ")} for run in runs if run["verdict"] == "rejected"]
    said = []
    for (file, why), of_file in groupby(sorted(rejected, key=_file_and_why), _file_and_why):
        named = f" ({file})" if file and file not in why else ""
        said.append(f"Rejected, {listed(run['entity'] for run in of_file)}{named}: {why}")
    rest = [run for run in runs if run["verdict"] not in ("rejected", "not_delivered")]
    if rest:
        accepted = _accepted(rest)
        said.append(f"The rest: {accepted[0].lower()}{accepted[1:]}")
    return f"{' '.join(said)}{_waiting(runs)}"


def _accepted(runs: list[Run]) -> str:
    """Of entities none of which was rejected: what was held back, then warnings, then how much was new."""
    held = _by_entity(runs, "rows_quarantined")
    warned = _by_entity(runs, "rows_with_warnings")
    if held:
        total = sum(count for _, count in held)
        said = f"Accepted, {counted(total, 'record')} held back ({_counts(held)})."
        if warned:
            said += f" {counted(sum(count for _, count in warned), 'record')} accepted with warnings."
    elif warned:
        total = sum(count for _, count in warned)
        said = f"Accepted with warnings on {counted(total, 'record')} ({_counts(warned)})."
    elif any(run["verdict"] == "accepted_with_warnings" for run in runs):
        whole = [run["entity"] for run in runs if run["verdict"] == "accepted_with_warnings"]
        said = f"Accepted with a warning about the whole extract of {listed(whole)}."
    else:
        said = _new(runs)
    kept = [run["entity"] for run in runs if run["verdict"] == "accepted_held_back" and not run["rows_quarantined"]]
    return f"{said} Nothing was removed from {listed(kept)}: the extract is empty or lacks too much." if kept else said


def _new(runs: list[Run]) -> str:
    new, removed = sum(run["accepted"] for run in runs), sum(run["removed"] for run in runs)
    said = [f"{counted(new, 'record')} new or changed"] if new else []
    said += [f"{counted(removed, 'record')} removed"] if removed else []
    return f"Accepted, {listed(said)}." if said else "Accepted, nothing new."


def _waiting(runs: list[Run]) -> str:
    """Records held back on earlier nights that wait still."""
    waiting = sum(run["held"] - run["rows_quarantined"] for run in runs)
    return f" {counted(waiting, 'record')} of earlier nights still held back." if waiting > 0 else ""


def _by_entity(runs: list[Run], name: str) -> list[tuple[str, int]]:
    found = [(run["entity"], int(run[name])) for run in runs if run[name]]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _counts(counts: list[tuple[str, int]]) -> str:
    """11 in causes and 5 in actions; of one entity its name alone, the number having been said."""
    if len(counts) == 1:
        return f"in {counts[0][0]}"
    return listed(f"{count:,} in {entity}" for entity, count in counts)


def _file_and_why(run: Run) -> tuple[str, str]:
    return run["source_file"] or "", run["why"]


def _why(run: Run, verdict: str) -> str:
    """What the run's sentence says behind its entity and verdict."""
    text: str = run["verdict_text"]
    return text.removeprefix(f"{run['entity']}: ").removeprefix(verdict)
