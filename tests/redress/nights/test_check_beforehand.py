"""A check before the files are sent says what the load of that night then says, and leaves no trace."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from redress.councils import get_council
from redress.validation.check import Verdict, check

OF_ONE_LOAD = ("load_number", "extract_id", "seconds")
GOOD = ("A1", "complaint", "2024-01-01", None, "open", None, "female")
ENDS_TOO_EARLY = ("A2", "complaint", "2024-01-05", "2024-01-02", "concluded", None, "male")


def checked(council: Any, day: str, path: Path | None = None) -> Verdict:
    """What a check says, and that nothing under the data folder is other than before."""
    before = traces(council.home.root)
    verdict = check(path or council.drop, date.fromisoformat(day), get_council(council.name))
    assert traces(council.home.root) == before
    return verdict


def traces(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def said(verdict: Verdict) -> dict[str, dict[str, Any]]:
    return {run.entity: told(asdict(run)) for run in verdict.runs}


def told(run: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in run.items() if name not in OF_ONE_LOAD}


def found(verdict: Verdict) -> list[tuple[Any, ...]]:
    return sorted(
        (one.rule, one.entity, one.record_key, one.column or "", one.source_row or 0) for one in verdict.findings
    )


def seen(council: Any) -> list[tuple[Any, ...]]:
    """The issues the newest load saw in the files of its night."""
    load = council.loads()[-1]
    extracts = tuple(path.name for path in council.home.landing.glob(f"{council.name}/*/*_{load.name[7:]}_*"))
    return duckdb.sql(f"""
        select rule, entity, record_key, coalesce(column_name, ''), coalesce(source_row, 0)
        from '{load / "events.parquet"}' where event = 'seen' and list_contains({list(extracts)}, extract_id)
        order by all
    """).fetchall()


def outcomes(council: Any) -> set[tuple[Any, ...]]:
    file = council.loads()[-1] / "rule_outcomes.parquet"
    columns = "rule, entity, outcome, rows_checked, rows_failed, reason"
    return set(duckdb.sql(f"select {columns} from '{file}'").fetchall())


def assert_foretold(council: Any, day: str) -> Verdict:
    """Checks, loads, and compares the two."""
    verdict = checked(council, day)
    runs = council.night(day)
    assert said(verdict) == {entity: told(runs[entity]) for entity in said(verdict)}
    assert found(verdict) == seen(council)
    assert {
        (one.rule, one.entity, one.outcome, one.rows_checked, one.rows_failed, one.reason) for one in verdict.outcomes
    } == {outcome for outcome in outcomes(council) if outcome[1] in said(verdict)}
    return verdict


def test_each_night_is_foretold(council: Any) -> None:
    """Rows that wait, drift, removal, a smaller extract and a corrected record, one night after the other."""
    council.deliver("cases", GOOD, ENDS_TOO_EARLY)
    council.deliver("stages", ("A1", 1, "2024-01-01", "2024-01-12", None), ("A2", 1, "2024-01-05", None, None))
    first = assert_foretold(council, "2024-02-01")
    assert {one.rule for one in first.findings} >= {"D02", "R02"}

    council.clear()
    council.deliver("stages", ("A2", 1, "2024-01-05", "2024-01-04", "upheld"), ("A3", 1, "2024-01-09", None, None))
    second = assert_foretold(council, "2024-02-02")
    assert {one.rule for one in second.findings if one.record_key == "A2|1"} >= {"D01", "R02"}

    council.clear()
    (council.drop / "cases.csv").write_text(
        "case_ref,record_type,received_date,closed_date,status,Risk\nA2,complaint,2024-01-05,2024-01-20,concluded,low\n"
    )
    third = assert_foretold(council, "2024-02-03")
    assert {(one.rule, one.column) for one in third.findings if not one.record_key} >= {("V05", "Risk")}
    letters = {one.column: one.letter for one in third.findings if one.rule == "V05"}
    assert letters["Risk"] == "F"
    again = found(checked(council, "2024-02-03"))
    assert of_rows(again) == of_rows(found(third)), "what is loaded already is checked all the same"


def test_rows_that_wait_are_counted_apart_and_only_with_what_is_delivered(council: Any) -> None:
    council.deliver("cases", GOOD, ENDS_TOO_EARLY)
    council.deliver("stages", ("A2", 1, "2024-01-05", None, None))
    assert assert_foretold(council, "2024-02-01").waiting_failed == {}
    council.clear()
    council.deliver("stages", ("A1", 1, "2024-01-01", None, None))
    stages = assert_foretold(council, "2024-02-02")
    assert {one.entity for one in stages.outcomes} == {"stages"}
    council.clear()
    (council.drop / "cases.csv").write_bytes(b"case_ref,record_type\nCaf\xe9,complaint\n")
    rejected = assert_foretold(council, "2024-02-03")
    assert [one.rule for one in rejected.findings] == ["V02"]
    assert {one.entity for one in rejected.outcomes} == {"cases"}
    assert rejected.waiting_failed["D02", "cases"] == 1
    of_row_rules = {(one.rule, one.entity): one.rows_failed for one in rejected.outcomes if one.rule != "V02"}
    assert rejected.waiting_failed == {one: rows for one, rows in of_row_rules.items() if rows}
    assert [(run.rows_waiting, run.rows_with_warnings) for run in rejected.runs] == [(1, 0)]


def of_rows(issues: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of single records; what is said of a whole extract depends on the one before it."""
    return [issue for issue in issues if issue[2]]


def test_changes_that_have_landed_before_are_checked_all_the_same(make_council: Callable[..., Any]) -> None:
    council = make_council(extract="changes")
    council.deliver("cases", GOOD, ENDS_TOO_EARLY, dated=date(2024, 2, 1))
    before = assert_foretold(council, "2024-02-01")
    again = council.drop / "cases_2024-02-02.csv"
    (council.drop / "cases_2024-02-01.csv").rename(again)
    assert found(checked(council, "2024-02-02", again)) == found(before)


def test_persons_are_the_same_persons_with_the_key_of_the_night(council: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (council.drop / "cases.csv").write_text(
        "case_ref,record_type,received_date,status,person_ref\nA1,complaint,2024-01-01,open,Testperson 1\n"
    )
    council.night("2024-02-01")
    assert [run.rows_unchanged for run in checked(council, "2024-02-02").runs] == [1]
    (council.drop / "cases.csv").write_text(
        "case_ref,record_type,received_date,status,person_ref\nA1,complaint,2024-01-01,open,Testperson 1 \n"
    )
    assert [run.rows_unchanged for run in checked(council, "2024-02-02").runs] == [1]
    monkeypatch.delenv("REDRESS_PSEUDONYM_KEY")
    assert [run.rows_unchanged for run in checked(council, "2024-02-02").runs] == [0]


def test_an_accepted_warning_is_listed_as_accepted(council: Any) -> None:
    from redress.validation.acceptances import accept

    council.deliver("cases", GOOD, ("A4", "complaint", "2024-01-01", None, "open", None, None))
    council.deliver("stages", ("A1", 1, "2024-01-01", None, None), ("A4", 1, "2024-01-01", None, None))
    warned = [one for one in assert_foretold(council, "2024-02-01").findings if one.record_key == "A4"]
    assert warned
    assert not any(one.is_accepted for one in warned)
    rule = warned[0].rule
    accept(council.home, get_council(council.name), rule, "A4", "Known, and right as it is", "quality lead")
    again = {one.rule: one.is_accepted for one in checked(council, "2024-02-02").findings if one.record_key == "A4"}
    assert again[rule]
