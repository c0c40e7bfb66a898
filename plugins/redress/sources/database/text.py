"""Values of a database column as Arrow text: ISO dates, plain decimals, true and false; null for null and empty."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


class HoldsBytes(Exception):
    """A column holds bytes, which are no text. Its text is the column's name, once that is known."""


def text_array(values: Sequence[Any]) -> "pa.Array":
    """A column's values as text. Raises HoldsBytes."""
    try:
        found = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.array([text_of(value) for value in values], pa.string())
    if pa.types.is_string(found.type):
        return _without_empty(found)
    if pa.types.is_binary(found.type):
        raise HoldsBytes
    if found.type in _SAME_IN_ARROW:
        return found.cast(pa.string())
    return pa.array([text_of(value) for value in values], pa.string())


_SAME_IN_ARROW = frozenset({pa.null(), pa.int64(), pa.bool_()})


def text_of(value: Any) -> str | None:
    """One value as text. Raises HoldsBytes."""
    match value:
        case None | "":
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case timedelta():
            return _hours(value)
        case bytes() | bytearray() | memoryview():
            raise HoldsBytes
        case _:
            return str(value)


def _without_empty(array: "pa.Array") -> "pa.Array":
    empty = pc.equal(array, "")
    return pc.if_else(empty, None, array) if pc.any(empty).as_py() else array


def _hours(value: timedelta) -> str:
    minutes, seconds = divmod(int(abs(value).total_seconds()), 60)
    return f"{'-' if value < timedelta(0) else ''}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
