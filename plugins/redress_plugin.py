"""What Redress adds to Airflow: the timetable of returns, and the tasks of the DAGs that draft them."""

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import Asset, Param, TriggerRule, get_current_context, task
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

from redress.airflow_run import Counts, for_good
from redress.timetables import MONTHS, Kind, next_run
from redress_notifiers import ReturnsReady

log = logging.getLogger(__name__)

RETURN_DRAFTS = Asset("return_drafts")
"""Announced when drafts of returns have been built; to sign them off is a person's act."""

DRAFT_PARAMS = {
    "councils": Param([], type="array", items={"type": "string"}, description="Only these; none means all."),
    "period": Param(
        "", type="string", description="2017/18 or Q2 2018/19 for example; empty means what has fallen due."
    ),
}

ROOM = timedelta(days=31)
"""How much longer than a period a run started by hand looks back, as the day on which drafts are due varies."""


class WorkingDaysAfterPeriod(Timetable):
    """Runs on the so-manyth working day after the end of each financial year or quarter.

    Councils may wait differently long, so there can be several days a period. A run's data interval reaches from
    the run before to its own moment: what fell due in it is to be drafted, also when a run in between was missed.
    """

    def __init__(self, kind: Kind, days: Collection[int]) -> None:
        self.kind = kind
        self.days = sorted(set(days))
        self.description = self.summary

    @property
    def summary(self) -> str:
        """Shown in the list of DAGs."""
        if not self.days:
            return f"No council has a return of kind {self.kind}"
        span = {"annual": "financial year", "quarterly": "quarter"}[self.kind]
        return f"{' and '.join(map(str, self.days))} working days after the end of the {span}"

    def serialize(self) -> dict[str, Any]:
        """For Airflow's own database."""
        return {"kind": self.kind, "days": self.days}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> "WorkingDaysAfterPeriod":
        """The timetable that was serialized."""
        return cls(data["kind"], data["days"])

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The next day on which drafts are due."""
        found = next_run(
            self.kind,
            self.days,
            now=pendulum.now("UTC"),
            last_ended=last_automated_data_interval.end if last_automated_data_interval else None,
            earliest=restriction.earliest,
            catches_up=restriction.catchup,
        )
        if found is None or (restriction.latest is not None and found[1] > restriction.latest):
            return None
        return DagRunInfo.interval(*map(pendulum.instance, found))

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        """Long enough for the latest draft of every council to have fallen due in it."""
        return DataInterval(run_after.subtract(months=MONTHS[self.kind]) - ROOM, run_after)


class RedressPlugin(AirflowPlugin):
    """Registers the timetable, so that the scheduler can read it back from its database, and the reports' pages.

    The addresses of the views are below Airflow's own, so that they hold when Airflow itself is not at the root.
    """

    name = "redress"
    timetables = [WorkingDaysAfterPeriod]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Quality",
            "href": "redress/site/index.html",
            "url_route": "complaints-quality",
            "destination": "nav",
            "nav_top_level": True,
        },
        {
            "name": "Loads and their verdicts",
            "href": "redress/site/loads.html",
            "url_route": "complaints-loads",
            "destination": "dag",
        },
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """Made where it is asked for, in the API server: every task reads this file too."""
        from redress_web import PREFIX, site_app

        return [{"name": "Redress", "app": site_app(), "url_prefix": f"/{PREFIX}"}]


def draft_returns(kind: Kind) -> None:
    """The tasks of a DAG of returns: find what is due, draft each, announce what was drafted."""

    @task
    @for_good
    def find_due() -> list[dict[str, str]]:
        from redress.timetables import drafts_due, drafts_of

        context = get_current_context()
        councils, period = context["params"]["councils"], context["params"]["period"]
        if period:
            return drafts_of(kind, period, councils)
        run = context["dag_run"]
        return drafts_due(kind, run.data_interval_start, run.data_interval_end, councils)

    # In the warehouse's pool, because the figures of a draft are published for BI readers too.
    @task(
        pool="warehouse",
        map_index_template="{{ task.op_kwargs['council'] }} {{ task.op_kwargs['period'] }}",
        on_success_callback=ReturnsReady(),
    )
    @for_good
    def build_draft(council: str, period: str) -> Counts:
        from redress.returns.run import build_draft

        return build_draft(council, kind, period)

    @task(outlets=[RETURN_DRAFTS], trigger_rule=TriggerRule.ALL_DONE)
    def announce_drafts(drafts: list[Counts]) -> list[str]:
        from airflow.sdk.exceptions import AirflowSkipException

        built = [draft for draft in drafts or () if draft]
        if not built:
            raise AirflowSkipException("No draft was built.")
        for draft in built:
            log.info("Draft for sign-off: %s", ", ".join(f"{name} {value}" for name, value in draft.items()))
        names = [f"{draft['council']} {kind} {draft['period']}" for draft in built]
        get_current_context()["outlet_events"][RETURN_DRAFTS].extra = {"drafts": names}
        return names

    # A leaf that fails is what makes the run fail: without it, one lost draft would go unnoticed.
    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def every_draft_built() -> None:
        """Nothing to do: it ends as upstream_failed when a draft was not built."""

    drafts = build_draft.expand_kwargs(find_due())
    announce_drafts(drafts)
    drafts >> every_draft_built()
