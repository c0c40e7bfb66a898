"""Data Docs: they say what the load said, hold no value of a row, load nothing, and do not grow night by night."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress.paths import Home
from redress.validation import engine
from redress.validation.kept_results import kept_results, results_file
from tests.redress.validation.loaded_council import COUNCIL, PLANTED, build, load, make_council

# What a browser fetches by itself, or goes to.
ADDRESSES = {"src", "srcset", "href", "action", "data", "poster", "background", "formaction", "xlink:href"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One load of a council with faults."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = make_council(tmp_path_factory.mktemp("data_docs"), monkeypatch)
        load("2020-06-30")
        yield made


@pytest.fixture(scope="module")
def folder(home: Home) -> Path:
    return build(home)


class Parts(HTMLParser):
    """Tags, the addresses they name, and attributes that a strict policy refuses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.refused: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ADDRESSES]
        self.refused += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def words(file: Path) -> str:
    """The text of a page on one line."""
    text = re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def kept(home: Home) -> dict[str, Any]:
    found = kept_results(home, COUNCIL)
    assert found
    return found


def test_no_value_and_no_key_of_a_record_is_kept_or_shown(home: Home, folder: Path) -> None:
    files = [results_file(home, COUNCIL), *folder.rglob("*.html")]
    said = {file.name: [word for word in PLANTED if word in file.read_text(encoding="utf-8")] for file in files}
    assert len(said) > 10
    assert not any(said.values()), said


def test_results_hold_counts_and_nothing_else_of_what_was_found(home: Home) -> None:
    results = [one for suite in kept(home)["suites"].values() for one in suite["validation"]["results"]]
    assert any(not one["success"] for one in results)
    for one in results:
        assert set(one) == {"success", "expectation_config", "result", "exception_info"}
        assert set(one["result"]) == {"element_count", "missing_count", "unexpected_count", "unexpected_percent"}
        assert one["exception_info"]["exception_message"] is None


def test_a_page_fetches_nothing_and_its_links_lead_to_pages(folder: Path) -> None:
    for file in folder.rglob("*.html"):
        parts = Parts(file.read_text(encoding="utf-8"))
        assert not parts.tags & {"script", "link", "img", "iframe", "object", "embed", "base"}, file
        assert not parts.refused, file
        assert "@import" not in (text := file.read_text(encoding="utf-8")), file
        assert "url(" not in text, file
        assert len(parts.ids) == len(set(parts.ids)), file
        for address in parts.addresses:
            page, _, place = address.partition("#")
            target = (file.parent / page).resolve() if page else file
            if target == folder.parent / "rules.html":
                continue
            assert target.is_file(), f"{file.name} leads to {address}"
            assert not place or place in Parts(target.read_text(encoding="utf-8")).ids, (
                f"{file.name} leads to {address}"
            )


def test_a_failing_rule_is_shown_with_its_counts_reason_and_remedy(folder: Path) -> None:
    cases = words(folder / COUNCIL / "cases.html")
    assert (
        "Fail Values in closed_date must always be greater than or equal to those in received_date ."
        " ≈33.333% unexpected 3 1 D02, critical: closed_date A matter cannot end before it was received;" in cases
    )
    assert "Correct received_date or closed_date;" in cases
    assert re.search(
        r"Warn values must belong to this set: ok \. \S+ unexpected 3 1 D08, warning: date_of_birth", cases
    )
    assert "D02, closed_date : 1 failing" in cases


def test_what_the_pages_say_is_what_the_load_decided(home: Home) -> None:
    (outcomes,) = (home.landing / COUNCIL / "loads").glob("*/rule_outcomes.parquet")
    decided = duckdb.sql(f"select rule, entity, outcome from '{outcomes}'").fetchall()
    suites = kept(home)["suites"]
    assert {outcome for *_, outcome in decided} == {"pass", "warn", "fail", "not_run"}
    for rule, entity, outcome in decided:
        is_of_batch = rule.startswith("V")
        suite = suites["batch" if is_of_batch else entity]
        not_run = [
            one for one in suite["not_run"] if one["rule"] == rule and (not is_of_batch or one["where"] == entity)
        ]
        found = [
            one
            for one in suite["validation"]["results"]
            if one["expectation_config"]["meta"]["rule"] == rule and not is_of_batch
        ]
        if outcome == "not_run":
            assert not_run, (rule, entity)
            assert not found, (rule, entity)
        elif not is_of_batch:
            assert found, (rule, entity)
            assert all(one["success"] for one in found) == (outcome == "pass"), (rule, entity)


def test_a_suite_of_which_nothing_was_run_has_not_passed(folder: Path) -> None:
    delivered_empty, never_delivered = (
        words(folder / COUNCIL / "payments.html"),
        words(folder / COUNCIL / "freezes.html"),
    )
    for page in (delivered_empty, never_delivered):
        assert "No expectation was run." in page
        assert "Pass" not in page
    assert "no row could fail it" in delivered_empty
    assert "freezes was not delivered" in never_delivered
    index = words(folder / "index.html")
    assert "Payments Not run 0 0 0" in index
    assert "Freezes Not run 0 0 0" in index
    assert "Cases Fail" in index


def test_a_council_without_results_is_not_left_out(folder: Path) -> None:
    assert "Loamshire No results are kept" in words(folder / "index.html")
    assert not (folder / "loamshire").exists()


def test_an_expectation_that_raises_is_not_run_and_its_exception_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = engine._filled

    def break_d08(check: Any, context: Any) -> Any:
        filled = fill(check, context)
        broken = {"column": "birth_fits_receipt", "min_value": 1}
        between = "expect_column_values_to_be_between"
        return replace(filled, expectation=between, kwargs=broken) if check.rule == "D08" else filled

    monkeypatch.setattr(engine, "_filled", break_d08)
    home = make_council(tmp_path, monkeypatch)
    load("2020-06-30")
    page = words(build(home) / COUNCIL / "cases.html")
    assert "Not run D08, warning all of it Great Expectations could not run expect_column_values_to_be_between" in page
    assert "TypeError" not in page
    assert not re.search("(Pass|Warn)[^.]* D08", page)


def test_a_later_load_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_council(tmp_path, monkeypatch)
    load("2020-06-30")
    before = sorted(path.name for path in build(home).rglob("*"))
    load("2020-07-01")
    folder = build(home)
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert [path.name for path in results_file(home, COUNCIL).parent.iterdir()] == [f"{COUNCIL}.json"]
    assert json.loads(results_file(home, COUNCIL).read_text(encoding="utf-8"))["load_number"] == 2
    assert "Load 2, of the night of 1 July 2020." in words(folder / "index.html")


def test_settings_that_cannot_be_read_hide_nobody_s_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_council(tmp_path, monkeypatch)
    load("2020-06-30")
    for council in (COUNCIL, "loamshire"):
        (tmp_path / "councils" / council / "settings.yml").write_text("council_name: [\n", encoding="utf-8")
    page = words(build(home) / "index.html")
    assert "Barsetshire" in page
    assert "Loamshire" in page
