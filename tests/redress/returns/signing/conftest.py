"""A published town with a small return, to be built, signed and built again after its records change."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from redress.paths import Home
from redress.returns.building.building import build
from redress.returns.figures import BuiltReturn, BuiltTable
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import parse_period
from redress.returns.signing.builds import record_build
from redress.returns.signing.cases import Cases, cases_behind
from redress.returns.signing.folders import ReturnFolder, return_folder
from redress.returns.signing.sign_off import SignedOff, sign_off
from redress.returns.tracing.tracer import Tracer
from tests.redress.warehouse.conftest import Landing

YEAR = parse_period("2023/24")
SIGNED_AT = datetime(2024, 7, 3, 9, 30, tzinfo=UTC)

DEFINITION = """\
title: "Complaints in {council}, {period}"
period: year
sections:
  - heading: Outcomes
    tables:
      - table: stage1_outcomes
        metric: stage1_with_outcome_of_received
        rows:
          by: outcome
          items:
            - {label: Upheld, code: upheld}
            - {label: Not upheld, code: not_upheld}
          total: Total
        values: [{label: Number}, {label: Share, show: share}]
      - table: equalities_gender
        metric: stage1_received
        rows:
          by: gender
          items: [{label: Girls, code: female}, {label: Boys, code: male}]
          total: Total
      - table: ombudsman
        metric: ombudsman_received
      - table: growth
        metric: stage1_received
        values: [{label: Change, show: change_count, against: previous}]
"""

# A complaint of the year before, which went on to stage 2.
EARLIER = {"case_ref": "C5", "source_row": 6}
EARLIER_CASE = EARLIER | {"received_date": "2022-06-01", "closed_date": "2022-07-20", "status": "concluded"}
EARLIER_STAGES = [
    EARLIER | {"stage": 1, "requested_date": "2022-06-01", "responded_date": "2022-06-15", "outcome": "not_upheld"},
    EARLIER
    | {
        "stage": 2,
        "requested_date": "2022-06-20",
        "responded_date": "2022-07-20",
        "outcome": "upheld",
        "source_row": 7,
    },
]


def stage(case: str, outcome: str | None) -> dict[str, object]:
    row: dict[str, object] = {"case_ref": case, "requested_date": "2023-06-01", "source_row": int(case[1:]) + 1}
    return row | ({"responded_date": "2023-06-15", "outcome": outcome} if outcome else {})


def case(case_ref: str, gender: str) -> dict[str, object]:
    row = {"case_ref": case_ref, "received_date": "2023-06-01", "gender": gender, "status": "concluded"}
    return row | {"closed_date": "2023-06-15", "source_row": int(case_ref[1:]) + 1}


@dataclass(frozen=True)
class Night:
    """What one night publishes, the return built from it, and the cases behind that."""

    root: Path
    built: BuiltReturn
    cases: Cases


class Town:
    """A landing zone, what is published of it, and its annual return."""

    def __init__(self, root: Path, nights: list[Night]) -> None:
        self.landing = Landing(root)
        self._nights = list(nights)
        self.next_night()

    @property
    def home(self) -> Home:
        return self.landing.home

    @property
    def folder(self) -> ReturnFolder:
        return return_folder(self.home, "anytown", "annual", YEAR)

    def next_night(self) -> None:
        """The next night is published; what was built and signed stays."""
        night = self._nights.pop(0)
        self.current, self.cases = night.built, night.cases
        for room in ("landing", "build", "published"):
            shutil.rmtree(self.home.root / room, ignore_errors=True)
            shutil.copytree(night.root / "home" / room, self.home.root / room, symlinks=True)

    def build(self, protect: Callable[[BuiltReturn], BuiltReturn] = lambda one: one) -> BuiltReturn:
        """Builds the draft (or what protect makes of it) with one document, and keeps it as a build does."""
        shown = protect(self.current)
        folder = self.folder.documents(shown.is_publication)
        folder.mkdir(parents=True, exist_ok=True)
        record_build(self.home, shown, write_document(shown, ("html",), folder), self.current)
        return shown

    def sign(self, by: str = "Complaints Manager", now: datetime = SIGNED_AT, **options: object) -> SignedOff:
        """Signs what was built last."""
        arguments = {"write_documents": write_document} | options
        return sign_off(self.home, self.current, by, now, lambda one: self.cases, **arguments)


def write_document(built: BuiltReturn, formats: Sequence[str], folder: Path) -> list[Path]:
    """A document that says what it was made of."""
    file = folder / "anytown-annual-2023-24.html"
    lines = [f"{built.title}, version {built.version}, {built.signed_off}", *(one.shown for one in built.figures)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return [file]


def hide_small_counts(built: BuiltReturn) -> BuiltReturn:
    """A publication whose table of girls and boys shows no number."""
    section = built.sections[0]
    tables = tuple(hide(table) if table.name == "equalities_gender" else table for table in section.tables)
    return replace(built, sections=(replace(section, tables=tables),), is_publication=True)


def hide(table: BuiltTable) -> BuiltTable:
    """The table with c in every cell."""
    hidden = [tuple(one and replace(one, shown="c", symbol="c") for one in row) for row in table.cells]
    return replace(table, cells=tuple(hidden))


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Night]:
    """Four complaints of the year, one of the year before, and an Ombudsman referral without a case.

    A week later the fourth is answered and upheld. Loaded, built and published as it is every night, and the returns
    built by the engine. Not to be changed.
    """
    first = Landing(tmp_path_factory.mktemp("signing") / "first")
    first.council("anytown")
    definitions = first.councils_folder / "anytown" / "returns"
    definitions.mkdir()
    (definitions / "annual.yml").write_text(DEFINITION, encoding="utf-8")
    first.load(
        "anytown",
        "2024-06-28",
        cases=[case("C1", "female"), case("C2", "female"), case("C3", "male"), case("C4", "male"), EARLIER_CASE],
        stages=[
            *(stage("C1", "upheld"), stage("C2", "not_upheld"), stage("C3", "not_upheld"), stage("C4", None)),
            *EARLIER_STAGES,
        ],
        ombudsman=[{"ombudsman_ref": "O1", "received_date": "2023-09-01", "source_row": 2}],
    )
    found = [_night(first)]
    root = first.home.root.parent
    shutil.copytree(root, root.with_name("second"), symlinks=True)
    second = Landing(root.with_name("second"))
    second.load("anytown", "2024-07-05", stages=[stage("C4", "upheld")])
    return [*found, _night(second)]


def _night(landing: Landing) -> Night:
    result = landing.build()
    assert result.published, result.failed_tests
    council = landing.councils["anytown"]
    with open_metrics(landing.home) as metrics:
        built = build(landing.home, council, "annual", YEAR, metrics=metrics)
        return Night(landing.home.root.parent, built, cases_behind(built, Tracer(metrics, "anytown")))


@pytest.fixture
def town(nights: list[Night], tmp_path: Path) -> Town:
    """The town on the first night, with a folder of its own."""
    return Town(tmp_path / "town", nights)
