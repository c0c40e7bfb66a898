"""One load of a council: prepare, run the rules, split, log, and commit by one rename."""

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from redress.contract import load_contract
from redress.councils import Council
from redress.duck import connect, text
from redress.landing.manifests import Manifest, new_folder
from redress.paths import Home
from redress.validation import issues, split
from redress.validation.acceptances import covering
from redress.validation.batch import apply_removals, prepare_batch
from redress.validation.kept_results import keep_results
from redress.validation.loads import Load, committed, loads_folder
from redress.validation.relevant import fill_relevant_hashes
from redress.validation.state import prepare
from redress.validation.verdicts import LoadRun, Warned, verdict

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_OF_A_ROW = "severity = 'warning' and row_id is not null"


@dataclass(frozen=True)
class LoadResult:
    """What one load did, an entry an entity that was delivered or had rows waiting."""

    council: str
    extract_date: date
    load_number: int
    runs: tuple[LoadRun, ...]


def run_load(
    home: Home,
    council: Council,
    extract_date: date,
    extracts: dict[str, Manifest],
    allow_removal: bool = False,
    delivered_again: frozenset[str] = frozenset(),
) -> LoadResult:
    """Decides on every row of the extracts and on every row that waits, and commits the decisions.

    Raises RedressError if the counts do not add up; then nothing is committed.
    """
    started = time.monotonic()
    loads = committed(home, council.name)
    number = loads[-1].number + 1 if loads else 1
    final = loads_folder(home, council.name) / f"{number:06d}_{extract_date}"
    with connect() as con:
        in_force = covering(home, council.name, extract_date)
        decide_rows(con, home, council, extract_date, extracts, loads, allow_removal, in_force)
        seconds = round(time.monotonic() - started, 3)
        runs = load_runs(con, council.name, number, extract_date, extracts, delivered_again, seconds)
        _write_quarantine(con, home.quarantine / council.name / final.name)
        with new_folder(final) as draft:
            _write_load(con, council.name, loads, extract_date, number, extracts, runs, draft)
        keep_results(con, home, council.name, number, extract_date)
    return LoadResult(council.name, extract_date, number, runs)


def decide_rows(
    con: "duckdb.DuckDBPyConnection",
    home: Home,
    council: Council,
    extract_date: date,
    extracts: dict[str, Manifest],
    loads: list[Load],
    allow_removal: bool,
    accepted: Sequence[tuple[object, ...]] = (),
) -> None:
    """Leaves in con: failures, rule_outcomes, copies, seen, and decided.<entity> and deleted.<entity>.

    accepted: the acceptances in force, rows of issues.ACCEPTANCES.
    """
    from redress.validation.engine import Context, run_batch_rules, run_row_rules

    prepare(con, home, council.name, extracts, loads, extract_date)
    prepare_batch(con, home, extracts, loads, allow_removal)
    context = Context(council, extract_date, {m.entity: m.rejected is None for m in extracts.values()})
    run_batch_rules(con, context)
    apply_removals(con, _entities_without(con, "V02", "V04"))
    run_row_rules(con, context)
    for entity in load_contract().entities.values():
        split.decide(con, entity)
    fill_relevant_hashes(con, context)
    issues.create_acceptances(con, "acceptances", accepted)
    issues.collect_seen(con)


def _entities_without(con: "duckdb.DuckDBPyConnection", *rules: str) -> list[str]:
    """Entities none of these batch rules failed for."""
    failed = {entity for rule in rules for entity in _failed_batches(con, rule)}
    return [entity for entity in load_contract().entities if entity not in failed]


def _failed_batches(con: "duckdb.DuckDBPyConnection", rule: str) -> list[str]:
    found = con.execute("select entity from failures where rule = ? and row_id is null", [rule]).fetchall()
    return [entity for (entity,) in found]


def load_runs(
    con: "duckdb.DuckDBPyConnection",
    council: str,
    number: int,
    extract_date: date,
    extracts: dict[str, Manifest],
    delivered_again: frozenset[str],
    seconds: float,
) -> tuple[LoadRun, ...]:
    """One run an entity of the contract. Raises RedressError if the counts do not add up."""
    runs = []
    for entity in load_contract().entities.values():
        manifest = extracts.get(entity.name)
        counts = split.count(con, entity)
        counts.check(council, entity.name)
        is_held = f"row_id in (select row_id from decided.{entity.name} where disposition = 'quarantined')"
        counted = f"{_OF_A_ROW} and not is_accepted and not {is_held}"
        warnings = _found(con, entity.name, "select distinct row_id from seen", counted)
        accepted = _found(con, entity.name, "select row_id from seen", f"{_OF_A_ROW} and is_accepted")
        word, sentence = verdict(
            entity.name,
            manifest,
            counts,
            Warned(rows=len(warnings), accepted=len(accepted)),
            _found(con, entity.name, "select distinct rule from failures", "row_id is null"),
            _found(con, entity.name, "select rule from rule_outcomes", "outcome = 'not_run' and not is_checked"),
            entity.name in delivered_again,
        )
        runs.append(
            LoadRun(
                council=council,
                entity=entity.name,
                extract_date=extract_date,
                load_number=number,
                extract_id=manifest.extract_id if manifest else None,
                extract_kind=manifest.extract_kind if manifest else None,
                source_file=manifest.source_file if manifest else None,
                rows_landed=counts.landed,
                rows_accepted=counts.accepted,
                rows_quarantined=counts.quarantined,
                rows_unchanged=counts.unchanged,
                rows_released=counts.released,
                rows_waiting=counts.still_waiting,
                rows_deleted=counts.deleted,
                rows_with_warnings=len(warnings),
                columns_dropped=manifest.columns_dropped if manifest else 0,
                rows_with_person=manifest.rows_with_person if manifest else None,
                persons_found=manifest.persons_found if manifest else None,
                verdict=word,
                verdict_text=sentence,
                seconds=seconds,
            )
        )
    return tuple(runs)


def _found(con: "duckdb.DuckDBPyConnection", entity: str, select: str, condition: str) -> list[Any]:
    """One column of what the rules found on an entity, sorted."""
    return [one for (one,) in con.execute(f"{select} where entity = ? and {condition} order by 1", [entity]).fetchall()]


def _write_quarantine(con: "duckdb.DuckDBPyConnection", folder: Path) -> None:
    """Before the commit: a folder without its load is written again by the next run."""
    shutil.rmtree(folder, ignore_errors=True)
    for entity in load_contract().entities.values():
        split.write_quarantine(con, entity, folder / f"{entity.name}.parquet")


def _write_load(
    con: "duckdb.DuckDBPyConnection",
    council: str,
    loads: list[Load],
    extract_date: date,
    number: int,
    extracts: dict[str, Manifest],
    runs: tuple[LoadRun, ...],
    folder: Path,
) -> None:
    for entity in load_contract().entities.values():
        file = folder / "accepted" / f"{entity.name}.parquet"
        split.write_accepted(con, entity, council, extract_date, number, file)
    issues.write_events(con, council, loads, extract_date, number, folder / "events.parquet")
    con.execute(f"""
        copy (
            select {text(council)} as council, outcomes.rule, outcomes.entity, outcomes.severity, batch.extract_id,
                date '{extract_date}' as extract_date, {number}::bigint as load_number, outcomes.outcome,
                outcomes.rows_checked, outcomes.rows_failed, outcomes.reason
            from rule_outcomes as outcomes left join incoming.batch as batch on batch.entity = outcomes.entity
            order by outcomes.rule, outcomes.entity
        ) to {text(folder / "rule_outcomes.parquet")} (format parquet)
    """)
    _write_runs(runs, folder / "load_runs.parquet")
    document = {
        "council": council,
        "number": number,
        "extract_date": extract_date.isoformat(),
        "extracts": sorted(manifest.extract_id for manifest in extracts.values()),
        "runs": [asdict(run) for run in runs],
    }
    (folder / "load.json").write_text(json.dumps(document, indent=2, default=str), encoding="utf-8")


def _write_runs(runs: tuple[LoadRun, ...], file: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([asdict(run) for run in runs], schema=_runs_schema()), file)


def _runs_schema() -> "pa.Schema":
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), date: pa.date32()}
    return pa.schema([(field.name, types.get(_plain(field.type), pa.string())) for field in fields(LoadRun)])


def _plain(annotation: object) -> type:
    """The type of a field, `int | None` being an int."""
    first: type = annotation if isinstance(annotation, type) else get_args(annotation)[0]
    return first
