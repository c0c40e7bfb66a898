"""Escalation, outcomes, month ends and the watch list of a case, read off the text of design.md."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.oracle.clocks import clocks_of
from tests.oracle.records import Case, Row, Rules

ENDED_OTHERWISE = ("withdrawn", "disengaged", "resolved_on_the_spot", "not_accepted")


@dataclass(frozen=True)
class Received:
    case_ref: str
    stage: int
    received_date: date
    record_type: str


@dataclass(frozen=True)
class Escalation:
    case_ref: str
    stage: int
    received_date: date
    responded_date: date | None
    escalated: bool
    next_stage_requested_date: date | None
    working_days_to_request: int | None


@dataclass(frozen=True)
class Outcome:
    case_ref: str
    stage: int
    outcome_date: date | None
    outcome: str | None
    route: str
    is_final: bool


@dataclass(frozen=True)
class OpenCase:
    case_ref: str
    as_at_date: date
    clock: str | None
    is_overdue: bool | None
    is_frozen: bool


@dataclass(frozen=True)
class Watched:
    case_ref: str
    clock: str
    due_date: date | None
    working_days_left: int | None
    is_overdue: bool
    is_frozen: bool


def received(case: Case, rules: Rules) -> Iterator[Received]:
    kind = str(case.get("record_type"))
    for stage, row in case.stages.items():
        yield Received(case.ref, stage, row["requested_date"], kind)
    if not case.stages:
        yield Received(case.ref, 0, case.row["received_date"], kind)


def escalation(case: Case, rules: Rules) -> Iterator[Escalation]:
    for stage, row in case.stages.items():
        answer = case.date_of(stage, "responded_date")
        asked = case.date_of(stage + 1, "requested_date")
        days = rules.calendar.elapsed(answer, asked) if answer and asked and asked >= answer else None
        yield Escalation(case.ref, stage, row["requested_date"], answer, asked is not None, asked, days)


def outcomes(case: Case, rules: Rules) -> list[Outcome]:
    """A row a stage answered, one a stage withdrawn, one for a case that ended otherwise; the last is final."""
    rows = []
    for stage in case.answered():
        answered, outcome = case.date_of(stage, "responded_date"), case.stages[stage].get("outcome")
        rows.append(Outcome(case.ref, stage, answered, outcome, f"stage_{stage}", False))
    unanswered = case.unanswered()
    withdrawn = [stage for stage in unanswered if case.says_withdrawn(stage)]
    last = max(unanswered, default=0)
    ended = case.ended(rules.as_at)
    status = str(case.get("status"))
    route = None
    if status in ENDED_OTHERWISE:
        route = status
    elif not case.is_going and (last not in (0, *withdrawn) or not case.stages):
        route = "closed"
    if route:
        rows.append(Outcome(case.ref, last, ended, None, route, False))
    for stage in withdrawn:
        day = case.date_of(stage, "responded_date") or ended
        if day and not (route and stage == last):
            rows.append(Outcome(case.ref, stage, day, None, "withdrawn", False))
    if not case.is_going:
        final = max(rows, key=lambda row: (row.route == route, row.stage))
        rows = [replace(row, is_final=row is final) for row in rows]
    return rows


def open_at_month_ends(case: Case, rules: Rules) -> Iterator[OpenCase]:
    """A row a month end on which the case was open, with the clock of its last stage that then ran."""
    ended = case.ended(rules.as_at)
    for month_end in month_ends(case.row["received_date"], rules.as_at):
        if ended is not None and ended <= month_end:
            return
        clocks = clocks_of(_as_it_was(case, month_end, ended), replace(rules, as_at=month_end))
        running = [clock for clock in clocks if clock.is_open and clock.clock != "acknowledgement"]
        if running:
            of_stages = [clock for clock in running if not clock.clock.startswith("request")]
            clock = (of_stages or running)[-1]
            late = clock.elapsed_working_days is not None and clock.elapsed_working_days > clock.council_limit_days
            yield OpenCase(case.ref, month_end, clock.clock, late and not clock.is_frozen, clock.is_frozen)
        else:
            yield OpenCase(case.ref, month_end, None, None, False)


def _as_it_was(case: Case, day: date, ended: date | None) -> Case:
    """The case with what is dated up to a day on which it was open; a withdrawal carries the date of its end."""

    def known(row: Row) -> Row:
        then = {name: value for name, value in row.items() if not isinstance(value, date) or value <= day}
        withdrawn_on = row.get("responded_date") or ended
        if withdrawn_on and withdrawn_on > day:
            then.pop("outcome", None)
        return then

    return Case(
        known(case.row) | {"status": "open"},
        {stage: known(row) for stage, row in case.stages.items() if row["requested_date"] <= day},
        {
            stage: [(begin, end if end and end <= day else None) for begin, end in spans if begin <= day]
            for stage, spans in case.freezes.items()
        },
    )


def month_ends(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if (day + timedelta(days=1)).day == 1:
            yield day
        day += timedelta(days=1)


def watched(case: Case, rules: Rules) -> Iterator[Watched]:
    """Every open clock; one that is frozen or waits for its statement has no due date to miss."""
    for clock in clocks_of(case, rules):
        if clock.is_open:
            left = None
            if clock.elapsed_working_days is not None and not clock.is_frozen:
                left = clock.council_limit_days - clock.elapsed_working_days
            is_overdue = left is not None and left < 0
            yield Watched(clock.case_ref, clock.clock, clock.council_due_date, left, is_overdue, clock.is_frozen)
