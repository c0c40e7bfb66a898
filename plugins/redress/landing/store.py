"""Lands a delivery: reads it once past the door into an immutable folder with a manifest."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redress
from redress.contract import Entity, load_contract
from redress.contract.model import BIRTH_DATE
from redress.councils import Council
from redress.duck import connect
from redress.errors import RejectedFile
from redress.landing.door import Door
from redress.paths import Home, safe_name
from redress.sources.base import Content, Delivery, Source

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Manifest:
    """What is known of one landed extract. No value of any record is in it.

    rows_of names the earlier extract with the same content, where the rows are kept once.
    """

    extract_id: str
    council: str
    entity: str
    extract_kind: str
    extract_date: date
    source_file: str
    sha256: str
    rows: int = 0
    columns_dropped: int = 0
    missing_columns: tuple[str, ...] = ()
    null_shares: dict[str, float] = field(default_factory=dict)
    rejected: str | None = None
    rows_of: str | None = None
    contract_version: int = 0
    code_version: str = redress.__version__

    @property
    def window(self) -> tuple[date | None, date]:
        """From when to when the extract speaks; a full one has no beginning."""
        return (None, self.extract_date)


def land(home: Home, council: Council, source: Source, delivery: Delivery, key: bytes) -> Manifest | None:
    """Lands one delivery; None if this very extract, or these very changes, have landed already.

    A full extract alike the one before lands as a manifest alone: its rows are kept once. key turns person
    references into pseudonyms.

    A file that cannot be read, or that lacks a required column, is kept whole under
    quarantine/<council>/rejected and landed as a manifest without rows.
    """
    landed = manifests(home, council.name, delivery.entity)
    try:
        content = source.open(delivery)
    except RejectedFile as problem:
        return _reject(home, delivery, _sha256(delivery.location), str(problem), landed)
    if _is_known(content.sha256, delivery, landed):
        return None
    alike = _full_extract_alike(content.sha256, delivery, landed)
    if alike and not _has_births_to_come(home, alike):
        return _land_again(home, delivery, alike)
    entity = load_contract().entities[delivery.entity]
    missing = tuple(name for name in entity.required if name not in content.header)
    if missing:
        reason = (
            f"{delivery.name} lacks {_columns(missing)} the contract requires: {', '.join(missing)}; "
            "add them to the export and deliver it again."
        )
        return _reject(home, delivery, content.sha256, reason, landed, missing)
    try:
        return _write(home, council, delivery, entity, content, key)
    except RejectedFile as problem:
        return _reject(home, delivery, content.sha256, str(problem), landed)


def manifests(home: Home, council: str, entity: str | None = None) -> list[Manifest]:
    """Every landed extract of a council (or of one entity of it), oldest first."""
    folder = home.landing / safe_name(council, "council")
    found = [_read_manifest(path) for path in folder.glob(f"{entity or '*'}/[!.]*/manifest.json")]
    return sorted(found, key=lambda manifest: (manifest.extract_date, manifest.entity, manifest.extract_id))


def rows_file(home: Home, manifest: Manifest) -> Path:
    """Where the rows of a landed extract lie."""
    return _folder(home, manifest.council, manifest.entity, manifest.rows_of or manifest.extract_id) / "rows.parquet"


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A folder that appears under its final name whole, or not at all."""
    draft = final.with_name(f".{final.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        os.rename(draft, final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _folder(home: Home, council: str, entity: str, extract_id: str) -> Path:
    return home.landing / safe_name(council, "council") / entity / extract_id


def _extract_id(delivery: Delivery, sha256: str) -> str:
    return f"{delivery.entity}_{delivery.extract_date}_{sha256[:12]}"


def _is_known(sha256: str, delivery: Delivery, landed: list[Manifest]) -> bool:
    """Whether it landed before as this very extract, or as changes of any night."""
    same = [m for m in landed if m.sha256 == sha256]
    return any(m.extract_date == delivery.extract_date for m in same) or (
        delivery.extract_kind == "changes" and any(not m.rejected for m in same)
    )


def _full_extract_alike(sha256: str, delivery: Delivery, landed: list[Manifest]) -> Manifest | None:
    """The full extract before this one, if it has the same content."""
    full = [m for m in landed if m.extract_kind == "full" and not m.rejected]
    before = [m for m in full if m.extract_date < delivery.extract_date]
    return before[-1] if delivery.extract_kind == "full" and before and before[-1].sha256 == sha256 else None


def _has_births_to_come(home: Home, manifest: Manifest) -> bool:
    """Whether a birth lay after the extract date: on a later one dob_check may say something else of the same row."""
    if BIRTH_DATE not in load_contract().entities[manifest.entity].columns:
        return False
    sql = "select 1 from read_parquet(?) where dob_check = 'after_extract' limit 1"
    with connect() as con:
        return con.execute(sql, [str(rows_file(home, manifest))]).fetchone() is not None


def _land_again(home: Home, delivery: Delivery, alike: Manifest) -> Manifest:
    manifest = replace(
        alike,
        extract_id=_extract_id(delivery, alike.sha256),
        extract_date=delivery.extract_date,
        source_file=delivery.name,
        rows_of=alike.rows_of or alike.extract_id,
    )
    with new_folder(_folder(home, delivery.council, delivery.entity, manifest.extract_id)) as draft:
        _write_manifest(draft, manifest)
    return manifest


def _write(home: Home, council: Council, delivery: Delivery, entity: Entity, content: Content, key: bytes) -> Manifest:
    extract_id = _extract_id(delivery, content.sha256)
    with new_folder(_folder(home, council.name, entity.name, extract_id)) as draft, connect() as con:
        door = Door(con, entity, council.codes, delivery.extract_date, key)
        rows = _write_rows(door, content, draft / "rows.parquet")
        manifest = Manifest(
            extract_id=extract_id,
            council=council.name,
            entity=entity.name,
            extract_kind=delivery.extract_kind,
            extract_date=delivery.extract_date,
            source_file=delivery.name,
            sha256=content.sha256,
            rows=rows,
            columns_dropped=sum(name not in entity.columns for name in content.header),
            null_shares=_null_shares(con, draft / "rows.parquet", entity) if rows else {},
            contract_version=load_contract().version,
        )
        _write_manifest(draft, manifest)
    return manifest


def _write_rows(door: Door, content: Content, path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    no_rows = pa.table({"source_row": pa.array([], pa.int64())})
    schema = door.pass_through(no_rows).schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows = 0
        for batch in content.batches:
            typed = door.pass_through(batch).cast(schema)
            writer.write_table(typed)
            rows += typed.num_rows
    return rows


def _null_shares(con: "duckdb.DuckDBPyConnection", path: Path, entity: Entity) -> dict[str, float]:
    from redress.landing.door import raw_columns

    names = raw_columns(entity)
    shares = ", ".join(f"1.0 - count(raw_{name}) / count(*)" for name in names)
    row = con.execute(f"select {shares} from read_parquet(?)", [str(path)]).fetchone()
    return dict(zip(names, (float(share) for share in row or ()), strict=True))


def _reject(
    home: Home,
    delivery: Delivery,
    sha256: str,
    reason: str,
    landed: list[Manifest],
    missing: tuple[str, ...] = (),
) -> Manifest | None:
    if any(m.sha256 == sha256 and m.extract_date == delivery.extract_date for m in landed):
        return None
    extract_id = _extract_id(delivery, sha256)
    kept = home.quarantine / safe_name(delivery.council, "council") / "rejected" / f"{extract_id}.csv"
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(delivery.location, kept)
    kept.chmod(0o600)
    manifest = Manifest(
        extract_id=extract_id,
        council=delivery.council,
        entity=delivery.entity,
        extract_kind=delivery.extract_kind,
        extract_date=delivery.extract_date,
        source_file=delivery.name,
        sha256=sha256,
        missing_columns=missing,
        rejected=reason,
        contract_version=load_contract().version,
    )
    with new_folder(_folder(home, delivery.council, delivery.entity, extract_id)) as draft:
        _write_manifest(draft, manifest)
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns(names: tuple[str, ...]) -> str:
    return "a column" if len(names) == 1 else "columns"


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    document: dict[str, Any] = asdict(manifest) | {"window": manifest.window}
    (folder / "manifest.json").write_text(json.dumps(document, indent=2, default=str), encoding="utf-8")


def _read_manifest(path: Path) -> Manifest:
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["window"]
    document["extract_date"] = date.fromisoformat(document["extract_date"])
    document["missing_columns"] = tuple(document["missing_columns"])
    return Manifest(**document)
