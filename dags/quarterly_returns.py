"""Drafts of the councils' quarterly returns, some working days after the quarter's end."""

from pathlib import Path

from airflow.sdk import dag

from redress.airflow_run import DEFAULT_ARGS
from redress.timetables import days_after
from redress_plugin import DRAFT_PARAMS, WorkingDaysAfterPeriod, draft_returns


@dag(
    schedule=WorkingDaysAfterPeriod("quarterly", days_after("quarterly").values()),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params=DRAFT_PARAMS,
    doc_md=Path(__file__).with_suffix(".md").read_text(encoding="utf-8"),
    tags=["redress"],
)
def quarterly_returns() -> None:
    draft_returns("quarterly")


quarterly_returns()
