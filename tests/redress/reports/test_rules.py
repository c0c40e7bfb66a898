"""Rules: four outcomes a council and entity, what stood each week, and how long corrections took, counted by hand."""

import re
from datetime import date
from typing import Any

import pytest

from redress.reports.page import render
from redress.reports.pages import rules
from redress.reports.reading import Reading
from redress.validation.catalogue import load_catalogue
from tests.redress.reports.three_nights import FIRST, THIRD


def shown(reading: Reading) -> dict[str, dict[str, Any]]:
    return {rule["code"]: rule for rule in rules.content(reading)["rules"]}


def test_the_whole_catalogue_is_there_with_every_council_and_entity(third_morning: Reading) -> None:
    found = shown(third_morning)
    assert set(found) == set(load_catalogue().rules)
    pairs = {(code, row["entity"], row["council"]) for code, rule in found.items() for row in rule["outcomes"]}
    councils = ("barsetshire", "loamshire", "mallshire", "newshire", "oldshire")
    assert pairs == {(*pair, council) for pair in load_catalogue().expected() for council in councils}
    assert all(rule["text"] and rule["reason"] and rule["remedy"] for rule in found.values())


def test_the_four_outcomes_of_a_rule_and_why_it_was_not_run(third_morning: Reading) -> None:
    undecided = shown(third_morning)["S10"]
    outcomes = {
        row["council"]: (
            row["outcome"],
            row["rows_checked"],
            row["rows_failed"],
            row["open_issues"],
            row["last_passed"],
        )
        for row in undecided["outcomes"]
    }
    assert outcomes == {
        "barsetshire": ("warn", 5, 2, 1, None),  # B1, and B4 whose issue is accepted
        "loamshire": ("not_run", 0, 0, 0, date(2024, 6, 20)),
        "mallshire": ("not_run", 0, 0, 0, None),
        "newshire": ("not_run", 0, 0, 0, None),
        "oldshire": ("not_run", 0, 0, 0, FIRST),
    }
    reasons = {row["council"]: row["reason"] for row in undecided["outcomes"]}
    assert reasons.pop("loamshire").startswith("the load could not run. The drop folder of loamshire is missing")
    assert reasons == {
        "barsetshire": None,
        "mallshire": "the extract of stages was rejected",
        "newshire": "nothing is loaded yet",
        "oldshire": "not loaded on the newest night",
    }
    assert undecided["counts"] == {"fail": 0, "warn": 1, "pass": 0, "not_run": 4}
    assert undecided["open_issues"] == 1
    rejected = [row for row in shown(third_morning)["V02"]["outcomes"] if row["outcome"] == "fail"]
    assert [(row["council"], row["entity"]) for row in rejected] == [("mallshire", "stages")]


def test_a_rule_that_is_new_since_the_last_load_was_not_run(third_morning: Reading) -> None:
    third_morning.con.execute(
        "create temp table dq_rule_outcomes as select * from dq_rule_outcomes where rule <> 'S10'"
    )
    found = {row["council"]: row for row in shown(third_morning)["S10"]["outcomes"]}
    assert found["barsetshire"]["outcome"] == "not_run"
    assert found["barsetshire"]["reason"] == "the last load was made before this rule was there"


@pytest.mark.parametrize(("rule", "last"), [("S10", "never"), ("D05", "never"), ("R06", THIRD), ("D09", "not run yet")])
def test_when_a_rule_last_passed(third_morning: Reading, rule: str, last: Any) -> None:
    told = shown(third_morning)[rule]["last_passed"]
    assert (told["day"] or told["word"]) == last


def test_the_longest_ago_counts_where_it_fails_in_several_places() -> None:
    def row(last_run: int, last_passed: int | None) -> dict[str, Any]:
        return {"last_run": date(2024, 6, last_run), "last_passed": date(2024, 6, last_passed) if last_passed else None}

    assert rules._last_passed([row(9, 9), row(9, 5), row(9, 7)])["day"] == date(2024, 6, 5)
    assert rules._last_passed([row(9, 9), row(8, 8)])["day"] == date(2024, 6, 9)
    assert rules._last_passed([row(9, 9), row(9, None)])["word"] == "never"


@pytest.mark.parametrize(
    ("rule", "weeks"),
    [
        ("S10", [3, 3, 2]),  # B1 B2 B4; B2 B4 B5; B1 B4, accepted or not
        ("D05", [2, 1, 2]),
        ("R06", [1, 1, 0]),
        ("S01", [0, 0, 0]),
    ],
)
def test_what_stood_at_the_end_of_each_week(third_morning: Reading, rule: str, weeks: list[int]) -> None:
    trend = shown(third_morning)[rule]["trend"]
    assert [week["standing"] for week in trend["weeks"]] == [None] * 9 + weeks
    assert [week["week_end"] for week in trend["weeks"]][-2:] == [date(2024, 6, 20), THIRD]
    assert trend["words"] == (
        "Issues standing at the end of each of the 12 weeks to 27 June 2024: no load yet in the first 9; then "
        f"{', '.join(map(str, weeks))}."
    )


def test_how_long_corrections_took(third_morning: Reading) -> None:
    """S10 of B1 and B5 and D05 of B5 stood 7 days, R06 of B4's payment 14; what is withdrawn or stands has no time."""

    def told(row: dict[str, Any]) -> tuple[Any, ...]:
        names = ("corrected", "median_days", "mean_days", "withdrawn", "standing", "oldest_days")
        return tuple(row[name] for name in names)

    content = rules.content(third_morning)
    found = {rule["code"]: rule for rule in content["rules"]}
    assert told(found["S10"]["time"]) == (2, 7, 7.0, 1, 2, 14)
    assert told(found["R06"]["time"]) == (1, 14, 14.0, 0, 0, None)
    assert told(found["D05"]["time"]) == (1, 7, 7.0, 0, 2, 14)
    assert found["S01"]["time"] is None
    services = {(row["council"], row["service_name"]): told(row) for row in content["by_service"]}
    assert services == {
        ("barsetshire", "Family support"): (4, 7, 8.8, 1, 3, 14),
        ("barsetshire", "Fostering"): (0, None, None, 0, 1, 14),
        ("mallshire", "No service recorded"): (0, None, None, 0, 1, 0),
    }
    both = {row["service_name"]: told(row) for row in found["D05"]["services"]}
    assert both == {"Family support": (1, 7, 7.0, 0, 1, 0), "Fostering": (0, None, None, 0, 1, 14)}


def test_not_run_never_looks_like_passed(third_morning: Reading) -> None:
    html = render(rules.PAGE, (rules.PAGE,), third_morning)
    rows = re.findall(r'<tr data-council="\w+" data-outcome="(\w+)".*?</tr>', html, re.DOTALL)
    marks = re.findall(
        r'<tr data-council="\w+" data-outcome="(\w+)".*?<span class="mark (\w+)">(.*?)</span>', html, re.DOTALL
    )
    assert len(rows) == len(marks) == 5 * len(load_catalogue().expected())
    assert set(marks) == {
        ("fail", "bad", "Failed"),
        ("warn", "warn", "Warned"),
        ("pass", "good", "Passed"),
        ("not_run", "none", "Not run"),
    }


def test_a_rule_can_be_linked_to_and_leads_to_its_issues(third_morning: Reading) -> None:
    html = render(rules.PAGE, (rules.PAGE,), third_morning)
    assert 'id="D05"' in html
    assert 'href="issues.html#show=open&amp;rule=D05"' in html
    assert 'href="issues.html#show=open&amp;council=barsetshire&amp;rule=S10&amp;entity=stages"' in html
    assert 'href="data_docs/index.html"' in html


def test_regulations_named_in_the_reason_are_told_apart(third_morning: Reading) -> None:
    found = shown(third_morning)
    assert found["D05"]["regulation"] == "SI 2006/1738, regulations 14 and 17"
    for rule in found.values():
        named = {int(number) for number in re.findall(r"\d+", _regulations(rule["reason"]))}
        told = {int(number) for number in re.findall(r"\d+", _regulations(rule["regulation"] or ""))}
        assert named == told, f"{rule['code']}: let `regulation` name the regulations of `reason`."


def _regulations(text: str) -> str:
    return " ".join(re.findall(r"regulations? (\d+(?:(?:, | and | to )\d+)*)", text))
