"""redress map and redress source test, as people type them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from redress.cli import app

CASES = (
    "Ref,Date received,Type,State,Complainant,Ethnic group,Client no,DOB,Surname,Risk\n"
    "B1,01/04/2019,Complaint,Open,Parent,WBRI,77001,03/02/2010,Example,low\n"
    "B2,02/04/2019,Complaint,Parked,Mrs Example,Martian,77002,04/02/2010,Example,low\n"
)
SOURCE = """
kind: files
path: {drop}
dates: [day_first]
feeds:
  complaints:
    file: complaints_{{date}}.csv
    entities:
      cases:
        columns:
          case_ref: Ref
          record_type: Type
          received_date: {received}
          closed_date: Date closed
          status: State
          complainant_type: Complainant
          ethnicity: Ethnic group
          person_ref: Client no
          date_of_birth: DOB
"""
PEOPLE = """
demographics:
  source:
    kind: files
    path: {drop}
    feeds:
      people:
        file: people.csv
        entities:
          people:
            columns: {{person_ref: {person}, gender: Sex}}
"""


class Shire:
    """A council with a drop folder, in a home of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.drop = root / "drop"
        self.folder = root / "councils" / "testshire"
        self.drop.mkdir()
        self.folder.mkdir(parents=True)
        self.source()
        (self.drop / "complaints_2020-06-30.csv").write_text(CASES)

    def source(self, received="Date received", more=""):
        (self.folder / "source.yml").write_text(SOURCE.format(drop=self.drop, received=received) + more)

    def run(self, *words):
        done = CliRunner().invoke(app, [*words, "--council", "testshire"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, " ".join((done.stdout + done.stderr).split())

    def test(self):
        return self.run("source", "test", "--date", "2020-06-30")

    def landed(self):
        return list((self.root / "home").rglob("*.parquet"))


@pytest.fixture
def shire(tmp_path, monkeypatch):
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    return Shire(tmp_path)


def test_a_good_source_shows_what_it_has_and_lands_nothing(shire):
    code, said = shire.test()
    assert code == 0, said
    assert "1 delivery up to 2020-06-30" in said
    assert "complaints_2020-06-30.csv: 10 columns, 2 rows" in said
    assert "Feed nothing: Surname, Risk." in said
    assert "cases: 2 rows, 8 columns fed." in said
    assert "Not found, and not required: closed_date ('Date closed' in source.yml)." in said
    assert "status: not understood in 1 row: 1 different value not shown. HELD BACK: the list is closed (R04)" in said
    assert "ethnicity: not understood in 1 row: 1 different value not shown. A warning only" in said
    assert "Martian" not in said
    assert "no drift to tell" in said
    assert shire.landed() == []


def test_personal_columns_and_texts_without_a_place_are_masked(shire):
    _, said = shire.test()
    rows = said.split("row 2")[1]
    for word in ("77001", "77002", "2010", "Example"):
        assert word not in rows
    assert "person_ref *** ***" in rows
    assert "date_of_birth *** ***" in rows
    assert "case_ref B1 B2" in rows
    assert "complainant_type parent (not understood)" in rows


def test_a_required_column_that_is_missing_is_named_and_is_an_error(shire):
    shire.source(received="Received on")
    code, said = shire.test()
    assert code == 1
    assert "MISSING, and required: received_date ('Received on' in source.yml)." in said


def test_a_folder_that_is_not_there_is_one_sentence(shire):
    shire.source()
    for file in shire.drop.iterdir():
        file.unlink()
    code, said = shire.test()
    assert code == 1
    assert "nothing to take" in said
    shire.drop.rmdir()
    code, said = shire.test()
    assert (code, said.count(". ")) == (1, 0)
    assert str(shire.drop) in said


def test_a_file_that_cannot_be_read_is_said_and_is_an_error(shire):
    (shire.drop / "complaints_2020-06-30.csv").write_bytes(CASES.encode() + b'B3,"')
    code, said = shire.test()
    assert code == 1
    assert "drift" not in said
    assert "cannot be read. complaints_2020-06-30.csv" in said


def test_drift_against_the_last_landed_extract(shire, monkeypatch):
    from datetime import date

    from redress import nightly

    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "not a secret, only for tests")
    for location in nightly.deliveries("testshire", date(2020, 6, 30)):
        nightly.land("testshire", location, date(2020, 6, 30))
    code, said = shire.test()
    assert (code, "Its columns are those of the last extract." in said) == (0, True)
    (shire.drop / "complaints_2020-06-30.csv").write_text(
        CASES.replace("Risk", "Flag").replace("Ethnic group", "Ethnicity")
    )
    code, said = shire.test()
    assert "'Ethnic group' is gone, likely renamed to 'Ethnicity'" in said


def test_demographics_are_tried_too_with_the_coverage_of_the_join(shire):
    (shire.drop / "people.csv").write_text("Client no,Sex\n77001,F\n99999,M\n")
    shire.source(more=PEOPLE.format(drop=shire.drop, person="Client no"))
    code, said = shire.test()
    assert code == 0, said
    assert "Reached the demographics of testshire" in said
    assert "people: 2 rows, 2 columns fed." in said
    assert "Of 2 cases with a person reference the demographics know 1 (50%)." in said
    shire.source(more=PEOPLE.format(drop=shire.drop, person="Nobody"))
    assert shire.test()[0] == 1


def test_map_prints_or_writes_and_never_writes_over(shire):
    code, said = shire.run("map", str(shire.drop))
    assert code == 0
    assert "case_ref: Ref" in said
    out = shire.root / "proposed" / "source.yml"
    assert shire.run("map", str(shire.drop), "--out", str(out))[0] == 0
    written = out.read_text()
    assert "received_date: Date received" in written
    code, said = shire.run("map", str(shire.drop), "--out", str(out))
    assert (code, "not written over" in said) == (2, True)
    assert out.read_text() == written


def test_map_of_a_file_that_cannot_be_read(shire):
    code, said = shire.run("map", str(shire.root / "none.csv"))
    assert (code, "nothing at" in said) == (2, True)
    (shire.root / "old.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    code, said = shire.run("map", str(shire.root / "old.xls"))
    assert (code, "old Excel file" in said) == (1, True)


@pytest.mark.parametrize("words", [["map"], ["source", "test"]])
def test_the_commands_explain_themselves_with_an_example(words):
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert f"redress {' '.join(words)}" in shown.stdout


def test_sentences_are_counted_and_never_shown_and_repeated_words_are(shire):
    source = SOURCE.format(drop=shire.drop, received="Date received") + (
        "      causes:\n"
        "        columns: {case_ref: Ref, cause: Risk, stage: {constant: '1'}, element: {constant: '1'}}\n"
    )
    (shire.folder / "source.yml").write_text(source)
    rows = "".join(f'C{n},01/04/2019,Complaint,Parked,Parent,WBRI,7,03/02/2010,E,"Rude; said £50"\n' for n in range(30))
    (shire.drop / "complaints_2020-06-30.csv").write_text(CASES.splitlines()[0] + "\n" + rows)
    code, said = shire.test()
    assert code == 0
    assert "cause: not understood in 30 rows: 1 different value not shown. A warning only, the rows load (R07)" in said
    assert "Rude" not in said
    assert "status: not understood in 30 rows: 'Parked' (30). HELD BACK" in said


def test_a_table_without_rows_and_files_left_alone_are_said(shire):
    (shire.drop / "complaints_2020-06-30.csv").write_text(CASES.splitlines()[0] + "\n")
    (shire.drop / "complaints_2020-06-30.csv.part").write_text("x")
    (shire.drop / "other.csv").write_text("x")
    _, said = shire.test()
    assert "It has no rows. A full extract without rows is refused once records are loaded (V02)." in said
    assert "Not taken: complaints_2020-06-30.csv.part: a program seems to be at work on it" in said
    assert "Not taken: other.csv: no feed has a file so named" in said


def test_a_new_council_gets_the_schema_its_editor_line_names(shire):
    assert CliRunner().invoke(app, ["new-council", "newshire"]).exit_code == 0
    assert (shire.root / "councils" / "source.schema.json").read_text().startswith("{")
