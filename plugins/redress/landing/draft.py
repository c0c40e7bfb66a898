"""One entity of a delivery on its way to landing: rows written past the door, or the reason it was rejected."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import Entity
from redress.landing.door import Door, raw_columns
from redress.landing.manifests import draft_folder
from redress.sources.base import Reading

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq


class Draft:
    """What is known of an entity's extract while it is read, part by part."""

    def __init__(self, entity: Entity, folder: Path, door: Door) -> None:
        self.entity = entity
        self.door = door
        self.folder = draft_folder(folder / "reading")
        self.fingerprint: str | None = None
        self.parts: list[str] = []
        self.sheets: list[str] = []
        self.labels: list[str] = []
        self.source_columns: dict[str, str | None] = {}
        self.source_places: dict[str, int | None] = {}
        self.columns_of_others: set[str] = set()
        self.fed_from: dict[str, tuple[str, ...]] = {}
        self.columns_dropped = 0
        self.rows = 0
        self.rows_with_person: int | None = None
        self.persons_found: int | None = None
        self.missing: tuple[str, ...] = ()
        self.rejected: str | None = None
        self._watermarks: dict[str, Callable[[], str | None]] = {}
        self._writer: pq.ParquetWriter | None = None

    @property
    def rows_file(self) -> Path:
        """Where its rows are written."""
        return self.folder / "rows.parquet"

    @property
    def watermark(self) -> str | None:
        """The newest change in what was read."""
        return max(self.marks.values(), default=None)

    @property
    def marks(self) -> dict[str, str]:
        """The newest change in what was read of each feed, by the fingerprint of how it was read."""
        return {read: value for read, one in self._watermarks.items() if (value := one()) is not None}

    def add_part(
        self,
        name: str,
        sheet: str | None,
        reading: Reading,
        fed_from: Mapping[str, tuple[str, ...]],
        mapping: str | None,
    ) -> None:
        """Notes where the rows that come next are from. mapping: how they are read, where the feed has a watermark."""
        self.parts.append(name)
        self.labels.append(f"{name}, sheet {sheet}" if sheet else name)
        if sheet is not None:
            self.sheets.append(sheet)
        self.source_columns |= reading.columns
        for column, place in reading.places.items():
            self.source_places[column] = place if self.source_places.get(column, place) == place else None
        self.fed_from |= fed_from
        if mapping:
            self._watermarks[mapping] = reading.watermark

    def write(self, rows: "pa.Table") -> None:
        """Takes a batch of contract-shaped text past the door and into the draft."""
        import pyarrow as pa

        typed = self.door.pass_through(rows)
        typed = typed.append_column("source_part", pa.array([self.labels[-1]] * typed.num_rows, pa.string()))
        self._open().write_table(typed.cast(self._open().schema))
        self.rows += typed.num_rows

    def reject(self, reason: str, missing: tuple[str, ...] = ()) -> None:
        """Gives the entity up for this delivery; the first reason counts."""
        self.rejected = self.rejected or reason
        self.missing = self.missing or missing

    def close(self) -> None:
        """Ends writing; a draft without rows has a file without rows."""
        self._open().close()

    def null_shares(self, con: "duckdb.DuckDBPyConnection") -> dict[str, float]:
        """The share of empty cells of each contract column; nothing of an extract without rows."""
        if not self.rows:
            return {}
        names = raw_columns(self.entity)
        shares = ", ".join(f"1.0 - count(raw_{name}) / count(*)" for name in names)
        (row,) = con.execute(f"select {shares} from read_parquet(?)", [str(self.rows_file)]).fetchall()
        return dict(zip(names, map(float, row), strict=True))

    def _open(self) -> "pq.ParquetWriter":
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            empty = pa.table({"source_row": pa.array([], pa.int64())})
            schema = self.door.pass_through(empty).schema.append(pa.field("source_part", pa.string()))
            self._writer = pq.ParquetWriter(self.rows_file, schema, compression="zstd")
        return self._writer
