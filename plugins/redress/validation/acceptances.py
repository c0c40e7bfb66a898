"""Accepting warnings: what was answered for stays out of the lists until the record changes."""

import difflib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from redress.councils import Council
from redress.errors import RedressError, UsageError
from redress.paths import Home
from redress.validation import acceptance_files
from redress.validation.acceptance_files import Acceptance, AcceptedIssue, Withdrawal
from redress.validation.catalogue import BATCH, WARNING, load_catalogue
from redress.validation.loads import committed
from redress.validation.open_issues import near_references, nights_of_change, open_issues

__all__ = [
    "Acceptance",
    "AcceptedIssue",
    "Withdrawal",
    "accept",
    "acceptances",
    "covering",
    "readable_acceptances",
    "standing",
    "withdraw",
]

LONGEST_REASON = 500
LONGEST_ROLE = 100


class Covering(NamedTuple):
    """One issue an acceptance covers, or covered till ended_on, in the columns of issues.ACCEPTANCES."""

    council: str
    number: int
    rule: str
    entity: str
    record_key: str
    column_name: str | None
    occurrence: int
    relevant_hash: str | None
    accepted_on: date
    accepted_until: date | None
    accepted_by: str
    ended_on: date | None = None


def accept(
    home: Home,
    council: Council,
    rule: str,
    case_ref: str,
    reason: str,
    by: str,
    until: date | None = None,
    column: str | None = None,
    record_key: str | None = None,
    via: str = "command",
    user: str | None = None,
    entity: str | None = None,
) -> Acceptance:
    """Accepts the open issues of a warning on a case, or those of them on one column or one record.

    entity tells records apart that share a key. by is a role; until the last day it holds, without end if None. Waits
    while a load of the council runs.
    Raises UsageError, with a sentence for who asked, where there is no such issue or it cannot be accepted.
    """
    require_acceptable(rule)
    why, role = _reason(reason), _role(by)
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo("Europe/London")).date()
    if until and until < today:
        raise UsageError(f"{until} is past, so nothing would be accepted; give --until a day from {today} on.")
    with _locked(home, council):
        found = _chosen(home, council, rule, case_ref, column, record_key, entity)
        if any(issue.relevant_hash is None for issue in found):
            raise UsageError(
                f"{rule} on {case_ref} was last checked by a version of Redress that did not note what the rule looks "
                "at; accept it after the next load that delivers the record."
            )
        covered = {_identity(one): one for one in covering(home, council.name, today)}
        fresh = tuple(issue for issue in found if (rule, *_parts(issue)) not in covered)
        if not fresh:
            before = covered[rule, *_parts(found[0])]
            ends = f"until {before.accepted_until}" if before.accepted_until else "without an end"
            raise UsageError(
                f"{rule} on {case_ref} is accepted already, by {before.accepted_by} on {before.accepted_on} {ends} "
                f"(number {before.number} of {council.name}); withdraw that first to accept it anew."
            )
        acceptance = Acceptance(
            number=acceptance_files.next_number(home, council.name),
            council=council.name,
            rule=rule,
            case_ref=case_ref,
            issues=fresh,
            reason=why,
            by=role,
            until=until,
            accepted_on=today,
            at=now,
            after_load=max((load.number for load in committed(home, council.name)), default=0),
            via=via,
            user=user,
        )
        acceptance_files.append_acceptance(home, acceptance)
    return acceptance


def withdraw(
    home: Home, council: Council, number: int, by: str, reason: str, user: str | None = None, via: str = "command"
) -> Acceptance:
    """Takes an acceptance back; what it covered is open again. Nothing of it is deleted.

    Raises UsageError, with a sentence for who asked, where there is no such acceptance or it was taken back before.
    """
    withdrawal = Withdrawal(by=_role(by), reason=_reason(reason), at=datetime.now(UTC), via=via, user=user)
    with _locked(home, council):
        known = {one.number: one for one in acceptances(home, council.name)}
        if number not in known:
            raise UsageError(
                f"{council.name} has no acceptance number {number}; "
                f"`redress accept --list --council {council.name}` shows what there is."
            )
        acceptance = known[number]
        if acceptance.withdrawal:
            raise UsageError(
                f"Acceptance {number} of {council.name} was withdrawn already, by {acceptance.withdrawal.by} "
                f"on {acceptance.withdrawal.at.date()}; nothing was changed."
            )
        acceptance_files.append_withdrawal(home, acceptance, withdrawal)
    return replace(acceptance, withdrawal=withdrawal)


def acceptances(home: Home, council_name: str) -> list[Acceptance]:
    """All acceptances of a council, oldest first, those taken back or past included."""
    return acceptance_files.read(home, council_name)


def readable_acceptances(home: Home, council_name: str) -> list[Acceptance]:
    """The same for pages of many councils: none where a file cannot be read, which the council's load stops on."""
    try:
        return acceptances(home, council_name)
    except RedressError:
        return []


def covering(home: Home, council_name: str, on: date) -> list[Covering]:
    """A row for each issue covered on a date, once for each hash it was accepted with; the last acceptance speaks.

    It covers the issue while the relevant_hash of its last sighting is the one here.
    """
    return [row for row in standing(home, council_name, on) if row.ended_on is None]


def standing(home: Home, council_name: str, on: date) -> list[Covering]:
    """The same, with those that ended by themselves, and on which night.

    An acceptance ends for good when a later load finds the issue resolved or with other values, and after its last day.
    """
    in_hand = [one for one in acceptances(home, council_name) if not one.withdrawal]
    ended = nights_of_change(home, council_name, in_hand)
    rows = []
    for one in in_hand:
        past = one.until + timedelta(days=1) if one.until and one.is_past(on) else None
        for place, issue in enumerate(one.issues):
            nights = [night for night in (ended.get((one.number, place)), past) if night]
            given = (one.accepted_on, one.until, one.by, min(nights, default=None))
            rows.append(Covering(council_name, one.number, one.rule, *_parts(issue), *given))
    return list({_identity(row): row for row in rows}.values())


def require_acceptable(rule: str) -> None:
    """Raises UsageError where no issue of the rule can be accepted."""
    rules = load_catalogue().rules
    if rule not in rules:
        near = difflib.get_close_matches(rule.upper(), rules, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the rules are {', '.join(sorted(rules))}"
        raise UsageError(f"There is no rule {rule[:20]!r} ({hint}); correct the code.")
    if rules[rule].severity != WARNING:
        raise UsageError(
            f"{rule} is critical, so it cannot be accepted: the row waits until the record is corrected. "
            f"{rules[rule].remedy}"
        )
    if rules[rule].entity == BATCH:
        raise UsageError(
            f"{rule} is about a whole extract and not about a case, so there is nothing to accept. {rules[rule].remedy}"
        )


def no_such_issue(home: Home, councils: Sequence[str], rule: str, case_ref: str, where: str) -> UsageError:
    """The error for a case without an open issue of a rule: what is open on it, else which cases are near."""
    of_case = sorted({one.rule for name in councils for one in open_issues(home, name, reference=case_ref)})
    if of_case:
        hint = f"open on it: {', '.join(of_case)}"
    else:
        near = [one for name in councils for one in near_references(home, name, rule, case_ref)][:3]
        hint = f"did you mean {' or '.join(near)}?" if near else "nothing is open on it"
    return UsageError(
        f"There is no open issue of {rule} on {case_ref[:60]!r} {where} ({hint}); "
        "give the case exactly as the issue names it."
    )


def _chosen(
    home: Home,
    council: Council,
    rule: str,
    case_ref: str,
    column: str | None,
    record_key: str | None,
    entity: str | None,
) -> list[AcceptedIssue]:
    """The open issues of the rule on the case, or those on a column or a record. At least one."""
    of_rule = [one.issue for one in open_issues(home, council.name, (rule,), case_ref)]
    if not of_rule:
        raise no_such_issue(home, [council.name], rule, case_ref, f"in {council.name}")
    of_record = [
        issue for issue in of_rule if record_key in (None, issue.record_key) and entity in (None, issue.entity)
    ]
    if not of_record:
        keys = ", ".join(sorted({issue.record_key for issue in of_rule}))
        raise UsageError(
            f"{rule} is not open on record {str(record_key)[:60]!r} of {case_ref} (open on: {keys}); name one of those."
        )
    found = [issue for issue in of_record if column in (None, issue.column_name)]
    if not found:
        columns = ", ".join(sorted({str(issue.column_name) for issue in of_record}))
        raise UsageError(
            f"{rule} is not open on column {str(column)[:60]!r} of {case_ref} (open on: {columns}); name one of those."
        )
    return found


def _parts(issue: AcceptedIssue) -> tuple[str, str, str | None, int, str | None]:
    return issue.entity, issue.record_key, issue.column_name, issue.occurrence, issue.relevant_hash


def _identity(row: Covering) -> tuple[object, ...]:
    return row.rule, row.entity, row.record_key, row.column_name, row.occurrence, row.relevant_hash


@contextmanager
def _locked(home: Home, council: Council) -> Iterator[None]:
    """The council's lock, which a load holds too: what is open does not change in between."""
    from redress.nightly import locked

    if not committed(home, council.name):
        raise UsageError(
            f"Nothing of {council.name} is loaded yet, so it has no issues; "
            f"run `redress nightly --council {council.name}`."
        )
    with locked(home, council.name):
        yield


def _reason(given: str) -> str:
    return _line(
        given,
        LONGEST_REASON,
        "the reason",
        "Say why the warning is right as it is, for example --reason 'Agreed by letter'.",
    )


def _role(given: str) -> str:
    role = _line(given, LONGEST_ROLE, "the role", "Say in which role, for example --by 'Complaints Manager'.")
    if "@" in role:
        raise UsageError(f"{role[:40]!r} is not a role; write one, for example --by 'Complaints Manager'.")
    return role


def _line(given: str, longest: int, what: str, if_empty: str) -> str:
    """The text on one line, as it is shown on the pages."""
    line = given.strip()
    if not line:
        raise UsageError(if_empty)
    if len(line) > longest:
        raise UsageError(f"{what.capitalize()} has {len(line)} characters; shorten it to {longest}.")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in line):
        raise UsageError(f"{what.capitalize()} holds a line break or a character nobody sees; write it on one line.")
    return line
