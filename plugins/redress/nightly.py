"""The nightly job's steps, as the DAGs call them: find deliveries, land each, validate and accept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from redress.councils import get_council, load_councils
from redress.errors import RedressError
from redress.landing import store
from redress.landing.pseudonym import pseudonym_key
from redress.paths import Home
from redress.sources.base import Delivery
from redress.sources.opening import open_source
from redress.validation import missed
from redress.validation.load import LoadResult, run_load
from redress.validation.loads import committed, pending

LOCK_SECONDS = 600


def deliveries(council_name: str, extract_date: date) -> list[str]:
    """Addresses of what there is to take for a night; none of them holds a password.

    Raises SourceUnavailable if the source cannot be reached, RedressError if it or the pseudonym key is not set up.
    """
    home = Home.from_environment()
    missed.forget(home, council_name, extract_date)
    with missed.noting_failure(home, council_name, extract_date, "find_deliveries"):
        pseudonym_key()
        council = get_council(council_name)
        found = open_source(council).deliveries(extract_date)
        if council.source.feeds:
            _refuse_rivals(council_name, found)
    return [delivery.location for delivery in found]


def land(council_name: str, location: str, extract_date: date) -> dict[str, Any]:
    """Lands one delivery; what it returns holds counts and names only."""
    home = Home.from_environment()
    with missed.noting_failure(home, council_name, extract_date, "land_delivery"):
        council = get_council(council_name)
        source = open_source(council)
        delivery = source.delivery(location, extract_date)
        with locked(home, council_name):
            landed = store.land(home, council, source, delivery, pseudonym_key())
    rejected = [manifest.entity for manifest in landed if manifest.rejected]
    return {
        "file": delivery.name,
        "entities": list(delivery.entities),
        "outcome": "rejected" if rejected else "landed" if landed else "landed before",
        "rejected": rejected,
        "rows": sum(manifest.rows for manifest in landed),
    }


def validate_and_accept(
    council_name: str, extract_date: date, allow_removal: bool = False, delivered: Iterable[str] = ()
) -> dict[str, int]:
    """Runs a load for every night that has landed extracts and no load yet, up to the extract date.

    delivered: the entities that were delivered tonight, news or not. A night that was loaded before, with nothing new
    since, stays as it is. Returns counts of tonight's loads.
    Raises RedressError if a load fails; what it had done is then undone by being forgotten.
    """
    home = Home.from_environment()
    missed.forget(home, council_name, extract_date)
    with (
        missed.noting_failure(home, council_name, extract_date, "accept_records"),
        locked(home, council_name),
    ):
        council = get_council(council_name)
        groups = pending(home, council_name, extract_date)
        nights = [next(iter(group.values())).extract_date for group in groups]
        done = {load.extract_date for load in committed(home, council_name)}
        if extract_date not in done and extract_date not in nights and extract_date >= max(done, default=extract_date):
            groups, nights = [*groups, {}], [*nights, extract_date]
        results = [
            run_load(home, council, night, extracts, allow_removal, frozenset(delivered))
            for night, extracts in zip(nights, groups, strict=True)
        ]
    return _totals(results)


def note_missed(council_name: str, extract_date: date, step: str) -> None:
    """Notes that a council was asked to load and has no load of the night.

    step is where it stopped. A step that was killed could not say why; one that failed has, and its sentence stays.
    """
    home = Home.from_environment()
    loaded = any(load.extract_date == extract_date for load in committed(home, council_name))
    if not loaded and not missed.is_noted(home, council_name, extract_date):
        reason = missed.not_ended(council_name, extract_date, step)
        missed.note(home, missed.Missed(council_name, extract_date, step, reason))


def build_and_publish(extract_date: date) -> dict[str, int]:
    """Builds the warehouse from all that is accepted and publishes it; returns the rows of each table.

    Raises RedressError if tests fail: then the facts published before stay, beside tonight's issues.
    """
    from redress.warehouse import build

    result = build.build_and_publish(Home.from_environment(), load_councils(), extract_date)
    if result.failed_tests:
        raise RedressError(
            f"The facts of {extract_date} failed {len(result.failed_tests)} tests, so those published before stay: "
            f"{'; '.join(result.failed_tests)}"
        )
    return result.rows


def build_reports() -> dict[str, int]:
    """Builds the pages of the quality lead from what is published; returns how many of each kind.

    Raises RedressError if nothing is published yet.
    """
    from redress.reports.site import build_site

    return build_site(Home.from_environment(), load_councils())


def _refuse_rivals(council_name: str, found: Iterable[Delivery]) -> None:
    """Two full extracts of one night cannot both be whole: each would remove what only the other holds."""
    names: dict[tuple[date, str], str] = {}
    for delivery in found:
        for entity in delivery.entities if delivery.extract_kind == "full" else ():
            other = names.setdefault((delivery.extract_date, entity), delivery.name)
            if other != delivery.name:
                raise RedressError(
                    f"{other} and {delivery.name} of {council_name} are both the full extract of {entity} for "
                    f"{delivery.extract_date}; leave one of them, put {{date}} into the names, or deliver both as one."
                )


def _totals(results: list[LoadResult]) -> dict[str, int]:
    runs = [run for result in results for run in result.runs]
    return {
        "loads": len(results),
        "landed": sum(run.rows_landed for run in runs),
        "accepted": sum(run.rows_accepted for run in runs),
        "quarantined": sum(run.rows_quarantined for run in runs),
        "unchanged": sum(run.rows_unchanged for run in runs),
        "warnings": sum(run.rows_with_warnings for run in runs),
        "rejected_files": sum(run.verdict == "rejected" for run in runs),
    }


@contextmanager
def locked(home: Home, council_name: str) -> Iterator[None]:
    """One writer a council: a second one waits, and says so plainly if it waited in vain."""
    from filelock import FileLock, Timeout

    folder = home.landing / council_name
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        with lock.acquire(timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise RedressError(
            f"Another load of {council_name} is still running after {LOCK_SECONDS} s; "
            "let it finish, or end that process, and run this again."
        ) from None
