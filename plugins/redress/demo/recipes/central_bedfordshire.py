"""Central Bedfordshire 2014/15 and 2015/16: received, filtered, concluded; causes, delays and equalities."""

from datetime import date, timedelta

from redress.demo.aftermath import act, contacts, pay, refer
from redress.demo.book import Book
from redress.demo.complaints import (
    DECIDED,
    UPHELD,
    arrange,
    ask_for_stage_two,
    describe,
    find_causes,
    record,
)
from redress.demo.population import Case, Population, dealt, having, not_dealt, shares
from redress.demo.published import Period, whole_numbers
from redress.demo.recipes.central_bedfordshire_received import BEFORE, YEAR, accepted, total

AFTER = "2016/17"
CARRIED_FORWARD = {BEFORE: 11, YEAR: 6}  # so that 70 were concluded in 2015/16
WITHDRAWN_BEFORE = 1
UPHELD_CAUSES = 43  # the smallest base the printed shares fit (B5)
FULLY_UPHELD_SHARE = {"upheld": 1, "partially_upheld": 2}
COMPLIMENTS = {  # counted in the list of section 1.1
    "CHILD_POVERTY_AND_EARLY_CHILDHOOD_INTERVENTION": 14,
    "ASSESSMENT": 6,
    "FAMILY_SUPPORT": 5,
    "CORPORATE_PARENTING": 1,
}
NOT_UPHELD_CAUSES = ("HISTORICAL_ABUSE", "SERVICE_NOT_PROVIDED", "RESOURCE_DECISION")
NOT_ACCEPTED_REASONS = (
    "child_protection",
    "child_protection",
    "legal_process",
    "legal_process",
    "internal_process",
    "other_body",
    "out_of_time",
    "vexatious",
)
OMBUDSMANS_SERVICES = ("ASSESSMENT_TEAM", "FAMILY_SUPPORT_EAST", "COURT_WORK", "FAMILY_SUPPORT_SOUTH")
REMEDIES = ("APOLOGY", "INDIVIDUAL_REMEDY", "INDIVIDUAL_REMEDY")
IMPROVEMENTS = ("PROCESS_REVIEW", "PROCESS_REVIEW", "STAFF_BRIEFING")


def rebuild(book: Book) -> None:
    """Writes Central Bedfordshire's records into the book."""
    book.services()
    book.activity()
    _settled_by_the_ombudsman(book)
    received = {year: accepted(book, year) for year in (BEFORE, YEAR)}
    for year in received:
        _conclude(book, year, received)
    _causes(book, received)
    for year, people in received.items():
        _write(book, year, people)
        _not_accepted(book, year, len(people))
    _alternative_resolution(book, received[YEAR])
    _ombudsman(book)
    _compliments(book)


def _conclude(book: Book, year: str, received: dict[str, Population]) -> None:
    """Who ended how: answered in the year or carried into the next one; bands and delay reasons."""
    published, people = book.published, received[year]
    routes = {"withdrawn": WITHDRAWN_BEFORE}
    if year == YEAR:
        table = "complaints_concluded_by_route"
        routes = {
            "withdrawn": published.count(table, member="withdrawn"),
            "disengaged": published.count(table, member="complainant disengaged with the process"),
            "resolved_on_the_spot": published.count(table, member="resolved on the spot"),
        }
    people.deal("status", routes)
    for case in people.where(dealt("status")):
        case["answered_year"] = None
        case["received_in"] = Period.named(year).until(Period.named(year).last - timedelta(days=30))
        case["outcome"] = "withdrawn" if case["status"] == "withdrawn" else None
    people.mark("carried", CARRIED_FORWARD[year], not_dealt("status"))
    people.fill("answered_year", [AFTER if year == YEAR else YEAR], dealt("carried"))
    people.fill("answered_year", [year])
    everyone = [case for group in received.values() for case in group]
    answered = Population.of([case for case in everyone if case.get("answered_year") == year], book.rng)
    people.spread("days", 11, 24, having(answered_year=AFTER))
    if year == YEAR:
        _bands_and_outcomes(book, answered)
        people.fill("outcome", DECIDED, having(answered_year=AFTER))
        return
    in_time = round(len(answered) * published.percent("stage1_timeliness_by_band", period=BEFORE) / 100)
    answered.mark("in_time", in_time)
    answered.spread("days", 2, 20, dealt("in_time"))
    answered.spread("days", 21, 50)
    answered.fill("outcome", DECIDED)


def _bands_and_outcomes(book: Book, answered: Population) -> None:
    """Sections 3 and 4, of the 62 answered in 2015/16, whenever received."""
    published = book.published
    days = {
        band: published.count("stage1_timeliness_by_band", period=YEAR, member=member)
        for band, member in (
            ("10", "completed within 10 working days"),
            ("<20", "completed within 20 working days"),
            ("20+", "exceeded 20 working days"),
        )
    }
    answered.fill("band", ["<20"], dealt("carried"))
    answered.deal_rest("band", days)
    for band, (low, high) in {"10": (1, 10), "<20": (11, 20), "20+": (21, 52)}.items():
        answered.spread("days", low, high, having(band=band))
        if band != "10":
            reasons = published.counts("delay_reasons_by_band", "delay_reasons", member2=band)
            answered.deal("delay_reason", reasons, having(band=band))
    for case in answered:
        case["extended"] = case.get("delay_reason") == "EXTENSION_AGREED"
    upheld = round(len(answered) * published.percent("stage1_outcomes") / 100)
    answered.fill("outcome", ["not_upheld"], having(main_cause=NOT_UPHELD_CAUSES))
    answered.deal("outcome", shares(upheld, FULLY_UPHELD_SHARE))
    answered.fill("outcome", ["not_upheld"])


def _causes(book: Book, received: dict[str, Population]) -> None:
    """Deals the 43 upheld causes to the upheld complaints of 2015/16; everyone has a main cause."""
    everyone = Population.of([case for people in received.values() for case in people], book.rng)
    upheld = everyone.where(having(answered_year=YEAR, outcome=UPHELD))
    pool = whole_numbers(book.published.percents("upheld_share_by_cause", "causes"), UPHELD_CAUSES)
    for case in upheld:
        if "main_cause" in case:
            pool[case["main_cause"]] -= 1
    points = [cause for cause, count in pool.items() for _ in range(count)]
    book.rng.shuffle(points)
    for case in upheld:
        if "main_cause" not in case:
            case["main_cause"] = points.pop()
        case["causes"] = [case["main_cause"]]
    for cause in points:
        open_to = [case for case in upheld if "own" not in case and len(case["causes"]) == 1]
        next(case for case in open_to if cause not in case["causes"])["causes"].append(cause)
    usual = [cause for cause in pool if cause not in NOT_UPHELD_CAUSES]
    everyone.fill("main_cause", usual)
    for case in everyone:
        case.setdefault("causes", [case["main_cause"]])


def _write(book: Book, year: str, people: Population) -> None:
    period = Period.named(year)
    for case in people:
        if case["answered_year"]:
            case["answered_in"] = Period.named(case["answered_year"])
    arrange(book, people, period, period)
    describe(book, people)
    for case in people:
        ref = record(book, case, ("SERVICE_DELAY", "EXTENSION_AGREED"))
        for cause in case["causes"]:
            book.cause(ref, 1, cause, case["outcome"] if case["outcome"] in DECIDED else None)
        if case["outcome"] in UPHELD:
            act(book, case, REMEDIES, IMPROVEMENTS)


def _not_accepted(book: Book, year: str, through: int) -> None:
    """What was filtered out before stage 1."""
    period = Period.named(year)
    people = Population(total(book, year) - through, book.rng, record_type="complaint", status="not_accepted")
    people.fill("not_accepted_reason", NOT_ACCEPTED_REASONS)
    people.fill("service_code", ["ASSESSMENT_TEAM", "FAMILY_SUPPORT_EAST", "COURT_WORK"])
    arrange(book, people, period.until(period.last - timedelta(days=30)), period)
    describe(book, people)
    for case in people:
        case["closed_date"] = case["ended_date"]
        book.case(case)


def _alternative_resolution(book: Book, people: Population) -> None:
    """Ten took the offer up and went no further; some others declined it."""
    taken = book.published.count("mediation_and_adr", member="complainants who took up the offer of ADR")
    answered = people.where(having(answered_year=YEAR, band=("10", "<20")))
    chosen = book.rng.sample(answered, taken + 4)
    for position, case in enumerate(chosen):
        accepted = position < taken
        book.add(
            "resolutions",
            case_ref=case["case_ref"],
            offered_date=book.calendar.after(case["answered_date"], book.rng.randint(0, 10)),
            method=book.rng.choice(("meeting", "head_of_service_review", "further_response")),
            accepted=accepted,
            resolved=True if accepted else None,
        )


def _settled_by_the_ombudsman(book: Book) -> None:
    """A case of 2013/14, reported to the Ombudsman in 2014/15 and settled in 2015/16 with a payment."""
    case: Case = {
        "service_code": "FAMILY_SUPPORT_EAST",
        "received_date": date(2013, 6, 10),
        "answered_date": date(2013, 7, 8),
        "outcome": "partially_upheld",
        "extended": True,
    }
    describe(book, [case])
    ref = record(book, case, ("DETAILED_OR_HISTORICAL",))
    find_causes(book, case, ["POOR_CUSTOMER_CARE_COMMUNICATION"])
    case["stage2_requested"] = date(2013, 7, 29)
    ask_for_stage_two(book, case, 65, "upheld")
    decided = date(2015, 9, 14)
    remedies = ["financial_redress"]
    refer(
        book, date(2014, 11, 3), "upheld", decided, remedies=remedies, case_ref=ref, service_code=case["service_code"]
    )
    amount = book.published.value("costs", measure="currency", stage="ombudsman")
    pay(book, ref, "redress", f"{amount:.2f}", decided, ombudsman_recommended=True)


def _ombudsman(book: Book) -> None:
    """Section 6.1: four not investigated; three investigated, two of them pending at the year's end."""
    published, first = book.published, Period.named(YEAR).first
    left, no_fault, pending = (
        published.count("ombudsman_decisions", section="narrative 8.1", member=member)
        for member in ("decided not to investigate", "no fault", "pending a decision at the end of the period")
    )
    courses = (
        (left, Period(first, date(2016, 1, 31)), "closed_after_initial_enquiries", 25),
        (no_fault, Period(first, date(2015, 9, 30)), "not_upheld", 80),
        (pending, Period(date(2016, 1, 11), date(2016, 2, 26)), "not_upheld", 95),
    )
    for number, period, decision, days in courses:
        for _ in range(number):
            received = book.day(period)
            decided = book.calendar.after(received, days)
            refer(book, received, decision, decided, service_code=book.rng.choice(OMBUDSMANS_SERVICES))


def _compliments(book: Book) -> None:
    """Section 1.1, with the three items of its list that have a number."""
    people = contacts(book, "compliment", COMPLIMENTS, Period.named(YEAR), contact_method="email")
    numbered = [
        row for row in book.published.rows if row["return_table"] == "compliments_by_service" and row["member2"]
    ]
    for row in numbered:
        area, cause = book.published.code("services", row["member"]), book.published.code("causes", row["member2"])
        people.deal("praise", {cause: int(row["value"])}, having(service_code=area))
    people.fill("praise", ["OTHER_PRAISE"])
    for case in people:
        book.case(case)
        book.cause(case["case_ref"], 0, case["praise"])
