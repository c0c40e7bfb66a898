"""Builds the warehouse in a file nobody reads, and lets it take the good one's place when every test passed."""

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from redress.councils import Council
from redress.duck import connect
from redress.errors import RedressError
from redress.paths import Home
from redress.validation.acceptances import Covering, standing
from redress.validation.loads import Load
from redress.validation.missed import missed_nights
from redress.warehouse import dbt
from redress.warehouse.ingest import Ingested, can_continue, held_nights, ingest, landed_loads
from redress.warehouse.publish import Published, replace_publication, replace_return_figures

LOCK_WAIT_SECONDS = 600.0


@dataclass(frozen=True)
class BuildResult:
    """How a build ended. published: tonight's facts are in force, otherwise the earlier ones still are."""

    published: bool
    failed_tests: list[str]
    loads: dict[str, int]
    rows: dict[str, int]
    reporting: Path
    seconds: float
    changed_cases: int = 0
    invocation_id: str = field(default="")


@dataclass(frozen=True)
class Transformed:
    """How dbt ended: what failed, a sentence each, and how many cases were built again."""

    failed_tests: list[str]
    changed_cases: int
    invocation_id: str


def warehouse_file(home: Home) -> Path:
    """The last build whose tests all passed."""
    return home.build / "warehouse.duckdb"


def tonight_file(home: Home) -> Path:
    """The build being made."""
    return home.build / "tonight.duckdb"


def failed_file(home: Home) -> Path:
    """The last build, if its tests failed: kept to be looked into, and for its quality tables."""
    return home.build / "failed.duckdb"


def build_and_publish(
    home: Home,
    councils: Mapping[str, Council],
    as_of: date | None = None,
    full_refresh: bool = False,
    wait_seconds: float = LOCK_WAIT_SECONDS,
) -> BuildResult:
    """Brings new loads into the warehouse and publishes it.

    as_of leaves out loads dated later that are not yet in the build. full_refresh begins again from
    landing. Where a test fails, the earlier facts stay in force beside tonight's quality tables.
    Raises RedressError if another build does not end within wait_seconds, or dbt cannot begin.
    """
    began = time.monotonic()
    with build_lock(home, wait_seconds):
        ingested = _prepare(home, councils, as_of, full_refresh)
        transformed = _transform(home)
        published = _publish(home, transformed.failed_tests)
    return BuildResult(
        published=not transformed.failed_tests,
        failed_tests=transformed.failed_tests,
        loads=ingested.loads,
        rows=published.rows,
        reporting=published.reporting,
        seconds=time.monotonic() - began,
        changed_cases=transformed.changed_cases,
        invocation_id=transformed.invocation_id,
    )


def prepare(
    home: Home, councils: Mapping[str, Council], as_of: date | None = None, full_refresh: bool = False
) -> Ingested:
    """First step alone: a copy of the good build, with the loads it does not have yet."""
    with build_lock(home):
        return _prepare(home, councils, as_of, full_refresh)


def transform(home: Home) -> Transformed:
    """Second step alone: dbt's models and tests on that copy, which replaces the good build if all pass."""
    with build_lock(home):
        return _transform(home)


def publish(home: Home, failed_tests: list[str]) -> Published:
    """Third step alone: publishes the good build, and a failed one's quality tables."""
    with build_lock(home):
        return _publish(home, failed_tests)


def republish_return_figures(home: Home, wait_seconds: float = LOCK_WAIT_SECONDS) -> int:
    """Publishes the figures of the returns anew, after one was built or signed; returns how many.

    Raises RedressError if a build that runs does not end within wait_seconds.
    """
    with build_lock(home, wait_seconds):
        return replace_return_figures(home)


@contextmanager
def build_lock(home: Home, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """Holds the one right to build in this home; ends by itself with the process that holds it.

    Raises RedressError if another build still runs after wait_seconds.
    """
    from filelock import FileLock, Timeout

    home.build.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home.build / "build.lock", timeout=wait_seconds):
            yield
    except Timeout:
        raise RedressError(
            f"Another build is running in {home.build}; wait until it has ended and run this again."
        ) from None


def _prepare(home: Home, councils: Mapping[str, Council], as_of: date | None, full_refresh: bool) -> Ingested:
    good, tonight = warehouse_file(home), tonight_file(home)
    for leftover in (tonight, failed_file(home)):
        _remove(leftover)
    landed = landed_loads(home)
    if good.exists() and not full_refresh and _continues(good, landed):
        shutil.copyfile(good, tonight)
    new = [load for load in landed if as_of is None or load.extract_date <= as_of]
    missed = missed_nights(home, landed)
    with connect(tonight) as con:
        # A past night loaded late joins a build that may know later ones, which stay as they are.
        nights = [load.extract_date for load in new] + held_nights(con)
        night = max([*nights, as_of] if as_of else [*nights, *(one.extract_date for one in missed)], default=date.max)
        accepted = [
            row for council in sorted({load.council for load in new}) for row in _standing(home, council, night)
        ]
        return ingest(con, councils, new, accepted, [one for one in missed if one.extract_date <= night])


def _standing(home: Home, council: str, night: date) -> list[Covering]:
    """A council's acceptances; none where a file of them cannot be read, as its own load says and stops on."""
    try:
        return standing(home, council, night)
    except RedressError:
        return []


def _continues(good: Path, landed: list[Load]) -> bool:
    """Whether the good build can be gone on from; a damaged one cannot, and landing has all it held."""
    import duckdb

    try:
        with connect(good, read_only=True) as con:
            return can_continue(con, landed)
    except duckdb.Error:
        return False


def _transform(home: Home) -> Transformed:
    tonight = tonight_file(home)
    if not tonight.exists():
        raise RedressError(f"There is no build in hand ({tonight}); run the ingest step first.")
    project = dbt.Project(home, tonight)
    refresh = ["--full-refresh"] if _project_changed(tonight) else []
    quality = project.run("build", "--no-write-json", "--select", "tag:quality", *refresh)
    if quality.broken:
        raise RedressError(f"{quality.broken[0]} Nothing was published.")
    facts = project.run("build", "--exclude", "tag:quality", "resource_type:unit_test", *refresh)
    failures = [*quality.failures, *facts.failures]
    transformed = Transformed(failures, _changed_cases(tonight), facts.invocation_id)
    if failures:
        os.replace(tonight, failed_file(home))
    else:
        _accept(home, facts.invocation_id)
    return transformed


def _project_changed(tonight: Path) -> bool:
    with connect(tonight, read_only=True) as con:
        return con.execute("select project_hash from config.build_state").fetchone() != (dbt.project_hash(),)


def _changed_cases(tonight: Path) -> int:
    with connect(tonight, read_only=True) as con:
        known = con.execute("select count(*) from duckdb_tables() where table_name = 'int_changed_cases'").fetchone()
        counted = con.execute("select count(*) from intermediate.int_changed_cases") if known != (0,) else None
        row = counted.fetchone() if counted else None
    return int(row[0]) if row else 0


def _accept(home: Home, invocation_id: str) -> None:
    """Marks everything in tonight's build as built, and lets it take the good build's place."""
    tonight = tonight_file(home)
    with connect(tonight) as con:
        con.execute("update accepted.loads set is_built = true where not is_built")
        con.execute("update config.councils set is_built = true where not is_built")
        con.execute(
            "update config.build_state set project_hash = ?, invocation_id = ?",
            [dbt.project_hash(), invocation_id],
        )
    os.replace(tonight, warehouse_file(home))


def _publish(home: Home, failed_tests: list[str]) -> Published:
    good, failed = warehouse_file(home), failed_file(home)
    quality = failed if failed.exists() else good
    if not quality.exists():
        raise RedressError(f"There is no build to publish in {home.build}; run `redress nightly` first.")
    return replace_publication(home, good if good.exists() else None, quality, failed_tests)


def _remove(file: Path) -> None:
    """A database file and the log of changes a killed run may have left beside it."""
    for path in (file, file.with_name(file.name + ".wal")):
        path.unlink(missing_ok=True)
