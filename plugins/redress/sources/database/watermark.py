"""What changed since the last extract, and a little more: the condition on a feed's watermark column."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Date, DateTime, Numeric, String, bindparam
from sqlalchemy.sql.elements import ColumnElement

from redress.contract.mapping.definition import Watermark
from redress.errors import RedressError
from redress.sources.database.columns import Column, Kind
from redress.sources.database.dialects import Dialect

_ISO_TEXT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:(?P<between>[T ])(?P<time>\d{2}:\d{2}(?::\d{2}(?P<fraction>\.\d{1,6})?)?)"
    r"(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)?)?"
)


@dataclass(frozen=True)
class Since:
    """A feed's watermark column and how far before the last extract's newest value the next one begins.

    part: what the feed reads, as source.yml names it.
    """

    part: str
    watermark: Watermark
    column: Column

    @property
    def overlap(self) -> timedelta:
        number, unit = self.watermark.overlap.split()
        return timedelta(**{f"{unit.removesuffix('s')}s": int(number)})

    def condition(self, value: ColumnElement[Any], newest: str, dialect: Dialect) -> ColumnElement[bool]:
        """The rows to read: those changed since, those changed in the overlap before, and those that do not say when.

        newest: the newest value the last extract saw. Raises RedressError when it, or the column, is not one that an
        overlap can be taken from.
        """
        return (value >= self._beginning(newest, self._kind(newest), dialect)) | value.is_(None)

    def capped(self, newest: str | None, extract_date: date) -> str | None:
        """The newest value, but none after the extract date: a change dated ahead would hide those that follow."""
        moment = _moment(newest) if newest and self._kind(newest) in ("text", "date", "timestamp", "moment") else None
        end = datetime.combine(extract_date + timedelta(days=1), datetime.min.time())
        if not newest or moment is None or moment.astimezone(UTC).replace(tzinfo=None) <= end:
            return newest
        return _like(newest, end)

    def _kind(self, newest: str) -> Kind:
        if self.column.kind in ("unknown", "padded"):
            return "number" if re.fullmatch(r"-?\d+(\.\d+)?", newest) else "text"
        return self.column.kind

    def _beginning(self, newest: str, kind: Kind, dialect: Dialect) -> ColumnElement[Any]:
        if kind in ("number", "text") and not (kind == "text" and _ISO_TEXT.fullmatch(newest)):
            if self.overlap:
                raise self._no_time()
            return self._bound(newest, String()) if kind == "text" else self._bound(_number(newest), Numeric())
        moment = _moment(newest)
        if moment is None or kind not in ("text", "date", "timestamp", "moment"):
            raise self._no_time()
        moment -= self.overlap
        if kind == "text":
            return self._bound(_like(newest, moment), String())
        if kind == "date":
            return self._bound(moment.date(), Date())
        if kind == "timestamp":
            return self._bound(moment.astimezone(UTC).replace(tzinfo=None), DateTime())
        in_utc = moment.astimezone(UTC)
        own = dialect.moment(in_utc.isoformat(timespec="microseconds"))
        return self._bound(in_utc, DateTime(timezone=True)) if own is None else own

    def _bound(self, value: Any, type_: Any) -> ColumnElement[Any]:
        return bindparam("since", value, type_)

    def _no_time(self) -> RedressError:
        return RedressError(
            f"{self.part}: the watermark column {self.watermark.column} holds no time to take {self.watermark.overlap} "
            "from; name a column that does, or say overlap: 0 days if no record is ever committed late."
        )


def _moment(text: str) -> datetime | None:
    """A time with its offset; without one it is taken as UTC's, which changes no difference."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise RedressError("The watermark of the last extract is not a number, as its column now is.") from None


def _like(pattern: str, moment: datetime) -> str:
    """A time in the very form of another text, so that the database's comparison of texts is one of times."""
    parts = _ISO_TEXT.fullmatch(pattern)
    if parts is None or not parts["time"]:
        return moment.date().isoformat()
    time = moment.strftime("%H:%M:%S.%f")
    digits = len(parts["time"])
    return f"{moment.date().isoformat()}{parts['between']}{time[:digits]}{parts['offset'] or ''}"
