"""What a night does with what arrives: accepted, held, unchanged, removed; and nothing else."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redress import nightly
from redress.errors import RedressError

A1 = ("A1", "complaint", "2024-01-02", "2024-01-12", "concluded", None, "female")
A2 = ("A2", "complaint", "2024-01-03", "2024-01-15", "concluded", None, "male")
S1 = ("A1", 1, "2024-01-02", "2024-01-12", "upheld")
S2 = ("A2", 1, "2024-01-03", "2024-01-15", "not_upheld")
MANY = [(f"B{n:02}", "compliment", "2024-01-02", "2024-01-02", "concluded", None, None) for n in range(20)]


def counts(run: dict[str, Any]) -> tuple[int, int, int, int]:
    return run["rows_landed"], run["rows_accepted"], run["rows_quarantined"], run["rows_unchanged"]


def test_a_first_night_accepts_what_is_right(council: Any) -> None:
    council.deliver("cases", A1, A2)
    council.deliver("stages", S1, S2)
    runs = council.night("2024-02-01")
    assert counts(runs["cases"]) == (2, 2, 0, 0)
    assert counts(runs["stages"]) == (2, 2, 0, 0)
    assert council.in_force("stages", "record_key, outcome") == [("A1|1", "upheld"), ("A2|1", "not_upheld")]
    assert runs["payments"]["verdict"] == "not_delivered"


def test_the_same_files_again_change_nothing(council: Any) -> None:
    council.deliver("cases", A1, A2)
    council.night("2024-02-01")
    council.night("2024-02-01")
    assert len(council.loads()) == 1
    runs = council.night("2024-02-02")
    assert counts(runs["cases"]) == (2, 0, 0, 2)
    assert not (council.loads()[-1] / "accepted" / "cases.parquet").exists()


def test_only_changed_rows_are_accepted_the_second_time(council: Any) -> None:
    council.deliver("cases", A1, A2)
    council.night("2024-02-01")
    council.deliver("cases", A1, (*A2[:6], "other"))
    assert counts(council.night("2024-02-02")["cases"]) == (2, 1, 0, 1)
    assert council.in_force("cases", "record_key, gender") == [("A1", "female"), ("A2", "other")]


def test_a_bad_update_is_held_and_the_good_version_stays(council: Any) -> None:
    council.deliver("cases", A1, A2)
    council.night("2024-02-01")
    council.deliver("cases", A1, ("A2", "complaint", "2024-01-03", "2023-01-15", "concluded", None, "other"))
    assert counts(council.night("2024-02-02")["cases"]) == (2, 0, 1, 1)
    assert council.held("cases") == [("A2", "D02")]
    assert ("A2", "male") in council.in_force("cases", "record_key, gender")
    assert ("D02", "A2", "closed_date", "seen") in council.events()
    council.deliver("cases", A1, ("A2", "complaint", "2024-01-03", "2024-01-15", "concluded", None, "other"))
    council.night("2024-02-03")
    assert council.held("cases") == []
    assert ("A2", "other") in council.in_force("cases", "record_key, gender")
    assert ("D02", "A2", "closed_date", "resolved") in council.events()


def test_what_hangs_on_a_held_case_waits_and_comes_in_with_its_correction(make_council: Callable[..., Any]) -> None:
    council = make_council(extract="changes")
    council.deliver("cases", A1, ("A2", "complaint", "05/06/24", "2024-01-15", "concluded", None, "male"))
    council.deliver("stages", S1, S2, ("A2", 2, "2024-01-20", "2024-02-01", "upheld"))
    council.deliver("causes", ("A2", 1, 1, "DELAY"))
    council.night("2024-02-01")
    assert council.held("cases") == [("A2", "R04")]
    assert council.held("stages") == [("A2|1", "R02"), ("A2|2", "R02")]
    assert council.held("causes") == [("A2|1|1", "R02")]
    council.clear()
    council.deliver("cases", A2)
    runs = council.night("2024-02-02")
    assert (runs["stages"]["rows_landed"], runs["stages"]["rows_released"]) == (0, 2)
    assert council.held("stages") == []
    assert council.in_force("stages") == [("A1|1",), ("A2|1",), ("A2|2",)]
    assert council.in_force("causes") == [("A2|1|1",)]
    assert ("R02", "A2|2", "case_ref", "resolved") in council.events()


def test_rows_of_a_missing_entity_are_not_removed_and_missing_rows_of_a_full_extract_are(council: Any) -> None:
    council.deliver("cases", A1, A2, *MANY)
    council.deliver("stages", S1, S2)
    council.night("2024-02-01")
    council.clear()
    council.deliver("cases", A1, *MANY)
    runs = council.night("2024-02-02")
    assert runs["cases"]["rows_deleted"] == 1
    assert runs["stages"]["rows_deleted"] == 1
    assert council.in_force("stages") == [("A1|1",)]
    council.deliver("cases", A1, A2, *MANY)
    council.deliver("stages", S1, S2)
    council.night("2024-02-03")
    assert council.in_force("stages") == [("A1|1",), ("A2|1",)]


TWO_STAGES = (("A1", 1, "2024-01-02", "2024-01-12", "upheld"), ("A1", 2, "2024-01-20", "2024-02-05", "upheld"))
OTHERS = [(f"C{n:02}", "complaint", "2024-01-02", "2024-01-12", "concluded", None, None) for n in range(20)]
OTHER_STAGES = [(case[0], 1, "2024-01-02", "2024-01-12", "upheld") for case in OTHERS]


@pytest.mark.parametrize("extract", ["full", "changes"])
def test_an_update_that_takes_away_the_answer_a_later_stage_rests_on_is_held(
    make_council: Callable[..., Any], extract: str
) -> None:
    council = make_council(extract=extract)
    council.deliver("cases", A1)
    council.deliver("stages", *TWO_STAGES)
    council.night("2024-03-01")
    council.clear()
    unanswered = ("A1", 1, "2024-01-02", None, None)
    council.deliver("stages", unanswered, *(TWO_STAGES[1:] if extract == "full" else ()))
    council.night("2024-03-02")
    assert ("A1|1", "S02") in council.held("stages")
    assert council.in_force("stages", "record_key, outcome") == [("A1|1", "upheld"), ("A1|2", "upheld")]


def test_what_hangs_on_a_stage_leaves_with_it_and_comes_back_with_it(council: Any) -> None:
    council.deliver("cases", A1, *OTHERS)
    council.deliver("stages", *TWO_STAGES, *OTHER_STAGES)
    council.deliver("causes", ("A1", 1, 1, "DELAY"), ("C01", 1, 1, "DELAY"))
    council.night("2024-03-01")
    council.deliver("stages", TWO_STAGES[1], *OTHER_STAGES)
    council.night("2024-03-02")
    assert council.held("stages") == [("A1|2", "S02")]
    assert not [key for (key,) in council.in_force("stages") if key.startswith("A1")]
    assert council.in_force("causes") == [("C01|1|1",)]
    council.deliver("stages", *TWO_STAGES, *OTHER_STAGES)
    council.night("2024-03-03")
    assert [key for (key,) in council.in_force("stages") if key.startswith("A1")] == ["A1|1", "A1|2"]
    assert council.in_force("causes") == [("A1|1|1",), ("C01|1|1",)]


def test_an_extract_cut_off_half_way_removes_nothing_unless_a_person_allows_it(council: Any) -> None:
    council.deliver("cases", *MANY)
    council.night("2024-02-01")
    council.deliver("cases", *MANY[:8])
    run = council.night("2024-02-02")["cases"]
    assert council.outcome("V04", "cases") == "fail"
    assert run["rows_deleted"] == 0
    assert "V04" in run["verdict_text"]
    assert len(council.in_force("cases")) == 20
    council.deliver("cases", *MANY[:9])
    assert council.night("2024-02-03", allow_removal=True)["cases"]["rows_deleted"] == 11
    assert len(council.in_force("cases")) == 9


def test_an_older_file_never_overwrites_a_newer_one(council: Any) -> None:
    council.deliver("cases", (*A1[:6], "female"))
    council.night("2024-02-02")
    council.clear()
    council.deliver("cases", (*A1[:6], "male"), A2)
    run = council.night("2024-02-01")["cases"]
    assert counts(run) == (2, 0, 0, 2)
    assert council.in_force("cases", "record_key, gender") == [("A1", "female")]


def test_files_of_several_nights_are_loaded_one_night_after_the_other(council: Any) -> None:
    council.deliver("cases", A1, dated=date(2024, 2, 1))
    council.deliver("cases", A1, A2, dated=date(2024, 2, 2))
    council.night("2024-02-03")
    assert [load.name for load in council.loads()] == [
        "000001_2024-02-01",
        "000002_2024-02-02",
        "000003_2024-02-03",
    ]
    assert council.in_force("cases", "record_key, extract_date") == [
        ("A1", date(2024, 2, 1)),
        ("A2", date(2024, 2, 2)),
    ]


def test_duplicate_keys_are_held_all_and_copies_count_once(council: Any) -> None:
    council.deliver("cases", A1, A1, A2, (*A2[:6], "other"))
    run = council.night("2024-02-01")["cases"]
    assert counts(run) == (4, 1, 2, 1)
    assert council.held("cases") == [("A2", "R01"), ("A2", "R01")]
    assert [event[:2] for event in council.events() if event[0] == "R01"] == [("R01", "A2"), ("R01", "A2")]


def test_a_file_without_a_required_column_is_rejected_and_the_others_go_on(council: Any) -> None:
    council.deliver("cases", A1)
    (council.drop / "stages.csv").write_text("case_ref,stage\nA1,1\n")
    runs = council.night("2024-02-01")
    assert runs["stages"]["verdict"] == "rejected"
    assert "requested_date" in runs["stages"]["verdict_text"]
    assert council.outcome("V02", "stages") == "fail"
    assert council.in_force("cases") == [("A1",)]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"case_ref,stage,requested_date\nA1,1,2024-01-02,extra\n"])
def test_an_unreadable_file_is_rejected_kept_and_the_others_go_on(council: Any, content: bytes) -> None:
    council.deliver("cases", A1)
    (council.drop / "stages.csv").write_bytes(content)
    runs = council.night("2024-02-01")
    assert runs["stages"]["verdict"] == "rejected"
    kept = list((council.home.quarantine / council.name / "rejected").iterdir())
    assert [file.read_bytes() for file in kept] == [content]
    assert council.in_force("cases") == [("A1",)]


def test_an_empty_full_extract_removes_nothing_once_rows_are_loaded(council: Any) -> None:
    council.deliver("cases", A1)
    council.night("2024-02-01")
    council.deliver("cases")
    run = council.night("2024-02-02")["cases"]
    assert council.outcome("V02", "cases") == "fail"
    assert run["rows_deleted"] == 0
    assert council.in_force("cases") == [("A1",)]


def test_unknown_columns_are_counted_and_never_kept(council: Any) -> None:
    (council.drop / "cases.csv").write_text(
        "case_ref,record_type,received_date,status,surname,forename\nA1,enquiry,2024-01-02,open,Testperson,Ann\n"
    )
    assert council.night("2024-02-01")["cases"]["columns_dropped"] == 2
    written = b"".join(file.read_bytes() for file in council.home.landing.rglob("*") if file.is_file())
    assert b"Testperson" not in written


def test_text_that_looks_like_code_is_stored_as_text(council: Any) -> None:
    text = "=cmd|' /C calc'!A0<script>alert(1)</script>'; drop table cases; --"
    council.deliver("cases", (text, *A1[1:]))
    council.night("2024-02-01")
    assert council.in_force("cases", "case_ref") == [(text,)]


def test_a_rule_that_could_not_look_is_named_and_not_counted_as_passed(council: Any) -> None:
    council.deliver("cases", A1)
    run = council.night("2024-02-01")["cases"]
    assert council.outcome("S05", "cases") == "not_run"
    assert "Not checked: S05" in run["verdict_text"]
    council.deliver("stages", S1)
    assert "S05" not in council.night("2024-02-02")["cases"]["verdict_text"]


def test_a_warning_is_loaded_and_reported(council: Any) -> None:
    council.deliver("cases", A1)
    council.deliver("stages", S1)
    council.deliver("causes", ("A1", 1, 1, "NOT_DECLARED"))
    run = council.night("2024-02-01")["causes"]
    assert counts(run) == (1, 1, 0, 0)
    assert run["verdict"] == "accepted_with_warnings"
    assert ("R07", "A1|1|1", "cause", "seen") in council.events()


def test_a_killed_run_is_repaired_by_the_next(council: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    council.deliver("cases", A1, ("A2", "complaint", "x", None, "open", None, None))
    with monkeypatch.context() as killed:
        killed.setattr("redress.validation.issues.write_events", _killed)
        with pytest.raises(KeyboardInterrupt):
            council.night("2024-02-01")
    assert council.loads() == []
    council.night("2024-02-01")
    assert [load.name for load in council.loads()] == ["000001_2024-02-01"]
    assert council.in_force("cases") == [("A1",)]
    assert council.held("cases") == [("A2", "R04")]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_second_load_at_once_says_that_one_is_running(council: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LOCK_SECONDS", 0)
    council.deliver("cases", A1)
    with nightly.locked(council.home, council.name), pytest.raises(RedressError, match="still running"):
        council.night("2024-02-01")


def test_a_council_that_cannot_load_says_why(council: Any) -> None:
    (Path(council.drop).parents[1] / "councils" / "barsetshire" / "settings.yml").write_text("in_time_rule: never\n")
    council.deliver("cases", A1)
    with pytest.raises(RedressError, match=r"settings\.yml, line 1: in_time_rule"):
        council.night("2024-02-01")
