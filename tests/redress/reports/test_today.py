"""Today: a sentence a council, what changed, which rules and clocks come first. Numbers are counted by hand."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redress import nightly
from redress.councils import load_councils
from redress.paths import Home
from redress.reports.night_sentence import NOT_LOADED, not_delivered, sentence_of
from redress.reports.page import render
from redress.reports.pages import loads, rules, today, watch_list
from redress.reports.reading import Reading, open_reading
from tests.redress.reports.three_nights import FIRST, SECOND, SECRET_BIRTH_DATE, THIRD

PAGES = (today.PAGE, rules.PAGE, loads.PAGE)


def test_each_council_is_told_in_a_sentence_the_worst_first(third_morning: Reading) -> None:
    shown = [
        (one["council_name"], one["said"].word, re.sub(r": /\S+;", ": FOLDER;", one["said"].sentence))
        for one in today.content(third_morning)["councils"]
    ]
    assert shown == [
        ("Oldshire", "Silent", "Last heard of on 13 June 2024. Accepted, 4 records new or changed."),
        (
            "Loamshire",
            "Could not run",
            "The drop folder of loamshire is missing: FOLDER; create it, or correct path in the council's source.yml.",
        ),
        (
            "Mallshire",
            "Rejected",
            "Rejected, stages: stages.csv lacks a column the contract requires: requested_date; add them to the export "
            "and deliver it again. The rest: accepted, 3 records new or changed.",
        ),
        ("Barset & shire", "Warnings", "Accepted with warnings on 3 records (in stages)."),
        ("Newshire", "Not loaded yet", NOT_LOADED.sentence),
    ]


def test_what_is_later_than_promised_is_named(third_morning: Reading) -> None:
    late = {one["council"]: one["late"] for one in today.content(third_morning)["councils"] if one["late"]}
    assert late == {"barsetshire": "activity", "loamshire": "cases"}


def test_what_the_night_changed(third_morning: Reading) -> None:
    changes = {one["council"]: one for one in today.content(third_morning)["changes"]}
    assert list(changes) == ["barsetshire", "loamshire", "mallshire", "oldshire"]
    # D05 of B6 and S10 of B1, which came back; D05 of B3 stays, that of B5 was corrected
    # before; S10 of B4 was accepted; S10 of B5 and R06 of P1 are
    # corrected, and S10 of B2 went with its case.
    assert changes["barsetshire"] == {
        "council": "barsetshire", "council_name": "Barset & shire", "night": THIRD, "night_before": SECOND,
        "new": 2, "come_back": 1, "still_open": 1, "open": 3, "resolved": 3, "corrected": 2, "withdrawn": 1,
        "accepted": 1, "accepted_since": 1, "is_known": True, "is_newest": True,
    }  # fmt: skip
    assert (changes["mallshire"]["new"], changes["mallshire"]["night_before"]) == (1, None)
    assert not changes["loamshire"]["is_known"]
    # Oldshire was not loaded that night: what its own night brought is no news.
    assert (changes["oldshire"]["is_known"], changes["oldshire"]["new"]) == (False, 0)


def test_only_what_was_accepted_since_the_night_before_is_newly_accepted(third_morning: Reading) -> None:
    def newly_accepted(on: date) -> int:
        third_morning.con.execute("update issues set accepted_on = ? where is_accepted", [on])
        return int(today.content(third_morning)["changes"][0]["accepted_since"])

    assert (newly_accepted(date(2024, 6, 19)), newly_accepted(SECOND)) == (0, 1)


def test_the_rules_with_most_open_issues(third_morning: Reading) -> None:
    most = {
        one["council_name"]: [(rule["rule"], rule["open_issues"], rule["councils"]) for rule in one["rules"]]
        for one in today.content(third_morning)["most"]
    }
    assert most == {
        "All councils": [("D05", 2, 1), ("S10", 1, 1), ("V02", 1, 1)],
        "Barset & shire": [("D05", 2, 1), ("S10", 1, 1)],
        "Mallshire": [("V02", 1, 1)],
    }


def test_no_more_than_five_rules_are_told(third_morning: Reading) -> None:
    third_morning.con.execute("""
        insert into issues by name
        select issues.* replace ('X' || n as rule) from issues, range(1, 8) as t(n)
        where issues.rule = 'V02'
    """)
    over_all, *_ = today.content(third_morning)["most"]
    assert [rule["rule"] for rule in over_all["rules"]] == ["D05", "S10", "V02", "X1", "X2"]


def test_clocks_that_are_over_or_run_out_are_counted(reading: Reading) -> None:
    """A1 twice, A6 and A8 are overdue, A1 longest; A2 is due that day, A3 in two working days, A4 in five."""
    assert today.content(reading)["clocks"] == [
        {
            "council": "barsetshire", "council_name": "Barset & shire", "overdue": 4, "today": 1, "in_2": 1, "in_5": 1,
            "longest_overdue": 16,
        }
    ]  # fmt: skip


def test_the_page_links_to_the_issues_and_the_rules(third_morning: Reading) -> None:
    html = render(today.PAGE, PAGES, third_morning)
    assert "The night of 27 June 2024" in html
    assert "5 councils: 1 silent, 1 could not run, 1 rejected, 1 warnings, 1 not loaded yet." in html
    for address in (
        "issues.html#show=new&amp;council=barsetshire",
        "issues.html#show=resolved&amp;council=barsetshire",
        "issues.html#show=accepted&amp;council=barsetshire",
        "issues.html#show=open&amp;rule=D05",
        "issues.html#show=open&amp;council=mallshire&amp;rule=V02",
        "rules.html#D05",
        "loads.html#loamshire",
    ):
        assert f'href="{address}"' in html
    assert "1 came back" in html


def test_a_night_that_could_not_run_does_not_count_nothing_as_no_change(third_morning: Reading) -> None:
    html = render(today.PAGE, PAGES, third_morning)
    row = html[html.index('<th scope="row">Loamshire</th>') :]
    assert "Not looked at" in row[: row.index("</tr>")]


def test_facts_that_failed_their_tests_are_told(third_morning: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "newest build of the warehouse failed" not in render(today.PAGE, PAGES, third_morning)
    monkeypatch.setattr(today, "last_publication", lambda home: {"failed_tests": ["one", "two"]})
    assert "newest build of the warehouse failed 2 tests" in render(today.PAGE, PAGES, third_morning)


def test_nothing_personal_and_no_case_is_on_the_pages(third_morning: Reading) -> None:
    for page in PAGES:
        html = render(page, PAGES, third_morning)
        assert SECRET_BIRTH_DATE not in html
        assert "PERSON-Z" not in html
        assert not re.search(r"\b(B[1-6]|P1)\b", html)


RUN = {
    "verdict": "accepted", "verdict_text": "", "source_file": None, "rows_quarantined": 0, "rows_with_warnings": 0,
    "accepted": 0, "removed": 0, "held": 0, "badness": 2,
}  # fmt: skip
HELD = {"verdict": "accepted_held_back", "badness": 4}
REJECTED = {"verdict": "rejected", "badness": 5, "source_file": "all.xlsx"}


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ({"cases": {"verdict": "unchanged", "badness": 1}}, "Accepted, nothing new."),
        ({"cases": {"accepted": 3, "removed": 1}}, "Accepted, 3 records new or changed and 1 record removed."),
        ({"cases": {"held": 2}}, "Accepted, nothing new. 2 records of earlier nights still held back."),
        (
            {"cases": HELD | {"rows_quarantined": 1, "held": 1}, "stages": HELD | {"rows_quarantined": 2, "held": 3}},
            "Accepted, 3 records held back (2 in stages and 1 in cases). 1 record of earlier nights still held back.",
        ),
        (
            {"cases": HELD},
            "Accepted, nothing new. Nothing was removed from cases: the extract is empty or lacks too much.",
        ),
        (
            {"payments": {"verdict": "accepted_with_warnings", "badness": 3}},
            "Accepted with a warning about the whole extract of payments.",
        ),
        (
            {
                "cases": REJECTED | {"verdict_text": "cases: rejected. It is locked."},
                "stages": REJECTED | {"verdict_text": "stages: rejected. It is locked."},
            },
            "Rejected, cases and stages (all.xlsx): It is locked.",
        ),
        (
            {"cases": {"verdict": "not_delivered", "badness": 0, "held": 1}},
            "Nothing was delivered, and nothing was removed. 1 record of earlier nights still held back.",
        ),
    ],
)
def test_the_sentence_of_a_night(runs: dict[str, dict[str, Any]], said: str) -> None:
    assert sentence_of([RUN | {"entity": entity} | facts for entity, facts in runs.items()]).sentence == said


def test_what_did_not_come_is_named_only_if_it_came_before_and_others_came() -> None:
    came = RUN | {"entity": "cases"}
    missing = RUN | {"verdict": "not_delivered"}
    runs = [came, missing | {"entity": "stages"}, missing | {"entity": "freezes"}, missing | {"entity": "actions"}]
    assert not_delivered(runs, ["cases", "stages", "actions"]) == "Not delivered: actions and stages."
    assert not_delivered(runs[1:], ["stages"]) == ""


def test_the_nights_are_those_of_the_test(third_morning: Reading, three_nights: Path) -> None:
    nights = {row["council"]: row["night"] for row in third_morning.rows("select council, night from nights")}
    silent: dict[str, date | None] = {"oldshire": FIRST, "newshire": None}
    assert nights == {name: silent.get(name, THIRD) for name in nights}
    assert len(nights) == 5


def test_where_no_record_was_looked_at_nothing_looks_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A council whose only night could not run: no issue and no clock is known, which is not the same as none."""
    folder = tmp_path / "councils" / "emptyshire"
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(f"kind: files\npath: {tmp_path / 'nowhere'}\n", encoding="utf-8")
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    home, councils = Home(tmp_path / "data"), load_councils(tmp_path / "councils")
    nightly.note_missed("emptyshire", THIRD, "find_deliveries")
    nightly.build_and_publish(THIRD)
    with open_reading(home, councils) as reading:
        html = " ".join(render(today.PAGE, (today.PAGE,), reading).split())
        clocks = render(watch_list.PAGE, (watch_list.PAGE,), reading)
    assert "1 council: 1 could not run. No record was looked at on that night" in html
    assert "no clock is known" in html
    assert "No issue is open from earlier nights; no record was looked at on this one." in html
    assert "Nothing is loaded yet, so no clock is known." in clocks
