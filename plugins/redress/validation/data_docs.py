"""Great Expectations Data Docs of each council's last load, as pages that stand for themselves."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from redress.contract import load_contract
from redress.councils import Council
from redress.paths import Home
from redress.validation.catalogue import BATCH
from redress.validation.kept_results import kept_results
from redress.validation.suites import great_expectations


def build_data_docs(home: Home, councils: Mapping[str, Council], folder: Path) -> int:
    """Writes index.html and <council>/<suite>.html into the folder; returns how many pages there are.

    A council without results (none loaded since they are kept) has a line on the first page that says so.
    """
    great_expectations()
    from redress.validation.data_docs_view import index_page, validation_page

    folder.mkdir(parents=True, exist_ok=True)
    listed: list[dict[str, Any]] = []
    for name, council in councils.items():
        kept = kept_results(home, name)
        suites = _suites(kept)
        if kept and suites:
            (folder / name).mkdir(exist_ok=True)
            night = date.fromisoformat(kept["extract_date"])
            for suite in suites:
                page = validation_page(
                    **suite, council=council.shown_title, load_number=kept["load_number"], night=night
                )
                (folder / name / f"{suite['suite']}.html").write_text(page, encoding="utf-8")
            listed.append(kept | {"name": name, "title": council.shown_title, "night": night, "suites": suites})
        else:
            listed.append({"name": name, "title": council.shown_title, "suites": []})
    (folder / "index.html").write_text(index_page(councils=listed), encoding="utf-8")
    return 1 + sum(len(council["suites"]) for council in listed)


def _suites(kept: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The suites there are, the batch first, then the entities in the order of the contract."""
    found = kept["suites"] if kept else {}
    return [
        {
            "suite": suite,
            "title": "Extracts as a whole" if suite == BATCH else suite.capitalize(),
            "outcome": _outcome(found[suite]["validation"]),
            "numbers": found[suite]["validation"]["statistics"],
            "validation": found[suite]["validation"],
            "not_run": _together(found[suite]["not_run"]),
        }
        for suite in (BATCH, *load_contract().entities)
        if suite in found
    ]


def _outcome(validation: dict[str, Any]) -> str:
    """A suite's outcome: the worst of its expectations'. One of which nothing was run has not passed."""
    unmet = {one["expectation_config"]["severity"] for one in validation["results"] if not one["success"]}
    if not validation["results"]:
        return "not run"
    return "fail" if "critical" in unmet else "warn" if unmet else "pass"


def _together(not_run: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was not run, a line a rule and reason with all the places it names."""
    lines: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in not_run:
        places = lines[one["rule"], one["severity"], one["reason"]]
        where = (one["where"] or "").replace("|", " and ")
        if where and where not in places:
            places.append(where)
    return [
        {"rule": rule, "severity": severity, "reason": reason, "where": ", ".join(places)}
        for (rule, severity, reason), places in lines.items()
    ]
