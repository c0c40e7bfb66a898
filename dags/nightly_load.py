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
from redress.errors import RedressError

ACCEPTED_RECORDS = Asset("accepted_records")


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
@task(pool="acceptance", trigger_rule=TriggerRule.NONE_FAILED)
@for_good
def accept_records(council: str, landed: Iterable[Counts] | None) -> Counts:
    from redress.nightly import validate_and_accept

    skip_unless_chosen(council)
    allowed = get_current_context()["params"]["allow_removal"]
    delivered = {entity for delivery in landed or () for entity in delivery["entities"]}
    return validate_and_accept(council, extract_date(), allow_removal=allowed, delivered=delivered)


# The warehouse starts on this asset: once a night, with what the councils that loaded have accepted.
@task(outlets=[ACCEPTED_RECORDS], trigger_rule=TriggerRule.ALL_DONE)
@for_good
def announce_accepted(accepted: dict[str, Counts | None]) -> None:
    if not any(counts is not None for counts in accepted.values()):
        raise RedressError("No council loaded, so the warehouse stays as it is; see the failed tasks.")
    get_current_context()["outlet_events"][ACCEPTED_RECORDS].extra = {"extract_date": extract_date().isoformat()}


# A leaf that fails is what makes the run fail: without it, one lost council would go unnoticed.
@task(trigger_rule=TriggerRule.NONE_FAILED)
def every_council_loaded() -> None:
    """Nothing to do: it ends as upstream_failed when a council did not load."""


@dag(
    schedule=CronTriggerTimetable("0 2 * * *", timezone="Europe/London"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
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
