"""What may be asked of the served site: acceptances, checked to come from its own page and to be whole, then done."""

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from redress.errors import RedressError, UsageError
from redress.paths import Home

if TYPE_CHECKING:
    from fastapi import Request
    from itsdangerous import URLSafeTimedSerializer

log = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024

_writing = threading.Lock()


class Refusal(Exception):
    """An answer other than the one asked for: its status, and a sentence for a person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Accepting(_Body):
    """POST accept."""

    council: str
    rule: str
    case_ref: str
    entity: str | None = None
    record_key: str | None = None
    column_name: str | None = None
    reason: str
    by: str
    until: date | None = None


class Withdrawing(_Body):
    """POST withdraw."""

    council: str
    number: int
    reason: str
    by: str


Asked = TypeVar("Asked", bound=_Body)
Act = Callable[[Home, Asked, str], dict[str, Any]]
"""Done in the data folder, with what was asked and the user's name; gives what is answered."""


def check_sender(request: "Request", hosts: frozenset[str]) -> None:
    """Refuses what a page of another site sent with this user's cookie; a browser says where a request is from."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    known = (hosts | {request.headers.get("Host", "")}) - {""}
    if site != "same-origin" if site else origin is not None and urlsplit(origin).netloc not in known:
        raise Refusal(403, "This was sent from a page of another site; accept from the pages inside Airflow.")


def check_token(tokens: "URLSafeTimedSerializer", token: str, visitor_id: str, most_seconds: int) -> None:
    """Refuses a token that was not given to this visitor, or too long ago."""
    from itsdangerous import BadSignature, SignatureExpired

    try:
        holder = tokens.loads(token, max_age=most_seconds)
    except SignatureExpired:
        raise Refusal(403, "The page has been open for too long; load it again and repeat what you did.") from None
    except BadSignature:
        holder = None
    if holder != visitor_id:
        raise Refusal(403, "The page was loaded by another user or before a restart; load it again and repeat.")


async def body_of(request: "Request", model: type[Asked]) -> Asked:
    """What was sent, if it is JSON of this form and not too long; the answer never repeats it."""
    if request.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "Send what is asked as JSON, with the content type application/json.")
    text = bytearray()
    async for part in request.stream():
        text += part
        if len(text) > MOST_BYTES:
            raise Refusal(413, f"More than {MOST_BYTES:,} bytes were sent; shorten the reason.")
    try:
        return model.model_validate_json(bytes(text))
    except ValidationError as problem:
        wrong = {str(error["loc"][0]) for error in problem.errors() if error["loc"]} & model.model_fields.keys()
        named = f" (look at: {', '.join(sorted(wrong))})" if wrong else ""
        raise Refusal(422, f"What was sent is not what is asked for{named}; load the page again.") from None


def done(act: Act[Asked], home: Home, body: Asked, user: str) -> dict[str, Any]:
    """What an act answers; its own errors become refusals, and no error of others says more in a log than where."""
    try:
        return act(home, body, user)
    except UsageError as problem:
        raise Refusal(422, str(problem)) from None
    except RedressError as problem:
        raise Refusal(409, str(problem)) from None
    except Refusal:
        raise
    except Exception as problem:
        _log_where(problem)
        raise Refusal(
            500, "That failed for a reason that is not yours; the log of Airflow's API server says where."
        ) from None


def _log_where(problem: Exception) -> None:
    # The message of an error may repeat what was sent.
    log.error("%s\n%s", type(problem).__name__, "".join(traceback.format_tb(problem.__traceback__)))


def accepted(home: Home, asked: Accepting, user: str) -> dict[str, Any]:
    """Accepts; the number and a sentence to show."""
    from redress.reports.page import counted, day
    from redress.validation.acceptances import accept

    made = accept(
        home,
        _council(asked.council),
        asked.rule,
        asked.case_ref,
        asked.reason,
        asked.by,
        until=asked.until,
        column=asked.column_name,
        record_key=asked.record_key,
        entity=asked.entity,
        via="page",
        user=user,
    )
    until = f" until {day(made.until)}" if made.until else ""
    covered = counted(len(made.issues), "warning")
    return {"number": made.number, "sentence": f"Acceptance {made.number} covers {covered}{until}.{_shown(home)}"}


def withdrawn(home: Home, asked: Withdrawing, user: str) -> dict[str, Any]:
    """Takes an acceptance back; its number and a sentence to show."""
    from redress.validation.acceptances import withdraw

    made = withdraw(home, _council(asked.council), asked.number, asked.by, asked.reason, user=user, via="page")
    return {"number": made.number, "sentence": f"Acceptance {made.number} is withdrawn.{_shown(home)}"}


def _council(name: str) -> Any:
    from redress.councils import load_councils

    councils = load_councils()
    if name not in councils:
        raise Refusal(422, "There is no such council; load the page again.")
    return councils[name]


def _shown(home: Home) -> str:
    """Tells the pages in force; a sentence more if they could not be told, as the act itself holds all the same."""
    from redress.reports.decisions import write_decisions

    try:
        with _writing:
            write_decisions(home)
    except Exception as problem:
        _log_where(problem)
        return " The pages show it when they are next built."
    return ""
