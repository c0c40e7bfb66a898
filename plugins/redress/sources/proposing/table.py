"""A table as it was looked at: where its header is, and what each of its columns holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redress.sources.proposing.synonyms import (
    has_one_name,
    meanings,
    never_enters,
    plain,
    stands_for_blank,
    without_stage,
)

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_SEARCHED = 30


@dataclass(frozen=True)
class SampledColumn:
    """A header, and how often each value below it occurs, what stands for a blank aside."""

    header: str
    counts: Mapping[str, int] = field(repr=False)
    blanks: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def plain(self) -> str:
        return plain(self.header)

    @property
    def filled(self) -> int:
        """The number of rows that say something."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Table:
    """A file, or a sheet of a workbook: where its header is, and its columns in order.

    repeated: headers that occur more than once, of which no column can be read.
    totals: how a closing row of totals begins, if there is one.
    """

    file: str
    columns: dict[str, SampledColumn]
    rows: int
    header_row: int = 1
    sheet: str | None = None
    repeated: tuple[str, ...] = ()
    totals: str | None = None

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file


def column_of(header: str, counts: Mapping[str | None, int]) -> SampledColumn:
    """A column from its values with their counts (null: a blank cell)."""
    trimmed: Counter[str] = Counter()
    for value, count in counts.items():
        trimmed[(value or "").strip()] += count
    blanks = {value: count for value, count in trimmed.items() if stands_for_blank(value)}
    return SampledColumn(header, {value: count for value, count in trimmed.items() if value not in blanks}, blanks)


def sampled(rows: "pa.Table", names: Sequence[str]) -> tuple[dict[str, SampledColumn], int, str | None]:
    """The columns of these names, the number of rows, and how closing rows of totals begin, which are left out."""
    totals = None
    while rows.num_rows and (word := _totals_word([rows[name][-1].as_py() for name in names])):
        totals, rows = word, rows.slice(0, rows.num_rows - 1)
    columns = {}
    for name in names:
        if not may_be_looked_at(name):
            columns[name] = SampledColumn(name, {})
            continue
        counted = rows[name].combine_chunks().value_counts()
        counts = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
        columns[name] = column_of(name, counts)
    return columns, rows.num_rows, totals


def may_be_looked_at(header: str) -> bool:
    """Whether the values under a header are looked at: not those of names, addresses, contact details and free text."""
    return has_one_name(plain(header)) or not never_enters(plain(header))


def guess_header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The number, from 1, of the row that looks most like headers; None if no row does.

    The row with most known names; if fewer than two are known in any, the first one of the most filled.
    """
    scores = [(known_headers(row), -number) for number, row in enumerate(rows[:ROWS_SEARCHED], start=1)]
    known, place = max(scores, default=(0, 0))
    if known >= 2:
        return -place
    widths = [len({cell.strip() for cell in row if cell.strip()}) for row in rows[:ROWS_SEARCHED]]
    widest = max(widths, default=0)
    return widths.index(widest) + 1 if widest else None


def known_headers(row: Sequence[str]) -> int:
    """How many cells of a row are names of a column, as far as they are known."""
    return sum(_is_known(plain(cell)) for cell in row)


def _is_known(header: str) -> bool:
    stage, rest = without_stage(header)
    return bool(stage and not rest) or bool(rest and meanings(rest))


def _totals_word(row: Sequence[str | None]) -> str | None:
    first = next((cell.strip() for cell in row if cell and cell.strip()), "")
    words = plain(first).split()
    return first.split()[0] if words and words[0] in ("total", "totals") else None
