"""A night on which a council was to load and did not: told, kept through a rebuild, and past once it is loaded."""

import json
from datetime import date
from typing import Any

import pytest

from redress import nightly
from redress.errors import RedressError
from redress.status import status
from redress.warehouse import build_and_publish
from redress.warehouse.publish import open_reporting, reporting_file

A1 = ("A1", "complaint", "2024-01-10", None, "open", None, None)
NIGHT = date(2024, 2, 2)


def could_not_run(council: Any) -> list[tuple[Any, ...]]:
    with open_reporting(reporting_file(council.home)) as con:
        return con.execute("""
            select extract_date, count(*), sum(rows_landed), min(verdict_text) from load_runs
            where verdict = 'could_not_run' group by all order by all
        """).fetchall()


def notes(council: Any) -> list[dict[str, Any]]:
    files = sorted((council.home.landing / council.name / "missed").glob("*"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def test_a_missed_night_is_told_survives_a_rebuild_and_is_past_when_it_is_loaded(council: Any) -> None:
    council.deliver("cases", A1)
    council.night("2024-02-01")
    drop = council.drop.rename(council.drop.with_name("elsewhere"))
    with pytest.raises(RedressError, match="drop folder"):
        nightly.deliveries(council.name, NIGHT)
    nightly.note_missed(council.name, NIGHT, "find_deliveries")
    nightly.build_and_publish(NIGHT)
    ((night, entities, landed, sentence),) = could_not_run(council)
    assert (night, entities, landed) == (NIGHT, 10, 0)
    assert sentence.startswith("actions: could not run. The drop folder of barsetshire is missing")
    build_and_publish(council.home, {}, full_refresh=True)
    assert [night for night, *_ in could_not_run(council)] == [NIGHT]
    (state,) = status(council.home, [council.name])
    assert state.sentences == (f"could not run. {sentence.split('could not run. ')[1]} ({NIGHT})",)

    drop.rename(council.drop)
    council.night(NIGHT.isoformat())
    nightly.build_and_publish(NIGHT)
    assert could_not_run(council) == []
    (state,) = status(council.home, [council.name])
    assert state.sentences == ()


def test_a_council_that_never_loaded_could_not_run(council: Any) -> None:
    nightly.note_missed(council.name, NIGHT, "land_delivery")
    (note,) = notes(council)
    assert note["reason"].startswith("land_delivery was stopped before its end; open the log of barsetshire.")
    (state,) = status(council.home, [council.name])
    assert state.sentences[0].startswith("could not run. land_delivery was stopped")


def test_an_error_that_may_quote_a_record_is_named_by_its_kind(council: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("could not convert 'Testperson, Ann'")

    council.deliver("cases", A1)
    monkeypatch.setattr("redress.nightly.run_load", fail)
    with pytest.raises(ValueError, match="Testperson"):
        council.night(NIGHT.isoformat())
    (note,) = notes(council)
    assert note["reason"].startswith("accept_records ended with ValueError; open the log of")
    assert "Testperson" not in json.dumps(note)


def test_what_a_step_said_stays_and_a_new_attempt_begins_anew(council: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    council.deliver("cases", A1)
    with monkeypatch.context() as unset:
        unset.delenv("REDRESS_PSEUDONYM_KEY")
        with pytest.raises(RedressError):
            nightly.deliveries(council.name, NIGHT)
    nightly.note_missed(council.name, NIGHT, "find_deliveries")
    assert "REDRESS_PSEUDONYM_KEY" in notes(council)[0]["reason"]
    nightly.deliveries(council.name, NIGHT)
    assert notes(council) == []


def test_a_night_that_was_loaded_is_not_missed_when_it_is_run_again_in_vain(council: Any) -> None:
    council.deliver("cases", A1)
    council.night(NIGHT.isoformat())
    nightly.note_missed(council.name, NIGHT, "find_deliveries")
    assert notes(council) == []
