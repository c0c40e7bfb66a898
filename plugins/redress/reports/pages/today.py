"""The page Today: what became of each council's night, what it changed, and what wants doing first."""

from collections import Counter
from itertools import groupby
from typing import Any

from redress.reports.freshness import freshness
from redress.reports.night_sentence import NOT_LOADED, listed, not_delivered, sentence_of, silent_since, word_of
from redress.reports.page import Page
from redress.reports.reading import Reading, sql_of
from redress.validation.catalogue import load_catalogue
from redress.warehouse.publish import last_publication


def content(reading: Reading) -> dict[str, Any]:
    """Councils with their sentences, the worst first; changes, rules and clocks by council; what is not of tonight."""
    councils = _councils(reading)
    nights = [one["night"] for one in councils if one["night"]]
    changes = reading.query("today_changes")
    return {
        "newest": max(nights, default=None),
        "councils": councils,
        "verdicts": Counter(one["said"].word for one in councils),
        "changes": [one | {"is_known": _is_known(one["council"], councils)} for one in changes if one["night"]],
        "most": _most_open(reading),
        "clocks": _clocks(reading),
        "facts": _facts(reading),
    }


def _councils(reading: Reading) -> list[dict[str, Any]]:
    """A row a council: its sentence, the sentences of its entities, and what lies beside it."""
    runs = reading.rows(f"""
        select runs.* from ({sql_of("runs")}) as runs
        inner join nights on runs.council = nights.council and runs.night = nights.night
        order by runs.council, runs.badness desc, runs.entity
    """)
    of_council = {name: list(rows) for name, rows in groupby(runs, lambda run: run["council"])}
    fresh = freshness(reading)
    nights = reading.rows("select council, council_name, night, is_newest from nights order by council_name")
    rows = []
    for one in nights:
        tonight = of_council.get(one["council"], [])
        known = [row["entity"] for row in fresh if row["council"] == one["council"] and row["delivered_on"]]
        late = [
            row["entity"] for row in fresh if row["council"] == one["council"] and row["state"] in ("late", "never")
        ]
        said = sentence_of(tonight) if tonight else NOT_LOADED
        rows.append(
            one
            | {
                "said": silent_since(one["night"], said) if tonight and not one["is_newest"] else said,
                "not_delivered": not_delivered(tonight, known),
                "late": listed(late) if late and tonight else "",
                "entities": [run | {"mark": word_of(run["verdict"])} for run in tonight],
            }
        )
    return sorted(rows, key=lambda row: (-row["said"].badness, row["council_name"]))


def _is_known(council: str, councils: list[dict[str, Any]]) -> bool:
    """Whether the newest night looked at the council: one it could not load, or did not, it found nothing out of."""
    row = next(one for one in councils if one["council"] == council)
    return row["is_newest"] and all(run["verdict"] != "could_not_run" for run in row["entities"])


def _most_open(reading: Reading) -> list[dict[str, Any]]:
    """Over all councils, then a council each: the five rules with most open issues, and what they say."""
    rules = load_catalogue().rules
    names = {row["council"]: row["council_name"] for row in reading.rows("select council, council_name from nights")}
    found = [
        row | {"text": rules[row["rule"]].title if row["rule"] in rules else ""} for row in reading.query("today_rules")
    ]
    by_council = {council: list(rows) for council, rows in groupby(found, lambda row: row["council"])}
    ordered = sorted(by_council, key=lambda council: (council is not None, names.get(council, "")))
    return [
        {"council": council, "council_name": names.get(council, "All councils"), "rules": by_council[council]}
        for council in ordered
    ]


def _clocks(reading: Reading) -> list[dict[str, Any]]:
    if not reading.has("watch_list"):
        return []
    return reading.rows(f"with watched as ({sql_of('watch_list')}) {sql_of('today_clocks')}")


def _facts(reading: Reading) -> dict[str, Any]:
    """Whether facts are published, and how many tests the newest build failed: then they are of an earlier night."""
    loaded = "select 1 from dim_council where as_at_date is not null limit 1"
    return {
        "are_published": reading.has("dim_council") and bool(reading.rows(loaded)),
        "failed_tests": len(last_publication(reading.home).get("failed_tests", ())),
    }


PAGE = Page("index.html", "Today", content, scripts=("today.js",))
