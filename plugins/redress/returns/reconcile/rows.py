"""The printed figures of a file, one a row, with labels made comparable."""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from redress.errors import UsageError

COLUMNS = (
    *("council", "report", "section", "return_table", "period", "stage", "dimension", "member"),
    *("dimension2", "member2", "measure", "value", "unit", "basis", "note"),
)

INEXACT = ("approx:", "bound:", "words:")
"""How the note of a value begins that must not be used as exact."""

TOTALS = {"total", "totals", "all", "overall", "grand total"}
NOT_PARTS = {"none", "category", "timescale", "cost_type", "column"}
"""Dimensions whose members are not the parts of one whole."""

RATES = ("in_time_rate", "upheld_rate")


@dataclass(frozen=True)
class Row:
    """A printed figure. line counts from 1, the header being line 1."""

    line: int
    council: str
    report: str
    section: str
    return_table: str
    period: str
    stage: str
    dimension: str
    member: str
    dimension2: str
    member2: str
    measure: str
    value: Decimal
    unit: str
    basis: str
    note: str

    @property
    def is_exact(self) -> bool:
        """Whether the value is a number as printed, not one read out of words, a bound or an estimate."""
        return not self.note.startswith(INEXACT)

    @property
    def is_table(self) -> bool:
        """Whether it stands in a table; running text may print some members of many."""
        return not self.section.startswith("narrative")

    @property
    def is_rate(self) -> bool:
        """Whether it is a percentage of its own base rather than a share of a whole."""
        return self.basis in RATES

    @property
    def quantity(self) -> str:
        """What a column holds where the second dimension is not one of the cases but a column heading."""
        return comparable(self.member2) if self.dimension2 == "column" else ""

    @cached_property
    def first(self) -> str:
        """The member in comparable form; blank for the total and where the figure is not split."""
        name = comparable(self.member)
        return "" if name in TOTALS or name.startswith("total ") or self.dimension == "none" else name

    @property
    def member_key(self) -> str:
        """The member, but for stages, which have a column of their own."""
        return "" if self.dimension == "stage" else self.first

    @property
    def stage_key(self) -> str:
        """The stage, but for rows of a table split by stage."""
        return "" if "stage" in (self.dimension, self.dimension2) else self.stage

    @cached_property
    def second(self) -> str | None:
        """The second member in comparable form: blank for the total, None where the figure is not split by one."""
        if not self.dimension2 or self.dimension2 == "column":
            return None
        name = comparable(self.member2)
        return "" if name in TOTALS else name

    @property
    def decimals(self) -> int:
        """With how many decimals it was printed."""
        exponent = self.value.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def printed(self) -> str:
        """The value as people write it."""
        number = f"{self.value:,}"
        return f"{number}%" if self.unit in ("percent", "percentage_points") else number

    @property
    def name(self) -> str:
        """Which figure it is, for a finding."""
        parts = [self.member, self.member2, self.period]
        return f"{self.return_table}, " + ", ".join(part for part in parts if part)


def comparable(label: str) -> str:
    """A label without what differs between tables of one report: case, signs, "and" for "&", a closing "services"."""
    words = re.sub(r"[^a-z0-9+<%]+", " ", label.lower().replace("&", " and ")).split()
    while len(words) > 1 and words[-1] in ("service", "services"):
        words.pop()
    return " ".join(words)


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of printed figures.

    Raises UsageError for a file that cannot be read, lacks a column or holds a value that is not a number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
            if missing:
                raise UsageError(f"{path} has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}.")
            return [_row(path, line, record) for line, record in enumerate(reader, start=2)]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(f"{path} is not a CSV file in UTF-8; save it as one.") from None


def _row(path: Path, line: int, record: dict[str, str | None]) -> Row:
    values = {column: (record[column] or "").strip() for column in COLUMNS}
    text = values.pop("value")
    try:
        value = Decimal(text)
        if not value.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise UsageError(f"{path}, line {line}: {text!r} is not a number; write the value as printed.") from None
    return Row(line=line, value=value, **values)
