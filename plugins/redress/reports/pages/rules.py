"""The page Rules: the whole catalogue, what came of each rule on the newest night, and how long corrections take."""

from collections import Counter
from itertools import groupby
from typing import Any

from redress.contract import load_contract
from redress.reports.page import Page, day
from redress.reports.reading import Reading
from redress.validation.catalogue import CatalogueRule, load_catalogue

WEEKS = 12

OUTCOMES = {
    "fail": ("Failed", "bad"),
    "warn": ("Warned", "warn"),
    "pass": ("Passed", "good"),
    "not_run": ("Not run", "none"),
}
"""In the order of the page. What was not run has a word, a mark and a place of its own: it is not known to be right."""


def content(reading: Reading) -> dict[str, Any]:
    """The rules by code, each with its outcomes by council and entity, trend and times to correct; times by service."""
    _expected_checks(reading)
    outcomes = _by_rule(reading.query("rule_outcomes"))
    trends = _by_rule(reading.query("rule_trend", {"weeks": WEEKS}))
    times = reading.query("time_to_correct")
    by_rule = {row["rule"]: row for row in times if row["level"] == "rule"}
    both = _by_rule(row for row in times if row["level"] == "both")
    catalogue = sorted(load_catalogue().rules.values(), key=lambda rule: rule.code)
    nights = reading.rows("select council, council_name, night from nights order by council_name")
    return {
        "rules": [
            _facts(rule, outcomes.get(rule.code, []))
            | {
                "trend": _trend(trends.get(rule.code, [])),
                "time": by_rule.get(rule.code),
                "services": both.get(rule.code, []),
            }
            for rule in catalogue
        ],
        "by_service": [row for row in times if row["level"] == "service"],
        "outcomes": OUTCOMES,
        "councils": nights,
        "newest": max((one["night"] for one in nights if one["night"]), default=None),
        "weeks_shown": WEEKS,
    }


def _expected_checks(reading: Reading) -> None:
    """The table of what must report: every rule with every entity it is about."""
    rules = load_catalogue().rules
    reading.con.execute("create or replace temp table expected_checks (rule varchar, entity varchar, severity varchar)")
    reading.con.executemany(
        "insert into expected_checks values (?, ?, ?)",
        [(rule, entity, rules[rule].severity) for rule, entity in load_catalogue().expected()],
    )


def _by_rule(rows: Any) -> dict[str, list[dict[str, Any]]]:
    return {rule: list(of_rule) for rule, of_rule in groupby(rows, lambda row: row["rule"])}


def _facts(rule: CatalogueRule, outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    texts = load_contract().rules
    found = Counter(row["outcome"] for row in outcomes)
    return {
        "code": rule.code,
        "title": rule.title,
        "text": texts[rule.code].text if rule.code in texts else "",
        "severity": rule.severity,
        "entities": list(dict.fromkeys(row["entity"] for row in outcomes)),
        "reason": rule.reason,
        "remedy": rule.remedy,
        "regulation": rule.regulation,
        "outcomes": [row | {"told": OUTCOMES[row["outcome"]]} for row in outcomes],
        "counts": {name: found[name] for name in OUTCOMES},
        "open_issues": sum(row["open_issues"] for row in outcomes),
        "last_passed": _last_passed(outcomes),
    }


def _last_passed(outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    """When the rule was last clean: day, and a word where there is none.

    Where it fails or warns somewhere, the longest ago that one of those passed; otherwise the last time it passed.
    """
    at_fault = [row for row in outcomes if row["last_run"] and row["last_run"] != row["last_passed"]]
    passed = [row["last_passed"] for row in at_fault or outcomes if row["last_passed"]]
    if at_fault and len(passed) < len(at_fault):
        return {"day": None, "word": "never"}
    if not passed:
        return {"day": None, "word": "not run yet"}
    return {"day": min(passed) if at_fault else max(passed), "word": ""}


def _trend(weeks: list[dict[str, Any]]) -> dict[str, Any]:
    """The weeks, oldest first, with bars as high as their numbers (0 to 100), and the same in words."""
    highest = max((week["standing"] or 0 for week in weeks), default=0)
    known = [week["standing"] for week in weeks if week["standing"] is not None]
    missing = len(weeks) - len(known)
    said = [f"no load yet in the first {missing}"] if missing and known else []
    said += [", ".join(f"{number:,}" for number in known)] if known else ["no load yet"]
    ends = f" to {day(weeks[-1]['week_end'])}" if weeks and weeks[-1]["week_end"] else ""
    return {
        "bars": [
            {"standing": week["standing"], "height": round(100 * (week["standing"] or 0) / highest) if highest else 0}
            for week in weeks
        ],
        "words": f"Issues standing at the end of each of the {len(weeks)} weeks{ends}: {'; then '.join(said)}.",
        "weeks": weeks,
    }


PAGE = Page("rules.html", "Rules", content, scripts=("rules.js",))
