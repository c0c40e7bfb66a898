"""Every council's delivered files, through the door and the rules, into its accepted records."""

from collections.abc import Iterable
from pathlib import Path

from airflow.sdk import (
    Asset,
    CronTriggerTimetable,
    Param,
    TaskGroup,
    TriggerRule,
    dag,
    get_current_context,
    task,
)

from redress.airflow_run import DEFAULT_ARGS, Counts, extract_date, for_good, skip_unless_chosen
from redress.councils import load_councils
from redress_notifiers import CouncilRejected, LoadFailed, ThresholdPassed

ACCEPTED_RECORDS = Asset("accepted_records")
STEPS = ("find_deliveries", "land_delivery", "accept_records")


@task
@for_good
def find_deliveries(council: str) -> list[str]:
    from redress.nightly import deliveries

    skip_unless_chosen(council)
    return deliveries(council, extract_date())


@task(pool="landing", map_index_template="{{ task.op_kwargs['location'].rsplit('/', 1)[-1] }}")
@for_good
def land_delivery(council: str, location: str) -> Counts:
    from redress.nightly import land

    return land(council, location, extract_date())


# Also runs when nothing was delivered: waiting rows are checked again, and the log says so.
@task(
    pool="acceptance",
    trigger_rule=TriggerRule.NONE_FAILED,
    on_success_callback=[CouncilRejected(), ThresholdPassed()],
)
@for_good
def accept_records(council: str, landed: Iterable[Counts] | None) -> Counts:
    from redress.nightly import validate_and_accept

    skip_unless_chosen(council)
    allowed = get_current_context()["params"]["allow_removal"]
    delivered = {entity for delivery in landed or () for entity in delivery["entities"]}
    return validate_and_accept(council, extract_date(), allow_removal=allowed, delivered=delivered)


# The warehouse starts on this asset: once a night, with what the councils that loaded have accepted, and with the
# names of those that could not, so that nobody takes yesterday's figures for today's.
@task(outlets=[ACCEPTED_RECORDS], trigger_rule=TriggerRule.ALL_DONE)
@for_good
def announce_accepted(accepted: dict[str, Counts | None]) -> None:
    from redress.nightly import note_missed

    context, night = get_current_context(), extract_date()
    chosen = context["params"]["councils"] or accepted
    for council, counts in accepted.items():
        if counts is None and council in chosen:
            note_missed(council, night, _stopped_step(council))
    context["outlet_events"][ACCEPTED_RECORDS].extra = {"extract_date": night.isoformat()}


def _stopped_step(council: str) -> str:
    """The first step of the council that failed in this run; a mapped one is known by its number too."""
    ti = get_current_context()["ti"]
    tasks = [f"{council}.{step}" for step in STEPS]
    states = ti.get_task_states(dag_id=ti.dag_id, task_ids=tasks, run_ids=[ti.run_id]).get(ti.run_id, {})
    failed = [task for task, state in states.items() if state == "failed"]
    return next((step for step in STEPS if any(task.startswith(f"{council}.{step}") for task in failed)), STEPS[-1])


# A leaf that fails is what makes the run fail: without it, one lost council would go unnoticed.
@task(trigger_rule=TriggerRule.NONE_FAILED)
def every_council_loaded() -> None:
    """Nothing to do: it ends as upstream_failed when a council did not load."""


@dag(
    schedule=CronTriggerTimetable("0 2 * * *", timezone="Europe/London"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"on_failure_callback": LoadFailed()},
    params={
        "councils": Param([], type="array", items={"type": "string"}, description="Only these; none means all."),
        "allow_removal": Param(False, type="boolean", description="Let a full extract remove many records once."),
    },
    doc_md=Path(__file__).with_suffix(".md").read_text(encoding="utf-8"),
    tags=["redress"],
)
def nightly_load() -> None:
    accepted = {}
    for council in load_councils():
        with TaskGroup(council):
            landed = land_delivery.partial(council=council).expand(location=find_deliveries(council))
            accepted[council] = accept_records(council, landed)
    announce_accepted(accepted)
    list(accepted.values()) >> every_council_loaded()


nightly_load()
