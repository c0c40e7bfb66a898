"""What messages are made of: counts of loads and of the published warehouse, never a record."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from redress.paths import Home
from redress.telling.definition import WHOLE_COUNCIL
from redress.validation.loads import Load, committed

if TYPE_CHECKING:
    import duckdb

DUE_SOON = 5
"""Working days left, at most, of what is due soon."""

COULD_NOT_RUN = "could_not_run"


@dataclass(frozen=True)
class RuleCount:
    """A rule and how many issues of it are open; new: of them, since the load before."""

    rule: str
    severity: str
    open: int
    new: int = 0
    remedy: str = ""


@dataclass(frozen=True)
class HeldBack:
    """An entity of which a larger share was held back than its council allows. rules: of its critical failures."""

    entity: str
    landed: int
    quarantined: int
    rules: tuple[RuleCount, ...]


@dataclass(frozen=True)
class Clocks:
    """Cases of a service whose time has run out, or will in DUE_SOON working days. longest: working days overdue."""

    service: str
    overdue: int = 0
    due_soon: int = 0
    longest: int = 0


@dataclass(frozen=True)
class ServiceNews:
    """A service's open issues by rule, how many were resolved this night, and its clocks.

    as_at: the night the clocks are of; None before the first publication of facts.
    """

    clocks: Clocks
    rules: tuple[RuleCount, ...]
    resolved: int
    as_at: date | None


@dataclass(frozen=True)
class Failure:
    """A step of a night that failed for good. sentence: what Redress itself said of it; None for any other error."""

    dag: str
    task: str
    step: str
    sentence: str | None


@dataclass(frozen=True)
class Draft:
    """A draft of a return, in counts. folder: below the data folder."""

    kind: str
    period: str
    tables: int
    figures: int
    changed: int
    folder: str


@dataclass(frozen=True)
class Published:
    """The published warehouse of one council, open for questions."""

    con: "duckdb.DuckDBPyConnection" = field(repr=False)
    council: str
    night: date
    as_at: date | None

    @property
    def is_loaded(self) -> bool:
        """Whether the council has a load of this very night."""
        found = self.con.execute(
            "select 1 from load_runs where council = ? and extract_date = ? and verdict <> ? limit 1",
            [self.council, self.night, COULD_NOT_RUN],
        ).fetchone()
        return found is not None

    def clocks(self) -> list[Clocks]:
        """Every service with a case that is overdue or due soon, the most overdue first."""
        if not self._has_facts():
            return []
        rows = self.con.execute(
            f"""
            select {_SERVICE}, {_COUNTS}
            from watch_list left join dim_service using (council, service_key)
            where council = $council
            group by all having overdue + due_soon > 0 order by overdue desc, service
            """,
            {"council": self.council, "soon": DUE_SOON},
        ).fetchall()
        return [Clocks(*row) for row in rows]

    def service_news(self, service: str, remedies: Mapping[str, str]) -> ServiceNews:
        """One service by its code, or the whole council."""
        asked = {"council": self.council, "service": service, "night": self.night}
        of_service = f"council = $council and ($service = '{WHOLE_COUNCIL}' or service_code = $service)"
        rows = self.con.execute(
            f"""
            select rule, severity, count(*) as open, count(*) filter (where opened_on = $night) as new
            from dq_issues
            where {of_service} and resolved_on is null and not is_accepted
            group by rule, severity order by severity, open desc, rule
            """,
            asked,
        ).fetchall()
        resolved = self.con.execute(
            f"select count(*) from dq_issues where {of_service} and resolved_on = $night", asked
        ).fetchone()
        rules = tuple(RuleCount(rule, grade, open_, new, remedies.get(rule, "")) for rule, grade, open_, new in rows)
        return ServiceNews(self._clocks_of(service), rules, resolved[0] if resolved else 0, self.as_at)

    def _clocks_of(self, service: str) -> Clocks:
        if not self._has_facts():
            return Clocks(service)
        asked = {"council": self.council, "service": service, "soon": DUE_SOON}
        named = self.con.execute(
            "select arg_max(service_name, valid_from) from dim_service where council = ? and service_code = ?",
            [self.council, service],
        ).fetchone()
        counts = self.con.execute(
            f"""
            select {_COUNTS} from watch_list left join dim_service using (council, service_key)
            where council = $council and ($service = '{WHOLE_COUNCIL}' or service_code = $service)
            """,
            asked,
        ).fetchone()
        if service == WHOLE_COUNCIL:
            name = "All services"
        else:
            name = f"{named[0]} ({service})" if named and named[0] else service
        return Clocks(name, *counts) if counts else Clocks(name)

    def _has_facts(self) -> bool:
        """Before the first build with passing tests only the tables of quality are published."""
        found = self.con.execute("select 1 from duckdb_tables() where table_name = 'watch_list'").fetchone()
        return found is not None


_SERVICE = "coalesce(service_name || ' (' || service_code || ')', 'no service') as service"

# The clocks of a request are the complainant's: nobody at the council is late when one lapses.
_COUNTS = """
    count(distinct case_key) filter (where is_overdue and clock not like 'request%') as overdue,
    count(distinct case_key) filter (
        where not is_overdue and working_days_left <= $soon and clock not like 'request%'
    ) as due_soon,
    coalesce(max(-working_days_left) filter (where is_overdue and clock not like 'request%'), 0) as longest
"""


@contextmanager
def open_published(home: Home, council: str, night: date) -> Iterator[Published | None]:
    """What is published of a council; None where nothing is yet."""
    from redress.warehouse.publish import last_publication, open_reporting, reporting_file

    if not reporting_file(home).exists():
        yield None
        return
    as_at = last_publication(home).get("as_at", {}).get(council)
    with open_reporting(reporting_file(home)) as con:
        yield Published(con, council, night, date.fromisoformat(as_at) if as_at else None)


def loads_of_run(home: Home, council: str, night: date, newest: int) -> dict[date, list[Load]]:
    """The council's loads of a night and the newest so many, which may be of earlier nights, by night."""
    loads = committed(home, council)
    run = [load for number, load in enumerate(loads, 1) if load.extract_date == night or number > len(loads) - newest]
    return {day: [load for load in run if load.extract_date == day] for day in sorted({x.extract_date for x in run})}


def held_back(loads: Sequence[Load], threshold: float) -> list[HeldBack]:
    """The entities of these loads of which more than the threshold was held back. Rejected files are not among them."""
    found = []
    for load in loads:
        for run in load.runs():
            if run.verdict != "rejected" and run.is_held_back(threshold):
                rules = _failed_rules(load, run.entity)
                found.append(HeldBack(run.entity, run.rows_landed, run.rows_quarantined, rules))
    return found


def _failed_rules(load: Load, entity: str) -> tuple[RuleCount, ...]:
    """The critical rules that rows of an entity failed in a load, most rows first."""
    from redress.duck import connect

    with connect() as con:
        rows = con.execute(
            """
            select rule, severity, rows_failed from read_parquet($file)
            where entity = $entity and outcome = 'fail' and severity = 'critical' order by rows_failed desc, rule
            """,
            {"file": str(load.folder / "rule_outcomes.parquet"), "entity": entity},
        ).fetchall()
    return tuple(RuleCount(*row) for row in rows)
