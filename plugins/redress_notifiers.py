"""Airflow notifiers: who is told when a load fails, a file is rejected, cases are overdue, a draft is ready.

Each may stand as a callback of a task, or be called in a task with its context. None ever raises: a message that cannot
be sent is a line in the log, not a lost night.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from airflow.sdk import BaseNotifier, Context, get_current_context, task

from redress.airflow_run import extract_date
from redress.councils import Council, load_councils
from redress.errors import RedressError
from redress.paths import Home

log = logging.getLogger(__name__)


class RedressNotifier(BaseNotifier):
    """Tells the people named in councils/NAME/telling.yml; nobody is told where there is no such file."""

    def notify(self, context: Context) -> None:
        """Tells of one event. A backfill replays the past: nobody is told of it."""
        from redress.telling.tell import is_switched_off

        if is_switched_off() or _is_backfill(context["dag_run"]):
            return
        with _going_on(type(self).__name__):
            self.tell(context)

    def tell(self, context: Context) -> None:
        """What is told, and to whom."""
        raise NotImplementedError


class LoadFailed(RedressNotifier):
    """For on_failure_callback: a step of a council's load failed, or one of the whole night's."""

    def tell(self, context: Context) -> None:
        from redress.telling import tell
        from redress.telling.facts import Failure

        instance = context["ti"]
        label = getattr(instance, "rendered_map_index", None)
        step = instance.task_id.rpartition(".")[2].replace("_", " ")
        failure = Failure(
            dag=instance.dag_id,
            task=f"{instance.task_id} ({label})" if label else instance.task_id,
            step=step,
            sentence=_own_sentence(context.get("exception")),
        )
        home, night = Home.from_environment(), extract_date(context["dag_run"])
        council = load_councils().get(instance.task_id.partition(".")[0])
        if council is not None:
            tell.tell_load_failed(home, council, night, failure)
        else:
            tell.tell_night_failed(home, list(_readable_councils()), night, failure)


class CouncilRejected(RedressNotifier):
    """For on_success_callback of a council's load: files of it were rejected."""

    def tell(self, context: Context) -> None:
        from redress.telling.tell import tell_rejected

        tell_rejected(Home.from_environment(), *_load_of(context))


class ThresholdPassed(RedressNotifier):
    """For on_success_callback of a council's load: more of an entity was held back than the council allows."""

    def tell(self, context: Context) -> None:
        from redress.telling.tell import tell_threshold_passed

        tell_threshold_passed(Home.from_environment(), *_load_of(context))


class OverdueCases(RedressNotifier):
    """After publication: cases of each council that are past a time limit."""

    def tell(self, context: Context) -> None:
        from redress.telling.tell import tell_overdue

        for council in _readable_councils():
            with _going_on(f"{type(self).__name__} of {council.name}"):
                tell_overdue(Home.from_environment(), council, extract_date(context["dag_run"]))


class DailyDigest(RedressNotifier):
    """After publication: each service's issues and time limits."""

    def tell(self, context: Context) -> None:
        from redress.telling.tell import tell_digests

        for council in _readable_councils():
            with _going_on(f"{type(self).__name__} of {council.name}"):
                tell_digests(Home.from_environment(), council, extract_date(context["dag_run"]))


class ReturnsReady(RedressNotifier):
    """For on_success_callback of a task that built a draft and returned its counts."""

    def tell(self, context: Context) -> None:
        from redress.telling.facts import Draft
        from redress.telling.tell import tell_returns_ready

        home, built = Home.from_environment(), _returned(context)
        draft = Draft(
            kind=context["dag"].dag_id.partition("_")[0],
            period=built["period"],
            tables=built["tables"],
            figures=built["figures"],
            changed=built["changed_since_signed"],
            folder=built["folder"].removeprefix(f"{home.root}/"),
        )
        tell_returns_ready(home, load_councils()[built["council"]], extract_date(context["dag_run"]), draft)


@task(retries=1)
def tell_people() -> None:
    """Tells of overdue cases, then each service of its morning.

    A task and not callbacks: Airflow ends a task's callbacks after 20 seconds, too few for many services.
    """
    context = get_current_context()
    for notifier in (OverdueCases(), DailyDigest()):
        notifier(context)


@contextmanager
def _going_on(who: str) -> Iterator[None]:
    """Logs what goes wrong, and goes on."""
    try:
        yield
    except RedressError as problem:
        log.warning("%s could not tell anybody: %s", who, problem)
    except Exception as problem:
        # Its text may hold an address, or what a file held.
        log.warning("%s could not tell anybody: %s", who, type(problem).__name__)


def _is_backfill(run: Any) -> bool:
    """Whether a run replays the past, or was started by one that does."""
    started_by = [str(event.source_run_id) for event in run.consumed_asset_events]
    return run.run_type == "backfill" or any(run_id.startswith("backfill__") for run_id in started_by)


def _own_sentence(problem: object) -> str | None:
    """What Redress itself said of a failure; None for any other error, whose text may hold anything.

    for_good raises Airflow's exception in the handling of ours.
    """
    cause = getattr(problem, "__context__", None)
    return str(cause) if isinstance(cause, RedressError) else None


def _load_of(context: Context) -> tuple[Council, Any, int]:
    """Of a task accept_records: its council, its night, and how many loads it made."""
    council = load_councils()[context["ti"].task_id.partition(".")[0]]
    return council, extract_date(context["dag_run"]), int(_returned(context)["loads"])


def _returned(context: Context) -> dict[str, Any]:
    """What the task of a callback returned."""
    instance = context["ti"]
    returned: dict[str, Any] = instance.xcom_pull(task_ids=instance.task_id, map_indexes=instance.map_index)
    return returned


def _readable_councils() -> Iterator[Council]:
    """The councils whose telling.yml can be read; one that cannot keeps nobody else from being told."""
    for council in load_councils().values():
        try:
            _ = council.telling
        except RedressError as problem:
            log.warning("Nobody of %s is told: %s", council.name, problem)
        else:
            yield council
