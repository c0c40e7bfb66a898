"""Accepted records into facts and dimensions, tested, then published in one step."""

from pathlib import Path

from airflow.sdk import Asset, TriggerRule, dag, task

from redress.airflow_run import DEFAULT_ARGS, Counts, extract_date, for_good
from redress_notifiers import LoadFailed, tell_people

ACCEPTED_RECORDS = Asset("accepted_records")


@task(pool="warehouse")
@for_good
def build_and_publish() -> Counts:
    from redress.nightly import build_and_publish

    return build_and_publish(extract_date())


# Facts that failed their tests are told on the pages too, so they are built whatever became of the task before.
@task(pool="warehouse", trigger_rule=TriggerRule.ALL_DONE)
@for_good
def build_reports() -> Counts:
    from redress.nightly import build_reports

    return build_reports()


# A leaf that fails is what makes the run fail: the pages alone would hide that the facts were not published.
@task(trigger_rule=TriggerRule.NONE_FAILED)
def facts_and_reports_are_built() -> None:
    """Nothing to do: it ends as upstream_failed when the facts or the pages were not built."""


@dag(
    schedule=[ACCEPTED_RECORDS],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"on_failure_callback": LoadFailed()},
    doc_md=Path(__file__).with_suffix(".md").read_text(encoding="utf-8"),
    tags=["redress"],
)
def nightly_warehouse() -> None:
    facts, reports = build_and_publish(), build_reports()
    facts >> reports
    [facts, reports] >> facts_and_reports_are_built()
    # A teardown runs whatever became of the pages, and the run's state does not depend on it.
    reports >> tell_people().as_teardown()


nightly_warehouse()
