"""Validates a file or a folder without loading it."""

import secrets
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from redress.contract import load_contract
from redress.councils import Council
from redress.duck import connect
from redress.errors import UsageError
from redress.landing.manifests import Manifest
from redress.landing.store import land
from redress.paths import Home
from redress.sources.definition import FilesDefinition
from redress.sources.files.source import FileSource
from redress.sources.opening import source_of
from redress.validation.load import decide_rows, load_runs
from redress.validation.loads import committed
from redress.validation.verdicts import LoadRun


@dataclass(frozen=True)
class Finding:
    """One failing row, or one failing extract (then key, row and case_ref are empty)."""

    rule: str
    severity: str
    entity: str
    record_key: str
    column: str | None
    source_file: str | None
    source_row: int | None


@dataclass(frozen=True)
class Verdict:
    """What a load of these files would say: a run for each entity delivered, and every finding."""

    runs: tuple[LoadRun, ...]
    findings: tuple[Finding, ...]

    def is_held_back(self, threshold: float) -> bool:
        """Whether the nightly job would end with exit code 3."""
        return any(run.is_held_back(threshold) for run in self.runs)


def check(path: Path, extract_date: date, council: Council | None = None, as_first_load: bool = False) -> Verdict:
    """Runs the rules over the files, beside what is loaded of the council, or as if nothing were.

    Without a council the contract alone decides: nothing is loaded and no code is declared.
    Raises UsageError if there is nothing to check at the path.
    """
    with tempfile.TemporaryDirectory(prefix="redress-check-") as folder:
        scratch = Home(Path(folder))
        checked = _council_for(path, council, scratch)
        extracts = _land(scratch, checked, path, extract_date)
        loads = [] if as_first_load else committed(Home.from_environment(), checked.name)
        with connect() as con:
            decide_rows(con, scratch, checked, extract_date, extracts, loads, allow_removal=False)
            runs = load_runs(con, checked.name, 0, extract_date, extracts, frozenset(), seconds=0.0)
            found = con.execute("""
                select rule, severity, entity, record_key, column_name, source_file, source_row
                from seen order by severity, rule, entity, source_row, column_name
            """).fetchall()
    delivered = tuple(run for run in runs if run.entity in extracts)
    return Verdict(delivered, tuple(Finding(*row) for row in found))


def _council_for(path: Path, council: Council | None, scratch: Home) -> Council:
    """The council, or one that declares nothing, with the path in the place of its source.

    Files in contract form are read as such; others as the feeds of its source.yml say.
    """
    if not path.exists():
        raise UsageError(f"There is nothing at {path}; give a file or a folder of them.")
    folder = path if path.is_dir() else path.parent
    checked = Council(council.folder if council else scratch.root / "unnamed_council")
    source = council.source if council else None
    definition = FilesDefinition(kind="files", path=str(folder), extract=source.extract if source else "full")
    if isinstance(source, FilesDefinition) and source.feeds:
        here = {"path": str(folder), "ready": "size", "settle_seconds": 0, "move_to": None}
        mapped = source.model_copy(update=here)
        if _names(path, mapped, checked.name) or not _names(path, definition, checked.name):
            definition = mapped
    checked.source = definition
    return checked


def _names(path: Path, definition: FilesDefinition, council: str) -> bool:
    """Whether the files at the path are named as a source.yml says."""
    named = FileSource(council, definition).deliveries(date.max)
    return bool(named) and (path.is_dir() or path.name in {delivery.name for delivery in named})


def _land(scratch: Home, council: Council, path: Path, extract_date: date) -> dict[str, Manifest]:
    source = source_of(council.name, council.source)
    deliveries = source.deliveries(extract_date)
    if not path.is_dir():
        deliveries = [source.delivery(str(path), extract_date)]
    if not deliveries:
        raise UsageError(
            f"No file in {path} is named after an entity; name them <entity>.csv or <entity>_YYYY-MM-DD.csv "
            f"(entities: {', '.join(load_contract().entities)})."
        )
    newest = {delivery.entities: delivery for delivery in deliveries}
    key = secrets.token_bytes(32)
    landed = [manifest for delivery in newest.values() for manifest in land(scratch, council, source, delivery, key)]
    return {manifest.entity: manifest for manifest in landed}
