"""What surrounds the stages of a complaint: remedies, payments, the Ombudsman, and contacts that are no complaint."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from redress.demo.book import Book
from redress.demo.population import Case, Population
from redress.demo.published import Period

DAYS_TO_ANSWER_THE_OMBUDSMAN = 20
INVESTIGATED = ("upheld", "not_upheld")


def act(book: Book, case: Case, remedies: Sequence[str], improvements: Sequence[str]) -> None:
    """Writes the remedy of an upheld complaint and, for one in three, an improvement of the service."""
    agreed = case["answered_date"]
    chosen = [("individual_remedy", book.rng.choice(remedies))]
    if book.rng.random() < 0.34:
        chosen.append(("service_improvement", book.rng.choice(improvements)))
    for scope, action_type in chosen:
        due = book.calendar.after(agreed, 40 if scope == "service_improvement" else 20)
        book.add(
            "actions",
            action_ref=book.number("A"),
            case_ref=case["case_ref"],
            scope=scope,
            action_type=action_type,
            service_code=case.get("service_code"),
            agreed_date=agreed,
            due_date=due,
            completed_date=book.calendar.after(agreed, book.rng.randint(5, 45)),
        )


def contacts(book: Book, record_type: str, counts: Mapping[Any, int], period: Period, **columns: object) -> Population:
    """Dealt by service: representations, enquiries or compliments of a period, not yet written."""
    people = Population(sum(counts.values()), book.rng, record_type=record_type, status="concluded", **columns)
    people.deal("service_code", counts)
    for case in people:
        case["received_date"] = book.day(period)
    people.cases.sort(key=lambda case: case["received_date"])
    return people


def pay(book: Book, ref: str, kind: str, amount: str, agreed: date, *, ombudsman_recommended: bool = False) -> None:
    """Writes a payment, paid 20 working days after it was agreed."""
    book.add(
        "payments",
        payment_ref=book.number("M"),
        case_ref=ref,
        payment_type=kind,
        amount=amount,
        agreed_date=agreed,
        paid_date=book.calendar.after(agreed, 20),
        ombudsman_recommended=ombudsman_recommended,
    )


def refer(
    book: Book,
    received: date,
    decision: str,
    decided: date,
    *,
    answered_after: int = 17,
    remedies: Sequence[str] | None = None,
    **columns: object,
) -> None:
    """Writes an Ombudsman case; the council answers after so many working days, 20 being allowed."""
    calendar = book.calendar
    book.add(
        "ombudsman",
        ombudsman_ref=book.number("O"),
        received_date=received,
        investigation_started_date=calendar.after(received, 15) if decision in INVESTIGATED else None,
        response_due_date=calendar.after(received, DAYS_TO_ANSWER_THE_OMBUDSMAN),
        responded_date=calendar.after(received, answered_after),
        decided_date=decided,
        decision=decision,
        remedies=remedies,
        remedy_due_date=calendar.after(decided, 40) if remedies else None,
        remedy_completed_date=calendar.after(decided, 32) if remedies else None,
        **columns,
    )
