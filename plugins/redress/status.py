"""What the data folder holds: last loads, open issues, what is published, what is overdue."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from redress.paths import Home
from redress.validation.loads import Load, committed
from redress.validation.missed import missed_nights
from redress.validation.verdicts import HELD_BACK
from redress.warehouse.publish import open_reporting


@dataclass(frozen=True)
class CouncilStatus:
    """One council: its newest load, and what the published warehouse says of it (None: not published yet)."""

    council: str
    loads: int
    extract_date: date | None
    sentences: tuple[str, ...]
    open_critical: int | None
    open_warnings: int | None
    overdue: int | None
    due_in_five_days: int | None


def status(home: Home, councils: list[str]) -> list[CouncilStatus]:
    """The state of each council, read from its committed loads and the published warehouse."""
    reporting = home.published / "reporting.duckdb"
    return [_council_status(home, committed(home, council), council, reporting) for council in councils]


def _council_status(home: Home, loads: list[Load], council: str, reporting: Path) -> CouncilStatus:
    newest = loads[-1] if loads else None
    critical, warnings, overdue, due = _published(reporting, council)
    return CouncilStatus(
        council=council,
        loads=len(loads),
        extract_date=newest.extract_date if newest else None,
        sentences=(*_news(loads), *_last_missed(home, council, loads)),
        open_critical=critical,
        open_warnings=warnings,
        overdue=overdue,
        due_in_five_days=due,
    )


def _news(loads: list[Load]) -> list[str]:
    """The verdicts that a person has to look at: of each entity's last delivery."""
    last = {run.entity: run for load in loads for run in load.runs() if run.extract_id}
    return [f"{run.verdict_text} ({run.extract_date})" for run in last.values() if run.verdict in HELD_BACK]


def _last_missed(home: Home, council: str, loads: list[Load]) -> list[str]:
    """Why the council could not run, if that is the last that is known of it."""
    newest = max((load.extract_date for load in loads), default=date.min)
    missed = [one for one in missed_nights(home, loads, council) if one.extract_date > newest]
    return [f"could not run. {one.reason} ({one.extract_date})" for one in missed[-1:]]


def _published(reporting: Path, council: str) -> tuple[int | None, ...]:
    if not reporting.exists():
        return (None, None, None, None)
    with open_reporting(reporting) as con:
        row = con.execute(
            """
            select
                (select count(*) from dq_issues
                 where council = $council and resolved_on is null and severity = 'critical'),
                (select count(*) from dq_issues
                 where council = $council and resolved_on is null and severity = 'warning' and not is_accepted),
                (select count(*) from watch_list where council = $council and is_overdue),
                (select count(*) from watch_list
                 where council = $council and not is_overdue and working_days_left <= 5)
            """,
            {"council": council},
        ).fetchone()
    return tuple(row) if row else (None, None, None, None)
