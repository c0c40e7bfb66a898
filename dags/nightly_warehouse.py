"""Accepted records into facts and dimensions, tested, then published in one step."""

from pathlib import Path

from airflow.sdk import Asset, dag, task

from redress.airflow_run import DEFAULT_ARGS, Counts, extract_date, for_good

ACCEPTED_RECORDS = Asset("accepted_records")


@task(pool="warehouse")
@for_good
def build_and_publish() -> Counts:
    from redress.nightly import build_and_publish

    return build_and_publish(extract_date())


@dag(
    schedule=[ACCEPTED_RECORDS],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=Path(__file__).with_suffix(".md").read_text(encoding="utf-8"),
    tags=["redress"],
)
def nightly_warehouse() -> None:
    build_and_publish()


nightly_warehouse()
