"""Northamptonshire 2014/15 and 2015/16: a county's volume, backlog, young people and Ombudsman cases."""

from datetime import date, timedelta
from typing import Any

from redress.demo.aftermath import act, contacts, pay, refer
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
from redress.demo.population import Case, Population, dealt, having, shares
from redress.demo.published import Period

YEARS = ("2014/15", "2015/16")
LAST, AFTER = "2015/16", "2016/17"
BROUGHT_FORWARD = {"2014/15": 80, "2015/16": 42, AFTER: 45}  # 80 + 440 - 42 is the 478 resolved in 2014/15
NOT_PURSUED = {"withdrawn": 22, "disengaged": 8}  # of 2015/16
STAGE_THREES = {"2014/15": 9, "2015/16": 4}  # the chart is lost; the words say fewer
LAST_YEARS_BANDS = {"10": 27, "20": 33, "over": 40}  # percent; the chart is lost, the words say better
QUARTERS = {"Q1 2015/16": 84, "Q2 2015/16": 86, "Q3 2015/16": 99, "Q4 2015/16": 103}  # the words say Q4 leads Q3
YOUNG_SHARE_BEFORE = 0.07
TEAMS = {  # which team a complaint of an area goes to, as often as it is listed
    "SAFEGUARDING": ("SAFEGUARDING_AND_CARE_PLANNING",) * 8 + ("MASH",),
    "LOOKED_AFTER_CHILDREN_AND_CORPORATE_PARENTING": (
        *("LOOKED_AFTER_CHILDREN_TEAMS",) * 4,
        "LEAVING_CARE",
        *("FOSTERING_SERVICES",) * 2,
        "ADOPTIONS",
    ),
}
AREA_OF = {team: area for area, teams in TEAMS.items() for team in teams}
CAUSES = (
    *("PROFESSIONAL_DECISION_MAKING",) * 5,
    *("POOR_COMMUNICATION",) * 4,
    *("STAFF_CONDUCT",) * 4,
    *("STANDARD_OF_SERVICE",) * 3,
    *("POLICY_PROCEDURE",) * 2,
    "FINANCIAL_ISSUES",
    "CONFIDENTIALITY",
    "BIAS_DISCRIMINATION",
)
DELAYS = ("CASELOAD", "CASELOAD", "COMPLEX")
REMEDIES = ("APOLOGY", "APOLOGY", "MEETING")
IMPROVEMENTS = ("PROCEDURE_CHANGE", "GUIDANCE")
OMBUDSMANS_REMEDIES = (["apology"], ["apology", "financial_redress"], ["procedure_change"])
FROZEN = 6


def rebuild(book: Book) -> None:
    """Writes Northamptonshire's records into the book."""
    book.services()
    book.activity()
    comments = _negative_comments(book)
    received = {year: _received(book, year) for year in ("2013/14", *YEARS)}
    _contact_methods(book, [*received[LAST], *comments])
    for year in YEARS:
        _outcomes_and_times(book, received, year)
    everyone = []
    for year, people in received.items():
        _write(book, year, people)
        everyone += people.cases
    for year in YEARS:
        _escalate(book, [case for case in everyone if case["answered_year"] == year], year)
    _freeze(book, [case for case in everyone if case["answered_year"] == LAST])
    describe(book, comments)
    for case in comments:
        book.case(case)
        book.cause(case["case_ref"], 0, "POLICY_PROCEDURE")
    _ombudsman(book)
    praised = book.published.counts("compliments_by_service", "services")
    for case in contacts(book, "compliment", praised, Period.named(LAST), contact_method="email"):
        book.case(case)


def _negative_comments(book: Book) -> Population:
    """What the table of contact methods counts beyond the new complaints (N1)."""
    methods = book.published.counts("stage1_by_contact_method", "contact_methods")
    number = sum(methods.values()) - book.published.count("complaints_received_total", period=LAST)
    return contacts(book, "representation", {"SAFEGUARDING": number}, Period.named(LAST), tags=["negative_comment"])


def _received(book: Book, year: str) -> Population:
    published = book.published
    areas: dict[Any, int] = {**published.counts("stage1_received_by_service", "services")}
    areas[None] = published.count("complaints_received_total", period=LAST) - sum(areas.values())
    if year == "2013/14":
        people = Population(BROUGHT_FORWARD[YEARS[0]], book.rng, answered_year=YEARS[0], brought_forward=True)
    else:
        people = Population(published.count("complaints_received_total", period=year), book.rng)
    people.deal("area", shares(len(people), areas))
    if year == LAST:
        _young_people(book, people)
        people.deal("status", NOT_PURSUED)
        for case in people.where(dealt("status")):
            case["answered_year"] = None
            case["outcome"] = "withdrawn" if case["status"] == "withdrawn" else None
        people.deal("answered_year", {AFTER: BROUGHT_FORWARD[AFTER]})
    else:
        young = round(len(people) * YOUNG_SHARE_BEFORE)
        people.deal("complainant_type", {"child_or_young_person": young})
    if year == YEARS[0]:
        people.mark("brought_forward", BROUGHT_FORWARD[LAST])
        people.fill("answered_year", [LAST], dealt("brought_forward"))
    people.fill("answered_year", [year])
    for case in people:
        case.setdefault("service_code", book.rng.choice(TEAMS.get(case["area"], (case["area"],))))
    people.fill("main_cause", CAUSES)
    return people


def _young_people(book: Book, people: Population) -> None:
    """The 35 of 2015/16, made directly or through an advocate, by service and theme."""
    published = book.published
    for team, count in published.counts("young_person_complaints_by_service", "services").items():
        area = AREA_OF.get(team, team)
        people.deal("service_code", {team: count}, having(area=area))
    young = Population.of(people.where(dealt("service_code")), book.rng)
    young.deal("main_cause", published.counts("young_person_complaint_causes", "causes"))
    young.fill("own_complaint", [True])
    for case in young:
        leaver = case["service_code"] == "LEAVING_CARE"
        direct = "care_leaver" if leaver else "child_or_young_person"
        case["complainant_type"] = book.rng.choice((direct, direct, "advocate"))
        case["advocate_supported"] = case["complainant_type"] == "advocate" or book.rng.random() < 0.5
        case["age"] = book.rng.randint(18, 21) if leaver else book.rng.randint(11, 17)


def _contact_methods(book: Book, cases: list[Case]) -> None:
    everyone = Population.of(cases, book.rng)
    everyone.deal("contact_method", book.published.counts("stage1_by_contact_method", "contact_methods"))


def _outcomes_and_times(book: Book, received: dict[str, Population], year: str) -> None:
    """Outcomes and bands of what was answered in a year, whenever received; the rest is no finding."""
    published = book.published
    everyone = [case for people in received.values() for case in people]
    answered = Population.of([case for case in everyone if case["answered_year"] == year], book.rng)
    answered.deal("outcome", published.counts("stage1_outcomes", "outcomes", period=year))
    answered.fill("outcome", ["no_finding"])
    bands = shares(len(answered), LAST_YEARS_BANDS)
    if year != LAST:
        table = "stage1_timeliness_by_band"
        bands = {
            "10": published.count(table, member="within the optimum 10 working day timescale"),
            "20": published.count(table, member="within the extended 20 day timescales"),
            "over": published.count(table, member="longer than 20 days"),
        }
    answered.fill("band", ["over"], dealt("brought_forward"))
    answered.deal_rest("band", bands)
    longest = 55 if year == LAST else 110
    for band, (low, high) in {"10": (0, 10), "20": (11, 20), "over": (21, longest)}.items():
        answered.spread("days", low, high, having(band=band))
    if year == LAST:
        later = Population.of([case for case in everyone if case["answered_year"] == AFTER], book.rng)
        later.spread("days", 18, 50)
        later.fill("outcome", DECIDED)


def _write(book: Book, year: str, people: Population) -> None:
    period = Period.named(year)
    if year == LAST:
        people.fill("quarter", ["Q4 2015/16"], having(answered_year=AFTER))
        people.deal_rest("quarter", QUARTERS)
        for case in people:
            case["received_in"] = Period.named(case["quarter"])
    for case in people:
        if case["answered_year"]:
            case["answered_in"] = Period.named(case["answered_year"])
    arrange(book, people, period, period)
    describe(book, people)
    _unborn(people, period)
    for case in people:
        record(book, case, DELAYS)
        find_causes(book, case, [case["main_cause"]])
        if case["outcome"] in UPHELD:
            act(book, case, REMEDIES, IMPROVEMENTS)


def _unborn(people: Population, period: Period) -> None:
    """Two complaints about a child not yet born."""
    if period != Period.named(LAST):
        return
    for case in people.where(having(age=0, complainant_type="parent"))[:2]:
        case |= {"gender": "unborn", "age_band": "unborn"}
        del case["date_of_birth"]


def _escalate(book: Book, answered: list[Case], year: str) -> None:
    """Stage 2 asked for in the year, after an answer in it; a few went on to stage 3."""
    number = book.published.count("volumes_by_stage_and_year", period=year, stage="stage2")
    last = Period.named(year).last
    decided = [
        case
        for case in answered
        if case["outcome"] in DECIDED and book.calendar.after(case["answered_date"], 20) <= last
    ]
    for position, case in enumerate(book.rng.sample(decided, number)):
        case["stage2_requested"] = book.calendar.after(case["answered_date"], book.rng.choice((3, 8, 12, 16, 20)))
        outcome = book.rng.choice(DECIDED)
        ended = ask_for_stage_two(book, case, book.rng.randint(30, 84), outcome)
        book.cause(case["case_ref"], 2, case["main_cause"], outcome)
        agreed = ended
        if position < STAGE_THREES[year]:
            requested = book.calendar.after(ended, book.rng.randint(4, 20))
            agreed = ask_for_stage_three(
                book, case["case_ref"], requested, panel=26 + position, report=5, response=15, outcome="not_upheld"
            )
            book.cause(case["case_ref"], 3, case["main_cause"], "not_upheld")
        pay(book, case["case_ref"], "stage2_investigation", f"{book.rng.randrange(1200, 2600)}.00", agreed)


def _freeze(book: Book, answered: list[Case]) -> None:
    """Complaints suspended for court or police proceedings; the clock stops for two weeks or so."""
    long = [case for case in answered if case["days"] >= 45]
    for position, case in enumerate(book.rng.sample(long, FROZEN)):
        start = book.calendar.after(case["received_date"], 6)
        # The first one is frozen from a Friday over the weekend and twice.
        if position == 0:
            start += timedelta(days=(4 - start.weekday()) % 7)
            _freeze_row(book, case, start, start + timedelta(days=3), "criminal")
            start += timedelta(days=10)
        _freeze_row(book, case, start, book.calendar.after(start, book.rng.randint(8, 14)), "court")


def _freeze_row(book: Book, case: Case, start: date, end: date, reason: str) -> None:
    book.add("freezes", case_ref=case["case_ref"], stage=1, frozen_from=start, frozen_to=end, reason=reason)


def _ombudsman(book: Book) -> None:
    """73 recorded; the 66 pursued by decision, the other seven not for the Ombudsman."""
    published = book.published
    decisions = {
        decision: published.count("ombudsman_decisions", member=member)
        for decision, member in (
            ("referred_back", "referred back for local resolution"),
            ("closed_after_initial_enquiries", "closed after initial enquiries"),
            ("advice_given", "closed with advice given"),
            ("incomplete_or_invalid", "incomplete or invalid"),
            ("not_upheld", "not upheld"),
            ("upheld", "upheld"),
        )
    }
    recorded = Population(published.count("ombudsman_decisions", member="complaints and enquiries recorded"), book.rng)
    recorded.deal("decision", decisions)
    recorded.fill("decision", ["not_for_us"])
    period = Period.named(LAST)
    for case in recorded:
        decision, received = case["decision"], book.day(period)
        investigated, upheld = decision in ("upheld", "not_upheld"), decision == "upheld"
        refer(
            book,
            received,
            decision,
            book.calendar.after(received, 75 if investigated else book.rng.randint(8, 30)),
            answered_after=book.rng.randint(12, 26),
            remedies=book.rng.choice(OMBUDSMANS_REMEDIES) if upheld else None,
            service_code=book.rng.choice(TEAMS["SAFEGUARDING"]),
            pursued=decision != "not_for_us",
        )
