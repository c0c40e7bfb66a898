"""CSV files as councils send them: encodings, delimiters, headers, totals; and what is refused."""

import logging
from pathlib import Path

import pytest

from redress.errors import RejectedFile
from redress.sources.files.encoding import LONGEST_LINE
from tests.redress.sources.files.tables import NIGHT, feed, read_bytes, refs, rows_of, source_of

TEXT = "Complaint No.,Date received,Status,Name\r\nA1,01/03/2024,Café – open,Testperson\r\n007,02/03/2024,,\r\n"
ROWS = [
    {"Complaint No.": "A1", "Date received": "01/03/2024", "Status": "Café – open", "Name": None, "source_row": 2},
    {"Complaint No.": "007", "Date received": "02/03/2024", "Status": None, "Name": None, "source_row": 3},
]


def rejection(folder: Path, content: bytes, **settings: object) -> str:
    with pytest.raises(RejectedFile) as refused:
        read_bytes(folder, content, **settings)
    return str(refused.value)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_told_apart(tmp_path: Path, codec: str) -> None:
    assert read_bytes(tmp_path, TEXT.encode(codec)) == ROWS


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
def test_utf_16_that_is_said_to_be_so_needs_no_mark(tmp_path: Path, codec: str, mark: str) -> None:
    assert read_bytes(tmp_path, (mark + TEXT).encode(codec), encoding="utf-16") == ROWS


def test_an_encoding_that_is_given_is_not_guessed(tmp_path: Path) -> None:
    rows = read_bytes(tmp_path, TEXT.encode(), encoding="cp1252")
    assert rows[0]["Status"] == "CafÃ© â€“ open"
    assert "row 2, byte 59" in rejection(tmp_path, TEXT.encode("cp1252"), encoding="utf-8")


def test_a_byte_of_no_encoding_is_rejected_with_row_and_byte(tmp_path: Path) -> None:
    content = TEXT.encode("cp1252") + b"A3,\x81,,\r\n"
    assert f"row 4, byte {content.index(0x81) + 1}" in rejection(tmp_path, content)


def test_a_file_cut_off_inside_a_character_is_rejected(tmp_path: Path) -> None:
    assert "cut off" in rejection(tmp_path, TEXT.encode("utf-16")[:-1])
    assert "cut off" in rejection(tmp_path, (TEXT + "A3,é").encode()[:-1])


def test_binary_is_not_text(tmp_path: Path) -> None:
    assert "row 2" in rejection(tmp_path, b"Complaint No.,Status\nA1,\x00\n")


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_the_delimiter_shows_in_the_header(tmp_path: Path, delimiter: str) -> None:
    assert read_bytes(tmp_path, TEXT.replace(",", delimiter).encode()) == ROWS


def test_a_delimiter_inside_other_headings_does_not_mislead(tmp_path: Path) -> None:
    content = b"Complaint No.;Received;Status;a,b,c,d,e,f\nA1;01/03/2024;open;1,2,3,4,5,6\n"
    assert refs(read_bytes(tmp_path, content)) == [("A1", 2)]


def test_a_delimiter_that_is_given_is_kept_to(tmp_path: Path) -> None:
    assert "none of the first" in rejection(tmp_path, TEXT.encode(), delimiter=";")


def test_the_header_is_found_below_a_title_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    content = b"Complaints report\n\nPrinted,01/03/2024\n complaint  NO. ,RECEIVED,status\nA1,x,y\n\n,,\nA2,x,y\n"
    rows = read_bytes(tmp_path, content)
    assert [(row["complaint NO."], row["source_row"]) for row in rows] == [("A1", 5), ("A2", 8)]


def test_a_header_is_taken_from_the_row_that_is_given(tmp_path: Path) -> None:
    content = b"Complaint No.,Received,Status\nComplaint No.,Other,Status\nA1,x,y\n"
    assert list(read_bytes(tmp_path, content, header_row=2)[0]) == ["Complaint No.", "Other", "Status", "source_row"]
    assert "row 3" in rejection(tmp_path, b"Complaint No.\nA1\n\nA2\n", header_row=3)


def test_half_of_the_names_make_a_header_and_fewer_do_not(tmp_path: Path) -> None:
    names = {"case_ref": "Ref", "status": "State", "record_type": "Kind", "received_date": "Day"}
    assert len(read_bytes(tmp_path, b"Ref,State,x,y\nA1,,,\n", columns=names)) == 1
    assert "none of the first 30 rows" in rejection(tmp_path, b"Ref,w,x,y\nA1,Testperson,,\n", columns=names)


def test_a_file_without_its_header_is_rejected_without_its_values(tmp_path: Path) -> None:
    sentence = rejection(tmp_path, b"A1,01/03/2024,open,Testperson\n")
    assert "complaints.csv" in sentence
    assert "Testperson" not in sentence


def test_all_headings_are_reported_and_only_wanted_columns_are_read(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_text(TEXT)
    source = source_of(tmp_path, {"cases": feed()})
    with source.open(source.deliveries(NIGHT)[0]) as opened:
        reading = opened.parts[0].read(None)
        assert list(reading.columns) == ["Complaint No.", "Date received", "Status", "Name"]
        (batch,) = reading.batches
        assert batch.column_names == [*reading.columns, "source_row"]
        assert batch["Name"].null_count == batch.num_rows


def test_columns_of_expressions_conditions_and_the_contract_are_wanted(tmp_path: Path) -> None:
    second = {"columns": {"stage": {"constant": "2"}}, "when": "Stage 2?"}
    third = {"columns": {"stage": {"constant": "3"}}, "when": {"expression": "not blank(Panel)"}}
    stages = {"rows": [second, third]}
    status = {"expression": 'column["End state"] if blank(Open) else Begun'}
    (tmp_path / "complaints.csv").write_text("Case_Ref,Open,Begun,End state,Stage 2?,Panel,Name\nA1,1,2,3,4,5,6\n")
    entities = {"cases": {"columns": {"status": status}}, "stages": stages}
    (row,) = rows_of(source_of(tmp_path, {"cases": {"file": "complaints.csv", "header_row": 1, "entities": entities}}))
    assert list(row.values()) == ["A1", "1", "2", "3", "4", "5", None, 2]


def test_a_wanted_column_named_twice_is_rejected_and_another_is_not(tmp_path: Path) -> None:
    assert "Status" in rejection(tmp_path, b"Complaint No.,Status,Status\nA1,x,y\n")
    assert refs(read_bytes(tmp_path, b"Complaint No.,Status,Note,Note\nA1,x,y,z\n")) == [("A1", 2)]


def test_quoted_line_ends_belong_to_their_row(tmp_path: Path) -> None:
    rows = read_bytes(tmp_path, b'Complaint No.,Status\nA1,"two\r\nlines, ""one"" quoted"\nA2,x\n')
    assert rows[0]["Status"] == 'two\r\nlines, "one" quoted'
    assert refs(rows) == [("A1", 2), ("A2", 3)]


def test_rows_of_another_width_are_rejected_with_their_number(tmp_path: Path) -> None:
    header = b"Complaint No.,Status\n"
    assert "row 3 has 3 fields where the header has 2" in rejection(tmp_path, header + b"A1,x\nA2,x,Testperson\n")
    assert "row 2 has 1 fields" in rejection(tmp_path, header + b"A1\n")


def test_empty_fields_at_the_end_do_not_matter(tmp_path: Path) -> None:
    assert refs(read_bytes(tmp_path, b"Complaint No.,Status,,\nA1,x\nA2,x,,,,\n")) == [("A1", 2), ("A2", 3)]


@pytest.mark.parametrize("record", [b'A1,"open\nA2,x\n', b'A1,"x" y\n', b"A1," + b"x" * 200_000 + b"\n"])
def test_what_is_no_csv_is_rejected_with_its_row(tmp_path: Path, record: bytes) -> None:
    assert "row 3" in rejection(tmp_path, b"Complaint No.,Status\nA0,x\n" + record)


def test_a_line_too_long_for_any_record_is_rejected_before_it_is_parsed(tmp_path: Path) -> None:
    assert "longer than" in rejection(tmp_path, b"Complaint No.,Status\n" + b"x" * (LONGEST_LINE + 1))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_rejected(tmp_path: Path, content: bytes) -> None:
    assert "complaints.csv" in rejection(tmp_path, content)


def test_a_header_alone_is_an_extract_without_rows(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, b"Complaint No.,Status") == []


def test_totals_at_the_end_are_left_out_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    content = b"Complaint No.,Status\nTotal 1,x\nA1,x\n,Total\ngrand total: 2,\nTOTAL,2,,\nTotals\n\n,\n"
    rows = read_bytes(tmp_path, content, totals_row="total")
    assert refs(rows) == [("Total 1", 2), ("A1", 3), (None, 4), ("grand total: 2", 5)]
    assert "row 6, 7" in caplog.text


def test_without_the_setting_a_totals_row_is_a_row(tmp_path: Path) -> None:
    assert refs(read_bytes(tmp_path, b"Complaint No.,Status\nA1,x\nTotal,1\n")) == [("A1", 2), ("Total", 3)]


def test_batches_keep_all_rows_in_order(tmp_path: Path) -> None:
    lines = "".join(f"A{number:06},open\n" for number in range(45_000))
    rows = read_bytes(tmp_path, b"Complaint No.,Status\n" + lines.encode())
    assert refs(rows) == [(f"A{number:06}", number + 2) for number in range(45_000)]
