"""The one module that imports Airflow: what the DAG files share, and the nightly run in one process."""

import functools
import io
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any, ParamSpec, TextIO, TypeVar

from filelock import FileLock, Timeout

from redress.airflow_home import DAGS, apart_for_now, extract_date_of, keep_apart, moment_of, scheduler_metadata
from redress.errors import RedressError, SourceUnavailable
from redress.paths import Home

P = ParamSpec("P")
R = TypeVar("R")

Counts = dict[str, Any]
"""What a task hands on through XCom: counts, names and paths, never a record's values."""

DEFAULT_ARGS = {
    "owner": "data-engineering",
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=15),
}

_stopped = Event()
"""Set when a person stops the run: Airflow would fail the task at hand and go on with the next."""


def for_good(step: Callable[P, R]) -> Callable[P, R]:
    """Lets a step fail without another try when the fault is in what it was given, or a person stopped it.

    A source that is not available is tried again.
    """

    @functools.wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from airflow.sdk.exceptions import AirflowException, AirflowFailException

        if _stopped.is_set():
            raise AirflowFailException("The run was stopped by hand.")
        try:
            return step(*args, **kwargs)
        except SourceUnavailable as problem:
            raise AirflowException(str(problem)) from None
        except RedressError as problem:
            raise AirflowFailException(str(problem)) from None

    return run


def airflow_connection(conn_id: str) -> Any | None:
    """Airflow's connection of an id, from the environment, a secrets backend or the scheduler's metadata; None if none.

    A scheduler's task reaches the metadata through Airflow only; commands and the nightly run read them here.
    """
    if "airflow" not in sys.modules:
        with apart_for_now(Home.from_environment()):
            import airflow.sdk  # noqa: F401

    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return Connection.get(conn_id)
    except AirflowNotFoundException:
        if not (address := scheduler_metadata(Home.from_environment())):
            return None

    from airflow.secrets.metastore import MetastoreBackend
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    with Session(create_engine(address)) as session:
        return MetastoreBackend().get_connection(conn_id, session=session)


def extract_date(run: Any | None = None) -> date:
    """The extract date of the running task, or of a run that is given.

    It is the London date of the end of the run's data interval. A run started by an asset takes the date that
    came with the asset, and one started by hand without a date takes the day it is started.
    """
    from airflow.sdk import get_current_context

    run = run or get_current_context()["dag_run"]
    announced = [event.extra.get("extract_date") for event in run.consumed_asset_events]
    if dates := [text for text in announced if isinstance(text, str)]:
        return date.fromisoformat(max(dates))
    return extract_date_of(run.data_interval_end or run.run_after)


def skip_unless_chosen(council: str) -> None:
    """Skips the running task when the run was asked for other councils only."""
    from airflow.sdk import get_current_context
    from airflow.sdk.exceptions import AirflowSkipException

    chosen = get_current_context()["params"]["councils"]
    if chosen and council not in chosen:
        raise AirflowSkipException(f"This run is for {', '.join(chosen)} only.")


@dataclass(frozen=True)
class TaskOutcome:
    """One task of the night: where it got to and, when it failed, the sentence that says why."""

    dag: str
    task: str
    label: str
    state: str
    error: str | None = None


@dataclass(frozen=True)
class NightlyResult:
    """What became of every task of the night."""

    tasks: tuple[TaskOutcome, ...]
    log: Path

    @property
    def succeeded(self) -> bool:
        """Whether every task ended well. A run's own state does not say so."""
        return bool(self.tasks) and all(task.state in ("success", "skipped") for task in self.tasks)

    @property
    def failed(self) -> tuple[TaskOutcome, ...]:
        """The tasks that failed themselves, not those that only waited for them."""
        return tuple(task for task in self.tasks if task.state == "failed")


def run_nightly(
    extract_date: date,
    councils: Iterable[str] = (),
    on_progress: Callable[[TaskOutcome], None] = lambda outcome: None,
    allow_removal: bool = False,
    wait: bool = False,
) -> NightlyResult:
    """Runs nightly_load and then nightly_warehouse once, in this process.

    No councils means all of them. on_progress hears of every task when it starts (state `running`) and when
    it ends; meanwhile whatever else is printed goes to the log, so give it a console on `terminal()`. Nothing
    is tried again: a person is watching.

    Raises RedressError when another run has the data folder, unless told to wait for it, and
    KeyboardInterrupt when stopped by hand.
    """
    home = Home.from_environment()
    log = home.logs / f"nightly_{extract_date.isoformat()}.log"
    conf = {"councils": list(councils), "allow_removal": allow_removal}
    with _only_run(home, wait), _stopping_at_once(), _output_to(log):
        _use_own_metadata(home)
        tasks = _run_dag("nightly_load", extract_date, conf, on_progress)
        if any(outcome.task == "announce_accepted" and outcome.state == "success" for outcome in tasks):
            tasks += _run_dag("nightly_warehouse", extract_date, conf, on_progress)
    if _stopped.is_set():
        raise KeyboardInterrupt
    return NightlyResult(tuple(tasks), log)


@contextmanager
def _only_run(home: Home, wait: bool) -> Iterator[None]:
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.root / "nightly.lock")
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise RedressError(
            f"Another nightly run is using {home.root}; wait until it has ended, or add --wait."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _stopping_at_once() -> Iterator[None]:
    def stop(signal_number: int, frame: object) -> None:
        _stopped.set()
        raise KeyboardInterrupt

    _stopped.clear()
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def terminal() -> TextIO:
    """Where to write what a person should see while a run is on: its own copy of standard output."""
    try:
        return os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    except (OSError, io.UnsupportedOperation):
        return sys.stdout


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Sends whatever is printed to a log file; by descriptor, because Airflow keeps handles of its own."""
    level = logging.getLogger().level
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, original in enumerate(kept, start=1):
            os.dup2(original, descriptor)
            os.close(original)
        logging.getLogger().setLevel(level)


def _use_own_metadata(home: Home) -> None:
    """Makes a metadata database for these runs, once for each version of Airflow."""
    database = keep_apart(home)
    made = home.airflow / f"nightly.db.made-by-{version('apache-airflow')}"
    if not (made.exists() and database.exists()):
        home.airflow.mkdir(parents=True, exist_ok=True)
        database.unlink(missing_ok=True)

        from airflow.utils.db import upgradedb

        upgradedb()
        made.touch()


def _listener(on_progress: Callable[[TaskOutcome], None], errors: dict[str, str]) -> object:
    """Hears from Airflow of tasks that start and end; keeps why one failed, by task instance."""
    from airflow.listeners import hookimpl

    def tell(task: Any, state: str) -> None:
        error = errors.get(str(task.id))
        on_progress(TaskOutcome(task.dag_id, task.task_id, task.rendered_map_index or "", state, error))

    class Listener:
        @hookimpl
        def on_task_instance_running(self, task_instance: Any) -> None:
            tell(task_instance, "running")

        @hookimpl
        def on_task_instance_success(self, task_instance: Any) -> None:
            tell(task_instance, "success")

        @hookimpl
        def on_task_instance_skipped(self, task_instance: Any) -> None:
            tell(task_instance, "skipped")

        @hookimpl
        def on_task_instance_failed(self, task_instance: Any, error: object) -> None:
            errors[str(task_instance.id)] = str(error)
            tell(task_instance, "failed")

    return Listener()


def _run_dag(
    dag_id: str, extract_date: date, conf: dict[str, Any], on_progress: Callable[[TaskOutcome], None]
) -> list[TaskOutcome]:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.listener import get_listener_manager

    bag = DagBag(DAGS / f"{dag_id}.py")
    if dag_id not in bag.dags:
        reason = "; ".join(str(error).splitlines()[-1] for error in bag.import_errors.values())
        raise RedressError(f"The DAG {dag_id} cannot be read: {reason}; correct that and run again.")
    dag = bag.dags[dag_id]
    for task in dag.tasks:
        task.retries = 0
    errors: dict[str, str] = {}
    listener = _listener(on_progress, errors)
    listeners = get_listener_manager().pm
    listeners.register(listener)
    try:
        run = dag.test(logical_date=moment_of(extract_date), run_conf=conf)
    finally:
        listeners.unregister(listener)
    return [
        TaskOutcome(dag_id, ti.task_id, ti.rendered_map_index or "", str(ti.state), errors.get(str(ti.id)))
        for ti in run.get_task_instances()
    ]
