"""Central Bedfordshire: who complained in 2014/15 and 2015/16, before it is dealt how each case ended."""

from redress.demo.book import Book
from redress.demo.population import Population, both, dealt, having, not_dealt, shares
from redress.demo.published import whole_numbers

YEAR, BEFORE = "2015/16", "2014/15"
ACCEPTED_BEFORE = 72  # of the 92 of 2014/15; 9 young people of 72 make the rise of 9 points (B2)
CARE_LEAVERS = 3  # of the 14 young people
DISABILITIES_TEAM = "SOCIAL_WORK_TEAM"
TEAMS = {
    "CORPORATE_PARENTING": ("COURT_WORK", "TRANSITION_AND_ASYLUM_13_PLUS", "ADOPTION"),
    "PROFESSIONAL_STANDARDS": ("CONFERENCE_AND_REVIEW",),
}
SMALLER_GROUPS = {"asian": 2, "black": 2, "mixed": 2, "other": 1}  # printed as one figure
NOT_DISABLED = (("NONE",), ("NONE",), ("NONE",), None)  # printed as one: "unknown or no"


def total(book: Book, year: str) -> int:
    """Complaints received, before filtering; the year before worked back from the fall."""
    number = book.published.count("complaints_received_total", period=YEAR, stage="")
    if year == YEAR:
        return number
    return round(number / (1 + book.published.value("complaints_received_total", measure="change_percent") / 100))


def accepted(book: Book, year: str) -> Population:
    """The complaints of a year that went to stage 1, with their service, complainant and equalities."""
    published = book.published
    number = published.count("complaints_received_total", period=YEAR, stage="stage1")
    teams = published.counts("stage1_received_by_service", "services", "member2", period=YEAR)
    teams.pop("")
    teams["ASSESSMENT_TEAM"] = number - sum(teams.values())  # the one team printed without a number
    if year == YEAR:
        people = Population(number, book.rng)
        people.deal("service_code", teams)
        people.deal("contact_method", published.counts("stage1_by_contact_method", "contact_methods"))
        _young_people(book, people)
        _equalities(book, people)
        return people
    young = published.count("stage1_by_origin", member="directly from children and young people")
    points = published.value("stage1_by_origin", measure="change_percent")
    people = Population(ACCEPTED_BEFORE, book.rng)
    people.deal("service_code", shares(ACCEPTED_BEFORE, teams))
    before = round((young / number - points / 100) * ACCEPTED_BEFORE)
    people.deal("complainant_type", {"child_or_young_person": before})
    return people


def _young_people(book: Book, people: Population) -> None:
    """The 14: by service, what about (the fourteenth for a cause the report does not list, B1), advocates."""
    published = book.published
    for area, number in published.counts("young_person_complaints_by_service", "services").items():
        people.mark("own", number, having(service_code=TEAMS[area]))
    young = Population.of(people.where(dealt("own")), book.rng)
    young.deal("main_cause", published.counts("young_person_complaint_causes", "causes"))
    young.fill("main_cause", ["UNREASONABLE_DECISION"])
    young.deal("complainant_type", {"care_leaver": CARE_LEAVERS})
    young.fill("complainant_type", ["child_or_young_person"])
    young.mark(
        "advocate_supported", published.count("stage1_by_origin", member="supported by the advocacy service (NYAS)")
    )
    young.fill("advocate_supported", [False])


def _equalities(book: Book, people: Population) -> None:
    """Sections 7.2 to 7.5. Blank stands for what was recorded as unknown."""
    published, size = book.published, len(people)
    disabilities_team = having(service_code=DISABILITIES_TEAM)
    people.deal("gender", whole_numbers(published.percents("equalities_gender", "genders"), size))
    ethnicity = whole_numbers(published.percents("equalities_ethnicity", "ethnicities"), size)
    known = {None: ethnicity.pop("unknown"), "WBRI": ethnicity.pop("White British")}
    people.deal("ethnicity", known | shares(sum(ethnicity.values()), SMALLER_GROUPS))
    for label in ("Physical disability", "Learning disability"):
        share = published.value("equalities_disability", measure="percent", member=label.lower())
        people.deal("disabilities", {(label,): round(size * share / 100)}, disabilities_team)
    people.fill("disabilities", NOT_DISABLED)
    specific = "Children with Disabilities complaints specific to the service"
    number = published.count("equalities_disability", member=specific)
    people.deal("main_cause", {"RESOURCE_DECISION": number}, disabilities_team)
    ages = published.counts("equalities_age", "ages")
    people.fill("age", [19, 20, 21], having(complainant_type="care_leaver"))
    people.deal("age", {None: ages["unknown"]}, not_dealt("own"))
    people.mark("adult", ages["19-64"] - CARE_LEAVERS, not_dealt("own", "age"))
    people.fill("age", range(22, 56), both(dealt("adult"), not_dealt("own")))
