"""Central Bedfordshire 2014/15 and 2015/16: received, filtered, concluded; causes, delays and equalities."""

from datetime import date, timedelta

from redress.demo.book import Book
from redress.demo.complaints import (
    DECIDED,
    UPHELD,
    act,
    arrange,
    ask_for_stage_two,
    contacts,
    describe,
    find_causes,
    record,
)
from redress.demo.population import Case, Population, shares
from redress.demo.published import Period, whole_numbers

YEAR, BEFORE, AFTER = "2015/16", "2014/15", "2016/17"
ACCEPTED_BEFORE = 72  # of the 92 of 2014/15; 9 young people of 72 make the rise of 9 points (B2)
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
CORPORATE_PARENTING = ("COURT_WORK", "TRANSITION_AND_ASYLUM_13_PLUS", "ADOPTION")
PROFESSIONAL_STANDARDS = ("CONFERENCE_AND_REVIEW",)
DISABILITIES_TEAM = "SOCIAL_WORK_TEAM"
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
CARE_LEAVERS = 3  # of the 14 young people
REMEDIES = ("APOLOGY", "INDIVIDUAL_REMEDY", "INDIVIDUAL_REMEDY")
IMPROVEMENTS = ("PROCESS_REVIEW", "PROCESS_REVIEW", "STAFF_BRIEFING")


def rebuild(book: Book) -> None:
    """Writes Central Bedfordshire's records into the book."""
    book.services()
    book.activity()
    _settled_by_the_ombudsman(book)
    received = {year: _received(book, year) for year in (BEFORE, YEAR)}
    for year in received:
        _conclude(book, year, received)
    _causes(book, received)
    for year, people in received.items():
        _write(book, year, people)
        _not_accepted(book, year, len(people))
    _alternative_resolution(book, received[YEAR])
    _ombudsman(book)
    _compliments(book)


def _total(book: Book, year: str) -> int:
    """Complaints received, before filtering; the year before worked back from the fall."""
    total = book.published.count("complaints_received_total", period=YEAR, stage="")
    if year == YEAR:
        return total
    return round(total / (1 + book.published.value("complaints_received_total", measure="change_percent") / 100))


def _received(book: Book, year: str) -> Population:
    published = book.published
    accepted = published.count("complaints_received_total", period=YEAR, stage="stage1")
    young = published.count("stage1_by_origin", member="directly from children and young people")
    teams = published.counts("stage1_received_by_service", "services", "member2", period=YEAR)
    teams.pop("")
    teams["ASSESSMENT_TEAM"] = accepted - sum(teams.values())
    if year == YEAR:
        people = Population(accepted, book.rng)
        people.deal("service_code", teams)
        _young_people(book, people)
        _equalities(book, people)
        people.deal("contact_method", published.counts("stage1_by_contact_method", "contact_methods"))
        return people
    points = published.value("stage1_by_origin", measure="change_percent")
    people = Population(ACCEPTED_BEFORE, book.rng)
    people.deal("service_code", shares(ACCEPTED_BEFORE, teams))
    before = round((young / accepted - points / 100) * ACCEPTED_BEFORE)
    people.deal("complainant_type", {"child_or_young_person": before})
    return people


def _young_people(book: Book, people: Population) -> None:
    """The 14: by service, what about (the fourteenth for a cause the report does not list, B1), advocates."""
    published = book.published
    by_area = published.counts("young_person_complaints_by_service", "services")
    for area, teams in (
        ("CORPORATE_PARENTING", CORPORATE_PARENTING),
        ("PROFESSIONAL_STANDARDS", PROFESSIONAL_STANDARDS),
    ):
        people.deal("own", {True: by_area[area]}, where=lambda case, t=teams: case["service_code"] in t)
    young = Population.of(people.where(lambda case: "own" in case), book.rng)
    young.deal("main_cause", published.counts("young_person_complaint_causes", "causes"))
    young.fill("main_cause", ["UNREASONABLE_DECISION"])
    young.deal("complainant_type", {"care_leaver": CARE_LEAVERS})
    young.fill("complainant_type", ["child_or_young_person"])
    young.deal(
        "advocate_supported",
        {True: published.count("stage1_by_origin", member="supported by the advocacy service (NYAS)")},
    )
    young.fill("advocate_supported", [False])
    specific = published.count(
        "equalities_disability", member="Children with Disabilities complaints specific to the service"
    )
    people.deal(
        "main_cause", {"RESOURCE_DECISION": specific}, where=lambda case: case["service_code"] == DISABILITIES_TEAM
    )


def _equalities(book: Book, people: Population) -> None:
    """Sections 7.2 to 7.5. Blank stands for what was recorded as unknown."""
    published, size = book.published, len(people)
    people.deal("gender", whole_numbers(published.percents("equalities_gender", "genders"), size))
    ethnicity = whole_numbers(published.percents("equalities_ethnicity", "ethnicities"), size)
    unknown, white = ethnicity.pop("unknown"), ethnicity.pop("White British")
    groups = shares(sum(ethnicity.values()), {"asian": 2, "black": 2, "mixed": 2, "other": 1})
    people.deal("ethnicity", {None: unknown, "WBRI": white, **groups})
    for label in ("Physical disability", "Learning disability"):
        share = published.value("equalities_disability", measure="percent", member=label.lower())
        people.deal(
            "disabilities",
            {(label,): round(size * share / 100)},
            where=lambda case: case["service_code"] == DISABILITIES_TEAM,
        )
    people.fill("disabilities", [("NONE",)] * 3 + [None])
    ages = published.counts("equalities_age", "ages")
    people.deal("age_known", {False: ages["unknown"]}, where=lambda case: "own" not in case)
    adults = ages["19-64"] - CARE_LEAVERS
    people.deal("adult", {True: adults}, where=lambda case: "own" not in case and "age_known" not in case)
    for case in people:
        if "adult" in case:
            case["age"] = book.rng.randint(22, 55)
        if "age_known" in case:
            case["age"] = None
        if case.get("complainant_type") == "care_leaver":
            case["age"] = book.rng.randint(19, 21)


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
    for case in people.where(lambda case: "status" in case):
        case["answered_year"] = None
        case["received_in"] = Period.named(year).until(Period.named(year).last - timedelta(days=30))
        case["outcome"] = "withdrawn" if case["status"] == "withdrawn" else None
    people.deal("answered_year", {AFTER if year == YEAR else YEAR: CARRIED_FORWARD[year]})
    people.fill("answered_year", [year])
    everyone = [case for group in received.values() for case in group]
    answered = Population.of([case for case in everyone if case.get("answered_year") == year], book.rng)
    people.spread("days", 11, 24, where=lambda case: case["answered_year"] == AFTER)
    if year == YEAR:
        _bands_and_outcomes(book, answered, received[BEFORE].cases)
        people.fill("outcome", DECIDED, where=lambda case: case["answered_year"] == AFTER)
        return
    in_time = round(len(answered) * published.percent("stage1_timeliness_by_band", period=BEFORE) / 100)
    answered.deal("in_time", {True: in_time})
    answered.spread("days", 2, 20, where=lambda case: "in_time" in case)
    answered.spread("days", 21, 50)
    answered.fill("outcome", DECIDED)


def _bands_and_outcomes(book: Book, answered: Population, earlier: list[Case]) -> None:
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
    answered.fill("band", ["<20"], where=lambda case: any(case is other for other in earlier))
    answered.deal_rest("band", days)
    for band, (low, high) in {"10": (1, 10), "<20": (11, 20), "20+": (21, 52)}.items():
        answered.spread("days", low, high, where=lambda case, b=band: case["band"] == b)
        if band != "10":
            reasons = published.counts("delay_reasons_by_band", "delay_reasons", member2=band)
            answered.deal("delay_reason", reasons, where=lambda case, b=band: case["band"] == b)
    for case in answered:
        case["extended"] = case.get("delay_reason") == "EXTENSION_AGREED"
    upheld = round(len(answered) * published.percent("stage1_outcomes") / 100)
    answered.fill("outcome", ["not_upheld"], where=lambda case: case.get("main_cause") in NOT_UPHELD_CAUSES)
    answered.deal("outcome", shares(upheld, FULLY_UPHELD_SHARE))
    answered.fill("outcome", ["not_upheld"])


def _causes(book: Book, received: dict[str, Population]) -> None:
    """Deals the 43 upheld causes to the upheld complaints of 2015/16; everyone has a main cause."""
    everyone = Population.of([case for people in received.values() for case in people], book.rng)
    upheld = everyone.where(lambda case: case["answered_year"] == YEAR and case["outcome"] in UPHELD)
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


def _not_accepted(book: Book, year: str, accepted: int) -> None:
    """What was filtered out before stage 1."""
    period = Period.named(year)
    people = Population(_total(book, year) - accepted, book.rng, record_type="complaint", status="not_accepted")
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
    answered = people.where(lambda case: case["answered_year"] == YEAR and case["days"] < 30)
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
    _ombudsman_row(
        book, date(2014, 11, 3), "FAMILY_SUPPORT_EAST", "upheld", decided, case_ref=ref, remedies=["financial_redress"]
    )
    book.add(
        "payments",
        payment_ref=book.number("M"),
        case_ref=ref,
        payment_type="redress",
        amount=f"{book.published.value('costs', measure='currency', stage='ombudsman'):.2f}",
        agreed_date=decided,
        paid_date=book.calendar.after(decided, 20),
        ombudsman_recommended=True,
    )


def _ombudsman(book: Book) -> None:
    """Section 6.1: four not investigated; three investigated, two of them pending at the year's end."""
    published, period = book.published, Period.named(YEAR)
    where = {"section": "narrative 6.1"}
    total = published.count("ombudsman_decisions", member="considered", **where)
    left, no_fault, pending = (
        published.count("ombudsman_decisions", section="narrative 8.1", member=member)
        for member in ("decided not to investigate", "no fault", "pending a decision at the end of the period")
    )
    services = ("ASSESSMENT_TEAM", "FAMILY_SUPPORT_EAST", "COURT_WORK", "FAMILY_SUPPORT_SOUTH")
    for position in range(total):
        service = services[position % len(services)]
        if position < left:
            received = book.day(period.until(date(2016, 1, 31)))
            decided = book.calendar.after(received, 25)
            _ombudsman_row(book, received, service, "closed_after_initial_enquiries", decided)
        elif position < left + no_fault:
            received = book.day(period.until(date(2015, 9, 30)))
            _ombudsman_row(book, received, service, "not_upheld", book.calendar.after(received, 80))
        elif position < left + no_fault + pending:
            received = book.day(period.from_day(date(2016, 1, 11)).until(date(2016, 2, 26)))
            _ombudsman_row(book, received, service, "not_upheld", book.calendar.after(received, 95))


def _ombudsman_row(book: Book, received: date, service: str, decision: str, decided: date, **columns: object) -> None:
    investigated = decision in ("upheld", "not_upheld")
    book.add(
        "ombudsman",
        ombudsman_ref=book.number("O"),
        service_code=service,
        received_date=received,
        investigation_started_date=book.calendar.after(received, 15) if investigated else None,
        response_due_date=book.calendar.after(received, 20),
        responded_date=book.calendar.after(received, 17),
        decided_date=decided,
        decision=decision,
        pursued=True,
        **columns,
    )


def _compliments(book: Book) -> None:
    """Section 1.1, with the three items of its list that have a number."""
    people = contacts(book, "compliment", COMPLIMENTS, Period.named(YEAR), contact_method="email")
    numbered = [
        row for row in book.published.rows if row["return_table"] == "compliments_by_service" and row["member2"]
    ]
    for row in numbered:
        area, cause = book.published.code("services", row["member"]), book.published.code("causes", row["member2"])
        people.deal("praise", {cause: int(row["value"])}, where=lambda case, a=area: case["service_code"] == a)
    people.fill("praise", ["OTHER_PRAISE"])
    for case in people:
        book.case(case)
        book.cause(case["case_ref"], 0, case["praise"])
