"""The page Loads: each council's nights, what came of every entity, and how fresh each source is beside its promise."""

from itertools import groupby
from typing import Any

from redress.reports.freshness import freshness
from redress.reports.night_sentence import sentence_of, word_of
from redress.reports.page import Page
from redress.reports.reading import Reading, sql_of

NIGHTS = 28
COUNTS = ("landed", "accepted", "quarantined", "unchanged", "removed")

STATES = {
    "in_time": ("In time", "good"),
    "late": ("Late", "bad"),
    "never": ("Never delivered", "bad"),
    "no_promise": ("No promise", "none"),
}


def content(reading: Reading) -> dict[str, Any]:
    """Councils with their last NIGHTS nights, newest first, and the freshness of each entity.

    A night's counts are summed over its entities; its seconds are the load's.
    """
    fresh = freshness(reading)
    nights = _nights(reading)
    names = reading.rows("select council, council_name, night from nights order by council_name")
    return {
        "councils": [
            one
            | {
                "nights": nights.get(one["council"], []),
                "sources": [row | {"told": STATES[row["state"]]} for row in fresh if row["council"] == one["council"]],
                "late": sum(row["state"] in ("late", "never") for row in fresh if row["council"] == one["council"]),
            }
            for one in names
        ],
        "newest": max((one["night"] for one in names if one["night"]), default=None),
        "nights_shown": NIGHTS,
        "counts": COUNTS,
    }


def _nights(reading: Reading) -> dict[str, list[dict[str, Any]]]:
    runs = reading.rows(
        f"""
        select * from ({sql_of("runs")})
        qualify dense_rank() over (partition by council order by night desc) <= $nights
        order by council, night desc, badness desc, entity
        """,
        {"nights": NIGHTS},
    )
    return {
        council: [_night(list(of_night)) for _, of_night in groupby(of_council, lambda run: run["night"])]
        for council, of_council in groupby(runs, lambda run: run["council"])
    }


def _night(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """One night of a council, its runs the worst first. One that could not run took no time that is known."""
    word, mark = word_of(runs[0]["verdict"])
    could_run = runs[0]["verdict"] != "could_not_run"
    return {
        "night": runs[0]["night"],
        "word": word,
        "mark": mark,
        "could_run": could_run,
        "sentence": sentence_of(runs).sentence,
        "seconds": max(float(run["seconds"] or 0) for run in runs) if could_run else None,
        "counts": {name: sum(run[name] for run in runs) for name in COUNTS},
        "runs": runs,
    }


PAGE = Page("loads.html", "Loads", content)
