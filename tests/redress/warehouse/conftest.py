"""A landing zone to write loads into, as the commit of a night leaves them, and a town that uses it."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from redress.contract import load_contract
from redress.councils import Council, load_councils
from redress.duck import connect, text
from redress.paths import Home
from redress.warehouse import BuildResult, build_and_publish, open_reporting, reporting_file
from redress.warehouse.ingest import accepted_columns
from redress.warehouse.tables import QUALITY

Row = dict[str, Any]

CASE = {"record_type": "complaint", "status": "open"}
STAGE = {"stage": 1}


class Landing:
    """A home whose landing holds the loads a test commits."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home")
        self.councils_folder = root / "councils"

    @property
    def councils(self) -> dict[str, Council]:
        return load_councils(self.councils_folder)

    def council(self, name: str, settings: str = "", codes: str = "") -> None:
        folder = self.councils_folder / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.yml").write_text("kind: files\npath: nowhere\n", encoding="utf-8")
        (folder / "settings.yml").write_text(settings, encoding="utf-8")
        (folder / "codes.yml").write_text(codes, encoding="utf-8")

    def load(
        self,
        council: str,
        night: str,
        *,
        deleted: Mapping[str, list[Row]] | None = None,
        quality: Mapping[str, list[Row]] | None = None,
        **entities: list[Row],
    ) -> Path:
        """Commits a load: new or changed rows by entity, rows deleted, rows of the quality logs."""
        folder = self.home.landing / council / "loads"
        number = len(list(folder.glob("*"))) + 1
        load = folder / f"{number:06d}_{night}"
        (load / "accepted").mkdir(parents=True)
        (load / "load.json").write_text(json.dumps({"extracts": [f"cases_{night}_{number}"]}), encoding="utf-8")
        for name in {*entities, *(deleted or {})}:
            rows = [
                *(self._row(name, row, "upsert") for row in entities.get(name, [])),
                *(self._row(name, row, "delete") for row in (deleted or {}).get(name, [])),
            ]
            common = {"council": council, "extract_date": night, "load_number": number}
            filled = [row | common | {"extract_id": f"{name}_{night}_{number}"} for row in rows]
            columns = accepted_columns(load_contract().entities[name])
            write_parquet(load / "accepted" / f"{name}.parquet", columns, filled)
        for name, rows in (quality or {}).items():
            common = {"council": council, "load_number": number}
            write_parquet(load / f"{name}.parquet", QUALITY[name], [common | row for row in rows])
        return load

    def build(self, **options: Any) -> BuildResult:
        return build_and_publish(self.home, self.councils, **options)

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the published warehouse, its tables by bare name."""
        with open_reporting(reporting_file(self.home)) as con:
            return con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The single value of a query on the published warehouse."""
        rows = self.read(sql)
        assert len(rows) == 1, rows
        return rows[0][0] if len(rows[0]) == 1 else rows[0]

    @staticmethod
    def _row(entity: str, row: Row, operation: str) -> Row:
        defaults = {"cases": CASE, "stages": STAGE}.get(entity, {}) if operation == "upsert" else {}
        filled = defaults | row
        key = load_contract().entities[entity].key
        record_key = "|".join("" if filled.get(name) is None else str(filled[name]) for name in key)
        return (
            {"record_key": record_key, "source_file": f"{entity}.csv", "source_row": 2}
            | filled
            | {"operation": operation}
        )


def write_parquet(file: Path, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    rows = list(rows)
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, unknown
    with connect() as con:
        con.execute(f"create table t ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        if rows:
            marks = ", ".join("?" * len(columns))
            con.executemany(f"insert into t values ({marks})", [[row.get(name) for name in columns] for row in rows])
        con.execute(f"copy t to {text(file)} (format parquet)")


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path)


@pytest.fixture(scope="module")
def new_landing(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Landing]:
    return lambda name: Landing(tmp_path_factory.mktemp(name))


ISSUE = {
    "rule": "E04",
    "severity": "warning",
    "entity": "cases",
    "record_key": "C1",
    "case_ref": "C1",
    "column_name": "advocate_supported",
    "occurrence": 1,
    "source_row": 2,
    "event": "seen",
    "event_date": "2024-06-28",
}


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildResult]:
    """A town with one case of one stage and one issue, built and published. Not to be changed."""
    landing = Landing(tmp_path_factory.mktemp("first_night"))
    landing.council("anytown")
    landing.load(
        "anytown",
        "2024-06-28",
        cases=[{"case_ref": "C1", "received_date": "2024-05-01"}],
        stages=[{"case_ref": "C1", "requested_date": "2024-05-01"}],
        quality={"events": [ISSUE]},
    )
    return landing.home.root.parent, landing.build()


@pytest.fixture
def anytown(first_night: tuple[Path, BuildResult], tmp_path: Path) -> Landing:
    """A copy of that town, to go on from."""
    shutil.copytree(first_night[0], tmp_path / "town", symlinks=True)
    return Landing(tmp_path / "town")
