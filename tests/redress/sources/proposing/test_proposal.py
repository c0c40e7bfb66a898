"""A proposed source.yml loads as it is, and brings every row of a clean sample to the contract."""

import re
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import yaml

from redress.contract import load_contract
from redress.councils import Codes, Council
from redress.duck import connect
from redress.errors import RedressError, UsageError
from redress.sources.opening import open_source
from redress.sources.proposing.proposal import propose

NIGHT = date(2020, 6, 30)
RECEIVED = date(2019, 4, 1)


class Mapped:
    """What the source of a proposed source.yml hands over, through the mapping: rows as dictionaries, by entity."""

    def __init__(self, folder: Path, text: str, codes: str = "") -> None:
        council = folder / "testshire"
        council.mkdir()
        sample = re.search(r"^# (/.*)$", text, re.MULTILINE)
        assert sample
        here = text.replace("${REDRESS_HOME}/drop/NAME", sample[1])
        (council / "source.yml").write_text(here, encoding="utf-8")
        (council / "codes.yml").write_text(codes, encoding="utf-8")
        self.text = text
        self.folder = folder
        self.rows: dict[str, list[dict[str, str | None]]] = {}
        self.missing: dict[str, tuple[str, ...]] = {}
        self._read(Council(council))

    def _read(self, council: Council) -> None:
        from redress.contract.mapping.mapper import Mapper

        source = open_source(council)
        with connect() as con:
            for delivery in source.deliveries(NIGHT):
                with source.open(delivery) as opened:
                    for part in opened.parts:
                        reading = part.read(None)
                        columns = tuple(reading.columns)
                        mapper = Mapper(part.feed, council.codes, council.source.dates, columns)
                        self.missing |= {name: names for name, names in mapper.missing.items() if names}
                        for batch in reading.batches:
                            for name, table in mapper.map(con, batch).items():
                                self.rows.setdefault(name, []).extend(table.to_pylist())

    def breaks(self) -> list[tuple[str, str, str | None]]:
        """Required cells that are empty, and cells that the contract's types and closed lists do not take."""
        found = []
        for name, rows in self.rows.items():
            for row in rows:
                for column in load_contract().entities[name].columns.values():
                    cell = row.get(column.name)
                    if (cell is None and column.required) or (cell and not _fits(column, cell)):
                        found.append((name, column.name, cell))
        return found


def _fits(column, cell):
    if column.values:
        return all(item in column.values for item in (cell.split(";") if column.type == "list" else [cell]))
    if column.type == "date":
        return bool(date.fromisoformat(cell))
    return cell in ("true", "false") if column.type == "boolean" else True


@pytest.fixture
def mapped(tmp_path):
    """mapped(files): what the proposed source.yml of these files (text by name) makes of them."""

    def make(files, codes="", encoding="utf-8"):
        folder = tmp_path / "sample"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_bytes(text.encode(encoding))
        read = Codes.model_validate(yaml.safe_load(codes) or {})
        return Mapped(tmp_path, propose(folder, read), codes)

    return make


LOCAL = "Complaints export;;;;;;;;\n;;;;;;;;\n" + "\n".join(
    [
        "Ref no.;Child's name;Date received;Type;How received;Date closed;State;Advocate?;Ethnic origin",
        "0012;Jane Example;01/04/2019;Statutory;Phone;15/04/2019;Closed;Y;White - British",
        "0013;John Example;02/04/2019;Compliment;E-mail;02/04/2019;Closed;N;WBRI",
        "0014;Jo Example;30/05/2019;Statutory;Letter;;In progress;N/A;WBRI",
        "Total: 3;;;;;;;;",
    ]
)


def test_local_headers_words_and_dates_below_a_title(mapped):
    found = mapped({"complaints_2020-06-30.csv": LOCAL}, encoding="cp1252")
    assert found.breaks() == []
    cases = found.rows["cases"]
    assert [case["case_ref"] for case in cases] == ["0012", "0013", "0014"]
    assert [case["received_date"] for case in cases] == ["2019-04-01", "2019-04-02", "2019-05-30"]
    assert [case["record_type"] for case in cases] == ["complaint", "compliment", "complaint"]
    assert [case["contact_method"] for case in cases] == ["telephone", "email", "letter"]
    assert [case["status"] for case in cases] == ["concluded", "concluded", "open"]
    assert [case["advocate_supported"] for case in cases] == ["true", "false", None]
    assert 'file: "complaints_{date}.csv"' in found.text
    assert "dates: [day_first]" in found.text
    assert 'totals_row: "Total:"' in found.text


def test_what_is_nobodys_business_is_named_and_never_its_values(mapped):
    found = mapped({"complaints.csv": LOCAL})
    assert "Never read (names, addresses, contact details, free text): Child's name" in found.text
    for value in ("Example", "0012", "Jane"):
        assert value not in found.text


def test_a_column_of_names_is_not_taken_for_a_kind_of_complainant(mapped):
    text = "Ref,Received,Complainant\nA1,2019-04-01,Mrs Jane Example\nA2,2019-04-02,Mr John Example\n"
    found = mapped({"complaints.csv": text})
    assert "complainant_type" not in found.text
    assert "Jane" not in found.text
    assert "Never read (the values look like free text): Complainant" in found.text


def wide_row(number, kind="Statutory complaint", stages=2):
    received = RECEIVED + timedelta(days=number)
    answered = received + timedelta(days=9)
    later = [answered + timedelta(days=days) for days in (5, 30)] if stages > 1 else [None, None]
    outcomes = ["Part upheld", "Not upheld" if stages > 1 else None]
    if not stages:
        return [f"W{number}", kind, received, received, None, None, None, None, None, "Delay"]
    return [f"W{number}", kind, received, later[1] or answered, answered, outcomes[0], *later, outcomes[1], "Delay"]


WIDE = [
    "Case ref",
    "Type",
    "Received",
    "Closed",
    "Stage 1 response",
    "Stage 1 outcome",
    "Stage 2 requested",
    "Stage 2 response date",
    "Stage 2 outcome",
    "Nature of complaint",
]


def workbook(file: Path, sheets) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)


def test_a_wide_workbook_gives_cases_stages_and_causes(tmp_path):
    sample = tmp_path / "Complaints 2020-06-30.xlsx"
    rows = [wide_row(1), wide_row(2, stages=1), wide_row(3, "Compliment", stages=0)]
    payments = [["Payment ref", "Case ref", "Type", "Amount", "Agreed"], ["P1", "W1", "Redress", 120.5, RECEIVED]]
    workbook(sample, {"Log": [["Children's complaints"], [], WIDE, *rows], "Payments": payments})
    codes = "causes: {DELAY: {label: Delay}}\n"
    found = Mapped(tmp_path, propose(sample, Codes.model_validate(yaml.safe_load(codes))), codes)
    assert found.breaks() == []
    assert found.missing == {}
    assert [case["case_ref"] for case in found.rows["cases"]] == ["W1", "W2", "W3"]
    stages = [(row["case_ref"], row["stage"], row["requested_date"], row["outcome"]) for row in found.rows["stages"]]
    assert stages == [
        ("W1", "1", "2019-04-02", "partially_upheld"),
        ("W1", "2", "2019-04-16", "not_upheld"),
        ("W2", "1", "2019-04-03", "partially_upheld"),
    ]
    causes = [(row["case_ref"], row["stage"], row["cause"]) for row in found.rows["causes"]]
    assert causes == [("W1", "1", "DELAY"), ("W2", "1", "DELAY"), ("W3", "0", "DELAY")]
    assert found.rows["payments"][0]["payment_type"] == "redress"
    assert [case["status"] for case in found.rows["cases"]] == ["concluded"] * 3


def test_merged_headings_stand_before_the_headings_below_them(tmp_path):
    sample = tmp_path / "log.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["", "", "Stage 1", "", "Stage 2", ""])
    sheet.append(["Ref", "Received", "Response", "Outcome", "Response", "Outcome"])
    sheet.append(["M1", RECEIVED, RECEIVED, "Upheld", RECEIVED, "Not upheld"])
    sheet.merge_cells("C1:D1")
    sheet.merge_cells("E1:F1")
    book.save(sample)
    text = propose(sample, Codes())
    assert "responded_date: Stage 1 Response" in text
    assert "outcome: Stage 2 Outcome" in text


def test_a_row_a_stage_with_the_stage_in_words(mapped):
    text = "Complaint no|Stage|Date requested|Reply sent|Result\nS1|Stage 1|1 Apr 2019|9 Apr 2019|Partly\n"
    found = mapped({"stages.csv": text})
    assert found.breaks() == []
    assert found.rows["stages"][0] | {"source_row": 0} == {
        "case_ref": "S1",
        "stage": "1",
        "requested_date": "2019-04-01",
        "responded_date": "2019-04-09",
        "outcome": "partially_upheld",
        "source_row": 0,
    }


def test_several_files_are_feeds_of_their_own(mapped):
    cases = "Ref,Received,Type,State\nA1,2019-04-01,Complaint,Open\n"
    teams = "Team code,Team name,From\nT1,Duty,2015-04-01\n"
    found = mapped({"complaints.csv": cases, "teams.csv": teams})
    assert found.breaks() == []
    assert found.rows["services"][0]["service_code"] == "T1"
    assert found.rows["services"][0]["service_name"] == "Duty"
    assert list(yaml.safe_load(found.text)["feeds"]) == ["complaints", "teams"]


def test_files_of_two_nights_are_one_feed(mapped):
    text = "Ref,Received,Type,State\nA1,2019-04-01,Complaint,Open\n"
    found = mapped({"log_2020-05-31.csv": text.replace("A1", "A0"), "log_2020-06-30.csv": text})
    assert [feed["file"] for feed in yaml.safe_load(found.text)["feeds"].values()] == ["log_{date}.csv"]
    assert [case["case_ref"] for case in found.rows["cases"]] == ["A0", "A1"]


def test_files_in_contract_form_need_no_feeds(mapped):
    text = "case_ref,record_type,received_date,status\nA1,complaint,2019-04-01,open\n"
    found = mapped({"cases_2020-06-30.csv": text})
    assert "feeds" not in yaml.safe_load(found.text)
    assert found.rows["cases"][0]["case_ref"] == "A1"


def test_values_that_only_the_council_can_tell_are_listed_with_counts(mapped):
    rows = [f"A{n},2019-04-01,Complaint,Open,{cause}" for n, cause in enumerate(["Dely"] * 4 + ["Parking"] * 3)]
    found = mapped(
        {"complaints.csv": "Ref,Received,Type,State,Category\n" + "\n".join(rows)},
        codes="causes: {DELAY: {label: Delay}}",
    )
    assert "# not understood: Dely (4 rows; like DELAY)" in found.text
    assert "# not understood: Parking (3 rows)" in found.text
    assert [row["cause"] for row in found.rows["causes"]] == ["Dely"] * 4 + ["Parking"] * 3


def test_free_text_under_a_header_of_codes_is_not_quoted(mapped):
    rows = [f"A{n},2019-04-01,Complaint,Open,My neighbour number {n} told me" for n in range(9)]
    found = mapped({"complaints.csv": "Ref,Received,Type,State,Nature of complaint\n" + "\n".join(rows)})
    assert "neighbour" not in found.text
    assert "Never read (the values look like free text): Nature of complaint" in found.text
    assert "cause:" not in found.text


def test_a_required_column_that_is_not_there_is_asked_for(mapped):
    found = mapped({"complaints.csv": "Ref,Type,State\nA1,Complaint,Open\nA2,Complaint,Open\n"})
    assert "NEEDED: nothing was found that feeds received_date" in found.text
    assert found.missing == {"cases": ("received_date",)}


def test_dates_with_the_month_first_are_pointed_out(mapped):
    found = mapped({"complaints.csv": "Ref,Received,Type,State\nA1,04/27/2019,Complaint,Open\n"})
    assert "# 1 dates seem to be written month first" in found.text


def test_headers_that_occur_twice_are_not_read(mapped):
    text = "Ref,Received,Type,State,Note 1,Note 1\nA1,2019-04-01,Complaint,Open,x,y\n"
    found = mapped({"complaints.csv": text})
    assert "Named more than once, so not read: Note 1" in found.text
    assert found.breaks() == []


@pytest.mark.parametrize("content", [b"", b"\n\n", b"just some words\n"])
def test_a_file_without_a_table_is_refused_with_a_sentence(tmp_path, content):
    file = tmp_path / "notes.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"No table"):
        propose(file, Codes())
    with pytest.raises(UsageError, match="nothing at"):
        propose(tmp_path / "not there.csv", Codes())


def test_two_cells_far_apart_are_refused_and_do_not_fill_the_memory(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "Ref", "the end"
    workbook.save(tmp_path / "export.xlsx")
    with pytest.raises(RedressError, match=r"export\.xlsx"):
        propose(tmp_path / "export.xlsx", Codes())


def test_a_sentence_that_comes_back_is_not_taken_for_a_code(mapped):
    rows = [f'A{n},2019-04-01,Complaint,Open,"Rude; said £50"' for n in range(9)]
    found = mapped({"complaints.csv": "Ref,Received,Type,State,Issue\n" + "\n".join(rows)})
    assert "Rude" not in found.text
    assert "cause" not in found.rows.get("causes", [{}])[0]


def test_a_type_of_complaint_is_the_kind_of_record_and_else_asked_for(mapped):
    head = "Comp Ref,Date Rec'd,Complaint Type,Current status,Child's Liquidlogic ID\n"
    found = mapped({"log.csv": head + "A1,2019-04-01,Statutory,Open,L1\nA2,2019-04-01,Compliment,Open,L2\n"})
    assert [case["record_type"] for case in found.rows["cases"]] == ["complaint", "compliment"]
    assert [case["person_ref"] for case in found.rows["cases"]] == ["L1", "L2"]
    text = propose(_sample(Path(found.folder), head + "A1,2019-04-01,Blue moon,Open,L1\n"), Codes())
    assert "NEEDED: nothing was found that feeds record_type" in text
    assert "constant: complaint" not in text


def _sample(folder: Path, text: str) -> Path:
    file = folder / "other.csv"
    file.write_text(text)
    return file
