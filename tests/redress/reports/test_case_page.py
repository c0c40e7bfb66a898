"""The page of one case: its issues with their history, its records' versions, and nothing about a person."""

import json
from pathlib import Path
from typing import Any

import pytest

from redress.reports.pages import case
from redress.reports.reading import Reading
from tests.redress.reports.two_nights import SECRET_BIRTH_DATE


@pytest.fixture
def written(reading: Reading, tmp_path: Path) -> Path:
    """The folder into which the cases' files were written."""
    case.files(reading, tmp_path)
    return tmp_path


@pytest.fixture
def entries(reading: Reading, written: Path) -> dict[str, dict[str, Any]]:
    """The entries of Barsetshire's cases, found as the page finds them: by their place in the index."""
    index = case.content(reading)["index"]
    found = {}
    for place, (council, ref) in enumerate(index["refs"]):
        file = written / "data" / "cases" / f"{place // index['in_one_file']}.js"
        text = file.read_text(encoding="utf-8").removeprefix("window.redressCases = ").removesuffix(";\n")
        entry = json.loads(text)[place % index["in_one_file"]]
        assert (entry["council"], entry["case_ref"]) == (council, ref)
        if council == "barsetshire":
            found[ref] = entry
    return found


def test_cases_with_issues_past_or_present_and_open_clocks_have_an_entry(entries: dict[str, Any]) -> None:
    assert set(entries) == {f"A{number}" for number in range(1, 10)}


def test_an_issue_tells_since_when_it_stands_and_where_it_is(entries: dict[str, Any]) -> None:
    issue = next(one for one in entries["A3"]["issues"] if one["rule"] == "D05")
    assert issue["state"] == "open"
    assert issue["stood"] == [{"opened": "2024-06-28", "resolved": None, "resolution": None}]
    assert (issue["source_place"], issue["source_row"], issue["letter"]) == ("stages.csv", 4, "E")


def test_a_corrected_issue_keeps_its_history(entries: dict[str, Any]) -> None:
    issue = next(one for one in entries["A2"]["issues"] if one["rule"] == "D05")
    assert issue["state"] == "resolved"
    assert issue["stood"] == [{"opened": "2024-06-27", "resolved": "2024-06-28", "resolution": "corrected"}]


def test_a_record_s_versions_say_what_changed(entries: dict[str, Any]) -> None:
    stage = next(one for one in entries["A9"]["records"] if one["entity"] == "stages")
    first, second = stage["versions"]
    assert first["loaded_on"] == "2024-06-27"
    assert ["responded_date", None, "2024-05-17"] in first["changes"]
    assert second["loaded_on"] == "2024-06-28"
    assert second["changes"] == [["outcome", None, "upheld"]]


def test_a_held_update_adds_no_version(entries: dict[str, Any]) -> None:
    stage = next(one for one in entries["A4"]["records"] if one["entity"] == "stages")
    assert len(stage["versions"]) == 1
    held = next(one for one in entries["A4"]["issues"] if one["rule"] == "R04")
    assert (held["severity"], held["state"]) == ("critical", "open")


def test_of_values_about_a_person_it_is_only_said_that_they_are_there(entries: dict[str, Any], written: Path) -> None:
    record = next(one for one in entries["A5"]["records"] if one["entity"] == "cases")
    told = {name: (before, after) for name, before, after in record["versions"][0]["changes"]}
    assert {name for name, values in told.items() if values == (None, None)} == {
        "age_band", "disabilities", "dob_check", "ethnicity", "gender", "person_ref", "sexual_orientation"
    }  # fmt: skip
    text = "".join(file.read_text(encoding="utf-8") for file in written.rglob("*.js"))
    for planted in (SECRET_BIRTH_DATE, "PERSON-Z", "WBRI", "10-15", "Quillfeather"):
        assert planted not in text


def test_what_nobody_declared_is_not_shown(entries: dict[str, Any]) -> None:
    record = next(one for one in entries["A9"]["records"] if one["entity"] == "cases")
    assert ["tags", None, "a value that is not declared"] in record["versions"][0]["changes"]
    freeze = next(one for one in entries["A7"]["records"] if one["entity"] == "freezes")
    assert ["reason", None, "court"] in freeze["versions"][0]["changes"]


def test_however_many_are_made_at_once_each_case_is_where_the_page_looks(
    reading: Reading, entries: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case, "IN_ONE_FILE", 2)
    monkeypatch.setattr(case, "AT_ONCE", 4)
    folder = tmp_path / "in_rounds"
    case.files(reading, folder)
    for place, (council, ref) in enumerate(case.content(reading)["index"]["refs"]):
        text = (folder / "data" / "cases" / f"{place // 2}.js").read_text(encoding="utf-8")
        entry = json.loads(text.removeprefix("window.redressCases = ").removesuffix(";\n"))[place % 2]
        assert (entry["council"], entry["case_ref"]) == (council, ref)
        assert council != "barsetshire" or entry == entries[ref]


def test_without_a_build_issues_are_told_without_versions(reading: Reading, tmp_path: Path) -> None:
    from dataclasses import replace

    case.files(replace(reading, has_build=False), tmp_path)
    text = (tmp_path / "data" / "cases" / "0.js").read_text(encoding="utf-8")
    assert '"rule":"D05"' in text
    assert '"versions"' not in text
