"""Nights on which the columns of a source are not those of the night before."""

from typing import Any

import pytest

SOURCE = """
kind: files
path: {drop}
dates: [day_first]
feeds:
  log:
    file: log.csv
    entities:
      cases:
        columns:
          case_ref: Ref
          record_type: {{constant: complaint}}
          received_date: {received}
          status: {{column: State, values: {{Closed: concluded}}}}
          service_code: Team
      stages:
        columns: {{case_ref: Ref}}
        rows:
          - columns:
              stage: {{constant: "1"}}
              requested_date: Stage 1 begun
              responded_date: Stage 1 answered
              outcome: Stage 1 outcome
"""
HEADER = "Ref,Received,State,Team,Stage 1 begun,Stage 1 answered,Stage 1 outcome,Risk"
ROW = "A1,01/01/2024,Closed,T1,01/01/2024,12/01/2024,Upheld,low"


class Log:
    """One wide file that feeds cases and stages."""

    def __init__(self, council: Any) -> None:
        self.council = council
        self.maps("Received")

    def maps(self, received: str) -> None:
        folder = self.council.drop.parents[1] / "councils" / self.council.name
        (folder / "source.yml").write_text(SOURCE.format(drop=self.council.drop, received=received))

    def night(self, day: str, header: str = HEADER, row: str = ROW) -> dict[str, dict[str, Any]]:
        (self.council.drop / "log.csv").write_text(f"{header}\n{row}\n")
        return self.council.night(day)

    def drifted(self) -> list[tuple[str, str]]:
        return [(column, event) for rule, _, column, event in self.council.events() if rule == "V05"]


@pytest.fixture
def log(make_council: Any) -> Log:
    return Log(make_council())


def test_the_first_extract_is_compared_with_nothing_and_the_same_columns_pass(log: Log) -> None:
    log.night("2024-02-01")
    assert log.council.outcome("V05", "cases") == "not_run"
    log.night("2024-02-02", row=ROW.replace("low", "high"))
    assert [log.council.outcome("V05", entity) for entity in ("cases", "stages")] == ["pass", "pass"]


def test_a_renamed_column_is_told_where_it_feeds_and_resolved_the_night_after(log: Log) -> None:
    log.night("2024-02-01")
    runs = log.night("2024-02-02", header=HEADER.replace("Stage 1 outcome", "Stage 1 result"))
    assert log.drifted() == [("Stage 1 outcome", "seen")]
    told = "'Stage 1 outcome' is gone, likely renamed to 'Stage 1 result'"
    assert told in runs["stages"]["verdict_text"]
    assert told not in runs["cases"]["verdict_text"]
    assert runs["stages"]["verdict"] == "accepted_with_warnings"
    assert log.council.outcome("V05", "cases") == "pass"
    log.night("2024-02-03", header=HEADER.replace("Stage 1 outcome", "Stage 1 result"), row=ROW.replace("low", "x"))
    assert log.drifted() == [("Stage 1 outcome", "resolved")]


def test_a_column_that_feeds_nothing_is_told_once(log: Log) -> None:
    log.night("2024-02-01")
    runs = log.night("2024-02-02", header=HEADER + ",Postcode area", row=ROW + ",X1")
    assert log.drifted() == [("Postcode area", "seen")]
    assert "'Postcode area' is new" in runs["cases"]["verdict_text"]


def test_a_required_column_that_is_gone_stops_its_entity_alone_until_source_yml_knows_it(log: Log) -> None:
    log.night("2024-02-01")
    renamed = HEADER.replace("Received", "Date received")
    runs = log.night("2024-02-02", header=renamed, row=ROW.replace("12/01", "15/01"))
    assert runs["cases"]["verdict"] == "rejected"
    assert (
        "received_date ('Received' in source.yml; likely renamed to 'Date received')" in runs["cases"]["verdict_text"]
    )
    assert runs["stages"]["verdict"] == "accepted"
    assert log.council.outcome("V05", "cases") == "not_run"
    assert log.council.in_force("cases") == [("A1",)]
    log.maps("[Received, Date received]")
    runs = log.night("2024-02-03", header=renamed, row=ROW.replace("Closed", "open"))
    assert runs["cases"]["verdict"] == "accepted_with_warnings"
    assert ("Received", "seen") in log.drifted()
    assert log.council.in_force("cases", "received_date::varchar") == [("2024-01-01",)]


def test_a_file_without_its_header_row_shows_nobodys_values(log: Log) -> None:
    log.night("2024-02-01")
    (log.council.drop / "log.csv").write_text("A7,Jane Example,01/01/2024,Closed,T1,02/01/2024,03/01/2024,low\n")
    runs = log.council.night("2024-02-02")
    assert {runs[entity]["verdict"] for entity in ("cases", "stages")} == {"rejected"}
    written = [file for file in log.council.home.landing.rglob("*.json") if "Jane" in file.read_text()]
    assert written == []
