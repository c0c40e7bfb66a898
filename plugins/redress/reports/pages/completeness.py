"""The page Completeness: what is known of the children and young people whom complaints are about, by quarter."""

from itertools import groupby
from typing import Any

from redress.reports.page import Page
from redress.reports.reading import Reading

QUARTERS = 8
ANSWERS = ("recorded", "refused", "unknown", "not_asked")


def content(reading: Reading) -> dict[str, Any]:
    """Councils with their last QUARTERS quarters: counts by characteristic, and the share known of each."""
    found = reading.query("completeness") if reading.has("fct_received") else []
    titles = {row["council"]: row["council_name"] for row in reading.rows("select council, council_name from nights")}
    by_council = {name: list(rows) for name, rows in groupby(found, lambda row: row["council"])}
    return {
        "councils": [
            {"council": name, "title": title, "characteristics": _characteristics(by_council.get(name, []))}
            for name, title in sorted(titles.items(), key=lambda item: item[1])
        ],
        "quarters_shown": QUARTERS,
    }


def _characteristics(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The characteristics of one council, each with its quarters, oldest first."""
    return [
        {
            "name": name,
            "quarters": [row | {"known_percent": _percent(row)} for row in quarters][-QUARTERS:],
        }
        for name, quarters in groupby(rows, lambda row: row["characteristic"])
    ]


def _percent(row: dict[str, Any]) -> float:
    """Per cent of the complaints for which the characteristic is known; a refusal to say is an answer."""
    known: int = row["recorded"] + row["refused"]
    return round(100 * known / int(row["received"]), 1)


PAGE = Page("completeness.html", "Completeness", content)
