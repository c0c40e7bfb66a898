"""Croydon, four quarters: stages 1 to 3 on a received basis, around the restructure of April 2018."""

from datetime import date, timedelta
from typing import NamedTuple

from redress.demo.aftermath import act, pay, refer
from redress.demo.book import Book
from redress.demo.complaints import (
    DECIDED,
    UPHELD,
    arrange,
    ask_for_stage_three,
    ask_for_stage_two,
    describe,
    find_causes,
    record,
)
from redress.demo.population import Case, Population, dealt, having
from redress.demo.published import Period

ANY_TIME = Period(date(2016, 1, 1), date(2019, 6, 30))
QUARTERS = ("Q2 2016/17", "Q2 2017/18", "Q1 2018/19", "Q2 2018/19")
WITHDRAWN = {"Q2 2017/18": 2}  # 17% is 4 of the 24 others (C2)
OLD_TEAMS = ("CARE_PLANNING", "REFERRAL_AND_ASSESSMENT", "PERMANENCE", "COURT_WORK", "FOSTERING")
TEAMS_NOT_SHOWN = {  # the 15 complaints of Q2 2018/19 that table 2.2 leaves out (C7)
    "CHILD_PROTECTION_AND_PROCEEDINGS": 6,
    "FOSTERING_AND_CHILDRENS_PLACEMENT": 4,
    "EARLY_HELP": 3,
    "LEAVING_CARE": 2,
}
RATES_IN = {"Q2 2017/18": "2.1 table 2", "Q1 2018/19": "3.1 table", "Q2 2018/19": "2.1 table 2"}
RESTRUCTURED = date(2018, 4, 1)
NEW_TEAMS = ("ASSESSMENTS", "CHILDREN_IN_NEED", "LOOKED_AFTER_CHILDREN", "CHILD_PROTECTION_AND_PROCEEDINGS")
LIMIT = 10
NOT_FULLY_UPHELD = ("not_upheld", "not_upheld", "partially_upheld")
DELAYS = ("CASELOAD", "STAFF_CHANGE", "COMPLEX")
REMEDIES = ("APOLOGY", "EXPLANATION", "CASE_NOTES_UPDATED")
IMPROVEMENTS = ("COMMUNICATION_STANDARD", "ASSESSMENT_TIMESCALES")
OTHER_CAUSES = ("DELAYS", "COMMUNICATION", "COMMUNICATION", "STAFF_CONDUCT")


class Escalation(NamedTuple):
    """A stage 1 that goes on to stage 2: when in its quarter it came, working days to answer and request."""

    received: tuple[int, int]
    days: int
    request_days: int  # negative: asked for so many working days before the answer
    service: str | None = None


ESCALATIONS = {
    "Q2 2016/17": [Escalation((0, 25), 15, 10)],
    "Q1 2018/19": [  # those of a certain team first, while it has cases left
        Escalation((61, 80), 9, 15, "CHILD_PROTECTION_AND_PROCEEDINGS"),
        Escalation((61, 80), 14, 14, "CHILDREN_IN_NEED"),
        Escalation((61, 75), 18, 12, "FOSTERING_AND_CHILDRENS_PLACEMENT"),
        Escalation((0, 20), 7, 12),
        Escalation((0, 12), 40, -15),
    ],
    "Q2 2018/19": [
        Escalation((0, 25), 12, 15, "LOOKED_AFTER_CHILDREN"),
        Escalation((0, 20), 16, 20, "LOOKED_AFTER_CHILDREN"),
    ],
}


STAGE_THREES_ALONE = (  # service, received, stage 3 asked for, tags
    ("COURT_WORK", date(2016, 2, 10), date(2016, 8, 2), None),  # from before the records begin
    ("PERMANENCE", date(2016, 11, 21), date(2017, 8, 14), ["earlier_stage_elsewhere"]),
)
STAGE_TWOS_BEFORE = {  # stage 1 in March 2018; of its stage 3, late each: panel, report, response, outcome
    "EARLY_HELP": (41, 5, 15, "upheld"),
    "LEAVING_CARE": (30, 12, 15, "not_upheld"),
    "CARE_PLANNING": None,
}


def rebuild(book: Book) -> None:
    """Writes Croydon's records into the book."""
    book.services()
    book.activity()
    _earlier_cases(book)
    for quarter in QUARTERS:
        _stage_one(book, quarter)
        _ombudsman(book, quarter)
    for stage in book.rows["stages"]:
        if stage["stage"] > 1:
            kind = "stage2_investigation" if stage["stage"] == 2 else "stage3_panel"
            pay(book, stage["case_ref"], kind, f"{book.rng.randrange(900, 2400)}.50", stage["responded_date"])


def _stage_one(book: Book, quarter: str) -> None:
    published, period = book.published, Period.named(quarter)
    people = Population(published.count("quarterly_volumes", period=quarter, stage="stage1"), book.rng)
    people.deal("outcome", {"withdrawn": WITHDRAWN.get(quarter, 0)})
    people.fill("status", ["withdrawn"], dealt("outcome"))
    _teams(book, people, quarter)
    _mark_escalations(people, quarter)
    _rates(book, people, quarter)
    people.fill("outcome", DECIDED)
    people.spread("days", 2, 10, having(in_time=True))
    people.spread("days", 11, 48, having(outcome=DECIDED))
    _causes(book, people, quarter)
    arrange(book, people, period, ANY_TIME)
    describe(book, people)
    for case in people:
        record(book, case, DELAYS)
        find_causes(book, case, case["causes"])
        if case["outcome"] in UPHELD:
            act(book, case, REMEDIES, IMPROVEMENTS)
    for case in people.where(dealt("step")):
        _stage_two(book, case, case["step"].request_days)


def _teams(book: Book, people: Population, quarter: str) -> None:
    """Table 2.2 for the quarter it shows; for the others every team of the time has some."""
    if quarter == "Q2 2018/19":
        shown = book.published.counts("stage1_received_by_service", "services", period=quarter)
        people.deal("service_code", shown | TEAMS_NOT_SHOWN)
        return
    people.deal("service_code", {step.service: 1 for step in ESCALATIONS.get(quarter, ()) if step.service})
    teams = OLD_TEAMS if Period.named(quarter).last < RESTRUCTURED else NEW_TEAMS
    people.fill("service_code", [*teams, *teams, "EARLY_HELP", "LEAVING_CARE"])


def _mark_escalations(people: Population, quarter: str) -> None:
    first = Period.named(quarter).first
    for step in ESCALATIONS.get(quarter, ()):
        people.deal("step", {step: 1}, having(service_code=step.service) if step.service else having())
    for case in people.where(dealt("step")):
        step = case["step"]
        case["days"], case["in_time"] = step.days, step.days <= LIMIT
        case["received_in"] = Period(*(first + timedelta(days=offset) for offset in step.received))
        case["tags"] = ["early_escalation"] if step.request_days < 0 else None


def _rates(book: Book, people: Population, quarter: str) -> None:
    """Answered in time and upheld: of the number received, those withdrawn aside for the time."""
    if quarter not in RATES_IN:
        return
    published = book.published
    if quarter == "Q2 2018/19":
        for service, in_time in published.counts("stage1_timeliness_by_service", "services").items():
            people.mark("in_time", in_time, having(service_code=service))
            people.fill("in_time", [False], having(service_code=service))
        for service, upheld in published.counts("stage1_outcomes_by_service", "services").items():
            people.deal("outcome", {"upheld": upheld}, having(service_code=service))
            people.fill("outcome", NOT_FULLY_UPHELD, having(service_code=service))
    in_time, upheld = (
        published.percent(table, period=quarter, stage="stage1", section=RATES_IN[quarter])
        for table in ("timeliness_by_stage", "upheld_by_stage")
    )
    people.deal_rest("outcome", {"upheld": round(len(people) * upheld / 100)})
    people.fill("outcome", NOT_FULLY_UPHELD)
    pursued = len(people) - WITHDRAWN.get(quarter, 0)
    people.deal_rest("in_time", {True: round(pursued * in_time / 100)}, having(outcome=DECIDED))


def _causes(book: Book, people: Population, quarter: str) -> None:
    """Table 2.2: three causes that are recorded more than once; a case has each at most once."""
    if quarter != "Q2 2018/19":
        people.fill("causes", [[cause] for cause in OTHER_CAUSES])
        return
    counts = book.published.counts("complaint_causes", "causes", period=quarter)
    order = book.rng.sample(people.cases, len(people))
    points = [cause for cause, count in counts.items() for _ in range(count)]
    for position, cause in enumerate(points):
        order[position % len(order)].setdefault("causes", []).append(cause)


def _stage_two(book: Book, case: Case, request_days: int) -> date:
    """Stage 2, answered within 25 days and never upheld, as printed for both quarters of 2018/19."""
    case["stage2_requested"] = book.calendar.after(case["answered_date"], max(request_days, 0))
    if request_days < 0:
        case["stage2_requested"] = book.calendar.after(case["received_date"], case["days"] + request_days)
    outcome = book.rng.choice(("partially_upheld", "not_upheld"))
    ended = ask_for_stage_two(book, case, book.rng.choice((22, 24, 25)), outcome)
    book.cause(case["case_ref"], 2, case["causes"][0], outcome)
    return ended


def _earlier_cases(book: Book) -> None:
    """Cases received outside the four quarters whose stages 2 and 3 fall into them."""
    for service, received, requested, tags in STAGE_THREES_ALONE:
        case: Case = {"service_code": service, "received_date": received, "tags": tags}
        case |= {"record_type": "complaint", "status": "concluded"}
        describe(book, [case])
        ref = book.case(case)
        ask_for_stage_three(book, ref, requested, panel=30, report=5, response=15, outcome="not_upheld")
        book.cause(ref, 3, "COMMUNICATION", "not_upheld")
    people = Population(len(STAGE_TWOS_BEFORE), book.rng, causes=["DELAYS"], outcome="partially_upheld")
    people.deal("service_code", dict.fromkeys(STAGE_TWOS_BEFORE, 1))
    people.spread("days", 14, 15)
    arrange(book, people, Period(date(2018, 3, 19), date(2018, 3, 28)), ANY_TIME)
    describe(book, people)
    for case in people:
        record(book, case, DELAYS)
        find_causes(book, case, case["causes"])
        ended = _stage_two(book, case, 19)
        if course := STAGE_TWOS_BEFORE[case["service_code"]]:
            panel, report, response, outcome = course
            ref, requested = case["case_ref"], book.calendar.after(ended, 20)
            ask_for_stage_three(book, ref, requested, panel=panel, report=report, response=response, outcome=outcome)
            book.cause(ref, 3, "DELAYS", outcome)


def _ombudsman(book: Book, quarter: str) -> None:
    """Referrals of the quarter, all answered late; of the four of Q2 2017/18 one is upheld."""
    referrals = Population(
        book.published.count("quarterly_volumes", period=quarter, stage="ombudsman"),
        book.rng,
    )
    if quarter in RATES_IN:
        where = {"period": quarter, "stage": "ombudsman", "section": RATES_IN[quarter]}
        share = book.published.percent("upheld_by_stage", **where)
        referrals.deal("decision", {"upheld": round(len(referrals) * share / 100)})
    referrals.fill("decision", ["closed_after_initial_enquiries", "referred_back", "not_upheld"])
    for case in referrals:
        received, upheld = book.day(Period.named(quarter)), case["decision"] == "upheld"
        refer(
            book,
            received,
            case["decision"],
            book.calendar.after(received, 70 if upheld else 40),
            answered_after=book.rng.randint(21, 32),
            remedies=["apology", "procedure_change"] if upheld else None,
            service_code=book.rng.choice(OLD_TEAMS),
        )
