"""Harrow 2015/16 to 2017/18: three services, stages 1 to 3, equalities at stages 1 and 2."""

from datetime import timedelta

from redress.demo.aftermath import act, contacts, refer
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
    withdraw_stage_two,
)
from redress.demo.population import Case, Population, both, dealt, having, not_dealt, shares
from redress.demo.published import Period

YEARS = ("2015/16", "2016/17", "2017/18")
FIRST, LAST = YEARS[0], YEARS[-1]
TARGETED, EDUCATION, SPECIAL_NEEDS = "TARGETED_SERVICES", "EDUCATION_AND_COMMISSIONING", "SPECIAL_NEEDS_SERVICE"
SERVICES = {TARGETED: "Targeted Services", EDUCATION: "Education & Commissioning", SPECIAL_NEEDS: "Special Needs"}

# Answered after the year's end, one a service: 52 answers in 2017/18, of which 49 in time are 94% (H11).
CARRIED_FORWARD = {LAST: tuple(SERVICES)}
BRISK_SHARE = 0.6  # of the answers in time, those within 10 days: Table 4 is lost
OVER_LONGEST_LIMIT = 72  # working days of a stage 2 that took more than 65
PARENTS_CAUSES = (
    *("DISAGREES_WITH_SOCIAL_CARE_OPINION",) * 4,
    *("INVOLVEMENT_OR_ESCALATION",) * 2,
    "LEVEL_OF_SUPPORT_OR_SERVICE",
    "UNHAPPY_WITH_ASSESSMENT",
    "BIAS_TOWARDS_OTHER_PARENT",
    "LEVEL_OF_COMMUNICATION",
    "CONTACT_ARRANGEMENTS",
    "BREACH_OF_CONFIDENTIALITY",
    "UNHAPPY_WITH_FOSTER_CARER",
)
YOUNG_PEOPLES_CAUSES = ("MOVING_PLACEMENT", "PLACEMENT_CONDITION", "FINANCIAL_SUPPORT", "CHANGE_OF_SOCIAL_WORKER")
REMEDIES = ("APOLOGY", "EXPLANATION", "RECORD_CORRECTED")
IMPROVEMENTS = ("PROCESS_REVIEW", "TRAINING")

IS_DECIDED = having(outcome=DECIDED)
ESCALATED = dealt("escalated")


def rebuild(book: Book) -> None:
    """Writes Harrow's records into the book."""
    book.services()
    book.activity()
    for year in YEARS:
        _complaints(book, year)
        _representations(book, year)
    for year in YEARS[1:]:
        _enquiries(book, year)
    praise = {TARGETED: book.published.count("compliments_total")}
    for case in contacts(book, "compliment", praise, Period.named(LAST), contact_method="letter"):
        book.case(case)
    for _ in range(book.published.count("volumes_by_stage_and_year", period="2016/17", stage="ombudsman")):
        received = book.day(Period.named("2016/17"))
        decided = book.calendar.after(received, 25)
        refer(book, received, "closed_after_initial_enquiries", decided, service_code=TARGETED)


def _complaints(book: Book, year: str) -> None:
    published, period = book.published, Period.named(year)
    received = published.counts("stage1_received_by_service", "services", period=year)
    people = Population(sum(received.values()), book.rng)
    people.deal("service_code", received)
    for service, label in SERVICES.items():
        where = {"section": "Table 7", "period": year, "member": label}
        outcomes = published.counts("stage1_outcomes_by_service", "outcomes", "member2", **where)
        people.deal("outcome", outcomes, having(service_code=service))
    people.fill("outcome", ["withdrawn"])
    people.fill("status", ["withdrawn"], having(outcome="withdrawn"))
    _who_escalated(book, people, year)
    _stage_two_outcomes(book, people, year)
    _who_complained(book, people, year)
    _equalities(book, people, year)
    _answer_times(book, people, year)
    arrange(book, people, period, period)
    describe(book, people)
    for case in people:
        record(book, case, ("COMPLEX", "STAFF_ABSENCE"))
        young = case["complainant_type"] == "child_or_young_person" or "own_complaint" in case
        find_causes(book, case, [book.rng.choice(YOUNG_PEOPLES_CAUSES if young else PARENTS_CAUSES)])
        if case["outcome"] in UPHELD:
            act(book, case, REMEDIES, IMPROVEMENTS)
    for case in people.where(ESCALATED):
        _stage_two(book, case, year)
    if year == LAST:
        _mediation(book, people, period)


def _who_escalated(book: Book, people: Population, year: str) -> None:
    """Stage 2 by service, worked back from the rates of Table 9; and who is answered after the year's end."""
    rates = book.published.percents("escalation_rate_by_service", "services", section="Table 9", period=year)
    for service in CARRIED_FORWARD.get(year, ()):
        people.mark("carried", 1, both(IS_DECIDED, having(service_code=service)))
    for service in SERVICES:
        received = len(people.where(having(service_code=service)))
        number = round(received * rates[service] / 100)
        people.mark("escalated", number, both(IS_DECIDED, having(service_code=service), not_dealt("carried")))


def _stage_two_outcomes(book: Book, people: Population, year: str) -> None:
    """Tables 10 and 11. The seventh of 2017/18 was running at the year's end and then withdrawn."""
    published = book.published
    if year == LAST:
        for service in (TARGETED, EDUCATION):
            where = {"section": "Table 10", "member": SERVICES[service]}
            outcomes = published.counts("stage2_outcomes_by_service", "outcomes", "member2", **where)
            people.deal("stage2_outcome", outcomes, both(ESCALATED, having(service_code=service)))
    else:
        people.fill("stage2_outcome", DECIDED, ESCALATED)
    if year == "2016/17":
        where = {"period": year, "member": SERVICES[TARGETED], "member2": "Over Timescale"}
        over = published.count("stage2_timeliness_by_service", **where)
        people.deal("stage2_days", {OVER_LONGEST_LIMIT: over}, both(ESCALATED, having(service_code=TARGETED)))
    if year == FIRST:
        panels = published.count("volumes_by_stage_and_year", period=year, stage="stage3")
        people.mark("panel", panels, ESCALATED)
        people.fill("stage2_days", [30], dealt("panel"))
    known = dealt("stage2_outcome")
    people.spread("stage2_days", 24, 65, known)
    people.spread("request_days", 4, 20, ESCALATED)
    people.deal("stage2_cause", {"INVOLVEMENT_OR_ESCALATION": len(people.where(known)) // 2}, known)
    people.fill("stage2_cause", ["UNHAPPY_WITH_ASSESSMENT", "LEVEL_OF_SUPPORT_OR_SERVICE"], ESCALATED)


def _who_complained(book: Book, people: Population, year: str) -> None:
    """Tables 17 and 20; five young people of 2017/18, one of them through an advocate (H5)."""
    published = book.published
    table = "2016/17" if year == FIRST else year
    origins = published.counts("stage1_by_origin", "complainants", period=table)
    origins |= shares(origins.pop("parent;relative"), {"parent": 5, "relative": 1})
    origins = shares(len(people), origins)
    if year != FIRST:
        asking = published.counts("stage2_by_origin", "complainants", section="Table 20", period=year)
        asking["parent"] = asking.pop("parent;relative")
        people.deal("complainant_type", asking, ESCALATED)
    if year == LAST:
        table = "young_person_complaint_outcomes"
        young = published.count(table, member="complaints directly from young persons")
        upheld = published.count(table, member="partially upheld")
        for outcome, number in (("partially_upheld", upheld), ("not_upheld", young - upheld)):
            where = both(having(outcome=outcome, service_code=TARGETED), not_dealt("escalated"))
            people.mark("own_complaint", number, where)
        direct = origins["child_or_young_person"]
        counts = {"child_or_young_person": direct, "advocate": young - direct}
        people.deal("complainant_type", counts, dealt("own_complaint"))
    people.deal_rest("complainant_type", origins)


def _equalities(book: Book, people: Population, year: str) -> None:
    """Tables 15, 16, 18 and 19; Table 15 cut to the year's complaints where it adds to more (H7)."""
    if year == FIRST:
        return
    for column, list_name, asking_table, table in (
        ("gender", "genders", "Table 18", "Table 15"),
        ("ethnicity", "ethnicities", "Table 19", "Table 16"),
    ):
        asking, everyone = (
            book.published.counts(f"equalities_{column}", list_name, section=section, period=year)
            for section in (asking_table, table)
        )
        people.deal(column, asking, ESCALATED)
        people.deal_rest(column, shares(min(sum(everyone.values()), len(people)), everyone))
        people.fill(column, [None])


def _answer_times(book: Book, people: Population, year: str) -> None:
    """Working days to the answer, and when in the year those must fall that go on to stage 2."""
    period = Period.named(year)
    in_time = book.published.percent("stage1_timeliness_by_service", period=year, member="overall")
    answered = len(people.where(both(IS_DECIDED, not_dealt("carried"))))
    late = answered - round(answered * in_time / 100)
    people.mark("late", late, both(IS_DECIDED, having(service_code=TARGETED), not_dealt("carried", "escalated")))
    people.mark("brisk", round(BRISK_SHARE * answered), both(IS_DECIDED, not_dealt("late", "carried")))
    for mark, low, high in (("late", 21, 45), ("carried", 6, 14), ("brisk", 0, 10), ("outcome", 11, 20)):
        people.spread("days", low, high, both(IS_DECIDED, dealt(mark)))
    for case in people:
        if "carried" in case:
            case["answered_in"] = Period(period.last + timedelta(days=1), period.last + timedelta(days=60))
        if "panel" in case or ("escalated" in case and case["service_code"] == EDUCATION):
            case["received_in"] = period.until(period.first + timedelta(days=40))
        elif "stage2_outcome" in case:
            case["received_in"] = period.until(period.first + timedelta(days=120))
        elif "escalated" in case:
            case["received_in"] = Period(period.last - timedelta(days=100), period.last - timedelta(days=80))


def _stage_two(book: Book, case: Case, year: str) -> None:
    calendar, last, ref = book.calendar, Period.named(year).last, case["case_ref"]
    outcome = case.get("stage2_outcome")
    case["stage2_requested"] = calendar.after(case["answered_date"], case["request_days"])
    book.cause(ref, 2, case["stage2_cause"], outcome)
    if not outcome:
        withdraw_stage_two(book, case, last + timedelta(days=16))
        return
    ended = ask_for_stage_two(book, case, case["stage2_days"], outcome)
    if "panel" in case:
        requested = calendar.after(ended, 12)
        ask_for_stage_three(book, ref, requested, panel=28, report=5, response=15, outcome="not_upheld")
    if year == LAST and case["service_code"] == EDUCATION:  # Table 13: a partial finding
        received = book.day(Period(ended, last - timedelta(days=14)))
        remedies = ["apology", "service_provided"]
        decided = calendar.after(received, 70)
        refer(book, received, "upheld", decided, remedies=remedies, case_ref=ref, service_code=EDUCATION)


def _mediation(book: Book, people: Population, period: Period) -> None:
    """Meetings that settled what would have become a stage 2."""
    settled = people.where(both(having(complainant_type="parent", outcome="not_upheld"), not_dealt("escalated")))
    early = [case for case in settled if case["answered_date"] < period.last - timedelta(days=30)]
    for case in book.rng.sample(early, book.published.count("mediation_and_adr")):
        book.add(
            "resolutions",
            case_ref=case["case_ref"],
            offered_date=book.calendar.after(case["answered_date"], book.rng.randint(3, 15)),
            method="meeting",
            accepted=True,
            resolved=True,
        )


def _representations(book: Book, year: str) -> None:
    """Table 1 by service; the years before it in its proportions."""
    where = {"section": "Table 1", "stage": "representation"}
    by_service = book.published.counts("transactions_by_service_and_stage", "services", **where)
    total = book.published.count("volumes_by_stage_and_year", section="Table 2", period=year, stage="representation")
    settled = contacts(book, "representation", shares(total, by_service), Period.named(year))
    describe(book, settled)
    for case in settled:
        case["closed_date"] = book.calendar.after(case["received_date"], book.rng.randint(0, 12))
        book.case(case)
        book.cause(case["case_ref"], 0, book.rng.choice(PARENTS_CAUSES))


def _enquiries(book: Book, year: str) -> None:
    """Enquiries of MPs and councillors; school admissions as printed, and half of them the year before."""
    total = book.published.count("mp_councillor_enquiries", period=year, member="MP and Councillor enquiries")
    admissions = total // 2
    if year == LAST:
        admissions = book.published.count("mp_councillor_enquiries", period=year, member="schools admissions queries")
    counts = {EDUCATION: admissions, TARGETED: total - admissions}
    enquiries = contacts(book, "enquiry", counts, Period.named(year), contact_method="email")
    enquiries.fill("enquiry_source", ["mp", "mp", "councillor"])
    for case in enquiries:
        case["closed_date"] = book.calendar.after(case["received_date"], book.rng.randint(2, 15))
        book.case(case)
        about = "SCHOOL_ADMISSIONS" if case["service_code"] == EDUCATION else "OTHER_ENQUIRY"
        book.cause(case["case_ref"], 0, about)
