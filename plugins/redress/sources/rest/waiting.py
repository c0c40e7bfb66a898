"""How long to wait: between requests, before another try, and as long as the service asks for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from redress.errors import SourceUnavailable
from redress.sources.rest.definition import Limits

if TYPE_CHECKING:
    from tenacity import RetryCallState

Done = TypeVar("Done")


class PauseAsked(SourceUnavailable):
    """The service asks for a pause. seconds: how long, where it says so."""

    def __init__(self, sentence: str, seconds: float | None) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Patience:
    """Keeps to the rate of a service and tries again: after backoff, doubling, with chance added, or as it asks."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._next_request = 0.0

    def retry(self, step: Callable[[], Done]) -> Done:
        """What a step gives, tried again while it raises SourceUnavailable; raises that of the last try."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        tries = Retrying(
            retry=retry_if_exception_type(SourceUnavailable),
            stop=stop_after_attempt(self._limits.attempts),
            wait=self._wait,
            reraise=True,
        )
        try:
            return tries(step)
        except PauseAsked as pause:
            raise SourceUnavailable(str(pause)) from None

    def keep_to_rate(self) -> None:
        """Waits until the next request may be sent."""
        if self._limits.requests_per_second is None:
            return
        now = time.monotonic()
        start = max(now, self._next_request)
        self._next_request = start + 1 / self._limits.requests_per_second
        time.sleep(start - now)

    def _wait(self, state: "RetryCallState") -> float:
        from tenacity import wait_exponential, wait_random

        doubling = wait_exponential(multiplier=self._limits.backoff, max=self._limits.longest_wait)
        backoff = (doubling + wait_random(0, self._limits.backoff))(state)
        problem = state.outcome.exception() if state.outcome else None
        asked = problem.seconds if isinstance(problem, PauseAsked) else None
        return min(max(backoff, asked or 0.0), self._limits.longest_wait)


def retry_after(header: str | None) -> float | None:
    """The seconds that Retry-After asks for, as a number or a date, negative for the past; or None."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()
