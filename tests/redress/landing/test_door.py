"""The door: typed once, personal data transformed, nothing lost in silence."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redress.contract import load_contract
from redress.councils import Code, Codes
from redress.duck import connect
from redress.landing.door import Door
from redress.landing.pseudonym import hmac_pads, hmac_sql

KEY = b"not a secret, only for tests"
NIGHT = date(2024, 3, 5)


@pytest.fixture(scope="module")
def con() -> Iterator[Any]:
    with connect() as connection:
        yield connection


def through_door(con: Any, entity: str, codes: Codes | None = None, **cells: str | None) -> dict[str, Any]:
    batch = pa.table({name: [cell] for name, cell in cells.items()} | {"source_row": [2]})
    door = Door(con, load_contract().entities[entity], codes or Codes(), NIGHT, KEY)
    row: dict[str, Any] = door.pass_through(batch).to_pylist()[0]
    return row


@pytest.mark.parametrize(
    ("column", "text", "typed"),
    [
        ("received_date", "2024-02-29", date(2024, 2, 29)),
        ("received_date", "2023-02-29", None),
        ("received_date", "31/02/2024", None),
        ("received_date", "05/06/24", None),
        ("received_date", "1900-01-00", None),
        ("received_date", "20224-01-01", None),
        ("received_date", "2024-3-5", None),
        ("received_date", "2024-03-05T00:00:00", None),
        ("joint_nhs", "true", True),
        ("joint_nhs", "FALSE", False),
        ("joint_nhs", "yes", None),
        ("updated_at", "2024-01-01T00:30:00+01:00", datetime.fromisoformat("2023-12-31T23:30")),
        ("updated_at", "2024-01-01T00:30Z", datetime.fromisoformat("2024-01-01T00:30")),
        ("updated_at", "2024-01-01T00:30", None),
        ("disabilities", "AUT; HAND ;", "AUT;HAND"),
        ("status", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)
def test_types_are_parsed_once_and_the_text_stays_beside(con: Any, column: str, text: str, typed: object) -> None:
    row = through_door(con, "cases", **{column: text})
    assert row[column] == typed
    assert row[f"raw_{column}"] == text


@pytest.mark.parametrize(
    ("text", "typed"),
    [("12.50", Decimal("12.50")), ("-3", Decimal("-3.00")), ("1,250.00", None), ("£5", None), ("1e3", None)],
)
def test_amounts(con: Any, text: str, typed: object) -> None:
    assert through_door(con, "payments", amount=text)["amount"] == typed


@pytest.mark.parametrize(("text", "typed"), [("2", 2), ("02", 2), ("2.0", None), ("two", None)])
def test_whole_numbers(con: Any, text: str, typed: object) -> None:
    assert through_door(con, "stages", stage=text)["stage"] == typed


def test_cells_of_spaces_are_empty(con: Any) -> None:
    row = through_door(con, "cases", case_ref="A1", gender="  ")
    assert row["gender"] is None
    assert row["raw_gender"] is None


def test_a_key_is_its_columns_with_null_as_empty(con: Any) -> None:
    assert through_door(con, "stages", case_ref="A1", stage="02")["record_key"] == "A1|2"
    assert through_door(con, "stages", case_ref="A1", stage="x")["record_key"] == "A1|x"
    assert through_door(con, "freezes", case_ref="A1", stage=None)["record_key"] == "A1||"


def test_a_person_reference_becomes_a_keyed_hash_and_a_birth_date_an_age_band(con: Any) -> None:
    row = through_door(con, "cases", person_ref="P-Testperson", date_of_birth="2014-03-06", received_date="2024-03-05")
    assert row["person_ref"] == hmac.new(KEY, b"P-Testperson", hashlib.sha256).hexdigest()
    assert (row["age_band"], row["dob_check"]) == ("5-9", "ok")
    assert "P-Testperson" not in str(row.values())
    assert date(2014, 3, 6) not in row.values()
    assert "2014-03-06" not in row.values()


@pytest.mark.parametrize(
    ("born", "gender", "check", "band"),
    [
        ("2014-03-05", "female", "ok", "10-15"),
        ("2006-03-06", "male", "ok", "16-17"),
        ("2006-03-05", "male", "ok", "18"),
        (None, "male", "missing", None),
        ("2014-13-05", "male", "unparsable", None),
        ("1914-03-05", "male", "too_old", None),
        ("2024-03-04", "male", "after_receipt", None),
        ("2024-03-06", "male", "after_extract", None),
        ("2024-06-06", "unborn", "ok", "unborn"),
    ],
)
def test_age_at_receipt(con: Any, born: str | None, gender: str, check: str, band: str | None) -> None:
    received = "2024-03-03" if check == "after_receipt" else "2024-03-05"
    row = through_door(con, "cases", date_of_birth=born, gender=gender, received_date=received)
    assert (row["dob_check"], row["age_band"]) == (check, band)


def test_a_source_without_birth_dates_gives_its_own_band(con: Any) -> None:
    assert through_door(con, "cases", age_band="10-15", received_date="2024-03-05")["age_band"] == "10-15"


def test_a_council_may_declare_its_own_bands(con: Any) -> None:
    codes = Codes(age_bands={"under_18": Code(), "18": Code(), "19+": Code()})
    row = through_door(con, "cases", codes, date_of_birth="2006-03-06", received_date="2024-03-05")
    assert row["age_band"] == "under_18"


def test_any_difference_in_a_row_changes_its_hash_and_an_absent_column_does_not(con: Any) -> None:
    plain = through_door(con, "cases", case_ref="A1", gender="female")
    assert through_door(con, "cases", case_ref="A1", gender="female", joint_nhs=None)["row_hash"] == plain["row_hash"]
    for other in ({"gender": "male"}, {"gender": "female", "person_ref": "P1"}, {"gender": None, "status": "female"}):
        assert through_door(con, "cases", case_ref="A1", **other)["row_hash"] != plain["row_hash"]


@given(key=st.binary(min_size=1, max_size=150), text=st.text(max_size=50).filter(lambda t: "\x00" not in t))
def test_the_hash_is_hmac_sha256_for_any_key_and_text(con: Any, key: bytes, text: str) -> None:
    found = con.execute(
        f"select {hmac_sql('cast($reference as varchar)')}", {**hmac_pads(key), "reference": text}
    ).fetchone()
    assert found == (hmac.new(key, text.encode(), hashlib.sha256).hexdigest(),)
