"""A check says the same in every form, names rows by reference only, and none of its files can run or load anything."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from rich.console import Console

from redress.checking.as_html import as_html
from redress.checking.as_json import as_json
from redress.checking.as_table import ROWS_SHOWN, show
from redress.checking.as_xlsx import write_xlsx
from redress.checking.report import CheckReport
from redress.validation.outcomes import Outcome
from tests.redress.checking.reports import finding, run
from tests.redress.checking.reports import report as made

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://example.org")', "{=1}")


class Page(HTMLParser):
    """The tables of a page as rows of text, and what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.fetches: list[str] = []
        self.scripts = 0
        self.open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.fetches += [str(named[name]) for name in ("src", "srcset", "data", "action") if name in named]
        if tag != "a":
            self.fetches += [str(named["href"])] if "href" in named else []
        self.scripts += tag == "script" or any(name.startswith("on") for name in named)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.rows[-1][-1] += data


def sheets(report: CheckReport, folder: Path) -> Any:
    write_xlsx(report, folder / "checked.xlsx")
    return load_workbook(folder / "checked.xlsx")


def printed(report: CheckReport, width: int = 80) -> str:
    out = io.StringIO()
    show(report, Console(file=out, width=width))
    return out.getvalue()


def issues_of_json(report: CheckReport) -> Counter[tuple[Any, ...]]:
    issues = json.loads(as_json(report))["issues"]
    return Counter((one["rule"], one["record_key"], one["column"], one["file"], one["row"]) for one in issues)


def test_every_form_lists_the_same_rows(report: CheckReport, tmp_path: Path) -> None:
    expected = Counter(
        (one.rule, one.record_key, one.column, one.source_file, one.source_row) for one in report.verdict.findings
    )
    assert sum(expected.values()) > 30
    assert issues_of_json(report) == expected
    sheet = sheets(report, tmp_path)["Issues"]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert Counter((one["Rule"], one["Record"], one["Column"], one["File"], one["Row"]) for one in rows) == expected
    on_page = Counter(row[0] for row in Page(as_html(report)).rows if len(row) == 6 and row[5] in ENTITIES)
    assert on_page == Counter(one.record_key for one in report.verdict.findings)
    text = printed(report, width=200)
    assert all(one.record_key.replace("|", " / ") in text for one in report.verdict.findings)


ENTITIES = ("cases", "stages", "freezes", "causes", "actions", "payments", "ombudsman", "services")


def test_every_form_bears_the_same_verdict_and_outcomes(report: CheckReport, tmp_path: Path) -> None:
    document = json.loads(as_json(report))
    book = sheets(report, tmp_path)
    assert document["exit_code"] == report.exit_code == 3
    counted = Counter(one["outcome"] for one in document["rules"])
    assert set(counted) == {"pass", "warn", "fail", "not_run"}
    shown = Counter(row[3] for row in book["Rules"].iter_rows(min_row=2, values_only=True))
    assert shown == {"passed": counted["pass"], "warned": counted["warn"], "failed": counted["fail"]} | {
        "not run": counted["not_run"]
    }
    for text in (printed(report, 400), as_html(report), book["Verdict"]["A1"].value):
        assert report.sentence in text


def test_what_was_not_run_looks_like_nothing_else(tmp_path: Path) -> None:
    report, why = made(finding()), "stages not delivered, and nothing of it is loaded"
    (rule,) = [one for one in json.loads(as_json(report))["rules"] if one["rule"] == "S05"]
    assert (rule["outcome"], rule["not_run_because"]) == ("not_run", why)
    sheet = sheets(report, tmp_path)["Rules"]
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["failed", "not run", "passed"]
    not_run = next(row for row in sheet.iter_rows(min_row=2, values_only=True) if row[3] == "not run")
    assert not_run[4:8] == (None, None, None, why)
    (row,) = [row for row in Page(as_html(report)).rows if row[0] == "S05"]
    assert row[2:] == ["not run", "–", "–", why]
    assert "1 not run" in printed(report)


def test_the_seeded_persons_are_in_no_form(report: CheckReport, faulty: Path, tmp_path: Path) -> None:
    with (faulty / "cases.csv").open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    personal = {case[name] for case in cases for name in ("person_ref", "date_of_birth") if len(case[name]) > 3}
    assert len(personal) > 100
    book = sheets(report, tmp_path)
    cells = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    }
    for text in (as_json(report), as_html(report), printed(report), "\n".join(cells)):
        assert not {value for value in personal if value in text}


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_workbook_can_run(tmp_path: Path, text: str) -> None:
    """Neither when it is opened nor when someone edits it and presses Enter (the quote prefix keeps it a text)."""
    fields = ("record_key", "case_ref", "column", "source_column", "source_file", "sheet")
    book = sheets(made(finding(**dict.fromkeys(fields, text)), runs=(run(verdict_text=text),)), tmp_path)
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink for cell in found)
    bearing = [cell for cell in found if isinstance(cell.value, str) and cell.value.strip() == text.strip()]
    assert len(bearing) >= len(fields)
    assert all(cell.quotePrefix == (text[0] in "=+-@\t") for cell in bearing)


def test_the_workbook_can_be_filtered_and_read(tmp_path: Path) -> None:
    book = sheets(made(*map(finding, range(1, 4))), tmp_path)
    assert book.sheetnames == ["Verdict", "Issues", "Rules"]
    for name in ("Issues", "Rules"):
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref == f"A1:{'N' if name == 'Issues' else 'J'}4"
        assert all(book[name].column_dimensions[letter].width >= 6 for letter in "ABCDE")
    assert [book["Issues"][f"{letter}2"].value for letter in "ADHIJ"] == ["D02", "A1", "D", 2, "cases.csv"]


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    text = as_html(made(finding(record_key="<script>alert(1)</script>", source_column="</style><img src=x onerror=y>")))
    page = Page(text)
    assert (page.fetches, page.scripts) == ([], 0)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_thousands_of_issues_are_counted_and_the_first_are_listed() -> None:
    text = printed(made(*map(finding, range(1, 3_001))))
    assert re.search(r"D02 +critical +3,000", text)
    assert f"and {3_000 - ROWS_SHOWN:,} more; `--format xlsx` writes all of them" in text
    assert len(text.splitlines()) < ROWS_SHOWN + 25
    assert max(map(len, text.splitlines()[: ROWS_SHOWN + 15])) <= 80


def test_a_letter_leads_to_a_cell_and_several_are_told_with_their_row() -> None:
    wide = finding(2, letter="K, Q", source_column="S1 response, S2 response", sheet="Complaints", source_file="x.xlsx")
    database = finding(3, letter=None, source_file="v_cases")
    text = printed(made(finding(1), wide, database, finding(4, source_row=None, record_key="", letter="F")), width=200)
    assert "D2 " in text
    assert "row 3 (K, Q)" in text
    assert "row 4 " in text
    assert "column F" in text
    assert "x.xlsx, sheet Complaints" in text


def test_rows_that_wait_from_earlier_nights_are_told_apart(tmp_path: Path) -> None:
    plain = made(finding(), runs=(run(rows_waiting=2, rows_released=1),))
    failed = Outcome("R04", "cases", "critical", "fail", 103, 2), *plain.verdict.outcomes
    waiting_failed = {("D02", "cases"): 0, ("R04", "cases"): 2}
    report = replace(plain, verdict=replace(plain.verdict, outcomes=failed, waiting_failed=waiting_failed))
    said = "They also looked at 3 rows that wait from earlier nights; those alone failed R04."
    book = sheets(report, tmp_path)
    for text in (printed(report, 400), as_html(report), book["Verdict"]["A3"].value):
        assert said in text
    assert {row[0]: row[6] for row in book["Rules"].iter_rows(min_row=2, values_only=True)}["R04"] == 2
    assert {one["rule"]: one["rows_failed_waiting"] for one in json.loads(as_json(report))["rules"]}["R04"] == 2
    (row,) = [row for row in Page(as_html(report)).rows if row[0] == "R04"]
    assert row[4] == "2 (2 waiting)"
    assert "earlier nights" not in printed(made(finding()))


def test_a_rejected_file_has_one_thing_to_do_and_no_warnings_of_other_rows(tmp_path: Path) -> None:
    why = "cases: rejected. cases.csv is not UTF-8: row 2, byte 3; save it as CSV UTF-8 and deliver it again."
    rejected = run(verdict="rejected", verdict_text=why, rows_landed=0, rows_with_warnings=4)
    report = made(finding(rule="V02", record_key="", source_row=None), runs=(rejected, run("stages")))
    assert "others accepted" in report.sentence
    document = json.loads(as_json(report))
    assert [one["remedy"] for one in document["issues"]] == [why]
    assert document["verdicts"][0]["with_warnings"] == 0
    book = sheets(report, tmp_path)
    assert [row[-1] for row in book["Issues"].iter_rows(min_row=2, values_only=True)] == [why]
    for text in (printed(report, 400), as_html(report)):
        assert why in text
        assert "Export the file again" not in text


@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        ((run(),), "cases.csv would be accepted."),
        ((run(rows_landed=9, rows_with_warnings=2),), "cases.csv would be accepted with warnings on 2 records."),
        ((run(rows_landed=100, rows_quarantined=1),), "cases.csv would be accepted, 1 record held back."),
        (
            (run(rows_landed=10, rows_quarantined=1),),
            "cases.csv would be accepted, 1 record held back (in cases more than the 5% allowed).",
        ),
        ((run(verdict="rejected"),), "cases.csv would be rejected: none of it can be loaded."),
        (
            (run(verdict="rejected"), run("stages", rows_landed=100, rows_quarantined=2)),
            "cases.csv would be rejected in part (cases), with 2 records held back of the others.",
        ),
        ((run(verdict="rejected"), run("stages")), "cases.csv would be rejected in part (cases), the others accepted."),
        ((run(verdict="accepted_held_back"),), "cases.csv would be accepted with warnings."),
    ],
)
def test_the_verdict_is_one_plain_sentence(runs: tuple[Any, ...], sentence: str) -> None:
    report = made(runs=runs)
    assert report.sentence == sentence
    assert report.exit_code == (3 if "rejected" in sentence or "more than" in sentence else 0)


def test_the_shape_of_the_json_is_what_the_docs_say(report: CheckReport) -> None:
    from redress.paths import PROJECT

    document = json.loads(as_json(report))
    docs = (PROJECT / "docs/run/checking.md").read_text(encoding="utf-8")
    names = {*document, *document["verdicts"][0], *document["rules"][0], *document["issues"][0]}
    assert not {name for name in names if f"`{name}`" not in docs}
