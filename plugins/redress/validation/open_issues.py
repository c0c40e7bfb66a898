"""What stands of a council, read from the log of issues its loads keep."""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date

from redress.duck import connect, text
from redress.paths import Home
from redress.validation.acceptance_files import Acceptance, AcceptedIssue
from redress.validation.issues import IDENTITY, create_open, events_sql
from redress.validation.loads import committed

MOST_NEAR = 3

_REFERENCE = "coalesce(case_ref, record_key)"
"""What people know an issue by: its case, or its record's key where it belongs to none. SQL on the log."""

_ALIKE = 0.85
"""From which similarity (Jaro-Winkler, 0 to 1) on a name may have been meant."""


@dataclass(frozen=True)
class OpenIssue:
    """An issue that stands; reference is its case, or its record's key where it belongs to no case."""

    rule: str
    reference: str
    issue: AcceptedIssue


def open_issues(
    home: Home, council_name: str, rules: Collection[str] = (), reference: str | None = None
) -> list[OpenIssue]:
    """The open issues of a council's rows; those of whole extracts aside.

    Of these rules only, or of all; of one case or record, or of all.
    """
    loads = committed(home, council_name)
    wanted = ["record_key <> ''"]
    if rules:
        wanted.append(f"rule in ({', '.join(text(rule) for rule in rules)})")
    if reference is not None:
        # A record may have been of another case on another night, so its key decides what is read.
        of_it = f"select record_key from ({events_sql(loads)}) where {_REFERENCE} = {text(reference)}"
        wanted.append(f"record_key in ({of_it})")
    with connect() as con:
        create_open(con, loads, " and ".join(wanted))
        rows = con.execute(
            f"""
            select rule, {_REFERENCE}, entity, record_key, column_name, occurrence, relevant_hash
            from open_issues where $reference is null or {_REFERENCE} = $reference order by all
            """,
            {"reference": reference},
        ).fetchall()
    return [OpenIssue(rule, named, AcceptedIssue(*issue)) for rule, named, *issue in rows]


def near_references(home: Home, council_name: str, rule: str, reference: str) -> list[str]:
    """Cases, or records without one, named much alike, with an open issue of the rule; the nearest first."""
    with connect() as con:
        found = con.execute(
            f"""
            select named
            from (
                select distinct {_REFERENCE} as named
                from ({events_sql(committed(home, council_name))})
                where rule = $rule and record_key <> ''
            )
            where jaro_winkler_similarity(lower(named), lower($reference)) >= {_ALIKE}
            order by jaro_winkler_similarity(lower(named), lower($reference)) desc, named
            limit {2 * MOST_NEAR}
            """,
            {"rule": rule, "reference": reference},
        ).fetchall()
    return [named for (named,) in found if open_issues(home, council_name, (rule,), named)][:MOST_NEAR]


def nights_of_change(home: Home, council_name: str, accepted: Iterable[Acceptance]) -> dict[tuple[int, int], date]:
    """For issues of acceptances, by number and place in it: the first night on which a load after the acceptance found
    them resolved, or with other values in what the rule looks at. Those of which that is not so are left out.
    """
    rows = [
        (one.number, place, one.after_load, one.rule, *astuple(issue))
        for one in accepted
        for place, issue in enumerate(one.issues)
    ]
    if not rows:
        return {}
    same = " and ".join(f"events.{name} is not distinct from accepted.{name}" for name in IDENTITY)
    with connect() as con:
        con.execute("""
            create table accepted (
                number bigint, place bigint, after_load bigint, rule varchar, entity varchar, record_key varchar,
                column_name varchar, occurrence bigint, relevant_hash varchar
            )
        """)
        con.executemany(f"insert into accepted values ({', '.join('?' * len(rows[0]))})", rows)
        found = con.execute(f"""
            select accepted.number, accepted.place, arg_min(events.event_date, events.load_number)
            from accepted
            inner join ({events_sql(committed(home, council_name))}) as events
                on {same} and events.load_number > accepted.after_load
            where events.event = 'resolved' or events.relevant_hash is distinct from accepted.relevant_hash
            group by accepted.number, accepted.place
        """).fetchall()
    return {(number, place): night for number, place, night in found}
