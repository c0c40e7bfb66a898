"""The command `redress accept`: accepts, lists and takes back, and prints what became of it."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from rich.console import Console

from redress.councils import Council, get_council, load_councils
from redress.errors import UsageError
from redress.paths import Home
from redress.show import table
from redress.validation.acceptances import (
    Acceptance,
    AcceptedIssue,
    accept,
    acceptances,
    no_such_issue,
    require_acceptable,
    withdraw,
)
from redress.validation.open_issues import nights_of_change, open_issues

HEADINGS = ("council", "number", "rule", "case", "on", "until", "by", "state")
COPIED = ("council", "number", "rule", "case")
"""What people copy from the list into the next command."""

WIDE = 100
"""The width of a window that has room for the day of the acceptance too."""


def show_accept(
    rule: str,
    case_ref: str,
    reason: str,
    by: str,
    until: date | None,
    column: str | None,
    council_name: str | None,
    record_key: str | None = None,
) -> int:
    """Accepts, and says what and how to take it back."""
    home = Home.from_environment()
    council = get_council(council_name) if council_name else _council_with_issue(home, rule, case_ref)
    acceptance = accept(home, council, rule, case_ref, reason, by, until, column, record_key)
    _say(acceptance.sentence)
    _say(f"To take it back: redress accept --withdraw {acceptance.number} -c {council.name} --by ROLE --reason WHY")
    return _tell_pages(home)


def show_withdraw(number: int, reason: str, by: str, council_name: str | None) -> int:
    """Takes an acceptance back, and says what is open again."""
    home = Home.from_environment()
    council = get_council(council_name) if council_name else _council_with_number(home, number)
    _say(withdraw(home, council, number, by, reason).sentence)
    return _tell_pages(home)


def show_list(council_name: str | None, today: date) -> int:
    """Prints every acceptance and how it stands. Reasons are shown on the pages only."""
    home = Home.from_environment()
    names = [get_council(council_name).name] if council_name else list(load_councils())
    rows = [
        (name, str(one.number), one.rule, one.case_ref, one.accepted_on, one.until, one.by, state)
        for name in names
        for one, state in _states(home, name, today)
    ]
    if not rows:
        _say("Nothing has been accepted yet.")
        return 0
    console = Console()
    shown = [place for place, heading in enumerate(HEADINGS) if heading != "on" or console.width >= WIDE]
    picked = [[row[place] for place in shown] for row in rows]
    table(console, "Accepted warnings", [HEADINGS[place] for place in shown], picked, whole=COPIED)
    return 0


def _states(home: Home, council_name: str, today: date) -> list[tuple[Acceptance, str]]:
    """Each acceptance of a council, and in a few words how it stands."""
    kept = acceptances(home, council_name)
    if not kept:
        return []
    stands = {(one.rule, *_identity(one.issue)) for one in open_issues(home, council_name, {one.rule for one in kept})}
    changed = nights_of_change(home, council_name, kept)
    return [(one, _state(one, stands, changed, today)) for one in kept]


def _identity(issue: AcceptedIssue) -> tuple[str, str, str | None, int]:
    return issue.entity, issue.record_key, issue.column_name, issue.occurrence


def _state(
    one: Acceptance, stands: Collection[tuple[object, ...]], changed: Mapping[tuple[int, int], date], today: date
) -> str:
    if one.withdrawal:
        return "withdrawn"
    if one.is_past(today):
        return "ended"
    states: Counter[str] = Counter()
    for place, issue in enumerate(one.issues):
        if (one.rule, *_identity(issue)) not in stands:
            states["corrected"] += 1
        elif (one.number, place) in changed:
            states["record changed"] += 1
        else:
            states["in force"] += 1
    if len(states) == 1:
        return next(iter(states))
    return ", ".join(f"{state} ({count})" for state, count in states.most_common())


def _council_with_issue(home: Home, rule: str, case_ref: str) -> Council:
    """The only council with an open issue of the rule on the case."""
    require_acceptable(rule)
    names = list(load_councils())
    found = [name for name in names if open_issues(home, name, (rule,), case_ref)]
    if not found:
        raise no_such_issue(home, names, rule, case_ref, "in any council")
    return _only(found, f"have an open issue of {rule} on {case_ref}")


def _council_with_number(home: Home, number: int) -> Council:
    found = [name for name in load_councils() if any(one.number == number for one in acceptances(home, name))]
    if not found:
        raise UsageError(f"No council has an acceptance number {number}; `redress accept --list` shows what there is.")
    return _only(found, f"have an acceptance number {number}")


def _only(names: list[str], what: str) -> Council:
    if len(names) > 1:
        raise UsageError(f"{' and '.join(names)} {what}; say which with --council.")
    return get_council(names[0])


def _say(sentence: str) -> None:
    Console().print(sentence, markup=False, highlight=False, soft_wrap=True)


def _tell_pages(home: Home) -> int:
    from redress.reports.decisions import write_decisions

    write_decisions(home)
    return 0
