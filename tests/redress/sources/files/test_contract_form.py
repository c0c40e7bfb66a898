"""Files in contract form: what is taken, what is read, what is refused and how that is said."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from redress.errors import RedressError, RejectedFile
from redress.sources.definition import FilesDefinition
from redress.sources.files.contract_form import LONGEST_LINE
from redress.sources.files.source import FileSource

NIGHT = date(2024, 3, 5)
HEADER = b"case_ref,notes,received_date\n"


def contract_files(council: str, folder: Path) -> FileSource:
    return FileSource(council, FilesDefinition(kind="files", path=str(folder)))


@pytest.fixture
def source(tmp_path: Path) -> FileSource:
    return contract_files("barsetshire", tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(source: FileSource, content: bytes) -> list[dict[str, object]]:
    path = Path(source.definition.path) / "cases.csv"
    path.write_bytes(content)
    with source.open(source.delivery(str(path), NIGHT)) as opened:
        assert opened.file == path
        (part,) = opened.parts
        reading = part.read(None)
        return [row for batch in reading.batches for row in batch.to_pylist()]


def rejection(source: FileSource, content: bytes) -> str:
    with pytest.raises(RejectedFile) as refused:
        read(source, content)
    return str(refused.value)


def test_a_part_knows_its_name_its_entity_its_header_and_its_fingerprint(source: FileSource, folder: Path) -> None:
    content = HEADER + b"A1,x,2024-03-01\n"
    (folder / "cases.csv").write_bytes(content)
    with source.open(source.deliveries(NIGHT)[0]) as opened:
        (part,) = opened.parts
        reading = part.read(None)
        assert (part.name, part.sheet, list(part.feed.entities)) == ("cases.csv", None, ["cases"])
        assert dict(reading.columns) == {"case_ref": None, "notes": None, "received_date": None}
        assert reading.sha256 == hashlib.sha256(content).hexdigest()


def test_contract_columns_come_as_text_with_the_row_number_of_a_spreadsheet(source: FileSource) -> None:
    rows = read(source, HEADER + b"A1,left out,2024-03-01\nA2,,05/03/24\n")
    assert rows == [
        {"case_ref": "A1", "received_date": "2024-03-01", "source_row": 2},
        {"case_ref": "A2", "received_date": "05/03/24", "source_row": 3},
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + b"A1,,2024-03-01\n",
        HEADER.replace(b"\n", b"\r\n") + b"A1,,2024-03-01\r\n",
        HEADER + b"A1,,2024-03-01",
        HEADER + b'"A1","",2024-03-01\n',
        b"received_date, case_ref ,notes\n2024-03-01,A1,\n",
    ],
    ids=["byte order mark", "CRLF", "no last newline", "quoted", "another order, spaces in the header"],
)
def test_what_can_be_read_is_read_alike(source: FileSource, content: bytes) -> None:
    assert read(source, content) == [{"case_ref": "A1", "received_date": "2024-03-01", "source_row": 2}]


def test_quoted_newlines_belong_to_their_row_and_blank_rows_keep_the_numbers_right(source: FileSource) -> None:
    rows = read(source, HEADER + b'A1,"two\nlines",2024-03-01\n\n,,\nA2,,2024-03-02\n')
    assert [(row["case_ref"], row["source_row"]) for row in rows] == [("A1", 2), ("A2", 5)]


def test_empty_is_null_quoted_or_not(source: FileSource) -> None:
    assert read(source, HEADER + b'A1,x,""\n') == [{"case_ref": "A1", "received_date": None, "source_row": 2}]


@pytest.mark.parametrize("content", [b"", HEADER, HEADER.strip(), b"notes\nx\n"])
def test_a_file_without_records_has_no_rows(source: FileSource, content: bytes) -> None:
    assert read(source, content) == []


def test_wrong_encoding_is_rejected_with_row_and_byte(source: FileSource) -> None:
    content = HEADER + b"A1,,2024-03-01\nA2,caf\xe9,2024-03-01\n"
    assert f"row 3, byte {content.index(0xE9) + 1}" in rejection(source, content)


def test_a_file_cut_off_inside_a_character_is_rejected(source: FileSource) -> None:
    assert "ends in the middle of a character" in rejection(source, HEADER + b"A1,caf\xc3")


def test_a_row_with_too_many_fields_is_rejected_with_its_row_and_without_its_values(source: FileSource) -> None:
    sentence = rejection(source, HEADER + b"A1,,2024-03-01\nA2,Testperson,2024-03-01,one too many\n")
    assert "row 3 has 4 fields where the header has 3" in sentence
    assert "Testperson" not in sentence


def test_a_row_with_too_few_fields_is_rejected(source: FileSource) -> None:
    assert "row 2 has 1 fields where the header has 3" in rejection(source, HEADER + b"A1\n")


def test_a_quote_never_closed_does_not_swallow_the_rest(source: FileSource) -> None:
    assert "never closed" in rejection(source, HEADER + b'A1,"open,2024-03-01\nA2,,2024-03-02\n')


def test_a_line_too_long_for_any_record_is_rejected_before_it_is_parsed(source: FileSource) -> None:
    assert "row 2" in rejection(source, HEADER + b"A" * (LONGEST_LINE + 1))


def test_zero_bytes_are_rejected(source: FileSource) -> None:
    assert "zero byte" in rejection(source, HEADER + b"A1\x00,,2024-03-01\n")


def test_a_column_named_twice_is_rejected(source: FileSource) -> None:
    assert "case_ref" in rejection(source, b"case_ref,case_ref\nA1,A2\n")


def test_rows_beyond_one_batch_keep_their_numbers(source: FileSource) -> None:
    line = b"A%07d," + b"x" * 200 + b",2024-03-01\n"
    rows = read(source, HEADER + b"".join(line % number for number in range(60_000)))
    assert len(rows) == 60_000
    assert rows[-1] == {"case_ref": "A0059999", "received_date": "2024-03-01", "source_row": 60_001}


def test_deliveries_are_files_named_after_entities_up_to_the_night(source: FileSource, folder: Path) -> None:
    for name in (
        "cases.csv",
        "stages_2024-03-04.csv",
        "stages_2024-03-06.csv",
        "cases_2024-02-30.csv",
        "cases.csv.part",
        "people.csv",
    ):
        (folder / name).touch()
    found = [(d.name, d.extract_date) for d in source.deliveries(NIGHT)]
    assert found == [("stages_2024-03-04.csv", date(2024, 3, 4)), ("cases.csv", NIGHT)]


def test_a_file_outside_the_drop_folder_is_not_taken(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    inner = contract_files("barsetshire", drop)
    drop.mkdir()
    (tmp_path / "cases.csv").touch()
    (drop / "stages.csv").symlink_to(tmp_path / "cases.csv")
    assert inner.deliveries(NIGHT) == []
    for outside in (drop / ".." / "cases.csv", drop / "stages.csv", tmp_path / "cases.csv"):
        with pytest.raises(RedressError, match="is not a delivery"):
            inner.delivery(str(outside), NIGHT)


def test_a_delivery_is_found_again_by_its_location(source: FileSource, folder: Path) -> None:
    (folder / "stages_2024-03-04.csv").touch()
    (found,) = source.deliveries(NIGHT)
    assert found.location == str(folder / "stages_2024-03-04.csv")
    assert source.delivery(found.location, NIGHT) == found


def test_a_missing_drop_folder_says_where_to_correct_it(tmp_path: Path) -> None:
    with pytest.raises(RedressError, match=r"source\.yml"):
        contract_files("barsetshire", tmp_path / "nowhere").deliveries(NIGHT)
