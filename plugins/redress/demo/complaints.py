"""The course of a complaint, from receipt through its stages, as every council's recipe writes it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from redress.demo.book import Book
from redress.demo.population import Case, Population, both, having, not_dealt
from redress.demo.published import Period

UPHELD = ("upheld", "partially_upheld")
DECIDED = (*UPHELD, "not_upheld")
EXTENSION_REASONS = ("complex", "complex", "advocate", "key_person_unavailable", "historical")
ETHNICITIES = ("WBRI",) * 12 + ("WOTH", "WOTH", "MWBC", "MOTH", "AIND", "APKN", "BAFR", "BCRB", "OOTH", "REFU")
DISABILITIES = (("NONE",),) * 10 + (("LD",), ("AUT", "BEH"), ("MOB",), ("COMM",))
WEEK = timedelta(days=7)

CONTACT_METHODS = ("email",) * 6 + ("telephone",) * 3 + ("letter", "complaint_form", "web_form")


def describe(book: Book, people: Iterable[Case]) -> None:
    """Gives each case what no published figure fixes: a person reference, age and equalities.

    What a recipe has dealt, an unknown value included, stays as it is.
    """
    rng = book.rng
    for case in people:
        complainant = case.setdefault("complainant_type", rng.choice(("parent",) * 6 + ("relative",)))
        case.setdefault("contact_method", rng.choice(CONTACT_METHODS))
        case.setdefault("person_ref", book.number("P"))
        case.setdefault("gender", rng.choice(("female", "male")))
        case.setdefault("ethnicity", rng.choice(ETHNICITIES))
        case.setdefault("disabilities", rng.choice(DISABILITIES))
        if complainant in ("child_or_young_person", "care_leaver"):
            case.setdefault("advocate_supported", rng.random() < 0.5)
        ages = {"child_or_young_person": (11, 17), "care_leaver": (18, 22)}.get(complainant, (0, 17))
        age = case.setdefault("age", rng.randint(*ages))
        case.setdefault("joint_nhs", False)
        if age is not None and "age_band" not in case:
            case["date_of_birth"] = _birthday(case["received_date"], age, rng.randrange(365))


def _birthday(received: date, age: int, days_since_birthday: int) -> date:
    """A date of birth that makes the person so many years old on the day of receipt."""
    latest = date(received.year - age, received.month, min(received.day, 28))
    return latest - timedelta(days=days_since_birthday)


def arrange(book: Book, people: Population, received: Period, answered: Period) -> None:
    """Gives each case its days: received in the period, answered after its number of `days`.

    `received_in` and `answered_in` of a case go before the periods given. A case without `days` is
    never answered; unless it is still open it ends within three weeks.
    """
    _put_around_holidays(book, people, received, answered)
    for case in people:
        period = case.get("received_in", received)
        if "days" in case:
            case["received_date"], case["answered_date"] = book.received_and_answered(
                period, case["days"], case.get("answered_in", answered)
            )
            continue
        case["received_date"] = book.day(period)
        if "status" in case:
            length = book.rng.randint(2, 15)
            case["ended_date"] = book.calendar.after(case["received_date"], length)
    people.cases.sort(key=lambda case: case["received_date"])


def _put_around_holidays(book: Book, people: Population, received: Period, answered: Period) -> None:
    """Lets answers on the tenth day and a day late run across bank holidays, Christmas and Easter first."""
    calendar = book.calendar
    inside = [day for day in calendar.holidays if received.first <= day - WEEK and day <= received.last]
    inside.sort(key=lambda day: not calendar.holidays[day].startswith(("Christmas", "Good")))
    for holiday in inside:
        for days in (10, 11):
            end = calendar.after(holiday - WEEK, days)
            for case in people.where(both(having(days=days), not_dealt("received_in"))):
                period = case.get("answered_in", answered)
                if period.first <= end <= period.last:
                    case["received_in"] = Period(holiday - WEEK, holiday - WEEK)
                    break


def record(book: Book, case: Case, delay_reasons: Sequence[str] = ()) -> str:
    """Writes a complaint received on received_date and its stage 1, and returns its reference.

    Answered on answered_date with the case's outcome; or not answered, and then ended on
    ended_date with the status it has, or still open.
    """
    rng, calendar = book.rng, book.calendar
    received, answered = case["received_date"], case.get("answered_date")
    case.setdefault("record_type", "complaint")
    case.setdefault("status", "concluded" if answered else "open")
    case["closed_date"] = answered or case.get("ended_date")
    ref = book.case(case)
    end = answered or case["closed_date"] or received + WEEK
    stage = {
        "case_ref": ref,
        "stage": 1,
        "requested_date": received,
        "acknowledged_date": min(calendar.after(received, rng.choice((0, 1, 1, 2, 2, 3, 3, 4))), end),
        "responded_date": answered,
        "outcome": case.get("outcome"),
    }
    if answered and calendar.elapsed(received, answered) > 10:
        stage["delay_reason"] = case.get("delay_reason") or (rng.choice(delay_reasons) if delay_reasons else None)
        if case.get("extended", rng.random() < 0.5):
            stage["extension_agreed_date"] = calendar.after(received, rng.randint(4, 10))
            stage["extension_reason"] = rng.choice(EXTENSION_REASONS)
    book.add("stages", **stage)
    return ref


def ask_for_stage_two(book: Book, case: Case, days: int, outcome: str) -> date:
    """Writes stage 2, asked for on stage2_requested and answered after `days`; returns the day of the answer."""
    calendar, ref, requested = book.calendar, case["case_ref"], case["stage2_requested"]
    answered = calendar.after(requested, days)
    report = calendar.after(requested, max(days - 5, 1))
    book.add(
        "stages",
        case_ref=ref,
        stage=2,
        requested_date=requested,
        acknowledged_date=calendar.after(requested, 2),
        statement_agreed_date=calendar.after(requested, min(5, days)),
        investigation_report_date=report,
        extension_agreed_date=calendar.after(requested, 15) if days > 25 else None,
        extension_reason="complex" if days > 25 else None,
        responded_date=answered,
        outcome=outcome,
    )
    close(book, ref, answered)
    return answered


def withdraw_stage_two(book: Book, case: Case, ended: date) -> None:
    """Writes a stage 2 that the complainant withdrew before it was answered."""
    requested = case["stage2_requested"]
    book.add(
        "stages",
        case_ref=case["case_ref"],
        stage=2,
        requested_date=requested,
        acknowledged_date=book.calendar.after(requested, 2),
        outcome="withdrawn",
    )
    book.case_row(case["case_ref"])["status"] = "withdrawn"
    close(book, case["case_ref"], ended)


def ask_for_stage_three(
    book: Book, ref: str, requested: date, *, panel: int, report: int, response: int, outcome: str
) -> date:
    """Writes stage 3; each clock's length is in working days. Returns the day of the council's response."""
    calendar = book.calendar
    panel_date = calendar.after(requested, panel)
    report_date = calendar.after(panel_date, report)
    answered = calendar.after(report_date, response)
    book.add(
        "stages",
        case_ref=ref,
        stage=3,
        requested_date=requested,
        acknowledged_date=calendar.after(requested, 2),
        panel_date=panel_date,
        panel_report_date=report_date,
        responded_date=answered,
        outcome=outcome,
    )
    close(book, ref, answered)
    return answered


def close(book: Book, ref: str, day: date) -> None:
    """Moves the day the matter ended."""
    book.case_row(ref)["closed_date"] = day


def find_causes(book: Book, case: Case, causes: Sequence[str], stage: int = 1) -> None:
    """Writes the points of a case; the main one bears the outcome, the others were not upheld."""
    outcome = case.get("outcome")
    for position, cause in enumerate(causes):
        finding = None
        if outcome in DECIDED:
            finding = outcome if position == 0 else "not_upheld"
        book.cause(case["case_ref"], stage, cause, finding)
