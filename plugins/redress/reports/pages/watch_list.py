"""The page Watch list: every open clock, the most urgent first, and what is missing on the way."""

from collections import Counter
from typing import Any

from redress.reports.page import Page
from redress.reports.reading import Reading

URGENCIES = {
    "overdue": "Overdue",
    "today": "Due today",
    "in_2": "Due in 1 or 2 working days",
    "in_5": "Due in 3 to 5 working days",
    "later": "Due later",
    "not_started": "Waiting for the statement of complaint",
    "frozen": "Frozen",
}
MISSING = {
    "extension_lapses": "extension about to lapse",
    "lacks_acknowledgement": "no acknowledgement",
    "lacks_statement": "no agreed statement",
    "is_held_back": "a record held back",
}
CLOCKS = {
    "acknowledgement": "Acknowledgement",
    "stage_1": "Stage 1 answer",
    "stage_2": "Stage 2 answer",
    "stage_3_panel": "Stage 3 panel",
    "stage_3_report": "Stage 3 panel report",
    "stage_3_response": "Stage 3 answer",
}


def content(reading: Reading) -> dict[str, Any]:
    """The clocks of every council with their words, counts by council, service and urgency, and the choices to filter.

    A case stands once a clock: one that is not acknowledged has two.
    """
    clocks = [
        row | {"missing": [word for name, word in MISSING.items() if row[name]]}
        for row in (reading.query("watch_list") if reading.has("watch_list") else [])
    ]
    return {
        "clocks": clocks,
        "services": _by_service(clocks),
        "urgencies": URGENCIES,
        "clock_words": CLOCKS,
        "missing_words": MISSING,
        "as_at": _as_at(reading),
    }


def _by_service(clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counts of clocks, a row a council and service."""
    names = {(one["council"], one["service_code"]): (one["council_name"], one["service_name"]) for one in clocks}
    counted = Counter((one["council"], one["service_code"], one["urgency"]) for one in clocks)
    lacking = Counter((one["council"], one["service_code"], name) for one in clocks for name in MISSING if one[name])
    return [
        {
            "council": council,
            "service_code": service,
            "council_name": names[council, service][0],
            "service_name": names[council, service][1],
            "urgencies": {name: counted[council, service, name] for name in URGENCIES},
            "missing": {name: lacking[council, service, name] for name in MISSING},
        }
        for council, service in sorted(names, key=lambda key: names[key])
    ]


def _as_at(reading: Reading) -> list[dict[str, Any]]:
    """To which night the clocks of which councils run, the newest night first."""
    if not reading.has("dim_council"):
        return []
    return reading.rows("""
        select as_at_date as night, list(council_name order by council_name) as councils
        from dim_council where as_at_date is not null group by as_at_date order by as_at_date desc
    """)


PAGE = Page("watch_list.html", "Watch list", content, scripts=("rows.js",))
