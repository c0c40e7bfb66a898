"""What once went wrong in landing, or could: stale extracts, changed mappings, lost changes, traces of a failure."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from redress import nightly
from redress.contract.mapping.definition import Feed
from redress.councils import Council
from redress.errors import RedressError, SourceUnavailable
from redress.landing import store
from redress.landing.manifests import Manifest, manifests, rows_file
from redress.paths import Home
from redress.sources.definition import Demographics, FilesDefinition
from redress.validation.check import check
from tests.redress.landing.table_source import Row, TableSource

KEY = b"not a secret, only for tests"
HEADER = "Ref,Received,State,Person\n"
CASES = """\
kind: files
path: {drop}
dates: [{dates}]
feeds:
  complaints:
    file: {file}
    entities:
      cases:
        columns:
          case_ref: Ref
          record_type: {{constant: complaint}}
          received_date: Received
          status: {{column: State, values: {{Live: open, Done: concluded}}}}
          person_ref: Person
      stages:
        columns: {{case_ref: Ref, stage: {{constant: "1"}}, requested_date: Received}}
"""
PEOPLE = """\
demographics:
  source:
    kind: files
    path: {persons}
    feeds:
      adults: {{file: adults.csv, entities: {{people: {{columns: {{person_ref: Number, gender: Sex}}}}}}}}
      children: {{file: children.csv, entities: {{people: {{columns: {{person_ref: Number, gender: Sex}}}}}}}}
"""
KILLED_BETWEEN_RENAMES = """
import os
from datetime import date
from redress import nightly
from redress.landing import store
rename, renames = os.rename, []
def rename_once(source, target):
    renames.append(target) or (len(renames) == 2 and os.kill(os.getpid(), 9)) or rename(source, target)
store.os.rename = rename_once
nightly.land("barsetshire", nightly.deliveries("barsetshire", date(2024, 3, 5))[0], date(2024, 3, 5))
"""


class Files:
    """A council that drops files with its own headers."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "data")
        self.drop, self.persons, self.folder = root / "drop", root / "persons", root / "councils" / "barsetshire"
        for folder in (self.drop, self.persons, self.folder):
            folder.mkdir(parents=True)
        self.says()

    def says(self, dates: str = "day_first", file: str = "c.csv", more: str = "") -> None:
        text = CASES.format(drop=self.drop, dates=dates, file=file) + more.format(persons=self.persons)
        (self.folder / "source.yml").write_text(text, encoding="utf-8")

    def deliver(self, *rows: str, name: str = "c.csv", header: str = HEADER) -> None:
        (self.drop / name).write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")

    def land(self, day: int) -> list[dict[str, Any]]:
        night = date(2024, 3, day)
        return [nightly.land("barsetshire", place, night) for place in nightly.deliveries("barsetshire", night)]

    def landed(self, entity: str = "cases") -> list[Manifest]:
        return manifests(self.home, "barsetshire", entity)

    def newest(self, columns: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as con:
            rows = str(rows_file(self.home, self.landed()[-1]))
            return con.execute(f"select {columns} from read_parquet(?) order by 1", [rows]).fetchall()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", KEY.decode())
    return Files(tmp_path)


def changes(name: str, column: str = "changed", **rule: Any) -> Feed:
    return Feed.model_validate(
        {
            "name": name,
            "watermark": {"column": column},
            "entities": {"services": {"columns": {"service_code": "code", "service_name": {"column": "team", **rule}}}},
        }
    )


def team(code: str, changed: str, **more: str) -> Row:
    return {
        "code": code,
        "team": "Family support",
        "valid_from": "2015-04-01",
        "changed": changed,
        "number": "7",
        **more,
    }


Land = Callable[[TableSource, int], dict[str, Manifest]]


@pytest.fixture
def land(tmp_path: Path) -> Land:
    council = Council(tmp_path / "councils" / "barsetshire")
    council.source = FilesDefinition(kind="files", path="unused")
    home = Home(tmp_path / "data")

    def night(source: TableSource, day: int) -> dict[str, Manifest]:
        source.asked_since.clear()
        landed = store.land(home, council, source, source.delivery("tables", date(2024, 3, day)), KEY)
        return {manifest.entity: manifest for manifest in landed}

    return night


def test_dates_said_for_the_whole_source_are_part_of_the_mapping(files: Files) -> None:
    files.says(dates="iso")
    files.deliver("A1,01/03/2024,Live,")
    files.land(5)
    assert files.newest("received_date") == [(None,)]
    files.says(dates="day_first")
    assert files.land(5)[0]["outcome"] == "landed"
    assert files.newest("received_date") == [(date(2024, 3, 1),)]


@pytest.mark.parametrize("wrong", [1, 2, 3, 4])
def test_the_later_of_two_extracts_of_a_night_comes_last(files: Files, wrong: int) -> None:
    files.deliver(f"A1,0{wrong}/02/2024,Live,", header=HEADER.replace("State", "Other"))
    files.land(5)
    files.deliver(f"A1,0{wrong}/02/2024,Live,")
    files.land(5)
    files.deliver(f"A1,0{wrong}/02/2024,Done,")
    files.land(5)
    assert [bool(manifest.rejected) for manifest in files.landed()] == [True, False, False]
    assert files.newest("status") == [("concluded",)]


def test_each_table_of_an_entity_goes_on_from_its_own_newest_change(land: Land) -> None:
    tables: dict[str, list[Row]] = {"slow": [team("S1", "2024-03-01")], "quick": [team("S2", "2024-03-05")]}
    source = TableSource({name: changes(name) for name in tables}, tables, extract="changes")
    land(source, 5)
    land(source, 6)
    assert source.asked_since == ["2024-03-01", "2024-03-05"]


def test_the_older_of_two_marks_counts_and_they_are_not_compared_as_texts(land: Land) -> None:
    case = {"case_ref": "Ref", "record_type": {"constant": "complaint"}, "received_date": "Day", "status": "State"}
    stage = {"case_ref": "Ref", "stage": {"constant": "1"}, "requested_date": "Day"}
    feed = Feed.model_validate(
        {
            "name": "v",
            "watermark": {"column": "n", "overlap": "0 days"},
            "entities": {"cases": {"columns": case}, "stages": {"columns": stage}},
        }
    )
    row: Row = {"Ref": "A1", "Day": "2024-03-01", "State": "open", "n": "9"}
    source = TableSource({"v": feed}, {"v": [row]}, extract="changes")
    land(source, 5)
    source.tables["v"] = [{"Ref": "A2", "Day": "2024-03-02", "n": "10"}]
    assert land(source, 6)["cases"].rejected
    land(source, 7)
    assert source.asked_since == ["9"]


@pytest.mark.parametrize("changed", [changes("v", "number"), changes("v", values={"Family": "Family support"})])
def test_a_table_that_is_read_in_another_way_is_read_from_its_beginning(land: Land, changed: Feed) -> None:
    source = TableSource({"v": changes("v")}, {"v": [team("S1", "2024-03-01")]}, extract="changes")
    land(source, 5)
    source.feeds = {"v": changed}
    land(source, 6)
    assert source.asked_since == [None]


def test_a_record_changed_and_changed_back_within_a_night_ends_as_it_is(land: Land) -> None:
    source = TableSource({"v": changes("v")}, {"v": []}, extract="changes")
    news = []
    for day, name in ((5, "X"), (5, "Y"), (6, "X"), (7, "X"), (7, "Y"), (7, "X")):
        source.tables["v"] = [team("S1", "2024-03-01", team=name)]
        news.append("services" in land(source, day))
    assert news == [True, True, True, False, True, True]


def test_the_tables_are_named_the_same_on_a_night_without_news(land: Land) -> None:
    source = TableSource({"v": changes("v")}, {"v": [team("S1", "2024-03-01")]})
    assert [land(source, day)["services"].source_file for day in (5, 6)] == ["v", "v"]


def test_another_reason_for_the_same_file_is_told(files: Files) -> None:
    files.says(file="c.csv\n    delimiter: ';'")
    files.deliver("A1,01/03/2024,Live,,,X")
    first = files.land(5)
    files.says()
    second = files.land(5)
    assert [one[0]["outcome"] for one in (first, second)] == ["rejected", "rejected"]
    assert "row 2" in str(files.landed()[-1].rejected)
    assert files.land(5)[0]["outcome"] == "landed before"


def test_no_copy_is_kept_of_a_file_that_changed_while_it_was_rejected(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.deliver("A1,01/03/2024,Live,P-Testperson", header=HEADER.replace("State", "Other"))
    keep = shutil.copyfile

    def keep_and_change(source: Path, target: Path) -> None:
        keep(source, target)
        files.deliver("A1,01/03/2024,Live,P-Testperson")

    monkeypatch.setattr(shutil, "copyfile", keep_and_change)
    with pytest.raises(SourceUnavailable):
        files.land(5)
    left = [path for path in files.home.root.rglob("*") if path.is_file() and path.name != ".lock"]
    assert [path for path in left if path.parent.name != "missed"] == [], "only the note that the night was missed"


def test_killed_between_two_entities_the_next_run_lands_the_rest_once(files: Files) -> None:
    files.deliver("A1,01/03/2024,Live,")
    killed = subprocess.run([sys.executable, "-c", KILLED_BETWEEN_RENAMES], env=_environment(), check=False)
    assert killed.returncode == -9
    assert len(files.landed("cases")) + len(files.landed("stages")) == 1
    files.land(5)
    assert [len(files.landed(name)) for name in ("cases", "stages")] == [1, 1]
    assert not list(files.home.landing.rglob(".*draft*"))


def test_older_extracts_that_a_newer_one_overtook_stay_as_they_landed(files: Files) -> None:
    files.says(file="c_{date}.csv")
    for day in (1, 2, 3):
        files.deliver(f"A{day},01/02/2024,Live,", name=f"c_2024-03-0{day}.csv")
    files.land(3)
    (files.folder / "codes.yml").write_text("causes: {DELAY: Delay}\n", encoding="utf-8")
    assert [one["outcome"] for one in files.land(3)] == ["landed before", "landed before", "landed"]


def test_two_files_that_are_the_full_extract_of_one_night_are_refused(files: Files) -> None:
    files.says(file="c*.csv")
    files.deliver("A1,01/03/2024,Live,", name="c_march.csv")
    files.deliver("A1,01/03/2024,Done,", name="c_april.csv")
    with pytest.raises(RedressError, match=r"c_april\.csv and c_march\.csv .* full extract of cases"):
        files.land(5)


def test_changes_in_files_need_a_date_in_their_names() -> None:
    feed = {"file": "c*.csv", "entities": {"services": {}}}
    with pytest.raises(ValidationError, match="which is newer is not known"):
        FilesDefinition.model_validate({"kind": "files", "path": "x", "extract": "changes", "feeds": {"c": feed}})


def test_persons_of_two_files_are_all_known(files: Files) -> None:
    files.says(more=PEOPLE)
    (files.persons / "adults.csv").write_text("Number,Sex\nP1,female\n", encoding="utf-8")
    (files.persons / "children.csv").write_text("Number,Sex\nP2,male\n", encoding="utf-8")
    files.deliver("A1,01/03/2024,Live,P1", "A2,01/03/2024,Live,P2")
    files.land(5)
    assert files.newest("case_ref, gender") == [("A1", "female"), ("A2", "male")]


@pytest.mark.parametrize(("extract", "entity"), [("changes", "people"), ("full", "services")])
def test_demographics_are_whole_and_of_people_only(extract: str, entity: str) -> None:
    feed = {"file": "p_{date}.csv", "entities": {entity: {}}}
    source = {"kind": "files", "path": "x", "extract": extract, "feeds": {"p": feed}}
    with pytest.raises(ValidationError, match="demographics"):
        Demographics.model_validate({"source": source})


def test_a_feed_of_people_outside_demographics_is_refused_in_a_sentence(land: Land) -> None:
    feed = Feed.model_validate({"name": "v", "entities": {"people": {"columns": {"person_ref": "Number"}}}})
    with pytest.raises(RedressError, match=r"demographics\.source"):
        land(TableSource({"v": feed}, {"v": [{"Number": "P1"}]}), 5)


def test_a_file_that_source_yml_names_is_checked_as_it_says(files: Files) -> None:
    files.says(file="cases.csv")
    files.deliver("A1,01/03/2024,Live,", name="cases.csv")
    verdict = check(files.drop / "cases.csv", date(2024, 3, 5), Council(files.folder))
    assert {run.entity: run.verdict for run in verdict.runs}["cases"] != "rejected"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
