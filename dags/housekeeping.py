"""Once a week: removes rejected files, logs and Airflow's own records that have served their time."""

from pathlib import Path

from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task

from redress.airflow_run import DEFAULT_ARGS, extract_date, for_good
from redress.paths import Home


def keep_days(kind: str) -> int:
    return int(get_current_context()["params"][f"keep_{kind}_days"])


@task
@for_good
def remove_rejected_files() -> int:
    from redress import housekeeping

    return housekeeping.remove_rejected_files(Home.from_environment(), extract_date(), keep_days("rejected"))


@task
@for_good
def remove_logs() -> int:
    from redress import housekeeping

    return housekeeping.remove_logs(Home.from_environment(), extract_date(), keep_days("logs"))


@task
@for_good
def clean_airflow_metadata() -> None:
    from redress import housekeeping

    housekeeping.clean_airflow_metadata(extract_date(), keep_days("runs"))


@dag(
    schedule=CronTriggerTimetable("0 5 * * 0", timezone="Europe/London"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={
        "keep_rejected_days": Param(30, type="integer", minimum=1),
        "keep_logs_days": Param(60, type="integer", minimum=1),
        "keep_runs_days": Param(180, type="integer", minimum=1),
    },
    doc_md=Path(__file__).with_suffix(".md").read_text(encoding="utf-8"),
    tags=["redress"],
)
def housekeeping() -> None:
    remove_rejected_files()
    remove_logs()
    clean_airflow_metadata()


housekeeping()
