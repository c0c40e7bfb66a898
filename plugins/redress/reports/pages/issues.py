"""The page Issues: every open issue to filter, sort and search, what was accepted or resolved, and lists to send on.

What is chosen stands in the address after `issues.html#`, so that other pages can link to a choice. All are optional:

- show: open (as without it), new (came since the night before), accepted, resolved (in the last 28 days)
- council: its folder's name; service: its code, `-` for issues of no service; rule; severity: critical or warning;
  entity: of the contract; age, in days: 0, 1-7, 8-28, 29-90 or 91+
- q: a part of a case reference or record key
- sort: rule, severity, council, service, case, record, column, file, row, seen, days, again; `-days` turns it round
- page: from 1

For example `issues.html#show=new&council=harrow&rule=D05`. Values are percent-encoded as in a query.
"""

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from redress.reports.decisions import issue_keys
from redress.reports.downloads import downloads_of, write_downloads
from redress.reports.page import Page
from redress.reports.reading import Reading, sql_of
from redress.validation.acceptances import readable_acceptances
from redress.validation.catalogue import load_catalogue

if TYPE_CHECKING:
    from markupsafe import Markup

RESOLVED_DAYS = 28
MOST_LISTED = 200_000
"""More would make the page slow to open; the downloads hold all."""

KIND = (
    *("council", "rule", "severity", "entity", "column_name", "occurrence"),
    *("source_file", "sheet", "source_column", "letter"),
)
LIFE = (
    *("state", "is_new", "first_seen", "opened_on", "resolved_on", "resolution", "days_open", "times_reopened"),
    *("number", "accepted_on", "accepted_until", "accepted_by"),
)
SERVICE = ("council", "service_code", "service_name")
"""What many issues have in common: the page holds each combination once, and of an issue the place of its own."""


def content(reading: Reading) -> dict[str, Any]:
    """The issues as the page's script reads them, how many of them there are, and the lists to download."""
    data, total = _data(reading)
    return {
        "data": _inline(data),
        "total": total,
        "listed": len(data["rows"]["key"]),
        "resolved_days": RESOLVED_DAYS,
        "downloads": downloads_of(reading),
    }


def _data(reading: Reading) -> tuple[dict[str, Any], int]:
    con = reading.con
    reasons = _accepted_numbers(reading)
    con.execute(f"create or replace temp table listed as {sql_of('listed_issues')}", {"days": RESOLVED_DAYS})
    total = con.execute("select count(*) from listed").fetchall()[0][0]
    con.execute("delete from listed where place > ?", [MOST_LISTED])
    combinations = {
        name: _combinations(reading, name, columns)
        for name, columns in (("kinds", KIND), ("lives", LIFE), ("services", SERVICE))
    }
    rows = con.execute(f"""
        select
            list(kinds.n order by place), list(lives.n order by place), list(services.n order by place),
            list(source_row order by place), list(record_key order by place),
            list(case_is order by place)
        from listed
        inner join kinds on {_same("kinds", KIND)}
        inner join lives on {_same("lives", LIFE)}
        inner join services on {_same("services", SERVICE)}
    """).fetchall()[0]
    names = ("kind", "life", "service", "row", "key", "case")
    data = {
        "councils": _councils(reading),
        "rules": _rules(reading),
        "reasons": reasons,
        **combinations,
        "rows": {name: values or [] for name, values in zip(names, rows, strict=True)},
    }
    return data, total


def _combinations(reading: Reading, name: str, columns: tuple[str, ...]) -> dict[str, Any]:
    """Makes a table of what the listed issues have in common, numbered from 0; returns its columns and rows."""
    con = reading.con
    con.execute(f"""
        create or replace temp table {name} as
        select *, row_number() over (order by {", ".join(columns)}) - 1 as n
        from (select distinct {", ".join(columns)} from listed)
    """)
    rows = con.execute(f"select {', '.join(columns)} from {name} order by n").fetchall()
    return {"columns": columns, "rows": rows}


def _same(name: str, columns: tuple[str, ...]) -> str:
    return " and ".join(f"listed.{column} is not distinct from {name}.{column}" for column in columns)


def _councils(reading: Reading) -> list[dict[str, Any]]:
    return reading.rows("select council, council_name, night from nights where night is not null order by council_name")


def _rules(reading: Reading) -> dict[str, dict[str, str]]:
    """What the rules that occur say, by code; one that is no longer in the catalogue is left out."""
    catalogue = load_catalogue().rules
    found = [row["rule"] for row in reading.rows("select distinct rule from listed order by rule")]
    return {
        code: {"text": catalogue[code].title, "reason": catalogue[code].reason, "remedy": catalogue[code].remedy}
        for code in found
        if code in catalogue
    }


def _accepted_numbers(reading: Reading) -> dict[str, str]:
    """Makes the table accepted_numbers, a row an issue with an acceptance; returns reasons by `council|number`."""
    import pandas as pd

    known = {
        row["council"]: [one for one in readable_acceptances(reading.home, row["council"]) if not one.withdrawal]
        for row in _councils(reading)
    }
    numbers = {key: one.number for given in known.values() for one in given for key in issue_keys(one)}
    frame = pd.DataFrame({"issue_key": list(numbers), "number": list(numbers.values())}).astype(
        {"issue_key": "str", "number": "int64"}
    )
    reading.con.register("accepted_frame", frame)
    reading.con.execute("create or replace temp table accepted_numbers as select * from accepted_frame")
    reading.con.unregister("accepted_frame")
    return {f"{council}|{one.number}": one.reason for council, given in known.items() for one in given}


def _inline(data: dict[str, Any]) -> "Markup":
    """JSON that stands in a script element: nothing in it can end the element."""
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(data, dumps=partial(json.dumps, separators=(",", ":"), default=str))


PAGE = Page(
    "issues.html",
    "Issues",
    content,
    scripts=("issues_data.js", "issues_filters.js", "issues_table.js", "issues_accept.js"),
    files=write_downloads,
)
