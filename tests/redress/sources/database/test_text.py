"""Python's values of a column as text."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from redress.sources.database.text import HoldsBytes, text_array

NAIVE = datetime.fromisoformat("2018-04-01 01:02:03.000004")
LONDON_SUMMER = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([None, None], [None, None]),
        (["a", "", None], ["a", None, None]),
        ([1, -2, None], ["1", "-2", None]),
        ([2**70, 1], ["1180591620717411303424", "1"]),
        ([True, False, None], ["true", "false", None]),
        ([1.0, 0.1, 1e20], ["1", "0.1", "1e+20"]),
        ([Decimal("12.50"), Decimal("1E+3"), Decimal("0.00000001")], ["12.50", "1000", "0.00000001"]),
        ([date(2018, 4, 1), date(1, 1, 1)], ["2018-04-01", "0001-01-01"]),
        ([date(2018, 4, 1), NAIVE], ["2018-04-01", "2018-04-01 01:02:03.000004"]),
        (
            [NAIVE.replace(microsecond=0), NAIVE],
            ["2018-04-01 01:02:03", "2018-04-01 01:02:03.000004"],
        ),
        (
            [datetime(2018, 4, 1, tzinfo=LONDON_SUMMER), datetime(2018, 1, 1, tzinfo=UTC)],
            ["2018-04-01 00:00:00+01:00", "2018-01-01 00:00:00+00:00"],
        ),
        ([time(10, 30)], ["10:30:00"]),
        ([timedelta(hours=26, minutes=5)], ["26:05:00"]),
        ([UUID(int=1)], ["00000000-0000-0000-0000-000000000001"]),
        (["seven", 7, 0.5], ["seven", "7", "0.5"]),
    ],
)
def test_values(values: list[Any], expected: list[str | None]) -> None:
    assert text_array(values).to_pylist() == expected


@pytest.mark.parametrize("values", [[b"x"], [None, b"x"], ["a", b"x"], [1, bytearray(b"x")]])
def test_bytes_are_refused(values: list[Any]) -> None:
    with pytest.raises(HoldsBytes):
        text_array(values)
