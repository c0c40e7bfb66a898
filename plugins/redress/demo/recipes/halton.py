"""Halton 2016/17 to 2019/20: contact, causes and answer times of four years, and the spring of 2020."""

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
    close,
    describe,
    find_causes,
    record,
)
from redress.demo.population import Case, Population, dealt, having, shares
from redress.demo.published import Period, whole_numbers

YEARS = ("2016/17", "2017/18", "2018/19", "2019/20")
LAST = YEARS[-1]
BROUGHT_FORWARD = {"2016/17": 4, "2017/18": 3}  # so that 24 and 33 were answered in those years (Ha4)
PRAISED_SERVICE_KNOWN = {"2016/17": 50, "2017/18": 79}  # of 70 and 80 compliments (Ha5)
CIN = "CHILDREN_IN_NEED_AND_CHILD_PROTECTION_DIVISION"
OTHER_DIVISIONS = {"CHILDREN_IN_CARE_DIVISION": 4, "TEAM_AROUND_THE_FAMILY_DIVISION": 3}
DELAYS = ("COMPLEX", "MANAGER_AVAILABILITY", "MANAGER_AVAILABILITY", "CHRISTMAS_CLOSURE")
REMEDIES = ("APOLOGY", "EXPLANATION", "VIEWS_ADDED_TO_RECORD")
IMPROVEMENTS = ("SUPERVISION", "TRAINING")
ETHNICITIES = ("WBRI",) * 19 + ("WOTH", "MWBC")
INSPECTION = date(2020, 2, 24)
LOCKDOWN = date(2020, 3, 16)
OPEN_CASES_STEP = 100


def rebuild(book: Book) -> None:
    """Writes Halton's records into the book."""
    book.services()
    book.activity()
    received = {year: _received(book, year) for year in ("2015/16", *YEARS)}
    _answer_times(book, received)
    for year, people in received.items():
        _write(book, year, people)
    _spring_2020(book)
    for year in YEARS:
        _compliments(book, year)
    for year in ("2018/19", LAST):
        _corporate(book, year)
        _open_cases(book, year, len(received[year]))
    _enquiries(book)
    _ombudsman(book)


def _received(book: Book, year: str) -> Population:
    """The statutory complaints of a year; of 2015/16 only those answered later."""
    if year == "2015/16":
        people = Population(BROUGHT_FORWARD["2016/17"], book.rng, answered_year="2016/17", brought_forward=True)
    else:
        causes = book.published.counts("complaint_causes", "causes", period=year)
        people = Population(sum(causes.values()), book.rng)
        people.deal("main_cause", causes)
        people.deal("contact_method", book.published.counts("stage1_by_contact_method", "contact_methods", period=year))
        carried = BROUGHT_FORWARD.get(_next(year), 0)
        people.mark("brought_forward", carried)
        people.fill("answered_year", [_next(year)], dealt("brought_forward"))
        people.fill("answered_year", [year])
    people.fill("main_cause", ["SERVICE", "ASSESSMENT_OR_REVIEW"])
    _services(book, people)
    if year == LAST:
        _last_year(book, people)
    people.fill("outcome", DECIDED)
    people.fill("ethnicity", ETHNICITIES)
    return people


def _next(year: str) -> str:
    start = int(year[:4]) + 1
    return f"{start}/{(start + 1) % 100:02d}"


def _services(book: Book, people: Population) -> None:
    """Section 4.2 for 2019/20, whose proportions the other years take."""
    teams = book.published.counts("stage1_received_by_service", "services", "member2", period=LAST)
    teams.pop("", None)
    people.deal("service_code", shares(len(people), teams | OTHER_DIVISIONS))


def _last_year(book: Book, people: Population) -> None:
    """Outcomes (one undecided, Ha1), complainants, disability, ethnicity and the one stage 2 of 2019/20."""
    published = book.published
    people.deal("outcome", published.counts("stage1_outcomes", "outcomes", period=LAST))
    people.fill("outcome", [None])
    people.deal(
        "stage2",
        {True: published.count("escalation_rate_by_service", stage="stage2")},
        having(outcome="partially_upheld"),
    )
    people.fill("disabilities", [("AUT", "LD")], dealt("stage2"))
    disabled = published.count("equalities_disability", period=LAST)
    people.deal("disabilities", {("MOB",): 1, ("BEH",): disabled - 2})
    people.fill("disabilities", [("NONE",)])
    people.fill("ethnicity", ["WBRI"])
    parents = published.count("stage1_by_origin", member="parents")
    people.fill("complainant_type", ["parent"], dealt("stage2"))
    people.deal_rest("complainant_type", {"parent": parents, "care_leaver": len(people) - parents})
    people.fill("advocate_supported", [True], having(complainant_type="care_leaver"))


def _answer_times(book: Book, received: dict[str, Population]) -> None:
    """Section 4.4, of the complaints answered in each year."""
    for year in YEARS:
        everyone = [case for people in received.values() for case in people]
        answered = Population.of([case for case in everyone if case["answered_year"] == year], book.rng)
        within = {
            band: book.published.percent("stage1_timeliness_by_band", period=year, member=f"% within {band} days")
            for band in ("10", "20")
        }
        counts = whole_numbers(within, len(answered))
        bands = {"10": counts["10"], "20": counts["20"] - counts["10"], "over": len(answered) - counts["20"]}
        answered.fill("band", ["20"], dealt("brought_forward"))
        answered.deal_rest("band", bands)
        for band, (low, high) in {"10": (1, 10), "20": (11, 20), "over": (21, 44)}.items():
            answered.spread("days", low, high, having(band=band))
        if year == "2018/19":
            answered.mark("panel", 1, having(band="10"))


def _write(book: Book, year: str, people: Population) -> None:
    period = Period.named(year)
    for case in people:
        case["answered_in"] = Period.named(case["answered_year"])
        if "panel" in case or "stage2" in case:
            case["received_in"] = period.until(period.first + timedelta(days=75))
    arrange(book, people, period, period)
    describe(book, people)
    for case in people:
        _covid(case)
        record(book, case, DELAYS)
        find_causes(book, case, [case["main_cause"]])
        if case["outcome"] in UPHELD:
            act(book, case, REMEDIES, IMPROVEMENTS)
        if "panel" in case:
            _panel(book, case)
        if "stage2" in case:
            _investigation(book, case)
    if year == LAST:
        case = people.where(having(outcome="upheld"))[0]
        amount = book.published.value("costs", measure="currency", period=LAST)
        pay(book, case["case_ref"], "reimbursement", f"{amount:.2f}", case["answered_date"])


def _covid(case: Case) -> None:
    """What the spring of 2020 did: the inspection and then the lockdown held answers up."""
    answered = case.get("answered_date")
    if case["received_date"] >= LOCKDOWN or (answered and answered >= LOCKDOWN):
        case["tags"] = ["covid19"]
        case["delay_reason"] = "COVID19"
    elif answered and answered >= INSPECTION:
        case["delay_reason"] = "OFSTED_INSPECTION"


def _panel(book: Book, case: Case) -> None:
    """The one stage 3 panel, of 2018/19."""
    case["stage2_requested"] = book.calendar.after(case["answered_date"], 15)
    ended = ask_for_stage_two(book, case, 60, "partially_upheld")
    requested = book.calendar.after(ended, 18)
    ask_for_stage_three(book, case["case_ref"], requested, panel=30, report=5, response=14, outcome="partially_upheld")


def _investigation(book: Book, case: Case) -> None:
    """The stage 2 of 2019/20, with the finding of each of its points (section 4.5)."""
    case["stage2_requested"] = book.calendar.after(case["answered_date"], 12)
    ask_for_stage_two(book, case, 63, "partially_upheld")
    findings = book.published.counts("stage2_outcomes", "outcomes", period=LAST)
    for finding, count in findings.items():
        for _ in range(count):
            book.cause(case["case_ref"], 2, book.rng.choice(("SERVICE", "ASSESSMENT_OR_REVIEW")), finding)


def _spring_2020(book: Book) -> None:
    """The first weeks of 2020/21, which no report covers: answers around 8 May 2020, open and frozen cases."""
    courses: list[tuple[date, date | None, date | None]] = [
        (date(2020, 4, 17), date(2020, 5, 2), None),  # on the Saturday after the tenth day: in time
        (date(2020, 4, 23), date(2020, 5, 11), None),  # a day late: 8 May was the bank holiday of that year
        (date(2020, 4, 24), date(2020, 5, 11), None),  # on the tenth day
        (date(2020, 5, 2), date(2020, 5, 18), None),  # received on a Saturday
        (date(2020, 5, 11), None, date(2020, 5, 26)),
        (date(2020, 5, 18), None, None),
        (date(2020, 6, 8), None, None),
        (date(2020, 6, 22), None, None),
    ]
    for received, answered, frozen in courses:
        case: Case = {"received_date": received, "answered_date": answered, "service_code": "CIN_RUNCORN"}
        case |= {"outcome": "not_upheld" if answered else None, "extended": False}
        if frozen:
            case["status"] = "frozen"
        describe(book, [case])
        _covid(case)
        ref = record(book, case)
        find_causes(book, case, ["SERVICE"])
        if frozen:
            book.add("freezes", case_ref=ref, stage=1, frozen_from=frozen, reason="court")


def _compliments(book: Book, year: str) -> None:
    """Section 5: shares by division of the compliments whose service is known."""
    total = book.published.count("compliments_total", period=year, section="5 table 1")
    known = PRAISED_SERVICE_KNOWN.get(year, total)
    percents = book.published.percents("compliments_by_service", "services", period=year)
    counts: dict[Any, int] = {**whole_numbers(percents, known)}
    counts["EDUCATION_INCLUSION_AND_PROVISION"] = known - sum(counts.values())
    counts[None] = total - known
    for case in contacts(book, "compliment", counts, Period.named(year), contact_method="email"):
        book.case(case)


def _corporate(book: Book, year: str) -> None:
    """Adults' complaints under the corporate procedure; the year before worked back from the fall (Ha6)."""
    published = book.published
    number = published.count("corporate_complaints", member="complaints managed under a corporate process")
    reviews = published.count("corporate_complaints", member="reviewed at Stage 2 (corporate)")
    if year != LAST:
        fall = published.value("corporate_complaints", measure="change_percent")
        number, reviews = round(number / (1 + fall / 100)), 0
    people = Population(number, book.rng, record_type="corporate_complaint", complainant_type="parent")
    people.fill("service_code", ["CIN_WIDNES", "CIN_RUNCORN", "TEAM_AROUND_THE_FAMILY_DIVISION"])
    people.fill("outcome", DECIDED)
    people.deal("review", {True: reviews})
    people.spread("days", 4, 24)
    for case in people:
        case["age"] = book.rng.randint(24, 55)
    period = Period.named(year)
    arrange(book, people, period.until(period.last - timedelta(days=120)), period)
    describe(book, people)
    for case in people:
        record(book, case, DELAYS[:2])
        find_causes(book, case, ["SERVICE"])
        if "review" in case:
            ref, requested = case["case_ref"], book.calendar.after(case["answered_date"], 8)
            answered = book.calendar.after(requested, 19)
            outcome = "not_upheld"
            book.add(
                "stages", case_ref=ref, stage=2, requested_date=requested, responded_date=answered, outcome=outcome
            )
            close(book, ref, answered)


def _enquiries(book: Book) -> None:
    """104 enquiries settled outside the process, 100 of them at the point of contact."""
    published = book.published
    total = published.count("enquiries_resolved_outside", section="narrative 4.1")
    at_once = published.count("enquiries_resolved_outside", section="narrative 4.3")
    enquiries = contacts(book, "enquiry", {CIN: total}, Period.named(LAST), enquiry_source="public")
    for case in book.rng.sample(enquiries.cases, at_once):
        case["status"] = "resolved_on_the_spot"
    for case in enquiries:
        case["closed_date"] = case["received_date"]
        case["contact_method"] = book.rng.choice(("telephone", "telephone", "email"))
        book.case(case)


def _ombudsman(book: Book) -> None:
    """Section 4.10: none was investigated; the one sent to the statutory process is referred back."""
    total = book.published.count("ombudsman_decisions", member="enquiries from the LGSCO")
    back = book.published.count("ombudsman_decisions", member="advised to access the statutory process")
    enquiries = Population(total, book.rng)
    enquiries.deal("decision", {"referred_back": back, "closed_after_initial_enquiries": total - back})
    period = Period.named(LAST)
    for case in enquiries:
        received = book.day(period.until(period.last - timedelta(days=60)))
        refer(book, received, case["decision"], book.calendar.after(received, 28), service_code=CIN)


def _open_cases(book: Book, year: str, complaints: int) -> None:
    """The denominator of a share printed only as a bound: the smallest round number that stays below it."""
    last = Period.named(year).last
    bound = book.published.percent("context_children_social_care", period=f"{last.day} March {last.year}")
    number = int(complaints * 100 / bound) // OPEN_CASES_STEP * OPEN_CASES_STEP + OPEN_CASES_STEP
    book.add("activity", measure="open_cases", as_at_date=last, unit="number", value=number)
