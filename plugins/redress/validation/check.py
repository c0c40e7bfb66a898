"""Validates files without loading them: what a load would say, and of which rows."""

import os
import secrets
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from redress.councils import Council
from redress.duck import connect
from redress.errors import UsageError
from redress.landing.letters import file_and_sheet, source_column
from redress.landing.manifests import Manifest
from redress.landing.pseudonym import VARIABLE, pseudonym_key
from redress.landing.store import land
from redress.paths import Home
from redress.sources.base import Delivery
from redress.sources.definition import FilesDefinition
from redress.sources.files.names import expected, naming
from redress.sources.files.source import FileSource
from redress.sources.opening import source_of
from redress.validation.acceptances import covering
from redress.validation.beside import Beside
from redress.validation.load import decide_rows, load_runs
from redress.validation.loads import committed
from redress.validation.outcomes import Outcome
from redress.validation.verdicts import LoadRun

if TYPE_CHECKING:
    import duckdb

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Finding:
    """One failing row, or one failing extract (then record_key is empty, and case_ref and source_row are None).

    column: of the contract; source_column and letter: what the source calls it and where a spreadsheet shows it.
    """

    rule: str
    severity: str
    entity: str
    record_key: str
    case_ref: str | None
    column: str | None
    source_column: str | None
    letter: str | None
    source_file: str | None
    sheet: str | None
    source_row: int | None
    is_accepted: bool


@dataclass(frozen=True)
class Verdict:
    """What a load of these files would say of the entities delivered: runs, every finding in the files, all outcomes.

    As in a load the outcomes also count rows of these entities that wait from earlier nights. waiting_failed: how many
    of those failed, by rule and entity.
    """

    runs: tuple[LoadRun, ...]
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    waiting_failed: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def is_held_back(self, threshold: float) -> bool:
        """Whether the nightly job would end with exit code 3."""
        return any(run.is_held_back(threshold) for run in self.runs)

    def of(self, entities: Collection[str]) -> "Verdict":
        """What it says of these entities."""
        return Verdict(
            tuple(run for run in self.runs if run.entity in entities),
            tuple(finding for finding in self.findings if finding.entity in entities),
            tuple(outcome for outcome in self.outcomes if outcome.entity in entities),
            {(rule, entity): rows for (rule, entity), rows in self.waiting_failed.items() if entity in entities},
        )


def check(
    files: Path | Sequence[Path], extract_date: date, council: Council | None = None, as_first_load: bool = False
) -> Verdict:
    """Runs the rules over a folder, a file, or several files of one folder, as the load of that night would.

    They are compared with what is loaded of the council and what waits in quarantine; with as_first_load, or without a
    council, with nothing. Without a council the contract alone decides: no code is declared.
    Raises UsageError if there is nothing to check at the path.
    """
    paths = [files] if isinstance(files, Path) else list(files)
    home = Home.from_environment()
    with tempfile.TemporaryDirectory(prefix="redress-check-") as folder:
        scratch = Home(Path(folder))
        checked, definition = council_for(paths, council)
        loads = [] if as_first_load else committed(home, checked.name)
        beside = Beside(scratch, home, checked.name, loads)
        deliveries = _deliveries(checked.name, definition, paths, extract_date)
        extracts = _land(scratch, beside, checked, deliveries)
        beside.show()
        accepted = covering(home, checked.name, extract_date) if council and not as_first_load else ()
        with connect() as con:
            decide_rows(con, scratch, checked, extract_date, extracts, loads, allow_removal=False, accepted=accepted)
            runs = load_runs(con, checked.name, 0, extract_date, extracts, frozenset(), seconds=0.0)
            verdict = Verdict(
                runs, tuple(_findings(con, extracts)), tuple(_outcomes(con)), _waiting_failed(con, extracts)
            )
            return verdict.of(extracts)


def _findings(con: "duckdb.DuckDBPyConnection", extracts: dict[str, Manifest]) -> Iterator[Finding]:
    """What the rules found in the files; rows of earlier files that wait are those files' matter."""
    found = con.execute(
        """
        select rule, severity, entity, record_key, case_ref, column_name, source_file, source_row, is_accepted
        from seen where list_contains($extracts, extract_id)
        order by severity, rule, entity, source_file, source_row, column_name
        """,
        {"extracts": [manifest.extract_id for manifest in extracts.values()]},
    ).fetchall()
    for rule, severity, entity, record_key, case_ref, column, place, row, is_accepted in found:
        manifest = extracts[entity]
        file, sheet = file_and_sheet(place or manifest.place)
        fed_from = source_column(manifest, column)
        yield Finding(
            rule=rule,
            severity=severity,
            entity=entity,
            record_key=record_key,
            case_ref=case_ref,
            column=column,
            source_column=fed_from.all_names if fed_from else None,
            letter=fed_from.all_letters if fed_from else None,
            source_file=file,
            sheet=sheet,
            source_row=row,
            is_accepted=is_accepted,
        )


def _outcomes(con: "duckdb.DuckDBPyConnection") -> Iterator[Outcome]:
    columns = "rule, entity, severity, outcome, rows_checked, rows_failed, reason, is_checked"
    for row in con.execute(f"select {columns} from rule_outcomes order by rule, entity").fetchall():
        yield Outcome(*row)


def _waiting_failed(con: "duckdb.DuckDBPyConnection", entities: Collection[str]) -> dict[tuple[str, str], int]:
    failed: dict[tuple[str, str], int] = {}
    for entity in entities:
        found = con.execute(f"""
            select rule, count(distinct row_id) from failures
            where entity = '{entity}' and row_id in (select row_id from incoming.{entity} where is_waiting)
            group by rule
        """).fetchall()
        failed |= {(rule, entity): rows for rule, rows in found}
    return failed


def council_for(paths: Sequence[Path], council: Council | None) -> tuple[Council, FilesDefinition]:
    """The council with the folder of these paths in the place of its source; without one, one that declares nothing.

    Files in contract form are read as such; others as the feeds of its source.yml say.
    Raises UsageError where there is no file or folder.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is nothing at {path}; give a file or a folder of them.")
    folder = paths[0] if paths[0].is_dir() else paths[0].parent
    checked = Council(council.folder if council else folder / "no_council")
    source = council.source if council else None
    definition = FilesDefinition(kind="files", path=str(folder), extract=source.extract if source else "full")
    if isinstance(source, FilesDefinition) and source.feeds:
        here = {"path": str(folder), "connection": None, "ready": "size", "settle_seconds": 0, "move_to": None}
        mapped = source.model_copy(update=here)
        if _names(paths, mapped, checked.name) or not _names(paths, definition, checked.name):
            definition = mapped
    checked.source = definition
    return checked, definition


def _names(paths: Sequence[Path], definition: FilesDefinition, council: str) -> bool:
    """Whether the files at the paths are named as a source.yml says."""
    if paths[0].is_dir():
        return bool(FileSource(council, definition).deliveries(date.max))
    return all(naming(definition)(path.name) for path in paths)


def _land(scratch: Home, beside: Beside, council: Council, deliveries: list[Delivery]) -> dict[str, Manifest]:
    """Lands the newest delivery of each kind, oldest first, with what landed on the days before in sight."""
    source = source_of(council.name, council.source)
    key = pseudonym_key() if os.environ.get(VARIABLE) else secrets.token_bytes(32)
    newest = {delivery.entities: delivery for delivery in deliveries}
    landed: list[Manifest] = []
    for delivery in sorted(newest.values(), key=lambda one: one.extract_date):
        beside.show(until=delivery.extract_date)
        found = land(scratch, council, source, delivery, key)
        if not found:  # the same changes have landed before: read them as if they had not
            beside.hide()
            found = land(scratch, council, source, delivery, key)
        landed += found
    return {manifest.entity: manifest for manifest in landed}


def _deliveries(council: str, definition: FilesDefinition, paths: Sequence[Path], extract_date: date) -> list[Delivery]:
    source = FileSource(council, definition)
    if paths[0].is_dir():
        if found := source.deliveries(extract_date):
            return found
        raise UsageError(
            f"No file in {paths[0]} is one to check up to {extract_date}; name them {expected(definition)}."
        )
    for path in paths:
        known = naming(definition)(path.name)
        if not known:
            raise _unknown(path, definition)
        if known.dated and known.dated > extract_date:
            raise UsageError(f"{path.name} is dated after {extract_date}; say for which day, --date {known.dated}.")
    return [source.delivery(str(path), extract_date) for path in paths]


def _unknown(path: Path, definition: FilesDefinition) -> UsageError:
    """What to do about a file whose name says nothing. A workbook is not renamed: it needs a source.yml to be read."""
    is_workbook = path.suffix.lower() in _WORKBOOKS
    if is_workbook and not any(Path(feed.file).suffix.lower() in _WORKBOOKS for feed in definition.feeds.values()):
        return UsageError(
            f"{path.name} is a workbook; give --council with a council whose source.yml reads workbooks, or save the "
            f"sheet as CSV UTF-8, named {expected(definition)}."
        )
    return UsageError(f"What {path.name} holds cannot be told by its name; rename it to {expected(definition)}.")


def entities_of(definition: FilesDefinition, path: Path) -> tuple[str, ...]:
    """What a file feeds, by its name; nothing if it is named otherwise, or is a folder. definition: of council_for."""
    known = naming(definition)(path.name) if path.is_file() else None
    return known.entities if known else ()
