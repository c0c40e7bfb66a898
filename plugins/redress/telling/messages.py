"""What is said, in plain English: council, night, counts, rule codes. No case reference, no value of a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from redress.returns.documents.wording import day_in_words
from redress.telling.facts import Clocks, Draft, Failure, HeldBack, RuleCount, ServiceNews
from redress.validation.verdicts import LoadRun

Tone = Literal["info", "warning", "failure"]

MOST_RULES = 12
IN_LOG = "The last line of its log in Airflow says why."


@dataclass(frozen=True)
class Look:
    """Where to look: the name of a page or file, and its path below the site."""

    label: str
    path: str


@dataclass(frozen=True)
class Message:
    """A message before it takes the form of its channel. lines: paragraphs, and items that begin with '- '."""

    subject: str
    lines: tuple[str, ...]
    tone: Tone = "warning"
    look: Look | None = None


def rejected(title: str, night: date, runs: Sequence[LoadRun]) -> Message | None:
    """Files of a council that could not be read; None if there is none."""
    lost = [run for run in runs if run.verdict == "rejected"]
    if not lost:
        return None
    delivered = sum(run.extract_id is not None for run in runs)
    return Message(
        subject=f"{title}: {_count(len(lost), 'file')} rejected, {day_in_words(night)}",
        lines=(
            f"In the night of {day_in_words(night)}, {len(lost)} of {_count(delivered, 'delivery', 'deliveries')} "
            f"of {title} could not be read and {'was' if len(lost) == 1 else 'were'} kept back whole:",
            *(f"- {run.verdict_text}" for run in lost),
            "What was loaded before stays in force. Ask for the file again; the next night takes it.",
        ),
        tone="failure",
        look=Look("Loads", "loads.html"),
    )


def threshold_passed(title: str, night: date, held: Sequence[HeldBack], threshold: float) -> Message | None:
    """Entities of which more was held back than the council allows; None if there is none."""
    if not held:
        return None
    lines = [
        f"In the night of {day_in_words(night)}, more records of {title} were held back than the "
        f"{_percent(threshold)} it allows:"
    ]
    for entity in held:
        share = _percent(entity.quarantined / entity.landed)
        rules = f"; rules {_rules(entity.rules)}" if entity.rules else ""
        lines.append(f"- {entity.entity}: {entity.quarantined:,} of {_count(entity.landed, 'record')} ({share}){rules}")
    lines.append("They wait, and come in by themselves once they are corrected in the source system.")
    names = ", ".join(entity.entity for entity in held)
    return Message(
        subject=f"{title}: too many records held back ({names}), {day_in_words(night)}",
        lines=tuple(lines),
        look=Look("Issues", "issues.html"),
    )


def overdue(title: str, night: date, clocks: Sequence[Clocks], at_least: int) -> Message | None:
    """Cases whose time has run out, by service; None if there are fewer than at_least."""
    late = [service for service in clocks if service.overdue]
    total = sum(service.overdue for service in late)
    if total < at_least or not total:
        return None
    return Message(
        subject=f"{title}: {_count(total, 'case')} overdue, {day_in_words(night)}",
        lines=(
            f"On {day_in_words(night)}, {_count(total, 'case')} of {title} {'is' if total == 1 else 'are'} past a "
            "time limit:",
            *(
                f"- {service.service}: {service.overdue} overdue, the longest by "
                f"{_count(service.longest, 'working day')}; {service.due_soon} more due in 5 working days"
                for service in late
            ),
        ),
        look=Look("Watch list", "watch_list.html"),
    )


def digest(title: str, night: date, news: ServiceNews, download: str | None) -> Message | None:
    """A service's morning: its open issues and its clocks; None if there is nothing to say."""
    clocks = news.clocks
    if not (news.rules or news.resolved or clocks.overdue or clocks.due_soon):
        return None
    opened, new = sum(rule.open for rule in news.rules), sum(rule.new for rule in news.rules)
    lines = [
        f"{clocks.service} ({title}), {day_in_words(night)}: {_count(opened, 'open issue')}, {new} new since the "
        f"load before, {news.resolved} resolved."
    ]
    for rule in news.rules[:MOST_RULES]:
        fresh = f", {rule.new} new" if rule.new else ""
        lines.append(f"- {rule.rule} ({rule.severity}): {rule.open}{fresh}. {rule.remedy}")
    if len(news.rules) > MOST_RULES:
        others = sum(rule.open for rule in news.rules[MOST_RULES:])
        lines.append(f"- {_count(len(news.rules) - MOST_RULES, 'other rule')}: {others}")
    lines.append(
        f"Time limits{_as_at(news, night)}: {_count(clocks.overdue, 'case')} overdue, {clocks.due_soon} more due in "
        "5 working days."
    )
    return Message(
        subject=f"{clocks.service}: {_count(opened, 'open issue')}, {new} new, {clocks.overdue} overdue, "
        f"{day_in_words(night)}",
        lines=tuple(lines),
        tone="info",
        look=Look("The list to work through", download) if download else Look("Issues", "issues.html"),
    )


def load_failed(title: str | None, night: date, failure: Failure) -> Message:
    """A step that failed for good; of a council, or of the night as a whole (title is None)."""
    whose = f"of {title} " if title else ""
    return Message(
        subject=f"{title or 'All councils'}: {failure.step} failed, {day_in_words(night)}",
        lines=(
            f"In the night of {day_in_words(night)} the step {whose}{failure.task} of {failure.dag} failed.",
            failure.sentence or IN_LOG,
            "What was loaded and published before stays in force. Put the cause right, then clear the task.",
        ),
        tone="failure",
    )


def returns_ready(title: str, draft: Draft) -> Message:
    """A draft of a return that waits for a person to sign it."""
    changed = (f"{_count(draft.changed, 'figure')} of it changed since it was signed off.",) if draft.changed else ()
    return Message(
        subject=f"{title}: the draft of the {draft.kind} return {draft.period} is ready",
        lines=(
            f"The draft of the {draft.kind} return of {title} for {draft.period} has been built: "
            f"{_count(draft.tables, 'table')}, {_count(draft.figures, 'figure')}.",
            *changed,
            "Nothing is published. Read it through; signing it off is yours to do.",
            f"It is in the data folder, under {draft.folder}.",
        ),
        tone="info",
    )


def trial(title: str, channel: str) -> Message:
    """What `redress telling test` sends."""
    return Message(
        subject=f"{title}: a test message of Redress",
        lines=(
            f"This is a test of the channel {channel} of {title}. Nothing happened; there is nothing to do.",
            "Messages say what a night brought, in counts. They never name a case or a person.",
        ),
        tone="info",
        look=Look("Today", "index.html"),
    )


def _as_at(news: ServiceNews, night: date) -> str:
    """Facts that failed their tests are not published; the time limits are then those of an earlier night."""
    if news.as_at is None or news.as_at == night:
        return ""
    return f" as at {day_in_words(news.as_at)} (tonight's figures were not published)"


def _rules(rules: Sequence[RuleCount]) -> str:
    return ", ".join(f"{rule.rule}: {rule.open}" for rule in rules)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%".replace(".0%", "%")


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
