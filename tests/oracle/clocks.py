"""The clocks of a case as domain.md, section 3, and design.md, paragraph "Values", describe them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.oracle.records import Case, Rules
from tests.oracle.working_days import Span

REQUEST_LIMIT = 20
STATUTORY = {"stage_1": (10, 20), "stage_2": (25, 65)}
STAGE_3 = (("stage_3_panel", 30), ("stage_3_report", 5), ("stage_3_response", 15))


@dataclass(frozen=True)
class Clock:
    """One row of fct_timeliness, its columns by name."""

    case_ref: str
    clock: str
    stage: int
    record_type: str
    started_date: date | None
    ended_date: date | None
    due_date: date | None
    extended_due_date: date | None
    limit_days: int
    elapsed_working_days: int | None
    band: str | None
    council_limit_days: int
    council_due_date: date | None
    in_time_within_limit: bool | None
    in_time_within_extended: bool | None
    in_time_agreed_extension: bool | None
    in_time: bool | None
    is_open: bool
    is_frozen: bool


def clocks_of(case: Case, rules: Rules) -> Iterator[Clock]:
    """Every clock of a case that started (stage 2 also while its statement is waited for)."""
    corporate = case.get("record_type") == "corporate_complaint"
    if corporate and not rules.corporate_limits:
        return
    if 1 in case.stages and not (corporate and "stage_1" not in (rules.corporate_limits or {})):
        ends = [day for day in (case.date_of(1, "acknowledged_date"), case.date_of(1, "responded_date")) if day]
        received = case.date_of(1, "requested_date")
        yield _clock(case, rules, "acknowledgement", 1, received, min(ends, default=None), rules.acknowledgement_limit)
    for stage in sorted(case.stages):
        name = f"stage_{stage}"
        if corporate:
            limit = (rules.corporate_limits or {}).get(name)
            if limit:
                asked, answered = case.date_of(stage, "requested_date"), case.date_of(stage, "responded_date")
                yield _clock(case, rules, STAGE_3[-1][0] if stage == 3 else name, stage, asked, answered, limit)
            continue
        if stage < 3:
            limit, extended = STATUTORY[name]
            started, ended = _ends(case, rules, stage)
            yield _clock(case, rules, name, stage, started, ended, limit, extended)
            answered = case.date_of(stage, "responded_date")
            asked = case.date_of(stage + 1, "requested_date")
            if answered and not case.says_withdrawn(stage) and not (asked and asked < answered):
                yield _clock(case, rules, f"request_stage_{stage + 1}", stage + 1, answered, asked, REQUEST_LIMIT)
        else:
            yield from _stage_3(case, rules)


def _ends(case: Case, rules: Rules, stage: int) -> tuple[date | None, date | None]:
    by_statement = stage == 2 and rules.stage2_clock_start == "statement"
    by_report = stage == 2 and rules.stage2_clock_end == "report"
    return (
        case.date_of(stage, "statement_agreed_date" if by_statement else "requested_date"),
        (case.date_of(stage, "investigation_report_date") if by_report else None)
        or case.date_of(stage, "responded_date"),
    )


def _stage_3(case: Case, rules: Rules) -> Iterator[Clock]:
    met = case.date_of(3, "panel_date")
    if met and met > rules.as_at:
        met = None
    days = (case.date_of(3, "requested_date"), met, case.date_of(3, "panel_report_date"))
    ends = (*days[1:], case.date_of(3, "responded_date"))
    for (name, limit), started, ended in zip(STAGE_3, days, ends, strict=True):
        if started:
            yield _clock(case, rules, name, 3, started, ended, limit)


def _clock(
    case: Case,
    rules: Rules,
    name: str,
    stage: int,
    started: date | None,
    ended: date | None,
    limit: int,
    extended: int | None = None,
) -> Clock:
    is_request = name.startswith("request")
    answered = bool(case.date_of(stage, "responded_date"))
    withdrawn = stage in case.stages and case.says_withdrawn(stage)
    freezes = [] if is_request else case.freezes[stage]
    is_over = not case.is_going or withdrawn or (answered and not is_request)
    is_open = not ended and not is_over
    is_frozen = is_open and any(_open_on(rules.as_at, span) for span in freezes)
    elapsed = None
    if started and (ended or is_open) and started <= (ended or rules.as_at):
        elapsed = rules.calendar.elapsed(started, ended or rules.as_at, freezes)
    if is_request and is_open and elapsed is not None and elapsed > limit:
        is_open, elapsed = False, None  # it has lapsed
    upfront = extended if extended and _agreed(case, rules, stage, started, limit, freezes) else None
    by_rule = {"within_limit": limit, "within_extended": extended or limit, "agreed_extension": upfront or limit}
    council_limit = by_rule[rules.in_time_rule]
    # A stage withdrawn or disengaged from is in no denominator, nor is one that is frozen.
    unmeasured = elapsed is None or is_frozen or (not is_request and (withdrawn or (is_over and not answered)))

    def in_time(days: int) -> bool | None:
        if unmeasured or elapsed is None or (not ended and elapsed <= days):
            return None
        return bool(ended) and elapsed <= days

    def due(days: int | None) -> date | None:
        return rules.calendar.due(started, days, freezes) if started and days and not is_frozen else None

    return Clock(
        case.ref,
        name,
        stage,
        str(case.get("record_type")),
        started,
        ended,
        due(limit),
        due(extended),
        limit,
        elapsed,
        _band(elapsed, limit, extended),
        council_limit,
        due(council_limit),
        in_time(limit),
        in_time(extended or limit),
        in_time(upfront or limit),
        in_time(council_limit),
        is_open,
        is_frozen,
    )


def _open_on(day: date, span: Span) -> bool:
    begin, end = span
    return begin <= day and (end is None or end > day)


def _agreed(case: Case, rules: Rules, stage: int, started: date | None, limit: int, freezes: list[Span]) -> bool:
    """Was the longer limit agreed by the working day on which the shorter one ends?"""
    agreed = case.date_of(stage, "extension_agreed_date")
    return bool(started and agreed) and rules.calendar.elapsed(started, agreed, freezes) <= limit  # type: ignore[arg-type]


def _band(elapsed: int | None, limit: int, extended: int | None) -> str | None:
    if elapsed is None:
        return None
    if elapsed <= limit:
        return "within_limit"
    return "within_extended" if extended and elapsed <= extended else "over"
