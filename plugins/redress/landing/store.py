"""Lands a delivery: reads it once past the door into immutable folders with manifests, all of them or none."""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from redress.contract import load_contract
from redress.councils import Council
from redress.duck import connect
from redress.landing import fingerprints
from redress.landing.draft import Draft
from redress.landing.drift import Drift, drift_of
from redress.landing.earlier import Earlier
from redress.landing.manifests import Manifest, extract_folder, write_manifest
from redress.landing.reader import PartReader
from redress.paths import Home, safe_name
from redress.sources.base import Delivery, Opened, Source

if TYPE_CHECKING:
    import duckdb


def land(home: Home, council: Council, source: Source, delivery: Delivery, key: bytes) -> list[Manifest]:
    """Lands one delivery; a manifest for each entity, none for what has landed before just so.

    A full extract alike the one before lands as a manifest alone: its rows are kept once. key turns person references
    into pseudonyms. A file that cannot be read, or that lacks a required column, is kept whole under
    quarantine/<council>/rejected and landed as a manifest without rows, for each entity it feeds.

    Raises SourceUnavailable when the source fails while it is read; nothing of the delivery has landed then.
    """
    drafts: dict[str, Draft] = {}
    kept: list[Path] = []
    try:
        with source.open(delivery) as opened, connect() as con:
            reader = PartReader(home, council, delivery, opened, key, con, drafts)
            for part in opened.parts:
                reader.read(part)
            settling = _Settling(home, delivery, opened, con, kept)
            landed = [
                (draft, manifest)
                for name, draft in drafts.items()
                if (manifest := settling.settle(draft, reader.earlier[name]))
            ]
        for draft, manifest in landed:
            os.rename(draft.folder, extract_folder(home, council.name, manifest.entity, manifest.extract_id))
    except BaseException:
        for copy in kept:
            copy.unlink(missing_ok=True)
        raise
    finally:
        for draft in drafts.values():
            shutil.rmtree(draft.folder, ignore_errors=True)
    source.landed(delivery)
    return [manifest for _, manifest in landed]


@dataclass(frozen=True)
class _Settling:
    """Decides what each draft of a delivery becomes, and writes its manifest beside its rows."""

    home: Home
    delivery: Delivery
    opened: Opened
    con: "duckdb.DuckDBPyConnection"
    kept: list[Path]

    def settle(self, draft: Draft, earlier: Earlier) -> Manifest | None:
        """The manifest of a draft, written into its folder; None if it is no news."""
        draft.close()
        manifest = self._rejected(draft, earlier) if draft.rejected else self._read(draft, earlier)
        if manifest is None:
            return None
        if manifest.rows_of or manifest.rejected:
            draft.rows_file.unlink()
        write_manifest(draft.folder, manifest)
        return manifest

    def _read(self, draft: Draft, earlier: Earlier) -> Manifest | None:
        fingerprint = draft.fingerprint or fingerprints.of_rows(self.con, draft.rows_file, draft.source_columns)
        known = earlier.is_known(fingerprint) if draft.fingerprint else earlier.has_rows_known(fingerprint)
        if known or earlier.is_overtaken():
            return None
        if alike := earlier.alike(fingerprint):
            return self._again(draft, earlier, alike)
        return replace(
            self._manifest(draft, earlier, fingerprint),
            rows=draft.rows,
            columns_dropped=draft.columns_dropped,
            null_shares=draft.null_shares(self.con),
            source_columns=draft.source_columns,
            source_places=draft.source_places,
            fed_from=draft.fed_from,
            drift=self._drift(draft, earlier),
            watermark=draft.watermark,
            marks=draft.marks,
            rows_with_person=draft.rows_with_person,
            persons_found=draft.persons_found,
        )

    def _drift(self, draft: Draft, earlier: Earlier) -> tuple[Drift, ...] | None:
        last = earlier.last()
        if last is None or not last.source_columns or not draft.source_columns:
            return None
        return drift_of(last.source_columns, draft.source_columns, draft.columns_of_others)

    def _again(self, draft: Draft, earlier: Earlier, alike: Manifest) -> Manifest:
        now = self._manifest(draft, earlier, alike.sha256)
        return replace(
            alike,
            extract_id=now.extract_id,
            number=now.number,
            extract_date=now.extract_date,
            source_file=now.source_file,
            rows_of=alike.rows_of or alike.extract_id,
            drift=(),
        )

    def _rejected(self, draft: Draft, earlier: Earlier) -> Manifest | None:
        reason, file = draft.rejected or "", self.opened.file
        sha256 = draft.fingerprint or (fingerprints.of_file(file) if file else fingerprints.of_text(reason))
        told = (sha256, self.delivery.extract_date, reason)
        if any((m.sha256, m.extract_date, m.rejected) == told for m in earlier.landed):
            return None
        manifest = replace(self._manifest(draft, earlier, sha256), rejected=reason, missing_columns=draft.missing)
        if file:
            self._keep(file, manifest.extract_id)
        return manifest

    def _keep(self, file: Path, extract_id: str) -> None:
        """A rejected file is kept whole, readable by its owner only."""
        kept = self.home.quarantine / safe_name(self.delivery.council, "council") / "rejected"
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy = kept / f"{extract_id}{Path(self.delivery.name).suffix}"
        shutil.copyfile(file, copy)
        copy.chmod(0o600)
        self.kept.append(copy)

    def _manifest(self, draft: Draft, earlier: Earlier, sha256: str) -> Manifest:
        number = 1 + max((m.number for m in earlier.landed), default=0)
        return Manifest(
            extract_id=self._extract_id(draft.entity.name, sha256, number),
            number=number,
            council=self.delivery.council,
            entity=draft.entity.name,
            extract_kind=self.delivery.extract_kind,
            extract_date=self.delivery.extract_date,
            source_file=" + ".join(dict.fromkeys(draft.parts)) or self.delivery.name,
            sheet=" + ".join(draft.sheets) or None,
            parts=max(len(draft.parts), 1),
            sha256=sha256,
            contract_version=load_contract().version,
        )

    def _extract_id(self, entity: str, sha256: str, number: int) -> str:
        plain = f"{entity}_{self.delivery.extract_date}_{sha256[:12]}"
        taken = extract_folder(self.home, self.delivery.council, entity, plain).exists()
        return f"{plain}_{number}" if taken else plain
