"""What stands of a council, read from the log of issues its loads keep."""

from collections.abc import Collection
from dataclasses import dataclass

from redress.duck import connect, text
from redress.paths import Home
from redress.validation.acceptance_files import AcceptedIssue
from redress.validation.issues import create_open, events_sql
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
